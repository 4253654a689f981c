"""Reads one Markdown text of a statute, line by line.

Headings 编, 分编, 章, 节 are kept as the path above each article. A line that begins with 第…条 opens an article
only if a blank (or the end of the line) follows, or if the number is set in bold: 第十条规定的 at the beginning
of a line is running text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from mingjing.kernel.numerals import number_of
from mingjing.kernel.refused import Refused
from mingjing.law.texts.document import ArticleText, Draft

_N = "[零〇一二三四五六七八九十百千]+|[0-9０-９]+"
_BLANK = r"[\s\u3000\u00a0]"
_ARTICLE = re.compile(
    rf"^(?P<bold>\*\*)?{_BLANK}*第{_BLANK}*(?P<number>{_N}){_BLANK}*条(?:之(?P<sub>[一二三四五六七八九十]+))?"
    rf"(?P<after>\*\*|{_BLANK}|$)?(?P<rest>.*)$"
)
_HEADING = re.compile(rf"^#*{_BLANK}*(第{_BLANK}*(?:{_N}){_BLANK}*(?P<unit>分编|编|章|节)(?:{_BLANK}.*|$))")
_CLOSING = re.compile(rf"^#+{_BLANK}*附{_BLANK}*则{_BLANK}*$")
_ANNEX = re.compile(r"^(?:#+\s*|\*\*)?附(?:件|录|表|图|：|:)")
_LEVELS = {"编": 0, "分编": 1, "章": 2, "节": 3}
_OPENS = re.compile(r"^[（(]\s*[一二三四五六七八九十百0-9]{1,6}\s*[)）]|^[0-9]{1,2}\s*[.．、]")
_ENDED = tuple("。；;：:！？!?”」』）)…")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_NOTE = re.compile(r"<!--.*?-->", re.DOTALL)
_FRONT = re.compile(r"\A---\s*\n.*?\n---\s*(?:\n|\Z)", re.DOTALL)
# Running text that goes on right after 第…条 even where a blank was typed between.
_GOES_ON = ("规定", "和", "至", "、", "及", "第", "的", "或", "所", "中", "，", "与")


def read(text: str) -> Draft:
    """The title, the lines above the first article, and the articles of a text."""
    return _Reader().read(text)


class _Reader:
    def __init__(self) -> None:
        self.draft = Draft()
        self.path: dict[int, str] = {}
        self.open: tuple[int, int] | None = None
        self.lines: list[str] = []
        self.over = False

    def read(self, text: str) -> Draft:
        for raw in _NOTE.sub("", _FRONT.sub("", text)).splitlines():
            line = html.unescape(_LINK.sub(r"\1", raw)).replace("\u200b", "").replace("\ufeff", "").strip()
            if line and not self.over:
                self._take(line)
        self._close()
        return self.draft

    def _take(self, line: str) -> None:
        article = _ARTICLE.match(line)
        heading = _HEADING.match(line)
        if heading:
            self._close()
            self._heading(heading.group(1), _LEVELS[heading.group("unit")])
        elif article and self._opens(article):
            self._close()
            sub = number_of(article["sub"]) if article["sub"] else 0
            self.open = (number_of(article["number"]), sub)
            self._add(article["rest"])
        elif self.open is not None and _ANNEX.match(line):
            self._close()
            self.over = True
        elif _CLOSING.match(line):
            self._close()
            self._heading("附则", 2)
        elif line.startswith("# ") and not self.draft.title and self.open is None:
            self.draft.title = _plain(line[1:])
        elif self.open is not None:
            self._add(line)
        elif not self.draft.articles:
            self.draft.preamble.append(_plain(line))

    def _opens(self, match: re.Match[str]) -> bool:
        """Whether 第…条 begins an article here rather than a sentence about one."""
        try:
            number_of(match["number"])
        except Refused:
            return False
        if match["bold"]:
            return True
        if match["after"] is None:
            return False
        return not match["rest"].lstrip().startswith(_GOES_ON) or self._is_next(number_of(match["number"]))

    def _is_next(self, number: int) -> bool:
        last = self.open[0] if self.open else (self.draft.articles[-1].number if self.draft.articles else 0)
        return number == last + 1

    def _heading(self, words: str, level: int) -> None:
        self.path = {at: kept for at, kept in self.path.items() if at < level}
        self.path[level] = re.sub(r"[\s\u3000]+", " ", _plain(words))

    def _add(self, line: str) -> None:
        self.lines.append(_plain(line))

    def _close(self) -> None:
        if self.open is not None:
            heading = " / ".join(self.path[level] for level in sorted(self.path))
            number, sub = self.open
            self.draft.articles.append(ArticleText(number, sub, heading, "\n".join(joined(self.lines))))
        self.open, self.lines = None, []


def joined(lines: Iterable[str]) -> list[str]:
    """The lines with broken sentences mended: a line that ends none goes on in the next one.

    Sources made from printed pages break lines anywhere; taken as they are, each break would count as a 款.
    """
    whole: list[str] = []
    for words in filter(None, (line.strip() for line in lines)):
        if whole and not _OPENS.match(words) and not whole[-1].endswith(_ENDED):
            whole[-1] += words
        else:
            whole.append(words)
    return whole


def _plain(line: str) -> str:
    """The words without Markdown marks."""
    return re.sub(r"\*\*|__|^#+\s*|^>\s*|\\(?=[*_#>\-.])|<[^>]{1,40}>", "", line).strip(" \t\u3000\u00a0*")
