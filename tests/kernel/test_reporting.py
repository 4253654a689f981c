"""统计口径: acts counted into cells; parts make totals; units change nothing; others' counts are laid out as they came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from mingjing.kernel.report_counts import Given, grid, laid_out
from mingjing.kernel.report_layout import (
    as_json,
    differences,
    fen_of,
    from_json,
    money,
    publicly,
    shown_columns,
    text,
)
from mingjing.kernel.reporting import (
    EVERY_KIND,
    HEAVIEST,
    MONEY,
    UNASSIGNED,
    Act,
    Column,
    Figures,
    Omission,
    Scheme,
    Table,
    Tally,
    findings,
    span,
)
from mingjing.law.codex.reports import KINDS, scheme
from tests.shared_data import shared_data

YEAR = 2022
PENALTIES = KINDS["penalty"]
ROWS = [("a", "甲局"), ("b", "乙局")]


def table(rule: str = HEAVIEST, **given: Any) -> Table:
    values: dict[str, Any] = {
        "id": "penalty",
        "title": "行政处罚",
        "subjects": ("penalty",),
        "unit": "宗",
        "columns": (
            Column("warning", "警告", kinds=("warning",)),
            Column("fine", "罚款", kinds=("fine",)),
            Column("detention", "行政拘留", kinds=("detention",)),
            Column("other", "其他", "other", ("other", "criticism")),
            Column("total", "合计", "total"),
            Column("money", "罚没金额", "money"),
            Column("summary", "简易程序", "marked", mark="summary"),
        ),
    }
    return Table(rule=rule, **{**values, **given})


def counted(*acts: Act, rule: str = HEAVIEST, keep_refs: bool = True, **more: Any) -> Figures:
    made = Scheme("test", "试验", (table(rule),), **more)
    first, last = span(YEAR)
    return Tally(made, first, last, keep_refs=keep_refs).add_all(acts).figures(ROWS)


def act(*kinds: str, **given: Any) -> Act:
    values: dict[str, Any] = {"ref": "1号", "subject": "penalty", "on": date(YEAR, 6, 1), "row": "a"}
    return Act(kinds=frozenset(kinds), **{**values, **given})


def counts(figures: Figures, row: str = "a") -> dict[str, int]:
    (line,) = [one for one in figures.tables[0].lines if one.row == row]
    return {id: cell.count for id, cell in line.cells.items() if cell.count}


@pytest.mark.parametrize(
    ("kinds", "cell"),
    [
        (("warning",), "warning"),
        (("warning", "fine"), "fine"),
        (("fine", "detention"), "detention"),
        (("fine", "other"), "fine"),  # 有名种类先于“其他”
        (("other",), "other"),
        (("criticism",), "other"),
        (("fine", "没见过"), "fine"),
        (("没见过",), UNASSIGNED),
        ((), UNASSIGNED),
    ],
)
def test_an_act_counts_once_under_its_heaviest_kind(kinds: tuple[str, ...], cell: str) -> None:
    figures = counted(act(*kinds))

    found = counts(figures)
    assert {id: found.get(id, 0) for id in (cell, "total")} == {cell: 1, "total": 1}
    assert sum(found.values()) == 2
    assert figures.tables[0].lines[0].cells[cell].refs == ("1号",)


def test_every_kind_counts_where_the_scheme_says_so() -> None:
    found = counts(counted(act("warning", "fine", "没见过"), rule=EVERY_KIND))

    assert found == {"warning": 1, "fine": 1, UNASSIGNED: 1, "total": 3}


@pytest.mark.parametrize(
    ("on", "counts_in"),
    [
        (date(YEAR - 1, 12, 31), False),
        (date(YEAR, 1, 1), True),
        (date(YEAR, 12, 31), True),
        (date(YEAR + 1, 1, 1), False),
    ],
)
def test_the_year_runs_from_1_january_to_31_december(on: date, counts_in: bool) -> None:
    assert bool(counts(counted(act("fine", on=on)))) is counts_in


@pytest.mark.parametrize(("rule", "counts_in"), [("counted", True), ("left_out", False)])
def test_what_was_revoked_later_counts_as_the_scheme_says(rule: str, counts_in: bool) -> None:
    found = counts(counted(act("fine", revoked_on=date(YEAR + 1, 3, 1)), revoked=rule))

    assert bool(found) is counts_in


def test_quarters_are_four_parts_of_the_year() -> None:
    spans = [span(YEAR, f"q{number}") for number in (1, 2, 3, 4)]

    assert [first for first, _ in spans] == [date(YEAR, month, 1) for month in (1, 4, 7, 10)]
    assert spans[0][0] == span(YEAR)[0]
    assert spans[3][1] == span(YEAR)[1]
    assert all((after[0] - before[1]).days == 1 for before, after in pairwise(spans))


def test_what_is_left_out_is_counted_beside_the_table_with_its_reason() -> None:
    with_omission = table(omissions=(Omission("closure", "责令关闭", "表中没有这一栏"),))
    made = Scheme("test", "试验", (with_omission,))
    figures = Tally(made, *span(YEAR)).add_all([act("closure"), act("closure", "fine")]).figures(ROWS)

    assert counts(figures) == {"fine": 1, "total": 1}
    assert [one.text for one in findings(figures) if one.row == "a" and "不列入" in one.text] == [
        "甲局：责令关闭 1 宗不列入本表，表中没有这一栏。"
    ]


def test_what_is_unassigned_gets_a_column_and_is_told() -> None:
    figures = counted(act("没见过"))

    assert "未归类" in [one.title for one in shown_columns(figures.tables[0])]
    assert any("不能归入任何一栏" in one.text and not one.fine for one in findings(figures))


acts_of_any_kind = some.lists(
    some.builds(
        Act,
        ref=some.text("0123456789", min_size=1, max_size=6),
        subject=some.just("penalty"),
        on=some.dates(date(YEAR, 1, 1), date(YEAR, 12, 31)),
        kinds=some.frozensets(some.sampled_from([*PENALTIES, "没见过"]), max_size=5),
        row=some.sampled_from(["a", "b", "c"]),
        fen=some.integers(0, 10**9),
        marks=some.frozensets(some.sampled_from(["summary", "ordinary"])),
    ),
    max_size=20,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(acts=acts_of_any_kind, id=some.sampled_from(["twelve-kinds", "eight-kinds", "extended", "six-tables"]))
def test_under_the_heaviest_rule_every_act_stands_in_exactly_one_cell(acts: list[Act], id: str) -> None:
    shipped = scheme(id)
    tally = Tally(shipped, *span(YEAR), keep_refs=True)

    placed = [tally.add(one) for one in acts]

    for of in shipped.tables:
        if "penalty" not in of.subjects or of.rule != HEAVIEST:
            continue
        parts = {one.id for one in of.parts} | {UNASSIGNED}
        for places in placed:
            assert len([column for name, column in places if name == of.id and column in parts]) == 1
        figures = tally.figures(ROWS).table(of.id)
        refs = sorted(ref for id in parts for ref in figures.total.cells[id].refs)
        assert refs == sorted(one.ref for one in acts)
        assert figures.total.cells["total"].count == len(acts) == figures.total.acts
        assert figures.total.cells["money"].fen == sum(one.fen for one in acts)
        for column in (*parts, "total"):
            assert figures.total.cells[column].count == sum(
                line.cells[column].count for line in figures.lines
            )
    assert all(one.fine for one in findings(tally.figures(ROWS)) if one.column == "")


@given(acts=acts_of_any_kind)
def test_a_cell_that_keeps_no_names_counts_the_same(acts: list[Act]) -> None:
    kept, lean = counted(*acts), counted(*acts, keep_refs=False)

    assert not differences(kept, lean)
    assert all(not cell.refs for line in lean.tables[0].lines for cell in line.cells.values())


@given(acts=acts_of_any_kind, decimals=some.integers(0, 6))
def test_the_unit_changes_no_fact(acts: list[Act], decimals: int) -> None:
    yuan, wan = counted(*acts), counted(*acts, unit="wan", decimals=decimals, zero="blank")

    assert [line.cells for line in yuan.tables[0].lines] == [line.cells for line in wan.tables[0].lines]


@given(fen=some.integers(0, 10**12))
def test_what_is_written_finely_enough_reads_back(fen: int) -> None:
    assert fen_of(money(fen, "yuan", 2), "yuan") == fen
    assert fen_of(money(fen, "wan", 6), "wan") == fen


@given(acts=acts_of_any_kind)
def test_figures_are_kept_as_data_and_read_back(acts: list[Act]) -> None:
    figures = counted(*acts, keep_refs=False)

    again = from_json(json.loads(json.dumps(as_json(figures))), figures.scheme)

    assert not differences(figures, again)
    assert as_json(again) == as_json(figures)


def test_a_changed_cell_is_a_difference_even_where_its_figure_stands() -> None:
    before, after = counted(act("fine")), counted(act("fine", ref="2号"))

    assert [
        (one.column_title, one.before, one.after, one.same_count) for one in differences(before, after)
    ] == [("罚款", "1", "1", True)]


# --- the published reports ---


def published() -> Iterator[Any]:
    path = shared_data("annual_reports/annual_reports.json")
    yield from json.loads(path.read_text(encoding="utf-8"))


def acts_with_those_counts(report: Any, by_column: dict[str, tuple[str, ...]]) -> list[Act]:
    """One act for each case that was counted; lighter kinds ride along, all money on the first fine."""
    made: list[Act] = []
    lighter: list[str] = []
    for title, value in zip(report["penalty"]["order"], report["penalty"]["values"], strict=True):
        kind = by_column[title][0]
        for number in range(value or 0):
            kinds = {kind, *lighter[: number % (len(lighter) + 1)]} if kind != "other" else {kind}
            made.append(
                act(*kinds, ref=f"{title}{number}", on=date(report["year"], 1 + number % 12, 1 + number % 28))
            )
        lighter.append(kind)
    unit = {"元": "yuan", "万元": "wan"}[report["unit_money"]]
    fen = fen_of(str(report["penalty"]["money"]), unit) or 0
    fines = [n for n, one in enumerate(made) if "fine" in one.kinds]
    for place, n in enumerate(fines):
        share = fen // len(fines) + (fen % len(fines) if place == 0 else 0)
        made[n] = Act(**{**{name: getattr(made[n], name) for name in Act.__slots__}, "fen": share})
    return made


@pytest.mark.parametrize(("id", "wanted"), [("AR2", "eight-kinds"), ("AR4", "twelve-kinds")])
def test_a_published_report_comes_out_cell_by_cell(id: str, wanted: str) -> None:
    (report,) = [one for one in published() if one["id"] == id]
    shipped = scheme(wanted)
    of = next(one for one in shipped.tables if "penalty" in one.subjects)
    by_title = {one.title: one.kinds for one in of.columns}
    assert report["penalty"]["order"] == [one.title for one in of.parts]

    acts = acts_with_those_counts(report, by_title)
    figures = Tally(shipped, *span(report["year"])).add_all(acts).figures([("a", report["place"])])

    (line,) = figures.table(of.id).lines
    shown = {one.title: text(of, one, line, shipped) for one in of.columns}
    blank = "" if shipped.zero == "blank" else "0"
    for title, value in zip(report["penalty"]["order"], report["penalty"]["values"], strict=True):
        assert shown[title] == (blank if value is None else str(value)), title
    assert shown["合计"] == str(report["penalty"]["total"])
    assert shown["罚没金额"] == str(report["penalty"]["money"])
    assert all(one.fine for one in findings(figures))


# --- counts of others ---


def given_row(**values: Any) -> Given:
    return Given((("某某局", values),), "yuan")


def test_an_empty_cell_stays_empty_and_a_zero_stays_a_zero() -> None:
    figures, flags = laid_out(scheme("twelve-kinds"), [given_row(警告=0, 罚款=None, 行政拘留=3)], YEAR)

    of = figures.table("penalty-twelve")
    shown = {one.id: text(of.table, one, of.lines[0], figures.scheme) for one in of.table.columns}
    assert (shown["warning"], shown["fine"], shown["detention"], shown["total"]) == ("0", "", "3", "3")
    assert not flags


def test_a_total_that_does_not_add_up_is_kept_and_flagged() -> None:
    figures, flags = laid_out(scheme("twelve-kinds"), [given_row(警告=1, 罚款=2, 合计=4)], YEAR)

    assert figures.table("penalty-twelve").lines[0].cells["total"].count == 4
    assert [(one.column, one.text) for one in flags] == [("total", "“某某局”的“合计”写作 4，各栏相加为 3。")]


@pytest.mark.parametrize("value", ["三", -1, "1.5", "12a"])
def test_what_is_no_count_is_flagged(value: Any) -> None:
    _, flags = laid_out(scheme("twelve-kinds"), [given_row(警告=value, 罚款=2)], YEAR)

    assert [one.column for one in flags] == ["warning"]


def test_a_column_that_the_scheme_does_not_know_is_shown_as_unassigned() -> None:
    figures, flags = laid_out(scheme("eight-kinds"), [given_row(警告=1, 罚款=2, 驱逐出境=5)], YEAR)

    assert figures.table("penalty-eight").lines[0].cells[UNASSIGNED].count == 5
    assert [one.column for one in flags] == [UNASSIGNED]


def test_merged_headers_and_the_unit_above_are_understood() -> None:
    rows = [
        ["某市2025年度行政处罚实施情况统计表"],
        ["", "", "", "", "单位：宗、万元"],
        ["序号", "单位", "处罚种类", "", "", "罚没金额"],
        ["", "", "警告", "罚款", "合计", ""],
        ["1", "甲局", "2", "3", "5", "1.25"],
        ["2", "乙局", "", "1", "1", "0"],
        ["", "合计", "2", "4", "7", "1.25"],
    ]

    (found,) = grid(rows, scheme("eight-kinds"))
    figures, flags = laid_out(scheme("eight-kinds"), [found], 2025)

    of = figures.table("penalty-eight")
    assert [line.title for line in of.lines] == ["甲局", "乙局"]
    assert of.lines[0].cells["money"].fen == 1_250_000
    assert of.lines[1].cells["warning"].blank
    assert of.lines[1].cells["money"].blank is False
    assert [one.text for one in flags] == [
        "“合计”的“合计”写作 7，各栏相加为 6。",
        "合计行的“合计”写作 7，各行相加为 6。",
    ]


def test_money_without_a_unit_is_read_in_that_of_the_scheme_and_flagged() -> None:
    given_without = Given((("某某局", {"警告": 0, "罚款": 1, "罚没金额": "2"}),))

    figures, flags = laid_out(scheme("eight-kinds"), [given_without], YEAR)

    assert figures.table("penalty-eight").lines[0].cells["money"].fen == 2_000_000
    assert [one.column for one in flags] == ["money"]


def test_amounts_round_half_up_each_from_its_exact_sum() -> None:
    assert [money(fen, "wan", 2) for fen in (4_100_000, 5_000, 15_000, 0)] == ["4.1", "0.01", "0.02", "0"]
    assert MONEY in {one.is_ for one in table().columns}


# --- what the public reads ---


def public_cells(*acts: Act, small: bool = True) -> dict[str, str]:
    made = Scheme("test", "试验", (table(small_cells=small),), small_below=5)
    figures = publicly(Tally(made, *span(YEAR)).add_all(acts).figures([("a", "甲局")]))
    one = figures.tables[0]
    return {column.id: text(one.table, column, one.lines[0], made) for column in one.table.columns}


def many(kind: str, number: int) -> list[Act]:
    return [act(kind, ref=f"{kind}{place}") for place in range(number)]


def test_official_acts_keep_their_true_counts() -> None:
    assert public_cells(*many("fine", 1), small=False)["fine"] == "1"


def test_small_cells_about_people_are_told_only_as_such_and_not_to_be_reckoned() -> None:
    shown = public_cells(*many("warning", 2), *many("fine", 30))

    assert (shown["warning"], shown["fine"], shown["detention"], shown["total"]) == (
        "1至4",
        "30",
        "0",
        "不显示",
    )


def test_two_small_cells_leave_the_total_where_they_make_more_than_one_of_them() -> None:
    shown = public_cells(*many("warning", 4), *many("detention", 4), *many("fine", 30))

    assert (shown["warning"], shown["detention"], shown["total"]) == ("1至4", "1至4", "38")


@given(acts=acts_of_any_kind)
def test_four_quarters_make_the_year(acts: list[Act]) -> None:
    made = Scheme("test", "试验", (table(),))
    year = Tally(made, *span(YEAR)).add_all(acts).figures(ROWS).tables[0].total
    quarters = [
        Tally(made, *span(YEAR, f"q{number}")).add_all(acts).figures(ROWS).tables[0].total
        for number in (1, 2, 3, 4)
    ]

    for column, cell in year.cells.items():
        assert cell.count == sum(one.cells[column].count for one in quarters)
        assert cell.fen == sum(one.cells[column].fen for one in quarters)
