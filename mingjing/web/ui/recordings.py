"""本案已有录制: recordings of a case as answers to the file fields of a step's form.

The form offers them as boxes named ``recorded.<input>``; what is ticked goes into the step by its digest, without
being sent again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from mingjing.cases.facts import Upload
from mingjing.kernel.procedure import Field
from mingjing.kernel.procedure import Step as Rule
from mingjing.vault import queries as vault

from . import forms, wording

RECORDED = "recorded."
LONG = ("video", "audio")
KINDS = {"video": "录像", "audio": "录音", "photo": "照片", "copy": "水印照片"}


def recordings_of(case_id: uuid.UUID, fields: Sequence[Field], post: forms.Post) -> list[Upload]:
    """The ticked recordings as the step takes them in. Raises: Refused ``no-such-capture``."""
    chosen = {one.name: post.getlist(_name(one)) for one in _file_fields(fields)}
    if not any(chosen.values()):
        return []
    known = vault.choose_kept(case_id, [one for ids in chosen.values() for one in ids])
    by_id = {str(one.id): one for one in known}
    return [
        Upload(name, by_id[one].name, by_id[one].media_type, b"", "audiovisual", by_id[one].sha256)
        for name, ids in chosen.items()
        for one in dict.fromkeys(ids)
    ]


def in_words(one: vault.CaptureRow, step: str = "") -> str:
    """A recording in one line: what, when, how long, by whom, and what is wrong with it."""
    parts = [
        f"{KINDS[one.kind]} {wording.at(one.started_at)}",
        length(one.seconds) if one.kind in LONG else "",
        one.officer,
    ]
    if one.step and one.step != step:
        parts.append(f"为“{one.step_title}”录制")
    if one.state == "broken":
        parts.append("未传完")
    if one.late:
        parts.append("逾期交存")
    if one.pauses or one.breaks:
        parts.append(f"中断 {one.pauses + one.breaks} 次")
    return "，".join(part for part in parts if part)


def length(seconds: int) -> str:
    """How long it is, 12分30秒; empty for a photo."""
    if not seconds:
        return ""
    hours, rest = divmod(seconds, 3600)
    return (f"{hours}小时" if hours else "") + (f"{rest // 60}分" if rest >= 60 else "") + f"{rest % 60}秒"


def _name(field: Field) -> str:
    return f"{RECORDED}{forms.input_name(field.name)}"


def _file_fields(fields: Sequence[Field]) -> list[Field]:
    return [one for one in fields if one.kind == "files"]


def with_recordings(
    context: dict[str, Any], case_id: uuid.UUID, rule: Rule, post: forms.Post | None
) -> dict[str, Any]:
    """The context of a step's form with the recordings that no step has taken in yet, those made for this step
    first; ticked is what was posted, else, in the first field, what was made for this step. Cost: 1 query at most.
    """
    fields = _file_fields(rule.facts)
    rows = vault.captures_of_case(case_id, free=True) if fields else []
    if not rows:
        return context
    rows.sort(key=lambda one: one.step != rule.id)
    lines = [(str(one.id), in_words(one, rule.id)) for one in rows]
    if post is None:
        ticked = {fields[0].name: [str(one.id) for one in rows if one.step == rule.id]}
    else:
        ticked = {one.name: post.getlist(_name(one)) for one in fields}
    options = {**context["options"], **{one.name: lines for one in fields}}
    return {**context, "options": options, "values": {**context["values"], **ticked}}
