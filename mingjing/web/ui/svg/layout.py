"""Where the shapes and lines of a flowchart go: swim lanes as columns, steps as rows, lines in between.

Nodes stand in cells of a grid, so a line never crosses a shape: upright pieces run in gutters beside the
columns, level pieces in gaps above the rows. Each gutter has as many tracks, each gap as many levels, as its
lines need; lines into the same shape may share one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from .flow import Edge, Flow, Node

BOX_WIDTH, BOX_HEIGHT = 128, 40
QUESTION_WIDTH, QUESTION_HEIGHT, QUESTION_LENGTH = 150, 56, 7
LINE_HEIGHT, TITLE_LENGTH, NOTE_LENGTH = 17, 8, 10
# A lane with more branches than this gets a second column for them.
BRANCHES_IN_COLUMN = 5
MARGIN, HEAD_TOP, HEAD_HEIGHT = 10, 44, 44
HEAD_SIZE = 14  # of the lanes' titles, which may take two lines
GUTTER, TRACK = 24, 7
GAP, LEVEL = 26, 8
LANE_EDGE = 11
TABLE_GAP = 10
COLUMNS = (("时限", 140, 10.5), ("文书", 134, 10), ("记录", 58, 4))
TABLE_LINE = 15

Side = Literal["left", "right", "top", "bottom"]


@dataclass
class Box:
    """A placed node; ``x`` and ``y`` are its centre. Lines of text are wrapped already."""

    node: Node
    row: int
    column: int
    title: list[str]
    note: list[str]
    width: float
    height: float
    x: float = 0
    y: float = 0


@dataclass(frozen=True)
class Line:
    """A drawn edge: its corner points and where its label stands."""

    edge: Edge
    points: tuple[tuple[float, float], ...]
    label_at: tuple[float, float]


@dataclass(frozen=True)
class Row:
    """One row of the table at the right: top and bottom, and the lines of text in each of its columns."""

    top: float
    bottom: float
    cells: tuple[tuple[tuple[str, bool], ...], ...]


@dataclass
class Layout:
    """Everything the pen needs."""

    width: float
    height: float
    lanes: list[tuple[str, float, float]]
    body_top: float
    boxes: list[Box]
    lines: list[Line]
    rows: list[Row]
    table_left: float


@dataclass
class _Route:
    """How an edge runs: out of a side, along a gutter (or none), into a side."""

    edge: Edge
    source: Box
    target: Box
    out: Side
    into: Side
    gutter: int | None
    track: int = 0
    leave_level: int = 0
    enter_level: int = 0


@dataclass
class _Slots:
    """Greedy colouring: the first slot in which an interval meets no stranger."""

    slots: list[list[tuple[float, float, str]]] = field(default_factory=list)

    def take(self, start: float, end: float, owner: str) -> int:
        low, high = min(start, end), max(start, end)
        for number, slot in enumerate(self.slots):
            if all(owner == other or high < first or last < low for first, last, other in slot):
                slot.append((low, high, owner))
                return number
        self.slots.append([(low, high, owner)])
        return len(self.slots) - 1


# What must not be torn: Latin words and numbers, and a mark from what it opens or closes.
_PIECE = re.compile(r"[（《“]*(?:[!-~]+|.)[，。、；：？！）》”]*", re.DOTALL)


def wrap(text: str, length: int) -> list[str]:
    """The text in even lines of about ``length`` Chinese characters; two narrow ones count as one.

    Numbers and Latin words stay whole; no line begins with a closing mark or ends with an opening one.
    """
    lines = _fill(text, length)
    if len(lines) < 2:
        return lines
    even = _fill(text, math.ceil(_width(text) / len(lines) + 0.5))
    return even if len(even) == len(lines) else lines


def _fill(text: str, length: float) -> list[str]:
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        if line and _width(line + piece) > length:
            lines.append(line)
            line = ""
        line += piece
    return [*lines, line] if line else lines


def _width(text: str) -> float:
    return sum(0.55 if character.isascii() else 1.0 for character in text)


def lay_out(flow: Flow) -> Layout:
    """The whole picture."""
    return _Plan(flow).drawn()


class _Plan:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.first_column, self.columns = _columns(flow)
        self.boxes = {box.node.id: box for box in self._placed()}
        self.row_count = max(box.row for box in self.boxes.values()) + 1
        self.gutters = [_Slots() for _ in range(self.columns + 1)]
        self.gaps = [_Slots() for _ in range(self.row_count + 1)]
        self.routes = [self._route(edge) for edge in flow.edges]
        self._share_out()

    # --- placing ---

    def _placed(self) -> Iterable[Box]:
        """The spine goes down a row at a time; what stands beside takes a free cell below its parent."""
        taken: dict[tuple[int, int], Box] = {}
        parents = {edge.target: edge.source for edge in self.flow.edges if edge.kind == "branch"}
        placed: dict[str, Box] = {}
        row = -1
        for node in self.flow.nodes:
            column = self._column(node)
            parent = placed.get(parents.get(node.id, ""))
            if parent is None:
                row += 1
                while (row, column) in taken:
                    row += 1
                here = row
            else:
                here = parent.row if column == parent.column + 1 else parent.row + 1
                while (here, column) in taken:
                    here += 1
            placed[node.id] = taken[here, column] = _box(node, here, column)
        return placed.values()

    def _column(self, node: Node) -> int:
        first = self.first_column[node.lane]
        following = [*self.first_column, self.columns][node.lane + 1]
        return following - 1 if node.beside else first

    # --- routing ---

    def _route(self, edge: Edge) -> _Route:
        source, target = self.boxes[edge.source], self.boxes[edge.target]
        if edge.kind == "spine" and target.row == source.row + 1:
            return _Route(edge, source, target, "bottom", "top", None)
        if edge.kind == "branch":
            return self._branch_route(edge, source, target)
        return self._far_route(edge, source, target)

    def _branch_route(self, edge: Edge, source: Box, target: Box) -> _Route:
        if source.row == target.row:
            return _Route(edge, source, target, "right", "left", None)
        if source.column == target.column and target.row == source.row + 1:
            return _Route(edge, source, target, "bottom", "top", None)
        gutter = source.column + 1
        if target.column == gutter:
            return _Route(edge, source, target, "right", "left", gutter)
        if target.column == source.column:
            return _Route(edge, source, target, "right", "right", gutter)
        if target.column < source.column:
            gutter = source.column
            into: Side = "right" if target.column == gutter - 1 else "top"
            return _Route(edge, source, target, "left", into, gutter)
        return _Route(edge, source, target, "right", "top", gutter)

    def _far_route(self, edge: Edge, source: Box, target: Box) -> _Route:
        """Ways round and ways back: towards the target, or on the left within a column."""
        if target.column > source.column:
            gutter = source.column + 1
            into: Side = "left" if edge.kind == "return" and target.column == gutter else "top"
            return _Route(edge, source, target, "right", into, gutter)
        gutter = source.column
        if target.column == source.column:
            return _Route(edge, source, target, "left", "left", gutter)
        into = "right" if edge.kind == "return" and target.column == gutter - 1 else "top"
        return _Route(edge, source, target, "left", into, gutter)

    def _share_out(self) -> None:
        """Give each line its track in the gutter and its levels in the gaps."""
        for route in sorted(self.routes, key=lambda one: abs(one.source.row - one.target.row)):
            source, target = route.source, route.target
            owner = f"{route.edge.kind}>{target.node.id}"
            if route.gutter is None:
                if route.out == "bottom" and source.column != target.column:
                    span = (source.column, target.column)
                    route.enter_level = self.gaps[target.row].take(*span, owner)
                continue
            end = target.row - 0.5 if route.into == "top" else target.row
            route.track = self.gutters[route.gutter].take(source.row, end, owner)
            if route.into == "top":
                span_end = target.column + (0 if route.gutter <= target.column else 1)
                route.enter_level = self.gaps[target.row].take(route.gutter - 0.5, span_end, owner)

    # --- measuring ---

    def drawn(self) -> Layout:
        gutter_left, centres, right = self._across()
        tops, bottom = self._down()
        for box in self.boxes.values():
            box.x = centres[box.column]
        lines = [self._line(route, gutter_left, tops) for route in self.routes]
        table_left = right + TABLE_GAP
        width = table_left + sum(width for _, width, _ in COLUMNS) + MARGIN
        lanes = self._lane_edges(gutter_left, right)
        rows = self._table(tops, bottom)
        height = bottom + 44
        body_top = HEAD_TOP + HEAD_HEIGHT
        return Layout(width, height, lanes, body_top, list(self.boxes.values()), lines, rows, table_left)

    def _across(self) -> tuple[list[float], list[float], float]:
        """Left edges of the gutters, centres of the columns, right edge of the last gutter."""
        lefts, centres = [], []
        x = float(MARGIN)
        for column in range(self.columns):
            lefts.append(x)
            x += GUTTER + TRACK * len(self.gutters[column].slots)
            centres.append(x + BOX_WIDTH / 2)
            x += BOX_WIDTH
        lefts.append(x)
        return lefts, centres, x + GUTTER + TRACK * len(self.gutters[self.columns].slots)

    def _down(self) -> tuple[list[float], float]:
        """Top of the gap above each row, and the bottom of the picture's body. Sets every box's ``y``."""
        tops = []
        y = float(HEAD_TOP + HEAD_HEIGHT)
        for row in range(self.row_count):
            tops.append(y)
            y += self._gap_height(row)
            boxes = [box for box in self.boxes.values() if box.row == row]
            text = max(len(cell) for cell in self._cells(boxes)) * TABLE_LINE - GAP + 8
            height = max(text, *(box.height for box in boxes))
            for box in boxes:
                box.y = y + height / 2
            y += height
        tops.append(y)
        return tops, y + GAP

    def _gap_height(self, row: int) -> float:
        return GAP + LEVEL * max(0, len(self.gaps[row].slots) - 1)

    def _lane_edges(self, gutter_left: list[float], right: float) -> list[tuple[str, float, float]]:
        inner = [gutter_left[column] + LANE_EDGE for column in self.first_column[1:]]
        starts = [float(MARGIN), *inner, right]
        return [(title, starts[lane], starts[lane + 1]) for lane, title in enumerate(self.flow.lanes)]

    def _level_y(self, row: int, level: int, tops: list[float]) -> float:
        return tops[row] + 9 + LEVEL * level

    def _line(self, route: _Route, gutter_left: list[float], tops: list[float]) -> Line:
        start, end = _port(route.source, route.out), _port(route.target, route.into)
        if route.gutter is None:
            points = self._near(route, start, end, tops)
        else:
            x = gutter_left[route.gutter] + GUTTER / 2 + TRACK * route.track + TRACK / 2
            points = [start, (x, start[1])]
            if route.into == "top":
                y = self._level_y(route.target.row, route.enter_level, tops)
                points += [(x, y), (end[0], y), end]
            else:
                points += [(x, end[1]), end]
        return Line(route.edge, tuple(points), _label_at(route, start))

    def _near(
        self, route: _Route, start: tuple[float, float], end: tuple[float, float], tops: list[float]
    ) -> list[tuple[float, float]]:
        if start[0] == end[0] or start[1] == end[1]:
            return [start, end]
        y = self._level_y(route.target.row, route.enter_level, tops)
        return [start, (start[0], y), (end[0], y), end]

    # --- the table at the right ---

    def _cells(self, boxes: list[Box]) -> tuple[tuple[tuple[str, bool], ...], ...]:
        """Per table column the lines of text of a row's boxes; the flag marks full recording."""
        boxes = sorted(boxes, key=lambda box: box.column)
        several = len([box for box in boxes if box.node.step]) > 1
        cells: list[list[tuple[str, bool]]] = [[], [], []]
        for box in boxes:
            node = box.node
            if node.step is None:
                continue
            for column, texts in enumerate((node.terms, node.papers)):
                for text in texts:
                    named = f"{node.title}：{text}" if several and node.beside else text
                    cells[column] += [(line, False) for line in _fill(named, COLUMNS[column][2])]
        cells[2] = _recordings([box.node for box in boxes if box.node.step])
        return tuple(tuple(cell) for cell in cells)

    def _table(self, tops: list[float], bottom: float) -> list[Row]:
        rows = []
        for row in range(self.row_count):
            boxes = [box for box in self.boxes.values() if box.row == row]
            below = tops[row + 1] + GAP / 2 if row + 1 < self.row_count else bottom
            rows.append(Row(tops[row] + (GAP / 2 if row else 0), below, self._cells(boxes)))
        return rows


