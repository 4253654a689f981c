"""The matrix decision × channel × rule, told as tables a jurist can check against domain.md 2.4."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel.publicity import Answer, Decision, Rule, answers, deciding, gaps, last_day, over, unused
from mingjing.kernel.tables import length
from mingjing.law import queries as law
from mingjing.publicity import checks
from mingjing.publicity.matrix import matrix
from mingjing.publicity.placing import answers as judged
from mingjing.publicity.placing import terms_of_withdrawal

ON = date(2026, 9, 10)  # after every rule has begun
CHANNELS = ("portal", "province", "credit", "enterprise")
FINE = {"penalty_kinds": ["fine"], "fine_fen": 500_000}
WARNING, CRITICISM = {"penalty_kinds": ["warning"]}, {"penalty_kinds": ["criticism"]}
REVOCATION = {"penalty_kinds": ["fine", "revocation"], "fine_fen": 500_000}
N, D, P, X = "not_covered", "by_decision", "in_principle_not", "never"
# What each cell says: the term and, behind a stroke, the display; or a verdict.
SEVEN, TWENTY = "7wd", "20wd"


def decision(
    act: str,
    procedure: str,
    form: str,
    *,
    field: str = "general",
    party: str = "org",
    organ: str = "health",
    on: date = ON,
    facts: Mapping[str, Any] | None = None,
    **more: Any,
) -> Decision:
    """A decision of an organ of this kind, with the values of its field's profile."""
    values = {**law.constants(field, on, person=party == "person"), **(facts or {})}
    return Decision(act, procedure, form, field, party, on, organs=frozenset({organ}), facts=values, **more)


def cell(one: Answer) -> str:
    if one.verdict != "shown":
        return one.verdict
    assert one.rule is not None
    return one.rule.term + (f"/{one.display}" if one.display else "")


def told(one: Decision) -> dict[str, str]:
    return {answer.channel.id: cell(answer) for answer in judged(one)}


def row(portal: str, credit: str, enterprise: str) -> dict[str, str]:
    """Own site and provincial platform always agree."""
    return dict(zip(CHANNELS, (portal, portal, credit, enterprise), strict=True))


PEN, NO_PEN, SPOT = "penalty-decision", "no-penalty-decision", "spot-decision"
ORDINARY, SUMMARY = "penalty-ordinary", "penalty-summary"
MARKET = {"field": "food", "organ": "market"}

