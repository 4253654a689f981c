"""清单的一生: who may draft, submit, confirm and send back; what the public sees at each moment."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction

from mingjing.cases.facts import InvalidFacts
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.models import ConfirmedList, Organ
from mingjing.publicity import actions
from mingjing.publicity.actions import register_drafts
from mingjing.publicity.models import RegisterEdition
from mingjing.publicity.registers import queries
from mingjing.record import queries as record
from tests import makers
from tests.makers import AT
from tests.publicity.registers import ITEM, City, confirmed, drafted, found_city, submitted

pytestmark = pytest.mark.django_db
TODAY = AT.date()


@pytest.fixture
def city() -> City:
    return found_city()


# --- who may do what ---

EDITORS = ("ours.publisher", "ours.reviewer", "ours.organ_head")
SIGNERS = ("ours.reviewer", "ours.organ_head")
BUREAU = ("bureau.supervisor",)


@pytest.mark.parametrize("who", ["ours.handler", "bureau.supervisor", *EDITORS])
def test_who_may_begin_a_register(city: City, who: str) -> None:
    actor = city.actor(who)

    if who in EDITORS:
        assert actions.open_draft(kind="lenient", actor=actor, at=AT).state == "draft"
    else:
        with pytest.raises(Refused, match="没有这项权限"):
            actions.open_draft(kind="lenient", actor=actor, at=AT)


@pytest.mark.parametrize(
    "who",
    [
        f"{organ}.{role}"
        for organ in ("ours", "other")
        for role in ("handler", "publisher", "reviewer", "organ_head")
    ],
)
def test_who_may_write_and_submit_a_draft(city: City, who: str) -> None:
    edition = drafted(city)
    actor = city.actor(who)
    row = {**ITEM, "item": "食品添加剂使用"}

    wrote = _allowed(lambda: actions.put_row(edition_id=edition.pk, values=row, actor=actor, at=AT))
    signed = _allowed(
        lambda: actions.submit_draft(edition_id=edition.pk, reason="修订。", actor=actor, at=AT)
    )

    assert (wrote, signed) == (who in EDITORS, who in SIGNERS)


# organ whose register it is × bureau: the bureau of the level, else of the nearest level above.
@pytest.mark.parametrize(
    ("organ", "who", "may"),
    [
        ("ours", "bureau.supervisor", True),
        ("ours", "county_bureau.supervisor", False),
        ("ours", "bureau.organ_head", False),
        ("ours", "ours.organ_head", False),
        ("ours", "other.reviewer", False),
        ("county", "county_bureau.supervisor", True),
        ("county", "bureau.supervisor", False),
        ("district", "bureau.supervisor", True),
        ("district", "county_bureau.supervisor", False),
    ],
)
def test_the_justice_bureau_of_the_level_answers(city: City, organ: str, who: str, may: bool) -> None:
    edition = submitted(city, organ=organ)
    actor = city.actor(who)

    confirms = _allowed(lambda: actions.confirm_register(edition_id=edition.pk, actor=actor, at=AT))

    assert confirms is may
    assert (edition.pk in [one.pk for one in queries.queue(actor)]) is False  # answered, or not his


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "confirmed", "dropped"])
def test_what_each_state_allows(city: City, state: str) -> None:
    edition = _in_state(city, state)
    head, bureau = city.actor("ours.organ_head"), city.actor("bureau.supervisor")
    does = {
        "put": lambda: actions.put_row(
            edition_id=edition.pk, values={**ITEM, "item": "另一项"}, actor=head, at=AT
        ),
        "submit": lambda: actions.submit_draft(edition_id=edition.pk, reason="报送。", actor=head, at=AT),
        "recall": lambda: actions.recall_draft(edition_id=edition.pk, actor=head, at=AT),
        "drop": lambda: actions.drop_draft(edition_id=edition.pk, actor=head, at=AT),
        "confirm": lambda: actions.confirm_register(edition_id=edition.pk, actor=bureau, at=AT),
        "return": lambda: actions.return_register(
            edition_id=edition.pk, reason="不全。", actor=bureau, at=AT
        ),
    }
    allowed = {
        "draft": {"put", "submit", "drop"},
        "submitted": {"recall", "confirm", "return"},
        "returned": {"put", "submit", "drop"},
        "confirmed": set(),
        "dropped": set(),
    }

    for name, act in does.items():
        before = RegisterEdition.objects.get(pk=edition.pk)
        rows = list(before.rows.values("position", "key", "values", "text"))
        assert _allowed(act) is (name in allowed[state]), name
        _put_back(before, rows)


def test_who_drafted_does_not_confirm(city: City) -> None:
    """The bureau's own register: one of its people drafts and submits, another confirms."""
    city.staff("bureau", "unit_head")
    head = city.people["bureau.organ_head"]
    head.appointments.create(role="supervisor", since=date(2020, 1, 1))
    actor = city.actor("bureau.organ_head")
    edition = actions.open_draft(kind="random-inspection", actor=actor, at=AT)
    actions.put_row(edition_id=edition.pk, values=ITEM, actor=actor, at=AT)
    actions.submit_draft(edition_id=edition.pk, reason="首次编制。", actor=actor, at=AT)

    with pytest.raises(Refused, match="不能自己确认"):
        actions.confirm_register(edition_id=edition.pk, actor=actor, at=AT)
    actions.confirm_register(edition_id=edition.pk, actor=city.actor("bureau.supervisor"), at=AT)


