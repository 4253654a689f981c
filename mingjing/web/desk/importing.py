"""录像采集站: the files of body-worn cameras, guessed by their names, confirmed by a person, taken in one by one."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from mingjing.cases import actions as case_actions
from mingjing.cases import queries as cases
from mingjing.cases.facts import Upload
from mingjing.kernel import json_text
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.vault import actions
from mingjing.vault import queries as vault
from mingjing.web.ui import flash, wording
from mingjing.web.ui.asked import number
from mingjing.web.ui.refusals import wants_json
from mingjing.web.ui.sealing import seal_now
from mingjing.web.ui.uploads import forget_sent, uploads_under

from .captures import choices, target
from .frame import desk, page

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_NAMES = 500
OFFERED = 8
REASON = "执法记录仪录像，于采集站存入"
TAKEN = "taken:"


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.move")
def station(request: Any) -> HttpResponse:
    """The page; a post takes in one file. A script is answered in JSON, a form by the page."""
    refused = None
    if request.method == "POST":
        try:
            said = _take_in(request)
            if wants_json(request):
                return JsonResponse(said, json_dumps_params={"ensure_ascii": False})
            flash.say(request, said["said"])
            return redirect("desk:capture-import")
        except Refused as no_way:
            if wants_json(request):
                raise
            refused = no_way
    context = {
        "officers": _officers(request),
        "cameras": vault.cameras(request.actor.organ_id),
        "choices": choices(request),
        "reason": REASON,
        "rules": vault.rules(),
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/import.html", context, current="captures")


@require_POST
@desk("case.move")
def guess(request: Any) -> JsonResponse:
    """What the names and times of files tell, and which steps they may be for; nothing is kept.

    The body is a list of ``name``, ``modified`` (ISO) and ``seconds`` (length, 0 if unknown). Cost: 4 queries.
    """
    files = _files(request)
    told = [(one, vault.guess(str(one.get("name", "")))) for one in files]
    times = [_span(one, found) for one, found in told]
    steps = _steps(request, times)
    answers = [_answer(request, found, span, steps) for (_, found), span in zip(told, times, strict=True)]
    return JsonResponse({"files": answers}, json_dumps_params={"ensure_ascii": False})


def _take_in(request: Any) -> dict[str, Any]:
    """One file into the store; into its step as well, if that was taken already."""
    post = request.POST
    file = _file(request)
    meant, seq = _meant(post.get("target", ""))
    case = target(request, meant) if meant else None
    capture = actions.import_capture(
        name=file.name,
        media_type=file.media_type,
        content=None if file.kept else file.content,
        sha256=post.get("sha256", "") or file.kept or _digest(file),
        officer_id=number(post.get("officer", ""), request.actor.officer_id),
        device_number=post.get("device", "").replace("\x00", ""),
        started_at=_moment(post.get("started_at", ""), "开始时间"),
        ended_at=_moment(post.get("ended_at", ""), "结束时间") if post.get("ended_at") else None,
        case=case,
        actor=request.actor,
        at=request.at,
    )
    forget_sent(request)
    said = f"“{file.name}”已存入{'，逾期交存' if capture.late else ''}。"
    if case is not None:
        said += _into_step(request, case, seq, capture)
    seal_now(request)
    return {"id": str(capture.pk), "sha256": capture.sha256, "late": capture.late, "said": said}


def _into_step(request: Any, case: vault.CaseRef, seq: int | None, capture: Any) -> str:
    """A step that was taken without its recording gets it now (补传); the recording is kept whatever becomes of it."""
    if seq is None:
        return f"已归入{case.label}“{case.step_title}”，办理该环节时勾选。"
    kept = Upload("files", capture.name, capture.media_type, b"", "audiovisual", capture.sha256)
    try:
        case_actions.add_recording(
            case_id=case.id,
            seq=seq,
            files=[kept],
            made_at=capture.started_at,
            reason=request.POST.get("reason", "").replace("\x00", "").strip() or REASON,
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return f"没有补传到“{case.step_title}”：{refused.reason}"
    return f"已补传到{case.label}“{case.step_title}”。"


def _file(request: Any) -> Upload:
    found = uploads_under(request.FILES, "file", request)
    if len(found) != 1:
        raise Refused("bad-file", "没有选择文件，或者一次选择了几个。", remedy="请逐个提交。")
    return found[0]


def _digest(file: Upload) -> str:
    """Of a form sent without scripts, whose browser computed nothing."""
    digest = hashlib.file_digest(file.content, "sha256").hexdigest()
    file.content.seek(0)
    return digest


def _meant(value: str) -> tuple[str, int | None]:
    """``no/step`` of a step still to come, ``taken:no/step/seq`` of one that was taken; empty for none."""
    if not value.startswith(TAKEN):
        return value, None
    head, _, seq = value.removeprefix(TAKEN).rpartition("/")
    return head, number(seq, None)


def _moment(text: str, what: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("bad-date", f"{what}“{text[:40]}”看不懂。", remedy="请选择日期和时间。") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _officers(request: Any) -> list[tuple[int, str]]:
    people = organs.actors_of_organ(request.actor.organ_id, request.at.date())
    return [
        (one.officer_id, f"{one.name}（{one.certificates[0].number}）" if one.certificates else one.name)
        for one in people
        if "case.move" in one.permissions
    ]


def _files(request: Any) -> list[dict[str, Any]]:
    try:
        files = json_text.read(request.body)
    except (ValueError, RawPostDataException):  # no JSON, or a form that was read as one already
        files = None
    if (
        not isinstance(files, list)
        or len(files) > MOST_NAMES
        or not all(isinstance(one, dict) for one in files)
    ):
        raise Refused("bad-body", f"一次最多核对 {MOST_NAMES} 个文件。", remedy="请分批拖入。")
    return files


def _span(said: dict[str, Any], found: vault.Guess) -> tuple[datetime | None, datetime | None]:
    """From when to when: by the name, else by the file's time, which is when the camera closed it."""
    seconds = said.get("seconds", 0)
    length = timedelta(seconds=seconds if isinstance(seconds, int | float) and 0 <= seconds < 10**6 else 0)
    modified = None
    with suppress(Refused):
        modified = _moment(str(said.get("modified", "")), "").astimezone(SHANGHAI)
    start = found.at or (modified - length if modified else None)
    end = found.end or (start + length if start and length else modified)
    return start, end if end and start and end >= start else start


