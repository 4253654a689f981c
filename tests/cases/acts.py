"""The actions of cases, each ready to be called; see ``tests.whole.test_every_action_appends``."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.test import override_settings

from mingjing.cases import actions as cases
from mingjing.cases.facts import Upload
from mingjing.law import actions as law_actions
from mingjing.law import queries as law
from tests import field_acts
from tests.office import MONDAY, ORDINARY, Matter, Office, company, open_matter, to_decision
from tests.pictures import picture


def filing(office: Office) -> tuple[Matter, int]:
    """A case whose filing waits for the head."""
    matter = open_matter(office)
    matter.do("site_inspection")
    return matter, matter.propose("file").submission_id or 0


def approve(office: Office, tmp: Path) -> Any:
    matter, submission = filing(office)
    head = office.actor("organ_head")
    return lambda: cases.approve(submission_id=submission, actor=head, at=matter.at)


def send_back(office: Office, tmp: Path) -> Any:
    matter, submission = filing(office)
    head = office.actor("organ_head")
    return lambda: cases.send_back(submission_id=submission, actor=head, at=matter.at, reason="请补充。")


def withdraw_submission(office: Office, tmp: Path) -> Any:
    matter, submission = filing(office)
    handler = office.actor("handler")
    return lambda: cases.withdraw_submission(submission_id=submission, actor=handler, at=matter.at)


def take(office: Office, tmp: Path) -> Any:
    matter = open_matter(office)
    return lambda: matter.do("site_inspection")


def add_recording(office: Office, tmp: Path) -> Any:
    matter = open_matter(office)
    seq = matter.do("site_inspection").seq or 0
    film = Upload("files", "录像.mp4", "video/mp4", b"film", "audiovisual")
    return lambda: cases.add_recording(
        case_id=matter.case_id,
        seq=seq,
        files=[film],
        made_at=matter.at,
        reason="设备故障，次日导出。",
        actor=office.actor("handler"),
        at=matter.at,
    )


def filmed(office: Office) -> tuple[Matter, int]:
    """A case with a recording."""
    matter = open_matter(office)
    matter.do("site_inspection")
    add_recording_to(office, matter)
    return matter, matter.case.evidence.latest("id").pk


def add_recording_to(office: Office, matter: Matter, content: bytes = b"film") -> None:
    seq = matter.case.steps.get(step="site_inspection").seq
    film = Upload("files", "录像.mp4", "video/mp4", content, "audiovisual")
    handler = office.actor("handler")
    cases.add_recording(
        case_id=matter.case_id,
        seq=seq,
        files=[film],
        made_at=matter.at,
        reason="设备故障。",
        actor=handler,
        at=matter.at,
    )


def with_evidence(act: Callable[..., Any], **more: Any) -> Callable[[Office, Path], Callable[[], Any]]:
    def prepared(office: Office, tmp: Path) -> Callable[[], Any]:
        matter, piece = filmed(office)
        handler = office.actor("handler")
        return lambda: act(evidence_id=piece, actor=handler, at=matter.at, **more)

    return prepared


def ask_copy(office: Office, tmp: Path) -> Any:
    matter, piece = filmed(office)
    handler = office.actor("handler")
    asked = functools.partial(
        cases.ask_copy, evidence_id=piece, what="play_copy", actor=handler, at=matter.at
    )
    return lambda: override_settings(MINGJING_FFMPEG="/usr/bin/ffmpeg")(asked)()


def shared(office: Office) -> Any:
    matter, piece = filmed(office)
    handler = office.actor("handler")
    return cases.ask_share(
        evidence_id=piece, recipient="某某法院", purpose="审理。", days=7, actor=handler, at=matter.at
    )


def answer_share(office: Office, tmp: Path) -> Any:
    share, head = shared(office), office.actor("organ_head")
    return lambda: cases.answer_share(
        share_id=share.pk, approve=True, answer="", actor=head, at=share.asked_at
    )


def end_share(office: Office, tmp: Path) -> Any:
    share, handler = shared(office), office.actor("handler")
    return lambda: cases.end_share(share_id=share.pk, actor=handler, at=share.asked_at)


def note_export(office: Office, tmp: Path) -> Any:
    matter, _ = filmed(office)
    handler = office.actor("handler")
    return lambda: cases.note_export(case_id=matter.case_id, form="zip", actor=handler, at=matter.at)


def preview_evidence(office: Office, tmp: Path) -> Any:
    matter = open_matter(office)
    matter.do("site_inspection")
    add_recording_to(office, matter, picture())
    piece, handler = matter.case.evidence.latest("id").pk, office.actor("handler")
    return lambda: cases.preview_evidence(evidence_id=piece, actor=handler, at=matter.at)


def _unfilmed(office: Office) -> dict[str, Any]:
    """A site inspection without its recording, and a reason for that, to be signed."""
    matter = open_matter(office)
    matter.films = False
    seq = matter.do("site_inspection").seq or 0
    actor = office.actor("handler")
    reason = {"code": "device_failure", "text": "断电。"}
    return {"case_id": matter.case_id, "seq": seq, "actor": actor, "at": matter.at, **reason}


def _excused(office: Office, action: Any, **more: Any) -> Any:
    given = _unfilmed(office)
    excuse, head = cases.excuse_recording(**given), office.actor("organ_head")
    return lambda: action(excuse_id=excuse, actor=head, at=given["at"], **more)


def report_loss(office: Office, tmp: Path) -> Any:
    matter = open_matter(office)
    matter.do("site_inspection")
    film = matter.case.evidence.get().pk
    return lambda: cases.report_loss(
        evidence_id=film, reason="存储卡损坏。", actor=office.actor("handler"), at=matter.at
    )


def export_evidence(office: Office, tmp: Path) -> Any:
    matter = open_matter(office)
    seq = matter.do("site_inspection").seq or 0
    film = Upload("files", "录像.mp4", "video/mp4", b"film", "audiovisual")
    handler, at = office.actor("handler"), matter.at
    given: dict[str, Any] = {"case_id": matter.case_id, "seq": seq, "made_at": at, "reason": "次日导出。"}
    cases.add_recording(files=[film], actor=handler, at=at, **given)
    return lambda: cases.export_evidence(no=matter.case.no, folder=tmp / "out", actor=handler, at=MONDAY)


def assign(office: Office, tmp: Path) -> Any:
    matter = open_matter(office)
    return lambda: cases.assign(
        case_id=matter.case_id,
        officer_id=office.people["colleague"].pk,
        role="handler",
        actor=office.actor("handler"),
        at=MONDAY,
    )


def handover(office: Office) -> int:
    """An offer of a case by its handler to a colleague."""
    return cases.hand_over(
        case_id=open_matter(office).case_id,
        giver_id=office.people["handler"].pk,
        receiver_id=office.people["colleague"].pk,
        reason="调离岗位。",
        actor=office.actor("handler"),
        at=MONDAY,
    )


def _answer(office: Office, who: str, action: Any, **more: Any) -> Any:
    offer, actor = handover(office), office.actor(who)
    return lambda: action(handover_id=offer, actor=actor, at=MONDAY, **more)


def urge(office: Office, tmp: Path) -> Any:
    matter, _ = filing(office)
    owed = matter.case.obligations.get(kind="approval", state="open")
    return lambda: cases.urge(
        case_id=matter.case_id, obligation_id=owed.pk, actor=office.actor("handler"), at=matter.at
    )


def set_disputed(office: Office, tmp: Path) -> Any:
    matter, _ = filing(office)
    return lambda: cases.set_disputed(
        case_id=matter.case_id, disputed=True, words="多次投诉", actor=office.actor("handler"), at=matter.at
    )


def ask_countersign(office: Office, tmp: Path) -> Callable[[], int]:
    """The archivist's word, asked for on a filing."""
    matter, submission = filing(office)
    archivist, handler = office.people["archivist"].pk, office.actor("handler")
    return lambda: cases.ask_countersign(
        submission_id=submission, officer_ids=[archivist], actor=handler, at=matter.at
    )[0]


