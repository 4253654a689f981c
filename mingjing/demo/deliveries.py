"""Decisions told to the credit portal and the enterprise system: taken, sent back, without answer, and a list from outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from mingjing.exchange import actions as exchange
from mingjing.exchange import double_export, queries
from mingjing.exchange.double import reading, rows, writing
from mingjing.exchange.double.rows import CreditFacts
from mingjing.law.codex.double_sets import field_set
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor

from .matters import invented_code
from .staffing import Team

SENT_BACK = "统一社会信用代码与行政相对人名称不符，请核对后重新报送。"
ANSWERED_CHANNEL, WAITING_CHANNEL = "enterprise", "credit"


def live_deliveries(teams: Mapping[str, Team], at: datetime) -> int:
    """Let organs with a publisher tell what waits; how many upload files were made."""
    made = 0
    for number, code in enumerate(sorted(teams)):
        people = teams[code].by_role.get("publisher")
        if not people:
            continue
        publisher = organs.actor_of_officer(people[0], at.date())
        waiting = queries.waiting_for_upload(teams[code].organ_id)
        for channel in (ANSWERED_CHANNEL, WAITING_CHANNEL):
            if waiting.get(channel) and (channel == ANSWERED_CHANNEL or number % 2 == 0):
                _tell(channel, code, publisher, at, answered=channel == ANSWERED_CHANNEL)
                made += 1
    _take_in_list(at)
    return made


def _tell(channel: str, organ: str, publisher: Actor, at: datetime, *, answered: bool) -> None:
    """One upload file; an answered one had one decision sent back."""
    package = exchange.make_package(
        channel=channel, organ=organ, actor=publisher, at=at - timedelta(minutes=40)
    )
    inside = queries.in_package(package.number)
    answered_at = at - timedelta(minutes=20)
    if len(inside) > 1:
        exchange.refuse_in_package(
            number=package.number,
            decision=inside[0].placement.number,
            reason=SENT_BACK,
            actor=publisher,
            at=answered_at,
        )
    if answered:
        receipt = f"HZ{at:%Y%m%d}{package.pk:04d}"
        exchange.accept_package(number=package.number, receipt=receipt, actor=publisher, at=answered_at)


def _take_in_list(at: datetime) -> None:
    """A list as the city's credit office sends it round: a few decisions of ours, invented others, some of them odd."""
    today = at.date()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "达州市双公示数据.csv"
        writing.write(path, [(field_set("penalty", today), [*_ours(today), *_invented(today)])], "csv")
        exchange.import_file(
            "double-publicity", path, at=at - timedelta(minutes=10), errors=Path(folder) / "e.xlsx"
        )


def _ours(today: date) -> list[CreditFacts]:
    """Some of what the credit portal was told of, as it tells it back."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "own.csv"
        first = today - timedelta(days=200)
        double_export.export(path, first=first, last=today, today=today, kind="penalty", form="csv")
        edition = field_set("penalty", today)
        found = islice(reading.records(path, (edition,), reading.Passed()), 3)
        return [rows.read(edition, reading.cells(row, edition), today) for edition, row in found]


def _invented(today: date) -> list[CreditFacts]:
    return [_record(number, today) for number in range(1, 13)]


def _record(number: int, today: date) -> CreditFacts:
    """An invented penalty; every fourth lacks its fact, and one contradicts its own content."""
    fine = 200_000 * number
    organ = {"name": "达州市市场监督管理局", "code": invented_code("11", "511700", 77)}
    values = {
        "CF_XDR_MC": f"达州市某某商贸{number}部",
        "CF_XDR_LB": "法人及非法人组织",
        "CF_XDR_SHXYM": invented_code("91", "511700", 7000 + number),
        "CF_FRDB": "某某",
        "CF_WSH": f"达市信罚〔{today.year}〕{number}号",
        "CF_WFXW": "未按规定明码标价",
        "CF_SY": "" if number % 4 == 0 else "销售商品未按规定标明价格。",
        "CF_YJ": "价格法第四十二条",
        "CF_CFLB": "罚款",
        "CF_NR": f"罚款{fine // 100 + (1000 if number == 5 else 0)}元",
        "CF_NR_FK": fine,
        "CF_JDRQ": (today - timedelta(days=20 + number)).isoformat(),
        "CF_CFJG": organ["name"],
        "CF_CFJGDM": organ["code"],
        "CF_SJLY": organ["name"],
        "CF_SJLYDM": organ["code"],
    }
    return CreditFacts("penalty", {code: value for code, value in values.items() if value != ""})
