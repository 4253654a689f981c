"""核验包 of a published decision: what anybody may take away and verify without us.

It holds two or more records: that the decision was made, that its text was published, and, later, that it was
withdrawn. After a withdrawal the text is gone and the proofs stay.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings

from mingjing.cases.papers import forms
from mingjing.record import bundling
from mingjing.record import queries as record
from mingjing.record.bundling import Part

from . import sheet
from .actions import CORRECTED, ENDED, SHOWN, WITHDRAWN
from .models import Publication
from .queries import row_of

_FOLDERS = {SHOWN: "publication", WITHDRAWN: "withdrawal", ENDED: "end", CORRECTED: "correction"}


def bundle_of(slug: str, today: date | None = None) -> bytes:
    """The bundle of the decision at a public address, as a zip archive.

    Raises: Refused ``no-such-decision``, ``not-sealed``. Cost: about 20 queries.
    """
    row = row_of(slug)
    parts = [Part("decision", row.decision_entry_id, _public_values(row, today))]
    parts += [Part(_FOLDERS[one.kind], one.entry_id) for one in record.history(row.subject_of_record)]
    return bundling.bundle(
        parts, _documents(row, today), what=_what(row), address=settings.MINGJING_PUBLIC_URL
    )


def text_of(slug: str, today: date | None = None) -> bytes:
    """The published text as PDF. Raises: Refused ``no-such-decision``, ``no-published-text``."""
    found = _documents(row_of(slug), today).get(sheet.NAME)
    if found is None:
        raise sheet.gone()
    return found


def _documents(row: Publication, today: date | None = None) -> dict[str, bytes]:
    """The text as it was published, as long as it is public."""
    if not row.readable(today) or not row.sheet_sha256:
        return {}
    with record.open_blob(row.sheet_sha256) as file:
        return {sheet.NAME: file.read()}


def _public_values(row: Publication, today: date | None = None) -> list[str]:
    """Which values of the decision's record are public already, word for word, in the published text.

    Whatever was masked, shortened or is not shown at all stays a digest.
    """
    if not row.readable(today) or row.paper is None:
        return []
    shown = {text for _, text in row.rendition.get("text", [])}
    public = {field.key for field in forms.form(row.paper.form).public_fields()}
    values = record.personal(row.decision_entry_id)
    return sorted(name for name, value in values.items() if name in public and value in shown)


def _what(row: Publication) -> str:
    withdrawn = "（已撤下，原文不再公开；此前的证明仍可核验）" if row.withdrawn_at else ""
    return f"本包是执法决定 {row.number}{withdrawn} 的核验包，公示页面：{sheet.address(row)}"
