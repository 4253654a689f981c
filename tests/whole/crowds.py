"""Lists as long as one likes: copies of rows that the actions made, put straight into the tables.

``CROWDS`` says for each thing that grows how it is multiplied, and which pages show it to whom. The tests ask at few
and at more rows whether a page keeps its number of queries and its weight; ``bench.desk_lists`` asks at ten thousand.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mingjing.cases.models import Case, CaseOfficer, Evidence, Notice, Obligation, Paper, Step
from mingjing.exchange.models import CreditRecord, Package
from mingjing.organs.authority import SYSTEM
from mingjing.organs.models import AccountSession, Appointment, Certificate
from mingjing.publicity import actions as publicity
from mingjing.publicity.models import (
    Correction,
    Delivery,
    Exemption,
    Placement,
    PlacementChange,
    Publication,
    RegisterRow,
    RevisionDuty,
)
from mingjing.vault.models import Capture, Custody, Device, Hold
from tests.makers import AT
from tests.web.desk_world import World

Values = dict[str, Any]
DUE_HOURS = 200  # over which what is owed falls due
# Who opens a page, and its address with the places of ``Values`` in it.
Page = tuple[str, str]


@dataclass(frozen=True)
class Crowd:
    """A thing that grows: ``fill`` adds so many, ``pages`` show them."""

    fill: Callable[[World, Values, int], None]
    pages: tuple[Page, ...]


def copies(row: Any, count: int, **given: Callable[[int], Any]) -> list[Any]:
    """So many copies of a row; ``given`` are the fields in which they differ, each from the number of the copy."""
    model = type(row)
    same = {
        field.attname: getattr(row, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key
    }
    rows = [
        model(**{**same, **{name: value(number) for name, value in given.items()}})
        for number in range(1, count + 1)
    ]
    return list(model._base_manager.bulk_create(rows, batch_size=500))


def placements(world: World, values: Values, count: int) -> None:
    """Decisions owed to a channel and withheld from another, some of them late; due on the same days, however many."""
    case = world.spot_decision()
    publicity.settle(case_id=case.pk, actor=SYSTEM, at=AT)
    one = Placement.objects.filter(case=case, state="owed").earliest("pk")
    papers = _papers(one.paper, count)
    told = {"paper_id": lambda n: papers[n - 1].pk, "number": _number}
    copies(one, count, due_at=lambda n: AT + timedelta(hours=n % DUE_HOURS - DUE_HOURS // 2), **told)
    other = next(name for name in ("enterprise", "province", "credit") if name != one.channel)
    copies(
        one, count, **told, channel=lambda _: other, state=lambda _: "withheld", ground=lambda _: "privacy"
    )
    values["placement"] = one.pk


def exemptions(world: World, values: Values, count: int) -> None:
    """Decisions that somebody asks not to show."""
    one = _shown(world)
    papers = _papers(one.paper, count)
    common = {"case_id": one.case_id, "organ_id": one.organ_id, "kind": "decision", "ground": "privacy"}
    Exemption.objects.bulk_create(
        Exemption(
            paper=paper, reason="涉及个人隐私，公开会对第三方合法权益造成损害。", review_on=AT.date() + timedelta(days=n % 90),
            proposed_at=AT, proposed_by=world.officers["gongshi"], **common,
        )
        for n, paper in enumerate(papers)
    )  # fmt: skip


def corrections(world: World, values: Values, count: int) -> None:
    """Requests to correct one publication."""
    one = _shown(world)
    first = Correction.objects.create(
        code=_code(0), publication=one, organ_id=one.organ_id, role="party", asker="甄某某", contact="13900000000",
        text="案由写错了，请予更正。", asked_at=AT, due_at=AT + timedelta(days=7),
    )  # fmt: skip
    copies(first, count, code=_code, due_at=lambda n: AT + timedelta(hours=n))
    values["correction"] = first.pk


def deliveries(world: World, values: Values, count: int) -> None:
    """One placement told to its channel over and over, and one upload file with so many decisions."""
    case = world.spot_decision()
    publicity.settle(case_id=case.pk, actor=SYSTEM, at=AT)
    one = Placement.objects.filter(case=case, state="owed").exclude(channel="portal").earliest("pk")
    change = PlacementChange.objects.filter(placement=one).latest("pk")
    copies(change, count, entry_id=_uuid, at=lambda n: AT + timedelta(minutes=n))
    told = Delivery.objects.create(
        placement=one, attempt=30_000, batch="B", at=AT, by_name="公示某", outcome="refused", answered_at=AT
    )
    copies(told, count, attempt=lambda n: n)
    papers = _papers(one.paper, count)
    rows = copies(one, count, paper_id=lambda n: papers[n - 1].pk, number=_number, state=lambda _: "sent")
    copies(told, count, placement_id=lambda n: rows[n - 1].pk, batch=lambda _: "P20261120")
    package, _ = Package.objects.get_or_create(
        number="P20261120", organ=world.organ, channel=one.channel, sha256="0" * 64, rows=count, made_at=AT
    )
    copies(package, count, number=_code)
    values["told"] = one.pk


def officers(world: World, values: Values, count: int) -> None:
    """Handlers of one organ, with certificates of which some end soon; and as many who left."""
    one = world.officers["wang"]
    made = copies(one, count, name=lambda n: f"某某{n}", account_id=lambda _: None)
    copies(Appointment.objects.get(officer=one), count, officer_id=lambda n: made[n - 1].pk)
    copies(
        Certificate.objects.get(officer=one),
        count,
        officer_id=lambda n: made[n - 1].pk,
        number=_code,
        valid_until=lambda n: AT.date() + timedelta(days=n % 60),
    )
    copies(one, count, name=lambda n: f"离任{n}", account_id=lambda _: None, active=lambda _: False)


def devices(world: World, values: Values, count: int) -> None:
    """Body-worn cameras of one organ."""
    one = Device.objects.create(
        number=_code(0), kind="camera", name="执法记录仪", officer=world.officers["li"], organ=world.organ,
        registered_at=AT, registered_by=world.officers["guanli"],
    )  # fmt: skip
    copies(one, count, number=_code)


def register_rows(world: World, values: Values, count: int) -> None:
    """Rows of a register that is being drafted."""
    first = RegisterRow.objects.filter(edition_id=values["edition"]).first() or RegisterRow.objects.create(
        edition_id=values["edition"], position=1, key="0", values={}, text=""
    )
    last = RegisterRow.objects.filter(edition_id=values["edition"]).latest("position").position
    copies(first, count, position=lambda n: last + n, key=_code)


def revisions(world: World, values: Values, count: int) -> None:
    """Duties to revise a register, all overdue."""
    one = RevisionDuty(
        register_id=values["register"], edition_id=values["edition"], cause="amended", basis="达州三项制度方案/1(2)",
        text="大气污染防治法已经修改。", since=AT.date(), opened_at=AT, due_on=AT.date() - timedelta(days=1),
    )  # fmt: skip
    values["revision"] = copies(one, count)[0].pk


def evidence(world: World, values: Values, count: int) -> None:
    """Pieces of one case."""
    copies(
        Evidence.objects.get(pk=values["evidence"]), count, name=lambda n: f"现场照片{n}.jpg", sha256=_sha256
    )


def custody(world: World, values: Values, count: int) -> None:
    """Acts on one piece of evidence."""
    one = Custody.objects.filter(piece=f"evidence:{values['evidence']}").first() or Custody(
        piece=f"evidence:{values['evidence']}", kind="view", at=AT, officer=world.officers["li"], detail={}
    )
    copies(one, count, entry_id=_uuid)


def notices(world: World, values: Values, count: int) -> None:
    """Reminders of as many duties of one officer."""
    one = Obligation.objects.filter(case__no=values["no"], state="open").earliest("pk")
    owed = copies(one, count, key=_code, assignee_id=lambda _: world.officers["li"].pk, due_at=lambda _: AT)
    Notice.objects.bulk_create(Notice(obligation=duty, mark="due", due_at=AT, at=AT) for duty in owed)


def cases(world: World, values: Values, count: int) -> None:
    """Cases of one handler and one party, each with one step that has to be filmed and one file."""
    one = Case.objects.get(no=values["no"])
    made = copies(one, count, no=_code, label=lambda n: f"达某立〔2026〕{n}号")
    handler = CaseOfficer.objects.filter(case=one).earliest("pk")
    copies(handler, count, case_id=lambda n: made[n - 1].pk)
    step = Step.objects.filter(case=one, step="evidence_extract").latest("seq")
    for state in ("missing", "excepted"):
        copies(step, count, case_id=lambda n: made[n - 1].pk, seq=_seq(state), entry_id=_uuid, identity=lambda _, state=state: state)  # fmt: skip


def captures(world: World, values: Values, count: int) -> None:
    """Recordings that belong to no case yet."""
    one = Capture(
        officer=world.officers["li"], organ=world.organ, kind="video", name="现场录像", media_type="video/mp4",
        started_at=AT, ended_at=AT, state="complete", sha256="0" * 64, heard_at=AT, ending="imported", handed_in_at=AT,
        handed_in_by=world.officers["li"],
    )  # fmt: skip
    copies(one, count, entry_id=_uuid)


def holds(world: World, values: Values, count: int) -> None:
    """Cases whose files must not be destroyed."""
    one = Hold(subject="case:0", label="某某案", organ=world.organ, reason="当事人提起诉讼。",
               placed_at=AT, placed_by=world.officers["dangan"])  # fmt: skip
    copies(one, count, subject=lambda n: f"case:{n}")


def sessions(world: World, values: Values, count: int) -> None:
    """Browsers in which one officer is signed in."""
    account = world.officers["li"].account
    assert account is not None
    one = AccountSession(account=account, signed_in_at=AT, seen_at=AT, agent="某浏览器")
    copies(one, count, session_key=_code)


def credit_records(world: World, values: Values, count: int) -> None:
    """What lists of credit data from elsewhere tell of the organ's decisions."""
    one = CreditRecord(
        kind="penalty", number="某罚〔2026〕1号", plain_number="", organ_name=world.organ.name, organ=world.organ,
        party="达州市某某食品有限公司", decided_on=AT.date(), sha256="0" * 64, sheet="Sheet1", row=2, taken_in_at=AT,
    )  # fmt: skip
    made = copies(one, count, key=_code, number=_number, plain_number=_number)
    values["credit_record"] = made[0].pk


