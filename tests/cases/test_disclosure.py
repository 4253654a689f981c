"""Requests for government information, complaints and reports at the desk, each to every end."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest

from mingjing.cases import actions as cases
from mingjing.kernel.refused import Refused
from tests.office import SHANGHAI, Office, open_matter
from tests.taken_scenarios import FOLDER, Walk, live, scenarios

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "papers"),
    [
        ("provided", ["disclosure-answer"]),
        ("refused-reconsidered", ["disclosure-refusal"]),
        ("supplemented", ["disclosure-supplement", "disclosure-answer"]),
        ("abandoned", ["disclosure-supplement"]),
        ("third-party-silent", ["disclosure-consultation", "disclosure-refusal"]),
        ("extended", ["disclosure-extension", "disclosure-answer"]),
        ("withdrawn", []),
    ],
)
def test_a_request_for_information_is_answered(office: Office, name: str, papers: list[str]) -> None:
    walk = live(office, "disclosure", name)

    assert walk.case.outcome
    assert walk.papers == papers


def test_who_is_refused_information_is_told_to_ask_for_reconsideration_first(office: Office) -> None:
    """行政复议法 art. 23(1)(4)."""
    refused, provided = (live(office, "disclosure", name) for name in ("refused-reconsidered", "provided"))

    (no,) = refused.case.papers.filter(form="disclosure-refusal")
    (yes,) = provided.case.papers.filter(form="disclosure-answer")
    assert "应当自收到本决定书之日起六十日内先向" in "".join(no.data["remedy"])
    assert "可以自收到本答复书之日起六个月内直接向" in "".join(yes.data["remedy"])


@pytest.mark.parametrize(
    ("name", "papers"),
    [
        ("agreed", ["complaint-acceptance", "complaint-mediation"]),
        ("declined", ["complaint-nonacceptance"]),
        ("ended-notified", ["complaint-acceptance", "complaint-end-notice"]),
        ("tested", ["complaint-acceptance"]),
        ("withdrawn", ["complaint-acceptance"]),
    ],
)
def test_a_complaint_is_mediated_or_declined(office: Office, name: str, papers: list[str]) -> None:
    walk = live(office, "complaint", name)

    assert walk.case.outcome
    assert walk.papers == papers


def test_a_named_reporter_is_told_and_an_action_for_inaction_waits_two_months(office: Office) -> None:
    """行政诉讼法 art. 47."""
    for name in ("passed-on", "no-protection-asked"):
        assert live(office, "report", name).case.outcome


def test_a_report_is_filed_only_when_its_penalty_is_a_matter(office: Office) -> None:
    walk = Walk(office, scenarios.load(FOLDER / "report" / "anonymous-filed.toml"))
    first, check, decide, archive = walk.scenario.lines
    walk.do(first)
    walk.do(check)
    with pytest.raises(Refused) as refused:
        walk._take(decide, "decide")
    assert refused.value.code == "next-matter-missing"

    at = datetime(2026, 3, 9, 8, tzinfo=SHANGHAI)
    penalty = open_matter(office, at=at)
    penalty.case.__class__.objects.filter(pk=penalty.case_id).update(parent_id=walk.case.pk)
    walk.do(decide)
    walk.do(archive)

    assert walk.case.outcome == "handled"
    assert walk.case.party is None


def test_a_named_report_without_its_reporter_is_not_taken_in(office: Office) -> None:
    scenario = scenarios.load(FOLDER / "report" / "passed-on.toml")
    walk = Walk(office, dataclasses.replace(scenario, facts={}))
    with pytest.raises(Refused) as refused:
        walk._take(scenario.lines[0], "receive")

    assert refused.value.code == "no-reporter"


def test_the_deemed_withdrawal_is_recorded_by_the_platform(office: Office) -> None:
    walk = live(office, "disclosure", "abandoned")

    assert walk.case.steps.get(step="abandoned").by_name == "平台"
    assert not cases.take_lapsed(at=walk.scenario.lines[-1].at).taken