def countersign(office: Office, tmp: Path) -> Any:
    asked, actor = ask_countersign(office, tmp)(), office.actor("archivist")
    return lambda: cases.countersign(countersign_id=asked, agrees=True, actor=actor, at=MONDAY)


def cancel_countersign(office: Office, tmp: Path) -> Any:
    asked, actor = ask_countersign(office, tmp)(), office.actor("handler")
    return lambda: cases.cancel_countersign(countersign_id=asked, actor=actor, at=MONDAY, reason="已经休假。")


def step_back(office: Office, tmp: Path) -> Any:
    matter = open_matter(office)
    for step in ("site_inspection", "file", "interview"):
        matter.do(step)
    seq, handler = matter.do("conclude").seq or 0, office.actor("handler")
    return lambda: cases.step_back(
        case_id=matter.case_id, seq=seq, reason="补充证据。", actor=handler, at=matter.at
    )


def join(office: Office) -> int:
    """A second firm in a case."""
    return cases.join(
        case_id=open_matter(office).case_id,
        role="co_party",
        party_id=company(name="达州市某某冷库有限公司").pk,
        reason="共同实施。",
        actor=office.actor("handler"),
        at=MONDAY,
    )


def leave(office: Office, tmp: Path) -> Any:
    row, handler = join(office), office.actor("handler")
    return lambda: cases.leave(participant_id=row, reason="查明无关。", actor=handler, at=MONDAY)


