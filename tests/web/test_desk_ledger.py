"""文书台账: every number of a series is accounted for, blocks are called in, a series begins where the old ledger ended."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from mingjing import cli
from mingjing.cases import actions, queries
from mingjing.cases.models import Counter, NumberBlock, Paper, SeriesStart
from mingjing.cases.papers import forms
from mingjing.kernel.refused import Refused
from mingjing.record.models import Entry
from tests import makers
from tests.web.desk_world import AT, World

pytestmark = pytest.mark.django_db
FORM = "spot-decision"
SERIES = forms.form(FORM).wenzhong


def draw(world: World, count: int = 3, by: str = "li") -> NumberBlock:
    return actions.draw_numbers(form=FORM, count=count, device=uuid.uuid4(), actor=world.actor(by), at=AT)


def row(world: World) -> Any:
    return next(one for one in queries.series_rows(world.organ, AT.year) if one.wenzhong == SERIES)


def states(world: World, **given: Any) -> list[tuple[int, str]]:
    rows, _ = queries.series_numbers(world.organ, AT.year, SERIES, **given)
    return [(one.seq, one.state) for one in rows]


def paper(world: World, seq: int, **more: Any) -> Paper:
    case = more.pop("case", None) or world.open()
    values = {
        "case": case, "step": case.steps.first(), "organ": world.organ, "form": FORM, "form_code": "D-G2",
        "title": "当场行政处罚决定书", "wenzhong": SERIES, "year": AT.year, "seq": seq,
        "number": f"号{seq}", "verify_code": f"C{seq}", "sha256": "0" * 64, "pages": 1, "issued_at": AT,
    }  # fmt: skip
    return Paper.objects.create(**{**values, **more})


def test_every_number_is_on_a_paper_void_held_or_missing(world: World) -> None:
    block = draw(world, 5)
    paper(world, 1)
    paper(world, 2, voided_at=AT, void_reason="“作出决定”退回重办")
    actions.void_number(block_id=block.pk, seq=3, reason="打印损坏。", actor=world.actor("li"), at=AT)
    Counter.objects.filter(kind=SERIES).update(last=6)

    told = row(world)

    assert (told.last, told.issued, told.void, told.unused, told.held, told.missing) == (6, 1, 1, 1, 2, 1)
    assert states(world) == [
        (6, "missing"), (5, "held"), (4, "held"), (3, "unused"), (2, "void"), (1, "issued")
    ]  # fmt: skip
    assert [one.seq for one in queries.missing_numbers(world.organ, AT.year, SERIES)[0]] == [6]


def test_a_returned_block_leaves_nothing_held(world: World) -> None:
    block = draw(world, 5)
    paper(world, 1)

    actions.return_numbers(block_id=block.pk, reason="收队。", actor=world.actor("li"), at=AT)

    told = row(world)
    assert (told.last, told.issued, told.held, told.missing) == (1, 1, 0, 0)


def test_a_void_paper_names_the_one_that_took_its_place(world: World) -> None:
    draw(world, 2)
    case = world.open()
    paper(world, 1, case=case, voided_at=AT, void_reason="退回重办")
    paper(world, 2, case=case)

    [void], more = queries.void_register(world.organ, AT.year)

    assert (void.number, void.why, void.replaced_by, more) == ("号1", "退回重办", "号2", False)


def test_a_ledger_is_paged_by_number(world: World) -> None:
    actions.start_series(
        wenzhong=SERIES, last=3, reason="原台账在办公室。", actor=world.actor("kezhang"), at=AT
    )
    draw(world, 4)

    rows, cursor = queries.series_numbers(world.organ, AT.year, SERIES, limit=3)
    rest, end = queries.series_numbers(world.organ, AT.year, SERIES, limit=3, below=cursor)

    assert [one.seq for one in rows] == [7, 6, 5]
    assert [(one.seq, one.upto, one.state) for one in rest] == [(4, 0, "held"), (1, 3, "before")]
    assert end == 0
    assert [one.seq for one in queries.whole_ledger(world.organ, AT.year)] == [1, 4, 5, 6, 7]
    assert row(world).missing == 0


@pytest.mark.parametrize("count", [1, 4])
def test_the_queries_of_a_ledger_do_not_grow_with_its_rows(
    world: World, count: int, django_assert_max_num_queries: Any
) -> None:
    draw(world, count)
    for seq in range(1, count + 1):
        paper(world, seq, voided_at=AT, void_reason="退回重办")

    with django_assert_max_num_queries(7):
        queries.series_numbers(world.organ, AT.year, SERIES)
    with django_assert_max_num_queries(7):
        queries.series_rows(world.organ, AT.year)
    with django_assert_max_num_queries(3):
        queries.void_register(world.organ, AT.year)


def test_papers_are_found_by_number_case_and_party(world: World) -> None:
    draw(world, 1)
    made = paper(world, 1)

    for words in ("号1", made.case.no, "某某食品"):
        [found], _ = queries.find_papers(world.organ, AT.year, words)
        assert found.paper_id == made.pk
    assert queries.find_papers(world.organ, AT.year, "没有这样的") == ([], 0)


def test_the_head_of_the_unit_calls_in_a_block_and_nothing_returns_to_the_series(world: World) -> None:
    block = draw(world, 3)

    void = actions.recall_numbers(
        block_id=block.pk, reason="手机遗失。", actor=world.actor("kezhang"), at=AT + timedelta(days=1)
    )

    assert void == [1, 2, 3]
    assert draw(world, 1, by="wang").first == 4
    assert Entry.objects.filter(kind="numbers-recalled").count() == 1
    [_, told] = queries.organ_blocks(world.organ)[0]
    assert (told.officer, told.count("void"), told.free) == (world.officers["li"].name, 3, ())
    assert [one.officer_id for one in queries.organ_blocks(world.organ, out=True)[0]] == [
        world.officers["wang"].pk
    ]


def recalled(world: World, block: NumberBlock, by: str) -> str:
    with pytest.raises(Refused) as refused:
        actions.recall_numbers(block_id=block.pk, reason="遗失。", actor=world.actor(by), at=AT)
    return refused.value.code


def test_who_may_not_call_a_block_in(world: World) -> None:
    block = draw(world)

    assert recalled(world, block, "wang") == "no-permission"
    own = NumberBlock.objects.filter(pk=block.pk)
    own.update(officer=world.officers["kezhang"])
    assert recalled(world, block, "kezhang") == "own-block"
    own.update(officer=world.officers["li"], closed_at=AT)
    assert recalled(world, block, "kezhang") == "block-closed"
    own.update(organ=makers.organ(name="某某市某某局"), closed_at=None)
    assert recalled(world, block, "kezhang") == "no-such-block"


def test_a_series_goes_on_where_the_old_ledger_ended(world: World) -> None:
    made = actions.start_series(
        wenzhong=SERIES, last=87, reason="原台账在办公室。", actor=world.actor("kezhang"), at=AT
    )

    assert SeriesStart.objects.get() == made
    assert draw(world, 1).first == 88
    assert row(world).before == 87


def test_a_series_that_has_begun_is_not_started_again(world: World) -> None:
    draw(world, 2)

    with pytest.raises(Refused) as refused:
        actions.start_series(wenzhong=SERIES, last=87, reason="原台账。", actor=world.actor("kezhang"), at=AT)

    assert refused.value.code == "series-begun"
    assert "第 2 号" in refused.value.reason
    assert refused.value.basis == "达州三项制度方案/8(1)"
    assert Counter.objects.get(kind=SERIES).last == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"wenzhong": "没有"}, "bad-number"),
        ({"last": 0}, "bad-number"),
        ({"last": 100_000}, "bad-number"),
        ({"reason": " "}, "bad-reason"),
        ({"by": "li"}, "no-permission"),
    ],
)
def test_a_start_that_says_nothing_sensible_is_refused(world: World, given: Any, code: str) -> None:
    told = {"wenzhong": SERIES, "last": 5, "reason": "原台账。", **given}
    actor = world.actor(told.pop("by", "kezhang"))

    with pytest.raises(Refused) as refused:
        actions.start_series(actor=actor, at=AT, **told)

    assert refused.value.code == code
    assert not SeriesStart.objects.exists()


def test_the_pages_show_series_numbers_void_ones_and_blocks(world: World) -> None:
    case = world.spot_decision()
    number = Paper.objects.get(case=case, wenzhong=SERIES).number
    draw(world, 2)
    client = world.client("kezhang")

    overview = client.get("/desk/ledger").content.decode()
    listed = client.get("/desk/ledger", {"series": SERIES}).content.decode()
    found = client.get("/desk/ledger", {"words": number}).content.decode()
    blocks = client.get("/desk/ledger", {"tab": "blocks", "out": "1"}).content.decode()

    assert f"series={SERIES}" in unquote(overview)
    assert "定起始号" in overview
    assert number in listed
    assert "号段中未用" in listed
    assert number in found
    assert "收回，未用的作废" in blocks
    assert "没有作废的文书和号码" in client.get("/desk/ledger", {"tab": "void"}).content.decode()
    assert "没有缺号" in client.get("/desk/ledger", {"series": SERIES, "only": "missing"}).content.decode()


@pytest.mark.parametrize(
    ("asked", "tab"),
    [
        ({}, "按字号"),
        ({"series": SERIES}, "按字号"),
        ({"words": "号"}, "按字号"),
        ({"tab": "void", "series": SERIES, "words": "号"}, "作废登记"),
        ({"tab": "blocks"}, "现场号段"),
    ],
)
def test_every_view_stands_under_one_tab(world: World, asked: dict[str, str], tab: str) -> None:
    """What is sought is sought in all numbers, so it never stands under the void ones."""
    text = world.client("li").get("/desk/ledger", asked).content.decode()

    tabs = text.split('<nav class="tabs"')[1].split("</nav>")[0]
    assert tabs.count('aria-current="page"') == 1
    assert f'aria-current="page">{tab}</a>' in tabs
    assert ('name="words"' in text) is (tab == "按字号")


def test_the_head_of_the_unit_recalls_and_starts_at_the_desk(world: World) -> None:
    block = draw(world)
    client = world.client("kezhang")

    answer = client.post(f"/desk/ledger/blocks/{block.pk}/recall", {"reason": "调离。"}, follow=True)
    assert "3 个没有用的号码作废" in answer.content.decode()
    void = client.get("/desk/ledger", {"tab": "void"}).content.decode()
    assert void.count("空号作废") >= 3

    other = next(one for one in forms.series() if one != SERIES)
    client.post("/desk/ledger/start", {"wenzhong": other, "last": "12", "reason": "原台账在办公室。"})
    assert "1—12 号在平台启用前" in client.get("/desk/ledger").content.decode()
    assert client.post("/desk/ledger/start", {"wenzhong": "x", "last": "1", "reason": "x"}).status_code == 422


def test_a_colleague_reads_without_managing_and_a_stranger_sees_no_other_organ(world: World) -> None:
    draw(world)

    colleague = world.client("zhao").get("/desk/ledger", {"tab": "blocks"}).content.decode()
    strange = world.client("stranger").get("/desk/ledger", {"organ": world.organ.code})

    assert "未归还" in colleague
    assert "收回，未用的作废" not in colleague
    assert strange.status_code == 404
    assert world.client("jiandu").get("/desk/ledger", {"organ": world.organ.code}).status_code == 200


def test_the_ledger_leaves_as_a_file(world: World) -> None:
    draw(world, 2)

    answer = world.client("li").get("/desk/ledger.csv")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("文号,状态")
    assert len(text.splitlines()) == 3


def test_the_command_tells_each_series_and_fails_where_a_number_is_missing(
    world: World, tmp_path: Path, capsys: Any
) -> None:
    draw(world, 2)
    out = tmp_path / "台账.csv"

    assert cli.main(["ledger", "--organ", world.organ.code, "--year", "2026", "--out", str(out)]) == 0
    assert "编到 2 号" in capsys.readouterr().out
    assert len(out.read_text("utf-8-sig").splitlines()) == 3
    Counter.objects.filter(kind=SERIES).update(last=3)
    assert cli.main(["ledger", "--organ", world.organ.code, "--year", "2026", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["missing"] == 1
    assert cli.main(["ledger", "--organ", "nope"]) == 1
