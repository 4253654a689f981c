"""From what somebody typed to facts a rule may rely on.

Facts are flat, JSON-safe and keyed by their codex names: dates are ISO text, aware datetimes ISO text with
offset, money is integer fen, officers are lists of officer ids. A wrong value never stops at the first
mistake: every field is judged, and all messages come back together.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from mingjing.kernel import drawing, png
from mingjing.kernel.numerals import parse_yuan
from mingjing.kernel.procedure import Field
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Kinds that hold no free text and so may stand in the open part of a record entry.
PLAIN_KINDS = frozenset(
    {
        "date",
        "datetime",
        "money",
        "number",
        "bool",
        "choice",
        "choices",
        "power",
        "variant",
        "license",
        "provision",
        "coercion",
        "exception",
        "seed",
    }
)
# Filled by the platform: nobody types who is drawn, or the seed that decides it.
DRAWN_KINDS = frozenset({"seed", "drawn"})
# Answered by files that come with the step, never by what the form says.
FILED_KINDS = frozenset({"files", "signature"})

# What a drawn name takes at most; the pad of the form makes far less.
SIGNATURE_LIMITS = png.Limits(size_bytes=200_000, width=1200, height=600)
SIGNATURE = "signature"  # the kind of such a file among the evidence

# Terms are reckoned from these dates; beyond the years no calendar and no reader of dates is safe.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
# Whole numbers and fen that every reader of JSON keeps exactly (RFC 8259, section 6).
_MOST = 10**15
# What no paper can print and no record can hold: control characters but for line ends and tabs, surrogates.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_YES, _NO = frozenset({"true", "on", "1", "是"}), frozenset({"", "false", "off", "0", "否"})


class InvalidFacts(Refused):
    """Some fields were filled wrongly; ``fields`` gives the message per key, in Chinese."""

    def __init__(self, fields: dict[str, str], labels: Mapping[str, str]) -> None:
        listed = "；".join(f"{labels.get(key, key)}：{message}" for key, message in fields.items())
        super().__init__(
            "bad-facts", f"有 {len(fields)} 项填写需要更正。{listed}", remedy="请更正标出的各项后再提交。"
        )
        self.fields = fields


@dataclass(frozen=True)
class Upload:
    """A file handed in with a step: its bytes, its name and the field it answers.

    ``kept`` is the SHA-256 of what already lies in the store (a recording of the field app, a finished upload);
    then ``content`` is not read.
    """

    field: str
    name: str
    media_type: str
    content: Any  # bytes or a readable binary file
    kind: str = "document"
    kept: str = ""


def clean(
    fields: Sequence[Field],
    given: Mapping[str, Any],
    known: Mapping[str, Any],
    uploads: Sequence[Upload] = (),
) -> dict[str, Any]:
    """The facts of one step, judged against its fields.

    ``known`` are the case's facts so far; a field whose ``when`` does not hold is neither asked nor kept.
    Raises ``InvalidFacts`` with a message for each field at fault, and for keys that the step does not know.
    """
    cleaned: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    labels = {field.name: field.label for field in fields}
    for key in given:
        if key not in labels:
            wrong[key] = "这一环节没有此项。"
    for field in fields:
        if field.when is not None and not field.when.holds({**known, **cleaned}):
            continue
        try:
            if field.kind in DRAWN_KINDS:
                value = None if wrong else _drawn(field, given, {**known, **cleaned})
            else:
                value = _clean_one(field, given.get(field.name), uploads)
        except Refused as refused:
            wrong[field.name] = f"{refused.reason}{refused.remedy or ''}"
            continue
        if value is not None:
            cleaned[field.name] = value
    wrong |= _stray_uploads(fields, uploads)
    if wrong:
        raise InvalidFacts(wrong, labels)
    return cleaned


def clean_so_far(
    fields: Sequence[Field], given: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """The facts that are right already, for a preview; what is missing or wrong is left out."""
    cleaned: dict[str, Any] = {}
    for field in fields:
        if field.kind in DRAWN_KINDS | FILED_KINDS or (
            field.when is not None and not field.when.holds({**known, **cleaned})
        ):
            continue
        try:
            value = _clean_one(field, given.get(field.name), ())
        except Refused:
            continue
        if value is not None:
            cleaned[field.name] = value
    return cleaned


def _drawn(field: Field, given: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """What the platform draws. The seed is nobody's choice, and is known to nobody before the pool is closed."""
    if given.get(field.name):
        raise Refused("bad-choice", "由平台随机抽取，不能填写。")
    if field.kind == "seed":
        return secrets.token_hex(16)
    pool, count, seed = (known.get(name) for name in (field.pool, field.count, field.seed))
    return "\n".join(drawing.draw(str(pool or ""), int(count or 0), str(seed)))


