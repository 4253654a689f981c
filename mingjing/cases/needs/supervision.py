"""Who supervises enforcement: the judicial administration, for its government."""

from __future__ import annotations

from mingjing.kernel.refused import Refused

from .situation import Situation, need


@need
def justice_bureau(situation: Situation) -> Refused | None:
    """Whoever opens a supervision acts for a justice bureau. Source: 行政执法监督条例/2-6."""
    if situation.actor.is_justice_bureau:
        return None
    return Refused(
        "not-justice-bureau",
        f"{situation.organ_name}不是司法行政机关，不能对其他机关实施行政执法监督。",
        basis="行政执法监督条例/2-6",
        remedy="请把线索交同级司法行政机关；收到监督文书的，登记“接受执法监督、整改反馈”。",
    )
