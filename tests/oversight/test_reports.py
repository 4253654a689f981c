"""统计年报: counted from cases, locked, checked and signed, submitted, returned, published; late changes are shown."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.models import Case, Obligation, Step
from mingjing.kernel import canonical
from mingjing.kernel.reporting import UNASSIGNED, Figures, findings
from mingjing.kernel.warnings import marks
from mingjing.law import queries as law
from mingjing.organs import queries as organ_queries
from mingjing.organs.authority import Actor
from mingjing.oversight import actions, counting, gathering, queries
from mingjing.oversight.counting import Asked, behind, live
from mingjing.oversight.models import AnnualReport
from mingjing.record import queries as record
from tests import makers
from tests.office import SHANGHAI, Office, finish, open_matter, refused, spot, to_decision

pytestmark = pytest.mark.django_db

LATER = datetime(2027, 1, 4, 9, tzinfo=SHANGHAI)
YEAR = 2026


def asked(office: Office, scheme: str = "twelve-kinds", **more: Any) -> Asked:
    values: dict[str, Any] = {"scheme": law.report_scheme(scheme), "year": YEAR, "organ": office.organ}
    return Asked(**{**values, **more})


def cell(figures: Figures, table: str, column: str) -> int:
    return figures.table(table).total.cells[column].count


def bureau(office: Office) -> Actor:
    """The justice bureau of the office's government."""
    organ = makers.organ(
        name="达州市司法局", code="test-sfj", parent=office.organ.parent, is_justice_bureau=True
    )
    officer = makers.officer(("supervisor",), organ=organ, name="监某某")
    return organ_queries.actor_of_officer(officer.pk, LATER.date())


# --- counting ---


def test_cases_stand_in_the_cells_of_their_decisions(office: Office) -> None:
    ordinary = finish(to_decision(open_matter(office)))
    summary = spot(office)

    figures = live(asked(office, "extended"), LATER)

    table = "penalty-rich"
    assert cell(figures, table, "fine") == cell(figures, table, "total") == 2
    assert (cell(figures, table, "summary"), cell(figures, table, "ordinary")) == (1, 1)
    fines = [Case.objects.get(pk=one.case_id).facts["fine_fen"] for one in (ordinary, summary)]
    assert figures.table(table).total.cells["money"].fen == sum(fines)
    assert cell(figures, "publicity", "on_time") == 1
    assert cell(figures, "recording", "filmed") > 0
    assert cell(figures, "staffing", "certified") == 4
    assert all(one.fine for one in findings(figures))


def test_a_decision_not_to_penalize_is_counted_as_shown_or_late(office: Office) -> None:
    matter = to_decision(open_matter(office))
    owed = Obligation.objects.get(case_id=matter.case_id, step="publish", state="open")
    Obligation.objects.filter(pk=owed.pk).update(step="publish_no_penalty")

    figures = live(asked(office, "extended"), LATER)

    assert owed.due_at < LATER
    assert cell(figures, "publicity", "overdue") == 1


def test_whoever_failed_the_examination_holds_no_certificate(office: Office) -> None:
    before = live(asked(office, "extended"), LATER)
    officer = office.people["second"]
    officer.failed_on = date(2026, 5, 1)
    officer.save()

    after = live(asked(office, "extended"), LATER)

    assert cell(after, "staffing", "certified") == cell(before, "staffing", "certified") - 1
    assert cell(after, "staffing", "total") == cell(before, "staffing", "total")


def test_every_cell_leads_to_the_cases_it_counts(office: Office) -> None:
    matter = to_decision(open_matter(office))
    of = asked(office)

    found = [one.ref for one in behind(of, LATER, table="penalty-twelve", column="fine")]
    in_total = [one.ref for one in behind(of, LATER, table="penalty-twelve", column="total")]

    assert found == in_total == [matter.case.no]
    assert not list(behind(of, LATER, table="penalty-twelve", column=UNASSIGNED))


