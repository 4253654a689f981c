"""Taking in, correcting and merging parties."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM
from mingjing.parties import actions, queries
from mingjing.parties.facts import read_facts
from mingjing.parties.models import Party
from mingjing.record.models import Entry

from .makers import citizen_id, credit_code

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def taken(**facts: str) -> Party:
    return actions.take_in(facts={"name": "达州市某某食品有限公司"} | facts, actor=SYSTEM, at=NOON)


def test_a_party_is_entered_once_and_found_again_by_its_valid_code() -> None:
    first = taken(code=credit_code(1))
    again = taken(code=credit_code(1), name="达州市某某食品有限责任公司", phone="13800000000")

    assert again.pk == first.pk
    assert again.name == "达州市某某食品有限公司"
    assert again.phone == "13800000000"
    assert list(Entry.objects.order_by("seq").values_list("kind", flat=True)) == [
        "party.taken_in",
        "party.completed",
    ]


def test_a_wrong_code_never_links_two_parties() -> None:
    wrong = credit_code(1)[:-1] + ("A" if credit_code(1)[-1] != "A" else "B")

    assert taken(code=wrong).pk != taken(code=wrong).pk


def test_nothing_personal_stands_in_the_public_body_of_the_record() -> None:
    taken(name="张某某", code=citizen_id(1), address="达州市通川区某某路1号")

    body = bytes(Entry.objects.get().body).decode()

    assert "张某某" not in body
    assert citizen_id(1) not in body
    assert "某某路" not in body


def test_a_correction_needs_a_reason_and_a_change() -> None:
    party = taken(code=credit_code(1))

    for reason, facts, code in (
        ("", {"phone": "1"}, "reason-missing"),
        ("核对", {}, "nothing-changed"),
    ):
        with pytest.raises(Refused) as refused:
            actions.correct(party=party.pk, facts=facts, reason=reason, actor=SYSTEM, at=NOON)
        assert refused.value.code == code


def test_a_correction_changes_only_what_was_given() -> None:
    party = taken(code=credit_code(1), address="达州市通川区某某路1号")

    corrected = actions.correct(
        party=party.pk, facts={"phone": "0818-2100000"}, reason="当事人来函", actor=SYSTEM, at=NOON
    )

    party.refresh_from_db()
    assert corrected.phone == party.phone == "0818-2100000"
    assert party.address == "达州市通川区某某路1号"
    assert party.code_valid


def test_a_correction_may_not_take_anothers_code() -> None:
    taken(code=credit_code(1))
    other = taken(code=credit_code(2), name="达州市另一某某公司")

    with pytest.raises(Refused) as refused:
        actions.correct(party=other.pk, facts={"code": credit_code(1)}, reason="录错", actor=SYSTEM, at=NOON)

    assert refused.value.code == "code-taken"


def test_a_merged_party_leads_to_the_one_that_was_kept() -> None:
    keep, drop = taken(code=credit_code(1)), taken(name="达州市某某食品公司")

    actions.merge(keep=keep.pk, drop=drop.pk, actor=SYSTEM, at=NOON)

    assert queries.party(drop.pk).pk == keep.pk
    assert [row.pk for row in queries.search("某某食品")] == [keep.pk]
    with pytest.raises(Refused) as refused:
        actions.merge(keep=keep.pk, drop=drop.pk, actor=SYSTEM, at=NOON)
    assert refused.value.code == "already-merged"


def test_a_valid_code_of_a_merged_party_finds_the_kept_one() -> None:
    keep, drop = taken(code=credit_code(1)), taken(name="张某某", code=citizen_id(3))

    actions.merge(keep=keep.pk, drop=drop.pk, actor=SYSTEM, at=NOON)

    found = queries.by_valid_code(citizen_id(3))
    assert found is not None
    assert found.pk == keep.pk


def test_two_valid_codes_of_one_kind_are_two_parties() -> None:
    keep, drop = taken(code=credit_code(1)), taken(code=credit_code(2))

    with pytest.raises(Refused) as refused:
        actions.merge(keep=keep.pk, drop=drop.pk, actor=SYSTEM, at=NOON)

    assert refused.value.code == "two-valid-codes"


def test_a_batch_run_twice_changes_nothing_the_second_time() -> None:
    batch = [read_facts({"name": f"达州市某某{n}号公司", "code": credit_code(n)}) for n in range(5)]
    batch += [read_facts({"name": "张某某", "address": "某某街2号"}), read_facts({"name": "张某某"})]
    origin = {"file": "list.csv", "sha256": "ab" * 32}

    first = actions.take_in_many(batch=batch, origin=origin, actor=SYSTEM, at=NOON)
    second = actions.take_in_many(batch=batch, origin=origin, actor=SYSTEM, at=NOON)

    assert (first.created, first.changed, first.unchanged) == (7, 0, 0)
    assert (second.created, second.changed, second.unchanged) == (0, 0, 7)
    assert Party.objects.count() == 7
    assert Entry.objects.count() == 1


def test_a_batch_updates_changed_fields_and_erases_nothing() -> None:
    party = taken(code=credit_code(1), phone="13800000000")
    batch = [read_facts({"name": "达州市某某食品有限公司", "code": credit_code(1), "address": "某某路9号"})]

    actions.take_in_many(batch=batch, origin={"sha256": "cd" * 32}, actor=SYSTEM, at=NOON)

    party.refresh_from_db()
    assert (party.phone, party.address) == ("13800000000", "某某路9号")


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"name": "张某某", "kind": "person"}, "张某"),
        ({"name": "欧阳某某", "kind": "person"}, "欧阳某"),
        ({"name": "通川区某某餐馆", "kind": "sole_proprietor"}, "通川区某某餐馆"),
        (
            {"name": "李某某", "kind": "sole_proprietor", "legal_representative": "李某某"},
            "李某",
        ),
        ({"name": "达州市某某食品有限公司"}, "达州市某某食品有限公司"),
    ],
)
def test_the_public_sees_persons_masked_and_organizations_in_full(facts: dict[str, str], shown: str) -> None:
    assert queries.public_name(taken(**facts)) == shown


def test_search_finds_names_and_codes_and_ranks_the_exact_first() -> None:
    long = taken(name="达州市某某食品有限公司通川分公司", code=credit_code(5))
    exact = taken(code=credit_code(6))

    assert [row.pk for row in queries.search("达州市某某食品有限公司")] == [exact.pk, long.pk]
    assert [row.pk for row in queries.search(credit_code(5))] == [long.pk]
    assert queries.search("  ") == []
