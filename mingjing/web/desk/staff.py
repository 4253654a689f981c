"""机关与人员的登记: what a manager enters and changes about organs, people, certificates, roles and accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mingjing.cases.facts import InvalidFacts, clean
from mingjing.kernel import codes, conditions
from mingjing.kernel.procedure import Field
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs import actions
from mingjing.organs import queries as organs
from mingjing.organs.authority import require
from mingjing.organs.photographs import MOST_BYTES
from mingjing.organs.roles import ROLES
from mingjing.web.ui import flash, forms, pictures, wording
from mingjing.web.ui.asked import number
from mingjing.web.ui.refusals import status_with
from mingjing.web.ui.sealing import seal_now

from .frame import ORGANS_READ, desk, page

KINDS = (
    ("organ", "行政机关"),
    ("authorized", "法律、法规授权的组织"),
    ("entrusted", "受委托组织"),
    ("government", "人民政府"),
)
CERTIFICATE_KINDS = (("enforcement", "行政执法证"), ("supervision", "行政执法监督证"))
ORGAN_KINDS = (
    ("market", "市场监管"), ("food", "食品"), ("medicine", "药品"), ("health", "卫生健康"),
    ("environment", "生态环境"), ("work_safety", "应急管理"), ("fire", "消防"), ("public_security", "公安"),
    ("traffic", "公安交通"), ("urban_management", "城市管理"),
)  # fmt: skip


def _field(name: str, label: str, kind: str = "text", **more: Any) -> Field:
    values = {"required": False, "help": "", "max": 120, "choices": (), "when": None, "personal": False}
    return Field(name=name, label=label, kind=kind, default_fact=None, **{**values, **more})


def _organ_fields(*, new: bool) -> tuple[Field, ...]:
    fields = tuple((code, title) for code, title in wording.FIELDS.items() if "-" not in code)
    tree = tuple((row.code, row.name) for row in organs.organs()) if new else ()
    places = tuple((one.code, one.name) for one in law.regions())
    only_new = (
        _field(
            "code",
            "机关代码",
            required=True,
            max=40,
            help="小写字母、数字和连字符，启用后不再更改，如 dz-scjg。",
        ),
        _field(
            "parent", "上级机关", "choice", choices=tree, help="按行政隶属关系；人民政府填它的上级人民政府。"
        ),
        _field("region", "行政区划", "choice", choices=places, required=True),
    )
    return (
        *(only_new if new else ()),
        _field("name", "名称", required=True, help="与印章一致的全称，印在文书上。"),
        _field("short_name", "简称", required=True, max=40),
        _field("kind", "类别", "choice", choices=KINDS, required=True),
        _field("paper_prefix", "机关代字", required=True, max=20, help="文书号的开头，如“达市监”。"),
        _field("credit_code", "统一社会信用代码", max=18),
        _field("field", "主要执法领域", "choice", choices=fields, required=True, help="决定适用哪个领域的特别规定。"),
        _field("organ_fields", "职权类别", "choices", choices=ORGAN_KINDS, help="权责清单中由哪几类机关办理的事项归本机关。"),
        _field("basis", "职权依据", max=300, help="三定规定、授权的法律法规或者委托书。"),
        _field("confirmed_on", "执法主体确认日期", "date", help="同级司法行政机关审核确认之日；没有确认的不能作出决定。"),
        _field("uniform", "制式服装", max=60, help="本机关人员执勤须穿的制式服装；没有的不填，填写后现场办理时要登记着装。"),
        _field("address", "地址", max=200),
        _field("phone", "电话", max=40),
        _field("reconsideration_organ", "行政复议机关", help="印在告知权利的文书上。"),
        _field("court", "管辖法院", help="印在告知权利的文书上。"),
        _field("bank", "收缴银行", help="印在缴款通知上。"),
        *(() if new else (_field("closed_on", "撤销日期", "date", help="机构撤销、合并的，填写自哪一天起不再执法。"),)),
    )  # fmt: skip


PERSON = (
    _field("name", "姓名", required=True, max=60),
    _field("unit", "部门", max=80),
    _field("post", "职务", max=60),
    _field("is_principal", "是不是主要负责人", "bool"),
    _field("legal_qualification", "法律职业资格证号", max=40, help="初次从事法制审核的人员应当有（行政处罚法第五十八条）。"),
)  # fmt: skip
CERTIFICATE = (
    _field("certificate_number", "证件号", required=True, max=40),
    _field("certificate_kind", "证件类别", "choice", choices=CERTIFICATE_KINDS, required=True),
    _field("certificate_from", "有效期起", "date", required=True),
    _field("certificate_until", "有效期止", "date", required=True),
)
STATE = (
    _field("state_number", "证件", "choice", required=True),
    _field("state", "改为", "choice", choices=tuple(actions.CERTIFICATE_STATES.items()), required=True),
    _field("state_reason", "原因", required=True, max=300),
)
ROLE = (
    _field("role", "岗位", "choice", choices=tuple((one.code, one.title) for one in ROLES.values()), required=True),
    _field("role_since", "自", "date", required=True),
    _field("role_until", "至", "date", help="不填为长期。"),
)  # fmt: skip
PHOTO = (
    _field(
        "photo",
        "证件照",
        "files",
        help="近期免冠正面竖幅照片，JPEG 或者 PNG，不小于 240×320 像素；平台只保留画面，去掉拍摄地点、时间等附带信息。照片在公众的证件核验页上显示。",
    ),
)
_EXAM, _TRAINING = (conditions.parse(f"q_kind == '{one}'") for one in ("exam", "training"))
QUALIFICATION = (
    _field(
        "q_kind",
        "类别",
        "choice",
        choices=tuple(actions.QUALIFICATIONS.items()),
        required=True,
        help="免试只限已登记法律职业资格的人员。",
    ),
    _field("q_title", "名称、内容", required=True, help="如：2026年度行政执法人员资格考试。"),
    _field("q_held_on", "日期", "date", required=True),
    _field(
        "q_passed",
        "考试结果",
        "choice",
        choices=(("yes", "合格"), ("no", "不合格")),
        when=_EXAM,
        required=True,
    ),
    _field("q_score", "成绩", max=20, when=_EXAM),
    _field("q_hours", "学时", "number", when=_TRAINING, required=True),
    _field("q_organizer", "组织单位", required=True),
    _field("q_proof", "依据的文件、证明", required=True, max=200, help="文号、证书号或者档案位置。"),
)
VOID_REASON = _field("q_reason", "原因", required=True, max=300, help="如：登记错人、成绩更正。")
ACCOUNT = (_field("username", "用户名", required=True, max=60, help="3 至 60 个小写字母、数字、连字符。"),)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("organ.manage")
def new_organ(request: Any) -> HttpResponse:
    """Enter an organ."""
    fields = _organ_fields(new=True)

    def enter(given: Mapping[str, Any]) -> HttpResponse:
        _check_code(given)
        values = {**given, "organ_fields": given.get("organ_fields", [])}
        parent = values.pop("parent", None)
        organ = actions.create_organ(
            parent=organs.organ(parent) if parent else None,
            actor=request.actor,
            at=request.at,
            **_dated(values),
        )
        seal_now(request)
        flash.say(request, f"{organ.name}已登记。")
        return _to_organ(organ.code)

    return _form(request, "登记机关", fields, {"kind": "organ", "region": request.actor.region}, enter)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("organ.manage")
def edit_organ(request: Any, code: str) -> HttpResponse:
    """Change an organ; its code and its place in the tree stay."""
    organ = _organ(code)
    fields = _organ_fields(new=False)

    def change(given: Mapping[str, Any]) -> HttpResponse:
        details = {field.name: given.get(field.name, _empty(field)) for field in fields}
        actions.change_organ(organ_id=organ.pk, actor=request.actor, at=request.at, **_dated(details))
        seal_now(request)
        flash.say(request, f"{organ.name}已更改。")
        return _to_organ(code)

    known = {field.name: getattr(organ, field.name) for field in fields}
    return _form(request, f"更改机关：{organ.short_name}", fields, known, change)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("organ.manage")
def new_officer(request: Any, code: str) -> HttpResponse:
    """Enter a person of an organ; certificates, roles and the account follow on the person's page."""
    organ = _organ(code)

    def enter(given: Mapping[str, Any]) -> HttpResponse:
        officer = actions.create_officer(organ=organ, actor=request.actor, at=request.at, **given)
        seal_now(request)
        flash.say(request, f"{officer.name}已登记，请接着登记证件、岗位和账号。")
        return redirect("desk:officer", officer.pk)

    return _form(request, f"登记人员：{organ.short_name}", PERSON, {}, enter)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk(*ORGANS_READ)
