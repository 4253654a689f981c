"""A city for tests of registers: an organ with people, its neighbour, the justice bureaus of city and county."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Officer, Organ
from mingjing.publicity import actions
from mingjing.publicity.models import RegisterEdition
from tests import makers
from tests.makers import AT

ITEM = {
    "category": "食品安全",
    "item": "食品销售者进货查验",
    "object": "食品销售者",
    "weight": "key",
    "way": "实地核查",
    "subject": "达州市某某局",
    "legal_basis": "食品安全法/53",
    "share": "每年抽查不少于百分之五",
}


@dataclass
class City:
    """Organs by name, and one person of each role in each of them, by ``organ.role``."""

    organs: dict[str, Organ] = field(default_factory=dict)
    people: dict[str, Officer] = field(default_factory=dict)

    def actor(self, who: str, at: datetime = AT) -> Actor:
        """The person as an actor."""
        return organs.actor_of_officer(self.people[who].pk, at.date())

    def staff(self, organ: str, *roles: str) -> None:
        """One person of each role."""
        for role in roles:
            self.people[f"{organ}.{role}"] = makers.officer(
                (role,), organ=self.organs[organ], name=f"{organ[0]}某{role[0]}"
            )


def found_city(**more: Any) -> City:
    """The city with its bureau, a county with and one without a bureau of its own."""
    city = City()
    government = makers.organ(code="shi-zf", name="达州市人民政府", kind="government")
    county = makers.organ(
        code="xian-zf", name="某某县人民政府", kind="government", parent=government, region="511722"
    )
    far = makers.organ(
        code="qu-zf", name="某某区人民政府", kind="government", parent=government, region="511702"
    )
    city.organs = {
        "bureau": makers.organ(
            code="shi-sfj", name="达州市司法局", parent=government, is_justice_bureau=True
        ),
        "ours": makers.organ(code="shi-jg", name="达州市某某局", parent=government, credit_code="", **more),
        "other": makers.organ(code="shi-lj", name="达州市邻近局", parent=government),
        "county": makers.organ(code="xian-jg", name="某某县某某局", parent=county, region="511722"),
        "county_bureau": makers.organ(
            code="xian-sfj", name="某某县司法局", parent=county, region="511722", is_justice_bureau=True
        ),
        "district": makers.organ(code="qu-jg", name="某某区某某局", parent=far, region="511702"),
    }
    for organ in ("ours", "other", "county", "district"):
        city.staff(organ, "publisher", "reviewer", "organ_head", "handler")
    for bureau in ("bureau", "county_bureau"):
        city.staff(bureau, "supervisor", "organ_head")
    return city


def drafted(
    city: City, kind: str = "random-inspection", *, organ: str = "ours", at: datetime = AT
) -> RegisterEdition:
    """A draft with one row; of a drawn register, what the live data give."""
    actor = city.actor(f"{organ}.publisher", at)
    edition = actions.open_draft(kind=kind, actor=actor, at=at)
    if kind == "random-inspection" and not edition.rows.exists():
        actions.put_row(edition_id=edition.pk, values=ITEM, actor=actor, at=at)
    return edition


def submitted(
    city: City, kind: str = "random-inspection", *, organ: str = "ours", at: datetime = AT, **more: Any
) -> RegisterEdition:
    """A draft laid before the bureau."""
    edition = drafted(city, kind, organ=organ, at=at)
    head = city.actor(f"{organ}.organ_head", at)
    return actions.submit_draft(edition_id=edition.pk, reason="首次编制。", actor=head, at=at, **more)


def confirmed(
    city: City, kind: str = "random-inspection", *, organ: str = "ours", at: datetime = AT, **more: Any
) -> RegisterEdition:
    """A published edition."""
    edition = submitted(city, kind, organ=organ, at=at)
    bureau = city.actor("bureau.supervisor", at)
    return actions.confirm_register(edition_id=edition.pk, actor=bureau, at=at + timedelta(minutes=1), **more)


def day(text: str) -> datetime:
    """Ten in the morning of a day."""
    told = date.fromisoformat(text)
    return AT.replace(year=told.year, month=told.month, day=told.day)
