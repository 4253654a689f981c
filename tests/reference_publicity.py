"""The reference page of where decisions are shown: the matrix for readers, and every row with its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from mingjing.cases.papers import forms
from mingjing.kernel.publicity import CONTENTS, LAYERS, MASKINGS, PARTIES, VERDICTS, Answer, Channel, Decision
from mingjing.kernel.tables import length
from mingjing.law import queries as law
from mingjing.organs.roles import role_title
from mingjing.publicity import checks
from mingjing.publicity.matrix import SURE, TELLS, Matrix, matrix
from mingjing.publicity.placing import answers

Table = Callable[[Sequence[str], Iterable[Sequence[object]]], str]
ON = date(2026, 9, 1)
HEAD = """# 公示矩阵

每份可以公示的决定，在每个渠道公示不公示、多久以内、公示多久、依据哪一条。规则文件：`codex/publicity/rules.toml`；
`mingjing codex check` 核对每类决定、每个渠道恰好有一条一般规则，禁止优先于例外，例外优先于一般规则。
"""


def page(table: Table) -> str:
    """The page as Markdown."""
    known = matrix()
    text = (
        HEAD
        + "\n## 渠道\n\n"
        + table(["渠道", "由谁管理", "怎样送到", "依据", "把握", "说明"], _channels(known))
    )
    text += f"\n## 现行规则一览（{ON} 作出的决定）\n\n市场监管机关对企业、对自然人各举一例；其他机关见下面逐条规则。\n\n"
    text += table(["程序", "决定", "当事人", *(one.short for one in known.channels)], _lines(known))
    for layer, title in LAYERS.items():
        text += f"\n## {title}规则\n\n" + table(
            ["编号", "规则", "渠道", "答案", "期限", "公示期", "内容", "依据", "施行", "把握", "疑问"],
            _rows(known, layer),
        )
    text += "\n## 撤下的期限\n\n" + table(
        ["期限", "规则", "依据", "把握", "疑问"],
        [
            (one.clock, f"{one.title}（{length(one.term).words}）", one.basis, SURE[one.sure], one.note)
            for one in known.withdrawals
        ],
    )
    text += "\n## 送出的数据里自然人的字段\n\n" + table(
        ["字段", "代码", "渠道", "送什么", "依据", "把握", "疑问"],
        [
            (
                one.title,
                "、".join(one.codes),
                "、".join(known.channel(name).short for name in one.channels),
                TELLS[one.tells],
                one.basis,
                SURE[one.sure],
                one.note,
            )
            for one in known.persons
        ],
    )
    return (
        text
        + "\n## 不公示的理由\n\n"
        + table(["代码", "理由", "由谁批准", "复核", "依据", "把握", "疑问"], _grounds(known))
    )


def _channels(known: Matrix) -> Iterable[Sequence[object]]:
    for one in known.channels:
        yield (
            one.title,
            one.run_by,
            "本平台公示" if one.own else "文件和回执",
            one.basis,
            SURE[one.sure],
            one.note,
        )


def _lines(known: Matrix) -> Iterable[Sequence[object]]:
    titles = forms.titles()
    for procedure, form in checks.published(law.procedures(ON)):
        for party in ("org", "person"):
            decision = Decision(
                procedure.act,
                procedure.id,
                form,
                "food",
                party,
                ON,
                organs=frozenset({"market"}),
                facts={
                    **law.constants("food", ON, person=party == "person"),
                    "penalty_kinds": ["fine"],
                    "fine_fen": 1_000_000,
                },
            )
            yield procedure.title, titles[form], PARTIES[party], *(_cell(one) for one in answers(decision))


def _cell(one: Answer) -> str:
    rule = one.rule
    if one.verdict != "shown" or rule is None:
        return VERDICTS[one.verdict]
    shown = f"，公示{length(one.display).words}" if one.display else ""
    return f"{length(rule.term).words}{shown}"


def _rows(known: Matrix, layer: str) -> Iterable[Sequence[object]]:
    names: dict[str, Channel] = {one.id: one for one in known.channels}
    for rule in known.rules:
        if rule.layer != layer:
            continue
        shown = rule.verdict == "shown"
        until = f" 至 {rule.valid_until}（不含）" if rule.valid_until else " 起"
        yield (
            rule.id,
            rule.title,
            "、".join(names[one].short for one in rule.channels),
            VERDICTS[rule.verdict],
            length(rule.term).words if rule.term else "",
            rule.display,
            f"{CONTENTS[rule.content]}，{MASKINGS[rule.masking]}" if shown else "",
            rule.basis,
            f"{rule.valid_from}{until}",
            SURE[rule.sure],
            rule.note,
        )


def _grounds(known: Matrix) -> Iterable[Sequence[object]]:
    for one in known.grounds.values():
        approver = role_title(one.approver) if one.approver else "法律直接规定"
        review = length(one.review).words if one.review else ""
        yield one.id, one.title, approver, review, one.basis, SURE[one.sure], one.note
