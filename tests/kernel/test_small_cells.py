"""Hidden cells cannot be worked out from what is shown."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.kernel.small_cells import Sum, hidden


def line(*values: int) -> tuple[dict[object, int], list[Sum]]:
    """One row of parts and its total."""
    cells: dict[object, int] = dict(enumerate(values))
    cells["total"] = sum(values)
    return cells, [Sum("total", tuple(range(len(values))))]


def table(rows: list[list[int]]) -> tuple[dict[object, int], list[Sum]]:
    """A table with totals of rows and columns and of all."""
    height, width = range(len(rows)), range(len(rows[0]))
    cells: dict[object, int] = {(row, column): rows[row][column] for row in height for column in width}
    cells |= {(row, "all"): sum(rows[row]) for row in height}
    cells |= {("all", column): sum(rows[row][column] for row in height) for column in width}
    cells[("all", "all")] = sum(map(sum, rows))
    sums = [Sum((row, "all"), tuple((row, column) for column in width)) for row in height]
    sums += [Sum(("all", column), tuple((row, column) for row in height)) for column in width]
    sums += [Sum(("all", "all"), tuple((row, "all") for row in height))]
    sums += [Sum(("all", "all"), tuple(("all", column) for column in width))]
    return cells, sums


def test_without_small_cells_everything_is_shown() -> None:
    assert hidden(*line(5, 0, 9), below=3) == frozenset()


def test_noughts_are_nobody() -> None:
    assert hidden(*line(0, 0, 7), below=3) == frozenset()


def test_the_next_smallest_hides_what_the_total_would_tell() -> None:
    assert hidden(*line(1, 40, 9, 70), below=3) == {0, 2}


def test_two_ones_that_share_two_are_known_and_get_company() -> None:
    """1 + 1 of a total that leaves 2: each hidden cell is at least one, so each would be known."""
    assert hidden(*line(1, 1, 9, 70), below=3) == {0, 1, 2}


def test_a_part_that_is_the_whole_hides_the_total() -> None:
    assert hidden(*line(2, 0, 0), below=3) == {0, "total"}


def test_a_table_hides_a_rectangle() -> None:
    found = hidden(*table([[1, 20, 30], [40, 50, 60], [70, 80, 90]]), below=3)

    assert (0, 0) in found
    assert len(found) == 4
    rows, columns = {row for row, _ in found}, {column for _, column in found}
    assert len(rows) == len(columns) == 2


def follows(cells: dict[object, int], sums: list[Sum], gone: frozenset[object], most: int) -> set[object]:
    """By trying everything: the hidden cells that have one value in all tables which look the same."""
    unknown = sorted(gone, key=str)
    worlds = []
    for guess in product(range(1, most + 1), repeat=len(unknown)):
        world = cells | dict(zip(unknown, guess, strict=True))
        if all(world[one.total] == sum(world[part] for part in one.parts) for one in sums):
            worlds.append(guess)
    return {key for place, key in enumerate(unknown) if len({world[place] for world in worlds}) == 1}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=5))
def test_no_hidden_cell_of_a_line_follows_from_the_rest(values: list[int]) -> None:
    cells, sums = line(*values)
    gone = hidden(cells, sums, below=3)

    assert {key for key, value in cells.items() if 0 < value < 3} <= gone
    if len(gone) <= 5:
        assert follows(cells, sums, gone, most=30 if len(gone) <= 3 else 12) == set()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=4))
def test_no_hidden_cell_of_a_table_is_fixed_by_its_sums(rows: list[list[int]]) -> None:
    """Two different fillings of the hidden cells give the same sums, for each of them (over the rationals)."""
    cells, sums = table(rows)
    gone = hidden(cells, sums, below=3)

    assert {key for key, value in cells.items() if 0 < value < 3} <= gone
    for key in gone:
        assert _free(key, sums, gone)


def _free(key: object, sums: list[Sum], gone: frozenset[object]) -> bool:
    """Whether a hidden cell lies on a closed way of hidden cells: then it can grow while its sums stay.

    A table with its totals is a graph: rows and columns are places, cells are ways between them.
    """
    ways = {cell: cell for cell in gone}
    start, goal = ("row", key[0]), ("column", key[1])
    seen, next_places = {start}, [start]
    while next_places:
        side, name = next_places.pop()
        for cell in ways:
            if cell == key:
                continue
            row, column = cell
            if side == "row" and row == name:
                place = ("column", column)
            elif side == "column" and column == name:
                place = ("row", row)
            else:
                continue
            if place == goal:
                return True
            if place not in seen:
                seen.add(place)
                next_places.append(place)
    return False
