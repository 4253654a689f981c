"""A file of 双公示 records as rows: which columns it has, and which of its rows are no records at all.

Lists come with merged titles above the header, with codes, names or both in it, with sample rows, rows of marks
(必填, C..200) and notes below. All of these are told apart from records and counted, never silently dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from mingjing.kernel.refused import Refused
from mingjing.law.codex.double_sets import KINDS, FieldSet

from ..tables import Column, Row, Table, as_text, clean_number, clean_text, open_table
from .rows import CODES, Cells

_SAMPLE = re.compile(r"^[【(（\[]?\s*(?:示例|样例|样表|范例|填写示例|填报示例|例如|例[:：]|示范)")
_SAMPLE_INSIDE = re.compile(r"示例|样例")
_NOTE = re.compile(
    r"^[【(（\[]?\s*(?:填写说明|填表说明|填报说明|表格说明|使用说明|说明|注意事项|注意|备注|注|填报单位|填表人|填报人|制表|审核|联系"
    r"|合计|总计|共计|小计)\s*\d*\s*[】)）\]]?\s*(?:[:：]|\d|$|[一-龥])"
)
_MARK = re.compile(
    r"(?:非|条件|有则)?(?:必填|选填|可空|非空)项?|必填?|选填?|[是否√○●MOCYN*]|必选|可选|字符型?|文本型?|日期型?|数值型?|数字型?"
    r"|[CDN](?:\.{2,3}|≤|<=)?\d*(?:[,，]\d+)?|(?:YYYY|yyyy)[-/年](?:MM|mm)[-/月](?:DD|dd)日?|\d{1,4}(?:个)?(?:字符|字)?",
    re.IGNORECASE,
)
_KINDS = re.compile(r"CF_CFLB|处罚类别|处罚种类")
_NUMBERS = ("credit_code", "id_number")


@dataclass
class Passed:
    """The rows that were no records, by what they were."""

    rows: dict[str, list[int]] = field(default_factory=dict)

    def note(self, what: str, number: int) -> None:
        """Count one."""
        self.rows.setdefault(what, []).append(number)

    def lines(self) -> list[str]:
        """In Chinese, for the account of the run."""
        return [
            f"第 {'、'.join(map(str, rows[:10]))}{' 等' if len(rows) > 10 else ''} 行是{what}，没有当作记录。"
            for what, rows in self.rows.items()
        ]


def columns(edition: FieldSet) -> tuple[Column, ...]:
    """The columns by which a list of this kind is found; name and number tell it from other lists."""
    codes = CODES[edition.kind]
    needed = (codes.name, codes.number)
    found = [
        Column(
            one.code,
            one.titles,
            required=one.code in needed,
            clean=clean_number if one.kind in _NUMBERS or one.code == codes.number else clean_text,
        )
        for one in edition.fields
    ]
    found += [Column(one.code, (one.code, one.title)) for one in edition.dropped]
    return tuple(found)


def records(path: Path, editions: tuple[FieldSet, ...], passed: Passed) -> Iterator[tuple[FieldSet, Row]]:
    """The rows of every sheet that holds penalties or permits, with the edition each is read by.

    Raises: Refused ``no-header`` where no sheet holds either, and as ``open_table``.
    """
    refusals: list[Refused] = []
    for edition in editions:
        try:
            for row in opened(path, edition).rows:
                what = no_record(row, edition)
                if what:
                    passed.note(what, row.number)
                else:
                    yield edition, row
        except Refused as refused:
            if refused.code not in ("no-header", "file-empty"):
                raise
            refusals.append(refused)
    if len(refusals) == len(editions):
        raise _no_header(path, refusals)


def opened(path: Path, edition: FieldSet) -> Table:
    """The file as a table of this kind."""
    return open_table(path, columns(edition), what=f"双公示{KINDS[edition.kind]}数据")


def _no_header(path: Path, refusals: list[Refused]) -> Refused:
    if all(refused.code == "file-empty" for refused in refusals):
        return refusals[0]
    return Refused(
        "no-header",
        f"{path.name} 里找不到双公示数据的表头：既没有“行政处罚决定书文号”，也没有“行政许可决定文书号”。",
        remedy="表头用国家双公示标准的中文名或者代码（CF_WSH、XK_WSH 等），至少要有相对人名称和决定文号。",
    )


def cells(row: Row, edition: FieldSet) -> Cells:
    """The row by codes, with the words of the header above each and what the file did to it."""
    titles = {code: row.titles.get(place, "") for code, place in row.places.items()}
    return Cells(
        texts={code: cell.cleaned for code, cell in row.cells.items()} | _both_kinds(row),
        titles=titles,
        damage={code: cell.doubt for code, cell in row.cells.items() if cell.doubt and _long(edition, code)},
        older=_older(edition, tuple(titles.values())),
    )


def _both_kinds(row: Row) -> dict[str, str]:
    """Former editions have two columns for the kinds of penalty; both are read."""
    places = _places_of_kinds(tuple(row.titles.items()))
    if len(places) < 2:
        return {}
    texts = [as_text(row.values[place]) for place in places if place < len(row.values)]
    return {"CF_CFLB": "、".join(text for text in map(clean_text, texts) if text)}


@lru_cache(maxsize=64)
def _places_of_kinds(titles: tuple[tuple[int, str], ...]) -> tuple[int, ...]:
    return tuple(place for place, title in titles if _KINDS.search(title))


def _long(edition: FieldSet, code: str) -> bool:
    """Whether lost digits matter here: a fine of 0.00001 is no damaged code."""
    one = edition.by_code.get(code)
    return one is None or one.kind != "money"


def _older(edition: FieldSet, titles: tuple[str, ...]) -> bool:
    """Whether the header is one of a former edition: it has a code or a column that only those have."""
    words = frozenset(one.title for one in edition.dropped if one.code in ("DFBM", "SJC"))
    return _has_marks(edition.older_codes, words, titles)


@lru_cache(maxsize=64)
def _has_marks(codes: frozenset[str], words: frozenset[str], titles: tuple[str, ...]) -> bool:
    exact = {part for title in titles for part in re.split(r"[^0-9A-Za-z_]+", title)}
    return bool(codes & exact) or any(word in title for title in titles for word in words)


def no_record(row: Row, edition: FieldSet) -> str:
    """What a row is if it is no record: a sample, marks under the header, a note; empty for records."""
    texts = [text for value in row.values if (text := as_text(value).strip())]
    codes = CODES[edition.kind]
    if not texts:
        return "空行"
    named = row.text(codes.name) or row.text(codes.number)
    if _SAMPLE.match(texts[0]) or any(
        _SAMPLE_INSIDE.search(row.text(one)) for one in (codes.name, codes.number)
    ):
        return "示例"
    if len(texts) >= 3 and all(_MARK.fullmatch(text) for text in texts):
        return "填写要求"
    if _NOTE.match(texts[0]) and (len(texts) <= 3 or not row.text(codes.number)):
        return "说明或者合计"
    if len(texts) == 1 and (not named or len(texts[0]) > 40):
        return "说明或者合计"
    return ""
