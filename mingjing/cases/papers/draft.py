"""可编辑草稿: a paper as a .docx that its author can work on, from the very form that is printed.

Typst evaluates the form as for printing and, instead of laying it out, hands over the content it wrote
(``codex/papers/lib.typ``, ``draft``). That content becomes paragraphs and tables here; nothing is worded twice,
so a draft says what the printed paper says. A draft has no number, no seal and no code to verify it by.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import typst

from mingjing.cases.papers import docx, forms, preparing
from mingjing.cases.papers.docx import Cell, Line, Paragraph, Run, Table
from mingjing.cases.papers.render import refusal_of, typesetter

MARK = "草稿：未编号、未盖章，不是正式文书"
DEMO = "演示数据，不是真实案件"
# Drawn, not written: seals, rules, and what is hidden.
_NOTHING = frozenset(
    {"v", "place", "rotate", "circle", "polygon", "line", "hide", "image", "metadata", "pagebreak"}
)
_LENGTH = re.compile(r"(?P<number>-?[0-9.]+)(?P<unit>em|fr|pt|mm)?")
_IDEOGRAPHIC_SPACE = "\u3000"


def draft(form_id: str, data: Mapping[str, Any], folder: Path = forms.FOLDER) -> bytes:
    """The paper as .docx, gaps marked as in a preview; equal data gives equal bytes.

    Raises: Refused ``no-such-form``, ``bad-form``, ``paper-not-rendered``.
    """
    form = forms.form(form_id, folder)
    prepared = preparing.prepare(form, {**data, "number": ""}, preview=True)
    written = _written(form, prepared, folder)
    signatures = "　　".join(f"{name}：" for name in written["page-signatures"] or ())
    return docx.document(
        title=written["title"],
        blocks=[*_head(form, prepared, written["title"]), *_blocks(written["body"])],
        header=f"{MARK}　{DEMO}" if prepared["data"]["demo"] else MARK,
        footer=signatures,
    )


def _written(form: forms.Form, prepared: Mapping[str, Any], folder: Path) -> Any:
    """The content that the form writes, as Typst tells it."""
    setter = typesetter(None, folder)
    inputs = {"data": preparing.as_json({**prepared, "fonts": setter.fonts()}), "draft": "1"}
    try:
        told = typst.query(
            str(folder / f"{form.id}.typ"),
            "<draft>",
            field="value",
            one=True,
            root=str(folder),
            font_paths=setter.book,
            ignore_system_fonts=True,
            sys_inputs=inputs,
        )
    except typst.TypstError as failure:
        raise refusal_of(form, prepared, failure) from failure
    return json.loads(told)


def _head(form: forms.Form, prepared: Mapping[str, Any], title: str) -> Iterator[Paragraph]:
    """Organ, title, number, as the printed head has them."""
    if form.head == "none":
        return
    red = form.head == "red"
    organ = Run(prepared["data"]["organ"]["name"], bold=True, size=30 if red else 18, red=red)
    yield Paragraph((organ,), align="center", indent=False)
    yield Paragraph((Run(title, bold=True, size=22),), align="center", indent=False)
    number = prepared["data"]["number"]
    case = prepared["data"]["case"]["no"]
    if red:
        yield Paragraph((Run(number or "——"),), align="center", indent=False, ruled=True)
    elif number or case:
        yield Paragraph((Run(number or f"案件编号：{case}", size=12),), align="right", indent=False)


@dataclass(frozen=True)
class _Look:
    """What holds around a piece of content."""

    bold: bool = False
    kai: bool = False
    align: str = ""
    indent: bool = True
    keep: bool = False
    small: bool = False


@dataclass
class _Writer:
    """Paragraphs and tables as they come; ``line`` is the paragraph being written."""

    blocks: list[Paragraph | Table] = field(default_factory=list)
    line: list[Run | Line] = field(default_factory=list)
    look: _Look = _Look()

    def end_line(self) -> None:
        runs = _trimmed(self.line)
        self.line = []
        if runs:
            look = self.look
            self.blocks.append(Paragraph(tuple(runs), look.align or "justify", look.indent, look.keep))

    def write(self, text: str) -> None:
        size = 12 if self.look.small else None
        self.line.append(Run(text, bold=self.look.bold, kai=self.look.kai, size=size))


def _blocks(content: Any, look: _Look | None = None) -> list[Paragraph | Table]:
    writer = _Writer(look=look or _Look())
    _walk(content, writer)
    writer.end_line()
    return writer.blocks


def _walk(content: Any, to: _Writer) -> None:
    """Write one piece of content; what is unknown is walked through, so that no text is lost."""
    if isinstance(content, str):
        to.write(content)
        return
    if content is None or content["func"] in _NOTHING:
        return
    kind = content["func"]
    if kind == "text":
        to.write(content["text"])
    elif kind == "smartquote":
        to.write("”" if content.get("double", True) else "’")
    elif kind == "space":
        to.write(" ")
    elif kind == "h":
        to.write(_blank(content["amount"]))
    elif kind == "linebreak":
        to.line.append(Line())
    elif kind == "parbreak":
        to.end_line()
    elif kind in ("strong", "emph"):
        bold, kai = to.look.bold or kind == "strong", to.look.kai or kind == "emph"
        _within(content["body"], to, replace(to.look, bold=bold, kai=kai))
    elif kind in ("par", "block", "align"):
        _apart(content, to)
    elif kind == "box" and not content.get("body"):
        to.write("_" * max(6, 2 * len(_blank(content.get("width", "6em")))))
    elif kind in ("table", "grid"):
        to.end_line()
        to.blocks.append(_table(content, to.look))
    elif kind == "stack":
        for child in content["children"]:
            _walk(child, to)
            to.end_line()
    else:
        for part in _parts(content):
            _walk(part, to)


def _parts(content: Mapping[str, Any]) -> Sequence[Any]:
    return content.get("children") or [content[key] for key in ("body", "child") if content.get(key)]


def _within(content: Any, to: _Writer, look: _Look) -> None:
    """Write with another look, in the same paragraph."""
    before, to.look = to.look, look
    _walk(content, to)
    to.look = before


def _apart(content: Mapping[str, Any], to: _Writer) -> None:
    """Write as paragraphs of their own."""
    to.end_line()
    look = to.look
    if content["func"] == "align":
        look = replace(look, align=_side(content["alignment"]), indent=False)
    if content["func"] == "par" and _flush(content.get("first-line-indent")):
        look = replace(look, indent=False)
    before, to.look = to.look, replace(look, keep=look.keep or bool(content.get("sticky")))
    _walk(content["body"], to)
    to.end_line()
    to.look = before


def _flush(indent: Any) -> bool:
    amount = indent.get("amount", "") if isinstance(indent, Mapping) else indent
    return bool(amount) and str(amount).startswith("0")


def _side(alignment: str) -> str:
    return next((side for side in ("center", "right", "left") if side in alignment), "")


def _blank(amount: str) -> str:
    """A gap as blanks: one for each character wide; the rest of a line as four."""
    found = _LENGTH.findall(str(amount))
    number, unit = found[-1] if found else ("1", "em")
    wide = float(number)
    if unit == "fr":
        return _IDEOGRAPHIC_SPACE * 4
    if unit == "em":
        return _IDEOGRAPHIC_SPACE * round(wide) if wide >= 0.8 else " "
    return _IDEOGRAPHIC_SPACE * max(1, round(wide / 12)) if wide > 0 else ""


def _trimmed(runs: list[Run | Line]) -> list[Run | Line]:
    """Without blanks at both ends and between Chinese characters, where Typst's line ends left them."""
    kept = list(runs)
    for end in (0, -1):
        while kept and (isinstance(kept[end], Line) or not _text(kept[end]).strip()):
            kept.pop(end)
    if kept and isinstance(kept[0], Run):
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
    found: list[Run | Line] = []
    for at, run in enumerate(kept):
        following = _text(kept[at + 1])[:1] if at + 1 < len(kept) else ""
        earlier = _text(found[-1])[-1:] if found else ""
        if _text(run) == " " and (not earlier.isascii() or not following.isascii() or not earlier):
            continue
        found.append(run)
    return found


