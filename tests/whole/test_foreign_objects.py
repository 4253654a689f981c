"""Whoever is of another organ gets at nothing of this one, whatever his roles and whichever number he tries.

The outsider holds every role there is, and his organ is the justice bureau of another county: no permission stops
him, only whose the thing is.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from mingjing.cases.models import Case, Evidence, Paper, Step
from mingjing.exchange import actions as exchange
from mingjing.exchange.models import CreditRecord
from mingjing.organs.authority import SYSTEM
from mingjing.organs.roles import ROLES
from mingjing.publicity import actions
from mingjing.publicity.models import Exemption, Placement
from tests import makers
from tests.office import Matter, Office, company, open_matter, to_decision
from tests.office_fixtures import office
from tests.publicity.acts import asking, decided, proposed
from tests.publicity.register_acts import submitted

from .test_urls_by_role import addresses

__all__ = ["office"]
pytestmark = pytest.mark.django_db
PARTY = "达州市某某外人不得看公司"
# A manager manages the platform and not only his organ; a proof tells nothing of anybody.
EVERYBODYS = frozenset(
    {"edit-organ", "new-officer", "officer", "officer-photo", "device", "proof", "receipt"}
)
HIDDEN = (403, 404, 405)


@pytest.fixture(scope="module")
def matter(office: Office) -> Matter:
    """A decision that is published and was told to a channel, under a name to look out for."""
    made = to_decision(open_matter(office, party=company(name=PARTY)), date(2026, 4, 13))
    made.do("publish")
    actions.settle(case_id=made.case_id, actor=SYSTEM, at=made.at)
    return made


@pytest.fixture
def things(matter: Matter) -> dict[str, Any]:
    """What stands in the addresses of the desk, by the name of the parameter."""
    office, at = matter.office, matter.at
    package = exchange.make_package(
        channel="credit", organ=office.organ.code, actor=office.actor("publisher", at), at=at
    )
    record = CreditRecord.objects.create(
        key="k", kind="penalty", number="1", plain_number="1", organ_name=office.organ.name, organ=office.organ,
        party=PARTY, decided_on=at.date(), sha256="0" * 64, sheet="", row=1, taken_in_at=at,
    )  # fmt: skip
    edition = submitted(office)
    return {
        "no": Case.objects.get(pk=matter.case_id).no,
        "seq": 2,
        "step": "close",
        "form": "filing-approval",
        "paper_id": Paper.objects.filter(case_id=matter.case_id).earliest("pk").pk,
        "evidence_id": Evidence.objects.filter(case_id=matter.case_id).earliest("pk").pk,
        "placement_id": Placement.objects.get(case_id=matter.case_id, channel="credit").pk,
        "correction_id": actions.ask_correction(**asking(matter)).pk,
        "number": package.number,
        "key": record.pk,
        "edition_id": edition.pk,
        "register_id": edition.register_id,
        "submission_id": 424242,
        "entry_id": Step.objects.filter(case_id=matter.case_id).earliest("pk").entry_id,
    }


@pytest.fixture
def outsider(office: Office) -> Client:
    """The browser of somebody with every role, of the justice bureau of another county."""
    county = makers.organ(name="某某县人民政府", kind="government")
    bureau = makers.organ(name="某某县司法局", parent=county, is_justice_bureau=True)
    officer = makers.officer(tuple(ROLES), organ=bureau, name="外某某")
    makers.certificate(officer=officer)
    client = Client()
    client.force_login(makers.account(officer))
    return client


def asked(things: dict[str, Any]) -> list[tuple[str, str]]:
    """Every address of desk and field that leads to one of these things: its name and itself."""
    found = []
    for door, prefix in (("desk", "/"), ("field", "/field/")):
        for one in addresses(door):
            names = re.findall(r"<\w+:(\w+)>", str(one.pattern))
            if names and set(names) <= set(things) and one.name not in EVERYBODYS:
                path = re.sub(r"<\w+:(\w+)>", lambda name: str(things[name[1]]), str(one.pattern))
                found.append((str(one.name), prefix + path))
    return found


def test_an_outsider_reads_nothing_and_changes_nothing(things: dict[str, Any], outsider: Client) -> None:
    told = []
    for name, path in asked(things):
        for method in ("get", "post"):
            answer = getattr(outsider, method)(path, {"version": 1, "do": "accept", "reason": "某某"})
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code not in HIDDEN or PARTY in content.decode(errors="replace"):
                told.append(f"{method} {name}: {answer.status_code}")

    assert not told, "\n".join(told)
    assert len(asked(things)) > 50


@pytest.mark.parametrize(
    "path",
    [
        "/desk/publications", "/desk/publications?list=late", "/desk/publications?list=corrections",
        "/desk/deliveries/rows", "/desk/deliveries/rows?organ={organ}", "/desk/deliveries.csv", "/desk/packages",
        "/desk/deliveries?organ={organ}", "/desk/deliveries.csv?organ={organ}",
        "/desk/deliveries/rows.csv?organ={organ}", "/desk/credit-records", "/desk/credit-records?words=某某",
        "/desk/registers?organ={organ}", "/desk/register-queue", "/desk/conduct-watch?organ={organ}",
        "/desk/recording-watch?organ={organ}", "/desk/cases", "/desk/cases?organ={organ}",
        "/desk/approvals", "/desk/notices", "/desk/payments", "/desk/archive", "/desk/vault", "/desk/captures",
        "/desk/reports/collection", "/desk/reports?organ={organ}", "/desk/reports/cell?organ={organ}",
        "/desk/reports/file.json?organ={organ}", "/desk/ledger?words=某某", "/desk/ledger?tab=void", "/desk/ledger.csv",
    ],
)  # fmt: skip
def test_no_list_of_an_outsider_holds_anything_of_another_organ(
    matter: Matter, things: dict[str, Any], outsider: Client, path: str
) -> None:
    number = Placement.objects.filter(case_id=matter.case_id).first().number

    answer = outsider.get(path.format(organ=matter.office.organ.code))

    content = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
    assert answer.status_code < 500
    assert PARTY not in content
    assert number not in content
    assert things["no"] not in content


def test_an_outsider_answers_no_exemption(office: Office, outsider: Client) -> None:
    row = proposed(office, decided(office))

    answer = outsider.post("/desk/publications", {"exemption": row.pk, "do": "approve"})

    assert answer.status_code == 404
    assert Exemption.objects.get(pk=row.pk).state == "open"
