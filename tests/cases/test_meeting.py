"""亮证、告知: shown, or an exception with its reason, or the step is not taken; scans are counted, never who scanned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mingjing.cases import actions, queries, reading_out
from mingjing.cases.facts import InvalidFacts
from mingjing.cases.models import CardScan, Paper, Showing, Step
from mingjing.law import queries as law
from mingjing.record import queries as record
from tests import field_acts
from tests.cases.test_needs import AT, judged
from tests.office import MONDAY, ORDINARY, Matter, Office, open_matter, refused

pytestmark = pytest.mark.django_db
TOKEN = "0123456789ab"
UNSHOWN = {
    "certificates_shown": "no",
    "identity_exception": "nobody",
    "identity_reason": "到场时无人，已电话通知。",
}


@pytest.fixture
def matter(office: Office) -> Matter:
    return open_matter(office)


# --- the gate ---


@pytest.mark.parametrize(
    ("facts", "level", "code"),
    [
        ({}, "reason", None),  # the form asks; before it is filled in there is nothing to judge
        ({"certificates_shown": "yes"}, "reason", None),
        ({"certificates_shown": True}, "reason", None),
        ({"certificates_shown": False}, "reason", "identity-not-shown"),
        ({"certificates_shown": "no"}, "reason", "no-exception"),
        ({**UNSHOWN}, "reason", None),
        ({**UNSHOWN, "identity_reason": " "}, "reason", "exception-without-reason"),
        ({**UNSHOWN, "identity_exception": "covert"}, "reason", "no-exception"),  # not in a penalty
        ({**UNSHOWN, "identity_exception": "invented"}, "reason", "no-exception"),
        ({"certificates_shown": "yes"}, "always", None),
        ({**UNSHOWN}, "always", "identity-not-shown"),
        ({"certificates_shown": "no"}, "told", None),
    ],
)
def test_the_certificate_is_shown_or_an_exception_holds(
    facts: dict[str, Any], level: str, code: str | None
) -> None:
    """行政处罚法 art. 55 (1); 行政强制法 art. 18 (3); 达州三项制度方案 3."""
    steps = [
        step
        for one in law.procedures(AT.date())
        for step in one.steps.values()
        if step.identity is not None and step.identity.level == level
    ]
    assert judged("identity_shown", rule=steps[0], facts=facts) == code


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"party_kind": "enterprise"}, None),
        ({"party_kind": "enterprise", "scan_kind": "enterprise", "scan_code": "X"}, None),
        ({"party_kind": "enterprise", "scan_kind": "impossible"}, "code-not-scanned"),
        ({"party_kind": "enterprise", "scan_kind": "impossible", "scan_reason": "没有信号。"}, None),
        ({"party_kind": "person", "scan_kind": "impossible"}, None),
    ],
)
def test_an_enterprise_is_inspected_by_code_or_with_a_reason(facts: dict[str, Any], code: str | None) -> None:
    """国办发〔2024〕54号."""
    assert judged("inspection_code_scanned", facts=facts) == code


def test_every_strict_step_is_one_for_which_the_law_knows_no_exception() -> None:
    strict = {
        (one.id, step.id)
        for one in law.procedures(AT.date())
        for step in one.steps.values()
        if step.identity is not None and step.identity.level == "always"
    }

    assert strict == {
        ("execution-own", "execute"),
        ("measure-freezing", "freeze"),
        ("measure-power", "cut_off"),
        ("measure-restraint", "restrain"),
        ("measure-sealing", "implement"),
        ("spot-measure", "decide"),
    }


def test_a_visit_without_a_word_on_the_certificate_is_not_taken(matter: Matter) -> None:
    with pytest.raises(InvalidFacts) as caught:
        matter.do("site_inspection", certificates_shown=None)

    assert set(caught.value.fields) == {"certificates_shown"}
    assert not matter.case.steps.filter(step="site_inspection").exists()


def test_not_shown_without_a_reason_is_not_taken(matter: Matter) -> None:
    with pytest.raises(InvalidFacts) as caught:
        matter.do("site_inspection", certificates_shown="no")

    assert set(caught.value.fields) == {"identity_exception", "identity_reason"}


def test_an_exception_of_another_kind_of_act_does_not_hold(matter: Matter) -> None:
    with refused("no-exception", basis="达州三项制度方案/3"):
        matter.do("site_inspection", **{**UNSHOWN, "identity_exception": "covert"})


def test_an_exception_stands_in_the_step_and_its_reason_behind_a_seal(matter: Matter) -> None:
    matter.do("site_inspection", **UNSHOWN)

    step = Step.objects.get(case_id=matter.case_id, step="site_inspection")
    assert (step.identity, step.identity_exception) == ("excepted", "nobody")
    entry = record.history(f"case:{matter.case_id}")[-1]
    assert entry.plain["facts"]["identity_exception"] == "nobody"
    assert "identity_reason" not in entry.plain["facts"]


def test_a_shown_certificate_stands_in_the_step(matter: Matter) -> None:
    matter.do("site_inspection")

    assert Step.objects.get(case_id=matter.case_id, step="site_inspection").identity == "shown"


def test_yesterdays_answer_is_not_todays(matter: Matter) -> None:
    from mingjing.web.ui.forms import starting_values

    matter.do("site_inspection")
    rule = matter.rule("interview")

    assert "certificates_shown" not in starting_values(rule.facts, matter.case.facts)


# --- showing and scanning ---


def shown(matter: Matter, **given: Any) -> Showing:
    actor = matter.office.actor("handler")
    values = {"number": actor.certificates[0].number, "case_id": matter.case_id, "token": TOKEN, **given}
    return actions.show_identity(actor=actor, at=matter.at, entered_at=matter.at, **values)


def test_a_scan_is_counted_once_and_names_nobody(matter: Matter) -> None:
    row = shown(matter)

    first = actions.scan_card(certificate=row.certificate, token=TOKEN, at=matter.at)
    again = actions.scan_card(certificate=row.certificate, token=TOKEN, at=matter.at + timedelta(minutes=1))

    assert first == again
    assert CardScan.objects.count() == 1
    entry = record.history(f"officer:{matter.office.people['handler'].pk}")[-1]
    assert entry.kind == "identity.scanned"
    assert entry.plain == {"certificate": row.certificate, "token": TOKEN}


def test_the_party_confirms_once(matter: Matter) -> None:
    row = shown(matter)
    actions.scan_card(certificate=row.certificate, token=TOKEN, at=matter.at)

    told = [
        actions.confirm_scan(certificate=row.certificate, token=TOKEN, at=matter.at + timedelta(minutes=n))
        for n in (1, 2)
    ]

    assert {one.confirmed_at for one in told} == {matter.at + timedelta(minutes=1)}
    with refused("not-found"):
        actions.confirm_scan(certificate=row.certificate, token="ffffffffffff", at=matter.at)


def test_a_certificate_out_of_force_is_neither_shown_nor_scanned(matter: Matter) -> None:
    from mingjing.organs.models import Certificate

    row = Certificate.objects.filter(officer=matter.office.people["handler"]).get()
    Certificate.objects.filter(pk=row.pk).update(state="suspended")

    assert actions.scan_card(certificate=row.number, token=TOKEN, at=matter.at) is None
    with refused("no-certificate", basis="行政处罚法/55(1)"):
        shown(matter, number=row.number)


def test_a_token_that_no_page_of_ours_makes_is_refused(matter: Matter) -> None:
    with refused("bad-act"):
        shown(matter, token="../../etc")


# --- statistics ---


def test_the_watch_page_counts_by_organ_by_officer_and_by_exception(office: Office, matter: Matter) -> None:
    head = office.actor("organ_head")
    matter.do("site_inspection")
    shown(matter)
    number = office.actor("handler").certificates[0].number
    actions.scan_card(certificate=number, token=TOKEN, at=matter.at)
    other = open_matter(office)
    other.do("site_inspection", **UNSHOWN)
    Step.objects.filter(case_id=open_gap(office).case_id, step="site_inspection").update(identity="missing")

    (row,) = queries.meetings(head, MONDAY)
    (officer,) = queries.meetings(head, MONDAY, organ=office.organ.code)

    assert (row.asked, row.shown, row.scanned, row.excepted, row.missing) == (3, 1, 1, 1, 1)
    assert (officer.name, officer.excepted) == (office.people["handler"].name, 1)
    (count,) = queries.exception_counts(head, MONDAY)
    assert (count.code, count.times, count.officers, count.sure) == ("nobody", 1, 1, False)
    (line,) = queries.excepted(head, MONDAY)
    assert line.text == "当事人和有关人员都不在场：到场时无人，已电话通知。"
    assert queries.excepted(head, MONDAY, code="urgent") == []
    assert len(queries.unshown(head, MONDAY)) == 1


def open_gap(office: Office) -> Matter:
    matter = open_matter(office)
    matter.do("site_inspection")
    return matter


def test_a_scan_of_another_day_is_not_of_this_step(office: Office, matter: Matter) -> None:
    row = shown(matter)
    actions.scan_card(certificate=row.certificate, token=TOKEN, at=matter.at)
    matter.move_to((MONDAY + timedelta(days=2)).date())
    matter.do("site_inspection")

    (found,) = queries.meetings(office.actor("organ_head"), MONDAY)
    assert (found.shown, found.scanned) == (1, 0)


def test_a_certificate_shown_before_a_penalty_on_the_spot_belongs_to_its_case(office: Office) -> None:
    """Only of its officers, of that visit, of that day: the next party's scan is another visit's."""
    people = [office.people[who].pk for who in ("handler", "second")]
    actor, stranger = office.actor("handler"), office.actor("colleague")
    number = actor.certificates[0].number
    for who, at, token in (
        (actor, MONDAY, TOKEN),
        (actor, MONDAY - timedelta(days=1), TOKEN),
        (actor, MONDAY, "fedcba987654"),
        (stranger, MONDAY, TOKEN),
    ):
        own = who.certificates[0].number
        actions.show_identity(number=own, actor=who, at=at, entered_at=MONDAY, token=token)
    actions.scan_card(certificate=number, token=TOKEN, at=MONDAY)

    taken = field_acts.penalize(actor, people, MONDAY, visit=TOKEN)

    (matched,) = Showing.objects.exclude(case=None)
    assert (matched.case_id, matched.officer_id, matched.token) == (taken.case_id, people[0], TOKEN)
    assert matched.shown_at == MONDAY
    (row,) = queries.meetings(office.actor("organ_head"), MONDAY)
    assert row.scanned > 0
    assert "identity.matched" in [one.kind for one in record.history(f"case:{taken.case_id}")]


def test_a_stranger_sees_no_figures(matter: Matter) -> None:
    matter.do("site_inspection")
    stranger = replace(matter.office.actor("organ_head"), organ_id=424242, organ_code="elsewhere")

    assert queries.meetings(stranger, MONDAY) == []
    with refused("no-permission"):
        queries.meetings(replace(stranger, permissions=frozenset()), MONDAY)


# --- reading out ---


def test_the_notice_names_organ_officers_matter_and_basis(office: Office, matter: Matter) -> None:
    rule = matter.rule("site_inspection")
    spoken = reading_out.notices(matter.case, rule, matter.work.handlers)

    chinese, english, *others = spoken
    assert (chinese.language, english.language) == ("zh", "en")
    for word in (office.organ.name, "甲某某", "行政处罚法", "申请其回避", "陈述和申辩"):
        assert word in chinese.text
    assert office.organ.name in english.text
    assert [(one.name, one.ready) for one in others] == [("彝语", False), ("藏语", False)]
    assert "{" not in chinese.text + english.text


def test_a_step_without_a_notice_reads_out_nothing(matter: Matter) -> None:
    assert reading_out.notices(matter.case, matter.rule("file"), matter.work.handlers) == []


def test_what_was_read_out_stands_on_the_paper(matter: Matter) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    matter.do(
        "site_inspection",
        notice_reply="refused",
        notice_refusal="听完告知后拒绝签名",
        notice_witness="邻某某",
    )

    paper = Paper.objects.get(case_id=matter.case_id, form="site-record")
    with record.open_blob(paper.sha256) as content:
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(content.read())).pages)
    text = text.replace("\n", "").replace(" ", "")
    assert "涉及您的商业秘密和个人隐私的" in text
    assert "听完告知后拒绝签名" in text
    assert "邻某某" in text


def test_a_refused_acknowledgement_is_listed(office: Office, matter: Matter) -> None:
    matter.do("site_inspection", notice_reply="refused", notice_refusal="转身离开", notice_witness="邻某某")

    (line,) = queries.unacknowledged(office.actor("organ_head"), MONDAY)
    assert line.text == "转身离开"


def test_a_step_without_the_uniform_is_listed_with_its_reason(office: Office) -> None:
    """达州三项制度方案 3(1): only where the organ's officers wear one; who wore it is in no list."""
    type(office.organ).objects.filter(pk=office.organ.pk).update(uniform="市场监管制式服装")
    for worn in ({"uniform_worn": "yes"}, {"uniform_worn": "no", "uniform_reason": "抢险途中，来不及更换"}):
        open_matter(office).do("site_inspection", **worn)

    (line,) = queries.undressed(office.actor("organ_head"), MONDAY)
    assert line.text == "抢险途中，来不及更换"
    assert queries.undressed(office.actor("organ_head"), MONDAY + timedelta(days=1)) == []


def test_every_notice_is_whole_in_chinese_and_english_and_read_somewhere() -> None:
    told = {step.tells for one in law.procedures(AT.date()) for step in one.steps.values()} - {""}

    assert told == set(law.conduct().notices)
    for notice in law.conduct().notices.values():
        assert notice.words["zh"].ready
        assert notice.words["en"].ready


def test_the_ordinary_penalty_shows_wherever_it_meets_people() -> None:
    """达州三项制度方案 3 (1): inspection, evidence taking, service."""
    steps = law.procedure(ORDINARY, AT.date()).steps

    for name in (
        "site_inspection",
        "interview",
        "evidence_extract",
        "edata_extract",
        "sampling",
        "preserve_evidence",
        "serve_notice",
        "serve_decision",
    ):
        assert steps[name].identity is not None, name
