"""The flowchart of a procedure as SVG: swim lanes, and beside them terms, papers and recording.

Colours are attributes, not styles, so that the strict content policy holds and the file stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from html import escape

from mingjing.kernel.procedure import Procedure

from .flow import Flow, flow_of
from .layout import COLUMNS, HEAD_HEIGHT, HEAD_SIZE, HEAD_TOP, TABLE_LINE, Box, Layout, Line, lay_out, wrap

INK, SOFT, LINE_INK, BACK, GRID = "#14202e", "#4c5a69", "#5b6b7b", "#a81c1c", "#d6dfe9"
FILLS = {
    "start": ("#eef1f6", "#3f5570"),
    "end": ("#eceff2", "#4c5a69"),
    "step": ("#e9f2fd", "#2160ad"),
    "question": ("#fff6e6", "#b87a00"),
}
BRANCH_FILL = ("#ffffff", "#6f8299")
DONE_FILL = ("#e4f4e9", "#1b6638")
CURRENT_FILL = ("#1f4e8f", "#173f74")
DOTS = {"full": "#a81c1c", "key": "#d98200"}


def draw(
    procedure: Procedure,
    *,
    paper_titles: Mapping[str, str],
    href: Callable[[str], str] | None = None,
    current: Collection[str] = (),
    done: Collection[str] = (),
) -> str:
    """The chart as an ``<svg>`` element.

    ``href`` gives the address for a step's id. For a live case ``current`` holds the steps that may be taken
    or are owed now, and ``done`` those that were taken.
    """
    flow = flow_of(procedure, paper_titles)
    return _Pen(flow, lay_out(flow), href, frozenset(current), frozenset(done)).svg()


class _Pen:
    def __init__(
        self,
        flow: Flow,
        layout: Layout,
        href: Callable[[str], str] | None,
        current: frozenset[str],
        done: frozenset[str],
    ) -> None:
        self.flow, self.layout, self.href = flow, layout, href
        self.current, self.done = current, done

    def svg(self) -> str:
        layout = self.layout
        width, height = f"{layout.width:g}", f"{layout.height:g}"
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        parts = [
            f'<svg class="flow" xmlns="http://www.w3.org/2000/svg" {size} role="group" '
            'aria-labelledby="flow-title flow-text">',
            f'<title id="flow-title">{escape(self.flow.title)}流程图</title>',
            f'<desc id="flow-text">{escape(self._in_words())}</desc>',
            self._arrow("flow-arrow", LINE_INK),
            self._arrow("flow-back", BACK),
            self._head(),
            self._lanes(),
            self._table(),
            *(self._line(line) for line in layout.lines),
            *(self._box(box) for box in layout.boxes),
            *(self._label(line) for line in layout.lines if line.edge.label),
            self._legend(),
            "</svg>",
        ]
        return "".join(parts)

    def _in_words(self) -> str:
        steps = "、".join(node.title for node in self.flow.nodes if node.step and not node.beside)
        beside = "、".join(node.title for node in self.flow.nodes if node.beside)
        text = f"泳道：{'、'.join(self.flow.lanes)}。主要环节依次为：{steps}。"
        return text + (f"旁支环节：{beside}。" if beside else "")

    def _arrow(self, id: str, colour: str) -> str:
        return (
            f'<defs><marker id="{id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            f'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="{colour}"/></marker></defs>'
        )

    def _head(self) -> str:
        return _text(self.layout.width / 2, 28, f"{self.flow.title}流程图", size=20, weight=700)

    def _lanes(self) -> str:
        parts = []
        for number, (title, left, right) in enumerate(self.layout.lanes):
            height = self.layout.rows[-1].bottom - self.layout.body_top
            fill = "#f5f8fc" if number % 2 else "#ffffff"
            parts.append(_rect(left, self.layout.body_top, right - left, height, fill, GRID))
            parts.append(_rect(left, HEAD_TOP, right - left, HEAD_HEIGHT, "#1f4e8f", "#ffffff"))
            parts += _heading((left + right) / 2, wrap(title, int((right - left - 8) / HEAD_SIZE)))
        return "".join(parts)

    def _table(self) -> str:
        parts, left = [], self.layout.table_left
        right = left + sum(width for _, width, _ in COLUMNS)
        parts.append(_rect(left, HEAD_TOP, right - left, HEAD_HEIGHT, "#3d4f61", "#3d4f61"))
        x = left
        for title, width, _ in COLUMNS:
            parts += _heading(x + width / 2, [title])
            x += width
        for row in self.layout.rows:
            parts.append(f'<path d="M{left:g} {row.bottom:g}H{right:g}" stroke="{GRID}"/>')
            x = left
            middle = (row.top + row.bottom) / 2
            for (_, width, _), cell in zip(COLUMNS, row.cells, strict=True):
                y = middle - (len(cell) - 1) * TABLE_LINE / 2 + 4
                for number, (text, full) in enumerate(cell):
                    fill, down = BACK if full else SOFT, y + number * TABLE_LINE
                    parts.append(_text(x + 6, down, text, size=12, anchor="start", fill=fill))
                x += width
        return "".join(parts)

    def _line(self, line: Line) -> str:
        back = line.edge.kind == "return"
        dash = ' stroke-dasharray="5 4"' if back else ""
        colour, arrow = (BACK, "flow-back") if back else (LINE_INK, "flow-arrow")
        return (
            f'<path d="{_rounded(line.points)}" fill="none" stroke="{colour}" stroke-width="1.4"{dash} '
            f'marker-end="url(#{arrow})"/>'
        )

    def _label(self, line: Line) -> str:
        x, y = line.label_at
        size = f'width="{13 * len(line.edge.label) + 4}" height="14"'
        back = f'<rect x="{x - 2:g}" y="{y - 11:g}" {size} fill="#ffffff" opacity="0.85"/>'
        return back + _text(x, y, line.edge.label, size=12, anchor="start", fill=SOFT)

    def _box(self, box: Box) -> str:
        node = box.node
        inner = self._shape(box) + self._words(box) + self._dot(box)
        state = ' aria-current="step"' if node.step in self.current else ""
        if node.step is None or self.href is None:
            return f'<g data-node="{escape(node.id)}"{state}>{inner}</g>'
        return f'<a href="{escape(self.href(node.step))}" data-node="{escape(node.id)}"{state}>{inner}</a>'

    def _shape(self, box: Box) -> str:
        fill, stroke = self._colours(box)
        if box.node.kind == "question":
            x, y, w, h = box.x, box.y, box.width / 2, box.height / 2
            points = f"{x - w:g},{y:g} {x:g},{y - h:g} {x + w:g},{y:g} {x:g},{y + h:g}"
            return f'<polygon points="{points}" fill="{fill}" stroke="{stroke}" stroke-width="1.4"/>'
        radius = box.height / 2 if box.node.kind in ("start", "end") else 6
        left, top = box.x - box.width / 2, box.y - box.height / 2
        return _rect(left, top, box.width, box.height, fill, stroke, radius=radius)

    def _colours(self, box: Box) -> tuple[str, str]:
        if box.node.step in self.current:
            return CURRENT_FILL
        if box.node.step in self.done:
            return DONE_FILL
        return BRANCH_FILL if box.node.beside and box.node.kind == "step" else FILLS[box.node.kind]

    def _words(self, box: Box) -> str:
        current = box.node.step in self.current
        ink, soft = ("#ffffff", "#ffffff") if current else (INK, SOFT)
        height = 17 * len(box.title) + 14 * len(box.note)
        y = box.y - height / 2 + 13
        size = 13 if box.node.kind == "question" else 14
        parts = []
        for line in box.title:
            parts.append(_text(box.x, y, line, size=size, weight=700, fill=ink))
            y += 17
        for line in box.note:
            parts.append(_text(box.x, y - 2, line, size=11, fill=soft))
            y += 14
        return "".join(parts)

    def _dot(self, box: Box) -> str:
        colour = DOTS.get(box.node.recording)
        if colour is None:
            return ""
        share = 0.25 if box.node.kind == "question" else 0.5
        x, y = box.x + box.width * share - 3, box.y - box.height * share + 3
        title = "全程音像记录" if box.node.recording == "full" else "音像记录"
        return (
            f'<circle cx="{x:g}" cy="{y:g}" r="7" fill="{colour}" stroke="#ffffff" stroke-width="1.5">'
            f'<title>{title}</title></circle><circle cx="{x:g}" cy="{y:g}" r="2.4" fill="#ffffff"/>'
        )

    def _legend(self) -> str:
        y, x = self.layout.height - 18, self.layout.lanes[0][1] + 8
        parts = []
        for code, text in (("full", "全程音像记录"), ("key", "音像记录")):
            parts.append(f'<circle cx="{x:g}" cy="{y - 4:g}" r="6" fill="{DOTS[code]}"/>')
            parts.append(_text(x + 12, y, text, size=12, anchor="start", fill=SOFT))
            x += 120
        parts.append(
            f'<path d="M{x:g} {y - 4:g}h34" stroke="{BACK}" stroke-width="1.4" stroke-dasharray="5 4"/>'
        )
        parts.append(_text(x + 42, y, "退回", size=12, anchor="start", fill=SOFT))
        parts.append(_rect(x + 92, y - 12, 24, 15, *BRANCH_FILL, radius=3))
        parts.append(_text(x + 124, y, "旁支环节，办完后回到主线", size=12, anchor="start", fill=SOFT))
        return "".join(parts)


def _rect(
    x: float, y: float, width: float, height: float, fill: str, stroke: str, *, radius: float = 0
) -> str:
    round_off = f' rx="{radius:g}"' if radius else ""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"{round_off} fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.3"/>'
    )


def _heading(x: float, lines: list[str]) -> list[str]:
    """The title of a lane or column, in the middle of the head."""
    top = HEAD_TOP + HEAD_HEIGHT / 2 + HEAD_SIZE * 0.36 - (len(lines) - 1) * (HEAD_SIZE + 3) / 2
    return [
        _text(x, top + number * (HEAD_SIZE + 3), line, size=HEAD_SIZE, weight=700, fill="#ffffff")
        for number, line in enumerate(lines)
    ]


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    weight: int = 400,
    anchor: str = "middle",
    fill: str = INK,
) -> str:
    heavy = f' font-weight="{weight}"' if weight != 400 else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}"{heavy} text-anchor="{anchor}" fill="{fill}">'
        f"{escape(text)}</text>"
    )


def _rounded(points: tuple[tuple[float, float], ...], radius: float = 6) -> str:
    """A path through the points with its corners taken off."""
    path = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        enter, leave = _towards(corner, before, radius), _towards(corner, after, radius)
        path.append(f"L{enter[0]:g} {enter[1]:g}Q{corner[0]:g} {corner[1]:g} {leave[0]:g} {leave[1]:g}")
    path.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    return "".join(path)


def _towards(start: tuple[float, float], end: tuple[float, float], distance: float) -> tuple[float, float]:
    length = abs(end[0] - start[0]) + abs(end[1] - start[1])
    share = min(distance, length / 2) / length if length else 0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