# --- what the public sees ---


def test_nothing_is_public_before_it_is_confirmed(city: City) -> None:
    edition = submitted(city)

    assert queries.public_registers(TODAY) == []

    actions.confirm_register(edition_id=edition.pk, actor=city.actor("bureau.supervisor"), at=AT)

    assert [one.pk for one in queries.public_registers(TODAY)] == [edition.pk]


def test_a_returned_edition_never_shows_and_its_reasons_are_kept(city: City) -> None:
    edition = submitted(city)

    back = actions.return_register(
        edition_id=edition.pk, reason="缺少依据。", actor=city.actor("bureau.supervisor"), at=AT
    )

    assert (back.state, back.answer) == ("returned", "缺少依据。")
    assert queries.public_registers(TODAY) == []


def test_an_edition_shows_from_its_day_and_takes_the_place_of_the_one_before(city: City) -> None:
    first = confirmed(city, at=AT - timedelta(days=3))
    second = confirmed(city, publish_on=TODAY + timedelta(days=10))

    register = first.register_id
    assert queries.current_edition(register, TODAY) == first
    assert [one.pk for one in queries.public_editions(register, TODAY)] == [first.pk]
    later = TODAY + timedelta(days=10)
    assert queries.current_edition(register, later) == second
    assert [one.pk for one in queries.public_editions(register, later)] == [second.pk, first.pk]


def test_a_day_that_has_passed_becomes_the_day_of_confirmation(city: City) -> None:
    edition = submitted(city, publish_on=TODAY)

    late = actions.confirm_register(
        edition_id=edition.pk, actor=city.actor("bureau.supervisor"), at=AT + timedelta(days=4)
    )

    assert late.publish_on == TODAY + timedelta(days=4)


def test_a_retired_register_stays_readable_and_takes_no_new_edition(city: City) -> None:
    edition = confirmed(city)
    bureau = city.actor("bureau.supervisor")

    actions.retire_register(register_id=edition.register_id, reason="机构合并。", actor=bureau, at=AT)

    assert queries.public_editions(edition.register_id, TODAY)[0].register.retired_reason == "机构合并。"
    assert queries.organs_confirmed("random-inspection", TODAY) == {}
    with pytest.raises(Refused, match="停止使用"):
        drafted(city)


def test_the_public_file_is_what_the_record_names_and_holds_no_private_field(city: City) -> None:
    officer = city.people["ours.handler"]
    makers.certificate(officer=officer, number="23170077")
    edition = confirmed(city, "officers")

    entry = record.history(edition.register.subject_of_record)[-1]
    with record.open_blob(edition.public_sha256) as file:
        told = json.loads(file.read())

    assert entry.kind == "register.confirmed"
    assert edition.public_sha256 in str(entry.files)
    assert [one["label"] for one in told["columns"]] == [
        "姓名",
        "单位",
        "证件号",
        "执法领域",
        "有效期起",
        "有效期止",
    ]
    assert [row["number"] for row in told["rows"]] == ["23170077"]
    assert "post" not in told["rows"][0]


# --- what a draft takes ---


