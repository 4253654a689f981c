"""Who reported: somebody who gave a name must be known, or nobody can be told what became of it."""

from __future__ import annotations

from mingjing.kernel.refused import Refused

from .situation import Situation, need


@need
def reporter_known(situation: Situation) -> Refused | None:
    """A named reporter is registered with the matter. Source: 市场监督管理投诉举报处理暂行办法/31(2)."""
    if situation.facts.get("named_reporter") != "yes" or situation.facts.get("party_name"):
        return None
    return Refused(
        "no-reporter",
        "登记为实名举报，但没有登记举报人，决定以后无法告知。",
        basis="市场监督管理投诉举报处理暂行办法/31(2)",
        remedy="请填写举报人；没有留下姓名的，选择“匿名”。",
    )
