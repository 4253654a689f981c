"""The command ``mingjing redact``: a masked rendition of a file, every mask explained, and what still leaks.

Exit code 1 where something certainly leaks: in the rendition, or, with ``--check``, in the file as it stands.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mingjing import cli_words
from mingjing.kernel.refused import Refused

if TYPE_CHECKING:
    from mingjing.insight.leaks import Checked, Leak
    from mingjing.insight.redaction import Known

Result = tuple[Any, list[str], bool]
Adder = Callable[[Any, str, str, Callable[[argparse.Namespace], Result]], argparse.ArgumentParser]


def add_commands(commands: Any, add: Adder) -> None:
    """Put the command beside the others; ``add`` makes it."""
    one = add(commands, "redact", "遮盖文件中的个人信息，检查泄露（文本、Word、PDF）", _redact)
    one.add_argument("file", help="文本（.txt）、Word（.docx）或者 PDF 文件")
    one.add_argument("--out", metavar="文件", help="脱敏稿写到哪里；以 .txt 结尾的写成文本；不写则只报告")
    one.add_argument(
        "--people", metavar="文件", help='已知的人和单位，JSON：[{"name": "…", "kind": "party"}]'
    )
    one.add_argument("--check", action="store_true", help="不脱敏，只检查文件现状有无泄露")


def _redact(options: argparse.Namespace) -> Result:
    from mingjing.insight import documents

    path = Path(options.file)
    data, people = _bytes(path), _people(options.people)
    if options.check:
        return _checked(data, path.name, people)
    as_text = bool(options.out and options.out.lower().endswith(".txt"))
    made = documents.mask(data, path.name, people, as_text=as_text)
    written = _write(options.out, made.data, path) if options.out else ""
    told = {
        "file": path.name,
        "form": made.form,
        "out": written,
        "masks": [asdict(one) for one in made.masks],
        "leaks": _told(made.left),
        "leaks_in_file": _told(made.source),
        "dropped": list(made.dropped),
        "unjudged": list(made.unjudged),
    }
    lines = [f"遮盖 {len(made.masks)} 处。", *(f"  {_mask_line(one)}" for one in made.masks)]
    if made.dropped:
        lines.append(f"脱敏稿中没有收入：{'、'.join(made.dropped)}。")
    lines += _report("脱敏稿", made.left, made.unjudged)
    contradictions = [one for one in made.source.certain if one.contradicts]
    if contradictions:
        lines.append(f"原文件自身有 {len(contradictions)} 处一处遮盖、另一处没有遮盖：")
        lines += [f"  {one.told()}" for one in contradictions]
    lines.append(f"脱敏稿已写入 {written}。" if written else "没有写出脱敏稿；写出请加 --out 文件。")
    return told, lines, not made.left.certain


def _checked(data: bytes, name: str, people: Sequence[Known]) -> Result:
    """The file as it stands. What a machine cannot judge at all is not called clean."""
    from mingjing.insight.documents import read
    from mingjing.insight.leaks import leaks_in

    document = read(data, name)
    found = leaks_in(document.passages, people)
    told = {"file": name, "form": document.form, "leaks": _told(found), "unjudged": list(document.unjudged)}
    blind = not any(one.text.strip() for one in document.passages if not one.bare)
    return told, _report("文件", found, document.unjudged), not found.certain and not blind


def _told(found: Checked) -> list[dict[str, Any]]:
    return [{**asdict(one), "title": one.title, "told": one.told()} for one in found.leaks]


def _mask_line(one: Any) -> str:
    return f"{one.place}：{cli_words.short(one.words)} → {one.replacement}（{one.reason}）"


def _report(what: str, found: Checked, unjudged: Sequence[str]) -> list[str]:
    lines = [
        f"{what}检查：" + (f"仍有 {len(found.certain)} 处泄露。" if found.certain else "没有发现确定的泄露。")
    ]
    lines += _leaks("泄露", found.certain)
    lines += _leaks("请人工判断", found.uncertain)
    return lines + [f"  请人工判断　{one}" for one in dict.fromkeys((*found.doubts, *unjudged))]


def _leaks(word: str, leaks: Sequence[Leak]) -> Iterator[str]:
    for one in leaks:
        yield f"  {word}　{one.told()}：{cli_words.short(one.words)}"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as trouble:
        raise Refused(
            "no-such-file", f"不能读取文件 {cli_words.short(str(path))}。", remedy="请核对文件名和读取权限。"
        ) from trouble


def _people(name: str | None) -> list[Known]:
    from mingjing.insight.redaction import KINDS, Known

    if name is None:
        return []
    try:
        rows = json.loads(_bytes(Path(name)))
        known = [Known(row["name"], row["kind"]) for row in rows]
    except (ValueError, TypeError, KeyError) as wrong:
        raise _bad_people() from wrong
    if not all(isinstance(one.name, str) and one.kind in KINDS for one in known):
        raise _bad_people()
    return known


def _bad_people() -> Refused:
    from mingjing.insight.redaction import KINDS

    return Refused(
        "bad-people",
        "人员文件的格式不对。",
        remedy=f'应为 JSON：[{{"name": "某某公司", "kind": "organization"}}]，kind 为 {"、".join(KINDS)} 之一。',
    )


def _write(out: str, data: bytes, source: Path) -> str:
    """Write the rendition; the file itself is never overwritten."""
    path = Path(out)
    try:
        if path.exists() and path.samefile(source):
            raise Refused("same-file", "脱敏稿不能覆盖原文件。", remedy="请给脱敏稿另取文件名。")
        path.write_bytes(data)
    except (OSError, ValueError) as trouble:
        raise cli_words.unwritable(out) from trouble
    return str(path)
