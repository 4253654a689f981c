"""One value of a 双公示 record: as strangers write it, as it is kept, and as it goes outside.

Kept: text as text, days as ISO text, money as fen, several kinds joined by 、. What cannot be read for certain is
refused; what is merely odd is kept with a ``Doubt``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from mingjing.insight.amounts import fen_of
from mingjing.insight.masks import is_masked
from mingjing.kernel.codes import identify
from mingjing.kernel.refused import Refused
from mingjing.law.codex.double_sets import Choices, Field

from ..days import day_in

Kept = str | int
OPEN_END = date(2099, 12, 31)
"""The day that stands outside for "no end"."""
FEN_OF_UNIT = {"万元": 1_000_000, "元": 100}
OTHER = "其他"
_OPEN_WORDS = re.compile(r"长期|永久|无固定期限|无期限|不限")
_PARTS = re.compile(r"[、,，;；+＋/／\n]+|\s{1,}(?=\S)")
_OTHER = re.compile(rf"{OTHER}\s*[-—－–:：(（]+\s*(?P<what>[^)）]+)[)）]?")
_SUM = re.compile(r"[¥￥$\s]*(?:人民币|RMB)?[¥￥\s]*(?P<sum>[^¥￥$\s].*)")
_MOST_FEN = 10**17


@dataclass(frozen=True)
class Doubt:
    """What is odd about a record that is taken in all the same: a stable code, the field, and the words."""

    code: str
    field: str
    reason: str


@dataclass(frozen=True)
class Read:
    """A value as it is kept, and what is odd about it. Empty text means that nothing was given."""

    kept: Kept
    doubts: tuple[Doubt, ...] = ()


def narrow(text: str) -> str:
    """The text with full-width letters, digits and signs made half-width."""
    return unicodedata.normalize("NFKC", text).strip()


class Unreadable(Refused):
    """A refusal that is about one field: ``field`` is its code."""

    def __init__(self, field: str, code: str, reason: str, *, remedy: str) -> None:
        super().__init__(code, reason, remedy=remedy)
        self.field = field


# --- text and codes ---


def read_text(field: Field, text: str) -> Read:
    """Text as it stands; longer than the standard is only doubtful, as its lengths are not verified."""
    if field.length and len(text) > field.length:
        reason = f"{field.title}有 {len(text)} 个字，超过 {field.length} 个字（长度凭记忆，以对方平台为准）。"
        return Read(text, (Doubt("too-long", field.code, reason),))
    return Read(text)


def read_credit_code(field: Field, text: str) -> Read:
    """A unified social credit code, checked; a wrong or masked one is kept and links nothing."""
    if not text:
        return Read("")
    if is_masked(text):
        return Read(narrow(text), (_masked(field),))
    code = identify(text)
    if code.kind == "credit_code" and code.valid:
        return Read(code.value)
    why = "".join(code.why) or f"像是{code.kind_title}。"
    return Read(code.value, (Doubt("bad-credit-code", field.code, f"{field.title}校验不符：{why}"),))


def read_id_number(field: Field, text: str) -> Read:
    """The number of a person's paper; only a citizen's number has a check, others are taken as they are."""
    if not text:
        return Read("")
    if is_masked(text):
        return Read(narrow(text), (_masked(field),))
    code = identify(text)
    if code.kind == "citizen_id" and not code.valid and len(code.value) in (15, 18):
        return Read(
            code.value, (Doubt("bad-id-number", field.code, f"{field.title}校验不符：{''.join(code.why)}"),)
        )
    return Read(code.value if code.kind == "citizen_id" else narrow(text))


def _masked(field: Field) -> Doubt:
    return Doubt("masked", field.code, f"{field.title}已隐去部分字符，不作关联依据。")


# --- days ---


def read_day(field: Field, text: str) -> Read:
    """A day in any of the usual forms; ``2099-12-31`` for none. Raises: Refused ``bad-date``."""
    if not text:
        return Read("")
    plain = narrow(text)
    if _OPEN_WORDS.search(plain) or plain.startswith("9999"):
        return Read(OPEN_END.isoformat())
    found = day_in(plain)
    if found is None or not 1949 <= found.year <= 2199:
        raise Unreadable(
            field.code,
            "bad-date",
            f"{field.title}“{text[:40]}”看不出是哪一天。",
            remedy="请写成 2026-01-05、2026/1/5 或者 20260105；没有截止日期的写 2099/12/31。",
        )
    return Read(found.isoformat())


# --- money ---


@dataclass(frozen=True)
class Sum:
    """An amount as read: the bare figure, or the fen where its unit stands in the cell itself."""

    figure: Decimal | None
    fen: int | None

    def as_fen(self, unit: str) -> int:
        """In fen, the bare figure taken in ``unit``; halves of a fen are rounded up."""
        if self.fen is not None:
            return self.fen
        assert self.figure is not None  # one of the two is always there
        return int((self.figure * FEN_OF_UNIT[unit]).to_integral_value("ROUND_HALF_UP"))


def read_sum(field: Field, text: str) -> Sum | None:
    """The amount in a cell, None where it is empty. Raises: Refused ``bad-amount``."""
    if not text:
        return None
    plain = narrow(text).replace(",", "")
    match = _SUM.fullmatch(plain)
    body = match["sum"].strip() if match else plain
    if "元" in body or "圆" in body:
        fen = fen_of(body)
    else:
        fen, figure = None, _decimal(body)
        if figure is not None:
            return Sum(_in_range(field, text, figure), None)
    if fen is None or not 0 <= fen < _MOST_FEN:
        raise _bad_amount(field, text)
    return Sum(None, fen)


def _decimal(text: str) -> Decimal | None:
    try:
        figure = Decimal(text)
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None


def _in_range(field: Field, text: str, figure: Decimal) -> Decimal:
    if not 0 <= figure < _MOST_FEN // 1_000_000:
        raise _bad_amount(field, text)
    return figure


def _bad_amount(field: Field, text: str) -> Unreadable:
    return Unreadable(
        field.code,
        "bad-amount",
        f"{field.title}“{text[:40]}”不是可用的金额。",
        remedy="请只写数字（万元），例如 0.5；也可以写明单位，例如 5000元。",
    )


def wan(fen: int) -> str:
    """Fen as 万元 with six decimals, exactly: 500000 is ``0.500000``."""
    whole, rest = divmod(fen, 1_000_000)
    return f"{whole}.{rest:06d}"


# --- lists of values ---


def read_choice(field: Field, choices: Choices, text: str) -> Read:
    """One value of a list; another wording is brought to it, an unknown one is kept with a doubt."""
    if not text:
        return Read("")
    plain = narrow(text)
    known = _known(choices, plain)
    if known:
        return Read(known)
    other = _OTHER.fullmatch(plain)
    if other and OTHER in choices.values:
        return Read(f"{OTHER}-{other['what'].strip()}")
    return Read(plain, (_unknown(field, choices, plain),))


def read_choices(field: Field, choices: Choices, text: str, kinds: dict[str, str]) -> Read:
    """Several values, joined by 、 in the order of the list; ``kinds`` are further words and what they become."""
    found: list[str] = []
    doubts: list[Doubt] = []
    for part in _split(text):
        meant, doubt = _choice(field, choices, part, kinds)
        found += meant
        doubts += doubt
    order = {value: place for place, value in enumerate(choices.values)}
    ranked = sorted(dict.fromkeys(found), key=lambda one: (order.get(one.partition("-")[0], len(order)), one))
    return Read("、".join(ranked), tuple(doubts))


def _split(text: str) -> list[str]:
    """The parts of a list; what is written after 其他- is one part, whatever it holds."""
    plain = narrow(text)
    head, mark, rest = plain.partition(f"{OTHER}-")
    parts = [part.strip() for part in _PARTS.split(head) if part.strip()]
    if not mark:
        return parts
    tails = [f"{OTHER}-{one.strip(' 、,;')}" for one in rest.split(f"{OTHER}-")]
    return [*parts, *(one for one in tails if one != f"{OTHER}-")]


def _choice(
    field: Field, choices: Choices, part: str, kinds: dict[str, str]
) -> tuple[list[str], list[Doubt]]:
    if part.startswith(f"{OTHER}-") and OTHER in choices.values:
        return [part], []
    known = _known(choices, part)
    if known:
        return known.split("、"), []
    if part in kinds:
        return [kinds[part]], []
    other = _OTHER.fullmatch(part)
    told = other["what"].strip() if other else part
    doubts = [] if other else [_unknown(field, choices, part)]
    return [f"{OTHER}-{told}" if OTHER in choices.values else part], doubts


def _known(choices: Choices, text: str) -> str:
    if text in choices.values:
        return text
    return choices.also.get(text, "")


def _unknown(field: Field, choices: Choices, text: str) -> Doubt:
    known = "、".join(choices.values)
    return Doubt("unknown-value", field.code, f"{field.title}“{text[:30]}”不在取值表中（{known}）。")


# --- the way out ---


def outside(field: Field, kept: Kept | None) -> str:
    """A kept value as it goes outside: 万元 for money, ``2026/01/05`` for days."""
    if kept is None or kept == "":
        return ""
    if field.kind == "money":
        return wan(int(kept))
    if field.kind == "date":
        return str(kept).replace("-", "/")
    return str(kept)
