"""Charts as SVG: lying bars, in one piece or in several. The page shows the same figures as a table beside.

Colours come from the page's style by class, so the chart follows print, high contrast and a city's own look.
Narrow enough to be read on a phone at its own size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from markupsafe import Markup

WIDTH, ROW, BAR, LABEL, FIGURE = 320, 26, 16, 104, 46
SERIES = 6  # as many shades as a reader can tell apart; what is beyond shares the last
_LABEL_CHARS = 8


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its parts in the order of the legend, and the figure at its end.

    ``rest`` is what belongs to the bar and is not told apart; it is drawn last, in grey.
    """

    label: str
    parts: Sequence[int]
    figure: str
    rest: int = 0

    @property
    def length(self) -> int:
        """All parts together."""
        return sum(self.parts) + self.rest


def bars(title: str, said: str, rows: Sequence[Bar]) -> Markup:
    """The bars as one picture; ``said`` tells in a sentence what they show."""
    most = max((row.length for row in rows), default=0) or 1
    height = ROW * len(rows)
    drawn = "".join(_row(row, place, most) for place, row in enumerate(rows))
    head = f"<title>{escape(title)}</title><desc>{escape(said)}</desc>"
    return Markup(  # noqa: S704 - numbers of ours, every text escaped
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">'
        f"{head}{drawn}</svg>"
    )


def _row(row: Bar, place: int, most: int) -> str:
    top = ROW * place
    middle = top + ROW / 2 + 4
    return (
        f'<text class="chart-label" x="{LABEL - 6}" y="{middle}" text-anchor="end">{escape(_short(row.label))}'
        f"<title>{escape(row.label)}</title></text>{_parts(row, top, most)}"
        f'<text class="chart-figure" x="{_end(row.length, most) + 5:.1f}" y="{middle}">{escape(row.figure)}</text>'
    )


def _parts(row: Bar, top: int, most: int) -> str:
    drawn, before = [], 0
    shades = [str(min(number, SERIES - 1)) for number in range(len(row.parts))]
    for shade, value in zip([*shades, "rest"], [*row.parts, row.rest], strict=True):
        start, end = _end(before, most), _end(before + value, most)
        before += value
        if value:
            drawn.append(
                f'<rect class="chart-{shade}" x="{start:.1f}" y="{top + (ROW - BAR) / 2}" '
                f'width="{max(end - start, 1):.1f}" height="{BAR}"/>'
            )
    return "".join(drawn)


def _end(value: int, most: int) -> float:
    return LABEL + (WIDTH - LABEL - FIGURE) * value / most


def _short(label: str) -> str:
    """The label as far as there is room; letters take half of what a sign of Chinese takes."""
    room = 2.0 * _LABEL_CHARS
    for place, sign in enumerate(label):
        room -= 2 if sign > "\u2e7f" else 1.1
        if room < 0:
            return label[: place - 1] + "…"
    return label
