"""An office that handles cases: its people by what they are, and cases taken through their steps by them.

Rows of organs and people are written by makers; everything that happens in a case happens by actions, with
the forms filled in as the people of the demo city fill them in.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from mingjing.cases import actions as cases
from mingjing.cases import queries
from mingjing.cases.actions import Taken
from mingjing.cases.facts import Upload
from mingjing.cases.models import Case, Payment
from mingjing.cases.work import Work
from mingjing.demo.answers import answer
from mingjing.demo.scenes import Scene
from mingjing.demo.stories import SPOT_STORIES, STORIES
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.actions import load_codex
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Officer, Organ
from mingjing.organs.roles import ROLES
from mingjing.parties.models import Party
from mingjing.publicity import actions as publicity
from mingjing.review import actions as review
from tests import makers

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
ORDINARY, SUMMARY = "penalty-ordinary", "penalty-summary"
STORY = {story.power: story for story in (*STORIES, *SPOT_STORIES)}

# Who works in the office: roles, and what else is known of the person.
_PEOPLE: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "handler": (("handler",), {"name": "甲某某"}),
    "second": (("handler",), {"name": "乙某某"}),
    "colleague": (("handler",), {"name": "丙某某"}),
    "unit_head": (("handler", "unit_head"), {"name": "丁某某"}),
    "reviewer": (("reviewer",), {"name": "戊某某", "legal_qualification": "A20205100000001"}),
    "hearing_host": (("hearing_host",), {"name": "己某某"}),
    "organ_head": (("organ_head",), {"name": "庚某某", "is_principal": True}),
    "publisher": (("publisher",), {"name": "辛某某"}),
    "cashier": (("cashier",), {"name": "壬某某"}),
    "archivist": (("archivist",), {"name": "癸某某"}),
    "clerk": (("clerk",), {"name": "寅某某"}),
    "issuer": (("issuer",), {"name": "卯某某"}),
    "keeper": (("keeper",), {"name": "辰某某"}),
    "drawer": (("drawer",), {"name": "巳某某"}),
    "supervisor": (("supervisor",), {"name": "子某某"}),
    "manager": (("manager",), {"name": "丑某某"}),
}
_CERTIFIED = ("handler", "second", "colleague", "unit_head")


@dataclass
class Office:
    """One organ and its people; ``var`` holds its files, ``watch`` is called after every step."""

    organ: Organ
    people: dict[str, Officer]
    var: Path = Path()
    watch: Callable[[Matter], None] | None = None

    def actor(self, who: str, at: datetime = MONDAY) -> Actor:
        """Somebody of the office as an actor on that day."""
        return organs.actor_of_officer(self.people[who].pk, at.date())

    def hire(self, who: str, roles: tuple[str, ...], *, certified: bool = True, **details: Any) -> Officer:
        """One more person, by whatever name the test gives."""
        officer = makers.officer(roles, organ=self.organ, **{"name": f"{who}某", **details})
        if certified:
            makers.certificate(officer=officer)
        self.people[who] = officer
        return officer


def found_office(**details: Any) -> Office:
    """An organ with one person of each kind."""
    government = makers.organ(name="达州市人民政府", kind="government")
    organ = makers.organ(
        **{"parent": government, "court": "达州市某某人民法院", "bank": "某某银行", **details}
    )
    office = Office(organ, {})
    for who, (roles, more) in _PEOPLE.items():
        office.hire(who, roles, certified=who in _CERTIFIED, **more)
    assert {role for roles, _ in _PEOPLE.values() for role in roles} == set(ROLES)
    return office


def load_law() -> None:
    """Statutes with their dates, power items and procedure editions."""
    load_codex(MONDAY)


def scene(power: str = "FOOD-04", **changes: Any) -> Scene:
    """What happened: one of the demo's stories, with a fine that its provision allows."""
    story = STORY[power]
    values: dict[str, Any] = {
        "story": story,
        "party_name": "达州市某某食品有限公司",
        "representative": "赵某某",
        "place": "通川区某某路",
        "officers": (),
        "head_name": "庚某某",
        "reviewer_name": "戊某某",
        "phone": "0818-0000000",
        "fine_fen": story.fines[0],
    }
    return Scene(**{**values, **changes})


def company(**given: Any) -> Party:
    """An invented enterprise with an address, which decisions must print."""
    values = {"legal_representative": "赵某某", "address": "达州市通川区某某路1号", "phone": "0818-0000000"}
    return makers.party(**{**values, **given})


def person(**given: Any) -> Party:
    """An invented citizen."""
    return company(**{"kind": "person", "name": "钱某某", "legal_representative": "", "sex": "男", **given})


LATE = "现场没有网络，回到单位后录入。"


