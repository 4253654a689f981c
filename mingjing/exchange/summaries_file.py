"""Files of penalty summaries: JSON lines, a JSON array, or any table with the columns of published penalties."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingjing.insight.summaries import KEYS
from mingjing.kernel.refused import Refused

from .tables import Column, open_table
from .tables.sniff import sniff_text
from .tables.text import TextForm, open_text

# Whole documents are held in memory; lists of summaries longer than this come as lines or tables.
MAX_DOCUMENT_BYTES = 200_000_000
MAX_LINE_CHARS = 4_000_000
COLUMNS = tuple(
    Column(name, tuple(sorted(names, key=str.isascii)), required=name == "decision")
    for name, names in KEYS.items()
)


@dataclass(frozen=True)
class Summary:
    """One summary: its number in the file, a mark of its content, and what it holds; None where that is no record."""

    number: int
    mark: str
    record: dict[str, Any] | None


def summaries(path: Path) -> Iterator[Summary]:
    """The summaries of a file, streamed; every line, item or row is one.

    Raises: Refused as ``open_table``, and ``not-summaries`` where the file holds nothing of the kind.
    """
    form = sniff_text(path)
    if form is None:
        yield from _rows(path)
        return
    with open_text(path, form) as file:
        start = file.read(64).lstrip("\ufeff \t\r\n")[:1]
    if start not in ("[", "{"):
        yield from _rows(path)
    elif start == "{" and not _is_document(path, form):
        yield from _lines(path, form)
    else:
        yield from _items(path, form)


def _is_document(path: Path, form: TextForm) -> bool:
    """Whether a file that begins with a brace is one JSON document laid out over several lines."""
    with open_text(path, form) as file:
        first = next((line for line in file if line.strip("\ufeff \t\r\n")), "")
        if _loads(first.strip("\ufeff")) is not None or path.stat().st_size > MAX_DOCUMENT_BYTES:
            return False
        return isinstance(_loads(first.strip("\ufeff") + file.read()), dict)


def _lines(path: Path, form: TextForm) -> Iterator[Summary]:
    """One record a line."""
    number = 0
    with open_text(path, form) as file:
        while line := file.readline(MAX_LINE_CHARS):
            number += 1
            tidy = line.strip("\ufeff \t\r\n")
            if tidy:
                yield Summary(number, _mark(tidy.encode("utf-8", "replace")), _record(_loads(tidy)))


def _items(path: Path, form: TextForm) -> Iterator[Summary]:
    """The items of one JSON document."""
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise Refused(
            "file-too-big",
            f"{path.name} 超过 {MAX_DOCUMENT_BYTES // 1_000_000} MB，不能整篇读取。",
            remedy="请改为每行一条的 JSON（jsonl），或者拆成几个文件。",
        )
    with open_text(path, form) as file:
        items = _list_in(_loads(file.read().strip("\ufeff")))
    if items is None:
        raise _not_summaries(path)
    for number, item in enumerate(items, start=1):
        text = json.dumps(item, ensure_ascii=True, sort_keys=True)
        yield Summary(number, _mark(text.encode()), _record(item))


def _list_in(document: Any) -> list[Any] | None:
    """The list of records in a document: itself, the one list of an object, or the object as its only item."""
    if isinstance(document, dict):
        lists = [value for value in document.values() if isinstance(value, list)]
        return lists[0] if len(lists) == 1 and lists[0] else [document]
    return document if isinstance(document, list) else None


def _rows(path: Path) -> Iterator[Summary]:
    for row in open_table(path, COLUMNS, what="处罚摘要").rows:
        record = {name: row.text(name) for name in KEYS if row.text(name)}
        text = json.dumps(record, ensure_ascii=True, sort_keys=True)
        yield Summary(row.number, _mark(text.encode()), None if row.fault else record)


def _loads(text: str) -> Any:
    """The JSON value; None where it is none, also where it is nested beyond all reason."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _record(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _not_summaries(path: Path) -> Refused:
    return Refused(
        "not-summaries",
        f"{path.name} 里没有处罚摘要。",
        remedy="可以是每行一条的 JSON（键 fact、basis、decision 等）、JSON 数组，或者含“违法事实”“处罚内容”等列的表格。",
    )
