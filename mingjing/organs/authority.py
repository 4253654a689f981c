"""Who asks, and may they: each check either answers with a reason or raises it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, NamedTuple

from mingjing.kernel.refused import Refused

from .roles import ROLES, Role, permissions_of, role_title

_STATES = {
    "suspended": "已暂停",
    "withdrawn": "已收回",
    "lost": "已挂失",
    "unqualified": "的持有人最近一次执法资格考试不合格，重新考试合格以前不能使用",
}


@dataclass(frozen=True)
class CertificateFacts:
    """What a check needs to know of a certificate."""

    number: str
    kind: str
    fields: tuple[str, ...]
    region: str
    valid_from: date
    valid_until: date
    state: str

    def why_not(self, on: date, case_field: str) -> str | None:
        """Why the certificate does not carry an act in ``case_field`` on that day, or None. In Chinese."""
        if self.state != "in_force":
            return f"证件 {self.number} {_STATES.get(self.state, '不在有效状态')}"
        if not self.valid_from <= on <= self.valid_until:
            return f"证件 {self.number} 有效期为 {self.valid_from} 至 {self.valid_until}，{on} 不在有效期内"
        if self.fields and case_field not in self.fields and "general" not in self.fields:
            return f"证件 {self.number} 的执法领域不含本案领域"
        return None


class Deputizes(NamedTuple):
    """代理: a role that an officer may act in for another, until a day."""

    role: str
    principal_id: int
    principal: str
    until: date


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: an officer on a day, a party, or the platform itself.

    ``roles`` are the officer's own and those of others for whom he deputizes; ``mandates`` tell the latter.
    """

    kind: Literal["officer", "party", "system"]
    id: int | None
    name: str
    organ_id: int | None = None
    organ_code: str = ""
    organ_name: str = ""
    organ_short: str = ""
    organ_path: str = ""
    region: str = ""
    unit: str = ""
    post: str = ""
    is_principal: bool = False
    is_justice_bureau: bool = False
    legal_qualification: str = ""
    reviewer_since: date | None = None
    roles: frozenset[str] = frozenset()
    certificates: tuple[CertificateFacts, ...] = ()
    permissions: frozenset[str] = field(default=frozenset(), compare=False)
    mandates: tuple[Deputizes, ...] = ()

    @property
    def reference(self) -> str:
        """How the record names the actor: never by personal name."""
        return f"officer:{self.id}" if self.kind == "officer" else self.kind

    def acts_for(self, roles: Collection[str]) -> Deputizes | None:
        """For whom the officer acts in one of these roles; None where a role of his own carries the act."""
        lent = {one.role for one in self.mandates}
        if (self.roles - lent) & set(roles):
            return None
        return next((one for one in self.mandates if one.role in roles), None)

    def signature(self, roles: Collection[str]) -> str:
        """The name under an act in one of these roles: both names, where he acts for another."""
        acting = self.acts_for(roles)
        return f"{self.name}（代{acting.principal}）" if acting else self.name

    def persons(self, roles: Collection[str]) -> frozenset[int | None]:
        """Everybody whose hands are in an act in one of these roles: separation of duties looks at them all."""
        acting = self.acts_for(roles)
        return frozenset({self.id, acting.principal_id} if acting else {self.id})

    @property
    def officer_id(self) -> int:
        """The officer's key. Raises ValueError for a party or the platform: asking them is a bug."""
        if self.id is None:
            raise ValueError(f"{self.kind} is not an officer")
        return self.id

    @property
    def supervises(self) -> str:
        """The place in the tree under which the actor supervises every organ, or nothing.

        A justice bureau supervises for its government: all organs under that government, at its level and
        below, wherever they act. Source: 行政执法监督条例.
        """
        if not self.is_justice_bureau or "case.read.region" not in self.permissions:
            return ""
        above = self.organ_path.rstrip("/").rpartition("/")[0]
        return f"{above}/" if above else self.organ_path

    @property
    def role_titles(self) -> str:
        """The actor's roles for people, joined by the Chinese enumeration comma."""
        return "、".join(role_title(code) for code in sorted(self.roles))


SYSTEM = Actor(kind="system", id=None, name="平台", roles=frozenset({"system"}))


def party_actor(name: str) -> Actor:
    """The party itself, acting at the counter or through its agent."""
    return Actor(kind="party", id=None, name=name, roles=frozenset({"party"}))


