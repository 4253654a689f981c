"""What leaves for other channels: names and numbers by rule with its source, everything else checked as a whole.

达州三项制度方案 art. 1(2), 行政处罚法 art. 50; codex/publicity/persons.toml.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mingjing.exchange import actions, messages
from mingjing.exchange.double_decisions import told_of
from mingjing.exchange.models import Package
from mingjing.kernel.refused import Refused
from mingjing.law.codex.double_sets import field_set
from mingjing.organs import queries as organs
from mingjing.organs.authority import SYSTEM
from mingjing.publicity import actions as publicity
from mingjing.publicity import checks, leaving
from mingjing.publicity.matrix import matrix
from mingjing.publicity.models import Placement, Publication
from mingjing.record import queries as record
from tests import makers
from tests.exchange.acts import make
from tests.office import Matter, Office, company, open_matter, person, refused, to_decision

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 13)
CHANNELS = ("province", "credit", "enterprise")
CREDIT_CODE = {"code": "91350100M000100Y43", "code_kind": "credit_code", "code_valid": True}


def published(office: Office, **party: Any) -> Matter:
    of = person(**party) if party.get("kind") == "person" else company(**{**CREDIT_CODE, **party})
    made = to_decision(open_matter(office, party=of), APRIL)
    publicity.settle(case_id=made.case_id, actor=SYSTEM, at=made.at)
    made.do("publish")
    return made


def accept(matter: Matter, made: Package, receipt: str) -> None:
    publisher = matter.office.actor("publisher", matter.at)
    actions.accept_package(number=made.number, receipt=receipt, actor=publisher, at=matter.at)


def placed(matter: Matter, channel: str) -> Placement:
    return Placement.objects.get(case_id=matter.case_id, channel=channel)


@pytest.fixture
def matter(office: Office) -> Matter:
    return published(office, legal_representative="李有才")


@pytest.mark.parametrize(
    "channel, told", [("credit", "李有才"), ("enterprise", "李有才"), ("province", "李某")]
)
def test_who_represents_an_organization_is_told_where_the_standard_asks_for_it(
    matter: Matter, channel: str, told: str
) -> None:
    facts = told_of(placed(matter, channel), APRIL)

    assert facts.text("CF_FRDB") == told
    shown = Publication.objects.get(case_id=matter.case_id)
    assert "李有才" not in str(shown.rendition)


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_channel_gets_the_number_or_the_full_name_of_a_natural_person(
    office: Office, channel: str
) -> None:
    # An invented number with the right check figure.
    number = {"code": "51170219900101001X", "code_kind": "citizen_id", "code_valid": True}
    made = published(office, kind="person", name="王有财", **number)
    row = placed(made, channel)
    row.channel = channel

    facts = told_of(row, APRIL)

    assert "王有财" not in str(dict(facts.values))
    assert number["code"] not in str(dict(facts.values))
    assert not {"CF_XDR_ZJHM", "CF_XDR_ZJLX", "CF_FRDB"} & facts.values.keys()


def test_an_owner_without_a_trade_name_is_masked_as_party_and_as_representative(office: Office) -> None:
    made = published(office, kind="sole_proprietor", name="孙有财", legal_representative="孙有财")

    facts = told_of(placed(made, "credit"), APRIL)

    assert "孙有财" not in str(dict(facts.values))


@pytest.mark.parametrize(
    "field", [one.code for one in field_set("penalty", APRIL).fields if one.kind == "text"]
)
def test_every_field_of_the_row_is_checked_before_it_leaves(matter: Matter, field: str) -> None:
    """Whatever field a telephone number slips into, the row stays here; only the named exception is not looked at."""
    row = placed(matter, "credit")
    title = field_set("penalty", APRIL).by_code[field].title
    told = {title: "联系电话13800000000"}

    if field in leaving.exceptions(row):
        assert field == "CF_FRDB"
        return
    with refused("leak"):
        leaving.require_safe(row, told)


def test_a_row_that_names_the_representative_elsewhere_does_not_leave(matter: Matter) -> None:
    """The exception is the field, not the name: in the words of the decision it stays masked."""
    row = placed(matter, "credit")
    shown = Publication.objects.get(case_id=matter.case_id)
    shown.title = "李有才销售超过保质期的食品案"
    shown.save(update_fields=["title"])

    for telling in (
        lambda: told_of(placed(matter, "credit"), APRIL),
        lambda: messages.told(row, "show", APRIL),
    ):
        with refused("leak"):
            telling()


def test_a_removal_goes_out_without_a_reason_that_tells_of_a_person(matter: Matter) -> None:
    Publication.objects.filter(case_id=matter.case_id).update(
        state="withdrawn", withdrawal_reason="李有才申请复议，电话13800000000。", withdrawn_at=matter.at,
        withdrawn_by=matter.office.people["publisher"],
    )  # fmt: skip

    told = messages.told(placed(matter, "credit"), messages.REMOVE, APRIL)

    assert told.body["reason"] == messages.FELL


def test_every_field_of_persons_is_decided_for_every_channel() -> None:
    assert checks.problems() == []
    for channel in CHANNELS:
        for code in ("CF_XDR_ZJHM", "XK_XDR_ZJHM", "CF_FR_ZJHM", "XK_FR_ZJHM"):
            assert matrix().tells(channel, code) == "never"
    assert matrix().tells("credit", "CF_FRDB") == "full"
    assert matrix().tells("anything else", "CF_FRDB") == "never"


def test_an_exception_without_its_reason_is_a_problem() -> None:
    known = matrix()
    bare = tuple(replace(one, note="") for one in known.persons)
    found = [one.message for one in checks._person_problems(replace(known, persons=bare))]
    assert found == ["原样送出没有写明为什么"] * 2
    missing = [one.message for one in checks._person_problems(replace(known, persons=known.persons[1:]))]
    assert len(missing) == 6


# --- by whom, and at what cost ---


def test_a_refusal_tells_another_organ_nothing_of_the_decision(matter: Matter) -> None:
    """Neither its number, which names organ and year, nor whose it is."""
    row = placed(matter, "province")
    stranger = makers.officer(("publisher",), organ=makers.organ(name="某某市另一局"))
    actor = organs.actor_of_officer(stranger.pk, matter.at.date())
    for act in (
        lambda: publicity.sent(placement_id=row.pk, actor=actor, at=matter.at),
        lambda: publicity.show(placement_id=row.pk, reason="行业规定要求。", actor=actor, at=matter.at),
        lambda: publicity.accepted(placement_id=row.pk, actor=actor, at=matter.at),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "not-your-organ"
        said = f"{no.value.reason}{no.value.remedy}{no.value.basis}"
        assert row.number not in said
        assert matter.office.organ.name not in said


def test_the_cost_of_an_upload_file_does_not_grow_with_its_rows(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for many in (1, 4):
        for _ in range(many):
            last = published(office, code="", code_kind="", code_valid=False)
        with django_assert_max_num_queries(45) as asked:
            made = make(last)
        assert made.rows == many
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert Package.objects.count() == 2
    sent = Placement.objects.filter(channel="credit", state="sent")
    assert sent.count() == 5
    assert all(one.changes.filter(state="sent").count() == 1 for one in sent)


def test_the_cost_of_a_receipt_does_not_grow_with_the_decisions(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for many in (1, 4):
        for _ in range(many):
            last = published(office, code="", code_kind="", code_valid=False)
        made = make(last)
        with django_assert_max_num_queries(25) as asked:
            accept(last, made, "R-1")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    taken = Placement.objects.filter(channel="credit", state="accepted")
    assert taken.count() == 5
    for one in taken:
        assert one.shown_on == APRIL
        assert one.changes.filter(state="accepted").count() == 1
        assert one.deliveries.get().number == "R-1"
        last_told = record.history(one.subject_of_record)[-1]
        assert (last_told.plain["outcome"], last_told.plain["attempt"]) == ("accepted", 1)


def test_a_decision_that_was_sent_back_is_left_out_of_the_receipt(office: Office) -> None:
    first, second = (published(office, code="", code_kind="", code_valid=False) for _ in range(2))
    made = make(second)
    number = placed(first, "credit").number
    actions.refuse_in_package(
        number=made.number,
        decision=number,
        reason="文号格式不符",
        actor=office.actor("publisher", second.at),
        at=second.at,
    )

    accept(second, made, "R-1")

    assert placed(first, "credit").state == "refused"
    assert placed(second, "credit").state == "accepted"
    assert placed(first, "credit").deliveries.get().outcome == "refused"
