"""Finds the statutes in a folder of Markdown or text files, whole in one file or split over several."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from mingjing.law.texts import markdown
from mingjing.law.texts.document import (
    ArticleText,
    Document,
    Draft,
    Unreadable,
    dates_in,
    faults,
    in_force_from,
    rank_of,
)

# No statute is longer; a larger file is something else.
LARGEST_BYTES = 20 * 1024 * 1024
SUFFIXES = (".md", ".markdown", ".txt")
_NAME_DATE = re.compile(r"[(（](\d{4})-(\d{2})-(\d{2})[)）]$")


def documents(root: Path, source: str) -> Iterator[Document | Unreadable]:
    """Every statute under a folder (or in one file), with a reason for every file that gives none.

    Holds one folder's texts at a time. A folder whose README.md has a title but no articles is one statute
    split over the other files.
    """
    if root.is_file():
        yield from _single(root, root.parent, source)
        return
    for folder, subfolders, names in os.walk(root):
        subfolders.sort()
        paths = [Path(folder) / name for name in sorted(names) if is_text(name)]
        yield from _folder(paths, root, source)


def is_text(name: str) -> bool:
    """Whether a file's name is that of a text; hidden files are none."""
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def _folder(paths: list[Path], root: Path, source: str) -> Iterator[Document | Unreadable]:
    readme = next((path for path in paths if path.name.lower() == "readme.md"), None)
    head = _draft(readme, root) if readme and len(paths) > 1 else None
    if isinstance(head, Draft) and readme and head.title and not head.articles and _is_statute(head):
        yield from _split(head, readme, [path for path in paths if path != readme], root, source)
        return
    for path in paths:
        yield from _single(path, root, source)


def _is_statute(head: Draft) -> bool:
    """A statute's front page tells when it was adopted; a list of links does not."""
    return bool(dates_in(head.preamble))


def _single(path: Path, root: Path, source: str) -> Iterator[Document | Unreadable]:
    draft = _draft(path, root)
    if isinstance(draft, Unreadable):
        yield draft
    else:
        yield _document(draft, draft.articles, path, root, source)


def _split(
    head: Draft, readme: Path, parts: list[Path], root: Path, source: str
) -> Iterator[Document | Unreadable]:
    """Join the parts by their article numbers, because file names do not tell their order."""
    drafts = [(path, _draft(path, root)) for path in parts]
    readable = [(path, draft) for path, draft in drafts if isinstance(draft, Draft)]
    yield from (draft for _, draft in drafts if isinstance(draft, Unreadable))
    numbered = sorted(
        (pair for pair in readable if pair[1].articles),
        key=lambda pair: (pair[1].articles[0].number, pair[0]),
    )
    articles: list[ArticleText] = []
    for path, draft in numbered:
        following = articles[-1].number + 1 if articles else 1
        if draft.articles[0].number == following:
            articles.extend(draft.articles)
        else:
            reason = f"不是《{head.title}》条文的连续部分（从{draft.articles[0].label}开始）"
            yield Unreadable(_name(path, root), reason)
    for path, draft in readable:
        if not draft.articles:
            yield Unreadable(_name(path, root), f"《{head.title}》的这一部分没有条文")
    yield _document(head, articles, readme, root, source)


def _document(
    draft: Draft, articles: list[ArticleText], path: Path, root: Path, source: str
) -> Document | Unreadable:
    file = _name(path, root)
    title = re.sub(r"[\s\u3000]+", "", draft.title) or _NAME_DATE.sub("", Path(file).stem)
    if not re.search(r"\w", title):
        return Unreadable(file, "没有标题")
    if not articles:
        return Unreadable(file, "没有读到条文（目录、决定或者说明文件）")
    broken = faults(articles)
    if broken:
        return Unreadable(file, f"条号不连续，疑有缺漏：{'；'.join(broken[:3])}")
    dates = _dates(draft, path)
    return Document(
        title=title,
        dates=dates,
        in_force_from=in_force_from(draft.preamble, articles, dates[0] if dates else None),
        preamble="\n".join(draft.preamble),
        articles=tuple(articles),
        rank=rank_of(file, title),
        source=source,
        file=file,
    )


def _dates(draft: Draft, path: Path) -> tuple[date, ...]:
    """The days this wording may be known by: that in the file's name, then the latest in the text.

    Earlier days in the text belong to earlier wordings.
    """
    named = _NAME_DATE.search(path.stem)
    in_text = dates_in(draft.preamble)[:1]
    if named is None:
        return in_text
    try:
        day = date(int(named[1]), int(named[2]), int(named[3]))
    except ValueError:
        return in_text
    return (day, *(other for other in in_text if other != day))


def _draft(path: Path, root: Path) -> Draft | Unreadable:
    file = _name(path, root)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return Unreadable(file, f"文件超过{LARGEST_BYTES // 1024 // 1024}兆字节，不是法律文本")
        content = path.read_bytes()
    except OSError as error:
        return Unreadable(file, f"无法读取：{error.strerror}")
    text = _decoded(content)
    return Unreadable(file, "既不是 UTF-8 也不是 GB18030 编码") if text is None else markdown.read(text)


def _decoded(content: bytes) -> str | None:
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _name(path: Path, root: Path) -> str:
    """The file's place under the folder; names in GB18030, as old archives hold them, are read as such."""
    raw = os.fsencode(path.relative_to(root).as_posix() if path != root else path.name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