def publications(world: World, values: Values, count: int) -> None:
    """Decisions that the public reads."""
    one = _shown(world)
    papers = _papers(one.paper, count)
    copies(one, count, slug=_code, paper_id=lambda n: papers[n - 1].pk, number=_number,
           entry_id=_uuid, decision_entry_id=_uuid)  # fmt: skip
    values["slug"] = one.slug


CROWDS: dict[str, Crowd] = {
    "placements": Crowd(placements, (
        ("gongshi", "/desk/publications"), ("gongshi", "/desk/publications?list=late"),
        ("gongshi", "/desk/publications?list=withheld"), ("jiandu", "/desk/publications"),
        ("gongshi", "/desk/publications/{placement}"), ("gongshi", "/desk/deliveries"),
        ("jiandu", "/desk/deliveries"), ("gongshi", "/desk/deliveries/rows"), ("", "/withheld"),
    )),
    "exemptions": Crowd(exemptions, (("juzhang", "/desk/publications?list=exemptions"),)),
    "corrections": Crowd(corrections, (
        ("gongshi", "/desk/publications?list=corrections"), ("gongshi", "/desk/publications/corrections/{correction}"),
    )),
    "deliveries": Crowd(deliveries, (
        ("gongshi", "/desk/publications/{told}"), ("gongshi", "/desk/packages"),
        ("gongshi", "/desk/packages/P20261120"), ("gongshi", "/desk/deliveries/rows?cell=sent"),
    )),
    "officers": Crowd(officers, (
        ("guanli", "/desk/organs"), ("guanli", "/desk/organs?organ={organ}"), ("guanli", "/desk/devices?organ={organ}"),
        ("juzhang", "/desk/mandates"), ("li", "/desk/cases/new"), ("kezhang", "/desk/cases/{no}/handlers"),
        ("kezhang", "/desk/cases/{no}/handover"), ("li", "/desk/cases/{no}"), ("", "/officers"),
        ("li", "/field/certificate"), ("li", "/field/penalty"), ("li", "/desk/cases/{no}/steps/site_inspection"),
    )),
    "devices": Crowd(devices, (("guanli", "/desk/devices"),)),
    "register rows": Crowd(register_rows, (
        ("gongshi", "/desk/register-editions/{edition}"), ("gongshi", "/desk/register-editions/{edition}?tab=changes"),
        ("gongshi", "/desk/register-editions/{edition}?tab=findings"), ("gongshi", "/desk/registers/{register}"),
    )),
    "revisions": Crowd(revisions, (
        ("gongshi", "/desk/registers"), ("gongshi", "/desk/registers/{register}"), ("jiandu", "/desk/register-queue"),
    )),
    "evidence": Crowd(evidence, (
        ("li", "/desk/cases/{no}/evidence"), ("li", "/desk/cases/{no}"), ("li", "/desk/cases/{no}/dossier"),
        ("li", "/field/cases/{no}"), ("dangan", "/desk/vault"),
    )),
    "custody": Crowd(custody, (("li", "/desk/evidence/{evidence}"), ("li", "/desk/cases/{no}/evidence"))),
    "notices": Crowd(notices, (("li", "/desk/notices"), ("li", "/desk"), ("juzhang", "/desk/notices"))),
    "cases": Crowd(cases, (
        ("li", "/desk"), ("li", "/desk/cases"), ("juzhang", "/desk/cases"), ("li", "/desk/parties/{party}"),
        ("juzhang", "/desk/recording-watch"), ("juzhang", "/desk/recording-watch?tab=missing"),
        ("jiandu", "/desk/recording-watch?tab=missing"), ("juzhang", "/desk/conduct-watch"),
        ("juzhang", "/desk/conduct-watch?tab=missing"), ("juzhang", "/desk/conduct-watch?tab=excepted"),
        ("li", "/field/"), ("li", "/field/tasks"), ("li", "/desk/captures"), ("juzhang", "/desk/reports"),
        ("dangan", "/desk/archive"), ("guanli", "/desk/record"),
    )),
    "captures": Crowd(captures, (
        ("li", "/desk/captures"), ("li", "/desk/captures?tab=organ"), ("li", "/desk/cases/{no}/steps/site_inspection"),
        ("li", "/field/record"),
    )),
    "holds": Crowd(holds, (("dangan", "/desk/vault"),)),
    "sessions": Crowd(sessions, (("li", "/desk/account"),)),
    "credit records": Crowd(credit_records, (("gongshi", "/desk/credit-records"),)),
    "publications": Crowd(publications, (
        ("", "/"), ("", "/decisions"), ("", "/decisions?organ={organ}"), ("", "/decisions.json?limit=30"),
        ("", "/decisions.rss"), ("", "/decisions/{slug}"), ("", "/statistics"), ("", "/embed/{organ}"),
    )),
}  # fmt: skip

