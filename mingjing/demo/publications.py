"""公示 in the demo city: what went out to the channels and what they answered, what is withheld, corrected, ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor, party_actor
from mingjing.publicity import actions as publicity
from mingjing.publicity import queries

from .staffing import Team

SENT_OF_ORGAN = 12  # placements that an organ has sent out so far
WITHHELD_OF_ORGAN = 2
# What each channel answered, in turn: most are taken, one in six comes back.
_ANSWERS = ("shown", "accepted", "shown", "refused", "shown", "waiting")
_BACK = "统一社会信用代码与登记信息不一致，请核对后重新报送。"
_GROUNDS = (
    ("business_secret", "决定书写明的配方、进货渠道属于当事人的商业秘密，当事人不同意公开。"),
    ("investigation", "同案还有其他单位正在调查，公开会妨碍取证。"),
)
_WRONG = (
    ("party", "甄某某", "0818-0000001", "案由少写了一项，附决定书首页。"),
    ("other", "贾某某", "jia@example.invalid", "公示的结论与我看到的不一致。"),
    ("party", "吴某某", "0818-0000002", "我单位已经改名，请更正。"),
)


def live_publications(teams: Mapping[str, Team], at: datetime) -> int:
    """Bring every decision to its channels, and let some of everything happen; returns how many went out."""
    publicity.catch_up(at=at)
    publicity.end_displays(at=at)
    sent = 0
    for code in sorted(teams):
        team = teams[code]
        if not team.by_role.get("publisher") or not team.by_role.get("organ_head"):
            continue
        publisher = organs.actor_of_officer(team.by_role["publisher"][0], at.date())
        head = organs.actor_of_officer(team.by_role["organ_head"][0], at.date())
        sent += _send(code, publisher, at)
        _withhold(code, publisher, head, at)
    _correct(teams, at)
    return sent


def _send(organ: str, publisher: Actor, at: datetime) -> int:
    wanted = queries.Wanted(organ=organ, channel="province", states=("approved",))
    rows = queries.placements(wanted, limit=SENT_OF_ORGAN)
    for number, row in enumerate(rows):
        common: dict[str, Any] = {"placement_id": row.id, "actor": publisher, "at": at}
        publicity.sent(batch=f"{organ}-{at:%Y%m%d}", **common)
        _receive(_ANSWERS[number % len(_ANSWERS)], row, common)
    return len(rows)


def _receive(answer: str, row: queries.Placed, common: dict[str, Any]) -> None:
    """What the channel answered; it had been sent some days after the decision."""
    number = f"{row.channel[:2].upper()}{row.id:06d}"
    if answer == "refused":
        publicity.refused(reason=_BACK, number=number, **common)
    elif answer != "waiting":
        day = min(row.decided_on + timedelta(days=6), common["at"].date())
        shown_on = day if answer == "shown" else None
        publicity.accepted(number=number, shown_on=shown_on, **common)


def _withhold(organ: str, publisher: Actor, head: Actor, at: datetime) -> None:
    """Some decisions that wait are withheld or delayed; one delay is due for review tomorrow, one is unanswered."""
    rows = queries.tasks(organ=organ, channel="portal", limit=WITHHELD_OF_ORGAN)
    for (ground, reason), row in zip(_GROUNDS, (one for one in rows if one.state == "owed"), strict=False):
        review = at.date() + timedelta(days=1) if ground == "investigation" else None
        made = publicity.propose_exemption(
            case_id=row.case_id, ground=ground, reason=reason, review_on=review, actor=publisher, at=at
        )
        if ground == "business_secret" or organ.startswith("dz-"):
            publicity.answer_exemption(exemption_id=made.pk, answer="approve", actor=head, at=at)


def _correct(teams: Mapping[str, Team], at: datetime) -> None:
    """Three readers find something wrong: one is right, one is not, one waits."""
    rows = [one for one in queries.published(queries.Filters(), limit=40) if not one.withdrawn]
    ours = [
        one for one in rows if teams.get(one.organ_code) and teams[one.organ_code].by_role.get("publisher")
    ]
    for number, (row, (role, asker, contact, text)) in enumerate(zip(ours[::4], _WRONG, strict=False)):
        asked = publicity.ask_correction(
            slug=row.slug,
            role=role,
            asker=asker,
            contact=contact,
            text=text,
            actor=party_actor(asker),
            at=at,
        )
        publisher = organs.actor_of_officer(teams[row.organ_code].by_role["publisher"][0], at.date())
        common: dict[str, Any] = {"correction_id": asked.pk, "actor": publisher, "at": at}
        if number == 0:
            publicity.verify_correction(finding="与决定书核对，案由漏写一项。", **common)
            looked = publicity.previewed_again(asked.pk)
            publicity.correct(
                texts={"title": f"{row.title}（更正）"},
                answer="已经更正，谢谢指正。",
                seen=looked.digest if looked else "",
                **common,
            )
        elif number == 1:
            publicity.verify_correction(finding="与决定书核对，公示内容一致。", **common)
            publicity.refuse_correction(answer="公示内容与决定书一致，不予更正。", **common)
