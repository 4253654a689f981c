"""事前公开: who acts, with which powers, on what one may apply for, how, and under which law."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mingjing.law import queries as law
from mingjing.law.fines_in_words import fine_words
from mingjing.law.queries import Power
from mingjing.organs import queries as organs
from mingjing.publicity.registers import queries as registers
from mingjing.web.ui.asked import word
from mingjing.web.ui.wording import act_title, field_title, law_refs

from ..lists import Column, Item, Listing, Parameter, whole

KINDS = {"organ": "行政机关", "authorized": "授权组织", "entrusted": "受委托组织", "government": "人民政府"}
_WORDS = Parameter("q", "检索词", note="事项名称或者所引法律的一部分，或者编号")


def region_name(code: str) -> str:
    """A region in words; an unknown code as it is."""
    return next((region.name for region in law.regions() if region.code == code), code)


def _basis(row: Any) -> str:
    """The basis of a row as people write it."""
    return "、".join(one.text for one in law_refs(row.basis))


AGENCIES = Listing(
    id="agencies",
    title="执法主体",
    path="/agencies",
    about="经本级司法行政机关审查确认、可以执法的机关和组织。",
    columns=(
        Column("code", "编号"),
        Column("name", "名称"),
        Column("kind", "性质", of=lambda organ: KINDS.get(organ.kind, organ.kind)),
        Column("credit_code", "统一社会信用代码"),
        Column("field", "执法领域", of=lambda organ: field_title(organ.field)),
        Column("region", "区域", of=lambda organ: region_name(organ.region)),
        Column("parent", "上级", of=lambda organ: organ.parent.name if organ.parent else ""),
        Column("phone", "电话"),
        Column("address", "地址"),
        Column("basis", "依据", of=_basis),
        Column("confirmed_on", "确认日期", "day", optional=True),
        Column(
            "decisions", "该机关的决定", "address", of=lambda organ: f"/decisions?organ={quote(organ.code)}"
        ),
    ),
    rows=whole(lambda request: [organ for _, organ in organs.tree()], key=lambda organ: organ.code),
    item=lambda record: Item(
        record["name"],
        record["decisions"],
        f"{record['kind']}；{record['field']}；{record['phone']}",
        at=record["confirmed_on"] or "",
    ),
    newest="confirmed_on",
)


def _powers(request: Any) -> list[Power]:
    return law.power_items(field=word(request, "field"), words=word(request, "q"))


POWERS = Listing(
    id="powers",
    title="权责事项",
    path="/powers",
    about="什么行为会受处罚、依据哪一条、幅度多大。",
    columns=(
        Column("code", "编号"),
        Column("title", "事项"),
        Column("field", "领域", of=lambda item: law.FIELDS.get(item.field, item.field)),
        Column("basis", "依据", of=_basis),
        Column("fines", "罚款幅度", of=lambda item: "；".join(map(fine_words, item.fines))),
        Column("in_force", "适用起始日", "day"),
        Column("address", "地址", "address", of=lambda item: f"/powers/{quote(item.code)}"),
    ),
    rows=whole(_powers, key=lambda item: item.code),
    item=lambda record: Item(
        f"{record['code']} {record['title']}",
        record["address"],
        f"{record['basis']}；{record['fines']}",
        at=record["in_force"],
    ),
    parameters=(_WORDS, Parameter("field", "领域", allowed=tuple(law.FIELDS))),
    newest="in_force",
)

LICENSES = Listing(
    id="licenses",
    title="行政许可事项",
    path="/licenses",
    about="可以申请哪些许可、找谁办、依据什么。",
    columns=(
        Column("code", "编号"),
        Column("title", "事项"),
        Column("certificate", "证照"),
        Column("field", "领域", of=lambda item: field_title(item.field)),
        Column("authority", "办理机关"),
        Column("level", "层级"),
        Column("basis", "依据", of=_basis),
        Column("validity", "有效期"),
        Column("fee", "收费"),
        Column("address", "服务指南", "address", of=lambda item: f"/licenses/{quote(item.code)}"),
    ),
    rows=whole(
        lambda request: law.license_items(words=word(request, "q"), on=request.at.date()),
        key=lambda item: item.code,
    ),
    item=lambda record: Item(record["title"], record["address"], f"{record['authority']}；{record['basis']}"),
    parameters=(_WORDS,),
)

PROCEDURES = Listing(
    id="procedures",
    title="执法流程",
    path="/procedures",
    about="现行的执法程序；每一项都有服务指南和流程图。",
    columns=(
        Column("id", "编号"),
        Column("title", "程序"),
        Column("act", "类别", of=lambda one: act_title(one.act)),
        Column("summary", "说明"),
        Column("basis", "依据", of=_basis),
        Column("in_force", "适用起始日", "day"),
        Column("address", "服务指南", "address", of=lambda one: f"/procedures/{one.id}"),
        Column("flow", "流程图", "address", of=lambda one: f"/procedures/{one.id}/flow.svg"),
    ),
    rows=whole(lambda request: law.procedures_in_force(request.at.date()), key=lambda one: one.id),
    item=lambda record: Item(record["title"], record["address"], record["summary"], at=record["in_force"]),
    newest="in_force",
)


def statutes(request: Any) -> list[Any]:
    """The instruments asked for, by rank and title. Cost: 1 query."""
    order = {rank: place for place, rank in enumerate(law.RANKS)}
    rows = law.statutes(words=word(request, "q"), rank=word(request, "rank"))
    return sorted(rows, key=lambda row: (order.get(row.rank, len(order)), row.short_title))


LAWS = Listing(
    id="laws",
    title="执法依据",
    path="/laws",
    about="本平台引用的法律、法规、规章和规范性文件。",
    columns=(
        Column("title", "名称"),
        Column("short_title", "简称"),
        Column("rank", "位阶", of=lambda row: law.RANKS.get(row.rank, row.rank)),
        Column("issuer", "制定机关"),
        Column("address", "全文", "address", of=lambda row: f"/laws/{quote(row.short_title)}"),
    ),
    rows=whole(statutes, key=lambda row: f"{row.short_title} {row.pk}"),
    item=lambda record: Item(record["title"], record["address"], f"{record['rank']}；{record['issuer']}"),
    parameters=(
        Parameter("q", "检索词", note="名称的一部分"),
        Parameter("rank", "位阶", allowed=tuple(law.RANKS)),
    ),
)


# --- registers: what each organ published, and of the officers' registers every row ---

_OF_ORGAN = Parameter("organ", "机关代码")


def _path(edition: Any) -> str:
    return f"/registers/{edition.register.organ.code}/{edition.register.code}"


def _registers(request: Any) -> list[Any]:
    organ, kind = word(request, "organ", limit=40), word(request, "kind", limit=40)
    return registers.public_registers(request.at.date(), organ_code=organ, kind=kind)


REGISTERS = Listing(
    id="registers",
    title="事前公开的清单",
    path="/registers",
    about="各机关经同级司法行政机关确认公布的清单，每份一行，为现行版本。",
    columns=(
        Column("id", "编号", note="机关代码/清单代码", of=lambda one: _path(one).removeprefix("/registers/")),
        Column("title", "清单", of=lambda one: one.register.title),
        Column("organ", "机关", of=lambda one: one.register.organ.name),
        Column("basis", "依据", of=lambda one: _basis(one.register)),
        Column("edition", "版本", "number", of=lambda one: one.number),
        Column("publish_on", "公布日期", "day"),
        Column(
            "confirmed_by",
            "确认机关",
            of=lambda one: one.answered_by.organ.name if one.answered_by else "",
        ),
        Column("rows", "行数", "number", of=lambda one: one.size),
        Column("reason", "修订说明"),
        Column("retired", "已停用", "yesno", of=lambda one: one.register.retired_at is not None),
        Column("sha256", "数据文件的 SHA-256", of=lambda one: one.public_sha256),
        Column("address", "页面", "address", of=_path),
        Column("file", "数据文件", "address", of=lambda one: f"{_path(one)}.json?edition={one.number}"),
    ),
    rows=whole(_registers, key=_path),
    item=lambda record: Item(
        f"{record['organ']}{record['title']}（第 {record['edition']} 版）",
        f"{record['address']}?edition={record['edition']}",
        record["reason"],
        at=record["publish_on"],
    ),
    parameters=(_OF_ORGAN, Parameter("kind", "清单种类")),
    newest="publish_on",
)


def _officers(request: Any) -> list[Any]:
    return registers.confirmed_officers(request.at.date(), organ_code=word(request, "organ", limit=40))


OFFICERS = Listing(
    id="officers",
    title="执法人员",
    path="/officers",
    about="各机关经司法行政机关确认公布的执法人员清单里的全部人员；清单之外的人可以按证号核验。",
    columns=(
        Column("number", "证件号"),
        Column("name", "姓名"),
        Column("organ", "机关"),
        Column("unit", "单位"),
        Column("field", "执法领域"),
        Column("valid_from", "有效期起", note="2026-03-12 的样子"),
        Column("valid_until", "有效期止", note="2026-03-12 的样子"),
        Column("publish_on", "公布日期", "day"),
        Column("address", "核验", "address", of=lambda one: f"/officers/{quote(one.number, safe='')}"),
    ),
    rows=whole(_officers, key=lambda one: f"{one.number} {one.organ_code}"),
    item=lambda record: Item(
        f"{record['name']}（{record['number']}）",
        record["address"],
        f"{record['organ']}；{record['unit']}；{record['field']}",
        at=record["publish_on"],
    ),
    parameters=(_OF_ORGAN,),
    newest="publish_on",
)
