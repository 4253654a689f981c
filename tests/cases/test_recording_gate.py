"""音像记录: no further paper without the recording or a signed reason; what is lost counts no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mingjing.cases import actions, queries
from mingjing.cases.facts import Upload
from mingjing.cases.models import Evidence, Obligation, RecordingExcuse, Step
from mingjing.record import queries as record
from tests.office import Matter, Office, open_matter, refused

pytestmark = pytest.mark.django_db

FILM = Upload("files", "执法记录仪.mp4", "video/mp4", b"late film", "audiovisual")


@pytest.fixture
def matter(office: Office) -> Matter:
    """A site inspection (to be recorded whole) of which nothing was recorded."""
    matter = open_matter(office)
    matter.films = False
    matter.do("site_inspection")
    matter.films = True
    return matter


def seq(matter: Matter, step: str = "site_inspection") -> int:
    return Step.objects.get(case_id=matter.case_id, step=step).seq


def excuse(matter: Matter, *, step: str = "site_inspection", who: str = "handler", **given: Any) -> int:
    values: dict[str, Any] = {"code": "device_failure", "text": "记录仪断电，已报修。", **given}
    return actions.excuse_recording(
        case_id=matter.case_id, seq=seq(matter, step), actor=matter.office.actor(who), at=matter.at, **values
    )


def check(matter: Matter, word: str) -> Any:
    shown = queries.case_page(matter.office.actor("handler"), matter.case.no, matter.at)
    return next((line for line in shown.checks if word in line.title), None)


def test_no_paper_follows_a_step_without_its_recording(matter: Matter) -> None:
    with refused("recording-missing", basis="行政处罚法/47", match="现场检查（勘验）"):
        matter.do("file")

    assert not matter.case.submissions.exists()


def test_the_button_is_grey_and_says_why(matter: Matter) -> None:
    shown = queries.case_page(matter.office.actor("handler"), matter.case.no, matter.at)

    why = {one.step: one.refused.code for one in shown.actions if one.refused is not None}
    assert why["file"] == "recording-missing"


def test_the_same_step_may_be_done_again_with_its_recording(matter: Matter) -> None:
    matter.do("site_inspection")

    assert Evidence.objects.filter(case_id=matter.case_id).count() == 1


def test_a_recording_that_comes_later_opens_the_way(matter: Matter) -> None:
    step = Step.objects.get(case_id=matter.case_id, step="site_inspection")
    actions.add_recording(
        case_id=matter.case_id,
        seq=step.seq,
        files=[FILM],
        made_at=step.at,
        reason="导出晚了。",
        actor=matter.office.actor("handler"),
        at=matter.at,
    )

    assert matter.do("file").seq is not None


def test_a_reason_for_a_whole_recording_holds_once_a_head_confirms_it(matter: Matter) -> None:
    excuse_id = excuse(matter)
    with refused("recording-missing"):
        matter.do("file")
    assert Obligation.objects.filter(case_id=matter.case_id, kind="approval", state="open").exists()

    actions.confirm_excuse(
        excuse_id=excuse_id, actor=matter.office.actor("organ_head"), at=matter.at, answer="属实。"
    )

    assert matter.do("file").seq is not None
    assert not Obligation.objects.filter(
        case_id=matter.case_id, kind="approval", state="open", step__startswith="excuse"
    ).exists()
    assert check(matter, "已签署理由").ok is None


def test_a_reason_turned_down_leaves_the_gap_and_may_be_given_anew(matter: Matter) -> None:
    excuse_id = excuse(matter)
    actions.refuse_excuse(
        excuse_id=excuse_id, actor=matter.office.actor("organ_head"), at=matter.at, answer="没有报修单。"
    )

    with refused("recording-missing"):
        matter.do("file")
    assert excuse(matter) != excuse_id


def test_nobody_confirms_a_reason_of_his_own(matter: Matter) -> None:
    excuse_id = excuse(matter)

    with refused("wrong-role"):
        actions.confirm_excuse(excuse_id=excuse_id, actor=matter.office.actor("second"), at=matter.at)
    with refused("changed-meanwhile"):
        head = matter.office.actor("organ_head")
        actions.confirm_excuse(excuse_id=excuse_id, actor=head, at=matter.at)
        actions.confirm_excuse(excuse_id=excuse_id, actor=head, at=matter.at)


@pytest.mark.parametrize(
    "given, code",
    [
        ({"code": "written_suffices"}, "bad-reason"),
        ({"code": "forgot"}, "bad-reason"),
        ({"text": "  "}, "bad-reason"),
        ({"text": "多" * 501}, "bad-reason"),
        ({"who": "publisher"}, "wrong-role"),
        ({"who": "colleague"}, "not-handler-of-case"),
    ],
    ids=["only for key moments", "no such kind", "blank", "too long", "wrong role", "colleague"],
)
def test_what_is_no_reason_is_told(matter: Matter, given: dict[str, Any], code: str) -> None:
    with refused(code):
        excuse(matter, **given)

    assert not RecordingExcuse.objects.exists()


def test_the_reason_is_on_the_record_as_personal(matter: Matter) -> None:
    excuse(matter)

    row = RecordingExcuse.objects.get()
    assert "断电" in record.personal(row.entry_id)["text"]
    body = record.history(f"case:{matter.case_id}")[-1]
    assert body.kind == "recording-excused"
    assert "断电" not in str(body.plain)


def test_what_was_filmed_needs_no_reason(office: Office) -> None:
    matter = open_matter(office)
    matter.do("site_inspection")

    with refused("filmed"):
        excuse(matter)
    with refused("not-to-be-filmed"):
        excuse(matter, step="register")


def test_a_recording_to_be_handed_in_holds_the_door_open_for_a_day(office: Office) -> None:
    matter = open_matter(office)
    actions.take(
        case_id=matter.case_id,
        step="site_inspection",
        facts=matter.form("site_inspection"),
        actor=office.actor("handler"),
        at=matter.at + timedelta(hours=1),
        late_reason="现场没有网络。",
        film_pending="DSJ-07 号执法记录仪",
    )
    matter.at += timedelta(hours=2)
    shown = queries.case_page(office.actor("handler"), matter.case.no, matter.at)
    assert next(one for one in shown.events if one.step == "site_inspection").excuse == "待交存"
    early = matter.propose("file")
    assert early.submitted

    matter.at += timedelta(hours=30)
    with refused("recording-missing"):
        matter.approve(early)


def test_a_lost_recording_counts_no_more(office: Office) -> None:
    matter = open_matter(office)
    matter.do("site_inspection")
    film = Evidence.objects.get(case_id=matter.case_id)

    actions.report_loss(
        evidence_id=film.pk, reason="存储卡损坏，无法恢复。", actor=office.actor("handler"), at=matter.at
    )

    with refused("recording-missing"):
        matter.do("file")
    with refused("already-lost"):
        actions.report_loss(evidence_id=film.pk, reason="再报。", actor=office.actor("handler"), at=matter.at)
    shown = queries.case_page(office.actor("handler"), matter.case.no, matter.at)
    event = next(one for one in shown.events if one.step == "site_inspection")
    assert (event.filmed, event.evidence[0].lost_reason) == (0, "存储卡损坏，无法恢复。")
    excuse_id = excuse(matter, code="lost", text="存储卡损坏，厂家证明附卷。")
    actions.confirm_excuse(excuse_id=excuse_id, actor=office.actor("organ_head"), at=matter.at)
    assert matter.do("file").seq is not None


def test_a_step_whose_recording_was_lost_is_offered_again_to_the_importer(office: Office) -> None:
    matter = open_matter(office)
    matter.do("site_inspection")
    day = timedelta(days=1)

    def filmed() -> list[bool]:
        found = queries.taken_steps(office.actor("handler"), matter.at - day, matter.at + day, day)
        return [one.filmed for one in found if one.step == "site_inspection"]

    assert filmed() == [True]
    film = Evidence.objects.get(case_id=matter.case_id)
    actions.report_loss(
        evidence_id=film.pk, reason="存储卡损坏。", actor=office.actor("handler"), at=matter.at
    )
    assert filmed() == [False]


def test_a_step_done_over_asks_for_nothing(matter: Matter) -> None:
    Step.objects.filter(case_id=matter.case_id, step="site_inspection").update(
        set_aside_at=matter.at, set_aside_by=matter.office.people["handler"]
    )

    assert matter.do("file").seq is not None


# --- one police officer in a recorded place: 治安管理处罚法/108 ---


@pytest.fixture
def alone(office: Office) -> Matter:
    """An interview by one police officer in a regulated place, recorded whole."""
    office.organ.field = "public_security"
    office.organ.save()
    matter = open_matter(office, field="public_security")
    matter.do(
        "interview",
        handling_place=True,
        officers_present=[office.people["handler"].pk],
    )
    return matter


def test_evidence_carried_by_a_recording_falls_with_it(alone: Matter) -> None:
    film = Evidence.objects.get(case_id=alone.case_id, step__step="interview")
    actions.report_loss(
        evidence_id=film.pk, reason="硬盘损坏。", actor=alone.office.actor("handler"), at=alone.at
    )

    with refused("evidence-unusable", basis="治安管理处罚法/108"):
        excuse(alone, step="interview", code="lost", text="硬盘损坏。")
    assert check(alone, "不能作为处罚").ok is False