def test_a_row_is_judged_field_by_field(city: City) -> None:
    edition = drafted(city)
    bad = {**ITEM, "item": "", "weight": "middle", "legal_basis": "食品安全法第五十三条"}

    with pytest.raises(InvalidFacts) as wrong:
        actions.put_row(edition_id=edition.pk, values=bad, actor=city.actor("ours.publisher"), at=AT)

    assert set(wrong.value.fields) >= {"item", "weight"}


def test_a_basis_is_written_as_a_basis(city: City) -> None:
    edition = drafted(city)
    bad = {**ITEM, "item": "另一项", "legal_basis": "食品安全法/五十三"}

    with pytest.raises(InvalidFacts, match="写法不对"):
        actions.put_row(edition_id=edition.pk, values=bad, actor=city.actor("ours.publisher"), at=AT)


def test_two_rows_of_one_key_are_refused(city: City) -> None:
    edition = drafted(city)

    with pytest.raises(Refused, match="已有"):
        actions.put_row(edition_id=edition.pk, values=ITEM, actor=city.actor("ours.publisher"), at=AT)


def test_drawn_rows_are_neither_added_nor_removed_by_hand(city: City) -> None:
    edition = drafted(city, "subjects")
    actor = city.actor("ours.publisher")

    for act in (
        lambda: actions.put_row(edition_id=edition.pk, values={"powers": "处罚"}, actor=actor, at=AT),
        lambda: actions.remove_row(edition_id=edition.pk, key="shi-jg", actor=actor, at=AT),
    ):
        with pytest.raises(Refused, match="取自平台登记"):
            act()
    row = actions.put_row(
        edition_id=edition.pk, key="shi-jg", values={"powers": "食品处罚。"}, actor=actor, at=AT
    )
    assert (row.values["name"], row.values["powers"]) == ("达州市某某局", "食品处罚。")


def test_refreshing_draws_anew_and_keeps_what_was_typed(city: City) -> None:
    edition = drafted(city, "subjects")
    actor = city.actor("ours.publisher")
    actions.put_row(edition_id=edition.pk, key="shi-jg", values={"powers": "食品处罚。"}, actor=actor, at=AT)
    organ = city.organs["ours"]
    organ.name = "达州市某某管理局"
    organ.save()

    actions.refresh_draft(edition_id=edition.pk, actor=actor, at=AT)

    values = queries.rows_of(edition.pk)["shi-jg"]
    assert (values["name"], values["powers"]) == ("达州市某某管理局", "食品处罚。")


def test_an_incomplete_list_is_not_submitted(city: City) -> None:
    edition = drafted(city, "subjects")

    with pytest.raises(Refused, match="职权范围"):
        actions.submit_draft(
            edition_id=edition.pk, reason="首次。", actor=city.actor("ours.organ_head"), at=AT
        )


def test_a_list_of_ones_own_has_its_own_columns(city: City) -> None:
    actor = city.actor("ours.publisher")

    edition = actions.add_list(
        title="检查标准清单",
        basis="达州三项制度方案/2(2)",
        columns=["事项", "标准", "依据"],
        actor=actor,
        at=AT,
    )
    actions.put_row(
        edition_id=edition.pk,
        values={"c1": "进货查验", "c2": "有台账", "c3": "食品安全法/53"},
        actor=actor,
        at=AT,
    )

    assert edition.register.code == "further-1"
    assert list(queries.rows_of(edition.pk)) == ["进货查验"]


@pytest.mark.parametrize("columns", [[], ["一"] * 2, ["名" * 41], [f"栏{n}" for n in range(21)]])
def test_columns_must_be_sensible(city: City, columns: list[str]) -> None:
    with pytest.raises(Refused):
        actions.add_list(
            title="某某清单", basis="行政处罚法/5", columns=columns, actor=city.actor("ours.publisher"), at=AT
        )


def test_the_next_edition_begins_with_what_the_last_said(city: City) -> None:
    first = confirmed(city, at=AT - timedelta(days=1))

    second = drafted(city)

    assert queries.changes(first, second) == []
    assert second.number == 2


def test_ten_thousand_rows_page_by_page(city: City) -> None:
    actor = city.actor("ours.publisher")
    edition = actions.open_draft(kind="lenient", actor=actor, at=AT)
    register_drafts.write_rows(
        edition, {f"行为{n:05d}": {"violation": f"行为{n:05d}"} for n in range(10_000)}
    )

    page = queries.page_of(edition.pk, after=9_950)
    found = queries.page_of(edition.pk, words="行为09999")

    assert [len(page), len(found)] == [50, 1]
    assert queries.size_of(edition.pk) == 10_000


