"""The named needs, each as a truth table over people, dates and amounts, with its article."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest

from mingjing.cases.needs import NEEDS, Situation
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.codex.powers import Power, power_lists
from mingjing.organs.authority import SYSTEM, Actor, CertificateFacts
from tests.office import SHANGHAI

AT = datetime(2026, 3, 4, 10, 0, tzinfo=SHANGHAI)
RULE = next(iter(law.procedures(AT.date())[0].steps.values()))


def certificate(**given: Any) -> CertificateFacts:
    values: dict[str, Any] = {
        "number": "23170001",
        "kind": "enforcement",
        "fields": (),
        "region": "511700",
        "valid_from": date(2024, 1, 1),
        "valid_until": date(2028, 12, 31),
        "state": "in_force",
    }
    return CertificateFacts(**{**values, **given})


def officer(id: int, *certificates: CertificateFacts, **given: Any) -> Actor:
    return Actor(kind="officer", id=id, name=f"{'甲乙丙丁'[id - 1]}某某", certificates=certificates, **given)


FIRST, SECOND = officer(1, certificate()), officer(2, certificate(number="23170002"))
OTHER = officer(3)


def situation(**given: Any) -> Situation:
    values: dict[str, Any] = {
        "rule": RULE,
        "facts": {},
        "act": "penalty",
        "field": "food",
        "case_region": "511702",
        "organ_name": "达州市某某局",
        "organ_region": "511700",
        "organ_field": "food",
        "organ_kind": "organ",
        "organ_fields": ("market",),
        "organ_confirmed_on": date(2025, 1, 1),
        "actor": FIRST,
        "proposer": None,
        "handlers": (FIRST, SECOND),
        "deciders": frozenset(),
        "served": frozenset(),
        "open_children": (),
        "power": None,
        "standings": lambda text, on: (law.Standing(text, "good", ""),),
        "calendar": law.calendar(),
        "at": AT,
    }
    return Situation(**{**values, **given})


@cache
def power(code: str) -> Power:
    return next(item for group in power_lists() for item in group.items if item.code == code)


def judged(need: str, **given: Any) -> str | None:
    """The code of the refusal, which must be told in Chinese with article and remedy, or None."""
    why: Refused | None = NEEDS[need](situation(**given))
    if why is None:
        return None
    assert "《" in why.reason or any("\u4e00" <= sign <= "\u9fff" for sign in why.reason)
    assert why.remedy
    assert law.parse(why.basis or "")
    return why.code


def test_every_need_that_a_procedure_names_exists_and_every_need_is_named() -> None:
    named = {name for one in law.procedures(AT.date()) for step in one.steps.values() for name in step.needs}

    assert named == set(NEEDS)


BAD = officer(2, certificate(valid_until=date(2026, 3, 3)))
PRESENT = {"officers_present": [1, 2]}


@pytest.mark.parametrize(
    "handlers, facts, two, one",
    [
        ((FIRST, SECOND), {}, None, None),
        ((FIRST, SECOND), PRESENT, None, None),
        ((FIRST, SECOND), {"officers_present": [1]}, "officers-not-certified", None),
        ((FIRST, SECOND), {"officers_present": [1, 2, 9]}, "officers-not-on-case", "officers-not-on-case"),
        ((FIRST,), {}, "officers-not-certified", None),
        ((), {}, "officers-not-certified", "officers-not-certified"),
        ((FIRST, BAD), PRESENT, "officers-not-certified", None),
        ((OTHER, BAD), {}, "officers-not-certified", "officers-not-certified"),
        ((FIRST, BAD, officer(3, certificate())), {}, None, None),
    ],
)
def test_two_officers_act_or_one_where_a_statute_lets_him(
    handlers: Any, facts: Any, two: str | None, one: str | None
) -> None:
    """行政处罚法 art. 42."""
    rule = law.procedure("penalty-ordinary", AT.date()).steps["site_inspection"]  # its form names them
    assert judged("two_certified_officers", rule=rule, handlers=handlers, facts=facts) == two
    assert judged("one_certified_officer", rule=rule, handlers=handlers, facts=facts) == one


@pytest.mark.parametrize(
    "field, facts, code",
    [
        ("public_security", {"handling_place": True}, None),
        ("public_security", {"handling_place": False}, "officers-not-certified"),
        ("public_security", {}, "officers-not-certified"),
        ("traffic", {"handling_place": True}, "officers-not-certified"),
        ("food", {"handling_place": True}, "officers-not-certified"),
    ],
)
def test_one_police_officer_may_question_alone_only_in_a_regulated_place(
    field: str, facts: dict[str, Any], code: str | None
) -> None:
    """治安管理处罚法 art. 108; 行政处罚法 art. 42 for everybody else."""
    police = officer(1, certificate(fields=("general",)))

    assert judged("two_officers_or_recorded_place", handlers=(police,), field=field, facts=facts) == code


@pytest.mark.parametrize(
    "running, code",
    [
        (frozenset(), None),
        (frozenset({"measure-sealing"}), None),
        (frozenset({"transfer-crime"}), "crime-transfer-running"),
        (frozenset({"transfer-organ"}), "transfer-running"),
    ],
)
def test_a_penalty_waits_for_the_transfer_to_the_police(running: frozenset[str], code: str | None) -> None:
    """行政处罚法 art. 27(1); 行政执法机关移送涉嫌犯罪案件的规定 art. 11(1)."""
    assert judged("no_crime_transfer", running=running) == code


@pytest.mark.parametrize(
    "change, counts",
    [
        ({"valid_from": date(2026, 3, 4)}, True),
        ({"valid_from": date(2026, 3, 5)}, False),
        ({"valid_until": date(2026, 3, 4)}, True),
        ({"valid_until": date(2026, 3, 3)}, False),
        ({"state": "suspended"}, False),
        ({"state": "withdrawn"}, False),
        ({"state": "lost"}, False),
        ({"fields": ("food", "medicine")}, True),
        ({"fields": ("general",)}, True),
        ({"fields": ("traffic",)}, False),
        ({"kind": "supervision"}, False),
    ],
)
def test_a_certificate_counts_on_its_days_in_its_field(change: dict[str, Any], counts: bool) -> None:
    code = judged("two_certified_officers", handlers=(FIRST, officer(2, certificate(**change))))

    assert (code is None) == counts


@pytest.mark.parametrize(
    "organ, place, inside",
    [
        ("511700", "511700", True),
        ("511700", "511702", True),
        ("511700", "511800", False),
        ("511700", "500101", False),
        ("511702", "511702", True),
        ("511702", "511703", False),
        ("511702", "511700", False),
        ("510000", "511702", True),
        ("510000", "500101", False),
    ],
)
def test_jurisdiction_is_the_region_of_the_organ(organ: str, place: str, inside: bool) -> None:
    """行政处罚法 art. 22."""
    code = judged("jurisdiction", organ_region=organ, case_region=place)

    assert code == (None if inside else "no-jurisdiction")


def test_a_case_from_elsewhere_may_be_assigned_to_the_organ_by_name() -> None:
    """行政处罚法 art. 25(2)."""
    named = {"designated_organ": "达州市某某局"}

    assert judged("jurisdiction", facts=named, case_region="510100") is None
    assert judged("jurisdiction", facts={"designated_organ": "某某县某某局"}, case_region="510100")


@pytest.mark.parametrize(
    "confirmed_on, code",
    [
        (None, "organ-not-confirmed"),
        (date(2026, 3, 5), "organ-not-confirmed"),
        (date(2026, 3, 4), None),
        (date(2025, 1, 1), None),
    ],
)
def test_only_a_confirmed_organ_acts(confirmed_on: date | None, code: str | None) -> None:
    """行政处罚法 art. 17; 达州三项制度方案 para. 2(1)."""
    assert judged("confirmed_organ", organ_confirmed_on=confirmed_on) == code


@pytest.mark.parametrize(
    "item, given, code",
    [
        (None, {}, "no-power-item"),
        ("FOOD-04", {}, None),
        ("FOOD-04", {"withdrawn": True}, "power-withdrawn"),
        ("TRAF-01", {}, "power-of-another-organ"),
        # An imported list names bodies in words, which cannot be compared.
        ("TRAF-01", {"sure": "imported"}, None),
        # Unless the list was tied to an organ.
        ("TRAF-01", {"sure": "imported", "organ_id": 7}, None),
        ("FOOD-04", {"sure": "imported", "organ_id": 8}, "power-of-another-organ"),
    ],
)
def test_a_case_rests_on_an_item_that_the_organ_may_use(
    item: str | None, given: dict[str, Any], code: str | None
) -> None:
    """R-006 of the city's plan; 行政处罚法 arts. 4, 17."""
    of = replace(power(item), **given) if item else None

    assert judged("power_item", power=of, organ_id=7) == code