def _columns(flow: Flow) -> tuple[list[int], int]:
    """The first column of each lane and the number of columns; a lane with branches has two."""
    firsts, column = [], 0
    for lane in range(len(flow.lanes)):
        firsts.append(column)
        beside = sum(node.beside and node.lane == lane for node in flow.nodes)
        column += 2 if beside > BRANCHES_IN_COLUMN else 1
    return firsts, column


def _box(node: Node, row: int, column: int) -> Box:
    if node.kind == "question":
        title = wrap(node.title, QUESTION_LENGTH)
        height = max(QUESTION_HEIGHT, 34 + 21 * len(title))
        return Box(node, row, column, title, [], QUESTION_WIDTH, height)
    title, note = wrap(node.title, TITLE_LENGTH), wrap(node.note, NOTE_LENGTH)
    height = max(BOX_HEIGHT, 16 + LINE_HEIGHT * len(title) + 14 * len(note))
    return Box(node, row, column, title, note, BOX_WIDTH, height)


def _recordings(nodes: list[Node]) -> list[tuple[str, bool]]:
    """What must be recorded how, strictest first; writing goes without saying beside anything stricter."""
    kinds = {node.recording for node in nodes}
    words = [("全程音像", True)] if "full" in kinds else []
    if "key" in kinds:
        words.append(("音像", False))
    return words or ([("文字", False)] if nodes else [])


def _port(box: Box, side: Side) -> tuple[float, float]:
    offsets = {
        "left": (-box.width / 2, 0.0),
        "right": (box.width / 2, 0.0),
        "top": (0.0, -box.height / 2),
        "bottom": (0.0, box.height / 2),
    }
    across, down = offsets[side]
    return box.x + across, box.y + down


def _label_at(route: _Route, start: tuple[float, float]) -> tuple[float, float]:
    """Beside the point where the line leaves its question."""
    if route.out == "bottom":
        return start[0] + 6, start[1] + 13
    return (start[0] + 4, start[1] - 5) if route.out == "right" else (start[0] - 15, start[1] + 14)