def merge_into(office: Office, tmp: Path) -> Any:
    leading, merged, head = open_matter(office), open_matter(office), office.actor("unit_head")
    return lambda: cases.merge_into(
        case_id=merged.case_id, leading_id=leading.case_id, reason="同一批货物。", actor=head, at=MONDAY
    )


def split_off(office: Office, tmp: Path) -> Any:
    row, handler = join(office), office.actor("handler")
    return lambda: cases.split_off(
        participant_id=row, title="某某冷库另案", reason="下落不明。", actor=handler, at=MONDAY
    )


def confirm_payment(office: Office, tmp: Path) -> Any:
    matter = to_decision(open_matter(office))
    matter.do("serve_decision")
    return lambda: matter.do("payment_confirmed")


def migrate(office: Office, tmp: Path) -> Any:
    matter = open_matter(office)
    answer_edition(office, law_actions.confirm_edition)
    digest = edition(office)["sha256"]
    reviewer = office.actor("reviewer")
    return lambda: cases.migrate(
        case_id=matter.case.pk, sha256=digest, reason="新规定。", actor=reviewer, at=matter.at
    )


def propose_edition(office: Office, tmp: Path) -> Any:
    text = law.edition("litigation", MONDAY.date()).text.partition("\n# ==== 共用部分")[0]
    return lambda: cases.propose_edition(
        procedure="litigation",
        content=f"# 新版\n{text}".encode(),
        file_name="新版.toml",
        in_force=MONDAY.date(),
        reason="试验",
        actor=office.actor("reviewer"),
        at=MONDAY,
    )


def draw_numbers(office: Office) -> Any:
    return cases.draw_numbers(
        form="spot-decision", count=3, device=field_acts.DEVICE, actor=office.actor("handler"), at=MONDAY
    )


def return_numbers(office: Office, tmp: Path) -> Any:
    block = draw_numbers(office).pk
    actor = office.actor("handler")
    return lambda: cases.return_numbers(block_id=block, reason="收队归还。", actor=actor, at=MONDAY)


def recall_numbers(office: Office, tmp: Path) -> Any:
    block, actor = draw_numbers(office).pk, office.actor("unit_head")
    return lambda: cases.recall_numbers(block_id=block, reason="手机遗失。", actor=actor, at=MONDAY)


def start_series(office: Office, tmp: Path) -> Any:
    actor = office.actor("unit_head")
    return lambda: cases.start_series(wenzhong="罚", last=87, reason="原台账。", actor=actor, at=MONDAY)


def void_number(office: Office, tmp: Path) -> Any:
    block = draw_numbers(office)
    actor = office.actor("handler")
    return lambda: cases.void_number(
        block_id=block.pk, seq=block.first, reason="打印损坏。", actor=actor, at=MONDAY
    )


def hand_in(office: Office, tmp: Path) -> Any:
    told = field_acts.told(MONDAY, kind="certificate")
    actor = office.actor("handler")
    return lambda: cases.hand_in(told=told, actor=actor, at=MONDAY, act=lambda at: None)


def discard_act(office: Office, tmp: Path) -> Any:
    told, actor = field_acts.told(MONDAY), office.actor("handler")
    return lambda: cases.discard(told=told, reason="重复登记。", case_id=None, actor=actor, at=MONDAY)