THEN, NOW = date(2026, 8, 14), date(2026, 9, 1)
OLD_ACT = {"violation_on": "2026-08-14", "penalty_provision": "《某某法》第一条"}


@pytest.mark.parametrize(
    "item, facts, then, now, code",
    [
        pytest.param("FOOD-04", {}, "good", "good", None, id="in force on both days"),
        pytest.param("FOOD-04", {}, "good", "not-in-force", None, id="repealed since: the old law applies"),
        pytest.param("FOOD-04", {}, "not-in-force", "good", "power-not-in-force", id="newer than the act"),
        pytest.param("FOOD-04", {"law_applied": "now"}, "not-in-force", "good", None, id="newer, milder"),
        pytest.param(
            "FOOD-04", {"law_applied": "now"}, "not-in-force", "not-in-force", "power-not-in-force",
            id="in force on neither day",
        ),
        pytest.param("FOOD-04", {}, "missing", "good", "provision-missing", id="no such article"),
        pytest.param("FOOD-04", {}, "unknown", "unknown", "basis-unknown", id="not in the store"),
        pytest.param("FOOD-04", {"basis_note": "已核对纸本"}, "unknown", "good", None, id="checked elsewhere"),
        pytest.param("ENV-03", {}, "good", "good", "power-not-in-force", id="the item is newer than the act"),
        pytest.param("ENV-03", {"law_applied": "now"}, "good", "good", None, id="newer item, milder"),
        pytest.param("ENV-10", {}, "good", "good", "law-not-chosen", id="changed since: one must be chosen"),
        pytest.param("ENV-10", {"law_applied": "then"}, "good", "good", None, id="as high as before: the old law"),
        pytest.param(
            "ENV-10", {"law_applied": "now"}, "good", "good", "not-the-lighter-law", id="as high: not the new law"
        ),
        pytest.param("ENV-05", {"law_applied": "then"}, "good", "good", None, id="the old minimum is lower"),
        pytest.param(
            "ENV-05", {"law_applied": "now"}, "good", "good", "not-the-lighter-law", id="the new minimum is higher"
        ),
        pytest.param("ENV-13", {"law_applied": "now"}, "good", "good", None, id="the new maximum is lower"),
        pytest.param(
            "ENV-13", {"law_applied": "then"}, "good", "good", "not-the-lighter-law", id="the old maximum is higher"
        ),
        pytest.param(
            "ENV-13", {"law_applied": "then", "lighter_overall": True}, "good", "good", None,
            id="weighed with what is no fine",
        ),
        pytest.param(None, {}, "missing", "missing", None, id="another need tells that there is no item"),
    ],
)  # fmt: skip
def test_the_law_of_the_day_of_the_act_applies_unless_the_new_one_is_milder(
    item: str | None, facts: dict[str, Any], then: str, now: str, code: str | None
) -> None:
    """行政处罚法 arts. 37, 38."""

    def standings(text: str, on: date) -> tuple[law.Standing, ...]:
        assert on in (THEN, NOW)
        return (law.Standing(text, then if on == THEN else now, "因为某某。"),)

    at = datetime(2026, 9, 1, 10, tzinfo=SHANGHAI)
    of = power(item) if item else None

    assert judged("power_in_force", power=of, facts={**OLD_ACT, **facts}, standings=standings, at=at) == code


