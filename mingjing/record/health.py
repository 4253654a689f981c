"""Whether the witnesses of the policy keep up with the log in use, for the doctor."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from mingjing.kernel.policy import Witness
from mingjing.kernel.refused import Refused
from mingjing.record import continuity, logs, trust
from mingjing.record.models import Log, Standing


@dataclass(frozen=True)
class Check:
    """One thing that ``mingjing record doctor`` looks at; ``remedy`` is empty when it is fine."""

    name: str
    fine: bool
    detail: str
    remedy: str = ""


def check_witnesses() -> list[Check]:
    """Whether each witness of the policy keeps up with the log in use."""
    try:
        witnesses, log = trust.policy().witnesses, logs.current()
    except Refused as refused:
        return [Check("信任策略", False, refused.reason, refused.remedy or "")]
    if not witnesses:
        return [Check("见证", True, "没有请见证方（MINGJING_POLICY_FILE 未设置）")]
    standings = {one.key: one for one in Standing.objects.filter(log=log)} if log else {}
    size = log.size if log else 0
    told = [_check_witness(one, standings.get(trust.key_name(one.key)), size) for one in witnesses]
    return [*told, *_check_continuity(log)]


def _check_continuity(log: Log | None) -> list[Check]:
    """Whether a witness has seen more of the log than the tables hold; told only when one has."""
    try:
        continuity.require(log, timezone.now())
    except Refused as refused:
        return [Check("与见证方核对", False, refused.reason, refused.remedy or "")]
    return []


def _check_witness(witness: Witness, standing: Standing | None, size: int) -> Check:
    name = f"见证方 {witness.name}"
    if not witness.url:
        return Check(name, False, "信任策略没有写网址，没有请它联署", "在 witness 行末尾写上它的网址")
    if standing is None:
        return Check(name, not size, "还没有请它联署", "运行 mingjing worker 或 mingjing witnesses ask")
    if standing.size > size:
        return Check(name, False, standing.trouble, "数据库是旧的：运行 mingjing witnesses lost，照提示恢复")
    if standing.trouble:
        return Check(
            name, False, f"联署到 {standing.size} 条；{standing.trouble}", "与见证单位联系；平台会继续请"
        )
    return Check(
        name, True, f"联署到 {standing.size} 条，{timezone.localtime(standing.met_at):%Y-%m-%d %H:%M}"
    )
