"""What goes outside comes back the same, field by field, through workbooks and CSV files."""

from __future__ import annotations

import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mingjing.exchange.double import reading, rows, values, writing
from mingjing.exchange.double.rows import CreditFacts
from mingjing.kernel.refused import Refused
from mingjing.law.codex.double_sets import Field, FieldSet, field_set

TODAY = date(2026, 9, 1)
EDITIONS = {kind: field_set(kind, TODAY) for kind in ("penalty", "permit")}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    [
        "=1+1",
        "'=x",
        "+86",
        "-",
        "无",
        "示",
        "达市监罚〔2026〕12号",
        "a\nb",
        "其他-甲、乙",
        "*" * 24,
        "1.0",
        "0012",
    ]
)


def value_of(edition: FieldSet, one: Field) -> st.SearchStrategy[values.Kept]:
    if one.kind == "money":
        return st.integers(0, 10**13)
    if one.kind == "date":
        return st.dates(date(1990, 1, 1), date(2099, 12, 31)).map(date.isoformat)
    if one.values:
        known = st.sampled_from(edition.lists[one.values].values)
        return known | st.lists(known, max_size=4).map("、".join) | TEXTS
    return TEXTS


@st.composite
def record(draw: st.DrawFn) -> tuple[FieldSet, CreditFacts]:
    edition = EDITIONS[draw(st.sampled_from(sorted(EDITIONS)))]
    codes = rows.CODES[edition.kind]
    given_values = {one.code: draw(value_of(edition, one)) for one in edition.fields}
    given_values[codes.decided_on] = draw(st.dates(date(1990, 1, 1), TODAY)).isoformat()
    try:
        facts = rows.canonical(edition, given_values, TODAY)
    except Refused:
        assume(False)
        raise
    return edition, facts


def back(path: Path, edition: FieldSet) -> list[CreditFacts]:
    found = reading.records(path, (edition,), reading.Passed())
    return [rows.read(edition, reading.cells(row, edition), TODAY) for edition, row in found]


@pytest.mark.parametrize("form", writing.FORMATS)
@given(given=record())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
def test_every_field_comes_back(form: str, given: tuple[FieldSet, CreditFacts]) -> None:
    edition, facts = given
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"out.{form}"
        writing.write(path, [(edition, [facts])], form)

        found = back(path, edition)

    assert [one.values for one in found] == [facts.values]


@given(fen=st.integers(0, 10**16))
def test_money_is_exact_to_the_fen(fen: int) -> None:
    told = values.read_sum(EDITIONS["penalty"].by_code["CF_NR_FK"], values.wan(fen))

    assert told is not None
    assert told.as_fen("万元") == fen


def test_half_a_wan_has_six_decimals() -> None:
    assert values.wan(500_000) == "0.500000"


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    edition = EDITIONS["penalty"]

    writing.write(tmp_path / "out.xlsx", [(edition, [])], "xlsx")

    with zipfile.ZipFile(tmp_path / "out.xlsx") as book:
        assert b"2018-08-01T00:00:00Z" in book.read("docProps/core.xml")
        assert {entry.date_time[0] for entry in book.infolist()} == {1980}