# Pages that offer everybody of an organ to choose from: as long as the organ is large. And the catalogue of a
# dossier, which the law wants whole.
CHOOSING: frozenset[Page] = frozenset({
    ("guanli", "/desk/devices?organ={organ}"), ("juzhang", "/desk/mandates"), ("li", "/desk/cases/new"),
    ("kezhang", "/desk/cases/{no}/handlers"), ("kezhang", "/desk/cases/{no}/handover"), ("li", "/field/penalty"),
    ("li", "/desk/cases/{no}/dossier"),
})  # fmt: skip


def _shown(world: World) -> Publication:
    """A decision that is public."""
    from tests import makers

    return makers.publication(of=world.spot_decision(), published_by=world.officers["gongshi"])


def _papers(one: Paper, count: int) -> list[Any]:
    """Papers like this one, each its own."""
    return copies(
        one, count, verify_code=_code, seq=lambda _: None, number=_number, sha256=_sha256
    )  # fmt: skip


def _code(number: int) -> str:
    """What is unique, however often a crowd is filled."""
    return uuid.uuid4().hex[:16]


def _number(number: int) -> str:
    return f"某罚〔2026〕{number}号"


def _sha256(number: int) -> str:
    return f"{number:064x}"


def _uuid(number: int) -> uuid.UUID:
    return uuid.uuid4()


def _seq(state: str) -> Callable[[int], int]:
    return lambda _: {"missing": 1, "excepted": 2}[state]
