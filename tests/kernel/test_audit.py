"""Replaying what others did: scenarios of the codex are clean, and each planted breach is found with its article."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mingjing.kernel import audit, procedure
from mingjing.kernel.audit import Auditor, Event
from mingjing.kernel.clocks import SHANGHAI
from tests.procedure_samples import CALENDAR, CODEX, moment, procedure_of

HEARING = {"after": "notify", "within": "5wd", "basis": "行政处罚法/64(1)"}
STEPS = {
    "file": {
        "title": "立案",
        "start": True,
        "basis": "行政处罚法/54(2)",
        "duties": [{"step": "decide", "within": "90d", "basis": "行政处罚法/60", "title": "作出决定"}],
        "facts": {"major": {"label": "重大", "kind": "bool"}},
        "opens": [{"step": "review", "when": "major"}],
    },
    "review": {"title": "法制审核", "included": False, "basis": "行政处罚法/58"},
    "notify": {"title": "事先告知", "after": ["file"], "basis": "行政处罚法/44"},
    "request": {"title": "要求听证", "by": "party", "window": HEARING},
    "decide": {
        "title": "作出决定",
        "after": ["notify", "review"],
        "waits_for_windows": ["request"],
        "basis": "行政处罚法/57",
        "duties": [{"step": "publish", "within": "7wd", "basis": "达州三项制度方案/4(1)", "title": "公示"}],
        "opens": ["publish"],
    },
    "publish": {"title": "公示", "included": False, "closes": ["publish"]},
    "close": {"title": "结案", "after": ["decide"], "not_while": ["publish"], "ends": "closed"},
}
LAWFUL = (
    ("file", moment(3, 2)),
    ("notify", moment(4, 1)),
    ("decide", moment(4, 14)),
    ("publish", moment(4, 20)),
    ("close", moment(4, 21)),
)


END = moment(12, 1)


def found(*events, until=END, unrecorded=(), constants=None):
    """What the audit of those (step, moment[, facts]) finds."""
    auditor = Auditor(procedure_of(STEPS), CALENDAR, until, unrecorded=unrecorded)
    lines = [Event(step, at, dict(*facts)) for step, at, *facts in events]
    return auditor.audit(lines, constants or {})


def told(result):
    return [(one.kind, one.step, one.basis) for one in result.breaches]


def test_a_lawful_case_is_clean():
    result = found(*LAWFUL)

    assert (told(result), result.outcome, result.doubts) == ([], "closed", 0)


@pytest.mark.parametrize(
    ("events", "breaches"),
    [
        (
            [("file", moment(3, 2)), ("decide", moment(4, 14)), ("publish", moment(4, 20)), ("close", moment(4, 21))],
            [("order", "decide", "行政处罚法/57")],
        ),
        (
            [*LAWFUL[:2], ("decide", moment(4, 8)), ("publish", moment(4, 9)), LAWFUL[-1]],
            [("right", "decide", "行政处罚法/64(1)")],
        ),
        (
            [*LAWFUL[:2], ("decide", moment(7, 1)), ("publish", moment(7, 2)), ("close", moment(7, 3))],
            [("late", "decide", "行政处罚法/60")],
        ),
        (
            [*LAWFUL[:3]],
            [("missing", "publish", "达州三项制度方案/4(1)")],
        ),
        (
            [*LAWFUL[:3], ("close", moment(4, 15)), ("publish", moment(5, 20))],
            [("order", "close", "行政处罚法/54"), ("order", "publish", "行政处罚法/54"), ("late", "publish", "达州三项制度方案/4(1)")],
        ),
        (
            [("notify", moment(3, 1)), *LAWFUL],
            [("order", "notify", "行政处罚法/44")],
        ),
    ],
    ids=["no notice", "right ignored", "decided late", "never published", "closed too early", "before the start"],
)  # fmt: skip
def test_each_breach_is_found_with_its_article(events, breaches):
    assert told(found(*events)) == breaches


def test_one_breach_does_not_hide_the_next():
    events = [LAWFUL[0], ("decide", moment(7, 1)), ("close", moment(7, 2))]

    kinds = [one.kind for one in found(*events).breaches]
    assert kinds == ["order", "late", "order", "missing"]


def test_a_fact_that_the_log_does_not_tell_is_doubted_never_held_against_anybody():
    reviewed = [LAWFUL[0], ("review", moment(3, 20)), *LAWFUL[1:]]

    silent, said = found(*reviewed), found(("file", moment(3, 2), {"major": False}), *reviewed[1:])

    assert (told(silent), silent.doubts) == ([], 1)
    assert (told(said), said.doubts) == ([("order", "review", "行政处罚法/58")], 0)


def test_a_step_that_the_other_system_does_not_record_proves_nothing_by_its_absence():
    events = [LAWFUL[0], *LAWFUL[2:]]

    assert told(found(*events)) == [("order", "decide", "行政处罚法/57")]
    assert told(found(*events, unrecorded=["notify"])) == []


def test_events_are_judged_in_the_order_of_time_however_the_log_lists_them():
    assert told(found(*reversed(LAWFUL))) == []


def test_what_is_due_after_the_log_ends_is_not_missing():
    assert told(found(*LAWFUL[:3], until=moment(4, 15))) == []


def test_an_audit_never_changes_what_it_reads():
    events = [Event("file", moment(3, 2), {"major": True})]
    auditor = Auditor(procedure_of(STEPS), CALENDAR, moment(12, 1))

    assert auditor.audit(events, {}) == auditor.audit(events, {})
    assert events == [Event("file", moment(3, 2), {"major": True})]


def test_a_year_later_the_same_case_is_late_in_the_codex_procedure():
    """The ordinary procedure itself: shifted decisions are late under 行政处罚法 art. 60."""
    found = procedure.load(CODEX / "procedures" / "penalty-ordinary.toml")
    start = datetime(2025, 3, 3, 9, tzinfo=SHANGHAI)
    events = [
        Event("register", start, {"found_on": "2025-03-03"}),
        Event("file", start + timedelta(days=1), {}),
        Event("decide", start + timedelta(days=120), {}),
    ]
    terms = {"filing_days": "15wd", "decision_days": "90d", "serve_days": "7wd", "statement_term": "5wd"}
    constants = {**terms, "field": "food"}

    breaches = Auditor(found, CALENDAR, start + timedelta(days=121)).audit(events, constants).breaches

    assert ("late", "行政处罚法/60") in {(one.kind, one.basis) for one in breaches}
    assert audit.KINDS.keys() >= {one.kind for one in breaches}
    assert all(replace(one, reason="") and "。" in one.reason for one in breaches)
