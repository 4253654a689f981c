"""Our own decisions as 双公示 records: what the credit portal, the province and the enterprise system are told.

Only text that a person confirmed for the public goes out: the published rendition, never the facts of the case.
What a channel gets of natural persons, a representative among them, is said by ``codex/publicity/persons.toml``;
all other fields are checked together for leaks before they leave. Organizations go with their credit code. 公示截止期 is
the last day of display that the matrix gives the channel.
Source: codex/publicity/double; 行政处罚法/48; domain 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mingjing.cases.papers import forms
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.codex.double_sets import FieldSet, field_set
from mingjing.parties.models import Party
from mingjing.parties.queries import public_name
from mingjing.publicity import leaving
from mingjing.publicity.models import Placement

from .double import rows
from .double.rows import ORGANIZATION, PERSON, SOLE, CreditFacts
from .double.values import OPEN_END, Kept, outside

KIND_OF_ACT = {"penalty": "penalty", "license": "permit"}
CATEGORY = {"person": PERSON, "sole_proprietor": SOLE}
GOODS = "没收非法财物"
NOT_TOLD = "（不予公开）"
CITIZEN_ID = "身份证"


def told_of(placement: Placement, today: date) -> CreditFacts:
    """The record of one decision for its channel; ``placement`` with case, party, organ, paper, step, publication.

    Raises: Refused ``not-double`` for what is neither a penalty nor a permit granted, ``not-confirmed`` before a
    person confirmed the public text, ``leak`` where the row tells more of a person than may be. Cost: as
    ``leaving.require_safe``.
    """
    kind = KIND_OF_ACT.get(placement.act, "")
    outcome = str(placement.case.facts.get("outcome", ""))
    if not kind or outcome not in ("", "penalize", "grant"):
        raise Refused(
            "not-double",
            f"{placement.number}既不是行政处罚，也不是准予行政许可，不在双公示范围。",
            remedy="这类决定在执法公示渠道公示。",
        )
    if placement.publication is None:
        raise Refused(
            "not-confirmed",
            f"{placement.number}的公示文本还没有经人确认。",
            basis="达州三项制度方案/1(2)",
            remedy="请公示岗先在案件中办理公示。",
        )
    edition = field_set(kind, today)
    told = {**_party(edition, placement), **_deciding(edition, placement)}
    told |= _penalty(edition, placement) if kind == "penalty" else _permit(placement)
    record = rows.canonical(edition, told, today)
    leaving.require_safe(placement, _leaving(edition, placement, record))
    return record


def _leaving(edition: FieldSet, placement: Placement, record: CreditFacts) -> dict[str, str]:
    """The fields of a record by heading, without those that the channel gets in full by rule."""
    exceptions = leaving.exceptions(placement)
    return {
        one.title: outside(one, record.values.get(one.code))
        for one in edition.fields
        if one.code not in exceptions
    }


def _party(edition: FieldSet, placement: Placement) -> dict[str, Kept]:
    codes, party = rows.CODES[edition.kind], placement.case.party
    if party is None or placement.masking == "all":
        return {codes.name: NOT_TOLD}
    told: dict[str, Kept] = {
        codes.name: _name(placement, codes.name, party),
        codes.category: CATEGORY.get(party.kind, ORGANIZATION),
    }
    if party.is_person:
        return told | _papers_of_person(placement, codes, party)
    told[codes.representative] = _representative(placement, codes.representative, party)
    if party.code_valid and party.code_kind == "credit_code":
        told[codes.credit_code] = party.code
    elif party.code_valid and party.code_kind == "registration_number":
        told[f"{edition.prefix}_XDR_GSZC"] = party.code
    return told


def _name(placement: Placement, code: str, party: Party) -> str:
    """Organizations in full; whoever goes by a person's name as the channel gets names."""
    public = public_name(party)
    return public if public == party.name else leaving.person_told(placement, code, party.name)


