"""Nothing leaks out of generated decision papers, nor out of published summaries. Every person here is invented."""

from __future__ import annotations

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingjing.insight.documents import mask
from mingjing.insight.leaks import Passage, leaks_in
from mingjing.insight.redaction import Known, redact
from tests.insight import files
from tests.insight.planted import bare
from tests.insight.test_redaction import citizen_id, credit_code
from tests.shared_data import shared_data

STAYS = (
    "《行政处罚法》第五十七条第一款第（一）项",
    "川市监罚〔2026〕15号",
    f"统一社会信用代码{credit_code(5)}",
    "达州市虚构食品有限公司",
    "罚款人民币50000.00元",
    "2026年3月2日14时35分",
    "缴款码511700260000012345678",
)
NAMES = ("甄建设", "贾国强", "欧阳春来")
_MARKS = st.sampled_from(["", " ", "\u200b", "\n"])


@st.composite
def planted(draw: st.DrawFn) -> tuple[str, str]:
    """A sentence with an identifier, and the identifier as a stranger would write it."""
    kind = draw(
        st.sampled_from(
            ["citizen_id", "phone", "account", "plate", "mail", "chat", "passport", "name", "address"]
        )
    )
    name, mark = draw(st.sampled_from(NAMES)), draw(_MARKS)
    if kind == "citizen_id":
        value = citizen_id(draw(st.sampled_from(["19900101", "19761231"])), draw(st.integers(1, 999)))
        return f"身份证号{value[:6]}{mark}{value[6:]}，", value
    if kind == "phone":
        value = f"139{draw(st.integers(0, 99999999)):08d}"
        return f"联系电话：{value[:3]}{mark}{value[3:]}，", value
    if kind == "account":
        value = f"62220202{draw(st.integers(0, 10**11 - 1)):011d}"
        return f"银行卡号{value}，", value
    return {
        "plate": ("驾驶川S7A123小型轿车，", "川S7A123"),
        "mail": ("邮箱zhen.test@example.com，", "zhen.test@example.com"),
        "chat": ("微信号：zhen_test_01，", "zhen_test_01"),
        "passport": ("护照号码：E12345678，", "E12345678"),
        "name": (f"询问{name}时，当事人{name}承认，", name),
        "address": ("住址：达州市通川区凤凰路12号3栋2单元501室，", "凤凰路12号"),
    }[kind]


@st.composite
def papers(draw: st.DrawFn) -> tuple[str, list[str]]:
    secrets, parts = [], ["当事人甄某某。"]
    for sentence, secret in draw(st.lists(planted(), min_size=1, max_size=6)):
        parts += [draw(st.sampled_from(STAYS)) + "。", sentence + "。"]
        secrets.append(secret)
    return "".join([*parts, *(one + "。" for one in STAYS)]), secrets


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(papers())
def test_nothing_planted_survives_in_text(paper: tuple[str, list[str]]) -> None:
    text, secrets = paper
    masked = redact(text)

    for secret in secrets:
        assert secret not in bare(masked.text)
    for kept in STAYS:
        assert kept in masked.text
    assert leaks_in([Passage("正文", masked.text)]).certain == ()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(papers(), st.sampled_from(files.HIDE_OUTS))
def test_nothing_planted_survives_in_any_corner_of_a_word_file(
    paper: tuple[str, list[str]], place: str
) -> None:
    text, secrets = paper
    made = mask(files.docx({place: text}, [text]), "a.docx", [Known(name, "party") for name in NAMES])

    left = bare(re.sub("<[^>]*>", "", files.everything(made.data))) + files.everything(made.data)
    assert not [secret for secret in secrets if secret in left]
    assert made.left.certain == ()


def test_nothing_leaks_out_of_published_summaries() -> None:
    for line in shared_data("powerlist/cases.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        masked = redact("\n".join((row["fact"], row["basis"], row["decision"]))).text
        plain = bare(masked)
        assert leaks_in([Passage("正文", masked)]).certain == ()
        assert not re.search(
            r"(?<![0-9A-Z])[1-9]\d{16}[0-9X](?![0-9A-Z])", re.sub(r"[0-9A-Z]*[A-WYZ][0-9A-Z]*", "", plain)
        )
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", plain)
        assert "@" not in plain


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(papers(), st.sampled_from(NAMES))
def test_nothing_planted_survives_in_a_pdf_or_its_metadata(paper: tuple[str, list[str]], name: str) -> None:
    text, secrets = paper
    made = mask(files.pdf([text.replace("\u200b", "")], Author=name, Title=f"{name}案"), "a.pdf")

    for secret in (*secrets, name):
        for encoding in ("utf-8", "utf-16-be", "gb18030"):
            assert secret.encode(encoding) not in made.data
    assert made.left.certain == ()
    for secret in secrets:
        assert any(secret in bare(one.words) or bare(one.words) in secret for one in made.masks)
