"""执法对象: what is gathered about one party, for whom, and what stays another organ's business."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mingjing.cases import queries as cases
from mingjing.cases.models import Case, CaseParty
from mingjing.cases.queries import CaseFilters, ObjectPage
from mingjing.organs import queries as organs
from mingjing.parties import actions as parties
from mingjing.parties.models import Party
from tests import makers
from tests.office import MONDAY, Matter, Office, company, open_matter, person, refused

pytestmark = pytest.mark.django_db


def look(office: Office, of: Party, *, who: str = "handler", **more: Any) -> ObjectPage:
    return cases.object_page(office.actor(who), of.pk, MONDAY, **more)


def numbers(shown: ObjectPage) -> list[str]:
    return [one.row.no for one in shown.matters]


def test_papers_stand_beside_the_recordings_of_the_same_act(office: Office) -> None:
    matter: Matter = open_matter(office)
    matter.do("site_inspection")
    party = matter.case.party
    assert party is not None

    shown = look(office, party)

    assert numbers(shown) == [matter.case.no]
    act = next(one for one in shown.matters[0].acts if one.title == "现场检查（勘验）")
    assert [one.title for one in act.papers] == ["现场笔录"]
    assert [one.lost for one in act.films] == [False]
    assert [(one.act, one.count, one.running) for one in shown.counts] == [("penalty", 1, 1)]


def test_an_act_against_several_counts_for_each_but_not_for_who_stands_beside(office: Office) -> None:
    first, second, agent = company(), company(name="达州市某某冷库有限公司"), person()
    case = makers.case(organ=office.organ, party=first)
    for one, role in ((second, "co_party"), (agent, "agent")):
        CaseParty.objects.create(case=case, party=one, role=role, since=MONDAY)

    assert numbers(look(office, first)) == numbers(look(office, second)) == [case.no]
    assert numbers(look(office, agent)) == []


def test_other_organs_acts_are_counted_for_bodies_and_not_even_counted_for_persons(office: Office) -> None:
    firm, citizen = company(), person()
    for one in (firm, citizen):
        makers.case(party=one, title="别处的案件")

    about_firm, about_citizen = look(office, firm), look(office, citizen)

    assert (numbers(about_firm), about_firm.elsewhere) == ([], 1)
    assert (numbers(about_citizen), about_citizen.elsewhere) == ([], None)
    assert about_firm.counts == about_citizen.counts == []


def test_the_justice_bureau_sees_the_acts_of_all_organs_it_supervises(office: Office) -> None:
    firm = company()
    ours = makers.case(organ=office.organ, party=firm)
    sister = makers.organ(parent=office.organ.parent)
    theirs = makers.case(organ=sister, party=firm)
    bureau = makers.organ(parent=office.organ.parent, is_justice_bureau=True)
    supervisor = organs.actor_of_officer(makers.officer(("supervisor",), organ=bureau).pk, MONDAY.date())

    shown = cases.object_page(supervisor, firm.pk, MONDAY)

    assert set(numbers(shown)) == {ours.no, theirs.no}
    assert shown.elsewhere == 0


def test_records_that_were_merged_are_one_object(office: Office) -> None:
    kept, dropped, older = company(), company(), company()
    manager = office.actor("manager")
    parties.merge(keep=dropped.pk, drop=older.pk, actor=manager, at=MONDAY)
    parties.merge(keep=kept.pk, drop=dropped.pk, actor=manager, at=MONDAY)
    held = [makers.case(organ=office.organ, party=one) for one in (kept, dropped, older)]

    for asked in (kept, dropped, older):
        shown = look(office, asked)

        assert (shown.party.pk, shown.also) == (kept.pk, 2)
        assert set(numbers(shown)) == {one.no for one in held}


def test_premises_gather_the_bodies_at_one_address_and_never_persons(office: Office) -> None:
    firm, neighbour = company(), company(name="达州市某某冷库有限公司")
    citizen = person(address=firm.address)
    held = [makers.case(organ=office.organ, party=one) for one in (firm, neighbour, citizen)]

    shown = look(office, firm, premises=True)

    assert [one.pk for one in shown.neighbours] == [neighbour.pk]
    assert set(numbers(shown)) == {held[0].no, held[1].no}
    assert look(office, citizen, premises=True).neighbours == []


def test_an_object_that_does_not_exist_is_refused(office: Office) -> None:
    with refused("not-found"):
        cases.object_page(office.actor("handler"), 424242, MONDAY)


@pytest.mark.parametrize("who", ["cashier", "archivist", "manager"])
def test_who_may_not_look_parties_up_may_not_gather(office: Office, who: str) -> None:
    with refused("no-permission"):
        look(office, company(), who=who)


def test_pages_follow_one_another_and_cost_the_same(office: Office, django_assert_num_queries: Any) -> None:
    firm = company()
    for number in range(45):
        makers.case(organ=office.organ, party=firm, moved_at=MONDAY - timedelta(hours=number))

    reader = office.actor("handler")
    seen: list[str] = []
    after = ""
    for most in (20, 20, 5):
        with django_assert_num_queries(8):
            shown = cases.object_page(reader, firm.pk, MONDAY, CaseFilters(after=after))
        assert len(shown.matters) == most
        seen, after = [*seen, *numbers(shown)], shown.after

    assert after == ""
    assert seen == list(Case.objects.order_by("-moved_at", "-id").values_list("no", flat=True))
