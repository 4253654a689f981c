"""数名当事人: each is served and printed, agents bring their power, minors are protected, everybody is masked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.facts import Upload
from mingjing.cases.models import CaseParty, Service
from mingjing.cases.queries import CaseFilters, case_list
from mingjing.publicity.rendition import known_people
from tests import makers
from tests.office import Matter, Office, company, nothing_saved, open_matter, person, refused, to_notice

pytestmark = pytest.mark.django_db
POWER = Upload("files", "授权委托书.pdf", "application/pdf", b"%PDF-1.4 x", "document")


@pytest.fixture
def matter(office: Office) -> Matter:
    return open_matter(office)


def join(matter: Matter, role: str, *, who: str = "handler", **given: Any) -> int:
    values: dict[str, Any] = {"reason": "共同实施违法行为。", **given}
    if "party_id" not in values and "party" not in values:
        values["party_id"] = company(name="达州市某某冷库有限公司").pk
    return cases.join(
        case_id=matter.case_id, role=role, actor=matter.office.actor(who, matter.at), at=matter.at, **values
    )


def served(matter: Matter, party: Any, on: date) -> dict[str, Any]:
    return {
        f"co_method_{party.pk}": "direct",
        f"co_served_{party.pk}_on": on.isoformat(),
        f"co_recipient_{party.pk}": "李某某",
    }


def to_unserved_notice(matter: Matter) -> Matter:
    for step in ("site_inspection", "file", "service_address", "interview", "conclude", "advance_notice"):
        matter.do(step)
    return matter


def test_each_party_is_served_and_the_last_service_counts(matter: Matter) -> None:
    other = company(name="达州市某某冷库有限公司")
    join(matter, "co_party", party_id=other.pk)
    to_unserved_notice(matter)
    with nothing_saved(matter), refused("bad-facts", match="某某冷库有限公司：送达日期"):
        matter.do("serve_notice")
    matter.move_to(date(2026, 3, 5))
    last = matter.form("serve_notice", served_on="2026-03-05")

    with refused("bad-facts", match="晚于"):
        matter.do("serve_notice", served_on="2026-03-03", **served(matter, other, date(2026, 3, 5)))
    matter.do("serve_notice", **{**last, **served(matter, other, date(2026, 3, 3))})

    rows = Service.objects.filter(paper__case=matter.case_id).order_by("id")
    assert [(one.party, one.served_on) for one in rows] == [
        (matter.case.party, date(2026, 3, 5)),
        (other, date(2026, 3, 3)),
    ]
    right = matter.work.marking.rights["statement"]
    assert right.due_on > date(2026, 3, 5), "counted from the last service, for everybody"


def test_a_party_that_joins_after_the_notice_must_be_told_first(matter: Matter) -> None:
    """行政处罚法 arts. 44, 45."""
    to_notice(matter).move_to(date(2026, 3, 11))
    join(matter, "co_party")

    with nothing_saved(matter), refused("party-not-served", basis="行政处罚法/44", match="某某冷库"):
        matter.propose("decide")


def test_nobody_becomes_a_party_once_it_is_decided(matter: Matter) -> None:
    to_notice(matter).move_to(date(2026, 3, 11)).do("decide")

    other = company(name="达州市某某冷库有限公司")
    with nothing_saved(matter), refused("already-decided"):
        join(matter, "co_party", party_id=other.pk)


def test_papers_print_everybody(matter: Matter) -> None:
    join(matter, "co_party")
    join(matter, "agent", party_id=person(name="周某某").pk, scope="一般代理", files=[POWER])
    matter.do("site_inspection")
    taken = matter.do("file")

    paper = matter.case.papers.get(pk=taken.papers[0])
    told = [(one["role"], one["name"], one["represents"]) for one in paper.data["participants"]]
    assert told == [
        ("共同当事人", "达州市某某冷库有限公司", ""),
        ("委托代理人", "周某某", "达州市某某食品有限公司"),
    ]
    assert matter.case.evidence.filter(name="授权委托书.pdf").exists()


def test_an_agent_brings_the_power_and_there_are_two_at_most(matter: Matter) -> None:
    """行政处罚法 art. 64(5)."""
    agent: dict[str, Any] = {"party_id": person(name="周某某").pk, "scope": "一般代理", "files": [POWER]}
    with nothing_saved(matter):
        with refused("bad-file", basis="行政处罚法/64"):
            join(matter, "agent", **{**agent, "files": []})
        with refused("bad-scope"):
            join(matter, "agent", **{**agent, "scope": " "})
        with refused("bad-choice", match="法定代理人只为自然人"):
            join(matter, "guardian", **{**agent, "files": []})
        with refused("already-taking-part"):
            join(matter, "co_party", party_id=matter.case.party_id)
        with refused("not-handler-of-case"):
            join(matter, "agent", who="colleague", **agent)
        with refused("bad-choice"):
            join(matter, "agent", represents_id=agent["party_id"], **agent)
    first = join(matter, "agent", **agent)
    join(matter, "agent", **{**agent, "party_id": person(name="吴某某").pk})
    third = {**agent, "party_id": person(name="郑某某").pk}
    with nothing_saved(matter), refused("too-many-agents"):
        join(matter, "agent", **third)

    cases.leave(participant_id=first, reason="解除委托。", actor=matter.office.actor("handler"), at=matter.at)

    join(matter, "agent", **third)
    assert CaseParty.objects.get(pk=first).until == matter.at


def minor(office: Office, born: date) -> Matter:
    """A natural person's case, notice served."""
    found = open_matter(office, power="MED-10", party=person(name="孙某某", born_on=born), fine_fen=1_000_000)
    return to_notice(found).move_to(date(2026, 3, 16))


def test_nobody_under_fourteen_is_punished(office: Office) -> None:
    """行政处罚法 art. 30."""
    found = minor(office, date(2013, 6, 1))
    if "discussion" in found.owed():
        found.do("discussion")

    with nothing_saved(found), refused("under-age", basis="行政处罚法/30", match="不予行政处罚"):
        found.propose("decide")


def test_a_minor_is_punished_with_a_guardian_beside_him_only_and_not_published(office: Office) -> None:
    found = minor(office, date(2010, 6, 1))
    if "discussion" in found.owed():
        found.do("discussion")
    with nothing_saved(found), refused("guardian-missing", basis="行政处罚法/30"):
        found.propose("decide")
    join(found, "guardian", party_id=person(name="孙某甲").pk, scope="父亲", reason="监护人。")

    found.do("decide")

    assert "publish" not in found.work.marking.included


def test_everybody_named_is_masked_when_published(matter: Matter) -> None:
    join(matter, "co_party")
    join(matter, "interested", party_id=person(name="冯某某", address="通川区某某巷3号").pk)

    known = {one.text if hasattr(one, "text") else one.name for one in known_people(matter.case)}
    assert {"达州市某某冷库有限公司", "冯某某", "通川区某某巷3号", "赵某某"} <= known


def test_a_case_is_found_by_each_of_its_parties(matter: Matter, office: Office) -> None:
    join(matter, "interested", party_id=makers.party(name="冯某某商行").pk)

    rows, _ = case_list(office.actor("handler"), matter.at, CaseFilters(words="冯某某商行"))
    assert [one.no for one in rows] == [matter.case.no]
