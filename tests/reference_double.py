"""The reference page of the field sets of 双公示: what goes outside under which code, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mingjing.law.codex.double_sets import FIELD_KINDS, MANDATORY, SURE, Field, FieldSet, field_sets

Table = Callable[..., str]


def double_publicity(table: Table) -> str:
    """The page, in Chinese."""
    return "\n".join(("# 双公示数据的字段\n", *(part for one in field_sets() for part in _set(one, table))))


def _set(one: FieldSet, table: Table) -> Iterator[str]:
    yield f"## {one.title}（{one.version} 版）\n"
    yield f"来源：{one.source}。施行：{one.in_force}。把握：{SURE[one.sure]}。"
    yield "代码和中文名见于公开程序；长度、必填凭记忆，只用来提示存疑，不据此拒收。金额对外为万元六位小数，平台内为分。\n"
    yield table(
        ["代码", "名称", "类型", "必填", "旧代码", "也认得的列名", "说明", "把握"],
        [_field(field) for field in one.fields],
    )
    yield "旧版有、现版没有的字段，读入而不报送：\n"
    yield table(["代码", "名称", "说明"], [(old.code, old.title, old.note) for old in one.dropped])
    yield "取值表：\n"
    yield table(
        ["取值表", "值", "也认得的写法", "说明", "把握"],
        [
            (
                choices.title,
                "、".join(choices.values),
                "；".join(f"{spelling}→{meant}" for spelling, meant in choices.also.items()),
                choices.note,
                SURE[choices.sure],
            )
            for choices in one.lists.values()
        ],
    )
    if one.older_kinds:
        yield "现行行政处罚法的种类对外写作：\n"
        yield table(["种类", "处罚类别"], sorted(one.older_kinds.items()))


def _field(field: Field) -> tuple[str, ...]:
    size = f"，不超过 {field.length} 字" if field.length else ""
    return (
        field.code,
        field.title,
        f"{FIELD_KINDS[field.kind]}{size}",
        MANDATORY[field.mandatory],
        "、".join(field.older),
        "、".join(field.names),
        field.note,
        SURE[field.sure],
    )