def test_a_decision_to_impose_no_penalty_is_no_penalty(office: Office) -> None:
    matter = to_decision(open_matter(office))
    Case.objects.filter(pk=matter.case_id).update(facts={**matter.case.facts, "outcome": "no_penalty"})

    assert cell(live(asked(office), LATER), "penalty-twelve", "total") == 0


def test_what_was_revoked_counts_or_not_by_the_scheme(office: Office) -> None:
    matter = to_decision(open_matter(office))
    undone = {**matter.case.facts, "remedy_result": "revoked", "remedy_effective_on": "2026-05-01"}
    Case.objects.filter(pk=matter.case_id).update(facts=undone)

    counted = live(asked(office), LATER)
    left_out = live(asked(office, "six-tables"), LATER)

    assert cell(counted, "penalty-twelve", "total") == 1
    assert cell(left_out, "penalty-eight", "total") == 0


def test_an_entrusted_body_is_listed_under_the_organ_and_others_report_themselves(office: Office) -> None:
    makers.organ(name="某受委托组织", code="sub-1", parent=office.organ, kind="entrusted")
    makers.organ(name="某授权组织", code="sub-2", parent=office.organ, kind="authorized")

    rows = [line.row for line in live(asked(office), LATER).table("penalty-twelve").lines]

    assert rows == [office.organ.code, "sub-1"]


