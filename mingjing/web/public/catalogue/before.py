"""事前公开: who acts, with which powers, on what one may apply for, how, and under which law."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mingjing.kernel.procedure import Procedure
from mingjing.law import queries as law
from mingjing.law.fines_in_words import fine_words
from mingjing.law.queries import LicenseItem, Power
from mingjing.organs import queries as organs
from mingjing.organs.queries import Organ
from mingjing.publicity.registers import queries as registers
from mingjing.web.ui.asked import word
from mingjing.web.ui.wording import act_title, field_title, law_refs

from ..downloads import address
from ..lists import Column, Item, Listing, Parameter, Record, whole
from .decisions import region_name

KINDS = {"organ": "行政机关", "authorized": "授权组织", "entrusted": "受委托组织", "government": "人民政府"}
_WORDS = Parameter("q", "检索词", note="事项名称或者所引法律的一部分，或者编号")


def _basis(text: str) -> str:
    """A basis as people write it."""
    return "、".join(one.text for one in law_refs(text))


# --- agencies ---


def _agency(organ: Organ) -> Record:
    return {
        "code": organ.code,
        "name": organ.name,
        "kind": KINDS.get(organ.kind, organ.kind),
        "credit_code": organ.credit_code,
        "field": field_title(organ.field),
        "region": region_name(organ.region),
        "parent": organ.parent.name if organ.parent else "",
        "phone": organ.phone,
        "address": organ.address,
        "basis": _basis(organ.basis),
        "confirmed_on": organ.confirmed_on.isoformat() if organ.confirmed_on else None,
        "decisions": address(f"/decisions?organ={quote(organ.code)}"),
    }


AGENCIES = Listing(
    id="agencies",
    title="执法主体",
    path="/agencies",
    about="经本级司法行政机关审查确认、可以执法的机关和组织。",
    columns=(
        Column("code", "编号"),
        Column("name", "名称"),
        Column("kind", "性质"),
        Column("credit_code", "统一社会信用代码"),
        Column("field", "执法领域"),
        Column("region", "区域"),
        Column("parent", "上级"),
        Column("phone", "电话"),
        Column("address", "地址"),
        Column("basis", "依据"),
        Column("confirmed_on", "确认日期", "day", optional=True),
        Column("decisions", "该机关的决定", "address"),
    ),
    pages=whole(lambda request: [_agency(organ) for _, organ in organs.tree()], "code"),
    item=lambda record: Item(
        record["name"], record["decisions"], f"{record['kind']}；{record['field']}；{record['phone']}"
    ),
)


# --- powers ---


def _power(item: Power) -> Record:
    return {
        "code": item.code,
        "title": item.title,
        "field": law.FIELDS.get(item.field, item.field),
        "basis": _basis(item.basis),
        "fines": "；".join(fine_words(rule) for rule in item.fines),
        "in_force": item.in_force.isoformat(),
        "address": address(f"/powers/{quote(item.code)}"),
    }


def _powers(request: Any) -> list[Record]:
    items = law.power_items(field=word(request, "field"), words=word(request, "q"))
    return [_power(item) for item in sorted(items, key=lambda item: (item.field, item.code))]


POWERS = Listing(
    id="powers",
    title="权责事项",
    path="/powers",
    about="什么行为会受处罚、依据哪一条、幅度多大。",
    columns=(
        Column("code", "编号"),
        Column("title", "事项"),
        Column("field", "领域"),
        Column("basis", "依据"),
        Column("fines", "罚款幅度"),
        Column("in_force", "适用起始日", "day"),
        Column("address", "地址", "address"),
    ),
    pages=whole(_powers, "code"),
    item=lambda record: Item(
        f"{record['code']} {record['title']}", record["address"], f"{record['basis']}；{record['fines']}"
    ),
    parameters=(_WORDS, Parameter("field", "领域", allowed=tuple(law.FIELDS))),
)


# --- licenses ---


def _license(item: LicenseItem) -> Record:
    return {
        "code": item.code,
        "title": item.title,
        "certificate": item.certificate,
        "field": field_title(item.field),
        "authority": item.authority,
        "level": item.level,
        "basis": _basis(item.basis),
        "validity": item.validity,
        "fee": item.fee,
        "address": address(f"/licenses/{quote(item.code)}"),
    }


def _licenses(request: Any) -> list[Record]:
    found = law.license_items(words=word(request, "q"), on=request.at.date())
    return [_license(item) for item in found]


LICENSES = Listing(
    id="licenses",
    title="行政许可事项",
    path="/licenses",
    about="可以申请哪些许可、找谁办、依据什么。",
    columns=(
        Column("code", "编号"),
        Column("title", "事项"),
        Column("certificate", "证照"),
        Column("field", "领域"),
        Column("authority", "办理机关"),
        Column("level", "层级"),
        Column("basis", "依据"),
        Column("validity", "有效期"),
        Column("fee", "收费"),
        Column("address", "服务指南", "address"),
    ),
    pages=whole(_licenses, "code"),
    item=lambda record: Item(record["title"], record["address"], f"{record['authority']}；{record['basis']}"),
    parameters=(_WORDS,),
)


# --- procedures ---


def _procedure(one: Procedure) -> Record:
    return {
        "id": one.id,
        "title": one.title,
        "act": act_title(one.act),
        "summary": one.summary,
        "basis": _basis(one.basis),
        "in_force": one.in_force.isoformat(),
        "address": address(f"/procedures/{one.id}"),
        "flow": address(f"/procedures/{one.id}/flow.svg"),
    }


PROCEDURES = Listing(
    id="procedures",
    title="执法流程",
    path="/procedures",
    about="现行的执法程序；每一项都有服务指南和流程图。",
    columns=(
        Column("id", "编号"),
        Column("title", "程序"),
        Column("act", "类别"),
        Column("summary", "说明"),
        Column("basis", "依据"),
        Column("in_force", "适用起始日", "day"),
        Column("address", "服务指南", "address"),
        Column("flow", "流程图", "address"),
    ),
    pages=whole(
        lambda request: [_procedure(one) for one in law.procedures_in_force(request.at.date())],  # type: ignore[attr-defined]
        "id",
    ),
    item=lambda record: Item(record["title"], record["address"], record["summary"]),
)


# --- laws ---


def statutes(request: Any) -> list[Record]:
    """The instruments asked for, by rank and title. Cost: 1 query."""
    order = {rank: place for place, rank in enumerate(law.RANKS)}
    rows = law.statutes(words=word(request, "q"), rank=word(request, "rank"))
    found = sorted(rows, key=lambda row: (order.get(row.rank, len(order)), row.short_title))
    return [
        {
            "title": row.title,
            "short_title": row.short_title,
            "rank": law.RANKS.get(row.rank, row.rank),
            "issuer": row.issuer,
            "address": address(f"/laws/{quote(row.short_title)}"),
        }
        for row in found
    ]


LAWS = Listing(
    id="laws",
    title="执法依据",
    path="/laws",
    about="本平台引用的法律、法规、规章和规范性文件。",
    columns=(
        Column("title", "名称"),
        Column("short_title", "简称"),
        Column("rank", "位阶"),
        Column("issuer", "制定机关"),
        Column("address", "全文", "address"),
    ),
    pages=whole(statutes, "short_title"),
    item=lambda record: Item(record["title"], record["address"], f"{record['rank']}；{record['issuer']}"),
    parameters=(
        Parameter("q", "检索词", note="名称的一部分"),
        Parameter("rank", "位阶", allowed=tuple(law.RANKS)),
    ),
)


# --- registers ---


def _register(one: Any) -> Record:
    row = one.register
    path = f"/registers/{row.organ.code}/{row.code}"
    return {
        "id": f"{row.organ.code}/{row.code}",
        "title": row.title,
        "organ": row.organ.name,
        "basis": _basis(row.basis),
        "edition": one.number,
        "publish_on": one.publish_on.isoformat() if one.publish_on else "",
        "confirmed_by": one.answered_by.organ.name if one.answered_by else "",
        "rows": one.size,
        "reason": one.reason,
        "retired": row.retired_at is not None,
        "sha256": one.public_sha256,
        "address": address(path),
        "file": address(f"{path}.json?edition={one.number}"),
    }


def _registers(request: Any) -> list[Record]:
    organ, kind = word(request, "organ", limit=40), word(request, "kind", limit=40)
    found = registers.public_registers(request.at.date(), organ_code=organ, kind=kind)
    return [_register(one) for one in found]


REGISTERS = Listing(
    id="registers",
    title="事前公开的清单",
    path="/registers",
    about="各机关经同级司法行政机关确认公布的清单，每份一行，为现行版本。",
    columns=(
        Column("id", "编号", note="机关代码/清单代码"),
        Column("title", "清单"),
        Column("organ", "机关"),
        Column("basis", "依据"),
        Column("edition", "版本", "number"),
        Column("publish_on", "公布日期", "day"),
        Column("confirmed_by", "确认机关"),
        Column("rows", "行数", "number"),
        Column("reason", "修订说明"),
        Column("retired", "已停用", "yesno"),
        Column("sha256", "数据文件的 SHA-256"),
        Column("address", "页面", "address"),
        Column("file", "数据文件", "address"),
    ),
    pages=whole(_registers, "id"),
    item=lambda record: Item(
        f"{record['organ']}{record['title']}（第 {record['edition']} 版）",
        record["address"],
        record["reason"],
    ),
    parameters=(Parameter("organ", "机关代码"), Parameter("kind", "清单种类")),
)
