"""An edition as files: the canonical rows that are signed for, and the public file in JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..models import RegisterEdition
from .kinds import Column, from_data

FORMAT = "mingjing-register/1"
MEDIA_TYPE = "application/json"
Rows = Mapping[str, Mapping[str, Any]]
# The fields by which people call a row; all of them public.
_CALLED = ("number", "name", "title", "item", "link", "tier", "row", "violation", "entrusted")


def columns_of(edition: RegisterEdition) -> list[Column]:
    """The fields of an edition as it keeps them."""
    return [from_data(one) for one in edition.columns]


def rows_digest(rows: Rows) -> str:
    """The SHA-256 of all rows, in their order."""
    return hashlib.sha256(_json([[key, dict(values)] for key, values in rows.items()])).hexdigest()


def public_values(columns: Sequence[Column], values: Mapping[str, Any]) -> dict[str, str]:
    """What of a row may be seen by everybody, in words."""
    return {one.id: one.said(values.get(one.id)) for one in columns if one.public}


def label_of(key: str, values: Mapping[str, Any]) -> str:
    """What people call a row: its code and name, else its key."""
    said = [str(values[name]) for name in _CALLED if values.get(name)]
    return " ".join(dict.fromkeys(said)) or key


def public_file(edition: RegisterEdition, rows: Rows, bureau: str) -> bytes:
    """The published edition as JSON: what it is, who confirmed it when, its fields and rows."""
    register, columns = edition.register, columns_of(edition)
    told = {
        "format": FORMAT,
        "register": register.code,
        "title": register.title,
        "basis": register.basis,
        "organ": register.organ.name,
        "organ_code": register.organ.code,
        "edition": edition.number,
        "publish_on": edition.publish_on.isoformat() if edition.publish_on else "",
        "confirmed_by": bureau,
        "confirmed_at": edition.answered_at.isoformat() if edition.answered_at else "",
        "reason": edition.reason,
        "columns": [{"id": one.id, "label": one.label} for one in columns if one.public],
        "rows": [public_values(columns, values) for values in rows.values()],
    }
    return _json(told)


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
