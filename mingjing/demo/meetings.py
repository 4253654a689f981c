"""Meeting people in the demo city: drawn silhouettes for certificate photos, certificates shown, scanned, excepted."""

from __future__ import annotations

import io
import uuid
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

from mingjing.cases import actions as cases
from mingjing.kernel.procedure import Step
from mingjing.organs.actions import set_photo
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.organs.queries import Officer

# Whose officers wear what on duty; the last part of the organ's code names the kind of organ.
UNIFORMS = {
    "scjg": "市场监管制式服装",
    "yjgl": "应急管理综合执法制服",
    "gajj": "人民警察制服",
    "cgzf": "综合行政执法制服",
}
_GROUNDS = ("#c9d6e8", "#d8dde3", "#cfe0d8")
_COATS = ("#3d4b63", "#2f5a4a", "#5a4a3d", "#47506b")
# Of so many visits: one excepted, one whose notice was not acknowledged, one read out in English.
EXCEPTED, UNSIGNED, ENGLISH = 23, 31, 37


@cache
def _silhouette(kind: int) -> bytes:
    """A figure of two shapes: nobody's face."""
    picture = Image.new("RGB", (480, 640), _GROUNDS[kind % len(_GROUNDS)])
    pen = ImageDraw.Draw(picture)
    coat = _COATS[kind % len(_COATS)]
    pen.ellipse((130, 380, 350, 900), fill=coat)
    pen.ellipse((60, 430, 420, 900), fill=coat)
    pen.rectangle((205, 330, 275, 460), fill="#8e9aab")
    pen.ellipse((155, 130, 325, 370), fill="#8e9aab")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def photograph(officer: Officer, number: int, at: datetime) -> None:
    """Give the officer a drawn certificate photo; every seventh has none yet."""
    if number % 7:
        set_photo(officer_id=officer.pk, content=_silhouette(number % 12), actor=SYSTEM, at=at)


def varied(rule: Step, facts: dict[str, Any], number: int) -> dict[str, Any]:
    """The form as it is filled in, but for the few visits that did not go as they should."""
    facts = dict(facts)
    excusable = rule.identity is not None and rule.identity.level == "reason"
    if excusable and facts.get("certificates_shown") and number % EXCEPTED == EXCEPTED - 1:
        code, reason = _EXCEPTIONS[number // EXCEPTED % len(_EXCEPTIONS)]
        facts |= {"certificates_shown": "no", "identity_exception": code, "identity_reason": reason}
    if rule.tells and facts.get("rights_told"):
        if number % UNSIGNED == UNSIGNED - 1:
            facts |= {
                "notice_reply": "refused",
                "notice_refusal": "听完告知后表示不愿签名，已录音录像。",
                "notice_witness": "无见证人，由两名执法人员注明",
            }
        elif number % ENGLISH == ENGLISH - 1:
            facts |= {"notice_language": "en"}
        elif number % 2:
            facts |= {"notice_reply": "recorded"}
    return facts


_EXCEPTIONS = (
    ("nobody", "到场时经营场所无人，已电话通知负责人，返回后补示证件。"),
    ("avoided", "当事人避入室内拒绝查看，证件向同行的物业人员出示。"),
    ("urgent", "现场有倾倒危险，先行疏散，处置完毕后即出示证件。"),
)


def show(case_id: uuid.UUID, officers: list[Actor], number: int, at: datetime) -> None:
    """The officers showed their certificates a little before the step; some parties scanned, some confirmed."""
    token = f"{number:06x}{int(at.timestamp()) & 0xFFFFFF:06x}"
    began = at - timedelta(minutes=20)
    for place, actor in enumerate(officers):
        held = next((one.number for one in actor.certificates if one.kind == "enforcement"), "")
        if not held:
            continue
        cases.show_identity(number=held, actor=actor, at=began, entered_at=at, case_id=case_id, token=token)
        if number % 3 == 0 and place == 0:
            cases.scan_card(certificate=held, token=token, at=at)
            if number % 2 == 0:
                cases.confirm_scan(certificate=held, token=token, at=at)
