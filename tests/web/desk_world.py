"""A small office for tests of the desk: one organ with everybody in it, a neighbour, the justice bureau.

Matters are opened and moved by the actions, never by writing rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from mingjing.cases import actions
from mingjing.cases.actions import Taken
from mingjing.cases.models import Case
from mingjing.law import queries as law
from mingjing.law.actions import load_codex
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Account, Officer, Organ
from tests import makers
from tests.makers import AT
from tests.office import film

ORDINARY = "penalty-ordinary"
SUMMARY = "penalty-summary"
FIRM = {
    "kind": "enterprise",
    "name": "达州市某某食品有限公司",
    "code": "",
    "legal_representative": "张某某",
    "address": "达州市通川区某某路1号",
    "phone": "0818-0000000",
}
REGISTER = {
    "source_kind": "inspection",
    "found_on": "2026-11-19",
    "lead_received_at": "2026-11-19T09:00",
    "lead_content": "检查发现货架陈列的食品超过保质期。",
    "violation_on": "2026-11-17",
    "violation_place": "通川区某某路1号",
    "lead_proposal": "建议立案。",
}
FILE = {
    "cause": "涉嫌经营超过保质期的食品",
    "suspected_provision": "食品安全法/34",
    "initial_evidence": "现场照片三张。",
    "filing_reason": "有初步证据，属本机关管辖，建议立案。",
}
# What one organ's own papers and files answer to whoever asks for them.
EVERYBODY = [
    ("li", 200),
    ("zhao", 200),
    ("juzhang", 200),
    ("jiandu", 200),
    ("stranger", 404),
    ("guanli", 403),
]

# Everybody in the office: roles by name.
PEOPLE: dict[str, tuple[str, ...]] = {
    "li": ("handler",),
    "wang": ("handler",),
    "zhao": ("handler",),
    "kezhang": ("unit_head",),
    "shenhe": ("reviewer",),
    "zhuchi": ("hearing_host",),
    "juzhang": ("organ_head",),
    "gongshi": ("publisher",),
    "duizhang": ("cashier",),
    "dangan": ("archivist",),
    "shouli": ("clerk",),
    "zhizheng": ("issuer",),
    "baoguan": ("keeper",),
    "chouqu": ("drawer",),
}


@dataclass
class World:
    """The office: officers by name; ``client(name)`` is a browser in which that person is signed in."""

    organ: Organ
    officers: dict[str, Officer] = field(default_factory=dict)

    def actor(self, name: str, at: datetime = AT) -> Actor:
        """The person as an actor."""
        return organs.actor_of_officer(self.officers[name].pk, at.date())

    def client(self, name: str) -> Client:
        """The person's browser."""
        client = Client()
        account = self.officers[name].account
        assert account is not None
        client.force_login(account)
        return client

    def open(self, at: datetime = AT, handlers: tuple[str, ...] = ("li", "wang"), **given: Any) -> Case:
        """An ordinary penalty case of li and wang, lead registered."""
        values: dict[str, Any] = {
            "procedure": ORDINARY,
            "title": "达州市某某食品有限公司经营超过保质期的食品案",
            "facts": REGISTER,
            "party": FIRM,
            "handlers": [self.officers[one].pk for one in handlers],
        }
        told = {**values, **given}
        procedure = law.procedure(told["procedure"], at.date())
        films = film(procedure.steps[next(iter(procedure.start_steps))])
        taken = actions.open_case(
            organ_id=self.organ.pk, actor=self.actor(handlers[0], at), at=at, **{"files": films, **told}
        )
        return Case.objects.get(pk=taken.case_id)

    def take(
        self,
        case: Case,
        step: str,
        facts: dict[str, Any],
        *,
        by: str = "li",
        at: datetime = AT,
        films: bool = True,
        **more: Any,
    ) -> Taken:
        """Take a step, recorded where it has to be unless told; the row is read again."""
        rule = law.procedure_edition(case.procedure, case.edition).steps[step]
        files = more.pop("files", film(rule) if films else [])
        taken = actions.take(
            case_id=case.pk, step=step, facts=facts, actor=self.actor(by, at), at=at, files=files, **more
        )
        case.refresh_from_db()
        return taken

    def file(self, case: Case, at: datetime = AT) -> Case:
        """File the case: submitted by li, approved by the head."""
        taken = self.take(case, "file", FILE, at=at)
        assert taken.submission_id is not None
        actions.approve(submission_id=taken.submission_id, actor=self.actor("juzhang", at), at=at)
        case.refresh_from_db()
        return case

    def spot_decision(self, at: datetime = AT) -> Case:
        """A case decided on the spot: fined 100 yuan, to be paid at the bank and published."""
        load_codex(at)
        officers = [self.officers["li"].pk, self.officers["wang"].pk]
        first = at - timedelta(hours=1)
        case = self.open(
            at=first,
            procedure=SUMMARY,
            facts={
                "source_kind": "inspection",
                "cause": "销售标签有瑕疵的食品，拒不改正",
                "violation_at": first,
                "violation_on": first.date(),
                "violation_place": "通川区某某路1号",
                "violation_fact": "当事人法定代表人张某某在场，货架陈列的饮料标签字号小于规定，电话13800138000。",
                "evidence_summary": "照片二张 | 书证 | 标签字号",
                "violated_provision": "食品安全法/67",
                "certificates_shown": "yes",
                "officers_present": officers,
            },
        )
        self.take(
            case,
            "hear_party",
            {
                "power_item": "FOOD-05",
                "prior_order_no": "责改〔2026〕1号",
                "prior_checked_on": "2026-11-19",
                "penalty_provision": "食品安全法/125(2)",
                "penalty_kinds": ["fine"],
                "noticed_fine_fen": 10_000,
                "rights_told": "yes",
                "notice_reply": "paper",
                "party_view": "none",
            },
            at=first,
        )
        self.take(
            case,
            "spot_decision",
            {"fine_fen": 10_000, "penalty_content": "罚款人民币100元。", "collection": "bank"},
            at=at,
        )
        return case