def film(rule: Rule) -> list[Upload]:
    """The recording of a step that has to be filmed."""
    field = next((one for one in rule.facts if one.kind == "files"), None)
    if rule.recording not in ("key", "full") or field is None:
        return []
    return [Upload(field.name, "执法记录仪.mp4", "video/mp4", b"film", "audiovisual")]


@dataclass
class Matter:
    """A case under way; every step is taken by the person who may, an hour after the last unless told."""

    office: Office
    scene: Scene
    at: datetime
    case_id: uuid.UUID
    taken: list[Taken] = field(default_factory=list)
    films: bool = True

    @property
    def case(self) -> Case:
        """The case as it is now."""
        return Case.objects.select_related("organ", "party").get(pk=self.case_id)

    @property
    def work(self) -> Work:
        """The case with its procedure and marking, for reading."""
        return queries.work_of(self.case_id, self.at)

    def rule(self, step: str) -> Rule:
        return self.work.procedure.steps[step]

    def form(self, step: str, **changes: Any) -> dict[str, Any]:
        """The filled-in form of a step; a change to None leaves the field out."""
        filled = {**answer(step, self.scene, self.at, self.case.facts), **changes}
        return {name: value for name, value in filled.items() if value is not None}

    def move_to(self, day: date, hour: int = 10) -> Matter:
        """Go on to another day."""
        self.at = datetime.combine(day, time(hour), SHANGHAI)
        return self

    def do(self, step: str, *, who: str | None = None, **changes: Any) -> Taken:
        """Take a step to its end: submitted and approved where the procedure asks for it."""
        self.at += timedelta(hours=1)
        taken = self.propose(step, who=who, **changes)
        if taken.submitted:
            taken = self.approve(taken)
        self.taken.append(taken)
        if self.office.watch is not None:
            self.office.watch(self)
        return taken

    def propose(self, step: str, *, who: str | None = None, **changes: Any) -> Taken:
        """Take the step through its door; a step that needs approval is only submitted."""
        rule = self.rule(step)
        actor = self.office.actor(who or self.who(rule), self.at)
        if rule.confirms_payment:
            return self.pay(actor, **changes)
        common: dict[str, Any] = {"case_id": self.case_id, "actor": actor, "at": self.at}
        more = {"files": film(rule) if self.films else [], "late_reason": LATE}
        if rule.through == "review":
            return review.give_opinion(facts=self.form(step, **changes), **common)
        if rule.withdraws:
            return publicity.withdraw(step=step, facts=self.form(step, **changes), **common)
        if rule.through == "publicity":
            return publicity.publish(
                step=step, seen=self._seen(step), facts=self.form(step, **changes), **common
            )
        return cases.take(step=step, facts=self.form(step, **changes), **common, **more)

    def _seen(self, step: str) -> str:
        """What the publisher confirms to have looked at; nothing where there is nothing to look at yet."""
        try:
            return publicity.previewed(self.case_id, step).digest
        except Refused:
            return ""

    def approve(self, taken: Taken, *, who: str | None = None, **more: Any) -> Taken:
        """Approve what was submitted."""
        role = self.rule(taken.step).approve
        actor = self.office.actor(who or str(role), self.at)
        return cases.approve(submission_id=taken.submission_id or 0, actor=actor, at=self.at, **more)

    def pay(self, actor: Actor, **changes: Any) -> Taken:
        """The bank's line for the open slip."""
        code, due = queries.open_slip(self.case_id) or ("NOSUCHSLIP", 0)
        values: dict[str, Any] = {
            "code": code,
            "amount_fen": due,
            "paid_on": self.at.date(),
            "bank_reference": f"BANK{code}",
        }
        paid = cases.confirm_payment(**{**values, **changes}, actor=actor, at=self.at)
        assert paid is not None
        return paid

    def who(self, rule: Rule) -> str:
        """The person of the office who takes such a step; what a party says is entered by the handler."""
        return next((role for role in rule.by if role in self.office.people), "handler")

    def owed(self) -> set[str]:
        """The steps that are owed, by the rows that lists read."""
        rows = self.case.obligations.filter(kind="duty", state="open")
        return set(rows.values_list("step", flat=True))


def open_matter(
    office: Office,
    *,
    power: str = "FOOD-04",
    procedure: str = ORDINARY,
    party: Party | None = None,
    at: datetime = MONDAY,
    handlers: tuple[str, ...] = ("handler", "second"),
    facts: Mapping[str, Any] | None = None,
    field: str = "",
    **changes: Any,
) -> Matter:
    """Open a case by its first handler; ``facts`` change the opening form, ``changes`` the scene."""
    of = party or company()
    officers = tuple(office.people[who].pk for who in handlers)
    told = scene(power, party_name=of.name, officers=officers, **changes)
    start = next(iter(law.procedure(procedure, at.date()).start_steps))
    item = law.power_rows(source=law.CODEX).filter(code=power).first()
    taken = cases.open_case(
        organ_id=office.organ.pk,
        procedure=procedure,
        title=f"{of.name}{told.story.cause}案",
        facts={**answer(start, told, at, {}), **(facts or {})},
        actor=office.actor(handlers[0], at),
        at=at,
        party_id=of.pk,
        power_item_id=item.pk if item else None,
        handlers=officers,
        field=field,
        files=film(law.procedure(procedure, at.date()).steps[start]),
        late_reason=LATE,
    )
    return Matter(office, told, at, taken.case_id, [taken])


