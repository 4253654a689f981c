"""案卷: the file of a case at any moment, from the first paper on: its catalogue, what is missing, its PDF/A.

It forms itself as the case goes; nothing is kept until the volume is sealed.
Source: 行政处罚法/47; 达州三项制度方案/8(1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from mingjing.cases import issuing
from mingjing.cases.models import Case
from mingjing.cases.papers import forms
from mingjing.cases.queries.finding import case_for, case_work, not_found
from mingjing.kernel.marking import MERGED
from mingjing.kernel.procedure import Procedure
from mingjing.organs.authority import Actor, require

from . import binding
from .binding import Line
from .models import OrderChoice, Volume
from .orders import Order, arranged, order_for
from .pieces import Piece, day, pieces

# What a file is called, by act; where nothing stands here, by its procedure.
_FILE_TITLES = {
    "license": "行政许可案卷",
    "penalty": "行政处罚案卷",
    "coercion": "行政强制案卷",
    "inspection": "行政检查案卷",
    "levy": "行政征收案卷",
    "expropriation": "房屋征收案卷",
    "requisition": "行政征用案卷",
    "benefit": "行政给付案卷",
    "confirmation": "行政确认案卷",
    "adjudication": "行政裁决案卷",
    "reward": "行政奖励案卷",
}


@dataclass(frozen=True)
class Dossier:
    """案卷: the pieces of a case in their order. ``media`` are those that no page can hold."""

    case: Case
    order: Order
    volumes: Mapping[str, Sequence[Piece]]
    media: tuple[Piece, ...]

    def catalogue(self) -> dict[str, list[Line]]:
        """The lines of each volume with their pages."""
        found = {part: binding.lines(pieces) for part, pieces in self.volumes.items()}
        return {part: lines for part, lines in found.items() if lines}

    @property
    def all_pieces(self) -> list[Piece]:
        """Everything, bound or not, volume by volume."""
        return [piece for pieces in self.volumes.values() for piece in pieces]


def dossier_for(actor: Actor, no: str) -> Dossier:
    """The file of a readable case as it stands; the platform itself (an operator at the machine) reads any.

    Raises: Refused ``no-permission``, ``not-found``.
    """
    if actor.kind == "system":
        case = Case.objects.select_related("organ", "party", "power_item", "parent").filter(no=no).first()
        if case is None:
            raise not_found(no)
        return dossier_of(case)
    require(actor, "dossier.read")
    return dossier_of(case_for(actor, no))


def dossier_of(case: Case) -> Dossier:
    """The file of a case, for callers who have judged who asks. Cost: 6 queries."""
    order = order_for(case.act, _organ_fields(case), _chosen(case))
    volumes = arranged(order, pieces(case))
    media = [one for found in volumes.values() for one in found if not one.pages]
    return Dossier(case, order, volumes, tuple(media))


def _organ_fields(case: Case) -> set[str]:
    return {case.organ.field, *case.organ.organ_fields}


def _chosen(case: Case) -> str:
    """The order in which the file was sealed, else what the organ chose, else nothing."""
    sealed = Volume.objects.filter(case=case).values_list("order", flat=True).first()
    found = OrderChoice.objects.filter(organ_id=case.organ_id).values_list("order", flat=True).first()
    return sealed or found or ""


def bound(actor: Actor, no: str, at: datetime) -> bytes:
    """The case file as one PDF/A: cover, catalogue, papers in order, scanned evidence, closing note.

    Raises: Refused ``no-permission``, ``not-found``, ``empty-dossier``, ``unreadable-paper``.
    """
    return bind(dossier_for(actor, no), actor.name, at).content


def bind(
    file: Dossier, compiled_by: str, at: datetime, facts: Mapping[str, Any] | None = None
) -> binding.Bound:
    """The file bound; ``facts`` (archive number, retention) are what the archivist settles on sealing it."""
    data = _data(file, compiled_by, at)
    data["facts"] |= facts or {}
    return binding.bound(file.volumes, data, at=at, fonts=fonts())


def fonts() -> Path | None:
    """The folder of official fonts, where the operator has named one."""
    return Path(settings.MINGJING_FONT_DIR) if settings.MINGJING_FONT_DIR else None


def file_title(case: Case, procedure: Procedure) -> str:
    """What the cover calls the file."""
    return _FILE_TITLES.get(case.act) or f"{procedure.title}案卷"


def _data(file: Dossier, compiled_by: str, at: datetime) -> dict[str, Any]:
    case = file.case
    work = case_work(case, at)
    data = issuing.paper_data(
        forms.form("dossier-cover"),
        case=case,
        procedure=work.procedure,
        facts=work.facts(),
        officers=work.handlers,
        approvals=[],
        at=at,
    )
    data["facts"] = {
        "file_title": file_title(case, work.procedure),
        "party_title": work.procedure.matter.party_title,
        "result": result_of(case, work.procedure),
        "archived_on": day(case.ended_at) if case.ended_at else "",
        "archive_no": case.facts.get("archive_no", ""),
        "retention": data["labels"].get("retention", ""),
        "media": [_medium(one) for one in file.media],
        "note": "" if case.ended_at else "本案尚未归档，以下为装订时已有的材料。",
        "compiled_by": compiled_by,
        "checked_by": "",
    }
    return data


def result_of(case: Case, procedure: Procedure) -> str:
    """How the case ended, as the cover prints it."""
    if case.outcome == MERGED:
        return f"并入{case.links.select_related('other').get(kind=MERGED).other.label}"
    return procedure.outcomes.get(case.outcome, "") or str(case.facts.get("closing_result", ""))


def _medium(one: Piece) -> dict[str, str]:
    """One line of 备考表. Recorders name their files alike: the step tells them apart."""
    return {
        "title": f"{one.title}（{one.note}）",
        "device": one.device,
        "span": one.span or one.on,
        "digest": f"SHA-256 {one.sha256}",
        "place": f"证据库 {one.sha256[:2]}/{one.sha256[2:4]}",
    }
