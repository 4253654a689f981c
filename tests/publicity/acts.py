"""The actions of placements, each ready to be called; see ``tests.whole.test_every_action_appends``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from mingjing.organs.authority import SYSTEM, party_actor
from mingjing.publicity import actions
from mingjing.publicity.models import Correction, Exemption, Placement, Publication
from tests.office import Matter, Office, open_matter, to_decision

Prepared = Callable[[Office, Path], Callable[[], Any]]


def decided(office: Office) -> Matter:
    """A decision whose channels are judged."""
    matter = to_decision(open_matter(office))
    actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)
    return matter


def published(office: Office, channel: str = "province") -> dict[str, Any]:
    """A published decision, and who does what with it on one channel."""
    matter = decided(office)
    matter.do("publish")
    return given(matter, channel)


def given(matter: Matter, channel: str, who: str = "publisher") -> dict[str, Any]:
    row = Placement.objects.get(case_id=matter.case_id, channel=channel)
    return {"placement_id": row.pk, "actor": matter.office.actor(who, matter.at), "at": matter.at}


def _settle(office: Office, tmp: Path) -> Callable[[], Any]:
    matter = to_decision(open_matter(office))
    return partial(actions.settle, case_id=matter.case_id, actor=SYSTEM, at=matter.at)


def _sent_each(office: Office, tmp: Path) -> Callable[[], Any]:
    common = published(office)
    kinds = {common.pop("placement_id"): "show"}
    return partial(actions.sent_each, kinds=kinds, batch="20260311-01", **common)


def _accepted_each(office: Office, tmp: Path) -> Callable[[], Any]:
    common = published(office)
    actions.sent(**common, batch="20260311-01")
    del common["placement_id"]
    return partial(actions.accepted_each, batch="20260311-01", number="R-1", **common)


def _after_sending(action: Callable[..., Any], **more: Any) -> Prepared:
    def prepared(office: Office, tmp: Path) -> Callable[[], Any]:
        common = published(office)
        actions.sent(**common)
        return partial(action, **common, **more)

    return prepared


def _fallen_unsent(office: Office, tmp: Path) -> Callable[[], Any]:
    """A decision that fell before it went out, and got to the channel all the same."""
    matter = decided(office)
    matter.do("publish")
    matter.do("serve_decision")
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on=matter.at.date().isoformat())
    matter.do("withdraw_publication")
    return partial(actions.reached, batch="20260311-01", **given(matter, "province"))


def _taken(office: Office, tmp: Path) -> Callable[[], Any]:
    common = published(office)
    actions.sent(**common)
    actions.accepted(**common)
    return partial(actions.outdated, **common)


def asked(office: Office) -> tuple[Matter, Correction]:
    """A published decision of which a citizen says that something is wrong."""
    matter = decided(office)
    matter.do("publish")
    return matter, actions.ask_correction(**asking(matter))


def asking(matter: Matter, **changes: Any) -> dict[str, Any]:
    return asking_of(Publication.objects.get(case_id=matter.case_id), matter.at, **changes)


def asking_of(shown: Publication, at: datetime, **changes: Any) -> dict[str, Any]:
    values = {
        "slug": shown.slug,
        "role": "party",
        "asker": "某某",
        "contact": "0818-0000000",
        "text": "案由写错了，附决定书。",
        "actor": party_actor("某某"),
        "at": at,
    }
    return {**values, **changes}


def _asking(office: Office) -> dict[str, Any]:
    matter = decided(office)
    matter.do("publish")
    return asking(matter)


def looked(row: Correction) -> str:
    """What the publisher confirms to have looked through before correcting."""
    found = actions.previewed_again(row.pk)
    return found.digest if found else ""


def _correct(office: Office, tmp: Path) -> Callable[[], Any]:
    act = _correction(actions.verify_correction, verified=False, finding="与决定书核对，确有错误。")(
        office, tmp
    )
    row = act()
    publisher = office.actor("publisher", row.verified_at)
    return lambda: actions.correct(
        correction_id=row.pk, texts={"title": "改正后的案由"}, answer="已经更正。", seen=looked(row),
        actor=publisher, at=row.verified_at,
    )  # fmt: skip


def _correction(action: Callable[..., Any], *, verified: bool, **more: Any) -> Prepared:
    def prepared(office: Office, tmp: Path) -> Callable[[], Any]:
        matter, row = asked(office)
        common = {"correction_id": row.pk, "actor": office.actor("publisher", matter.at), "at": matter.at}
        if verified:
            actions.verify_correction(finding="与决定书核对，确有错误。", **common)
        return partial(action, **common, **more)

    return prepared


def proposed(office: Office, matter: Matter, **changes: Any) -> Exemption:
    values = {
        "case_id": matter.case_id,
        "ground": "business_secret",
        "reason": "配方属于商业秘密。",
        "actor": office.actor("publisher", matter.at),
        "at": matter.at,
    }
    return actions.propose_exemption(**{**values, **changes})


def approved(matter: Matter, **changes: Any) -> Exemption:
    """An exemption that the head approved now."""
    row = proposed(matter.office, matter, **changes)
    head = matter.office.actor("organ_head", matter.at)
    return actions.answer_exemption(exemption_id=row.pk, answer="approve", actor=head, at=matter.at)


def reviewed(matter: Matter, row: Exemption, keep_until: date | None = None) -> Exemption:
    """The exemption judged anew now: kept until a day, or lifted."""
    head = matter.office.actor("organ_head", matter.at)
    return actions.review_exemption(
        exemption_id=row.pk, keep_until=keep_until, reason="已重新判断。", actor=head, at=matter.at
    )


def _propose(office: Office, tmp: Path) -> Callable[[], Any]:
    matter = decided(office)
    return lambda: proposed(office, matter)


def _answer(office: Office, tmp: Path) -> Callable[[], Any]:
    matter = decided(office)
    row, head = proposed(office, matter), office.actor("organ_head", matter.at)
    return partial(actions.answer_exemption, exemption_id=row.pk, answer="approve", actor=head, at=matter.at)


def _review(office: Office, tmp: Path) -> Callable[[], Any]:
    matter = decided(office)
    row, head = proposed(office, matter), office.actor("organ_head", matter.at)
    actions.answer_exemption(exemption_id=row.pk, answer="approve", actor=head, at=matter.at)
    return partial(
        actions.review_exemption,
        exemption_id=row.pk,
        keep_until=None,
        reason="权利人同意。",
        actor=head,
        at=matter.at,
    )


def _take_down(office: Office, tmp: Path) -> Callable[[], Any]:
    matter = decided(office)
    matter.do("publish")
    row, head = Publication.objects.get(case_id=matter.case_id), office.actor("organ_head", matter.at)
    return partial(
        actions.take_down, paper_id=row.paper_id, reason="依法不予公开。", actor=head, at=matter.at
    )


CALLS: dict[str, Prepared] = {
    "publicity.settle": _settle,
    "publicity.show": lambda office, tmp: partial(
        actions.show, reason="行业规定要求。", **given(decided(office), "credit")
    ),
    "publicity.sent": lambda office, tmp: partial(actions.sent, **published(office)),
    "publicity.sent_each": _sent_each,
    "publicity.accepted": _after_sending(actions.accepted),
    "publicity.accepted_each": _accepted_each,
    "publicity.refused": _after_sending(actions.refused, reason="字段缺失"),
    "publicity.shown": _after_sending(actions.shown),
    "publicity.reached": _fallen_unsent,
    "publicity.outdated": _taken,
    "publicity.propose_exemption": _propose,
    "publicity.answer_exemption": _answer,
    "publicity.review_exemption": _review,
    "publicity.take_down": _take_down,
    "publicity.ask_correction": lambda office, tmp: partial(actions.ask_correction, **_asking(office)),
    "publicity.verify_correction": _correction(
        actions.verify_correction, verified=False, finding="与决定书核对，确有错误。"
    ),
    "publicity.refuse_correction": _correction(
        actions.refuse_correction, verified=True, answer="经核对，公示内容与决定书一致。"
    ),
    "publicity.correct": _correct,
}