def _papers_of_person(placement: Placement, codes: rows.Codes, party: Party) -> dict[str, Kept]:
    if not (party.code_valid and party.code_kind == "citizen_id"):
        return {}
    told = ((codes.id_kind, CITIZEN_ID), (codes.id_number, party.code))
    return {code: text for code, words in told if (text := _whole(placement, code, words))}


def _whole(placement: Placement, code: str, words: str) -> str:
    """A number half masked serves nobody: it goes whole by rule, or not at all."""
    return words if code in leaving.exceptions(placement) else ""


def _representative(placement: Placement, code: str, party: Party) -> str:
    """The owner who is not named as the party is not named here either."""
    if public_name(party) != party.name:
        return ""
    return leaving.person_told(placement, code, party.legal_representative)


def _deciding(edition: FieldSet, placement: Placement) -> dict[str, Kept]:
    codes, organ = rows.CODES[edition.kind], placement.organ
    return {
        codes.number: placement.number,
        codes.decided_on: placement.decided_on.isoformat(),
        codes.organ: organ.name,
        codes.organ_code: organ.credit_code,
        codes.source: organ.name,
        codes.source_code: organ.credit_code,
        "BZ": remark(placement),
    }


def remark(placement: Placement) -> str:
    """What the record says of itself once the decision is no longer shown."""
    if placement.state == "withdrawn":
        reason = placement.publication.withdrawal_reason if placement.publication else ""
        return f"已撤下：{reason}"[:512] if reason else "已撤下"
    return "公示期满" if placement.state == "ended" else ""


def _penalty(edition: FieldSet, placement: Placement) -> dict[str, Kept]:
    facts, shown = placement.case.facts, _published(placement)
    kinds = [one for one in facts.get("penalty_kinds") or () if one in edition.older_kinds]
    told: dict[str, Kept] = {
        "CF_WFXW": placement.publication.title if placement.publication else "",
        "CF_SY": shown.get("violation_fact", ""),
        "CF_YJ": shown.get("penalty_provision", ""),
        "CF_NR": shown.get("penalty_content", ""),
        "CF_CFLB": "、".join(dict.fromkeys(_older_kinds(edition, kinds, facts))),
        "CF_GSJZQ": placement.until.isoformat() if placement.until else "",
    }
    if "fine" in kinds:
        told["CF_NR_FK"] = int(facts.get("fine_fen") or 0)
    if "confiscation" in kinds:
        told["CF_NR_WFFF"] = int(facts.get("confiscation_fen") or 0)
    return told


def _older_kinds(edition: FieldSet, kinds: list[str], facts: Mapping[str, Any]) -> list[str]:
    """The kinds of the law of 2021 in the words of the older list; goods and gains are told apart."""
    told = []
    for kind in kinds:
        if kind == "confiscation" and facts.get("confiscated_goods"):
            told += [edition.older_kinds[kind]] if facts.get("confiscation_fen") else []
            told.append(GOODS)
        else:
            told.append(edition.older_kinds[kind])
    return told


def _permit(placement: Placement) -> dict[str, Kept]:
    facts, shown = placement.case.facts, _published(placement)
    item = law.license_item(str(facts["license_item"])) if facts.get("license_item") else None
    stands = placement.state not in ("withdrawn", "ended")
    return {
        "XK_XKWS": forms.form(placement.paper.form).title,
        "XK_XKLB": item.category if item else "",
        "XK_XKZS": item.certificate if item else "",
        "XK_XKBH": str(facts.get("license_no") or ""),
        "XK_NR": shown.get("license_scope") or shown.get("license_content", ""),
        "XK_YXQZ": str(facts.get("license_from") or placement.decided_on.isoformat()),
        "XK_YXQZI": str(facts.get("license_until") or OPEN_END.isoformat()),
        "XK_ZT": "1" if stands else "2",
    }


def _published(placement: Placement) -> dict[str, str]:
    """The confirmed paragraphs by fact; empty once they were taken down."""
    shown = placement.publication.rendition if placement.publication else {}
    by_heading = dict(shown.get("text", []))
    fields = forms.form(placement.paper.form).public_fields()
    return {field.key: by_heading[field.public] for field in fields if field.public in by_heading}