def _clean_one(field: Field, value: Any, uploads: Sequence[Upload]) -> Any:
    if field.kind == "files":
        return _clean_files(field, uploads)
    if field.kind == "signature":
        return _clean_signature(field, uploads)
    if field.kind == "bool":
        return _clean_bool(value)
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if value is None or value == "" or (isinstance(value, list | tuple) and not value):
        if field.required:
            raise Refused("missing", "此项必填，尚未填写。")
        return None
    return _CLEANERS[field.kind](field, value)


def _scalar(value: Any) -> str:
    """What stands in a field of one value, as text; lists and other structures belong in none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise Refused("bad-type", "此项应填写一个值，收到的不是文字或者数，请重新填写。")
    if isinstance(value, int) and abs(value) > _MOST:
        raise Refused("bad-number", "数字过大，请核对位数。")
    text = str(value)
    if found := _UNPRINTABLE.search(text):
        raise Refused("bad-text", f"含有不可见的控制字符（U+{ord(found[0]):04X}），请删去后重新输入。")
    return text


def _quoted(text: str) -> str:
    """The value as a message repeats it; long ones are cut."""
    return f"“{text}”" if len(text) <= 40 else f"“{text[:40]}…”"


def _clean_bool(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    text = _scalar(value).strip()
    if text in _YES or text in _NO:
        return text in _YES
    raise Refused("bad-choice", f"{_quoted(text)}既不是“是”也不是“否”，请重新选择。")


def _clean_text(field: Field, value: Any) -> str:
    text = _scalar(value)
    if field.max is not None and len(text) > field.max:
        raise Refused("too-long", f"最多 {field.max} 个字，现有 {len(text)} 个字，请精简。")
    return text


def _clean_date(field: Field, value: Any) -> str:
    if isinstance(value, datetime):
        value = _local(value).date()
    if not isinstance(value, date):
        text = _scalar(value)
        try:
            value = date.fromisoformat(text)
        except ValueError:
            raise Refused("bad-date", f"{_quoted(text)}不是日期，请按 2026-03-12 的样子填写。") from None
    _require_year(value)
    return str(value.isoformat())


def _clean_datetime(field: Field, value: Any) -> str:
    if not isinstance(value, datetime):
        text = _scalar(value)
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            raise Refused(
                "bad-time", f"{_quoted(text)}不是时间，请按 2026-03-12 09:30 的样子填写。"
            ) from None
    return _local(value).isoformat(timespec="minutes")


def _local(moment: datetime) -> datetime:
    """The moment in Asia/Shanghai; one without offset is meant so already."""
    _require_year(moment)
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)


def _require_year(day: date) -> None:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise Refused("bad-date", f"年份 {day.year} 不在 {_FIRST_YEAR} 至 {_LAST_YEAR} 之间，请核对。")


def _clean_money(field: Field, value: Any) -> int:
    text = _scalar(value)
    fen = value if isinstance(value, int) else parse_yuan(text)
    if fen < 0:
        raise Refused("bad-money", "金额不能为负数，请核对。")
    if fen > _MOST:
        raise Refused("bad-money", f"金额 {_quoted(text)}过大，请核对位数。")
    return fen


def _clean_number(field: Field, value: Any) -> int:
    text = _scalar(value)
    try:
        number = int(text)
    except ValueError:
        raise Refused("bad-number", f"{_quoted(text)}不是整数，请填写数字，如 15。") from None
    if not 0 <= number <= _MOST:
        raise Refused("bad-number", f"{_quoted(text)}超出范围，请填写不小于 0 的整数。")
    return number


def _clean_decimal(field: Field, value: Any) -> str:
    text = _scalar(value)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    # A short text may stand for a number of a billion digits; none of our quantities needs more than these.
    if not number.is_finite() or not -20 <= number.adjusted() <= 20 or len(text) > 40:
        raise Refused("bad-number", f"{_quoted(text)}不是数，请填写如 12.5 的数字。")
    return format(number, "f")


def _clean_choice(field: Field, value: Any) -> str:
    text = _scalar(value)
    if text not in {code for code, _ in field.choices}:
        raise Refused("bad-choice", f"{_quoted(text)}不在可选范围，请从列出的选项中选择。")
    return text


def _clean_license(field: Field, value: Any) -> str:
    return law.license_item(_scalar(value)).code


def _clean_exception(field: Field, value: Any) -> str:
    return law.identity_exception(_scalar(value)).code


def _clean_choices(field: Field, value: Any) -> list[str]:
    return list(dict.fromkeys(_clean_choice(field, one) for one in _several(value)))


def _clean_officers(field: Field, value: Any) -> list[int]:
    try:
        return list(dict.fromkeys(int(_scalar(one)) for one in _several(value)))
    except ValueError:
        raise Refused("bad-choice", "人员选择有误，请从名单中重新选择。") from None


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _clean_files(field: Field, uploads: Sequence[Upload]) -> list[str] | None:
    names = [upload.name for upload in uploads if upload.field == field.name]
    if field.required and not names:
        raise Refused("missing", "此项须上传文件，尚未选择。")
    return names or None


def signed(field: str, picture: bytes) -> Upload:
    """A signature as it comes with a step; whether the picture is one is judged by ``clean``."""
    return Upload(field, "签名.png", "image/png", picture, SIGNATURE)


def answering(
    fields: Sequence[Field], facts: Mapping[str, Any], uploads: Sequence[Upload]
) -> tuple[Upload, ...]:
    """The uploads without signatures that the step, as it was filled in, does not ask for.

    Who signs on the pad and then takes to paper leaves no second signature in the case.
    """
    unasked = {field.name for field in fields if field.kind == "signature" and field.name not in facts}
    return tuple(upload for upload in uploads if upload.field not in unasked)


def _clean_signature(field: Field, uploads: Sequence[Upload]) -> str | None:
    """The SHA-256 under which the picture is kept; the picture itself never stands among the facts."""
    found = [upload for upload in uploads if upload.field == field.name]
    if not found:
        if field.required:
            raise Refused("missing", "尚未签名。请在签名框内签名，或者选择签名的图片。")
        return None
    if len(found) > 1 or found[0].kind != SIGNATURE or not isinstance(found[0].content, bytes):
        raise Refused("bad-picture", "只能有一个签名，且须为签名图片，请重新签名。")
    png.check(found[0].content, SIGNATURE_LIMITS)
    return hashlib.sha256(found[0].content).hexdigest()


def _stray_uploads(fields: Sequence[Field], uploads: Sequence[Upload]) -> dict[str, str]:
    """Files for a field that the step does not have would be kept without anybody being able to find them."""
    known = {field.name for field in fields if field.kind in FILED_KINDS}
    return {one.field: "这一环节没有此项，不能上传文件。" for one in uploads if one.field not in known}


_CLEANERS = {
    "text": _clean_text,
    "long": _clean_text,
    "date": _clean_date,
    "datetime": _clean_datetime,
    "money": _clean_money,
    "number": _clean_number,
    "decimal": _clean_decimal,
    "choice": _clean_choice,
    "choices": _clean_choices,
    "officers": _clean_officers,
    "provision": _clean_text,
    "power": _clean_text,
    "variant": _clean_text,
    "coercion": _clean_text,
    "license": _clean_license,
    "exception": _clean_exception,
}


def split_for_record(
    fields: Sequence[Field], facts: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The open and the committed part of a step's facts.

    Free text may name people, so only closed kinds that the codex does not mark personal stand open;
    everything else goes on the record as a salted commitment.
    """
    plain: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    by_key = {field.name: field for field in fields}
    for key, value in facts.items():
        field = by_key.get(key)
        is_plain = field is not None and field.kind in PLAIN_KINDS and not field.personal
        (plain if is_plain else personal)[key] = value
    return plain, personal
