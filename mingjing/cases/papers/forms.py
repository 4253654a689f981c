"""Reads the forms of ``codex/papers``: one ``<form>.toml`` of metadata beside each ``<form>.typ``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mingjing.kernel.refused import Refused

FOLDER = Path(__file__).resolve().parents[3] / "codex" / "papers"

KINDS = frozenset(
    {
        "text",
        "long",
        "date",
        "datetime",
        "money",
        "number",
        "bool",
        "items",
        "rows",
        "dialogue",
        "penalty",
        "signature",
    }
)
HEADS = frozenset({"red", "plain", "none"})
PARTS = {"main": "正卷", "secondary": "副卷", "frame": "卷宗"}


@dataclass(frozen=True)
class Field:
    """文书要素: one fact that a form prints beyond the common ones.

    ``instead`` is the fact to print where the case has no ``key``. ``columns`` are the keys of a table's
    rows. ``public`` is the heading under which the field goes before the public; empty: it does not.
    """

    key: str
    label: str
    kind: str = "text"
    required: bool = False
    instead: str = ""
    columns: tuple[str, ...] = ()
    public: str = ""


@dataclass(frozen=True)
class Approval:
    """审批栏: the box in which the holder of a role gives an opinion."""

    role: str
    label: str


@dataclass(frozen=True)
class Form:
    """文书格式: what a form is called, what it needs, and where it lies in the case file.

    ``head`` is ``red`` for outgoing papers with a red organ mark, ``plain`` for the rest. ``part`` is the
    volume (main 正卷, secondary 副卷, frame for cover, catalogue and closing note) and ``order`` the place
    in it (domain.md 6.1). ``needs`` names common data (party, officers, remedy) the law requires on it.
    ``conclusion`` makes the paper one that can be published: the sentence that lists show, of parts such as
    ``罚款 {fine_fen}``; a part whose fact the case has not is left out, and where nothing is left,
    ``conclusion_otherwise`` stands. ``names_case``: its number is what people call the matter by.
    """

    id: str
    code: str
    title: str
    wenzhong: str
    basis: str
    head: str
    part: str
    order: int
    outgoing: bool = False
    numbered: bool = False
    seal: bool = False
    remedy: bool = False
    names_case: bool = False
    conclusion: tuple[str, ...] = ()
    conclusion_otherwise: str = ""
    needs: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    fields: tuple[Field, ...] = ()

    @property
    def publishable(self) -> bool:
        """Whether the paper is a decision that may go before the public."""
        return bool(self.conclusion)

    def public_fields(self) -> tuple[Field, ...]:
        """The fields that go before the public, in the order of the form."""
        return tuple(field for field in self.fields if field.public)

    def required(self) -> tuple[Field, ...]:
        """The fields without which the paper would be legally incomplete."""
        return tuple(field for field in self.fields if field.required)


_PLAIN_KEYS = {
    "id": str, "code": str, "title": str, "wenzhong": str, "basis": str, "head": str, "part": str,
    "order": int, "outgoing": bool, "numbered": bool, "seal": bool, "remedy": bool,
    "names_case": bool, "conclusion_otherwise": str,
}  # fmt: skip
_LIST_KEYS = frozenset({"needs", "signatures", "approvals", "fields", "conclusion"})
_OBLIGATORY = ("id", "code", "title", "wenzhong", "basis", "head", "part", "order")


def problems(raw: Mapping[str, Any], name: str) -> list[str]:
    """What is wrong with one metadata file, in Chinese, each naming file, key and remedy."""
    return [f"{name}：{text}" for text in (*_missing(raw, name), *_misshapen(raw), *_bad_words(raw))]


def _missing(raw: Mapping[str, Any], name: str) -> list[str]:
    found = [f"缺少 {key}，请补上" for key in _OBLIGATORY if key not in raw]
    if raw.get("id", name) != name:
        found.append(f"id 写的是“{raw['id']}”，应与文件名“{name}”一致")
    if raw.get("numbered") and not raw.get("wenzhong"):
        found.append("numbered 为 true 时 wenzhong（文种代字）不能为空")
    return found


def _misshapen(raw: Mapping[str, Any]) -> list[str]:
    found = [
        f"{key} 应为 {kind.__name__}，现为“{raw[key]}”"
        for key, kind in _PLAIN_KEYS.items()
        if key in raw and type(raw[key]) is not kind
    ]
    known = _PLAIN_KEYS.keys() | _LIST_KEYS
    found += [f"不认识 {key}，可用的键：{'、'.join(sorted(known))}" for key in raw if key not in known]
    return found


def _bad_words(raw: Mapping[str, Any]) -> list[str]:
    found = []
    if raw.get("head", "red") not in HEADS:
        found.append(f"head 为“{raw['head']}”，只能是 {'、'.join(sorted(HEADS))}")
    if raw.get("part", "main") not in PARTS:
        found.append(f"part 为“{raw['part']}”，只能是 {'、'.join(PARTS)}")
    for field in raw.get("fields", []):
        if not {"key", "label"} <= field.keys():
            found.append(f"fields 中的 {field} 缺少 key 或 label")
        if field.get("kind", "text") not in KINDS:
            found.append(
                f"要素 {field.get('key')} 的 kind 为“{field['kind']}”，只能是 {'、'.join(sorted(KINDS))}"
            )
        if (field.get("kind") in ("rows", "dialogue")) != bool(field.get("columns")):
            found.append(f"要素 {field.get('key')}：kind 为 rows 或 dialogue 时要写 columns，其他 kind 不写")
    return found


def read(path: Path) -> Form:
    """The form in one metadata file; refuses ``bad-form`` with every problem found."""
    raw = tomllib.loads(path.read_text("utf-8"))
    if found := problems(raw, path.stem):
        raise Refused("bad-form", "；".join(found), remedy=f"修改 codex/papers/{path.name}")
    return Form(
        **{key: raw[key] for key in _PLAIN_KEYS if key in raw},
        conclusion=tuple(raw.get("conclusion", ())),
        needs=tuple(raw.get("needs", ())),
        signatures=tuple(raw.get("signatures", ())),
        approvals=tuple(Approval(**each) for each in raw.get("approvals", ())),
        fields=tuple(
            Field(**{**each, "columns": tuple(each.get("columns", ()))}) for each in raw.get("fields", ())
        ),
    )


@lru_cache(maxsize=4)
def catalogue(folder: Path = FOLDER) -> Mapping[str, Form]:
    """All forms by id, in the order of their codes."""
    forms = [read(path) for path in sorted(folder.glob("*.toml"))]
    return {form.id: form for form in sorted(forms, key=lambda form: (_code_key(form.code), form.id))}


def _code_key(code: str) -> tuple[str, int]:
    letter = code.removeprefix("D-")
    return letter[:1], int(letter[1:])


def form(form_id: str, folder: Path = FOLDER) -> Form:
    """One form; refuses ``no-such-form``."""
    found = catalogue(folder).get(form_id)
    if found is None:
        raise Refused(
            "no-such-form",
            f"没有名为“{form_id}”的文书格式，现有：{'、'.join(catalogue(folder))}",
            remedy="核对流程文件 papers 一栏的文书名，或在 codex/papers 增加该格式",
        )
    return found


def titles() -> dict[str, str]:
    """The titles of all forms by id."""
    return {one.id: one.title for one in catalogue().values()}


def series() -> dict[str, list[str]]:
    """The titles of the forms that share each 文种代字 and so one series of numbers, in the order of the forms."""
    found: dict[str, list[str]] = {}
    for one in catalogue().values():
        if one.numbered:
            found.setdefault(one.wenzhong, []).append(one.title)
    return found