def officer(request: Any, officer_id: int) -> HttpResponse:
    """A person: certificates, roles, account; and a small form for each change."""
    person = _person(officer_id)
    answer = _Answer()
    if request.method == "POST":
        require(request.actor, "organ.manage")
        chosen = _CHANGES.get(request.POST.get("do", ""))
        if chosen is None:
            raise Refused("bad-choice", "没有这种更改。", remedy="请从页面上的按钮办理。")
        answer = _changed(request, person, *chosen)
        if not answer.errors and answer.refused is None and not answer.secret:
            return redirect("desk:officer", officer_id)
        person = _person(officer_id)
    numbers = tuple((one.number, one.number) for one in person.certificates.all())
    on = request.at.date()
    entered = [one for one in person.qualifications.all() if one.voided_at is None]
    standing = tuple((str(one.pk), f"{one.held_on} {one.title}") for one in entered)
    context = {
        "person": person,
        "on": on,
        "qualification_kinds": actions.QUALIFICATIONS,
        "hours": sum(one.hours or 0 for one in entered if one.held_on.year == on.year),
        "examined": any(one.kind != "training" for one in entered),
        "listed": organs.confirmed_lists([person.organ_id], on).get(("officers", person.organ_id)),
        "manages": "organ.manage" in request.actor.permissions,
        "answer": answer,
        "forms": {
            "person": (*PERSON, _field("active", "在岗", "bool")),
            "certificate": CERTIFICATE,
            "state": (_field("state_number", "证件", "choice", choices=numbers, required=True), *STATE[1:]),
            "role": ROLE,
            "qualification": QUALIFICATION,
            "void-qualification": (
                _field("q_row", "作废哪一条", "choice", choices=standing, required=True),
                VOID_REASON,
            ),
            "account": ACCOUNT,
            "photo": PHOTO,
        },
        "values": {
            "person": {name: getattr(person, name) for name in (*(one.name for one in PERSON), "active")},
            "certificate": {"certificate_kind": "enforcement"},
            "state": {},
            "role": {"role_since": on.isoformat()},
            "qualification": {"q_kind": "exam"},
            "void-qualification": {},
            "account": {},
            "photo": {},
        },
        "states": actions.CERTIFICATE_STATES,
        "kinds": dict(CERTIFICATE_KINDS),
    }
    status = status_with(answer.refused, answer.errors)
    return page(request, "desk/officer.html", context, current="organs", status=status)


