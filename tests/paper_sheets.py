"""The contact sheet of every paper, ``docs/papers``: each form as it prints, with an invented case.

``--write`` renews it. Without ``--write`` only the digest of what it was made from is compared, so that the
check costs nothing; equal sources give equal bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from mingjing.cases.papers import forms, preparing
from mingjing.cases.papers.forms import Form
from mingjing.cases.papers.render import typesetter
from tests.cases.paper_samples import every_form, full

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "papers"
SHEET = "contact-sheet.pdf"
PER_SHEET = 8
MOST_BYTES = 6 * 1024 * 1024
_DIGEST = re.compile(r"<!-- 来源 ([0-9a-f]{64}) -->")


def main(arguments: Sequence[str]) -> int:
    """Write the sheet, or tell that it is stale."""
    if "--write" in arguments:
        write()
        return 0
    page = FOLDER / "README.md"
    found = _DIGEST.search(page.read_text("utf-8")) if page.exists() else None
    if found and found[1] == digest():
        return 0
    print("docs/papers 不是由现在的文书格式和样例生成的：运行 make docs。")  # noqa: T201
    return 1


def digest() -> str:
    """The digest of everything the sheet shows: forms, library, samples, this file."""
    sources = [
        *sorted(forms.FOLDER.glob("*")),
        *sorted((ROOT / "tests" / "cases").glob("*samples*.py")),
        Path(__file__),
    ]
    whole = hashlib.sha256()
    for path in sources:
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def write() -> None:
    """Set all forms as one document (the fonts are then kept once), put its pages side by side, list them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        every = every_form()
        for form in every:
            _lay_out(form, folder)
        (folder / "all.typ").write_text("\n".join(map(_one, every)), "utf-8")
        _compile(folder, "all")
        starts = {one["id"]: one["page"] for one in _told(folder, "all", "<form>")}
        pages = _told(folder, "all", "<pages>")[0]
        (folder / "sheet.typ").write_text(_sheet(every, starts, pages), "utf-8")
        _compile(folder, "sheet")
        made = (folder / "sheet.pdf").read_bytes()
    if len(made) > MOST_BYTES:
        raise SystemExit(f"样张 {len(made)} 字节，超过 {MOST_BYTES}：减少样例中的图片或者字体。")
    (FOLDER / SHEET).write_bytes(made)
    (FOLDER / "README.md").write_text(_index(every, starts), "utf-8")


def _lay_out(form: Form, folder: Path) -> None:
    """The form with a library of its own that reads this form's data, and no properties of a single document."""
    data = preparing.prepare(form, full(form), preview=False)
    text = preparing.as_json({**data, "fonts": typesetter().fonts()})
    (folder / f"{form.id}.json").write_text(text, "utf-8")
    library = (forms.FOLDER / "lib.typ").read_text("utf-8")
    library = library.replace("json(bytes(sys.inputs.data))", f'json("{form.id}.json")')
    library = re.sub(r"\n +set document\([^\n]*", "", library)
    (folder / f"lib-{form.id}.typ").write_text(library, "utf-8")
    body = (forms.FOLDER / f"{form.id}.typ").read_text("utf-8")
    (folder / f"{form.id}.typ").write_text(body.replace('"lib.typ"', f'"lib-{form.id}.typ"'), "utf-8")


def _one(form: Form) -> str:
    return (
        "#counter(page).update(1)\n"
        f'#context [#metadata((id: "{form.id}", page: here().page()))<form>]\n'
        f'#include "{form.id}.typ"\n'
        "#context [#metadata(here().page())<pages>]\n"
    )


def _sheet(every: Sequence[Form], starts: dict[str, int], pages: int) -> str:
    captions = list(_captions(every, starts, pages))
    face = json.dumps(typesetter().fonts()["hei"][0])
    return (
        f'#set page(paper: "a3", flipped: true, margin: (x: 10mm, y: 7mm))\n#set text(font: {face}, size: 8pt)\n'
        f"#let captions = json(bytes({json.dumps(json.dumps(captions))}))\n"
        "#grid(columns: 4, column-gutter: 7mm, row-gutter: 3mm, ..captions.enumerate().map(((at, words)) => [\n"
        '  #words \\ #box(stroke: 0.4pt + luma(60%), image("all.pdf", page: at + 1, width: 93mm))\n]))\n'
    )


def _captions(every: Sequence[Form], starts: dict[str, int], pages: int) -> Iterator[str]:
    """What stands above each page of the document, in order."""
    for form, following in zip(every, [*every[1:], None], strict=True):
        first = starts[form.id]
        end = starts[following.id] if following else pages + 1
        for number in range(first, end):
            place = f"（{number - first + 1}／{end - first}）" if end - first > 1 else ""
            yield f"{form.code}　{form.title}{place}"


def _index(every: Sequence[Form], starts: dict[str, int]) -> str:
    lines = [
        "<!-- 由 make docs 生成，请勿手改。 -->",
        f"<!-- 来源 {digest()} -->",
        "",
        "# 文书样张",
        "",
        f"平台现有的 {len(every)} 种文书格式，用同一个虚构案件填写，每页八面印在一份 PDF 里：[{SHEET}]({SHEET})。",
        "人名、单位、证件号码、文号都是编造的；印章为标明“演示用章”的图样。要素和依据见[文书格式](../reference/papers.md)。",
        "",
        "| 编号 | 名称 | 对外 | 样张第几页 | 格式文件 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for form in every:
        sheet = (starts[form.id] - 1) // PER_SHEET + 1
        lines.append(
            f"| {form.code} | {form.title} | {'是' if form.outgoing else ''} | [{sheet}]({SHEET}#page={sheet}) "
            f"| [{form.id}](../../codex/papers/{form.id}.typ) |"
        )
    return "\n".join(lines) + "\n"


def _typst(folder: Path) -> dict[str, Any]:
    places = [str(Path(pylopdf_fonts_zh_cn.__file__).parent)]
    book = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=places)
    return {"root": str(folder), "font_paths": book, "ignore_system_fonts": True}


def _compile(folder: Path, name: str) -> None:
    typst.compile(
        str(folder / f"{name}.typ"),
        output=str(folder / f"{name}.pdf"),
        pdf_tags=False,
        timestamp=datetime.fromtimestamp(0, UTC),
        **_typst(folder),
    )


def _told(folder: Path, name: str, label: str) -> list[Any]:
    found = typst.query(str(folder / f"{name}.typ"), label, field="value", **_typst(folder))
    values = json.loads(found)
    return values[-1:] if label == "<pages>" else values


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