TABLE: list[tuple[str, Decision, dict[str, str]]] = [
    # penalties of a market regulator
    ("fine-market-org", decision("penalty", ORDINARY, PEN, facts=FINE, **MARKET), row(SEVEN, "7wd/1y", "20wd/3y")),
    ("fine-market-person", decision("penalty", ORDINARY, PEN, facts=FINE, party="person", **MARKET),
     row(SEVEN, "7wd/1y", "20wd/3y")),
    ("warning-market", decision("penalty", ORDINARY, PEN, facts=WARNING, **MARKET), row(SEVEN, P, X)),
    ("criticism-market", decision("penalty", ORDINARY, PEN, facts=CRITICISM, **MARKET), row(SEVEN, P, "20wd/3m")),
    ("revocation-market", decision("penalty", ORDINARY, PEN, facts=REVOCATION, **MARKET),
     row(SEVEN, "7wd/3y", "20wd/3y")),
    ("spot-market", decision("penalty", SUMMARY, SPOT, facts=FINE, **MARKET), row(SEVEN, P, N)),
    ("no-penalty-market", decision("penalty", ORDINARY, NO_PEN, **MARKET), row(TWENTY, N, N)),
    # penalties of other organs
    ("fine-org", decision("penalty", ORDINARY, PEN, facts=FINE), row(SEVEN, "7wd/1y", D)),
    ("fine-person", decision("penalty", ORDINARY, PEN, facts=FINE, party="person"), row(SEVEN, "7wd/1y", N)),
    ("spot-org", decision("penalty", SUMMARY, SPOT, facts=FINE), row(SEVEN, P, D)),
    ("spot-person", decision("penalty", SUMMARY, SPOT, facts=FINE, party="person"), row(SEVEN, P, N)),
    ("no-penalty", decision("penalty", ORDINARY, NO_PEN), row(TWENTY, N, N)),
    ("traffic-person", decision("penalty", ORDINARY, PEN, facts=FINE, party="person", field="traffic", organ="traffic"),
     row(SEVEN, "7wd/1y", N)),
    # before the rules of 2026 and 2021
    ("fine-before-credit-rules", decision("penalty", ORDINARY, PEN, facts=FINE, on=date(2026, 3, 31), **MARKET),
     row(SEVEN, D, "20wd/3y")),
    ("fine-before-market-rules", decision("penalty", ORDINARY, PEN, facts=FINE, on=date(2021, 8, 31), **MARKET),
     row(SEVEN, D, TWENTY)),
    # public security: sealed from 2026 on, not before
    ("public-security", decision("penalty", ORDINARY, PEN, facts=FINE, field="public_security", party="person"),
     row(X, X, X)),
    ("public-security-2025", decision("penalty", ORDINARY, PEN, facts=FINE, field="public_security", party="person",
                                      on=date(2025, 12, 31)), row(SEVEN, D, N)),
    ("public-security-sealing", decision("coercion", "measure-sealing", "measure-decision", field="public_security"),
     row(X, X, X)),
    # licenses
    *((f"{procedure}-{party}", decision("license", procedure, form, party=party),
       row(SEVEN, SEVEN, D if party == "org" else N))
      for procedure, form in (
          ("license-ordinary", "license-decision"), ("license-instant", "license-decision"),
          ("license-commitment", "license-decision"), ("license-change", "license-change-decision"),
          ("license-renewal", "license-renewal-decision"))
      for party in ("org", "person")),
    ("license-refusal", decision("license", "license-ordinary", "license-refusal"), row(TWENTY, D, N)),
    ("license-withdrawal", decision("license", "license-withdrawal", "license-withdrawal-decision"), row(TWENTY, D, N)),
    ("license-revocation", decision("license", "license-withdrawal", "license-revocation-decision"), row(TWENTY, D, N)),
    ("license-cancellation", decision("license", "license-cancellation", "license-cancellation-decision"),
     row(TWENTY, D, N)),
    # coercion, inspection, levy, requisition, and the rest
    *((form, decision("coercion", procedure, form), row(TWENTY, N, N))
      for procedure, form in (
          ("measure-sealing", "measure-decision"), ("measure-freezing", "freezing-decision"),
          ("measure-power", "power-cut-decision"), ("execution-own", "execution-decision"),
          ("execution-substitute", "substitute-decision"))),
    ("inspection", decision("inspection", "inspection", "inspection-result"), row(TWENTY, N, N)),
    ("inspection-market-org", decision("inspection", "inspection", "inspection-result", **MARKET), row(TWENTY, N, D)),
    ("inspection-market-person", decision("inspection", "inspection", "inspection-result", party="person", **MARKET),
     row(TWENTY, N, N)),
    *((form, decision(act, procedure, form), row(TWENTY, N, N))
      for act, procedure, form in (
          ("levy", "levy", "levy-decision"), ("requisition", "requisition", "requisition-decision"),
          ("expropriation", "expropriation", "expropriation-decision"),
          ("expropriation", "expropriation-compensation", "expropriation-compensation-decision"),
          ("confirmation", "confirmation", "confirmation-decision"),
          ("adjudication", "adjudication", "adjudication-decision"), ("reward", "reward", "reward-decision"),
          ("other", "spot-measure", "spot-measure-decision"))),
]  # fmt: skip


@pytest.mark.parametrize("one, expected", [case[1:] for case in TABLE], ids=[case[0] for case in TABLE])
def test_each_decision_goes_to_each_channel_as_the_table_says(
    one: Decision, expected: dict[str, str]
) -> None:
    assert told(one) == expected


