"""Sets a paper with Typst: one form and its data in, one PDF/A-2a out. Equal data gives equal bytes."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

from mingjing.cases.papers import forms, preparing
from mingjing.cases.papers.forms import Form
from mingjing.cases.papers.wording import SHANGHAI
from mingjing.kernel.refused import Refused

STANDARD: Final = "a-2a"

# GB/T 9704-2012 names the faces; they are not free, so each role ends in a face that is always there.
ROLES: Mapping[str, tuple[str, ...]] = {
    "title": (
        "FZXiaoBiaoSong-B05S",
        "FZXiaoBiaoSong-B05",
        "FZXBSJW--GB1-0",
        "方正小标宋简体",
        "Noto Serif SC",
    ),
    "body": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "STFangsong", "Noto Serif SC"),
    "hei": ("SimHei", "STHeiti", "Noto Sans SC"),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "STKaiti", "Noto Serif SC"),
    "song": ("SimSun", "STSong", "Noto Serif SC"),
}
ROLE_TITLES = {
    "title": "标题（小标宋）",
    "body": "正文（仿宋）",
    "hei": "黑体",
    "kai": "楷体",
    "song": "页码（宋体）",
}

# Typst writes the page tree uncompressed; parsing the whole file to count pages would cost as much as a step.
_PAGE_COUNT = re.compile(rb"/Type/Pages/Count (\d+)")
_MISSING_GLYPH = re.compile(r'the text `"(?P<text>.+?)"` could not be displayed')


@dataclass(frozen=True)
class Rendered:
    """A finished paper. ``warnings`` are for the operator (missing fonts), never for the reader."""

    pdf: bytes
    pages: int
    sha256: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Typesetter:
    """One kept compiler with its fonts. Typst's compiler is not shared between threads, hence the lock."""

    compiler: typst.Compiler
    book: typst.Fonts
    lock: threading.Lock
    families: frozenset[str]
    folder: Path

    def fonts(self) -> dict[str, Any]:
        """Role → the faces that exist here, best first, and whether titles must be emboldened."""
        present = {role: [face for face in faces if face in self.families] for role, faces in ROLES.items()}
        return {**present, "title_is_substitute": present["title"][:1] == ["Noto Serif SC"]}


@lru_cache(maxsize=4)
def typesetter(fonts: Path | None = None, folder: Path = forms.FOLDER) -> Typesetter:
    """The typesetter of this process for an organ's own font folder (or only the fonts that come with us)."""
    paths = [str(Path(pylopdf_fonts_zh_cn.__file__).parent), *([str(fonts)] if fonts else [])]
    book = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
    compiler = typst.Compiler(root=str(folder), font_paths=book, ignore_system_fonts=True)
    return Typesetter(compiler, book, threading.Lock(), frozenset(book.families()), folder)


def font_report(fonts: Path | None = None) -> list[tuple[str, str, bool]]:
    """For ``mingjing doctor``: role, the face that will be used, whether it is the face GB/T 9704 names."""
    found = typesetter(fonts).fonts()
    return [
        (ROLE_TITLES[role], found[role][0], not found[role][0].startswith("Noto"))
        for role in ROLES
        if found[role]
    ]


def render(
    form_id: str,
    data: Mapping[str, Any],
    *,
    preview: bool = False,
    fonts: Path | None = None,
    folder: Path = forms.FOLDER,
) -> Rendered:
    """The paper as PDF/A-2a; ``data`` as described in the package docstring.

    A preview is watermarked, carries no number or seal, and marks missing content instead of refusing.
    Refuses ``no-such-form``, ``bad-form``, and ``paper-not-rendered`` with the form and the fields at fault.
    """
    form = forms.form(form_id, folder)
    prepared = preparing.prepare(form, data, preview=preview)
    pdf, warnings = _compile(
        typesetter(fonts, folder), form, prepared, {"format": "pdf", "pdf_standards": [STANDARD]}
    )
    pages = int(_PAGE_COUNT.findall(pdf)[0])
    return Rendered(pdf, pages, hashlib.sha256(pdf).hexdigest(), warnings)


