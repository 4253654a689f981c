"""Turns the data of a paper into what its Typst form reads, and refuses what is incomplete in law."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from mingjing.cases.papers import qr, refining, wording
from mingjing.cases.papers.forms import Field, Form, catalogue
from mingjing.kernel.refused import Refused

_PARTY = (
    "kind",
    "name",
    "id_label",
    "id_code",
    "legal_representative",
    "address",
    "phone",
    "gender",
    "employer",
)
_ORGAN = ("name", "prefix", "address", "phone")
_CASE = ("no", "title", "cause", "source")
_TO_FILL = "（待填写）"


def prepare(form: Form, data: Mapping[str, Any], *, preview: bool) -> dict[str, Any]:
    """What ``codex/papers/lib.typ`` reads as ``it``. In a preview, gaps are marked instead of refused."""
    raw, labels = dict(data.get("facts") or {}), dict(data.get("labels") or {})
    local = data.get("local") or {}
    added = refining.as_fields(local)
    facts = {field.key: wording.write(field, raw, labels) for field in (*form.fields, *added)}
    common = _common(data)
    missing = _missing(form, common, facts, added)
    if missing and not preview:
        raise Refused(
            "paper-not-rendered",
            f"《{form.title}》不能制作，缺少：{'、'.join(missing)}",
            basis=form.basis,
            remedy="补齐上述内容后再提交",
        )
    has = {key: bool(value) for key, value in facts.items()}
    if preview:
        facts |= _marked_gaps(form, facts)
        common["number"] = common["number"] or ("（签发时编号）" if form.numbered else "")
    return {
        "form": _form_view(form),
        "data": common,
        "facts": facts,
        "has": has,
        "raw": raw,
        "local": {
            "fields": [{"label": field.label, "value": facts[field.key]} for field in added],
            "wording": list(local.get("wording", ())),
        },
        "flags": {"fine": bool(raw.get("fine_fen")), "pays": _pays(raw)},
        "amounts": wording.unstated_amounts(raw, labels),
        "papers": {paper["form"]: _paper(paper) for paper in data.get("papers") or ()},
        "decision": _decision(data.get("papers") or ()),
        "served": [_paper(paper) for paper in data.get("served") or ()],
        "signer": wording.one_line(data.get("signer")),
        "approvals": _approvals(data),
        "countersigns": _countersigns(data),
        "participants": [_texts(one, _PARTICIPANT) for one in data.get("participants") or ()],
        "date_text": wording.day(data.get("date")),
        "case_opened": wording.day((data.get("case") or {}).get("opened_on")),
        "case_filed": wording.day((data.get("case") or {}).get("filed_on")),
        "case_closed": wording.day((data.get("case") or {}).get("closed_on")),
        "qr": _qr(common) if form.outgoing else "",
        "pictures": _pictures(form, raw, data.get("pictures") or {}),
        "preview": preview,
    }


def as_json(prepared: Mapping[str, Any]) -> str:
    """The prepared data as the one string Typst is given; keys sorted so that equal data is equal text."""
    return json.dumps(prepared, ensure_ascii=False, sort_keys=True, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in the data of a paper")


_PARTICIPANT = (
    "role",
    "name",
    "id_code",
    "nationality",
    "address",
    "phone",
    "legal_representative",
    "represents",
    "scope",
)


def _common(data: Mapping[str, Any]) -> dict[str, Any]:
    party = data.get("party") or {}
    verify = data.get("verify") or {}
    return {
        "organ": _texts(data.get("organ") or {}, _ORGAN),
        "case": _texts(data.get("case") or {}, _CASE),
        "party": {**_texts(party, _PARTY), "birth_on": wording.day(party.get("birth_on"))},
        "officers": [_texts(officer, ("name", "certificate")) for officer in data.get("officers") or ()],
        "number": wording.one_line(data.get("number")),
        "date": wording.one_line(data.get("date")),
        "remedy": wording.lines(data.get("remedy") or ()),
        "verify": _texts(verify, ("code", "url")),
        "demo_seal": bool(data.get("demo_seal")),
        "demo": bool(data.get("demo")),
    }


def _texts(given: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, str]:
    return {key: wording.one_line(given.get(key)) for key in keys}


def _missing(
    form: Form, common: Mapping[str, Any], facts: Mapping[str, wording.Written], added: Sequence[Field]
) -> list[str]:
    wanted = {
        "机关名称（organ.name）": common["organ"]["name"],
        "成文日期（date）": common["date"],
    }
    if form.numbered:
        wanted["文号（number）"] = common["number"]
    if form.remedy:
        wanted["救济途径和期限（remedy）"] = common["remedy"]
    if "party" in form.needs:
        wanted["当事人姓名或者名称（party.name）"] = common["party"]["name"]
    if "address" in form.needs:
        wanted["当事人地址（party.address）"] = common["party"]["address"]
    if "officers" in form.needs:
        wanted["执法人员（officers）"] = common["officers"]
    required = (*form.required(), *(field for field in added if field.required))
    wanted |= {f"{field.label}（{field.key}）": facts[field.key] for field in required}
    return [label for label, value in wanted.items() if not value]


def _marked_gaps(form: Form, facts: Mapping[str, wording.Written]) -> dict[str, wording.Written]:
    return {field.key: _gap(field) for field in form.required() if not facts[field.key]}


def _gap(field: Field) -> wording.Written:
    if field.kind in ("rows", "dialogue"):
        return [{field.columns[0]: _TO_FILL}]
    return [_TO_FILL] if field.kind in ("items", "penalty") else _TO_FILL


def _pictures(form: Form, raw: Mapping[str, Any], kept: Mapping[str, bytes]) -> dict[str, list[int]]:
    """The signatures that the form prints, by fact, as the numbers from which Typst makes bytes."""
    named = {field.key: str(raw.get(field.key) or "") for field in form.fields if field.kind == "signature"}
    return {key: list(kept[sha256]) for key, sha256 in named.items() if sha256 in kept}


def _form_view(form: Form) -> dict[str, Any]:
    return {
        "id": form.id,
        "title": form.title,
        "head": form.head,
        "outgoing": form.outgoing,
        "seal": form.seal,
        "signatures": list(form.signatures),
        "approvals": [{"role": slot.role, "label": slot.label} for slot in form.approvals],
    }


def _paper(paper: Mapping[str, Any]) -> dict[str, str]:
    return {**_texts(paper, ("title", "number")), "date": wording.day(paper.get("date"))}


def _decision(papers: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The latest paper of the case that is a decision which may go before the public; empty before there is one."""
    known = catalogue()
    made = [paper for paper in papers if (form := known.get(paper["form"])) and form.publishable]
    return _paper(made[-1]) if made else _paper({})


def _approvals(data: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {given["role"]: _opinion(given) for given in data.get("approvals") or ()}


def _countersigns(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """会签: as many as were asked, each in a cell of its own."""
    return [_opinion(given) for given in data.get("approvals") or () if given["role"] == "countersign"]


def _opinion(given: Mapping[str, Any]) -> dict[str, str]:
    return {
        "opinion": "\n".join(wording.lines(given.get("opinion"))),
        "name": wording.one_line(given.get("name")),
        "date": wording.day(given.get("date")),
    }


def _pays(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("fine_fen") or raw.get("confiscation_fen"))


def _qr(common: Mapping[str, Any]) -> str:
    url = common["verify"]["url"]
    return qr.svg(url) if url and common["verify"]["code"] else ""
