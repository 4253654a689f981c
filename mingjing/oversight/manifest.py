"""逐件清单: the list, act by act, of what a locked report counted, kept as a file of the record.

One line for each act: row, day, subject, what was counted, kinds, fen, and the cells it went into. Two such lists,
or one and the cases of today, tell which acts came into a cell and which left it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from mingjing.kernel.reporting import ALL, Act


def line(act: Act, placed: Sequence[tuple[str, str]]) -> bytes:
    """What was counted, when, as what, and where it went, in one line."""
    cells = ",".join(f"{table}/{column}" for table, column in placed)
    kinds = "+".join(sorted(act.kinds))
    return (
        f"{act.row}\t{act.on.isoformat()}\t{act.subject}\t{act.ref}\t{kinds}\t{act.fen}\t{cells}\n".encode()
    )


def read(lines: Iterable[bytes]) -> Iterator[tuple[Act, frozenset[str]]]:
    """The acts of a list with the cells (``table/column``) they went into."""
    for one in lines:
        row, on, subject, ref, kinds, fen, cells = one.decode().rstrip("\n").split("\t")
        told = frozenset(filter(None, kinds.split("+")))
        yield Act(ref, subject, date.fromisoformat(on), told, row, int(fen)), frozenset(cells.split(","))


def in_cell(lines: Iterable[bytes], table: str, columns: Collection[str], row: str) -> Iterator[Act]:
    """The acts of a list that one cell counted; ``columns`` are those it adds, ``row`` empty is all rows."""
    wanted = {f"{table}/{column}" for column in columns}
    return (act for act, cells in read(lines) if row in (ALL, act.row) and cells & wanted)


def moved(before: Iterable[Act], now: Iterable[Act]) -> tuple[list[Act], list[Act]]:
    """Which acts came and which went, or count with another sum, each in the order of its list."""
    was = {(one.ref, one.fen): one for one in before}
    came = [one for one in now if was.pop((one.ref, one.fen), None) is None]
    return came, list(was.values())
