"""阅卷页: ``index.html`` of the folder, one page with everything in it that a browser needs."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from .bag import Digests
from .pieces import moment

_PAGE = Path(__file__).with_name("viewer.html")


def viewer(catalogue: Mapping[str, Any], digests: Digests, at: datetime) -> bytes:
    """The page for one folder: catalogue, every file with its size and SHA-256, when it was made."""
    files = [
        {"path": path, "bytes": digests.sizes[path], "sha256": found["sha256"]}
        for path, found in digests.of.items()
    ]
    told = {**catalogue, "files": files, "made": moment(at)}
    page = _PAGE.read_text("utf-8")
    title = html.escape(f"案卷 {catalogue['case']} {catalogue['title']}")
    return page.replace("{{title}}", title).replace("{{data}}", _inline(told)).encode()


def _inline(told: Mapping[str, Any]) -> str:
    """JSON that cannot end the script it stands in. Source: HTML Living Standard, 4.12.1.3."""
    text = json.dumps(told, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