@require_safe
@desk(*ORGANS_READ)
def photo(request: Any, officer_id: int) -> HttpResponse:
    """The officer's certificate photograph, whether or not a certificate is in force."""
    person = _person(officer_id)
    if not person.photo:
        raise Http404
    return pictures.photo(person.photo)


class _Answer:
    """What came of a change: which form, its values and errors, a refusal, or a password to show once."""

    def __init__(self) -> None:
        self.form = ""
        self.typed: Mapping[str, Any] = {}
        self.errors: Mapping[str, str] = {}
        self.refused: Refused | None = None
        self.secret = ""


def _changed(request: Any, person: Any, form: str, fields: Sequence[Field], change: Any) -> _Answer:
    answer = _Answer()
    answer.form = form
    answer.typed = forms.read_post(fields, request.POST)
    try:
        given = clean(fields, answer.typed, {})
        answer.secret = change(request, person, given) or ""
    except InvalidFacts as wrong:
        answer.errors = wrong.fields
    except Refused as refused:
        answer.refused = refused
    else:
        seal_now(request)
        if not answer.secret:
            flash.say(request, f"{person.name}的登记已更改。")
    return answer


def _change_person(request: Any, person: Any, given: Mapping[str, Any]) -> None:
    details = {field.name: given.get(field.name, _empty(field)) for field in (*PERSON, _ACTIVE)}
    actions.change_officer(officer_id=person.pk, actor=request.actor, at=request.at, **details)


