"""引用: finds citations of provisions in Chinese text and takes them apart.

Understands 《法名》（版本）第A条之B第C款第（D）项第E目, and chains joined by 、和及以及 that inherit
what they leave out: 第十条第一款、第三款 names article 10 twice, 第一、三款 names two 款,
第十条至第十二条 three articles. Also abbreviations introduced by （以下简称“…”）, 该法, and Chinese,
Arabic or full-width digits. It knows texts, not statutes: whether a provision exists is answered by
``law.queries.resolve``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from mingjing.kernel.numerals import number_of
from mingjing.kernel.refused import Refused

# A range longer than this is a mistake of typing; its two ends are kept and nothing between is made up.
LONGEST_RANGE = 60

_NUMBER = "(?:[零〇一二三四五六七八九十百千两]+|[0-9０-９]+)"
_ONE = rf"(?:[（(]\s*{_NUMBER}\s*[)）]|{_NUMBER})"
_JOIN = r"\s*(?:、|，|,|和|及|与|至|到|-|—|–|~|～)\s*"
_LIST = rf"{_ONE}(?:{_JOIN}第?\s*{_ONE}|\s*[（(]\s*{_NUMBER}\s*[)）])*"
_LEVELS = ("条", "款", "项", "目")

_TOKEN = re.compile(
    rf"(?P<law>《(?P<name>(?:[^《》]|《[^《》]*》){{2,150}})》|(?P<unopened>中华人民共和国[^《》，。；：]{{2,30}}[法例])》)"
    rf"|(?P<same>该(?:法典|法|条例|规定|办法|细则|规则|规章|决定|解释))"
    rf"|(?:第|(?<=[、和及与]))\s*(?P<list>{_LIST})\s*(?P<level>条(?![件例])|款|项(?!目)|目)(?P<sub>之[一二三四五六七八九十]{{1,3}}(?!\s*[款项目]))?"
    rf"|(?P<bare>[（(]\s*{_NUMBER}\s*[)）](?:{_JOIN}[（(]\s*{_NUMBER}\s*[)）])*)\s*(?P<barelevel>项(?!目)|目)"
)
_ABBREVIATION = re.compile(
    r"[（(]\s*(?:以下|下文|后文)?(?:简称|称)为?[:：]?\s*[“\"'‘《〈]*"
    r"(?P<short>[^“”\"'‘’《》〈〉（）()]{2,40})[”\"'’》〉]*\s*[)）]"
)
_VERSION = re.compile(r"\s*[（(](?P<version>[^（）()]{2,40})[)）]")
# What may stand between a statute's name and its first article without breaking the citation.
_AFTER_LAW = re.compile(
    r"^\s*(?:[（(][^（）()]{0,80}[)）]\s*)*(?:\w{2,10}[【〔［\[(（]\d{4}[】〕］\])）]\s?\d{1,5}号)?(?:的|之|中|:|：|，|,)?\s*"
    r"(?:第[一二三四五六七八九十百]+[编章节]\s*(?:“[^”]*”|[^第《》，。；、“”]{1,20})?\s*)*$"
)
_BETWEEN = re.compile(
    r"^\s*(?:[的之]?规定)?\s*(?:、|，|,|；|;|和|及|以及|与|或者|或|并|至|到|-|—)?\s*(?:和|及)?\s*$"
)
# The words of a provision quoted after it: 第二十二条“…”、第二十五条 is one chain.
_QUOTED = re.compile(r"\s*(?:的?规定|关于|[:：，,])?\s*(?:“[^“”]{1,1500}”|\"[^\"]{1,1500}\"|‘[^‘’]{1,1500}’)")
_RANGE = re.compile(r"^\s*(?:至|到|-|—|–|~|～)\s*$")


@dataclass(frozen=True)
class Citation:
    """One cited place: where it stands in the text, and what it names.

    ``statute`` is the name as introduced (an abbreviation is replaced by the full name), ``version`` the
    words in brackets after it. Numbers left out are None; ``sub`` is the B of 第A条之B.
    """

    start: int
    end: int
    text: str
    statute: str
    version: str
    article: int | None
    sub: int = 0
    paragraph: int | None = None
    item: int | None = None
    subitem: int | None = None

    @property
    def basis(self) -> str:
        """The place in the notation of a basis: 食品安全法/124(1)[5]."""
        name = self.statute.removeprefix("中华人民共和国")
        if self.article is None:
            return name
        sub = f"之{self.sub}" if self.sub else ""
        paragraph = f"({self.paragraph})" if self.paragraph else ""
        item = f"[{self.item}]" if self.item else ""
        return f"{name}/{self.article}{sub}{paragraph}{item}"

    @property
    def depth(self) -> int:
        """How finely the place is named: 0 statute, 1 article, 2 款, 3 项, 4 目."""
        places = (self.article, self.paragraph, self.item, self.subitem)
        return max((level for level, value in enumerate(places, start=1) if value is not None), default=0)


def abbreviations(text: str) -> dict[str, str]:
    """Short name → full name, as the text itself introduces them: 《…法》（以下简称《…》）."""
    found = {}
    for match in re.finditer(r"《((?:[^《》]|《[^《》]*》){2,150})》", text):
        short = _ABBREVIATION.match(text, match.end())
        if short:
            found[short.group("short").strip()] = match.group(1).strip()
    return found


def find(text: str, *, known: Iterable[str] = ()) -> list[Citation]:
    """Every citation in order of appearance.

    ``known`` are names that count as statutes when they stand without 《》 right before an article
    (行政处罚法第三十三条). A statute named without any article gives one citation of depth 0.
    Cost: linear in the length of the text.
    """
    shorts = abbreviations(text)
    return list(_Reader(text, shorts, frozenset(known) | frozenset(shorts)).read())


class _Reader:
    """Walks the tokens of one text; ``open`` is the last place read, which the next token may refine."""

    def __init__(self, text: str, shorts: Mapping[str, str], bare: frozenset[str]) -> None:
        self.text = text
        self.shorts = shorts
        self.bare = sorted(bare, key=len, reverse=True)
        self.statute = ""
        self.version = ""
        self.open: Citation | None = None
        # A statute named without 《》 or as 该法 is a citation only if an article follows.
        self.silent = False

    def read(self) -> Iterator[Citation]:
        defined = 0
        for token in _TOKEN.finditer(self.text):
            if token.start() < defined:
                # The 《…》 inside （以下简称《…》） only defines a name.
                continue
            if token.start() < self._quoted_until() and not token.group("law"):
                # 第三条 or 该法 inside the quoted words of a provision speaks of another place.
                continue
            short = _ABBREVIATION.match(self.text, token.end())
            defined = short.end() if short else defined
            if token.group("law"):
                yield from self._close()
                self._name((token.group("name") or token.group("unopened")).strip(), token)
            elif token.group("same"):
                yield from self._close()
                self._begin(token.start(), token.end(), silent=True)
            else:
                yield from self._place(token)
        yield from self._close()

    def _quoted_until(self) -> int:
        """Where the quotation after the last place ends; its start where there is none."""
        if self.open is None or self.open.depth == 0:
            return 0
        quoted = _QUOTED.match(self.text, self.open.end)
        return quoted.end() if quoted else 0

    def _close(self) -> Iterator[Citation]:
        """The chain has ended: give out its last place."""
        if self.open is not None and not self.silent:
            yield self.open
        self.open = None

    def _begin(self, start: int, end: int, *, silent: bool) -> None:
        """A chain begins with a statute's name."""
        self.silent = silent
        if self.statute:
            self.open = Citation(start, end, self.text[start:end], self.statute, self.version, None)

    def _name(self, name: str, token: re.Match[str]) -> None:
        self.statute = self.shorts.get(name, name)
        after = _VERSION.match(self.text, token.end())
        is_version = after is not None and not _ABBREVIATION.match(self.text, token.end())
        self.version = after.group("version") if after is not None and is_version else ""
        self._begin(token.start(), token.end(), silent=False)

    def _place(self, token: re.Match[str]) -> Iterator[Citation]:
        depth = _LEVELS.index(token.group("level") or token.group("barelevel"))
        numbers = _numbers(token.group("list") or token.group("bare"))
        if not numbers:
            return
        if not self._connected(token.start(), depth):
            yield from self._close()
            if depth == 0:
                self._bare_name(token.start())
        if self.open is not None:
            yield from self._extend(self.open, token, depth, numbers)

    def _connected(self, at: int, depth: int) -> bool:
        """Whether the token follows the statute's name, or continues its chain."""
        if self.open is None:
            return False
        between = self.text[max(self.open.end, min(self._quoted_until(), at)) : at]
        if self.open.depth == 0:
            return depth == 0 and _AFTER_LAW.match(between) is not None
        # 第五十条之规定，第七项 begins anew: it is an item of something else.
        if "规定" in between and depth > 0:
            return False
        return _BETWEEN.match(between) is not None

    def _bare_name(self, at: int) -> None:
        """Begin a chain if a known name without 《》 stands right before the article."""
        before = self.text[max(0, at - 60) : at]
        name = next((known for known in self.bare if before.endswith(known)), None)
        if name is not None:
            self.statute, self.version = self.shorts.get(name, name), ""
            self._begin(at - len(name), at, silent=True)

    def _extend(
        self, last: Citation, token: re.Match[str], depth: int, numbers: list[int]
    ) -> Iterator[Citation]:
        """Read the token as a refinement of the last place, or as its sibling."""
        refines = last.depth <= depth
        if not refines:
            yield last
            numbers = [*self._skipped(last, token, depth, numbers[0]), *numbers]
        start = last.start if refines else token.start()
        text = self.text[start : token.end()]
        parent = replace(last, start=start, end=token.end(), text=text)
        places = [_at(parent, depth, number) for number in numbers]
        if token.group("sub"):
            places[-1] = replace(places[-1], sub=number_of(token.group("sub")[1:]))
        yield from places[:-1]
        self.open, self.silent = places[-1], False

    def _skipped(self, last: Citation, token: re.Match[str], depth: int, first: int) -> Iterable[int]:
        """第十条至第十二条: the numbers between the last place and this one."""
        if last.depth != depth + 1 or not _RANGE.match(self.text[last.end : token.start()]):
            return ()
        before = (last.article, last.paragraph, last.item, last.subitem)[depth] or 0
        return range(before + 1, first) if before < first <= before + LONGEST_RANGE else ()


def _at(parent: Citation, depth: int, number: int) -> Citation:
    """The place of this number at this depth, inheriting everything above it."""
    if depth == 0:
        return replace(parent, article=number, sub=0, paragraph=None, item=None, subitem=None)
    if depth == 1:
        return replace(parent, paragraph=number, item=None, subitem=None)
    if depth == 2:
        return replace(parent, item=number, subitem=None)
    return replace(parent, subitem=number)


def _numbers(raw: str) -> list[int]:
    """The numbers of 一、三 or （一）至（三); empty if one of them is no number an article can have."""
    found: list[int] = []
    position = 0
    for match in re.finditer(_NUMBER, raw):
        try:
            number = number_of(match.group())
        except Refused:
            return []
        if not 0 < number < 10000:
            return []
        joined = raw[position : match.start()].strip("（()） 第")
        if found and _RANGE.match(joined) and found[-1] < number <= found[-1] + LONGEST_RANGE:
            found.extend(range(found[-1] + 1, number))
        found.append(number)
        position = match.end()
    return found