def test_a_basis_that_names_no_provision_is_no_basis() -> None:
    """行政处罚法 art. 38(1)."""
    nothing = judged("power_in_force", power=power("FOOD-04"), standings=lambda text, on: ())

    assert nothing == "no-provision"


@pytest.mark.parametrize(
    "ended, found, facts, field, within",
    [
        pytest.param(
            "2024-03-04", "2026-03-04", {}, "general", True, id="行政处罚法 36: two years, last day"
        ),
        pytest.param("2024-03-04", "2026-03-05", {}, "general", False, id="行政处罚法 36: one day late"),
        pytest.param(
            "2021-03-04",
            "2026-03-04",
            {"harmful_to_life_or_property": True},
            "food",
            True,
            id="36: five years",
        ),
        pytest.param(
            "2021-03-04",
            "2026-03-05",
            {"harmful_to_life_or_property": True},
            "food",
            False,
            id="36: over five",
        ),
        pytest.param("2021-03-04", "2026-03-04", {}, "food", False, id="36: harm must be there"),
        pytest.param("2025-09-04", "2026-03-04", {}, "public_security", True, id="治安 25: six months"),
        pytest.param("2025-09-04", "2026-03-05", {}, "public_security", False, id="治安 25: one day late"),
        pytest.param("", "2026-03-05", {}, "food", True, id="no date known yet"),
    ],
)
def test_the_limitation_period_runs_from_the_end_of_the_act(
    ended: str, found: str, facts: dict[str, Any], field: str, within: bool
) -> None:
    constants = law.constants(field, date.fromisoformat(found), person=False)
    known = {**constants, "violation_on": ended, "found_on": found, **facts}

    assert judged("within_limitation", facts=known, field=field) == (None if within else "limitation-over")


