"""案卷: gathering what a case file consists of; ``cases.papers.dossier`` binds it.

Source: 行政处罚法/47 (the whole process is filed and kept).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.marking import MERGED
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import queries as record

from . import issuing
from .models import Case, Evidence, Paper
from .papers import dossier as binding
from .papers import forms
from .queries.finding import case_for, case_work

MOST_ATTACHED_BYTES = 200 * 1024 * 1024


def bound(actor: Actor, no: str, at: datetime) -> bytes:
    """The case file as one PDF: cover, catalogue, papers in order, scanned evidence, closing note.

    Raises: Refused ``no-permission``, ``not-found``, ``empty-dossier``, ``unreadable-paper``.
    """
    case = _case(actor, no)
    return binding.dossier(_items(case), _data(case, actor, at))


def packed(actor: Actor, no: str, at: datetime) -> bytes:
    """The bound PDF with every paper and every piece of evidence as its own file, and checksums.

    Raises: Refused as ``bound``, and ``dossier-too-large``.
    """
    case = _case(actor, no)
    evidence = list(case.evidence.all())
    total = sum(one.size_bytes for one in evidence)
    if total > MOST_ATTACHED_BYTES:
        raise Refused(
            "dossier-too-large",
            f"本案材料共 {total // 1024 // 1024} MB，不能一次打包下载。",
            remedy="请下载装订的 PDF，音像材料从案件页面逐件下载。",
        )
    attachments = [(one.name, _content(one.sha256)) for one in evidence]
    return binding.dossier_zip(_items(case), _data(case, actor, at), attachments)


def _case(actor: Actor, no: str) -> Case:
    require(actor, "dossier.read")
    return case_for(actor, no)


def _items(case: Case) -> list[binding.Item]:
    papers = case.papers.filter(voided_at__isnull=True).order_by("id")
    return [
        *(_paper_item(one) for one in papers),
        *_scans(case.evidence.order_by("id").select_related("step")),
    ]


def _paper_item(paper: Paper) -> binding.Item:
    form = forms.form(paper.form)
    return binding.Item(
        title=paper.title,
        number=paper.number,
        on=_day(paper.issued_at),
        pdf=_content(paper.sha256),
        part=form.part if form.part in binding.VOLUMES else "main",
        order=form.order,
    )


def _scans(evidence: Iterable[Evidence]) -> list[binding.Item]:
    """Evidence that is a PDF is bound in; what else there is goes into the ZIP and the closing note."""
    return [
        binding.Item(
            title=one.name,
            number="",
            on=_day(one.step.at),
            pdf=_content(one.sha256),
            order=EVIDENCE_ORDER,
            note=one.step.title,
        )
        for one in evidence
        if one.media_type == "application/pdf"
    ]


# Behind the papers of the investigation, as domain.md 6.1 orders a case file.
EVIDENCE_ORDER = 119


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


def _data(case: Case, actor: Actor, at: datetime) -> dict[str, Any]:
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
    facts = case.facts
    data["facts"] = {
        "file_title": _FILE_TITLES.get(case.act) or f"{work.procedure.title}案卷",
        "party_title": work.procedure.matter.party_title,
        "result": _result(case, work.procedure),
        "archived_on": _day(case.ended_at) if case.ended_at else "",
        "archive_no": facts.get("archive_no", ""),
        "retention": data["labels"].get("retention", ""),
        "media": [_media(one) for one in case.evidence.exclude(media_type="application/pdf")],
        "note": "" if case.ended_at else "本案尚未归档，以下为下载时的材料。",
        "compiled_by": actor.name,
        "checked_by": "",
    }
    return data


def _result(case: Case, procedure: Procedure) -> str:
    """How the case ended, as the cover prints it."""
    if case.outcome == MERGED:
        return f"并入{case.links.select_related('other').get(kind=MERGED).other.label}"
    return procedure.outcomes.get(case.outcome, "") or str(case.facts.get("closing_result", ""))


def _media(one: Evidence) -> dict[str, str]:
    late = f"（{_day(one.added_at)} 补传）" if one.added_at else ""
    return {"title": f"{one.name}{late}", "device": "", "span": "", "digest": f"SHA-256 {one.sha256[:16]}…"}


def _content(sha256: str) -> bytes:
    with record.open_blob(sha256) as stream:
        return stream.read()


def _day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).date().isoformat()