def pictures(
    form_id: str,
    data: Mapping[str, Any],
    *,
    preview: bool = True,
    ppi: float = 96,
    fonts: Path | None = None,
    folder: Path = forms.FOLDER,
) -> list[bytes]:
    """The pages as PNG images, for looking at a paper before it is issued; refuses as :func:`render` does."""
    form = forms.form(form_id, folder)
    prepared = preparing.prepare(form, data, preview=preview)
    made, _ = _compile(typesetter(fonts, folder), form, prepared, {"format": "png", "ppi": ppi})
    return made if isinstance(made, list) else [made]


def set_sheet(template: Path, data: Mapping[str, Any], at: datetime, *, what: str, remedy: str) -> bytes:
    """A text that is no form of the codex as PDF/A-2a, in the fonts of the place; ``what`` it is called in a refusal.

    Equal data and time give equal bytes. Raises: Refused ``sheet-not-set`` where a character has no glyph.
    """
    setter = typesetter(Path(settings.MINGJING_FONT_DIR) if settings.MINGJING_FONT_DIR else None)
    told = json.dumps({**data, "fonts": setter.fonts()}, ensure_ascii=False, sort_keys=True)
    try:
        with setter.lock:
            made, _ = setter.compiler.compile_with_warnings(
                input=template.read_bytes(),
                sys_inputs={"data": told},
                format="pdf",
                pdf_standards=[STANDARD],
                timestamp=at.astimezone(UTC).replace(microsecond=0),
            )
    except typst.TypstError as failure:
        raise _sheet_refusal(what, remedy, failure) from failure
    assert isinstance(made, bytes)  # a PDF is one file
    return made


def _sheet_refusal(what: str, remedy: str, failure: typst.TypstError) -> Refused:
    glyph = _MISSING_GLYPH.search(failure.message)
    why = f"“{glyph['text']}”在现有字体中没有字形，不能印出" if glyph else f"排版失败：{failure.message}"
    return Refused(
        "sheet-not-set",
        f"{what}不能制作：{why}。",
        remedy=f"{remedy}；确属人名、地名用字的，请系统管理员安装含有该字的字体。",
    )


def _compile(
    setter: Typesetter, form: Form, prepared: Mapping[str, Any], how: Mapping[str, Any]
) -> tuple[Any, tuple[str, ...]]:
    inputs = {"data": preparing.as_json({**prepared, "fonts": setter.fonts()})}
    try:
        with setter.lock:
            made, warnings = setter.compiler.compile_with_warnings(
                input=str(setter.folder / f"{form.id}.typ"),
                sys_inputs=inputs,
                timestamp=_timestamp(prepared["data"]["date"]),
                **how,
            )
    except typst.TypstError as failure:
        raise refusal_of(form, prepared, failure) from failure
    return made, tuple(warning.message for warning in warnings)


def _timestamp(day: str) -> datetime:
    if not day:
        return datetime.fromtimestamp(0, UTC)
    return datetime.fromisoformat(day[:10]).replace(tzinfo=SHANGHAI).astimezone(UTC)


def refusal_of(form: Form, prepared: Mapping[str, Any], failure: typst.TypstError) -> Refused:
    """Why a paper could not be set, in the words of the form and its fields."""
    glyph = _MISSING_GLYPH.search(failure.message)
    if glyph is None:
        cause = f"《{form.title}》（{form.id}）排版失败：{failure.message}"
        return Refused("paper-not-rendered", cause, basis=form.basis, remedy="请系统管理员检查该文书格式文件")
    place = _where(form, prepared, glyph["text"])
    return Refused(
        "paper-not-rendered",
        f"《{form.title}》{place}中的“{glyph['text']}”在现有字体中没有字形，不能印出",
        basis=form.basis,
        remedy="删去或者改写该字符（例如表情符号）；确属人名、地名用字的，请系统管理员安装含有该字的字体",
    )


def _where(form: Form, prepared: Mapping[str, Any], text: str) -> str:
    for field in form.fields:
        if text in str(prepared["facts"][field.key]):
            return f"“{field.label}”（{field.key}）"
    return "“当事人”（party）" if text in str(prepared["data"]["party"]) else ""
