"""Founding the demo city: organs as a tree, officers with certificates, accounts and appointments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from mingjing.organs.actions import (
    appoint,
    create_account,
    create_certificate,
    create_officer,
    create_organ,
    issue_equipment,
    record_qualification,
)
from mingjing.organs.authority import SYSTEM
from mingjing.organs.queries import Officer, Organ

from .city import (
    BUREAU_PEOPLE,
    CITY_ORGANS,
    COUNTIES,
    COUNTY_ORGANS,
    ORGAN_FIELDS,
    TEAMS,
    Person,
    people_of,
)
from .meetings import UNIFORMS, photograph

PASSWORD = "demo-Mingjing-2026"  # noqa: S105 - printed on the sign-in page of the demo only
CITY = "511700"
SINCE = date(2025, 1, 1)
WITHOUT_UNIFORM = 3
"""Who of each team was given none, so that the ledger of uniforms has something to see to."""


@cache
def _encoded() -> str:
    """The hashed demo password: hashing is slow on purpose, and all demo accounts share it."""
    return make_password(PASSWORD)


@dataclass(frozen=True)
class Team:
    """The people of one organ who handle matters, by role; ids of officers."""

    organ_id: int
    organ_code: str
    region: str
    field: str
    by_role: dict[str, list[int]]
    names: dict[int, str]


def found_city(at: datetime) -> dict[str, Team]:
    """Create all organs and people; returns the six teams by organ code."""
    government = _organ(
        at, "dz-zf", "达州市人民政府", "市政府", CITY, "达府", kind="government", field="general", parent=None
    )
    bureau = _organ(
        at, "dz-sfj", "达州市司法局", "市司法局", CITY, "达司", field="general", parent=government,
        is_justice_bureau=True,
    )  # fmt: skip
    organs = {
        code: _organ(at, code, name, short, CITY, prefix, field=field, parent=government)
        for code, name, short, prefix, field in CITY_ORGANS
    }
    for region, county, mark in COUNTIES:
        organs |= _found_county(at, government, region, county, mark)
    for person in BUREAU_PEOPLE:
        _officer(at, bureau, person, 0, CITY)
    return {code: _team(at, organs[code], number) for number, code in enumerate(TEAMS, 1)}


def _found_county(at: datetime, city: Organ, region: str, county: str, mark: str) -> dict[str, Organ]:
    code = {
        "511702": "tc",
        "511703": "dc",
        "511722": "xh",
        "511723": "kj",
        "511724": "dz2",
        "511725": "qx",
    }.get(region, "wy")
    government = _organ(
        at, f"{code}-zf", f"{county}人民政府", f"{county}政府", region, f"达{mark}府", kind="government",
        field="general", parent=city,
    )  # fmt: skip
    return {
        f"{code}-{suffix}": _organ(
            at, f"{code}-{suffix}", f"{county}{name}", f"{county}{short}", region, f"达{mark}{prefix}",
            field=field, parent=government,
        )
        for suffix, name, short, prefix, field in COUNTY_ORGANS
    }  # fmt: skip


def _organ(
    at: datetime,
    code: str,
    name: str,
    short: str,
    region: str,
    prefix: str,
    *,
    parent: Organ | None,
    field: str,
    kind: str = "organ",
    is_justice_bureau: bool = False,
) -> Organ:
    place = name.removesuffix("人民政府") if kind == "government" else ""
    return create_organ(
        code=code,
        name=name,
        short_name=short,
        region=region,
        paper_prefix=prefix,
        parent=parent,
        actor=SYSTEM,
        at=at,
        kind=kind,
        field=field,
        organ_fields=ORGAN_FIELDS.get(code.partition("-")[2], []),
        is_justice_bureau=is_justice_bureau,
        uniform=UNIFORMS.get(code.rpartition("-")[2], ""),
        address=f"{place or name[:3]}某某路1号",
        phone="0818-0000000",
        reconsideration_organ=parent.name if parent else "四川省人民政府",
        court="达州市某某人民法院",
        bank="某某银行达州某某支行",
        confirmed_on=SINCE,
    )


def _team(at: datetime, organ: Organ, number: int) -> Team:
    by_role: dict[str, list[int]] = {}
    names: dict[int, str] = {}
    for index, person in enumerate(people_of(organ.code), 1):
        officer = _officer(at, organ, person, number * 100 + index, organ.region)
        names[officer.pk] = officer.name
        for role in person.roles:
            by_role.setdefault(role, []).append(officer.pk)
    return Team(organ.pk, organ.code, organ.region, organ.field, by_role, names)


def _officer(at: datetime, organ: Organ, person: Person, number: int, region: str) -> Officer:
    officer = create_officer(
        organ=organ,
        name=person.name,
        unit=person.unit,
        post=person.post,
        is_principal=person.principal,
        legal_qualification=f"A2020510000{number:04d}" if person.qualification else "",
        actor=SYSTEM,
        at=at,
    )
    for role in person.roles:
        appoint(officer=officer, role=role, since=SINCE, actor=SYSTEM, at=at)
    if person.certified:
        create_certificate(
            officer=officer,
            number=f"2317{number:04d}",
            region=region,
            valid_from=SINCE,
            valid_until=date(2029, 12, 31),
            actor=SYSTEM,
            at=at,
        )
        photograph(officer, number, at)
        _qualify(officer, at)
        if organ.uniform and number % 10 != WITHOUT_UNIFORM:
            _dress(officer, organ, number, at)
    create_account(
        officer=officer,
        username=person.username,
        password=PASSWORD,
        must_change_password=False,
        encoded=_encoded(),
        actor=SYSTEM,
        at=at,
    )
    return officer


def _qualify(officer: Officer, at: datetime) -> None:
    """The examination before the certificate, and a year's training."""
    common: dict[str, Any] = {
        "officer_id": officer.pk,
        "organizer": "达州市司法局",
        "actor": SYSTEM,
        "at": at,
    }
    record_qualification(
        kind="exam", held_on=date(2024, 11, 16), title="行政执法人员资格考试", passed=True, score="合格",
        proof="演示数据：考试成绩单", **common,
    )  # fmt: skip
    record_qualification(
        kind="training", held_on=date(2025, 12, 5), title="行政执法人员年度培训", hours=60,
        proof="演示数据：培训签到表", **common,
    )  # fmt: skip


def _dress(officer: Officer, organ: Organ, number: int, at: datetime) -> None:
    issue_equipment(
        officer_id=officer.pk,
        kind="uniform",
        item=organ.uniform,
        quantity=2,
        issued_on=SINCE,
        actor=SYSTEM,
        at=at,
    )
    issue_equipment(
        officer_id=officer.pk,
        kind="sign",
        item="胸号",
        number=f"{number:04d}",
        issued_on=SINCE,
        actor=SYSTEM,
        at=at,
    )
