"""What is on its way while the decision changes: receipts that come late, twice, or for what is no longer wanted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mingjing.exchange import actions
from mingjing.exchange.actions import delivering
from mingjing.exchange.channels import interfaces
from mingjing.exchange.models import Sending
from mingjing.organs.authority import SYSTEM
from mingjing.publicity import actions as publicity
from mingjing.publicity.models import Delivery, Placement
from tests.office import Matter, Office, refused
from tests.publicity.acts import asking, looked

from .acts import published
from .peers import Peer, peer

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def matter(office: Office) -> Matter:
    return published(office)


@pytest.fixture
def channel(tmp_path: Path, settings: Any) -> Iterator[Peer]:
    with peer() as one:
        settings.MINGJING_CHANNELS_FILE = one.settings_file(tmp_path)
        yield one


def placed(matter: Matter, channel: str = "enterprise") -> Placement:
    return Placement.objects.get(case_id=matter.case_id, channel=channel)


def by(matter: Matter, channel: str = "enterprise") -> dict[str, Any]:
    publisher = matter.office.actor("publisher", matter.at)
    return {"placement_id": placed(matter, channel).pk, "actor": publisher, "at": matter.at}


def fall(matter: Matter) -> None:
    """The decision is revoked and taken down."""
    matter.do("serve_decision")
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on=matter.at.date().isoformat())
    matter.do("withdraw_publication")
    publicity.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)


def correct(matter: Matter, title: str = "改正后的案由") -> None:
    row = publicity.ask_correction(**asking(matter))
    common = {"correction_id": row.pk, "actor": matter.office.actor("publisher", matter.at), "at": matter.at}
    publicity.verify_correction(finding="确有错误。", **common)
    publicity.correct(texts={"title": title}, answer="已经更正。", seen=looked(row), **common)


def round_at(matter: Matter, minutes: int = 0) -> delivering.Sent:
    at = matter.at + timedelta(minutes=minutes)
    actions.queue_due(at=at)
    return actions.send_due(at=at)


def told(channel: Peer) -> list[str]:
    return [body["kind"] for _, body, _ in channel.got]


# --- receipts ---


def test_the_late_receipt_of_a_showing_does_not_close_the_removal(matter: Matter) -> None:
    publicity.sent(**by(matter))
    fall(matter)
    publicity.sent(**by(matter))

    publicity.accepted(**by(matter), attempt=1, number="SC-1")

    assert (placed(matter).state, placed(matter).removal) == ("withdrawn", "sent")
    publicity.accepted(**by(matter), attempt=2, number="SC-2")
    assert placed(matter).removal == "done"


def test_the_receipt_of_an_upload_file_answers_what_was_in_it_and_nothing_later(matter: Matter) -> None:
    first = actions.make_package(
        channel="credit", organ=matter.office.organ.code, actor=by(matter)["actor"], at=matter.at
    )
    fall(matter)
    second = actions.make_package(
        channel="credit", organ=matter.office.organ.code, actor=by(matter)["actor"], at=matter.at
    )
    common = {"actor": by(matter)["actor"], "at": matter.at}

    actions.accept_package(number=first.number, receipt="R-1", **common)

    assert placed(matter, "credit").removal == "sent"
    actions.accept_package(number=second.number, receipt="R-2", **common)
    assert placed(matter, "credit").removal == "done"


def test_two_files_of_one_second_have_two_numbers(matter: Matter, office: Office) -> None:
    common = {"channel": "credit", "organ": office.organ.code, "at": matter.at, "actor": by(matter)["actor"]}
    first = actions.make_package(**common)
    published(office)

    assert actions.make_package(**common).number == f"{first.number}-2"


def test_a_receipt_that_comes_twice_is_told_so(matter: Matter) -> None:
    publicity.sent(**by(matter))
    publicity.accepted(**by(matter), number="SC-1")
    with refused("nothing-sent"):
        publicity.accepted(**by(matter), number="SC-1")

    assert Delivery.objects.get(placement=placed(matter)).number == "SC-1"


def test_what_the_channel_never_took_need_not_be_removed(matter: Matter) -> None:
    publicity.sent(**by(matter))
    fall(matter)
    assert placed(matter).removal == "owed"

    publicity.refused(**by(matter), reason="字段缺失")

    assert (placed(matter).state, placed(matter).removal) == ("withdrawn", "done")


def test_the_receipt_of_a_correction_does_not_close_the_withdrawal_that_followed(matter: Matter) -> None:
    publicity.sent(**by(matter))
    publicity.accepted(**by(matter))
    correct(matter)
    assert publicity.sent(**by(matter)).kind == "correct"
    fall(matter)

    publicity.accepted(**by(matter), attempt=2)
    assert (placed(matter).removal_kind, placed(matter).removal) == ("withdrawn", "owed")
    assert publicity.sent(**by(matter)).kind == "remove"
    publicity.accepted(**by(matter))
    assert placed(matter).removal == "done"


def test_the_receipt_of_an_older_correction_does_not_close_a_newer_one(matter: Matter) -> None:
    publicity.sent(**by(matter))
    publicity.accepted(**by(matter))
    for title in ("改正后的案由", "再改的案由"):
        correct(matter, title)
        publicity.sent(**by(matter))

    publicity.accepted(**by(matter), attempt=2)

    assert placed(matter).removal == "sent"


def test_a_display_that_ends_before_its_withdrawal_is_still_withdrawn(matter: Matter) -> None:
    """达州三项制度方案 para. 4(1): the term of a withdrawal runs on, whatever ends meanwhile."""
    publicity.sent(**by(matter))
    publicity.accepted(**by(matter))
    Placement.objects.filter(pk=placed(matter).pk).update(until=matter.at.date() - timedelta(days=1))
    matter.do("serve_decision")
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on=matter.at.date().isoformat())
    publicity.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)

    publicity.end_displays(at=matter.at)

    row = placed(matter)
    assert (row.state, row.removal_kind, row.removal) == ("ended", "withdrawn", "owed")


# --- by interface ---


def test_a_decision_withdrawn_before_it_was_told_is_never_told(matter: Matter, channel: Peer) -> None:
    actions.queue_due(at=matter.at)
    fall(matter)

    assert actions.send_due(at=matter.at).dropped == 1
    assert told(channel) == []
    assert (placed(matter).state, placed(matter).removal) == ("withdrawn", "")


def test_a_decision_withdrawn_after_a_try_without_answer_is_taken_out_to_be_sure(
    matter: Matter, channel: Peer
) -> None:
    channel.faults = ["cut"]
    assert round_at(matter).down == 1
    fall(matter)

    for minute in (2, 4):
        round_at(matter, minute)

    assert told(channel) == ["show", "remove"]
    assert (placed(matter).state, placed(matter).removal) == ("withdrawn", "done")


def test_a_withdrawal_while_the_channel_takes_the_decision_is_told_at_once(
    matter: Matter, channel: Peer
) -> None:
    actions.queue_due(at=matter.at)
    claimed = delivering._claim(matter.at, interfaces(), ())
    assert claimed is not None
    fall(matter)
    delivering._note(claimed, delivering.Answer("accepted", "R-9"), SYSTEM, matter.at)

    row = placed(matter)
    assert (row.removal, row.removal_kind, row.removal_clock) == ("owed", "withdrawn", "WDR-1")
    assert Delivery.objects.get(placement=row).number == "R-9"
    actions.send_due(at=matter.at)
    assert told(channel) == ["remove"]
    assert placed(matter).removal == "done"


def test_the_answer_to_a_correction_is_not_taken_for_that_to_a_removal(matter: Matter, channel: Peer) -> None:
    round_at(matter)
    correct(matter)
    actions.queue_due(at=matter.at)
    claimed = delivering._claim(matter.at, interfaces(), ())
    assert claimed is not None
    assert claimed.kind == "correct"
    fall(matter)

    assert delivering._note(claimed, delivering.Answer("accepted"), SYSTEM, matter.at) == "dropped"
    assert placed(matter).removal == "owed"
    round_at(matter, 1)
    assert told(channel) == ["show", "remove"]
    assert placed(matter).removal == "done"


def test_a_channel_that_was_down_for_days_is_told_the_corrected_text(matter: Matter, channel: Peer) -> None:
    actions.queue_due(at=matter.at)
    correct(matter)

    actions.send_due(at=matter.at + timedelta(days=3))

    assert [body["fields"]["CF_WFXW"] for _, body, _ in channel.got] == ["改正后的案由"]
    assert placed(matter).removal == ""


def test_what_may_have_been_told_keeps_its_words_and_the_correction_follows(
    matter: Matter, channel: Peer
) -> None:
    channel.faults = ["cut"]
    round_at(matter)
    correct(matter)

    for minute in (2, 4):
        round_at(matter, minute)

    assert told(channel) == ["show", "show", "correct"]
    first, again, new = (body["fields"]["CF_WFXW"] for _, body, _ in channel.got)
    assert first == again != new == "改正后的案由"
    assert (placed(matter).state, placed(matter).removal) == ("accepted", "done")


def test_a_channel_that_is_down_is_left_in_peace_until_the_next_round(office: Office, channel: Peer) -> None:
    matters = [published(office) for _ in range(delivering.MOST_FAILURES + 2)]
    channel.faults = [503] * 50

    assert round_at(matters[0]).down == delivering.MOST_FAILURES
    assert Sending.objects.filter(state="waiting", tries=0).count() >= 2
    channel.faults = []
    assert round_at(matters[0], 5).accepted == Sending.objects.count()


def test_a_decision_at_the_end_of_a_year_of_which_the_calendar_is_not_known_yet(office: Office) -> None:
    """The holidays of 2027 are not in the calendar: the day is told as provisional."""
    late = published(office, date(2026, 12, 29))
    row = placed(late, "credit")

    assert row.provisional
    assert row.due_at is not None
    assert row.due_at.year == 2027
    assert row.until == date(2027, 12, 29)
