"""登记新案: one form from the choice of procedure to the opening step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.cases.facts import InvalidFacts
from mingjing.cases.needs.mandate import RESTING_ON_POWER
from mingjing.kernel import codes
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.parties import queries as parties
from mingjing.parties.facts import KINDS
from mingjing.web.ui import flash, forms
from mingjing.web.ui.asked import number
from mingjing.web.ui.refusals import status_with
from mingjing.web.ui.sealing import seal_now
from mingjing.web.ui.step_form import form_context
from mingjing.web.ui.uploads import forget_sent, uploads_of
from mingjing.web.ui.wording import by_act

from .frame import desk, page, word

PARTY_FIELDS = ("kind", "name", "code", "legal_representative", "address", "phone")
NEW_PARTY = "new"
TITLE_HELP = "“达州市某某食品店经营超过保质期的食品案”。"
FOUND = 8


@dataclass
class Typed:
    """What was typed above the step's own fields, kept as it was."""

    title: str = ""
    find: str = ""
    party: str = NEW_PARTY
    new_party: dict[str, str] = field(default_factory=lambda: dict.fromkeys(PARTY_FIELDS, ""))
    code_confirmed: bool = False
    power: str = ""
    handlers: list[str] = field(default_factory=list)
    region: str = ""
    parent: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Wrong(Refused):
    """Several inputs of this page are wrong; ``fields`` gives the message by input."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        listed = "；".join(fields.values())
        super().__init__("bad-facts", f"有 {len(fields)} 项填写需要更正。{listed}", remedy="请更正后再提交。")
        self.fields = dict(fields)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.open")
def new_case(request: Any) -> HttpResponse:
    """The form; a post opens the case, or looks parties up and shows the form as it was."""
    on = request.at.date()
    procedures = _openable(law.procedures_in_force(on), request.actor)
    if not procedures:
        raise Refused("no-permission", "您的岗位没有可以登记的事项。", remedy="请由承办人或者受理人员登记。")
    chosen = _chosen(procedures, word(request, "procedure"))
    rule = cases.opening_step(chosen, request.actor.organ_id, on)
    if request.method != "POST":
        return _show(request, procedures, chosen, rule, _blank(request, chosen, rule))
    typed = _typed(request, rule)
    if request.POST.get("do") in ("find", "restore"):
        return _show(request, procedures, chosen, rule, typed)
    try:
        typed.title = typed.title or _drafted(typed, chosen)
        _check(typed, chosen)
        taken = _open(request, chosen, rule, typed)
    except Refused as refused:
        return _show(request, procedures, chosen, rule, typed, refused)
    forget_sent(request)
    seal_now(request)
    flash.say(request, f"案件已登记，“{rule.title}”已办理。")
    return redirect("desk:case", no=taken.case_no)


def _blank(request: Any, procedure: Procedure, rule: Rule) -> Typed:
    """A fresh form; where the matter grows out of another, with its party and what its fields take from there."""
    typed = Typed(
        handlers=[str(request.actor.id)], region=request.actor.region, parent=word(request, "parent")
    )
    if typed.parent:
        origin = cases.origin_for(request.actor, typed.parent, request.at)
        typed.title = f"{origin.title}（{procedure.title}）"
        typed.region = origin.region
        typed.power = origin.power if _rests_on_power(procedure) else ""
        typed.handlers = list(dict.fromkeys([*typed.handlers, *map(str, origin.handlers)]))
        typed.facts = cases.carried(rule.facts, origin.facts)
        if origin.party_id and procedure.matter.party != "none":
            typed.party = str(origin.party_id)
    return typed


def offers(actor: Actor, act: str, on: date) -> list[tuple[str, list[Procedure]]]:
    """What the person may open out of a matter of that act, by kind of act. Cost: no query."""
    return by_act([one for one in _openable(law.procedures(on), actor) if cases.may_grow(one, act)])


@require_safe
@desk("case.open")
def find_party(request: Any) -> HttpResponse:
    """Known parties for these words, as a fragment of the form."""
    words = word(request, "find")
    context = {
        "found": parties.search(words, limit=FOUND),
        "words": words,
        "party": NEW_PARTY,
        "kinds": KINDS,
    }
    return render(request, "desk/party_found.html", context)


def _openable(procedures: list[Procedure], actor: Actor) -> list[Procedure]:
    """What the person may open by office; yearly matters are opened by the platform for every organ."""
    return [one for one in procedures if one.yearly is None and actor.roles & _openers(one)]


def _openers(procedure: Procedure) -> set[str]:
    """The roles that begin such a matter; the head of a unit where handlers do."""
    roles = {role for name in procedure.start_steps for role in procedure.steps[name].by}
    return roles | {"unit_head"} if "handler" in roles else roles


def _chosen(procedures: list[Procedure], wanted: str) -> Procedure:
    ordinary = "penalty-ordinary"
    by_id = {one.id: one for one in procedures}
    return by_id.get(wanted) or by_id.get(ordinary) or procedures[0]


def _typed(request: Any, rule: Rule) -> Typed:
    post = request.POST

    def text(name: str) -> str:
        return str(post.get(name, "")).replace("\x00", "").strip()

    return Typed(
        title=text("title"),
        find=text("find"),
        party=text("party") or NEW_PARTY,
        new_party={name: text(f"party.{name}") for name in PARTY_FIELDS},
        code_confirmed=text("code-confirmed") == "1",
        power=text("power"),
        handlers=[one for one in post.getlist("handlers") if number(one, 0)],
        region=text("region"),
        parent=text("parent"),
        facts=forms.read_post(rule.facts, post),
    )


def _check(typed: Typed, procedure: Procedure) -> None:
    """The shape of this page's own inputs; everything lawful is judged by the action.

    Raises: Wrong with a message for each input at fault.
    """
    wrong: dict[str, str] = {}
    matter = procedure.matter
    if not typed.title:
        more = "；选定权责事项的，可以不填" if procedure.act == "penalty" else ""
        wrong["title"] = f"请写明案件名称，如{(matter.title_help or TITLE_HELP).removesuffix('。')}{more}。"
    elif len(typed.title) > 300:
        wrong["title"] = f"案件名称最多 300 个字，现有 {len(typed.title)} 个字。"
    if typed.party == NEW_PARTY:
        if not _nobody(typed, procedure):
            wrong |= _check_party(typed, matter.party_title)
    elif not number(typed.party, 0):
        wrong["party"] = "请选择一个当事人，或者登记新的当事人。"
    least = officers_needed(procedure)
    if len(typed.handlers) < least:
        wrong["handlers"] = (
            f"应当由 {least} 名以上执法人员办理（行政处罚法第四十二条），现选了 {len(typed.handlers)} 名。"
            if least > 1
            else "请选择承办人。"
        )
    if typed.region not in {one.code for one in law.regions()}:
        wrong["region"] = f"请选择{matter.place_title}的市、区县。"
    if wrong:
        raise Wrong(wrong)


def _drafted(typed: Typed, procedure: Procedure) -> str:
    """A name for a penalty case that nobody named: the party and what it is suspected of; else nothing."""
    power = law.power_item(typed.power.split(" ")[0]) if procedure.act == "penalty" and typed.power else None
    known = parties.many([int(typed.party)]) if typed.party.isdecimal() else {}
    name = next((one.name for one in known.values()), typed.new_party["name"])
    return f"{name}涉嫌{power.title}案" if name and power else ""


def _nobody(typed: Typed, procedure: Procedure) -> bool:
    """Whether the matter has nobody opposite: by its kind, or because nothing was typed where it may stay open."""
    wanted = procedure.matter.party
    return wanted == "none" or (wanted == "optional" and not any(typed.new_party.values()))


def _check_party(typed: Typed, called: str) -> dict[str, str]:
    wrong = {}
    given = typed.new_party
    if not given["name"]:
        wrong["party.name"] = f"请填写{called}姓名或者名称。"
    if given["kind"] and given["kind"] not in KINDS:
        wrong["party.kind"] = f"没有这种{called}类别，请从列出的选择。"
    read = codes.identify(given["code"]) if given["code"] else None
    if read is not None and not read.valid and not typed.code_confirmed:
        doubts = "".join(read.why) or "不是可以识别的证件号码。"
        wrong["party.code"] = f"{doubts}请核对原件；号码确实如此的，勾选下方“按此登记”后再提交。"
    return wrong


def officers_needed(procedure: Procedure) -> int:
    """How many officers must be named at once; none where the head of the unit names them later.

    Source: 行政处罚法/42.
    """
    if procedure.matter.assigned:
        return 0
    needs = {need for step in procedure.steps.values() for need in step.needs}
    return 2 if "two_certified_officers" in needs else 1


def _open(request: Any, procedure: Procedure, rule: Rule, typed: Typed) -> actions.Taken:
    known = typed.party != NEW_PARTY
    power_code = typed.power.split(" ")[0]
    return actions.open_case(
        organ_id=request.actor.organ_id,
        procedure=procedure.id,
        title=typed.title,
        facts=typed.facts,
        actor=request.actor,
        at=request.at,
        party_id=_known_party(typed.party) if known else None,
        party=None if known or _nobody(typed, procedure) else typed.new_party,
        power_item_id=law.power_key(power_code) if power_code else None,
        field=law.power_item(power_code).field if power_code else "",
        handlers=[int(one) for one in typed.handlers],
        region=typed.region,
        files=uploads_of(rule.facts, request.FILES, typed.facts, request),
        parent_id=cases.case_for(request.actor, typed.parent).pk if typed.parent else None,
        late_reason=str(request.POST.get("late_reason", "")).replace("\x00", "").strip(),
    )


def _known_party(key: str) -> int:
    found = parties.many([number(key, 0)])
    if not found:
        raise Wrong({"party": "所选当事人不存在，请重新查找。"})
    return parties.survivor(next(iter(found.values()))).pk


def _show(
    request: Any,
    procedures: list[Procedure],
    chosen: Procedure,
    rule: Rule,
    typed: Typed,
    refused: Refused | None = None,
) -> HttpResponse:
    fields = getattr(refused, "fields", {})
    own = {name: text for name, text in fields.items() if isinstance(refused, Wrong)}
    step_errors = fields if isinstance(refused, InvalidFacts) else {}
    actor: Actor = request.actor
    staff = organs.actors_of_organ(actor.organ_id, request.at.date()) if actor.organ_id else []
    begins = set() if chosen.matter.assigned else set(rule.by)
    handling = [one for one in staff if one.roles & {"handler", "unit_head", *begins}]
    context = {
        "groups": by_act(procedures),
        "chosen": chosen,
        "title_help": chosen.matter.title_help or TITLE_HELP,
        "rule": rule,
        "typed": typed,
        "own_errors": own,
        "refused": None if fields else refused,
        "kinds": KINDS,
        "found": _found(typed),
        "powers": law.powers_of_organ(actor.organ_id) if _rests_on_power(chosen) else [],
        "staff": [_staff_line(one, request.at.date()) for one in handling],
        "officers_needed": officers_needed(chosen),
        "regions": [(one.code, one.name) for one in law.regions()],
        "again": request.method == "POST",
        "typed_late": str(request.POST.get("late_reason", "")).replace("\x00", "").strip(),
        **form_context(
            rule.facts,
            procedure=chosen,
            constants={},
            facts={"organ_field": _organ_field(actor)},
            handlers=handling,
            power=None,
            values=typed.facts,
            errors=step_errors,
            on=request.at.date(),
            organ_id=actor.organ_id,
        ),
    }
    return page(request, "desk/new_case.html", context, current="new-case", status=status_with(refused))


def _organ_field(actor: Actor) -> str:
    """What the person's organ enforces; empty for somebody without an organ."""
    return organs.organ_by_id(actor.organ_id).field if actor.organ_id else ""


def _rests_on_power(procedure: Procedure) -> bool:
    """Whether the matter rests on an item of the list of powers: whether any step of it looks at one."""
    return any(RESTING_ON_POWER & set(step.needs) for step in procedure.steps.values())


def _found(typed: Typed) -> list[Any]:
    """The parties to choose from: those that were looked for, and the one that was chosen."""
    found = parties.search(typed.find, limit=FOUND)
    if number(typed.party, 0) and all(str(one.pk) != typed.party for one in found):
        found = [*parties.many([int(typed.party)]).values(), *found]
    return found


def _staff_line(officer: Actor, on: date) -> dict[str, Any]:
    certificates = [one for one in officer.certificates if one.kind == "enforcement"]
    valid = any(one.state == "in_force" and one.valid_from <= on <= one.valid_until for one in certificates)
    return {
        "id": str(officer.id),
        "name": officer.name,
        "unit": officer.unit,
        "number": certificates[0].number if certificates else "",
        "valid": valid,
    }