@pytest.mark.parametrize(
    "need, basis",
    [
        ("reviewer_not_handler", "行政处罚法/58"),
        ("host_not_investigator", "行政处罚法/64(4)"),
        ("publisher_not_handler", "达州三项制度方案/4(1)"),
    ],
)
def test_whoever_handled_the_case_neither_reviews_nor_hosts_nor_publishes(need: str, basis: str) -> None:
    assert judged(need, actor=FIRST) == judged(need, actor=SECOND) == "same-person"
    assert judged(need, actor=OTHER) is None
    assert (NEEDS[need](situation()) or Refused("", "")).basis == basis


@pytest.mark.parametrize(
    "actor, deciders, code",
    [
        (OTHER, frozenset(), None),
        (OTHER, frozenset({3}), "same-person"),
        (OTHER, frozenset({4}), None),
        (FIRST, frozenset(), "same-person"),
        (SYSTEM, frozenset({3}), None),
    ],
)
def test_whoever_decided_or_handled_does_not_take_the_payment_in(
    actor: Actor, deciders: frozenset[int], code: str | None
) -> None:
    """行政处罚法 art. 67(1)."""
    assert judged("cashier_not_decider", actor=actor, deciders=deciders) == code


@pytest.mark.parametrize(
    "since, qualification, code",
    [
        (date(2021, 7, 14), "", None),
        (date(2021, 7, 15), "", "reviewer-not-qualified"),
        (date(2026, 1, 1), "", "reviewer-not-qualified"),
        (date(2026, 1, 1), "A20205100000001", None),
        (None, "", "reviewer-not-qualified"),
    ],
)
def test_who_first_reviews_after_the_law_of_2021_needs_the_qualification(
    since: date | None, qualification: str, code: str | None
) -> None:
    """行政处罚法 art. 58(2)."""
    actor = replace(OTHER, reviewer_since=since, legal_qualification=qualification)

    assert judged("reviewer_qualified", actor=actor) == code


def test_suspected_crimes_are_transferred_by_the_principal_head_in_person() -> None:
    assert judged("head_is_principal", actor=replace(OTHER, is_principal=True)) is None
    assert judged("head_is_principal", actor=OTHER) == "not-principal"


def test_nobody_is_pressed_to_perform_before_the_decision_was_served() -> None:
    assert judged("paper_served", served=frozenset({"advance-notice"})) == "not-served"
    assert judged("paper_served", served=frozenset({"penalty-decision"})) is None
    assert judged("paper_served", served=frozenset({"spot-decision"})) is None