def _steps(request: Any, times: list[tuple[datetime | None, datetime | None]]) -> list[cases.TakenStep]:
    known = [(start, end) for start, end in times if start and end]
    if not known:
        return []
    first, last = min(start for start, _ in known), max(end for _, end in known)
    return cases.taken_steps(request.actor, first, last, vault.rules().matching)


def _answer(
    request: Any,
    found: vault.Guess,
    span: tuple[datetime | None, datetime | None],
    steps: list[cases.TakenStep],
) -> dict[str, Any]:
    start, end = span
    officer = _whose(request, found)
    offered = _matches(steps, start, end, officer)
    return {
        "device": found.device,
        "officer": officer,
        "named": bool(found.at or found.device or found.officer),
        "started_at": _local(start),
        "ended_at": _local(end),
        "late": bool(end and request.at - end > vault.rules().hand_in.within),
        "matches": [
            {
                "value": f"{TAKEN}{one.case_no}/{one.step}/{one.seq}",
                "text": f"{one.case_label} · {one.title}（{wording.at(one.at)} 办理{'，已有音像' if one.filmed else ''}）",
                "sure": officer in one.officers and not one.filmed and sure,
            }
            for one, sure in offered
        ],
    }


def _whose(request: Any, found: vault.Guess) -> int | None:
    """Whose recording it is: by the number in the name, else by whom the camera is issued to."""
    held = organs.certificate(found.officer) if found.officer else None
    if held is not None and held.officer.organ_id == request.actor.organ_id:
        return int(held.officer_id)
    return vault.carrier_of(found.device, request.actor.organ_id)


def _matches(
    steps: list[cases.TakenStep], start: datetime | None, end: datetime | None, officer: int | None
) -> list[tuple[cases.TakenStep, bool]]:
    """Steps for the recording, likeliest first: its officer's before others', nearer in time before farther."""
    if start is None or end is None:
        return []
    within = vault.rules().matching
    near = [one for one in steps if start - within <= one.at <= end + timedelta(days=1)]
    near.sort(key=lambda one: (officer not in one.officers, one.filmed, abs(one.at - end)))
    return [(one, start <= one.at <= end + within) for one in near[:OFFERED]]


def _local(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S") if moment else ""
