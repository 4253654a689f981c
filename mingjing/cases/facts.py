"""From what somebody typed to facts a rule may rely on.

Facts are flat, JSON-safe and keyed by their codex names: dates are ISO text, aware datetimes ISO text with
offset, money is integer fen, officers are lists of officer ids. A wrong value never stops at the first
mistake: every field is judged, and all messages come back together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from mingjing.kernel.numerals import parse_yuan
from mingjing.kernel.procedure import Field
from mingjing.kernel.refused import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Kinds that hold no free text and so may stand in the open part of a record entry.
PLAIN_KINDS = frozenset(
    {"date", "datetime", "money", "number", "bool", "choice", "choices", "power", "provision"}
)


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
    """A file handed in with a step: its bytes, its name and the field it answers."""

    field: str
    name: str
    media_type: str
    content: Any  # bytes or a readable binary file
    kind: str = "document"


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
            value = _clean_one(field, given.get(field.name), uploads)
        except Refused as refused:
            wrong[field.name] = refused.reason
            continue
        if value is not None:
            cleaned[field.name] = value
    if wrong:
        raise InvalidFacts(wrong, labels)
    return cleaned


def clean_so_far(
    fields: Sequence[Field], given: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """The facts that are right already, for a preview; what is missing or wrong is left out."""
    cleaned: dict[str, Any] = {}
    for field in fields:
        if field.kind == "files" or (field.when is not None and not field.when.holds({**known, **cleaned})):
            continue
        try:
            value = _clean_one(field, given.get(field.name), ())
        except Refused:
            continue
        if value is not None:
            cleaned[field.name] = value
    return cleaned


def _clean_one(field: Field, value: Any, uploads: Sequence[Upload]) -> Any:
    if field.kind == "files":
        return _clean_files(field, uploads)
    if field.kind == "bool":
        return value in (True, "true", "on", "1", "是")
    if isinstance(value, str):
        value = value.strip()
    if value in (None, "", [], ()):
        if field.required:
            raise Refused("missing", "此项必填，尚未填写。")
        return None
    return _CLEANERS[field.kind](field, value)


def _clean_text(field: Field, value: Any) -> str:
    text = str(value).replace("\r\n", "\n")
    if "\x00" in text:
        raise Refused("bad-text", "含有不可见的控制字符，请重新输入。")
    if field.max is not None and len(text) > field.max:
        raise Refused("too-long", f"最多 {field.max} 个字，现有 {len(text)} 个字，请精简。")
    return text


def _clean_date(field: Field, value: Any) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Refused("bad-date", f"“{value}”不是日期，请按 2026-03-12 的样子填写。") from None


def _clean_datetime(field: Field, value: Any) -> str:
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(str(value))
        except ValueError:
            raise Refused("bad-time", f"“{value}”不是时间，请按 2026-03-12 09:30 的样子填写。") from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=SHANGHAI)
    return value.astimezone(SHANGHAI).isoformat(timespec="minutes")


def _clean_money(field: Field, value: Any) -> int:
    if isinstance(value, bool):
        raise Refused("bad-money", "金额应为数字。")
    fen = value if isinstance(value, int) else parse_yuan(str(value))
    if fen < 0:
        raise Refused("bad-money", "金额不能为负数。")
    return fen


def _clean_number(field: Field, value: Any) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise Refused("bad-number", f"“{value}”不是整数。") from None


def _clean_decimal(field: Field, value: Any) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise Refused("bad-number", f"“{value}”不是数。") from None
    if not number.is_finite():
        raise Refused("bad-number", f"“{value}”不是数。")
    return format(number, "f")


def _clean_choice(field: Field, value: Any) -> str:
    allowed = {code for code, _ in field.choices}
    if value not in allowed:
        raise Refused("bad-choice", f"“{value}”不在可选范围，请从列出的选项中选择。")
    return str(value)


def _clean_choices(field: Field, value: Any) -> list[str]:
    chosen = [value] if isinstance(value, str) else list(value)
    return [_clean_choice(field, one) for one in dict.fromkeys(chosen)]


def _clean_officers(field: Field, value: Any) -> list[int]:
    chosen = [value] if isinstance(value, str | int) else list(value)
    try:
        return list(dict.fromkeys(int(one) for one in chosen))
    except (TypeError, ValueError):
        raise Refused("bad-choice", "人员选择有误，请从名单中重新选择。") from None


def _clean_files(field: Field, uploads: Sequence[Upload]) -> list[str] | None:
    names = [upload.name for upload in uploads if upload.field == field.name]
    if field.required and not names:
        raise Refused("missing", "此项须上传文件，尚未选择。")
    return names or None


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