@pytest.mark.parametrize(
    "field, is_person, on, fine, code",
    [
        ("food", True, date(2026, 3, 4), 20_000, None),
        ("food", True, date(2026, 3, 4), 20_001, "over-spot-cap"),
        ("food", False, date(2026, 3, 4), 300_000, None),
        ("food", False, date(2026, 3, 4), 300_001, "over-spot-cap"),
        ("traffic", True, date(2026, 3, 4), 20_001, "over-spot-cap"),
        # 治安管理处罚法 art. 119 in its 2025 wording, in force 2026-01-01: five hundred yuan.
        ("public_security", True, date(2025, 12, 31), 20_001, "over-spot-cap"),
        ("public_security", True, date(2026, 1, 1), 50_000, None),
        ("public_security", True, date(2026, 1, 1), 50_001, "over-spot-cap"),
        ("food", True, date(2026, 3, 4), 0, None),
    ],
)
def test_a_fine_on_the_spot_stays_under_its_cap_to_the_fen(
    field: str, is_person: bool, on: date, fine: int, code: str | None
) -> None:
    """行政处罚法 art. 51."""
    facts = {**law.constants(field, on, person=is_person), "party_is_person": is_person, "fine_fen": fine}

    assert judged("within_spot_cap", facts=facts) == code


# FOOD-04, 食品安全法 art. 125(1): 5,000 to 50,000 yuan below 10,000 yuan of goods, five to ten times from there.
@pytest.mark.parametrize(
    "goods, fine, grounds, code",
    [
        (15_000, 500_000, [], None),
        (15_000, 5_000_000, [], None),
        (15_000, 499_999, [], "fine-below"),
        (15_000, 499_999, ["harm_removed"], None),
        (15_000, 5_000_001, [], "fine-above"),
        (15_000, 5_000_001, ["harm_removed"], "fine-above"),
        (999_999, 5_000_000, [], None),
        (1_000_000, 5_000_000, [], None),
        (1_000_000, 4_999_999, [], "fine-below"),
        (1_000_000, 10_000_000, [], None),
        (1_000_000, 10_000_001, [], "fine-above"),
        (2_000_000, 20_000_000, [], None),
        (15_000, 0, [], None),
    ],
)
def test_a_fine_lies_in_the_range_of_its_provision_or_below_it_on_a_coded_ground(
    goods: int, fine: int, grounds: list[str], code: str | None
) -> None:
    """行政处罚法 arts. 32-34."""
    facts = {"goods_value_fen": goods, "fine_fen": fine, "mitigation_ground": grounds}

    assert judged("within_benchmark_or_reason", facts=facts, power=power("FOOD-04")) == code


def test_a_case_without_power_item_has_no_range_to_keep() -> None:
    assert judged("within_benchmark_or_reason", facts={"fine_fen": 1}) is None


@pytest.mark.parametrize(
    "said, grown, expected",
    [
        (None, set(), None),
        ("none", set(), None),
        ("running", set(), None),
        ("penalty", set(), "next-matter-missing"),
        ("penalty", {"transfer-crime"}, "next-matter-missing"),
        ("penalty", {"penalty-summary"}, None),
        ("crime", {"penalty-ordinary"}, "next-matter-missing"),
        ("crime", {"transfer-crime"}, None),
        ("transfer", {"transfer-organ"}, None),
        ("inspection", {"inspection"}, None),
        ("ordinary", {"license-change"}, "next-matter-missing"),
        ("ordinary", {"license-ordinary"}, None),
        ("revocation", set(), "next-matter-missing"),
        ("revocation", {"license-withdrawal"}, None),
        ("cancellation", {"license-withdrawal"}, "next-matter-missing"),
        ("cancellation", {"license-cancellation"}, None),
    ],
)
def test_what_is_said_to_follow_has_been_opened(said: Any, grown: set[str], expected: str | None) -> None:
    """移送规定 art. 10; 行政处罚法 art. 54(2); 行政许可法 arts. 34(3), 69, 70."""
    assert judged("next_matter_opened", facts={"next_matter": said}, grown=frozenset(grown)) == expected


def test_officers_named_in_an_earlier_form_do_not_speak_for_a_later_step() -> None:
    """Whoever handed the case over since is no stranger to a step that names nobody."""
    rule = law.procedure("penalty-ordinary", AT.date()).steps["file"]
    assert judged("two_certified_officers", rule=rule, facts={"officers_present": [1, 9]}) is None