def test_the_table_has_every_decision_that_can_be_published() -> None:
    published = {(one.id, form) for one, form in checks.published(law.procedures(ON))}

    # A refusal is the same in every procedure of licenses.
    assert {(one.procedure, one.form) for _, one, _ in TABLE} >= {
        pair for pair in published if pair[1] != "license-refusal"
    }


@pytest.mark.parametrize("profile", [one for one in sorted(checks._fields()) if one != "public_security"])
@pytest.mark.parametrize("party", ["org", "person"])
def test_no_other_field_changes_what_is_shown(profile: str, party: str) -> None:
    for name, one, expected in TABLE:
        if one.on == ON and one.party == party and one.field == "general":
            assert told(replace(one, field=profile)) == expected, name


def test_food_inspections_have_their_own_term() -> None:
    """食品生产经营监督检查管理办法 art. 39."""
    portal = judged(decision("inspection", "inspection", "inspection-result", **MARKET))[0]
    assert portal.rule is not None
    assert (portal.rule.clock, portal.articles[0].partition(";")[0]) == (
        "PUB-FOOD",
        "食品生产经营监督检查管理办法/39",
    )


# --- the whole domain ---


def test_every_decision_and_channel_is_answered_exactly_once_and_no_rule_is_in_vain() -> None:
    known = matrix()
    decisions = checks.domain(known, law.procedures(checks.NEWEST))

    assert list(gaps(decisions, CHANNELS, known.rules)) == []
    assert unused(decisions, CHANNELS, known.rules) == []
    assert len(decisions) > 5_000


def test_the_codex_has_no_problem_and_every_doubt_is_written_down() -> None:
    assert checks.problems() == []
    assert all(rule.note for rule in matrix().rules if rule.sure in ("product", "not-found"))


def test_a_gap_an_overlap_and_a_hidden_rule_are_found() -> None:
    known = matrix()
    decisions = [decision("penalty", ORDINARY, PEN, facts=FINE)]
    rules = [rule for rule in known.rules if rule.id != "open-penalty"]
    doubled = [*known.rules, replace(known.rule("open-penalty") or rules[0], id="again")]

    assert {gap.channel for gap in gaps(decisions, CHANNELS, rules)} == {"portal", "province"}
    assert {gap.rules for gap in gaps(decisions, CHANNELS, doubled)} == {("open-penalty", "again")}
    assert "again" in unused(decisions, CHANNELS, doubled)


# --- bans: a truth table ---


@pytest.mark.parametrize("public_security, minor, secret", list(itertools.product((True, False), repeat=3)))
def test_a_ban_prevails_over_everything(public_security: bool, minor: bool, secret: bool) -> None:
    """治安管理处罚法 art. 136; 未成年人保护法 art. 103; 政府信息公开条例 arts. 14, 15."""
    for facts in (FINE, WARNING, REVOCATION):
        one = decision(
            "penalty", ORDINARY, PEN, facts=facts, party="person", organ="market",
            field="public_security" if public_security else "food",
            minor=minor, grounds=frozenset({"state_secret"} if secret else ()),
        )  # fmt: skip
        found = judged(one)
        if public_security or minor or secret:
            assert {answer.verdict for answer in found} == {"never"}
            assert {len(answer.rules) for answer in found} == {public_security + minor + secret}
            assert all(answer.due is None and answer.until is None for answer in found)
        else:
            assert found[0].verdict == "shown"


@pytest.mark.parametrize("ground", [one.id for one in matrix().grounds.values() if one.kind != "law"])
def test_every_reason_that_a_head_may_approve_keeps_the_decision_from_every_channel(ground: str) -> None:
    one = decision("penalty", ORDINARY, PEN, facts=FINE, grounds=frozenset({ground}), **MARKET)

    assert {answer.verdict for answer in judged(one)} == {"never"}
    assert matrix().grounds[ground].approver == "organ_head"
    assert matrix().grounds[ground].review


