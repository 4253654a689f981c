"""救济告知: which ways are open to the party, by form, from ``codex/remedies``.

The sentences depend on the kind of act (an on-the-spot penalty goes to reconsideration first, 行政复议法
art. 23(1)(1)), so they are data and never part of a form's text.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from mingjing.organs.models import Organ

_GOVERNMENT, _COURT = "本级人民政府", "有管辖权的人民法院"


@cache
def _rules(folder: Path) -> dict[str, tuple[str, ...]]:
    rules: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.toml")):
        for rule in tomllib.loads(path.read_text(encoding="utf-8")).get("remedy", []):
            for form in rule["forms"]:
                rules[form] = tuple(rule["sentences"])
    return rules


def sentences(form: str, organ: Organ) -> list[str]:
    """The remedy clause of a form for papers of ``organ``; empty where the form carries none."""
    names: dict[str, Any] = {
        "organ": organ.name,
        "reconsideration_organ": organ.reconsideration_organ or _GOVERNMENT,
        "court": organ.court or _COURT,
    }
    return [text.format(**names) for text in _rules(settings.MINGJING_CODEX / "remedies").get(form, ())]


def in_general(form: str) -> str:
    """The remedy clause of a form before any organ has acted, as a service guide tells it."""
    names = {"organ": "办理机关", "reconsideration_organ": _GOVERNMENT, "court": _COURT}
    return "".join(
        text.format(**names) for text in _rules(settings.MINGJING_CODEX / "remedies").get(form, ())
    )
