"""服务指南: what one must know before applying for a license, all from the item and its procedures."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from mingjing.cases import remedies
from mingjing.law import queries as law
from mingjing.law.queries import Constant, LicenseItem
from mingjing.law.terms_in_words import term
from mingjing.organs import queries as organs
from mingjing.web.ui.asked import word

from ..cached import public_page

# The terms of the guide in the order of a matter: value of the profile, what it is for.
_TERMS = (
    ("license_supplement_term", "一次告知补正，逾期视为受理"),
    ("license_decide_term", "作出许可决定"),
    ("license_extension", "经负责人批准可以延长"),
    ("renew_before", "申请延续"),
)
# Where a special law sets the term of the decision itself, in words.
_SPECIAL = {
    "hazardous": "自收到证明材料之日起20个工作日",
    "fire": "自受理之日起10个工作日（不选择告知承诺的）",
}


@public_page
def licenses(request: Any) -> HttpResponse:
    """Every license that can be applied for today. Cost: no query."""
    words = word(request, "q")
    context = {"items": law.license_items(words=words, on=request.at.date()), "words": words}
    return render(request, "public/licenses.html", context)


@public_page
def guide(request: Any, code: str) -> HttpResponse:
    """One license: who may apply, with what, where, how long, what it costs, what to do if refused.

    Cost: 1 query for the organs, and those for the provisions.
    """
    today = request.at.date()
    item = law.license_item(code)
    procedures = [law.procedure_in_force(name, today) for name in item.procedures]
    context = {
        "item": item,
        "basis": law.resolve_basis(item.basis, today),
        "procedures": procedures,
        "terms": _terms(item, law.profile_details(item.field, today)),
        "notes": [one for one in item.values if one.note],
        "uncertain": [one for one in item.values if one.sure in ("not-found", "product", "R")],
        "organs": [one for one in organs.organs() if _acts(one, item)],
        "remedy": remedies.in_general("license-refusal"),
        "promised": term(item.promised) if item.promised else "",
    }
    return render(request, "public/license.html", context)


def _acts(organ: organs.Organ, item: LicenseItem) -> bool:
    kinds = set(organ.organ_fields or (organ.field,))
    return organ.kind != "government" and bool(kinds & set(item.organ_fields))


def _terms(item: LicenseItem, profile: dict[str, Constant]) -> list[tuple[str, str, str]]:
    """What, how long, on which basis; a value of the item prevails over that of the profile."""
    special = {one.name: one for one in item.values}

    def value(name: str) -> Any:
        return special.get(name) or profile[name]

    lines = []
    for name, what in _TERMS:
        if name == "license_extension" and not value("license_extension_allowed").value:
            continue
        if name == "renew_before" and "license-renewal" not in item.procedures:
            continue
        if name == "license_decide_term" and value("license_term").value in _SPECIAL:
            said, basis = _SPECIAL[str(value("license_term").value)], value("license_term").basis
        else:
            said, basis = term(str(value(name).value)), value(name).basis
        lines.append((what, f"有效期届满{said}" if name == "renew_before" else said, basis))
    lines.append(("颁发、送达许可证件", "自决定之日起10个工作日", "行政许可法/44; 行政许可法/82"))
    return lines