def test_traffic_penalties_are_no_public_security_records() -> None:
    assert (
        told(decision("penalty", SUMMARY, SPOT, facts=FINE, field="traffic", organ="traffic"))["portal"]
        == SEVEN
    )


@given(
    act=st.text(max_size=8), form=st.text(max_size=8), field=st.text(max_size=8), party=st.text(max_size=8),
    on=st.dates(date(2018, 6, 1), date(2026, 11, 1)), minor=st.booleans(),
    facts=st.dictionaries(st.sampled_from(["penalty_kinds", "fine_fen", "outcome"]),
                          st.one_of(st.none(), st.integers(0, 10**9), st.lists(st.sampled_from(checks.KINDS)))),
)  # fmt: skip
def test_every_decision_whatever_it_is_has_one_answer_on_every_channel(
    act: str, form: str, field: str, party: str, on: date, minor: bool, facts: dict[str, Any]
) -> None:
    one = Decision(act, "?", form, field, party, on, minor=minor, facts=facts)
    found = answers(one, matrix().channels, matrix().rules, law.calendar())

    assert [answer.channel.id for answer in found] == list(CHANNELS)
    assert all(answer.reasons for answer in found)
    assert found == answers(one, matrix().channels, matrix().rules, law.calendar())


# --- clocks on real dates ---

DUE = [
    # decided, seven working days, twenty working days: across 清明, 劳动节, 端午, 国庆 and the make-up Saturdays of 2026
    (date(2026, 3, 11), date(2026, 3, 20), date(2026, 4, 9)),
    (date(2026, 4, 2), date(2026, 4, 14), date(2026, 5, 6)),
    (date(2026, 4, 29), date(2026, 5, 12), date(2026, 5, 29)),
    (date(2026, 6, 17), date(2026, 6, 29), date(2026, 7, 16)),
    (date(2026, 9, 24), date(2026, 10, 12), date(2026, 10, 29)),
    (date(2026, 9, 30), date(2026, 10, 15), date(2026, 11, 3)),
]


@pytest.mark.parametrize("decided, seven, twenty", DUE, ids=[str(one[0]) for one in DUE])
def test_terms_run_over_the_holidays_of_2026(decided: date, seven: date, twenty: date) -> None:
    """PUB-7 and PUB-SAMR-20: working days from the day after the decision."""
    found = {
        one.channel.id: one
        for one in judged(decision("penalty", ORDINARY, PEN, facts=FINE, on=decided, **MARKET))
    }
    portal, enterprise = found["portal"].due, found["enterprise"].due
    assert portal is not None
    assert enterprise is not None
    assert (portal.due_on, enterprise.due_on) == (seven, twenty)
    assert portal.explanation


REMEDIES = [
    # act, channel, result, effective, [(clock, due)] — the first is the working deadline
    ("penalty", "portal", "revoked", date(2026, 3, 11), [("WDR-1", date(2026, 3, 12)), ("WDR-3", date(2026, 3, 16))]),
    ("penalty", "portal", "changed", date(2026, 3, 13), [("WDR-1", date(2026, 3, 16)), ("WDR-3", date(2026, 3, 18))]),
    ("penalty", "enterprise", "invalid", date(2026, 9, 30),
     [("WDR-1", date(2026, 10, 8)), ("WDR-3", date(2026, 10, 10)), ("WDR-3", date(2026, 10, 10))]),
    ("license", "portal", "illegal", date(2026, 3, 11), [("WDR-1", date(2026, 3, 12))]),
    ("coercion", "province", "redo", date(2026, 5, 1), [("WDR-1", date(2026, 5, 6))]),
    ("penalty", "portal", "upheld", date(2026, 3, 11), []),
]  # fmt: skip


