"""Issuing papers: gather what a form prints, give it its number, render it, keep its bytes.

All of it happens inside the transaction of the step: a paper that cannot be rendered refuses the step,
and a number that was given belongs to a paper that exists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from mingjing.cases.papers import forms, refining
from mingjing.cases.papers.numbers import number as write_number
from mingjing.cases.papers.render import render
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import Procedure
from mingjing.law import queries as law
from mingjing.organs.authority import Actor
from mingjing.organs.models import Organ
from mingjing.parties.models import Party
from mingjing.record import actions as record
from mingjing.record import queries as kept
from mingjing.sql import Kept, insert

from . import remedies
from .models import Case, Paper, Service, Step
from .numbering import Drawn, new_code, next_number
from .participants import participants_of, printed

_PARTY_KINDS = {"person": "person", "sole_proprietor": "individual-business"}


@dataclass(frozen=True)
class Draft:
    """A rendered paper that has no row yet."""

    form: forms.Form
    title: str
    number: str
    seq: int | None
    verify_code: str
    data: dict[str, Any]
    sha256: str
    pages: int
    size_bytes: int


def draft(
    form_id: str,
    *,
    case: Case,
    procedure: Procedure,
    facts: Mapping[str, Any],
    officers: Sequence[Actor],
    approvals: list[dict[str, str]],
    at: datetime,
    signer: str = "",
    serves: Sequence[str] = (),
    beside: Sequence[Draft] = (),
    drawn: Drawn | None = None,
) -> Draft:
    """Number and render one form for the case; it may cite those drawn up ``beside`` it in the same step.

    ``drawn`` is the number and code that the paper bore when it was handed over without a network.
    Raises ``Refused("paper-not-rendered")`` with the cause.
    """
    form = forms.form(form_id)
    organ = case.organ
    seq = None
    if form.numbered:
        seq = drawn.seq if drawn else next_number(organ.pk, form.wenzhong, at.year)
    number = write_number(organ.paper_prefix, form.wenzhong, at.year, seq) if seq else ""
    code = drawn.code if drawn else new_code()
    data = paper_data(
        form, case=case, procedure=procedure, facts=facts, officers=officers, approvals=approvals, at=at
    )
    earlier = earlier_papers(case, serves)
    earlier["papers"] += [
        {"form": one.form.id, "title": one.title, "number": one.number, "date": data["date"]}
        for one in beside
    ]
    data |= {"number": number, "signer": signer, **earlier}
    if form.outgoing:
        data["verify"] = {"code": code, "url": f"{settings.MINGJING_PUBLIC_URL}/v/{code}"}
    rendered = render(form_id, {**data, "pictures": _pictures(form, facts)}, fonts=_fonts())
    blob = record.keep_blob(rendered.pdf, "application/pdf", f"{form.title}.pdf")
    return Draft(
        form=form,
        title=form.title,
        number=number,
        seq=seq,
        verify_code=code,
        data=data,
        sha256=blob.sha256,
        pages=rendered.pages,
        size_bytes=len(rendered.pdf),
    )


def _pictures(form: forms.Form, facts: Mapping[str, Any]) -> dict[str, bytes]:
    """The signatures that the form prints, by their SHA-256. Cost: 1 query for each."""
    named = [facts.get(field.key) for field in form.fields if field.kind == "signature"]
    found = {}
    for sha256 in filter(None, named):
        with kept.open_blob(sha256) as file:
            found[sha256] = file.read()
    return found


def preview(
    form_id: str,
    *,
    case: Case,
    procedure: Procedure,
    facts: Mapping[str, Any],
    officers: Sequence[Actor],
    at: datetime,
    serves: Sequence[str] = (),
) -> bytes:
    """The paper as it would look now, without a number and kept nowhere."""
    data = unissued(
        form_id, case=case, procedure=procedure, facts=facts, officers=officers, at=at, serves=serves
    )
    return render(form_id, data, preview=True, fonts=_fonts()).pdf


def unissued(
    form_id: str,
    *,
    case: Case,
    procedure: Procedure,
    facts: Mapping[str, Any],
    officers: Sequence[Actor],
    at: datetime,
    serves: Sequence[str] = (),
) -> dict[str, Any]:
    """What a form would be filled with now, before anybody approved it or gave it a number."""
    data = paper_data(
        forms.form(form_id),
        case=case,
        procedure=procedure,
        facts=facts,
        officers=officers,
        approvals=[],
        at=at,
    )
    return data | earlier_papers(case, serves)


def _fonts() -> Path | None:
    """The organ's own folder of official fonts, where the operator has named one."""
    return Path(settings.MINGJING_FONT_DIR) if settings.MINGJING_FONT_DIR else None


_VALID = Kept(
    lambda case: (
        Paper.objects.filter(case=case, voided_at__isnull=True)
        .order_by("id")
        .values_list("form", "title", "number", "issued_at")
    )
)


