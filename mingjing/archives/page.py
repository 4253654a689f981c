"""案卷页: the file of one case for the desk: the catalogue now or as sealed, what is missing, what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mingjing.cases import queries as cases
from mingjing.cases.papers import forms
from mingjing.cases.queries import CheckLine
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.record import queries as record

from .dossier import Dossier, dossier_for
from .models import Check, LatePaper, Volume
from .orders import Order, orders
from .pieces import Piece
from .retention import WORDS, classes


@dataclass(frozen=True)
class LineView:
    """One line of the catalogue; ``href`` names where the file can be had: ``paper:7`` or ``evidence:3``."""

    place: int
    title: str
    number: str
    on: str
    first: int
    last: int
    note: str
    key: str
    group: str

    @property
    def pages(self) -> str:
        """Where it lies, as people write it."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True)
class VolumeView:
    """正卷 or 副卷 with its lines."""

    title: str
    lines: tuple[LineView, ...]

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return self.lines[-1].last if self.lines else 0


@dataclass(frozen=True)
class DossierPage:
    """Everything the page of a case file shows. ``sealed`` is None while nothing is sealed."""

    case: Any
    order: Order
    volumes: tuple[VolumeView, ...]
    media: tuple[Piece, ...]
    missing: tuple[CheckLine, ...]
    sealed: Volume | None
    late: tuple[LatePaper, ...]
    check: Check | None
    class_title: str
    retention: str
    orders: tuple[Order, ...]


def dossier_page(actor: Actor, no: str, at: datetime) -> DossierPage:
    """The file of a readable case. Raises: Refused ``no-permission``, ``not-found``. Cost: about 12 queries."""
    file = dossier_for(actor, no)
    case = file.case
    volume = Volume.objects.filter(case=case).select_related("sealed_by").first()
    titles = {one.code: one.title for one in classes()}
    return DossierPage(
        case=case,
        order=file.order,
        volumes=_sealed(volume) if volume else _now(file),
        media=file.media,
        missing=_missing(file, actor, at),
        sealed=volume,
        late=tuple(volume.late_papers.select_related("added_by")) if volume else (),
        check=_latest(volume),
        class_title=titles.get(volume.retention_class, "") if volume else "",
        retention=WORDS[volume.retention] if volume else "",
        orders=tuple(one for one in orders() if one.fits(case.act)),
    )


def _now(file: Dossier) -> tuple[VolumeView, ...]:
    return tuple(
        VolumeView(
            forms.PARTS[part],
            tuple(
                LineView(
                    line.place,
                    line.piece.title,
                    line.piece.number,
                    line.piece.on,
                    line.first,
                    line.last,
                    line.piece.note,
                    line.piece.key,
                    file.order.place(line.piece)[1],
                )
                for line in lines
            ),
        )
        for part, lines in file.catalogue().items()
    )


def _sealed(volume: Volume) -> tuple[VolumeView, ...]:
    """The catalogue as it was sealed."""
    return tuple(
        VolumeView(
            forms.PARTS[part],
            tuple(
                LineView(
                    one["place"],
                    one["title"],
                    one["number"],
                    one["on"],
                    one["first"],
                    one["last"],
                    one["note"],
                    one["key"],
                    "",
                )
                for one in lines
            ),
        )
        for part, lines in volume.catalogue["volumes"].items()
    )


def _missing(file: Dossier, actor: Actor, at: datetime) -> tuple[CheckLine, ...]:
    """What the file still lacks: the case's own check, and files that do not open."""
    if file.case.ended_at is None:
        lines: Sequence[CheckLine] = cases.case_page(actor, file.case.no, at).checks
    else:
        lines = cases.lasting_checks(file.case, at)
    broken = [
        CheckLine(False, f"“{one.title}”不能打开", "不能编页入卷，只列入音像和电子资料，请重新扫描上传。")
        for one in file.media
        if one.media_type == "application/pdf"
    ]
    return (*broken, *(one for one in lines if one.ok is not True))


def _latest(volume: Volume | None) -> Check | None:
    if volume is None:
        return None
    return volume.checks.select_related("checked_by", "excepted_by").first()


def sealed_file(actor: Actor, no: str) -> tuple[Volume, Any]:
    """The bound volume as it was sealed, and its bytes opened. Raises: Refused ``not-found`` and others."""
    file = dossier_for(actor, no)
    volume = Volume.objects.filter(case=file.case).first()
    if volume is None:
        raise Refused("not-found", "这一卷还没有封存。", remedy="可以下载现在的案卷。")
    return volume, record.open_blob(volume.sha256)


def late_file(actor: Actor, no: str, seq: int) -> tuple[LatePaper, Any]:
    """One late paper and its bytes opened. Raises: Refused ``not-found`` and others."""
    file = dossier_for(actor, no)
    late = LatePaper.objects.filter(volume__case=file.case, seq=seq).first()
    if late is None:
        raise Refused("not-found", "没有这份补充材料。", remedy="请从案卷页面进入。")
    return late, record.open_blob(late.sha256)
