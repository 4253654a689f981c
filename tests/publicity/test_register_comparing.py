"""Differences of two editions: applied to the old one they give the new."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingjing.publicity.registers.comparing import applied, counts, differences

Rows = dict[str, dict[str, str]]
VALUES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "一", "二", "三"]), max_size=4)
ROWS = st.dictionaries(st.sampled_from([f"行{n}" for n in range(6)]), VALUES, max_size=6)


def full(rows: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The rows without empty values: an empty cell says nothing."""
    return {key: {name: value for name, value in row.items() if value} for key, row in rows.items()}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, ROWS)
def test_applying_the_differences_to_the_old_gives_the_new(old: Rows, new: Rows) -> None:
    assert applied(old, differences(old, new)) == full(new)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_an_edition_does_not_differ_from_itself_whatever_the_order(rows: Rows) -> None:
    assert differences(rows, dict(reversed(rows.items()))) == []


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, ROWS)
def test_every_row_is_told_once(old: Rows, new: Rows) -> None:
    changes = differences(old, new)

    assert len({one.key for one in changes}) == len(changes)
    assert sum(counts(changes).values()) == len(changes)


def test_a_changed_row_names_only_the_cells_that_changed() -> None:
    changes = differences({"甲": {"a": "一", "b": "二"}}, {"甲": {"a": "一", "b": "三"}, "乙": {"a": "一"}})

    told = [
        (one.key, one.state, [(cell.field, cell.before, cell.after) for cell in one.cells]) for one in changes
    ]
    assert told == [("甲", "changed", [("b", "二", "三")]), ("乙", "added", [("a", None, "一")])]