def penalize_on_the_spot(office: Office, tmp: Path) -> Any:
    officers = [office.people[one].pk for one in ("handler", "second")]
    return lambda: field_acts.penalize(office.actor("handler"), officers, MONDAY)


def show_identity(office: Office, tmp: Path) -> Any:
    actor = office.actor("handler")
    number = actor.certificates[0].number
    return lambda: cases.show_identity(
        number=number, actor=actor, at=MONDAY, entered_at=MONDAY, token="0123456789ab"
    )


def edition(office: Office) -> dict[str, Any]:
    """A new edition of a procedure, equal to the one in force but for a remark."""
    text = f"# 新版\n{law.edition(ORDINARY, MONDAY.date()).text}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {
        "procedure": ORDINARY,
        "sha256": digest,
        "in_force": MONDAY.date(),
        "text": text,
        "file_name": "新版.toml",
        "reason": "试验",
        "findings": [],
        "actor": office.actor("reviewer"),
        "at": MONDAY,
    }


def answer_edition(office: Office, act: Callable[..., Any]) -> Any:
    row = law_actions.lay_edition(**edition(office))
    return act(proposal_id=row.pk, actor=office.actor("supervisor"), at=MONDAY, answer="同意。")


CALLS: dict[str, Callable[[Office, Path], Callable[[], Any]]] = {
    "cases.open_case": lambda office, tmp: lambda: open_matter(office, procedure=ORDINARY),
    "cases.take": take,
    "cases.approve": approve,
    "cases.send_back": send_back,
    "cases.withdraw_submission": withdraw_submission,
    "cases.assign": assign,
    "cases.add_recording": add_recording,
    "cases.open_evidence": with_evidence(cases.open_evidence, how="play"),
    "cases.mark_evidence": with_evidence(cases.mark_evidence, second_ms=1000, text="当事人签字。"),
    "cases.write_transcript": with_evidence(cases.write_transcript, text="[00:01] 请签字。"),
    "cases.ask_copy": ask_copy,
    "cases.ask_share": with_evidence(cases.ask_share, recipient="某某法院", purpose="审理。", days=7),
    "cases.answer_share": answer_share,
    "cases.end_share": end_share,
    "cases.note_export": note_export,
    "cases.preview_evidence": preview_evidence,
    "cases.clip_evidence": with_evidence(cases.clip_evidence, start_ms=0, end_ms=1000, name="签字"),
    "cases.export_evidence": export_evidence,
    "cases.excuse_recording": lambda office, tmp: partial(cases.excuse_recording, **_unfilmed(office)),
    "cases.confirm_excuse": lambda office, tmp: _excused(office, cases.confirm_excuse),
    "cases.refuse_excuse": lambda office, tmp: _excused(office, cases.refuse_excuse, answer="没有报修单。"),
    "cases.report_loss": report_loss,
    "cases.hand_over": lambda office, tmp: lambda: handover(office),
    "cases.accept_handover": lambda office, tmp: _answer(office, "colleague", cases.accept_handover),
    "cases.decline_handover": lambda office, tmp: _answer(
        office, "colleague", cases.decline_handover, reason="手头案件过多。"
    ),
    "cases.withdraw_handover": lambda office, tmp: _answer(office, "handler", cases.withdraw_handover),
    "cases.urge": urge,
    "cases.set_disputed": set_disputed,
    "cases.join": lambda office, tmp: lambda: join(office),
    "cases.leave": leave,
    "cases.merge_into": merge_into,
    "cases.split_off": split_off,
    "cases.step_back": step_back,
    "cases.ask_countersign": ask_countersign,
    "cases.countersign": countersign,
    "cases.cancel_countersign": cancel_countersign,
    "cases.confirm_payment": confirm_payment,
    "cases.draw_numbers": lambda office, tmp: lambda: draw_numbers(office),
    "cases.recall_numbers": recall_numbers,
    "cases.return_numbers": return_numbers,
    "cases.start_series": start_series,
    "cases.void_number": void_number,
    "cases.hand_in": hand_in,
    "cases.discard": discard_act,
    "cases.penalize_on_the_spot": penalize_on_the_spot,
    "cases.show_identity": show_identity,
    "cases.migrate": migrate,
    "cases.propose_edition": propose_edition,
}