def test_the_queries_do_not_grow_with_the_cases(office: Office, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        open_matter(office)

    with django_assert_max_num_queries(10):
        live(asked(office, "extended"), LATER)


# --- locking and signing ---


def locked(office: Office, scheme: str = "twelve-kinds", **more: Any) -> AnnualReport:
    return actions.lock(
        organ=office.organ,
        asked=asked(office, scheme, **more),
        actor=office.actor("unit_head", LATER),
        at=LATER,
    )


def test_what_took_long_to_count_is_kept_for_minutes_and_told_with_its_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, minute = asked(office), timedelta(minutes=1)
    monkeypatch.setattr(counting, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(counting, "_kept", {})
    assert counting.lately(of, LATER)[1] == LATER
    to_decision(open_matter(office))

    kept, counted_at = counting.lately(of, LATER + 9 * minute)
    again, _ = counting.lately(of, LATER + 9 * minute, again=True)
    other, _ = counting.lately(asked(office, "extended"), LATER + 9 * minute)

    assert (cell(kept, "penalty-twelve", "total"), counted_at) == (0, LATER)
    assert cell(again, "penalty-twelve", "total") == cell(other, "penalty-rich", "total") == 1
    assert counting.lately(of, LATER + 20 * minute)[1] == LATER + 20 * minute
    monkeypatch.setattr(counting, "SLOW_SECONDS", 9.0)
    monkeypatch.setattr(counting, "_kept", {})
    counting.lately(of, LATER)
    assert counting.lately(of, LATER + minute)[1] == LATER + minute


def test_a_year_that_is_not_over_is_not_locked(office: Office) -> None:
    at = datetime(2026, 12, 31, 23, tzinfo=SHANGHAI)

    with refused("period-running", match="还没有结束"):
        actions.lock(organ=office.organ, asked=asked(office), actor=office.actor("unit_head", at), at=at)


def test_what_is_locked_stands_on_the_record_by_its_digest(office: Office) -> None:
    matter = to_decision(open_matter(office))

    report = locked(office)

    (entry,) = record.history(report.subject_of_record)
    with record.open_blob(report.figures_sha256) as kept:
        told = canonical.load(kept.read())
    assert hashlib.sha256(canonical.dump(told)).hexdigest() == report.figures_sha256
    assert told["figures"] == report.figures
    with record.open_blob(report.manifest_sha256) as kept:
        lines = kept.read().decode().splitlines()
    assert f"\t{matter.case.no}\tfine\t" in lines[0]
    assert entry.kind == "annual-report.locked"


def test_a_report_without_acts_is_a_report(office: Office) -> None:
    report = locked(office)

    shown = queries.view(report)
    assert shown.figures is not None
    assert cell(shown.figures, "penalty-twelve", "total") == 0


def test_a_late_change_is_shown_and_never_alters_what_was_locked(office: Office) -> None:
    matter = to_decision(open_matter(office))
    report = queries.view(locked(office))
    assert not queries.late_changes(report, live(asked(office), LATER))
    Case.objects.filter(pk=matter.case_id).update(decided_on=date(2025, 12, 30))

    changes = queries.late_changes(report, live(asked(office), LATER))

    assert {
        (one.column_title, one.before, one.after) for one in changes if one.table == "penalty-twelve"
    } >= {
        ("罚款", "1", "0"),
        ("合计", "1", "0"),
    }
    assert report.figures is not None
    assert cell(report.figures, "penalty-twelve", "fine") == 1
    came, went = moves(office, 1, "total")
    assert (came, [one.ref for one in went]) == ([], [matter.case.no])


def moves(office: Office, edition: int, column: str) -> Any:
    return queries.cell_moves(
        asked(office), LATER, edition=edition, table="penalty-twelve", column=column, row=office.organ.code
    )


def signed(office: Office, report: AnnualReport) -> AnnualReport:
    return actions.sign(report_id=report.pk, actor=office.actor("organ_head", LATER), at=LATER)


def test_only_the_head_of_the_organ_signs(office: Office) -> None:
    report = locked(office)

    with refused("no-permission"):
        actions.sign(report_id=report.pk, actor=office.actor("unit_head", LATER), at=LATER)
    stranger = makers.officer(("organ_head",), name="外某某")
    with refused("other-organ"):
        actions.sign(
            report_id=report.pk, actor=organ_queries.actor_of_officer(stranger.pk, LATER.date()), at=LATER
        )
    assert signed(office, report).state == "submitted"


def test_what_is_signed_is_not_locked_again(office: Office) -> None:
    signed(office, locked(office))

    with refused("locked"):
        locked(office)
    with refused("locked"):
        actions.write_text(
            organ=office.organ,
            asked=asked(office),
            text="改。",
            actor=office.actor("unit_head", LATER),
            at=LATER,
        )


@pytest.mark.parametrize("text", ["当事人张三，身份证号11010519491231002X。", "联系电话13812345678。"])
def test_a_text_that_names_people_is_not_locked(office: Office, text: str) -> None:
    actions.write_text(
        organ=office.organ, asked=asked(office), text=text, actor=office.actor("unit_head", LATER), at=LATER
    )

    with refused("not-redacted"):
        locked(office)


def test_a_returned_report_comes_back_as_the_next_edition_with_its_changes(office: Office) -> None:
    supervisor = bureau(office)
    first = signed(office, locked(office))
    actions.give_back(report_id=first.pk, reason="处罚宗数与案卷不符。", actor=supervisor, at=LATER)
    matter = to_decision(open_matter(office))

    second = signed(office, locked(office))
    actions.accept(report_id=second.pk, actor=supervisor, at=LATER)

    found = queries.editions(asked(office))
    assert [(one.edition, one.state) for one in found] == [(2, "accepted"), (1, "returned")]
    before, changed = queries.edition_changes(found)
    assert before == 1
    assert ("合计", "0", "1") in {(one.column_title, one.before, one.after) for one in changed}
    Case.objects.update(
        decided_on=date(2025, 12, 30)
    )  # what cases say later tells nothing of the two editions
    came, went = moves(office, 1, "fine")
    assert ([one.ref for one in came], went) == ([matter.case.no], [])
    assert moves(office, 1, "warning") == ([], [])
    with refused("no-manifest"):
        moves(office, 7, "fine")


def test_the_bureau_returns_with_a_reason_and_only_what_it_supervises(office: Office) -> None:
    supervisor = bureau(office)
    report = signed(office, locked(office))

    with refused("bad-reason"):
        actions.give_back(report_id=report.pk, reason=" ", actor=supervisor, at=LATER)
    elsewhere = makers.organ(name="某县司法局", is_justice_bureau=True, region="511722")
    officer = makers.officer(("supervisor",), organ=elsewhere)
    with refused("not-supervised"):
        actions.accept(
            report_id=report.pk, actor=organ_queries.actor_of_officer(officer.pk, LATER.date()), at=LATER
        )


def publish(office: Office, report: AnnualReport, note: str = "不含涉密和个人信息。") -> AnnualReport:
    return actions.publish(report_id=report.pk, note=note, actor=office.actor("publisher", LATER), at=LATER)


def test_only_what_is_signed_is_published(office: Office) -> None:
    report = locked(office)

    with refused("wrong-state", match="还没有经机关负责人签发"):
        publish(office, report)
    published = publish(office, signed(office, report))

    assert [one.slug for one in queries.published(YEAR)] == [published.slug]
    assert queries.published_years() == [(YEAR, 1)]


def test_the_address_of_a_corrected_report_leads_on(office: Office) -> None:
    supervisor = bureau(office)
    first = publish(office, signed(office, locked(office)))
    actions.give_back(report_id=first.pk, reason="数字有误。", actor=supervisor, at=LATER)
    second = publish(office, signed(office, locked(office)))

    shown = queries.by_slug(first.slug)

    assert shown.state == "returned"
    following = queries.superseding(shown)
    assert following is not None
    assert following.slug == second.slug
    assert [one.slug for one in queries.published(YEAR)] == [second.slug]


# --- the yearly matter ---


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SHANGHAI)


def yearly(office: Office) -> Case:
    cases.open_yearly(at=at(2026, 12, 20, 0, 5))
    return Case.objects.get(procedure="annual-statistics", organ=office.organ)


def test_from_20_december_the_report_stands_among_what_is_to_be_done(office: Office) -> None:
    case = yearly(office)

    assert case.title == f"{office.organ.name}2026年度行政执法统计年报"
    terms = dict(Obligation.objects.filter(case=case).values_list("step", "due_at"))
    assert terms["submit"] == at(2027, 1, 10, 23, 59, 59)
    assert terms["publish_report"] == at(2027, 1, 31, 23, 59, 59)


@pytest.mark.parametrize(
    ("year", "step", "days"),
    [
        # 10 January 2025 is a Friday, 31 January falls into the holidays of the Spring Festival.
        (2024, "submit", {"half": (12, 31), "three_days": (1, 7), "one_day": (1, 9), "due": (1, 10)}),
        (
            2024,
            "publish_report",
            {"half": (1, 10), "three_days": (1, 24), "one_day": (1, 27), "due": (1, 31)},
        ),
        # Both are Saturdays in 2026: the term stands, the last reminder comes on the Friday before.
        (2025, "submit", {"half": (12, 31), "three_days": (1, 7), "one_day": (1, 9), "due": (1, 10)}),
        (
            2025,
            "publish_report",
            {"half": (1, 12), "three_days": (1, 28), "one_day": (1, 30), "due": (1, 31)},
        ),
        # Both are Sundays in 2027, of which no holidays are known yet.
        (2026, "submit", {"half": (12, 31), "three_days": (1, 6), "one_day": (1, 8), "due": (1, 10)}),
        (
            2026,
            "publish_report",
            {"half": (1, 11), "three_days": (1, 27), "one_day": (1, 29), "due": (1, 31)},
        ),
    ],
)
def test_reminders_come_on_working_days_before_the_term(
    office: Office, year: int, step: str, days: dict[str, tuple[int, int]]
) -> None:
    """达州三项制度方案 4(2): by 10 January, whatever day of the week it is; 国办发〔2018〕118号: by 31 January."""
    cases.open_yearly(at=at(year, 12, 20, 0, 5))
    duty = Obligation.objects.get(case__organ=office.organ, case__procedure="annual-statistics", step=step)

    assert duty.due_at is not None
    found = marks(duty.opened_at, duty.due_at, law.calendar())

    told = {mark: moment.astimezone(SHANGHAI) for mark, moment in found.items()}
    overdue = told.pop("overdue")
    assert {mark: (moment.month, moment.day) for mark, moment in told.items()} == days
    assert all(law.calendar().is_workday(moment.date()) for mark, moment in told.items() if mark != "due")
    assert overdue == duty.due_at + timedelta(seconds=1)


def checked(office: Office, case: Case, moment: datetime) -> None:
    facts = {"check_points": ["true", "complete", "lawful", "secret"], "check_note": "与执法记录一致。"}
    reviewer, head = office.actor("reviewer", moment), office.actor("unit_head", moment)
    cases.take(case_id=case.pk, step="check", facts=facts, actor=reviewer, at=moment)
    sending = {"filing_to": "达州市司法局", "filing_way": "platform"}
    cases.take(case_id=case.pk, step="submit", facts=sending, actor=head, at=moment + timedelta(hours=1))


def test_locking_signing_and_publishing_are_the_steps_of_the_matter(office: Office) -> None:
    case = yearly(office)
    report = locked(office)
    assert report.case_id == case.pk
    with refused("not-checked"):
        signed(office, report)
    checked(office, case, LATER)

    actions.sign(report_id=report.pk, actor=office.actor("organ_head", LATER), at=LATER + timedelta(hours=2))
    publish_at = LATER + timedelta(days=1)
    actions.publish(
        report_id=report.pk, note="不涉密。", actor=office.actor("publisher", LATER), at=publish_at
    )

    done = list(Step.objects.filter(case=case).order_by("seq").values_list("step", flat=True))
    assert done == ["open", "draft", "check", "submit", "publish_report"]
    assert (
        Step.objects.get(case=case, step="publish_report")
        .facts["publish_url"]
        .endswith(f"/reports/2026/{report.slug}")
    )


def test_after_a_return_the_matter_is_drafted_and_checked_again(office: Office) -> None:
    case = yearly(office)
    supervisor = bureau(office)
    report = locked(office)
    checked(office, case, LATER)
    head = office.actor("organ_head", LATER)
    actions.sign(report_id=report.pk, actor=head, at=LATER + timedelta(hours=2))
    actions.give_back(
        report_id=report.pk, reason="与明细不符。", actor=supervisor, at=LATER + timedelta(hours=3)
    )

    again = actions.lock(
        organ=office.organ,
        asked=asked(office),
        actor=office.actor("unit_head", LATER),
        at=LATER + timedelta(hours=4),
    )

    done = list(Step.objects.filter(case=case).order_by("seq").values_list("step", flat=True))
    assert done == ["open", "draft", "check", "submit", "returned", "draft"]
    assert (again.edition, again.case_id) == (2, case.pk)


def test_the_bureau_reminds_once_a_day_and_sees_who_is_late(office: Office) -> None:
    case, supervisor = yearly(office), bureau(office)
    late = at(2027, 1, 12, 9)

    actions.remind(case_id=case.pk, actor=supervisor, at=late)
    with refused("urged-lately"):
        actions.remind(case_id=case.pk, actor=supervisor, at=late + timedelta(hours=2))

    found = gathering.collection(supervisor, 2026, law.report_scheme("twelve-kinds"), late)
    row = next(one for one in found.rows if one.code == office.organ.code)
    assert (row.state, row.late, row.urges) == ("missing", True, 1)


def test_the_reports_of_the_organs_make_that_of_the_city(office: Office) -> None:
    supervisor, scheme = bureau(office), law.report_scheme("twelve-kinds")
    to_decision(open_matter(office))
    signed(office, locked(office))

    found = gathering.collection(supervisor, YEAR, scheme, LATER)
    rolled = gathering.city(found, scheme)

    whole = Asked(scheme, YEAR, below=supervisor.supervises)
    counted = live(whole, LATER)
    assert cell(rolled, "penalty-twelve", "total") == cell(counted, "penalty-twelve", "total") == 1
    checks = {one.title: one for one in gathering.cross_checks(supervisor, whole, counted, LATER)}
    assert checks["行政处罚宗数 与 作出决定的处罚案件"].fine


def test_other_people_may_not_look(office: Office) -> None:
    other = makers.organ(name="某某局外")

    with refused("other-organ"):
        queries.organ_for(office.actor("handler"), other.code)
