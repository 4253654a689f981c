"""A new edition of a procedure file, examined before anybody is asked to confirm it."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from mingjing.kernel import procedure as procedures
from mingjing.kernel import scenarios
from mingjing.kernel.procedure import Procedure, ProcedureErrors
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Problem
from mingjing.law import queries as law

from .checks import procedure_problems

MOST_BYTES = 512 * 1024
_DATED = re.compile(r"^in_force[ \t]*=.*$", re.MULTILINE)


@dataclass(frozen=True)
class Examined:
    """What an uploaded file turned out to be. ``problems`` keep it from being proposed, ``failing`` scenarios do not:
    a change of law may be meant to make them fail, and whoever confirms sees them."""

    procedure: Procedure | None
    text: str
    sha256: str
    problems: tuple[Problem, ...]
    failing: tuple[str, ...]
    scenarios: int


def examine(id: str, content: bytes, file_name: str, in_force: date) -> Examined:
    """Read an uploaded file as an edition of procedure ``id`` in force from a day, and look at all of it.

    The day replaces what the file says under ``in_force``. Cost: the exploration of the procedure, for the
    largest of ours some fifteen seconds, and no query.
    """
    try:
        text = _collected(_dated(_text(content), in_force))
        found = procedures.read(procedures.read_collected(text), file_name)
    except ProcedureErrors as errors:
        return _unread(errors.problems)
    except Refused as refused:
        return _unread((Problem(file_name, refused.reason, refused.remedy or "请改正后重新上传"),))
    if found.id != id:
        wrong = Problem(f"{file_name}: id", f"文件写的是“{found.id}”，不是“{id}”", "请在所属程序的页面上传")
        return _unread((wrong,))
    problems = tuple(procedure_problems(found, file_name))
    results = [] if problems else list(_results(found))
    failing = tuple(f"{one.scenario.title}：{one.deviation}" for one in results if one.deviation is not None)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Examined(found, text, digest, problems, failing, len(results))


def _unread(problems: tuple[Problem, ...]) -> Examined:
    return Examined(None, "", "", problems, (), 0)


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Refused(
            "too-large",
            f"文件有 {len(content) // 1024} KB，程序文件不超过 {MOST_BYTES // 1024} KB。",
            remedy="请核对是不是程序文件。",
        )
    try:
        text = content.decode("utf-8-sig")
        tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise Refused("bad-text", "文件不是 UTF-8 文本。", remedy="请另存为 UTF-8 后重新上传。") from error
    except tomllib.TOMLDecodeError as error:
        raise Refused("bad-toml", f"不是合格的 TOML：{error}。", remedy="请按所指行列改正。") from error
    except RecursionError as error:
        raise Refused("bad-toml", "文件嵌套过深。", remedy="请核对是不是程序文件。") from error
    return text.replace("\r\n", "\n")


def _dated(text: str, in_force: date) -> str:
    """The file with its day of entry into force."""
    head, mark, rest = text.partition("\n[")
    line = f"in_force = {in_force.isoformat()}"
    dated = _DATED.sub(line, head, count=1) if _DATED.search(head) else f"{line}\n{head}"
    return dated + mark + rest


def _collected(text: str) -> str:
    """The file with the shared parts it uses, as they stand in the codex today."""
    names = tomllib.loads(text).get("uses", [])
    folder = settings.MINGJING_CODEX / "procedures" / procedures.PARTS
    parts = {}
    for name in [str(one) for one in names] if isinstance(names, list) else ():
        path = folder / f"{name}.toml"
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or not path.is_file():
            raise Refused(
                "no-such-part", f"uses 中的“{name}”不是共用部分。", remedy="请核对 codex/procedures/parts。"
            )
        parts[name] = path.read_text(encoding="utf-8")
    return procedures.collected(text, parts)


def _results(found: Procedure) -> Iterator[scenarios.Result]:
    """The codex's scenarios for the procedure, run through the new edition."""
    folder: Path = settings.MINGJING_CODEX / "scenarios" / found.id
    for path in sorted(folder.glob("*.toml")):
        scenario = scenarios.load(path)
        person = bool(scenario.facts.get("party_is_person"))
        field = scenario.profile or "general"

        def constants_on(day: date, field: str = field, person: bool = person) -> Mapping[str, Any]:
            return law.constants(field, day, person=person)

        yield scenarios.run(scenario, found, law.calendar(), constants_on)
