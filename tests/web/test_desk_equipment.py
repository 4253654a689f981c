"""着装和标志: given out, given back, lost; who wears none and who left with something."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from mingjing.kernel.refused import Refused
from mingjing.organs import actions
from mingjing.organs.equipment import equipment, unequipped
from mingjing.organs.models import Equipment, Officer, Organ
from mingjing.record.models import Entry
from tests.web.desk_world import AT, World

pytestmark = pytest.mark.django_db
ON = AT.date()
FORM = {"kind": "uniform", "item": "夏执勤服", "quantity": "2", "issued_on": "2026-05-01"}


def issue(world: World, who: str = "li", **given: Any) -> Equipment:
    told = {"kind": "uniform", "item": "夏执勤服", "issued_on": ON, **given}
    return actions.issue_equipment(
        officer_id=world.officers[who].pk, actor=world.actor("guanli"), at=AT, **told
    )


def end(world: World, row: Equipment, **given: Any) -> Equipment:
    told = {"ended": "returned", "ended_on": ON, **given}
    return actions.end_equipment(equipment_id=row.pk, actor=world.actor("guanli"), at=AT, **told)


def owed(world: World) -> dict[str, tuple[bool, int]]:
    return {one.name: (one.left, one.items) for one in unequipped(world.organ.pk, ON)[0]}


def test_officers_outdoors_of_a_uniformed_organ_need_a_uniform(world: World) -> None:
    assert owed(world) == {}
    Organ.objects.filter(pk=world.organ.pk).update(uniform="市场监管制服")
    name = world.officers["li"].name
    assert name in owed(world)
    assert world.officers["shenhe"].name not in owed(world)

    row = issue(world)
    issue(world, "wang", kind="sign", item="胸徽", number="0007")
    assert name not in owed(world)
    assert world.officers["wang"].name in owed(world)

    end(world, row, ended="worn")
    assert name in owed(world)


def test_who_left_is_asked_for_what_he_still_has(world: World) -> None:
    row = issue(world, quantity=2)
    issue(world, kind="sign", item="臂章")
    Officer.objects.filter(pk=world.officers["li"].pk).update(active=False)

    assert owed(world) == {world.officers["li"].name: (True, 3)}
    end(world, row)
    assert owed(world) == {world.officers["li"].name: (True, 1)}
    assert Entry.objects.filter(kind="organs.equipment-ended").count() == 1


def test_only_so_many_are_named_but_all_are_counted(world: World) -> None:
    Organ.objects.filter(pk=world.organ.pk).update(uniform="市场监管制服")
    issue(world, kind="sign", item="臂章")
    Officer.objects.filter(pk=world.officers["li"].pk).update(active=False)
    everybody, many = unequipped(world.organ.pk, ON)

    first, still = unequipped(world.organ.pk, ON, most=1)

    assert many == still == len(everybody) > 1
    assert [(one.name, one.left) for one in first] == [(world.officers["li"].name, True)]


def test_a_number_is_given_out_once_until_it_comes_back(world: World) -> None:
    row = issue(world, kind="sign", item="胸徽", number="0007")

    with pytest.raises(Refused, match=world.officers["li"].name) as refused:
        issue(world, "wang", kind="sign", item="胸徽", number="0007")
    assert (refused.value.code, refused.value.basis) == ("still-out", "达州三项制度方案/3(1)")

    end(world, row)
    assert (
        issue(world, "wang", kind="sign", item="胸徽", number="0007").officer_id == world.officers["wang"].pk
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kind": "x"}, "bad-choice"),
        ({"item": " "}, "bad-choice"),
        ({"quantity": 0}, "bad-quantity"),
        ({"quantity": 21}, "bad-quantity"),
        ({"number": "0007", "quantity": 2}, "bad-quantity"),
        ({"issued_on": ON + timedelta(days=1)}, "bad-date"),
    ],
)
def test_what_cannot_be_given_out_is_refused(world: World, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        issue(world, **given)

    assert refused.value.code == code
    assert not Equipment.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ended": "x"}, "bad-choice"),
        ({"ended_on": ON - timedelta(days=1)}, "bad-date"),
        ({"ended_on": ON + timedelta(days=1)}, "bad-date"),
        ({"ended": "lost"}, "no-reason"),
    ],
)
def test_how_a_thing_cannot_end(world: World, given: dict[str, Any], code: str) -> None:
    row = issue(world)

    with pytest.raises(Refused) as refused:
        end(world, row, **given)

    assert refused.value.code == code
    end(world, row)
    with pytest.raises(Refused) as twice:
        end(world, row)
    assert twice.value.code == "already-ended"


def test_who_left_is_given_nothing_and_only_a_manager_gives(world: World) -> None:
    Officer.objects.filter(pk=world.officers["li"].pk).update(active=False)

    with pytest.raises(Refused) as left:
        issue(world)
    with pytest.raises(Refused) as stranger:
        actions.issue_equipment(
            officer_id=world.officers["wang"].pk, kind="uniform", item="夏执勤服", issued_on=date(2026, 1, 1),
            actor=world.actor("juzhang"), at=AT,
        )  # fmt: skip

    assert (left.value.code, stranger.value.code) == ("officer-left", "no-permission")


def test_the_manager_gives_out_and_takes_back_at_the_desk(world: World) -> None:
    Organ.objects.filter(pk=world.organ.pk).update(uniform="市场监管制服")
    client = world.client("guanli")
    path = f"/desk/equipment?organ={world.organ.code}"
    assert "没有制式服装" in client.get(path).content.decode()

    client.post(path, {**FORM, "officer": str(world.officers["li"].pk)})
    row = Equipment.objects.get()
    listed = client.get(path).content.decode()
    client.post(
        f"/desk/equipment/{row.pk}/end", {"ended": "lost", "ended_on": "2026-06-01", "remark": "途中遗失"}
    )

    assert "夏执勤服" in listed
    assert "途中遗失" in client.get(path).content.decode()
    assert "没有配发登记" in client.get(path, {"organ": world.organ.code, "out": "1"}).content.decode()
    text = b"".join(client.get("/desk/equipment.csv").streaming_content).decode("utf-8-sig")
    assert "夏执勤服" in text


@pytest.mark.parametrize(
    "wrong", [{"officer": ""}, {"issued_on": ""}, {"issued_on": "2026-02-30"}, {"item": "服" * 61}]
)
def test_a_wrong_form_is_told_and_what_was_typed_stays(world: World, wrong: dict[str, str]) -> None:
    form = {**FORM, "officer": str(world.officers["li"].pk), "remark": "库房第三柜", **wrong}

    answer = world.client("guanli").post(f"/desk/equipment?organ={world.organ.code}", form)

    assert answer.status_code == 422
    assert "库房第三柜" in answer.content.decode()


def test_the_supervisor_reads_without_giving_out(world: World) -> None:
    issue(world)

    page = world.client("jiandu").get(f"/desk/equipment?organ={world.organ.code}").content.decode()

    assert "夏执勤服" in page
    assert "登记配发" not in page


def test_the_ledger_is_paged(world: World) -> None:
    rows = [
        Equipment(officer=world.officers["li"], kind="sign", item=f"胸徽{number}", issued_on=ON)
        for number in range(51)
    ]
    Equipment.objects.bulk_create(rows)

    first, cursor = equipment(world.organ.pk)
    rest, end = equipment(world.organ.pk, before=cursor)

    assert (len(first), len(rest), end) == (50, 1, 0)
    assert equipment(None, words="胸徽50")[0][0].item == "胸徽50"