@pytest.mark.parametrize("act, channel, result, effective, expected", REMEDIES)
def test_the_earliest_term_of_withdrawal_wins(
    act: str, channel: str, result: str, effective: date, expected: list[tuple[str, date]]
) -> None:
    """The union of the triggers of 达州三项制度方案 para. 4(1) and 行政处罚法 art. 48(2)."""
    facts = {"remedy_result": result, "remedy_effective_on": effective.isoformat()}
    found = [(one.clock, ends.due_on) for one, ends in terms_of_withdrawal(act, channel, facts)]

    assert found == expected


# --- the end of a display ---


@given(
    start=st.dates(date(2020, 1, 1), date(2026, 6, 1)),
    display=st.sampled_from(["3m", "1y", "3y"]),
    later=st.integers(-5, 5),
)
def test_a_display_runs_to_the_corresponding_day_and_not_one_day_longer(
    start: date, display: str, later: int
) -> None:
    until = last_day(display, start, law.calendar())
    assert until is not None

    today = date.fromordinal(until.toordinal() + later)
    assert over(until, today) == (later > 0)
    months = length(display).months
    assert (until.year * 12 + until.month) - (start.year * 12 + start.month) == months
    assert until.day == start.day or (
        until.day < start.day and (until + (date(2026, 1, 2) - date(2026, 1, 1))).day == 1
    )


BAN = {"penalty_kinds": ["fine", "restrict_practice"], "fine_fen": 500_000}
BANS = [
    # decided, months of the ban (None: not told; 0: for life), and where shown on that day: until when
    (date(2026, 4, 13), None, date(2026, 4, 20), date(2029, 4, 20)),
    (date(2026, 4, 13), 12, date(2026, 4, 20), date(2029, 4, 20)),
    (date(2026, 4, 13), 36, date(2026, 4, 20), date(2029, 4, 20)),
    (date(2026, 4, 13), 37, date(2026, 4, 20), date(2029, 5, 13)),
    (date(2026, 4, 13), 60, date(2026, 4, 20), date(2031, 4, 13)),
    (date(2024, 2, 29), 60, date(2024, 3, 8), date(2029, 2, 28)),
    (date(2026, 8, 31), 42, date(2026, 9, 18), date(2030, 2, 28)),
    (date(2026, 4, 13), 600, date(2026, 4, 20), date(2076, 4, 13)),
    (date(2026, 4, 13), 0, date(2026, 4, 20), None),
]


@pytest.mark.parametrize("decided, months, shown, until", BANS)
def test_a_ban_of_more_than_three_years_is_shown_until_it_ends(
    decided: date, months: int | None, shown: date, until: date | None
) -> None:
    """市场监督管理行政处罚信息公示规定 art. 13(1), (3); the ban runs from the decision (食品安全法 art. 135)."""
    told = {"ban_for_life": True} if months == 0 else {"ban_months": months} if months else {}
    one = decision("penalty", ORDINARY, PEN, facts={**BAN, **told}, on=decided, **MARKET)
    found = next(answer for answer in judged(one) if answer.channel.id == "enterprise")
    end = found.until
    if found.display and found.display_from == "showing":
        end = last_day(found.display, shown, law.calendar())

    assert end == until


def test_a_ban_does_not_lengthen_the_credit_display() -> None:
    """信用修复管理办法: at most three years, whatever the ban."""
    one = decision("penalty", ORDINARY, PEN, facts={**BAN, "ban_months": 60}, on=date(2026, 4, 13), **MARKET)
    credit = next(answer for answer in judged(one) if answer.channel.id == "credit")

    assert credit.until == date(2029, 4, 13)


def test_a_display_without_term_never_ends() -> None:
    assert last_day("", ON, law.calendar()) is None
    assert not over(None, date(9999, 12, 31))


def test_an_exception_is_told_before_the_rule_it_overrides() -> None:
    rules = deciding(decision("penalty", SUMMARY, SPOT, facts=FINE), "credit", matrix().rules)

    assert [rule.id for rule in rules] == ["credit-spot", "credit-penalty"]
    assert isinstance(rules[0], Rule)
