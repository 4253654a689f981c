"""How much of what is planted is found, by kind, and how little of what is none: floors, below which no change may fall.

The figures themselves: ``python -m bench redaction``. Every person here is invented.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from mingjing.insight.leaks import Passage, leaks_in
from mingjing.insight.redaction import NAME_KINDS, redact
from tests.insight.planted import sentences, survives
from tests.shared_data import shared_data

# What is found of the hardest kinds; all others are found whole.
FLOORS = {
    "姓名·当事人等称谓": 0.95,
    "姓名·亲属关系": 0.93,
    "姓名·雇佣与身份": 0.93,
    "姓名·做了什么": 0.90,
    "姓名·表格与签名": 0.95,
    "姓名·身份旁注": 0.95,
    "姓名·并列": 0.90,
    "姓名·案件名称": 0.93,
    "姓名·中间空格": 0.95,
    "姓名·全角空格": 0.95,
    "姓名·零宽字符": 0.95,
    "公民身份号码·识别误字": 0.95,
    "护照等证件": 0.95,
}
ROUNDS = 6


def test_what_is_planted_is_found_by_kind() -> None:
    planted, left = Counter[str](), Counter[str]()
    for one in sentences(seed=7, rounds=ROUNDS):
        planted[one.kind] += 1
        left[one.kind] += survives(one, redact(one.text).text)

    below = {
        kind: round(1 - left[kind] / count, 3)
        for kind, count in planted.items()
        if 1 - left[kind] / count < FLOORS.get(kind, 1.0)
    }
    assert below == {}


def test_what_the_redactor_masks_the_leak_detector_would_have_caught() -> None:
    for one in sentences(seed=3, rounds=1):
        if not survives(one, redact(one.text).text):
            assert leaks_in([Passage("正文", one.text)]).certain, one.text


def test_published_summaries_are_hardly_touched() -> None:
    """Names were left in few of them; not one ordinary word in ten thousand characters is taken for a name."""
    masked, signs = set[str](), 0
    for line in shared_data("powerlist/cases.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = "\n".join((row["fact"], row["basis"], row["decision"]))
        signs += len(text)
        masked |= {text[one.start : one.end] for one in redact(text).spans if one.kind in NAME_KINDS}

    assert len(masked) * 10_000 < 2 * signs


@pytest.mark.parametrize(
    "text",
    [
        "对高温作业未采取防暑措施，责令立即改正。",
        "向社会公布；由校长负责；但可以要求其改正。",
        "元旦、春节等节日期间；文化、康乐、体育等三人以上的活动。",
        "根据户籍所在地的规定，住址、电话号码等发生变动的，应当登记。",
        "经营者\n第五条 经营国际客船的，应当具备条件。",
        "其居住地的居民委员会应当予以劝诫。",
        "生父母双方同意送养；与云保持一定距离。",
        "处以50000元和60000元罚款，由东向西行驶。",
        "国家主人翁地位；妇女儿童中心；注册会计师出具的报告。",
        "一二三四五六七八九十、十一、十二项所列行为。",
        "D:20260227103000Z",
        "票据代码051002100211，发票号码12345678。",
    ],
)
def test_words_that_look_like_names_stay(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "当事人曾受过处罚。",
        "当事人曾多次违法。",
        "当事人曾发生过相同违法行为。",
        "当事人曾于2020年被责令改正。",
        "司机谈好车费一百元。",
    ],
)
def test_what_a_person_once_did_is_no_name(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize("cue", ["随车人员", "在场人员", "同行人员", "目击者", "押运员"])
def test_whoever_was_there_is_found(cue: str) -> None:
    assert "清远" not in redact(f"{cue}唐清远在场证明。").text


def test_somebody_of_that_surname_is_still_found() -> None:
    assert "建华" not in redact("当事人曾建华到场。").text