# --- courses that cases take; every one ends in the archive ---


def to_notice(matter: Matter) -> Matter:
    """From the lead to the served notice of an ordinary penalty."""
    for step in ("site_inspection", "file", "service_address", "interview", "conclude"):
        matter.do(step)
    for step in ("legal_review", "advance_notice", "serve_notice"):
        if step in matter.work.marking.included:
            matter.do(step)
    return matter


def to_decision(matter: Matter, on: date = date(2026, 3, 11)) -> Matter:
    """From the lead to the decision, after the rights to speak have run out unused."""
    to_notice(matter).move_to(on)
    if "discussion" in matter.owed():
        matter.do("discussion")
    matter.do("decide")
    return matter


def finish(matter: Matter) -> Matter:
    """From the decision to the archive."""
    for step in ("serve_decision", "publish", "publish_no_penalty"):
        if step in matter.work.marking.included:
            matter.do(step)
    if Payment.objects.filter(case_id=matter.case_id, state="open").exists():
        matter.move_to(max(date(2026, 3, 20), matter.at.date() + timedelta(days=1))).do("payment_confirmed")
    matter.do("close")
    matter.do(next(step for step in matter.owed() if step.startswith("archive_")))
    return matter


def spot(office: Office, **changes: Any) -> Matter:
    """A penalty on the spot, decided and not yet reported."""
    values: dict[str, Any] = {"power": "FOOD-05", "party": company(kind="sole_proprietor", name="某某便利店")}
    matter = open_matter(office, procedure=SUMMARY, **{**values, **changes})
    matter.do("hear_party")
    matter.do("spot_decision")
    return matter


def with_scene(matter: Matter, **changes: Any) -> Matter:
    """The same case, told differently from now on."""
    matter.scene = replace(matter.scene, **changes)
    return matter


def signed_in(office: Office, who: str) -> Client:
    """The browser of somebody of the office; whoever has no account gets one."""
    client = Client()
    # Read anew: what another test gave him was taken back with it.
    officer = Officer.objects.select_related("account").get(pk=office.people[who].pk)
    client.force_login(officer.account or makers.account(officer))
    return client


# --- what a refusal says, and what must not change ---

_HAN = re.compile("[\u4e00-\u9fff]{2,}")


@contextmanager
def refused(code: str, *, basis: str | None = None, match: str = "") -> Iterator[None]:
    """The act is refused with this code, in Chinese, with a remedy, and on this basis if one is given."""
    with pytest.raises(Refused) as caught:
        yield
    why = caught.value
    assert why.code == code, f"{why.code}: {why.reason}"
    assert _HAN.search(why.reason), why.reason
    assert why.remedy, f"{why.code} has no remedy: {why.reason}"
    assert _HAN.search(why.remedy), why.remedy
    assert match in why.reason, why.reason
    if basis is not None:
        assert (why.basis or "").startswith(basis), why.basis


def counts() -> dict[str, int]:
    """How many rows every table of the platform holds."""
    models = [
        model
        for app in apps.get_app_configs()
        if app.name.startswith("mingjing.")
        for model in app.get_models()
    ]
    return {model._meta.label: model._default_manager.count() for model in models}


@contextmanager
def nothing_saved(*cases_watched: Matter) -> Iterator[None]:
    """No row is added or removed meanwhile, and the watched cases stay as they are."""
    before, seen = counts(), [list(Case.objects.filter(pk=one.case_id).values()) for one in cases_watched]
    yield
    assert counts() == before
    assert [list(Case.objects.filter(pk=one.case_id).values()) for one in cases_watched] == seen


@contextmanager
def one_rolled_back_world(blocker: Any, var: Path) -> Iterator[None]:
    """Rows for all tests of a module; each test goes on from a savepoint. ``var`` holds the files."""
    from django.test import override_settings

    keys = {"MINGJING_VAR": var, "MINGJING_SIGNING_KEY_FILE": var / "keys" / "record.key"}
    outermost = transaction.atomic()
    outermost._from_testcase = (
        True  # as Django marks its own, so that sealing may be the outermost of the platform
    )
    with blocker.unblock(), override_settings(**keys), outermost:
        yield
        transaction.set_rollback(True)
