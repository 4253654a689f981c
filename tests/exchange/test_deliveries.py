"""Telling channels: once each, whatever breaks on the way, and what they answered stands beside the decision."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mingjing.exchange import actions
from mingjing.exchange.actions import delivering
from mingjing.exchange.channels import interfaces
from mingjing.exchange.double import reading, rows
from mingjing.exchange.models import Package, Sending
from mingjing.kernel.refused import Refused
from mingjing.law.codex.double_sets import field_set
from mingjing.organs.authority import SYSTEM
from mingjing.publicity import actions as publicity
from mingjing.publicity.models import Delivery, Placement
from mingjing.record import queries as record
from tests.office import Matter, Office, company, open_matter, refused, to_decision

from .peers import Peer, peer

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 13)


@pytest.fixture(scope="module")
def matter(office: Office) -> Matter:
    """A penalty against a food firm, decided and published, to be told to three channels."""
    made = to_decision(
        open_matter(
            office, party=company(code="91350100M000100Y43", code_kind="credit_code", code_valid=True)
        ),
        APRIL,
    )
    made.do("publish")
    publicity.settle(case_id=made.case_id, actor=SYSTEM, at=made.at)
    return made


@pytest.fixture
def channel(tmp_path: Path, settings: Any) -> Iterator[Peer]:
    with peer() as one:
        settings.MINGJING_CHANNELS_FILE = one.settings_file(tmp_path)
        yield one


def placed(matter: Matter, channel: str = "enterprise") -> Placement:
    return Placement.objects.get(case_id=matter.case_id, channel=channel)


def round_at(matter: Matter, minutes: int = 0) -> delivering.Sent:
    at = matter.at + timedelta(minutes=minutes)
    actions.queue_due(at=at)
    return actions.send_due(at=at)


def test_a_decision_is_told_once_and_its_receipt_kept(matter: Matter, channel: Peer) -> None:
    told = [round_at(matter, minute) for minute in (0, 1, 500)]

    assert [one.accepted for one in told] == [1, 0, 0]
    assert len(channel.got) == 1
    key, body, authorization = channel.got[0]
    assert authorization == "Bearer secret-token"
    assert (body["kind"], body["number"]) == ("show", placed(matter).number)
    assert body["fields"]["CF_XDR_SHXYM"] == "91350100M000100Y43"
    delivery = Delivery.objects.get(placement=placed(matter))
    assert (delivery.outcome, delivery.number, delivery.batch) == ("accepted", "R-1", key)
    assert placed(matter).state == "accepted"


@pytest.mark.parametrize("fault", [500, 503, 429, 401, 302, "cut", "garbage"])
def test_what_does_not_come_through_is_tried_again_with_the_same_key(
    matter: Matter, channel: Peer, fault: Any
) -> None:
    channel.faults = [fault]

    first, at_once, later = round_at(matter), round_at(matter), round_at(matter, 1)

    assert (first.down, at_once.down, later.accepted) == (1, 0, 1)
    assert len({key for key, _, _ in channel.got}) == 1
    assert len(channel.taken) == 1
    assert Delivery.objects.filter(placement=placed(matter)).count() == 1


def test_a_channel_that_does_not_answer_in_time_is_tried_later(
    matter: Matter, tmp_path: Path, settings: Any
) -> None:
    with peer() as one:
        settings.MINGJING_CHANNELS_FILE = one.settings_file(tmp_path, seconds=0.2)
        one.faults = ["silent"]

        told = round_at(matter)

    sending = Sending.objects.get()
    assert told.down == 1
    assert (sending.state, sending.last_error) == ("waiting", "0.2 秒内没有应答")
    assert placed(matter).state == "approved"


def test_a_channel_that_is_not_there_is_tried_ever_more_rarely(
    matter: Matter, tmp_path: Path, settings: Any
) -> None:
    with peer() as one:
        settings.MINGJING_CHANNELS_FILE = one.settings_file(tmp_path)
    waits, minutes = [], 0
    for _ in range(4):
        round_at(matter, minutes)
        sending = Sending.objects.get()
        waits.append((sending.next_at - matter.at).total_seconds() / 60 - minutes)
        minutes = int((sending.next_at - matter.at).total_seconds() // 60)

    assert waits == [1, 2, 4, 8]
    assert delivering.wait_after(40) == timedelta(hours=6)


def test_a_crash_between_telling_and_noting_tells_nothing_twice(matter: Matter, channel: Peer) -> None:
    actions.queue_due(at=matter.at)
    claimed = delivering._claim(matter.at, interfaces(), ())
    assert claimed is not None
    delivering.post(interfaces()["enterprise"], claimed.body, claimed.key)  # and here the worker dies

    assert round_at(matter, 5).accepted == 0  # the claim may still be alive
    assert round_at(matter, 11).accepted == 1

    assert len(channel.got) == 2
    assert len(channel.taken) == 1
    assert Delivery.objects.get(placement=placed(matter)).number == "R-1"


def test_two_workers_do_not_claim_the_same_sending(matter: Matter, channel: Peer) -> None:
    actions.queue_due(at=matter.at)

    first, second = (delivering._claim(matter.at, interfaces(), ()) for _ in range(2))

    assert first is not None
    assert second is None


def test_a_claim_that_was_taken_over_notes_nothing(matter: Matter, channel: Peer) -> None:
    actions.queue_due(at=matter.at)
    slow = delivering._claim(matter.at, interfaces(), ())
    assert slow is not None
    round_at(matter, 11)

    noted = delivering._note(slow, delivering.Answer("accepted", "late"), SYSTEM, matter.at)

    assert noted == "dropped"
    assert Delivery.objects.get(placement=placed(matter)).number == "R-1"


def test_what_a_channel_refuses_waits_for_a_person_who_tells_it_again(matter: Matter, channel: Peer) -> None:
    channel.faults, channel.answer = [422], {"state": "refused", "reason": "统一社会信用代码与名称不符"}
    told = [round_at(matter, minute) for minute in (0, 600)]
    assert [one.refused for one in told] == [1, 0]
    assert placed(matter).state == "refused"
    assert Delivery.objects.get(placement=placed(matter)).note == "统一社会信用代码与名称不符"

    channel.answer = {"state": "accepted", "shown_on": "2026-04-14"}
    publisher = matter.office.actor("publisher", matter.at)
    actions.send_again(placement_id=placed(matter).pk, actor=publisher, at=matter.at)
    round_at(matter, 700)

    assert (placed(matter).state, placed(matter).shown_on) == ("shown", date(2026, 4, 14))
    assert len({key for key, _, _ in channel.got}) == 2  # another message, another key


def test_a_removal_after_a_refusal_that_was_put_right_is_told_by_itself(
    matter: Matter, channel: Peer
) -> None:
    channel.faults, channel.answer = [422], {"state": "refused", "reason": "缺字段"}
    round_at(matter)
    channel.answer = {"state": "accepted"}
    publisher = matter.office.actor("publisher", matter.at)
    actions.send_again(placement_id=placed(matter).pk, actor=publisher, at=matter.at)
    round_at(matter, 1)
    matter.do("serve_decision")
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on=matter.at.date().isoformat())
    matter.do("withdraw_publication")
    publicity.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)

    round_at(matter, 2)

    assert [body["kind"] for _, body, _ in channel.got] == ["show", "show", "remove"]


def test_a_removal_that_was_refused_is_not_told_over_and_over(matter: Matter, channel: Peer) -> None:
    round_at(matter)
    matter.do("serve_decision")
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on=matter.at.date().isoformat())
    matter.do("withdraw_publication")
    publicity.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)
    channel.faults, channel.answer = [404], {"reason": "没有这条记录"}

    for minute in range(5):
        round_at(matter, minute)

    assert [body["kind"] for _, body, _ in channel.got] == ["show", "remove"]
    assert placed(matter).removal == "owed"


def test_what_a_channel_answers_later_is_recorded_by_a_person(matter: Matter, channel: Peer) -> None:
    channel.answer = {"state": "received"}

    told = [round_at(matter, minute) for minute in (0, 60)]

    assert [one.received for one in told] == [1, 0]
    assert placed(matter).state == "sent"


def test_only_what_was_sent_back_is_told_again_by_a_publisher_of_the_organ(
    matter: Matter, channel: Peer
) -> None:
    common = {"placement_id": placed(matter).pk, "at": matter.at}
    with refused("wrong-state"):
        actions.send_again(**common, actor=matter.office.actor("publisher", matter.at))
    with refused("no-permission"):
        actions.send_again(**common, actor=matter.office.actor("handler", matter.at))


def test_a_decision_withdrawn_while_it_was_being_told_is_taken_back(matter: Matter, channel: Peer) -> None:
    actions.queue_due(at=matter.at)
    claimed = delivering._claim(matter.at, interfaces(), ())
    assert claimed is not None
    matter.do("serve_decision")
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on=matter.at.date().isoformat())
    publicity.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)

    delivering._note(claimed, delivering.Answer("accepted", "R-9"), SYSTEM, matter.at)
    actions.send_due(at=matter.at)

    assert [body["kind"] for _, body, _ in channel.got] == ["remove"]


def test_a_withdrawal_is_told_with_its_reason(matter: Matter, channel: Peer) -> None:
    round_at(matter)
    matter.do("serve_decision")
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on=matter.at.date().isoformat())
    matter.do("withdraw_publication")
    publicity.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)

    round_at(matter, 5)

    assert [body["kind"] for _, body, _ in channel.got] == ["show", "remove"]
    assert channel.got[1][1]["reason"]
    assert "fields" not in channel.got[1][1]
    assert placed(matter).removal == "done"


def test_without_interfaces_nothing_is_queued(matter: Matter) -> None:
    assert actions.queue_due(at=matter.at) == 0
    assert actions.send_due(at=matter.at) == delivering.Sent()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[credit]\nurl = 'http://credit.example/'", "https"),
        ("[credit]\nurl = 'https://credit.example/'\ntimeout_seconds = 0", "timeout"),
        ("[credit]\nurl = 'https://credit.example/'\nproxy = 'x'", "只能有"),
        ("credit = 1", "只能有"),
        ("[credit", "channels.toml"),
    ],
)
def test_a_wrong_file_of_channels_is_told(text: str, why: str, tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "channels.toml"
    path.write_text(text)
    settings.MINGJING_CHANNELS_FILE = str(path)

    with pytest.raises(Refused, match=why) as no:
        interfaces()
    assert no.value.code == "channels-wrong"


# --- upload files ---


def package(matter: Matter, channel: str = "credit") -> Package:
    publisher = matter.office.actor("publisher", matter.at)
    return actions.make_package(
        channel=channel, organ=matter.office.organ.code, actor=publisher, at=matter.at
    )


def content(made: Package) -> zipfile.ZipFile:
    with record.open_blob(made.sha256) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def test_an_upload_file_holds_the_records_and_a_manifest_to_check_them(
    matter: Matter, tmp_path: Path
) -> None:
    made = package(matter)

    inside = content(made)
    manifest = json.loads(inside.read("manifest.json"))
    assert manifest["rows"][0]["number"] == placed(matter, "credit").number
    for name, digest in manifest["files"].items():
        assert hashlib.sha256(inside.read(name)).hexdigest() == digest
    (tmp_path / "records.xlsx").write_bytes(inside.read("双公示数据.xlsx"))
    edition = field_set("penalty", APRIL)
    ((_, row),) = reading.records(tmp_path / "records.xlsx", (edition,), reading.Passed())
    facts = rows.read(edition, reading.cells(row, edition), APRIL)
    assert facts.number == placed(matter, "credit").number
    assert placed(matter, "credit").state == "sent"


def test_the_receipt_of_an_upload_accepts_all_but_what_was_sent_back(matter: Matter) -> None:
    made = package(matter)
    publisher = matter.office.actor("publisher", matter.at)
    common = {"number": made.number, "actor": publisher, "at": matter.at}
    with refused("no-receipt"):
        actions.accept_package(**common, receipt=" ")

    actions.accept_package(**common, receipt="XY-2026-1")

    assert placed(matter, "credit").state == "accepted"
    assert Delivery.objects.get(placement=placed(matter, "credit")).number == "XY-2026-1"
    with refused("answered"):
        actions.accept_package(**common, receipt="XY-2026-1")


def test_what_was_sent_back_goes_into_the_next_file_only_when_a_person_says_so(matter: Matter) -> None:
    made = package(matter)
    publisher = matter.office.actor("publisher", matter.at)
    number = placed(matter, "credit").number
    common = {"actor": publisher, "at": matter.at}
    actions.refuse_in_package(number=made.number, decision=number, reason="文号格式不符", **common)
    matter.at += timedelta(minutes=1)
    with refused("nothing-to-send"):
        package(matter)

    actions.send_again(placement_id=placed(matter, "credit").pk, **common)
    again = package(matter)

    assert again.number != made.number
    assert placed(matter, "credit").state == "sent"
    assert not Sending.objects.exclude(state="done").exists()


def test_an_upload_file_is_made_by_the_publisher_of_the_organ(matter: Matter) -> None:
    with refused("no-permission"):
        actions.make_package(
            channel="credit",
            organ=matter.office.organ.code,
            actor=matter.office.actor("handler", matter.at),
            at=matter.at,
        )


def test_a_channel_with_an_interface_has_no_upload_file(matter: Matter, channel: Peer) -> None:
    with refused("has-interface"):
        package(matter, "enterprise")
