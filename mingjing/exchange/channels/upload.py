"""The upload file of a channel without an interface: a folder in a zip, with a manifest to check it by.

``双公示数据.xlsx`` holds penalties and permits in the columns of the standard, ``其他决定.csv`` other acts,
``撤下.csv`` what the channel must take out, ``manifest.json`` what is inside and the digest of every row and file.
The same decisions give the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mingjing.law.codex.double_sets import field_set

from ..double import writing
from ..double.rows import CreditFacts
from ..errors_workbook import harmless

RECORDS, OTHERS, REMOVALS, MANIFEST = "双公示数据.xlsx", "其他决定.csv", "撤下.csv", "manifest.json"
REMOVED = ("决定文书号", "执法机关", "执法机关统一社会信用代码", "决定日期", "撤下的理由")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment of the format: the bytes MUST NOT depend on the clock


@dataclass(frozen=True)
class Content:
    """What goes into one upload file. ``lines`` are the manifest's: number, kind and digest of each."""

    number: str
    channel: str
    organ: str
    organ_code: str
    made_on: date
    records: Sequence[CreditFacts]
    others: Sequence[Mapping[str, str]]
    removals: Sequence[Sequence[str]]
    lines: Sequence[Mapping[str, str]]


def build(content: Content, headings: Sequence[str]) -> bytes:
    """The zip; ``headings`` are those of the other acts."""
    files: dict[str, bytes] = {}
    if content.records:
        files[RECORDS] = _workbook(content)
    if content.others:
        rows = [[one.get(heading, "") for heading in headings] for one in content.others]
        files[OTHERS] = _csv(headings, rows)
    if content.removals:
        files[REMOVALS] = _csv(REMOVED, content.removals)
    files[MANIFEST] = _manifest(content, files)
    return _zip(files)


def _workbook(content: Content) -> bytes:
    kinds = [kind for kind in ("penalty", "permit") if any(one.kind == kind for one in content.records)]
    sheets = [
        (field_set(kind, content.made_on), [one for one in content.records if one.kind == kind])
        for kind in kinds
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.xlsx"
        writing.write(path, sheets, "xlsx")
        return path.read_bytes()


def _csv(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _manifest(content: Content, files: Mapping[str, bytes]) -> bytes:
    told: dict[str, Any] = {
        "package": content.number,
        "channel": content.channel,
        "organ": content.organ,
        "organ_code": content.organ_code,
        "made_on": content.made_on.isoformat(),
        "rows": list(content.lines),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def _zip(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