class Person(NamedTuple):
    """What the row of an officer and the row of its organ say."""

    id: int
    name: str
    unit: str
    post: str
    is_principal: bool
    legal_qualification: str
    active: bool
    organ_id: int
    organ_code: str
    organ_name: str
    organ_short: str
    organ_path: str
    region: str
    is_justice_bureau: bool
    closed_on: date | None
    failed_on: date | None = None  # since when the latest examination of the qualification stands as failed

    def qualified(self, on: date) -> bool:
        """Whether no failed examination stands in the way of the officer's certificates that day."""
        return self.failed_on is None or on < self.failed_on


Term = tuple[str, date, date | None]  # role, since, until (inclusive)


class Lent(NamedTuple):
    """What the row of a mandate says: the role, from when to when, ended or not, by whom it was given."""

    role: str
    since: date
    until: date
    ended_at: datetime | None
    principal_id: int
    principal: str
    principal_active: bool

    def runs(self, on: date) -> bool:
        """Whether the mandate carries an act on that day."""
        return self.since <= on <= self.until and self.ended_at is None and self.principal_active


def assemble(
    person: Person,
    terms: Collection[Term],
    certificates: Collection[CertificateFacts],
    on: date,
    lent: Collection[Lent] = (),
) -> Actor:
    """The person as an actor on that day: only appointments and mandates running on the day give roles.

    A mandate for a role that the person holds anyway adds nothing: he acts in his own name.
    """
    gone = not person.active or (person.closed_on is not None and person.closed_on <= on)
    own = {role for role, since, until in terms if since <= on and (until is None or on <= until)}
    mandates = tuple(
        Deputizes(one.role, one.principal_id, one.principal, one.until)
        for one in lent
        if one.runs(on) and one.role not in own and not gone
    )
    roles: frozenset[str] = frozenset() if gone else frozenset(own | {one.role for one in mandates})
    return Actor(
        kind="officer",
        id=person.id,
        name=person.name,
        organ_id=person.organ_id,
        organ_code=person.organ_code,
        organ_name=person.organ_name,
        organ_short=person.organ_short,
        organ_path=person.organ_path,
        region=person.region,
        unit=person.unit,
        post=person.post,
        is_principal=person.is_principal,
        is_justice_bureau=person.is_justice_bureau,
        legal_qualification=person.legal_qualification,
        reviewer_since=min((since for role, since, _ in terms if role == "reviewer"), default=None),
        roles=roles,
        certificates=tuple(
            one if person.qualified(on) or one.kind != "enforcement" else replace(one, state="unqualified")
            for one in certificates
        ),
        permissions=permissions_of(roles),
        mandates=mandates,
    )


def why_not(actor: Actor, permission: str) -> Refused | None:
    """The refusal that ``require`` would raise, or None: the pair of a check that can also answer."""
    if permission in actor.permissions:
        return None
    titles = "、".join(role.title for role in _holders(permission)) or "无"
    held = actor.role_titles or "没有任何岗位"
    return Refused(
        "no-permission",
        f"{actor.name}（{held}）没有这项权限；有此权限的岗位：{titles}。",
        remedy="请由有此岗位的人员办理，或请系统管理员核对您的任命是否在有效期内。",
    )


def require(actor: Actor, permission: str) -> None:
    """Raise ``Refused("no-permission")`` unless a current role of the actor holds the permission."""
    refused = why_not(actor, permission)
    if refused:
        raise refused


def persons(actor: Actor, permission: str) -> frozenset[int | None]:
    """Everybody whose hands are in an act that asks for the permission: the actor, and for whom he deputizes."""
    return actor.persons([role.code for role in _holders(permission)])


def why_not_role(actor: Actor, roles: tuple[str, ...], what: str) -> Refused | None:
    """Whether the actor holds one of the roles that a step asks for; ``what`` names the step in Chinese."""
    if actor.roles & frozenset(roles):
        return None
    wanted = "或".join(role_title(code) for code in roles)
    return Refused(
        "wrong-role",
        f"“{what}”应由{wanted}办理；{actor.name}现任：{actor.role_titles or '无岗位'}。",
        remedy=f"请由{wanted}办理。",
    )


def _holders(permission: str) -> list[Role]:
    return [role for role in ROLES.values() if permission in role.permissions]