def _add_certificate(request: Any, person: Any, given: Mapping[str, Any]) -> None:
    actions.create_certificate(
        officer=person,
        number=given["certificate_number"],
        kind=given["certificate_kind"],
        region=person.organ.region,
        valid_from=date.fromisoformat(given["certificate_from"]),
        valid_until=date.fromisoformat(given["certificate_until"]),
        actor=request.actor,
        at=request.at,
    )


def _set_certificate(request: Any, person: Any, given: Mapping[str, Any]) -> None:
    if given["state_number"] not in {one.number for one in person.certificates.all()}:
        raise Refused("no-such-certificate", "这不是该人员的证件。", remedy="请从列出的证件中选择。")
    actions.change_certificate(
        number=given["state_number"],
        state=given["state"],
        reason=given["state_reason"],
        actor=request.actor,
        at=request.at,
    )


def _appoint(request: Any, person: Any, given: Mapping[str, Any]) -> None:
    until = given.get("role_until")
    actions.appoint(
        officer=person,
        role=given["role"],
        since=date.fromisoformat(given["role_since"]),
        until=date.fromisoformat(until) if until else None,
        actor=request.actor,
        at=request.at,
    )


def _add_qualification(request: Any, person: Any, given: Mapping[str, Any]) -> None:
    actions.record_qualification(
        officer_id=person.pk,
        kind=given["q_kind"],
        held_on=date.fromisoformat(given["q_held_on"]),
        title=given["q_title"],
        organizer=given["q_organizer"],
        proof=given["q_proof"],
        passed={"yes": True, "no": False}.get(given.get("q_passed", "")),
        score=given.get("q_score", ""),
        hours=given.get("q_hours"),
        actor=request.actor,
        at=request.at,
    )


def _void_qualification(request: Any, person: Any, given: Mapping[str, Any]) -> None:
    actions.void_qualification(
        qualification_id=number(given["q_row"], 0),
        officer_id=person.pk,
        reason=given["q_reason"],
        actor=request.actor,
        at=request.at,
    )


def _open_account(request: Any, person: Any, given: Mapping[str, Any]) -> str:
    return actions.open_account(
        officer_id=person.pk, username=given["username"], actor=request.actor, at=request.at
    )


def _reset_password(request: Any, person: Any, given: Mapping[str, Any]) -> str:
    return actions.reset_password(officer_id=person.pk, actor=request.actor, at=request.at)


def _set_photo(request: Any, person: Any, given: Mapping[str, Any]) -> None:
    file = next(iter(forms.uploaded(request.FILES, forms.input_name("photo"))), None)
    if file is None:
        raise Refused("missing", "没有选择照片。", remedy="请选择一张照片再提交。")
    content = file.read(MOST_BYTES + 1)  # one more than may be, so that the action sees that it is too much
    actions.set_photo(officer_id=person.pk, content=content, actor=request.actor, at=request.at)