def _text(run: Run | Line) -> str:
    return run.text if isinstance(run, Run) else ""


# --- tables ---


def _table(content: Mapping[str, Any], look: _Look) -> Table:
    """A table of the form; a grid (rows for signatures) is a table without lines."""
    widths = _widths(content["columns"])
    ruled = content["func"] == "table"
    rows: list[list[Cell]] = [[]]
    filled = 0
    for child in _cells(content["children"]):
        span = int(child.get("colspan", 1)) if isinstance(child, Mapping) else 1
        if filled + span > len(widths):
            rows.append([])
            filled = 0
        rows[-1].append(_cell(child, span, content.get("align", ""), look))
        filled += span
    return Table(tuple(widths), tuple(map(tuple, rows)), ruled=ruled)


def _cells(children: Sequence[Any]) -> Iterator[Any]:
    for child in children:
        if isinstance(child, Mapping) and child.get("func") in ("header", "footer"):
            yield from _cells(child["children"])
        elif not (isinstance(child, Mapping) and child.get("func") in ("hline", "vline")):
            yield child


def _cell(child: Any, span: int, align: Any, look: _Look) -> Cell:
    own = child if isinstance(child, Mapping) and child.get("func") == "cell" else {"body": child}
    side = _side(str(own.get("align", align))) or "left"
    return Cell(
        tuple(_blocks(own["body"], replace(look, align=side, indent=False, keep=False, small=True))), span
    )


def _widths(columns: Sequence[str] | int) -> list[float]:
    """The share of each column in the width of the text (156 mm), fixed ones first."""
    each = ["1fr"] * columns if isinstance(columns, int) else list(columns)
    parts = [_LENGTH.findall(one)[-1] if _LENGTH.findall(one) else ("1", "fr") for one in each]
    fixed = sum(float(number) for number, unit in parts if unit == "pt")
    loose = sum(float(number) for number, unit in parts if unit == "fr") or 1.0
    left = max(docx.TEXT_POINTS - fixed, 60.0)
    return [float(number) if unit == "pt" else left * float(number) / loose for number, unit in parts]
