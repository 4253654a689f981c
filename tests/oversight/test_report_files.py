"""年报文本: the whole report as a PDF, set as it is signed and as it is published, named by the record."""

from __future__ import annotations

import hashlib

import pytest

from mingjing.oversight import actions, printing, queries
from tests.office import Office, refused
from tests.oversight.test_reports import LATER, asked, locked

pytestmark = pytest.mark.django_db


def test_the_report_is_set_as_signed_and_as_published_and_the_record_names_both(office: Office) -> None:
    head, publisher = office.actor("organ_head", LATER), office.actor("publisher", LATER)
    found = actions.sign(report_id=locked(office).pk, actor=head, at=LATER)
    signed = queries.of_sheet(found.sheet_sha256)
    actions.publish(report_id=found.pk, note="不涉密。", actor=publisher, at=LATER)

    found.refresh_from_db()
    entries = [queries.entry_of_sheet(one) for one in (found.sheet_sha256, found.public_sheet_sha256)]
    assert signed is not None
    assert signed.slug == found.slug
    assert found.sheet_sha256 != found.public_sheet_sha256
    assert entries[1] == found.entry_id
    assert None not in entries
    assert len(set(entries)) == 2
    assert queries.of_sheet("") is None
    assert queries.entry_of_sheet("0" * 64) is None


def test_the_same_report_gives_the_same_bytes_and_a_draft_none_that_stand(office: Office) -> None:
    report = locked(office)
    draft = printing.set_report(report, LATER)
    actions.sign(report_id=report.pk, actor=office.actor("organ_head", LATER), at=LATER)
    report.refresh_from_db()

    made = printing.set_report(report, LATER)

    assert hashlib.sha256(made).hexdigest() == report.sheet_sha256
    assert made.startswith(b"%PDF-")
    assert draft != made


def test_a_text_that_cannot_be_printed_is_not_signed(office: Office) -> None:
    """The report stays locked: the head is told which sign is at fault."""
    head, unit_head = office.actor("organ_head", LATER), office.actor("unit_head", LATER)
    text = "总体平稳\U0001f600。"
    actions.write_text(organ=office.organ, asked=asked(office), text=text, actor=unit_head, at=LATER)
    report = locked(office)

    with refused("sheet-not-set", match="没有字形"):
        actions.sign(report_id=report.pk, actor=head, at=LATER)

    report.refresh_from_db()
    assert (report.state, report.sheet_sha256) == ("locked", "")
