"""Reads one Markdown text of a statute, line by line.

Headings 编, 分编, 章, 节 are kept as the path above each article. A line that begins with 第…条 opens an article
if a blank (or the end of the line) follows, if the number is set in bold, or if it is just the number that must
come next: 第十条规定的 at the beginning of a line is running text. Several articles run into one line are taken
apart where the numbers continue. What follows the last article under a heading of its own or under 附 is an
annex, which has its own numbering and is left out. A text without articles whose paragraphs are numbered 一、二、
(decisions, old regulations) is read by these numbers, as it is cited.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from mingjing.kernel.numerals import number_of
from mingjing.kernel.refused import Refused
from mingjing.law.texts.document import MOST_ARTICLES, ArticleText, Draft

_N = "[零〇一二三四五六七八九十百千]+|[0-9０-９]+"
_BLANK = r"[\s\u3000\u00a0]"
_ARTICLE = re.compile(
    rf"^(?P<bold>\*\*)?{_BLANK}*第{_BLANK}*(?P<number>{_N}){_BLANK}*条(?:之(?P<sub>[一二三四五六七八九十]+))?"
    rf"(?P<after>\*\*|{_BLANK}|$)?(?P<rest>.*)$"
)
_HEADING = re.compile(rf"^#*{_BLANK}*(第{_BLANK}*(?:{_N}){_BLANK}*(?P<unit>分编|编|章|节)(?:{_BLANK}.*|$))")
_CLOSING = re.compile(rf"^#+{_BLANK}*附{_BLANK}*则{_BLANK}*$")
_ANNEX = re.compile(
    rf"^(?:\*\*)?附{_BLANK}*(?:件|录|表|图)?{_BLANK}*(?:{_N})?{_BLANK}*(?:[：:、.].*|{_BLANK}.{{0,40}}|\*\*.{{0,40}})?$"
)
_FOREIGN_HEADING = re.compile(r"^#{1,6}\s")
_POINT = re.compile(rf"^#*{_BLANK}*(?:\*\*)?(?P<number>[一二三四五六七八九十百]+)、(?P<rest>.*)$")
# Where one article may end and the next begin within a line.
_INSIDE = re.compile(
    rf"(?<=[。；;：:！”」）)])\s+(?={_BLANK}*第(?:{_N})条(?:之[一二三四五六七八九十]+)?(?:\s|$))"
)
_SENTENCE = re.compile(r"(?<=[。；;：:])[ \t\u3000]+")
_BARE_CLOSING = re.compile(rf"^附{_BLANK}*则$")
_INVISIBLE = dict.fromkeys((0x00, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF))
_LEVELS = {"编": 0, "分编": 1, "章": 2, "节": 3}
_OPENS = re.compile(r"^[（(]\s*[一二三四五六七八九十百0-9]{1,6}\s*[)）]|^[0-9]{1,2}\s*[.．、]")
_ENDED = tuple("。；;：:！？!?”」』）)…")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
# What is dropped with all that stands inside.
_HIDDEN = (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"))
_TABLE_CELL = re.compile(r"<t[dh]\b[^>]{0,500}>([^<]*(?:<(?!/?t[dhr]\b)[^<]*)*)", re.IGNORECASE)
_RULE = re.compile(r"^\|(?:\s*:?-+:?\s*\|)+$")
_FRONT = re.compile(r"\A---\s*\n.*?\n---\s*(?:\n|\Z)", re.DOTALL)
# Running text that goes on right after 第…条 even where a blank was typed between.
_GOES_ON = ("规定", "和", "至", "、", "及", "第", "的", "或", "所", "中", "，", "与")


def read(text: str) -> Draft:
    """The title, the lines above the first article, and the articles of a text."""
    lines = list(_lines(text))
    draft = _Reader().read(lines)
    if not draft.articles:
        pointed = _PointReader().read(lines)
        draft = pointed if len(pointed.articles) > 1 else draft
    return draft


def _lines(text: str) -> Iterator[str]:
    """The lines that hold anything, without comments, links and invisible characters."""
    for raw in _with_rows(_without_hidden(_FRONT.sub("", text))).splitlines():
        line = html.unescape(_LINK.sub(r"\1", raw)).translate(_INVISIBLE).strip()
        if line and not _RULE.match(line):
            yield line


def _without_hidden(text: str) -> str:
    """The text without comments, styles and scripts; what is never closed stays. Cost: linear."""
    for opening, closing in _HIDDEN:
        lower, kept, at = text.lower(), [], 0
        while (start := lower.find(opening, at)) >= 0 and (end := lower.find(closing, start)) >= 0:
            kept.append(text[at:start])
            at = end + len(closing)
        text = "".join([*kept, text[at:]])
    return text


def _with_rows(text: str) -> str:
    """The text with every row of an HTML table on a line of its own, in the form of Markdown."""
    pieces = re.split(r"<tr\b[^>]{0,500}>", text, flags=re.IGNORECASE)
    for number, piece in enumerate(pieces[1:], start=1):
        row, _, after = piece.partition("</tr>")
        cells = [" ".join(_plain(cell).split()) for cell in _TABLE_CELL.findall(row)]
        pieces[number] = f"\n| {' | '.join(cells)} |\n{after}"
    return "".join(pieces)


class _Reader:
    def __init__(self) -> None:
        self.draft = Draft()
        self.path: dict[int, str] = {}
        self.open: tuple[int, int] | None = None
        self.lines: list[str] = []
        # Lines since an annex seemed to begin; given back to the article if the articles go on.
        self.apart: list[str] | None = None
        self.run_in = False

    def read(self, lines: Iterable[str]) -> Draft:
        for line in lines:
            self._take(line)
        self._close()
        return self.draft

    def _take(self, line: str) -> None:
        parts = self._parts(line)
        self.run_in = len(parts) > 1
        for number, part in enumerate(parts):
            heading = _HEADING.match(part)
            if heading:
                self._rejoin()
                self._close()
                self._heading(heading.group(1), _LEVELS[heading.group("unit")])
            elif number or self._opens(part):
                self._open(part)
            else:
                self._other(part)
        self.run_in = False

    def _parts(self, line: str) -> list[str]:
        """The line, taken apart before every article that continues the numbering inside it."""
        first, *pieces = _INSIDE.split(line)
        parts = [first]
        last = self._number_of(first) or self._last()
        for piece in pieces:
            here = self._number_of(piece)
            if here is not None and _follows(here, last):
                parts.append(piece)
                last = here
            else:
                parts[-1] += f" {piece}"
        return parts

    def _open(self, line: str) -> None:
        match = _ARTICLE.match(line)
        assert match is not None  # the caller has matched it
        self._rejoin()
        self._close()
        self.open = _place(match)
        self._add(match["rest"])

    def _other(self, line: str) -> None:
        if self.apart is not None:
            self.apart.append(line)
        elif _CLOSING.match(line):
            self._close()
            self._heading("附则", 2)
        elif self.open is not None and (_ANNEX.match(line) or _FOREIGN_HEADING.match(line)):
            self.apart = [line]
        elif line.startswith("# ") and not self.draft.title and self.open is None:
            self.draft.title = _plain(line[1:])
        elif self.open is not None:
            self._add(line)
        elif not self.draft.articles:
            self.draft.preamble.append(_plain(line))

    def _rejoin(self) -> None:
        """What looked like an annex stood between articles: it belongs to the one above."""
        for line in self.apart or ():
            self._add(line)
        self.apart = None

    def _opens(self, line: str) -> bool:
        """Whether 第…条 begins an article here rather than a sentence about one."""
        match = _ARTICLE.match(line)
        place = _place(match) if match else None
        if match is None or place is None:
            return False
        follows = _follows(place, self._last())
        if self.apart is not None and not follows:
            return False
        if match["bold"]:
            return True
        goes_on = match["rest"].lstrip().startswith(_GOES_ON)
        if match["after"] is None:
            return follows and not goes_on and bool(self.draft.articles or self.open)
        return not goes_on or follows

    def _last(self) -> tuple[int, int]:
        if self.open is not None:
            return self.open
        last = self.draft.articles[-1] if self.draft.articles else None
        return (last.number, last.sub) if last else (0, 0)

    def _number_of(self, line: str) -> tuple[int, int] | None:
        match = _ARTICLE.match(line)
        return _place(match) if match else None

    def _heading(self, words: str, level: int) -> None:
        self.path = {at: kept for at, kept in self.path.items() if at < level}
        self.path[level] = re.sub(r"[\s\u3000]+", " ", _plain(words))

    def _add(self, line: str) -> None:
        # Whoever ran the articles into one line ran their 款 into it as well.
        self.lines += [_plain(part) for part in (_SENTENCE.split(line) if self.run_in else [line])]

    def _close(self) -> None:
        if self.open is not None:
            heading = " / ".join(self.path[level] for level in sorted(self.path))
            number, sub = self.open
            self.draft.articles.append(ArticleText(number, sub, heading, "\n".join(joined(self.lines))))
        self.open, self.lines = None, []


class _PointReader(_Reader):
    """Reads 一、二、三、 as the articles of a text that has no others."""

    def _parts(self, line: str) -> list[str]:
        return [line]

    def _opens(self, line: str) -> bool:
        number = self._number_of(line)
        return number is not None and _follows(number, self._last())

    def _open(self, line: str) -> None:
        match = _POINT.match(line)
        assert match is not None  # the caller has matched it
        self._rejoin()
        self._close()
        self.open = (number_of(match["number"]), 0)
        self._add(match["rest"])

    def _number_of(self, line: str) -> tuple[int, int] | None:
        match = _POINT.match(line)
        try:
            return (number_of(match["number"]), 0) if match else None
        except Refused:
            return None


def _place(match: re.Match[str]) -> tuple[int, int] | None:
    try:
        number, sub = number_of(match["number"]), number_of(match["sub"]) if match["sub"] else 0
    except Refused:
        return None
    return (number, sub) if number <= MOST_ARTICLES else None


def _follows(here: tuple[int, int], last: tuple[int, int]) -> bool:
    return here in ((last[0] + 1, 0), (last[0], last[1] + 1))


def trimmed(text: str) -> str:
    """The text of an article without the headings of the next chapter and without the annexes after it."""
    lines = text.splitlines()
    for place, line in enumerate(lines[1:], start=1):
        if _ANNEX.match(line.strip()):
            lines = lines[:place]
            break
    while len(lines) > 1 and (_HEADING.match(lines[-1].strip()) or _BARE_CLOSING.match(lines[-1].strip())):
        lines.pop()
    return "\n".join(lines)


def joined(lines: Iterable[str]) -> list[str]:
    """The lines with broken sentences mended: a line that ends none goes on in the next one.

    Sources made from printed pages break lines anywhere; taken as they are, each break would count as a 款.
    """
    whole: list[str] = []
    for words in filter(None, (line.strip() for line in lines)):
        table = words.startswith("|") or bool(whole and whole[-1].startswith("|"))
        if whole and not table and not _OPENS.match(words) and not whole[-1].endswith(_ENDED):
            whole[-1] += words
        else:
            whole.append(words)
    return whole


def _plain(line: str) -> str:
    """The words without Markdown marks."""
    return re.sub(r"\*\*|__|^#+\s*|^>\s*|\\(?=[*_#>\-.])|<[^>]{1,40}>", "", line).strip(" \t\u3000\u00a0*")