def _remove_photo(request: Any, person: Any, given: Mapping[str, Any]) -> None:
    actions.remove_photo(officer_id=person.pk, actor=request.actor, at=request.at)


def _stop(request: Any, person: Any, given: Mapping[str, Any]) -> None:
    actions.set_account_active(officer_id=person.pk, active=False, actor=request.actor, at=request.at)


def _start(request: Any, person: Any, given: Mapping[str, Any]) -> None:
    actions.set_account_active(officer_id=person.pk, active=True, actor=request.actor, at=request.at)


_ACTIVE = _field("active", "在岗", "bool")
_STATE_FREE = (_field("state_number", "证件", required=True, max=40), *STATE[1:])
_VOIDING_FREE = (_field("q_row", "作废哪一条", required=True, max=20), VOID_REASON)
_CHANGES: Mapping[str, tuple[str, Sequence[Field], Callable[..., str | None]]] = {
    "person": ("person", (*PERSON, _ACTIVE), _change_person),
    "certificate": ("certificate", CERTIFICATE, _add_certificate),
    "state": ("state", _STATE_FREE, _set_certificate),
    "role": ("role", ROLE, _appoint),
    "qualification": ("qualification", QUALIFICATION, _add_qualification),
    "void-qualification": ("void-qualification", _VOIDING_FREE, _void_qualification),
    "account": ("account", ACCOUNT, _open_account),
    "reset": ("account", (), _reset_password),
    "photo": ("photo", (), _set_photo),
    "no-photo": ("photo", (), _remove_photo),
    "stop": ("account", (), _stop),
    "start": ("account", (), _start),
}


def _form(
    request: Any,
    title: str,
    fields: Sequence[Field],
    known: Mapping[str, Any],
    done: Callable[[Mapping[str, Any]], HttpResponse],
) -> HttpResponse:
    """A form of its own page: shown, or posted and done; what is wrong is shown with what was typed."""
    typed: Mapping[str, Any] = known
    errors: Mapping[str, str] = {}
    refused: Refused | None = None
    if request.method == "POST":
        typed = forms.read_post(fields, request.POST)
        try:
            return done(clean(fields, typed, {}))
        except InvalidFacts as wrong:
            errors = wrong.fields
        except Refused as no_way:
            refused = no_way
    context = {
        "title": title,
        "fields": fields,
        "labels": {field.name: field.label for field in fields},
        "values": typed,
        "errors": errors,
        "refused": refused,
    }
    status = status_with(refused, errors)
    return page(request, "desk/staff_form.html", context, current="organs", status=status)


def _check_code(given: Mapping[str, Any]) -> None:
    """The shape of an organ's code and of its credit code. Source: GB 32100."""
    code, credit = given["code"], given.get("credit_code", "")
    if not (code.isascii() and code.replace("-", "a").isalnum() and code == code.lower()):
        raise Refused("bad-code", f"机关代码“{code}”不合要求。", remedy="请只用小写字母、数字和连字符。")
    if credit:
        read = codes.identify(credit)
        if not read.valid:
            raise Refused(
                "bad-code", f"统一社会信用代码“{credit}”不对：{''.join(read.why)}", remedy="请核对。"
            )


def _dated(values: Mapping[str, Any]) -> dict[str, Any]:
    dates = ("confirmed_on", "closed_on")
    return {
        name: date.fromisoformat(value) if name in dates and isinstance(value, str) and value else value
        for name, value in values.items()
    }


def _empty(field: Field) -> Any:
    return {"date": None, "bool": False, "choices": []}.get(field.kind, "")


def _organ(code: str) -> Any:
    found = next((row for row in organs.organs() if row.code == code), None)
    if found is None:
        raise Http404
    return found


def _person(officer_id: int) -> Any:
    found = organs.officer_file(officer_id)
    if found is None:
        raise Http404
    return found


def _to_organ(code: str) -> HttpResponse:
    response = redirect("desk:organs")
    response["Location"] += f"?organ={code}"
    return response
