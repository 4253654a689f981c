"""Makers of rows for tests: sensible defaults, every value can be given. Invented people and firms only.

These write rows directly. A test about *acting* calls the actions instead.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from mingjing.cases.models import Case, Paper, Step
from mingjing.organs.models import Account, Appointment, Certificate, Officer, Organ, path_below
from mingjing.parties.models import Party
from mingjing.publicity.models import Publication

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
PASSWORD = "Mirror-2026-bright"
# Every number has six digits, so that no test depends on how many rows were made before it.
_serial = count(100_001)


def organ(**given: Any) -> Organ:
    """An organ of the city."""
    number = next(_serial)
    values: dict[str, Any] = {
        "code": f"organ-{number}",
        "name": f"达州市某某局{number}",
        "short_name": f"某某局{number}",
        "region": "511700",
        "paper_prefix": f"达某{number}",
        "field": "food",
        # Of every kind, so that a test may rest a case on any item of the codex.
        "organ_fields": [
            "food", "market", "medicine", "health", "environment", "urban_management", "work_safety", "fire",
            "public_security", "traffic",
        ],
        "confirmed_on": date(2020, 1, 1),
    }  # fmt: skip
    made = {**values, **given}
    return Organ.objects.create(**{"path": path_below(made.get("parent"), made["code"]), **made})


def officer(roles: tuple[str, ...] = (), **given: Any) -> Officer:
    """An officer, with appointments running since 2020 for each of ``roles``."""
    values: dict[str, Any] = {"name": "李某某", "unit": "执法一科", "post": "科员"}
    made = Officer.objects.create(**{"organ": given.pop("organ", None) or organ(), **values, **given})
    for role in roles:
        Appointment.objects.create(officer=made, role=role, since=date(2020, 1, 1))
    return made


def certificate(**given: Any) -> Certificate:
    """A certificate in force through 2026."""
    values: dict[str, Any] = {
        "number": f"23{next(_serial)}",
        "fields": [],
        "region": "511700",
        "valid_from": date(2024, 1, 1),
        "valid_until": date(2028, 12, 31),
    }
    return Certificate.objects.create(
        **{"officer": given.pop("officer", None) or officer(), **values, **given}
    )


def account(for_officer: Officer | None = None, password: str = PASSWORD, **given: Any) -> Account:
    """An account that opens with ``PASSWORD``, bound to the officer if one is given."""
    made = Account(**{"username": f"user{next(_serial)}", **given})
    made.set_password(password)
    made.save()
    if for_officer is not None:
        for_officer.account = made
        for_officer.save(update_fields=["account"])
    return made


def party(**given: Any) -> Party:
    """An enterprise without a code."""
    values: dict[str, Any] = {"kind": "enterprise", "name": "达州市某某食品有限公司"}
    return Party.objects.create(**{**values, **given})


def case(**given: Any) -> Case:
    """A filed penalty case."""
    number = next(_serial)
    at = given.pop("at", AT)
    values: dict[str, Any] = {
        "no": f"P{number}",
        "label": f"达某立〔2026〕{number}号",
        "procedure": "penalty-ordinary",
        "edition": "0" * 64,
        "act": "penalty",
        "field": "food",
        "region": "511700",
        "title": "经营超过保质期的食品案",
        "stage": "filing",
        "stage_title": "立案",
        "opened_at": at - timedelta(days=40),
        "moved_at": at,
    }
    return Case.objects.create(**{"organ": given.pop("organ", None) or organ(), **values, **given})


def step(of: Case, **given: Any) -> Step:
    """One step of a case, with an entry that exists nowhere unless one is given."""
    values: dict[str, Any] = {
        "seq": of.steps.count() + 1,
        "step": "decide",
        "title": "作出决定",
        "at": AT,
        "by_name": "刘某某",
        "entry_id": uuid.uuid4(),
    }
    told = {**values, **given}
    return Step.objects.create(case=of, **{"legal_on": told["at"].date(), "entered_at": told["at"], **told})


def paper(of: Case, **given: Any) -> Paper:
    """An outgoing decision paper of a case."""
    number = next(_serial)
    values: dict[str, Any] = {
        "form": "penalty-decision",
        "form_code": "D-E1",
        "title": "行政处罚决定书",
        "outgoing": True,
        "wenzhong": "罚",
        "year": 2026,
        "seq": number,
        "number": f"{of.organ.paper_prefix}罚〔2026〕{number}号",
        "verify_code": f"ABCDEF{number}",
        "sha256": f"{number:064x}",
        "pages": 3,
        "issued_at": AT,
    }
    return Paper.objects.create(
        case=of, step=given.pop("step", None) or step(of), organ=of.organ, **{**values, **given}
    )


def publication(**given: Any) -> Publication:
    """A published decision; ``of`` gives its case."""
    of = given.pop("of", None) or case()
    decision = given.pop("paper", None) or paper(of)
    values: dict[str, Any] = {
        "act": of.act,
        "field": of.field,
        "region": of.region,
        "number": decision.number,
        "subject": "达州市某某食品有限公司",
        "title": "经营超过保质期的食品",
        "conclusion": "罚款 5,000元",
        "rendition": {
            "text": [["违法事实", "当事人经营超过保质期的食品三袋。"]],
            "filed_on": of.facts.get("filed_on", ""),
            "filing": "立案",
        },
        "decided_on": AT.date(),
        "published_at": AT,
        "published_by": given.pop("published_by", None) or officer(("publisher",), organ=of.organ),
        "entry_id": uuid.uuid4(),
        "decision_entry_id": decision.step.entry_id,
    }
    return Publication.objects.create(case=of, paper=decision, organ=of.organ, **{**values, **given})


def withdrawn(**given: Any) -> Publication:
    """A publication of which only the tombstone is left."""
    made = publication(**given)
    made.state, made.rendition, made.subject, made.subject_code = "withdrawn", {}, "", ""
    made.withdrawn_at, made.withdrawn_by = AT + timedelta(days=30), made.published_by
    made.withdrawal_reason = "该决定已被行政复议决定撤销"
    made.save()
    return made