def earlier_papers(case: Case, serves: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """The papers of the case that a new one may cite, and those among them that it serves. Cost: 3 queries,
    1 where it serves nothing."""
    papers = [
        {
            "form": form,
            "title": title,
            "number": number,
            "date": issued_at.astimezone(SHANGHAI).date().isoformat(),
        }
        for form, title, number, issued_at in _VALID(case=case.pk)
    ]
    numbers = {(paper.form, paper.number) for paper in to_serve(case, serves)} if serves else set()
    latest = {paper["form"]: paper for paper in papers if (paper["form"], paper["number"]) in numbers}
    return {"papers": papers, "served": list(latest.values())}


def to_serve(case: Case, forms: Sequence[str]) -> list[Paper]:
    """The latest paper of each form that nobody has served yet; all of them where each was served before.

    Cost: 2 queries.
    """
    papers = Paper.objects.filter(case=case, form__in=forms, voided_at__isnull=True).order_by("id")
    latest = list({paper.form: paper for paper in papers}.values())
    done = set(Service.objects.filter(paper__in=latest).values_list("paper_id", flat=True))
    return [paper for paper in latest if paper.pk not in done] or latest


def paper_data(
    form: forms.Form,
    *,
    case: Case,
    procedure: Procedure,
    facts: Mapping[str, Any],
    officers: Sequence[Actor],
    approvals: list[dict[str, str]],
    at: datetime,
) -> dict[str, Any]:
    """What the form is filled with, in the shape of ``cases.papers``."""
    return {
        "organ": _organ_data(case.organ),
        "number": "",
        "case": {
            "no": case.no,
            "title": case.title,
            "cause": facts.get("cause", ""),
            "source": facts.get("source_kind", ""),
            "opened_on": case.opened_at.astimezone(SHANGHAI).date().isoformat(),
            "filed_on": facts.get("filed_on", ""),
            "closed_on": facts.get("closed_on", ""),
        },
        "party": _party_data(case.party) if case.party else {},
        "participants": printed(participants_of(case)),
        "officers": [_officer_data(actor) for actor in officers],
        "date": at.date().isoformat(),
        "facts": dict(facts),
        "labels": labels(procedure, facts, officers),
        "remedy": remedies.sentences(form.id, case.organ) if form.remedy else [],
        "approvals": approvals,
        "local": refining.printed(form.id, case.organ, at.date()),
        "demo_seal": settings.MINGJING_DEMO and form.seal,
        "demo": settings.MINGJING_DEMO,
    }


def labels(procedure: Procedure, facts: Mapping[str, Any], officers: Sequence[Actor] = ()) -> dict[str, Any]:
    """Texts in place of raw codes: labels of choices, names of officers."""
    found: dict[str, Any] = {}
    names = {actor.id: actor.name for actor in officers}
    for _, field in procedure.fields():
        value = facts.get(field.name)
        if value is None:
            continue
        choices = dict(field.choices)
        if field.kind == "choice":
            found[field.name] = choices.get(value, value)
        elif field.kind == "choices":
            found[field.name] = [choices.get(one, one) for one in value]
        elif field.kind == "coercion":
            found[field.name] = law.coercive_power(value).title
        elif field.kind == "exception":
            found[field.name] = law.identity_exception(value).title
        elif field.kind == "license":
            found[field.name] = law.license_item(value).title
        elif field.kind == "officers":
            found[field.name] = [names[one] for one in value if one in names]
    return found


def _organ_data(organ: Organ) -> dict[str, str]:
    return {"name": organ.name, "prefix": organ.paper_prefix, "address": organ.address, "phone": organ.phone}


def _officer_data(actor: Actor) -> dict[str, str]:
    certificate = next((one.number for one in actor.certificates if one.kind == "enforcement"), "")
    return {"name": actor.name, "certificate": certificate}


def _party_data(party: Party) -> dict[str, str]:
    person = party.kind == "person"
    return {
        "kind": _PARTY_KINDS.get(party.kind, "organization"),
        "name": party.name,
        "id_label": "身份证件号码" if person else "统一社会信用代码",
        "id_code": party.code,
        "legal_representative": party.legal_representative,
        "address": party.address,
        "phone": party.phone,
        "gender": party.sex,
        "birth_on": party.born_on.isoformat() if party.born_on else "",
        "employer": "",
    }


def save(drafts: Sequence[Draft], *, case: Case, step: Step, at: datetime) -> list[Paper]:
    """Give the drafts their rows. Cost: one query."""
    papers = [
        Paper(
            case=case,
            step=step,
            organ_id=case.organ_id,
            form=one.form.id,
            form_code=one.form.code,
            title=one.title,
            outgoing=one.form.outgoing,
            wenzhong=one.form.wenzhong,
            year=at.year,
            seq=one.seq,
            number=one.number,
            verify_code=one.verify_code,
            data=one.data,
            sha256=one.sha256,
            pages=one.pages,
            issued_at=at,
        )
        for one in drafts
    ]
    insert(papers)
    return papers
