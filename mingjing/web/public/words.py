"""Public wording that is not a template: fines in sentences, the home page in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from mingjing.kernel.fines import BASE_FACTS, FineRule, yuan

SUBJECTS: Mapping[str, str] = {
    "any": "当事人",
    "person": "个人",
    "organization": "单位",
    "responsible": "直接负责的主管人员和其他责任人员",
}


def fine_words(rule: FineRule) -> str:
    """The range of one fine rule as a sentence of the law would put it."""
    if rule.base == "amount":
        said = _amounts(int(rule.least), int(rule.most))
    else:
        title = BASE_FACTS[rule.base][1]
        said = f"{title}{_multiples(rule.least, rule.most)}"
        if rule.floor_fen:
            said += f"（{title}不足{_yuan(rule.floor_fen)}的，按{_yuan(rule.floor_fen)}计算）"
    return f"可以处{said}" if rule.optional else said


def _amounts(least: int, most: int) -> str:
    if least == most:
        return _yuan(most)
    return f"{_yuan(least)}以上{_yuan(most)}以下" if least else f"{_yuan(most)}以下"


def _yuan(fen: int) -> str:
    """Whole ten thousands as the law writes them, 10万元; anything else in full."""
    ten_thousands, rest = divmod(fen, 1_000_000)
    return yuan(fen) if rest or not fen else f"{ten_thousands}万元"


def _multiples(least: Decimal, most: Decimal) -> str:
    low, high = f"{least.normalize():f}", f"{most.normalize():f}"
    if least == most:
        return f"的{low}倍"
    return f"{high}倍以下" if not least else f"{low}倍以上{high}倍以下"


HOME_ZH: Mapping[str, str] = {
    "lang": "zh-CN",
    "title": "查执法决定，验文书真伪",
    "hint": "输入当事人名称、统一社会信用代码、文书号、执法证号或者文书上的验证码",
    "placeholder": "例如：达市监罚〔2026〕17号",
    "label": "查询内容",
    "button": "查询",
    "before": "事前公开",
    "before_text": "谁来执法、凭什么、怎么办、要多久。",
    "during": "事中公示",
    "during_text": "遇到执法人员上门，先核对证件。",
    "after": "事后公开",
    "after_text": "许可、处罚决定 7 个工作日内公开，可以核验。",
    "agencies": "执法主体",
    "powers": "权责事项和依据",
    "licenses": "行政许可服务指南",
    "procedures": "执法流程和服务指南",
    "officers": "核验执法人员证件",
    "verify": "核验执法文书",
    "decisions": "执法决定",
    "log": "存证日志",
    "latest": "最新执法决定",
    "all": "全部",
    "none": "还没有公开的执法决定。",
    "none_hint": "决定作出后 7 个工作日内在这里公开。",
}

HOME_EN: Mapping[str, str] = {
    "lang": "en",
    "title": "Find a decision, verify a document",
    "hint": "Enter a party's name, credit code, document number, officer certificate or verification code",
    "placeholder": "e.g. 达市监罚〔2026〕17号",
    "label": "Search for",
    "button": "Search",
    "before": "Before the act",
    "before_text": "Who enforces, on what basis, how, and how long it takes.",
    "during": "During the act",
    "during_text": "An officer at the door? Check the certificate first.",
    "after": "After the act",
    "after_text": "License and penalty decisions are public within 7 working days and can be verified.",
    "agencies": "Enforcement organs",
    "powers": "Powers and their legal basis",
    "licenses": "Licenses: how to apply (in Chinese)",
    "procedures": "Procedures and service guides",
    "officers": "Check an officer's certificate",
    "verify": "Verify a document",
    "decisions": "Decisions",
    "log": "Transparency log",
    "latest": "Latest decisions (in Chinese)",
    "all": "All",
    "none": "No decision has been published yet.",
    "none_hint": "Decisions appear here within 7 working days.",
}
