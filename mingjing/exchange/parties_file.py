"""``import parties FILE``: a list of persons and enterprises, as registries and organs export them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import IntegrityError

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.parties import actions as parties
from mingjing.parties.facts import TITLES, PartyFacts, read_facts

from .errors_workbook import ErrorsWorkbook
from .report import Report
from .tables import Column, Row, Table, clean_number, open_table

CHUNK_ROWS = 1_000
# Whose name or code it is, as lists put it before 名称, 证件号码 and the like.
_OWNERS = (
    "当事人",
    "行政相对人",
    "相对人",
    "被处罚人",
    "被处罚单位",
    "被处罚对象",
    "处罚对象",
    "违法当事人",
    "被检查单位",
    "被检查对象",
    "检查对象",
    "被检查人",
    "监管对象",
    "市场主体",
    "经营主体",
    "主体",
    "企业",
    "单位",
    "公司",
    "机构",
    "商户",
    "商家",
    "店铺",
    "门店",
    "经营户",
    "个体户",
    "个体工商户",
    "用人单位",
    "纳税人",
    "自然人",
    "申请人",
    "从业人员",
    "组织",
    "法人",
)


def _owned(*endings: str, owners: tuple[str, ...] = _OWNERS) -> tuple[str, ...]:
    return tuple(f"{owner}{ending}" for owner in owners for ending in endings)


# A person's own papers: never those of whoever represents a body.
_SELF = tuple(owner for owner in _OWNERS if owner != "法人")
COLUMNS = (
    Column(
        "name",
        (
            *_owned("名称", "姓名", owners=_SELF),
            "法人名称",
            "法人单位名称",
            "企业名称全称",
            "单位全称",
            "企业全称",
            "字号名称",
            "字号",
            "户名",
            "经营者名称",
            "当事人",
            "被处罚人",
            "被处罚单位",
            "违法当事人",
            "行政相对人",
            "相对人",
            "被检查单位",
            "被检查对象",
            "检查对象",
            "监管对象",
            "市场主体",
            "经营主体",
            "用人单位",
            "纳税人",
            "经营户",
            "申请人",
            "姓名",
            "CF_XDR_MC",
            "XK_XDR_MC",
            "XDR_MC",
            "ENTNAME",
            "party_name",
            "company_name",
        ),
        required=True,
        vague=("名称", "单位", "企业", "商户", "name", "title"),
    ),
    Column(
        "code",
        (
            "统一社会信用代码",
            "社会信用代码",
            "统一信用代码",
            "社会统一信用代码",
            "信用代码",
            "统一代码",
            "统一社会信用代码证号",
            *_owned("统一社会信用代码", "社会信用代码", "信用代码"),
            "CF_XDR_SHXYM",
            "XK_XDR_SHXYM",
            "XDR_SHXYM",
            "UNISCID",
            "USCC",
            "credit_code",
            "行政相对人代码_1（统一社会信用代码）",
            "纳税人识别号",
            "税务登记号",
            "税号",
            "营业执照号",
            "营业执照号码",
            "营业执照编号",
            "营业执照注册号",
            "工商注册号",
            "工商登记码",
            "工商登记号",
            "企业注册号",
            "注册号",
            "注册登记号",
            "证件号码",
            "证件号",
            "证件编号",
            "证照号码",
            "证照编号",
            "身份证号",
            "身份证号码",
            "身份证",
            "身份证件号码",
            "身份证件号",
            "公民身份号码",
            "公民身份证号码",
            "居民身份证号",
            "居民身份证号码",
            *_owned("证件号码", "证件号", "身份证号", "身份证号码", "身份证", "代码", owners=_SELF),
            "自然人证件号码",
            "经营者身份证号",
            "经营者身份证号码",
            "经营者证件号码",
            "组织机构代码",
            "组织机构代码证",
            "机构代码",
            "法人代码",
            "事业单位证书号",
            "社会组织登记证号",
            "CF_XDR_ZJHM",
            "CF_XDR_GSZC",
            "CF_XDR_ZZJG",
            "ID号",
            "id_number",
        ),
        vague=("代码", "code"),
        clean=clean_number,
    ),
    Column(
        "kind",
        (
            *_owned("类型", "类别"),
            "当事人性质",
            "单位性质",
            "企业性质",
            "CF_XDR_LB",
        ),
        vague=("类型", "类别", "kind", "type"),
    ),
    Column(
        "legal_representative",
        (
            "法定代表人",
            "法定代表人姓名",
            "法定代表人名称",
            "法人代表",
            "法人代表姓名",
            "法人",
            "法人姓名",
            "负责人",
            "负责人姓名",
            "主要负责人",
            "企业负责人",
            "单位负责人",
            "投资人",
            "执行事务合伙人",
            "经营者",
            "经营者姓名",
            "CF_FRDB",
            "XK_FRDB",
            "legal_representative",
        ),
    ),
    Column(
        "address",
        (
            "住所",
            "地址",
            "住址",
            "经营地址",
            "经营场所",
            "经营场所地址",
            "经营地点",
            "注册地址",
            "登记地址",
            "住所地",
            "所在地址",
            "家庭住址",
            "家庭地址",
            "户籍地址",
            "现住址",
            "通讯地址",
            "通信地址",
            "联系地址",
            "详细地址",
            "营业地址",
            "生产地址",
            *_owned("地址", "住所", "住址", "地点"),
            "address",
        ),
    ),
    Column(
        "phone",
        (
            "联系电话",
            "电话",
            "电话号码",
            "联系电话号码",
            "手机",
            "手机号",
            "手机号码",
            "联系手机",
            "联系方式",
            "固定电话",
            "座机",
            "法定代表人电话",
            "负责人电话",
            "经营者电话",
            *_owned("电话", "联系电话", "联系方式"),
            "phone",
            "mobile",
        ),
        clean=clean_number,
    ),
    Column(
        "region",
        ("行政区划", "行政区划代码", "区划代码", "所属区划", "所属区县", "区县", "地区代码", "登记机关区划"),
        clean=clean_number,
    ),
    Column("industry", ("行业", "所属行业", "行业类别", "行业门类", "行业代码", "行业名称", "经营类别")),
    Column("sex", ("性别",)),
    Column("born_on", ("出生日期", "出生年月日", "出生年月")),
)


def fault_of(refused: Refused) -> str:
    """The field whose value a refusal is about, empty where it is the whole row."""
    if refused.code == "too-long":
        return next((name for name, title in TITLES.items() if refused.reason.startswith(title)), "")
    return "name" if refused.code in ("no-name", "not-a-party") else ""


def import_parties(
    path: Path, report: Report, errors: ErrorsWorkbook, *, actor: Actor, at: datetime
) -> Iterator[int]:
    """Take in the rows chunk by chunk; yields the rows read so far after each committed chunk.

    Raises: Refused as ``open_table``.
    """
    table = open_table(path, COLUMNS, what="当事人名单")
    report.format = table.format.value
    read = 0
    while rows := list(islice(table.rows, CHUNK_ROWS)):
        read += len(rows)
        batch = [facts for row in rows if (facts := _facts(row, report.name, report, errors)) is not None]
        _take_in(batch, rows, report, actor, at)
        yield read
    _note_skipped(table, report)


def _facts(row: Row, source: str, report: Report, errors: ErrorsWorkbook) -> PartyFacts | None:
    try:
        if row.fault:
            raise Refused("row-damaged", f"{row.fault}。", remedy="请核对这一行，改正后重新导入。")
        raw = {name: cell.cleaned for name, cell in row.cells.items()}
        doubt = row.cells["code"].doubt if "code" in row.cells else ""
        facts = read_facts(raw, original=row.originals(), source=source[:200], doubt=doubt)
    except Refused as refused:
        errors.reject(row, refused)
        report.reject(refused.reason if refused.code == "no-name" else refused.code)
        return None
    report.flagged += bool(facts.code_doubts)
    return facts


def _take_in(batch: list[PartyFacts], rows: list[Row], report: Report, actor: Actor, at: datetime) -> None:
    if not batch:
        return
    origin = {"sha256": report.sha256, "first_row": rows[0].number, "last_row": rows[-1].number}
    try:
        done = parties.take_in_many(batch=batch, origin=origin, actor=actor, at=at)
    except IntegrityError:
        # Somebody at the desk entered one of these codes in the same moment; now it is there to be found.
        done = parties.take_in_many(batch=batch, origin=origin, actor=actor, at=at)
    report.created += done.created
    report.changed += done.changed
    report.accepted += done.created + done.changed
    report.unchanged += done.unchanged


def _note_skipped(table: Table, report: Report) -> None:
    report.notes += [f"工作表“{skipped.sheet}”没有读取：{skipped.reason}。" for skipped in table.skipped]
