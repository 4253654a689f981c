"""Reading a log into cases: rows of a table grouped by case, or the traces of an XES document."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from mingjing.exchange.tables import Column, Header, Value, as_text, open_sheets
from mingjing.exchange.tables.header import Layout
from mingjing.kernel.audit import Event
from mingjing.kernel.procedure import Field, Procedure
from mingjing.kernel.refused import Refused

from .mapping import Mapping, Translator, moment_of, value_of

_GZIP = b"\x1f\x8b"
_CASE = (
    "案号",
    "案件编号",
    "案件号",
    "案件",
    "流水号",
    "业务编号",
    "办件编号",
    "case",
    "case id",
    "caseid",
    "case:concept:name",
    "case_id",
)
_ACTIVITY = (
    "环节",
    "步骤",
    "活动",
    "办理环节",
    "环节名称",
    "事件",
    "操作",
    "activity",
    "concept:name",
    "event",
    "task",
)
_AT = (
    "办理时间",
    "时间",
    "完成时间",
    "发生时间",
    "办理日期",
    "日期",
    "timestamp",
    "time:timestamp",
    "time",
    "complete timestamp",
)


@dataclass
class Log:
    """A log as it was read: ``cases`` by their number; what was not understood is counted, never dropped silently."""

    cases: dict[str, list[Event]] = field(default_factory=dict)
    lines: int = 0
    unmatched: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    facts: dict[str, str] = field(default_factory=dict)
    last_at: datetime | None = None

    def add(self, case: str, event: Event) -> None:
        """Take an event in."""
        self.cases.setdefault(case, []).append(event)
        if self.last_at is None or event.at > self.last_at:
            self.last_at = event.at


def read_log(path: Path, procedure: Procedure, mapping: Mapping) -> Log:
    """Every case of the log.

    Raises: Refused of ``open_table`` for files that are no tables, ``bad-xes`` for a broken XES document.
    Cost: memory for the events of the whole log, since tables mix the lines of many cases.
    """
    translator = Translator(procedure, mapping)
    log = Log()
    opened = _opened(path)
    if opened is None:
        _read_table(path, translator, mapping, log)
    else:
        with opened:
            _read_xes(path, opened, translator, log)
    if not log.cases:
        raise Refused(
            "no-events",
            f"{path.name} 中没有一行能对上“{procedure.title}”的环节（共{log.lines}行）。",
            remedy="请用 --map 写明活动与环节的对照，或核对程序代码。",
        )
    return log


# --- tables ---


def _read_table(path: Path, translator: Translator, mapping: Mapping, log: Log) -> None:
    names = mapping.columns
    columns = (
        Column("case", (names["case"],) if "case" in names else _CASE, required=True),
        Column("activity", (names["activity"],) if "activity" in names else _ACTIVITY, required=True),
        Column("at", (names["at"],) if "at" in names else _AT, required=True),
    )
    for header, rows in open_sheets(path, Layout(columns), what="办案日志"):
        places = _fact_places(header, translator, log)
        moments: dict[str, datetime | None] = {}
        for _, values in rows:
            _read_row(values, header, places, translator, moments, log)


def _fact_places(header: Header, translator: Translator, log: Log) -> list[tuple[int, str, Field]]:
    taken = set(header.positions.values())
    places = []
    for place, title in header.titles.items():
        found = translator.field(title) if place not in taken else None
        if found is not None:
            places.append((place, title, found))
            log.facts[title] = found.name
    return places


def _read_row(
    values: list[Value],
    header: Header,
    places: list[tuple[int, str, Field]],
    translator: Translator,
    moments: dict[str, datetime | None],
    log: Log,
) -> None:
    log.lines += 1
    case, activity, when = (
        as_text(values[header.positions[name]]).strip() if header.positions[name] < len(values) else ""
        for name in ("case", "activity", "at")
    )
    step = translator.step(activity)
    if step is None:
        log.unmatched[activity or "（空）"] += activity not in translator.mapping.ignored
        return
    if when not in moments:
        moments[when] = moment_of(when)
    at = moments[when]
    if at is None or not case:
        log.rejected["没有案号" if not case else f"时间“{when[:20]}”看不懂"] += 1
        return
    facts = {
        one.name: value
        for place, title, one in places
        if place < len(values) and (value := value_of(one, as_text(values[place]), title)) is not None
    }
    log.add(case, Event(step, at, facts))


# --- XES (IEEE 1849-2016) ---


def _opened(path: Path) -> BinaryIO | None:
    """The document as a stream if it is XES, plain or gzipped; None if it is something else."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
        if head.startswith(_GZIP):
            with gzip.open(path) as packed:
                head = packed.read(4096)
            return cast(BinaryIO, gzip.open(path)) if b"<log" in head else None
    except (OSError, EOFError):
        return None
    return (
        path.open("rb") if b"<log" in head and head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else None
    )


def _read_xes(path: Path, stream: BinaryIO, translator: Translator, log: Log) -> None:
    try:
        for trace in _traces(stream):
            attributes = _attributes(trace)
            case = str(attributes.get("concept:name", f"第{len(log.cases) + 1}案"))
            shared = _facts(attributes, translator, log)
            for number, element in enumerate(one for one in trace if _tag(one) == "event"):
                _read_event(case, element, shared if number == 0 else {}, translator, log)
            trace.clear()
    except (ParseError, DefusedXmlException, EOFError, OSError, UnicodeDecodeError) as error:
        raise Refused(
            "bad-xes", f"{path.name} 不是完整的 XES 文件：{error}。", remedy="请重新导出后再试。"
        ) from None


def _traces(stream: BinaryIO) -> Iterator[Any]:
    for _, element in iterparse(stream, events=("end",)):
        if _tag(element) == "trace":
            yield element


def _read_event(case: str, element: Any, shared: dict[str, Any], translator: Translator, log: Log) -> None:
    log.lines += 1
    attributes = _attributes(element)
    activity = str(attributes.get("concept:name", ""))
    if str(attributes.get("lifecycle:transition", "complete")).lower() not in ("complete", "unknown", ""):
        log.rejected["不是办结事件（lifecycle:transition）"] += 1
        return
    step = translator.step(activity)
    if step is None:
        log.unmatched[activity or "（空）"] += activity not in translator.mapping.ignored
        return
    at = moment_of(str(attributes.get("time:timestamp", "")))
    if at is None:
        log.rejected["没有时间"] += 1
        return
    log.add(case, Event(step, at, {**shared, **_facts(attributes, translator, log)}))


def _facts(attributes: dict[str, str], translator: Translator, log: Log) -> dict[str, Any]:
    facts = {}
    for name, text in attributes.items():
        found = translator.field(name)
        value = value_of(found, text, name) if found else None
        if found and value is not None:
            facts[found.name] = value
            log.facts[name] = found.name
    return facts


def _attributes(element: Any) -> dict[str, str]:
    return {
        child.get("key", ""): child.get("value", "")
        for child in element
        if child.get("key") is not None and child.get("value") is not None
    }


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