def build() -> World:
    """The office, its neighbour with a stranger, and the justice bureau with supervisor and manager."""
    government = makers.organ(code="zhengfu", name="达州市人民政府", short_name="市政府", kind="government")
    world = World(
        makers.organ(code="shi-jianguan", name="达州市某某监管局", short_name="市某某局", parent=government)
    )
    for name, roles in PEOPLE.items():
        certified = bool({"handler", "unit_head"} & set(roles))
        _person(world, name, roles, world.organ, certified=certified)
    world.officers["shenhe"].legal_qualification = "A20205100000001"
    world.officers["shenhe"].save()
    neighbour = makers.organ(code="linjie", name="达州市邻近某某局", short_name="市邻近局")
    _person(world, "stranger", ("handler",), neighbour, certified=True)
    bureau = makers.organ(
        code="sifaju",
        name="达州市某某司法局",
        short_name="市司法局",
        parent=government,
        is_justice_bureau=True,
    )
    _person(world, "jiandu", ("supervisor",), bureau)
    _person(world, "guanli", ("manager",), bureau)
    return world


def _person(
    world: World, name: str, roles: tuple[str, ...], organ: Organ, *, certified: bool = False
) -> None:
    officer = makers.officer(roles, organ=organ, name=f"{name}某")
    if certified:
        makers.certificate(officer=officer)
    account = Account(username=name)
    account.set_unusable_password()
    account.save()
    officer.account = account
    officer.save()
    world.officers[name] = officer


def form_of(facts: dict[str, Any], version: int) -> dict[str, Any]:
    """Facts as a browser posts them."""
    return {"version": version, **{f"fact.{name}": value for name, value in facts.items()}}


def body(response: Any) -> bytes:
    """The streamed answer, read to its end: the client then closes it without closing the database."""
    return b"".join(response.streaming_content)