def _allowed(act: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            act()
    except Refused:
        return False
    return True


def _in_state(city: City, state: str) -> RegisterEdition:
    if state == "confirmed":
        return confirmed(city)
    if state == "draft":
        return drafted(city)
    if state == "dropped":
        edition = drafted(city)
        actions.drop_draft(edition_id=edition.pk, actor=city.actor("ours.publisher"), at=AT)
        return edition
    edition = submitted(city)
    if state == "returned":
        bureau = city.actor("bureau.supervisor")
        actions.return_register(edition_id=edition.pk, reason="不全。", actor=bureau, at=AT)
    return edition


def _put_back(before: RegisterEdition, rows: list[dict[str, object]]) -> None:
    """The edition as it was before an act was tried."""
    before.save()
    before.rows.all().delete()
    for row in rows:
        before.rows.create(**row)


# --- whom a confirmed list lets act ---


def binding_on(organ: Organ, on: date, kind: str = "officers") -> ConfirmedList | None:
    return organs.confirmed_lists([organ.pk], on).get((kind, organ.pk))


def test_a_confirmed_list_binds_from_its_day_until_it_is_retired(city: City) -> None:
    """达州三项制度方案 para. 2(1): a draft binds nobody, a confirmed edition from the day of its publication."""
    ours = city.organs["ours"]
    held = makers.certificate(officer=city.people["ours.handler"])
    submitted(city, "officers")
    assert binding_on(ours, TODAY) is None

    edition = RegisterEdition.objects.get(register__kind="officers")
    bureau, later = city.actor("bureau.supervisor"), TODAY + timedelta(days=3)
    actions.confirm_register(edition_id=edition.pk, actor=bureau, at=AT, publish_on=later)
    binding = binding_on(ours, later)

    assert binding_on(ours, TODAY) is None
    assert binding is not None
    assert (binding.keys, binding.number) == ([held.number], 1)
    actions.retire_register(
        register_id=edition.register_id, reason="合并。", actor=bureau, at=AT + timedelta(days=9)
    )
    assert binding_on(ours, TODAY + timedelta(days=8)) == binding
    assert binding_on(ours, TODAY + timedelta(days=9)) is None


def test_the_edition_whose_day_came_last_binds(city: City) -> None:
    """An edition confirmed later for an earlier day does not take the place of one that follows it."""
    ours = city.organs["ours"]
    for number, day in ((1, TODAY), (2, TODAY + timedelta(days=5)), (3, TODAY + timedelta(days=2))):
        ConfirmedList.objects.create(
            organ=ours, kind="officers", title="某某", number=number, since=day, keys=[]
        )

    told = [binding_on(ours, TODAY + timedelta(days=n)) for n in (-1, 0, 2, 4, 5, 50)]

    assert [one and one.number for one in told] == [None, 1, 3, 3, 2, 2]


def test_organs_that_the_list_names_are_confirmed_by_it(city: City) -> None:
    ours = city.organs["ours"]
    below = makers.organ(code="shi-zd", name="某某执法支队", kind="entrusted", parent=ours, confirmed_on=None)
    edition = drafted(city, "subjects")
    told = [
        {**values, "powers": "以委托机关名义。", "scope": "本市。"}
        for values in queries.rows_of(edition.pk).values()
    ]
    actions.put_rows(edition_id=edition.pk, rows=told, actor=city.actor("ours.publisher"), at=AT)
    actions.submit_draft(edition_id=edition.pk, reason="首次。", actor=city.actor("ours.organ_head"), at=AT)

    actions.confirm_register(edition_id=edition.pk, actor=city.actor("bureau.supervisor"), at=AT)

    below.refresh_from_db()
    binding = binding_on(ours, TODAY, "subjects")
    assert below.confirmed_on == TODAY
    assert binding is not None
    assert set(binding.keys) == {"shi-jg", "shi-zd"}


def test_the_bureau_is_told_whose_qualification_nobody_entered(city: City) -> None:
    officer = city.people["ours.handler"]
    held = makers.certificate(officer=officer)

    told = {one.key: one for one in queries.findings_in(drafted(city, "officers"), TODAY)}
    assert "没有登记执法资格考试合格" in told[held.number].text
    assert not told[held.number].blocking
