"""保管类别: how long stored files stay and why, from ``codex/retention``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from mingjing.kernel.clocks import parse_length
from mingjing.kernel.counting import shift_months
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Problem

CASE_FILE = "case_file"
NO_CASE = "no_case"
PERMANENT = "permanent"
AS_CASE = "as-case"
_KEYS = {"code", "title", "keep", "basis", "about", "sure"}


@dataclass(frozen=True)
class Class:
    """保管类别. ``keep`` is ``permanent``, ``as-case`` or a length; ``sure``: whether the law itself names the term.

    ``by_hand``: whether an officer may put a file into it; the others follow from what the file is used for.
    """

    code: str
    title: str
    keep: str
    basis: str
    about: str
    sure: bool
    by_hand: bool = False

    @property
    def term(self) -> str:
        """The term in words."""
        if self.keep == PERMANENT:
            return "永久"
        return "与案卷相同" if self.keep == AS_CASE else parse_length(self.keep).words

    def until(self, since: date) -> date | None:
        """The last day of the term that began on ``since``; None where it has no end, or none yet.

        Never moved off a rest day: what is kept a day too long harms nobody's term.
        """
        if self.keep in (PERMANENT, AS_CASE):
            return None
        length = parse_length(self.keep)
        return since + timedelta(length.number) if length.unit == "d" else shift_months(since, length.months)


def classes() -> dict[str, Class]:
    """Every class by its code; the files are read again when one was changed."""
    files = sorted((Path(settings.MINGJING_CODEX) / "retention").glob("*.toml"))
    return _read(tuple((path, path.stat().st_mtime_ns) for path in files))


def class_of(code: str) -> Class:
    """The class with this code. Raises: Refused ``no-such-class``."""
    found = classes().get(code)
    if found is None:
        known = "、".join(one.title for one in classes().values())
        raise Refused("no-such-class", f"没有保管类别“{code[:40]}”。", remedy=f"可以是：{known}。")
    return found


def title(code: str) -> str:
    """The name of a class for people; the code itself if the file does not have it any more."""
    found = classes().get(code)
    return found.title if found else code


def problems() -> Iterator[Problem]:
    """What is wrong with the files, but for the bases, which another room knows."""
    seen: set[str] = set()
    for path in sorted((Path(settings.MINGJING_CODEX) / "retention").glob("*.toml")):
        for said in tomllib.loads(path.read_text(encoding="utf-8")).get("class", []):
            where = f"retention/{path.name} {said.get('code', '?')}"
            if missing := sorted(_KEYS - set(said)):
                yield Problem(where, f"缺少 {'、'.join(missing)}。", "请补全。")
                continue
            if said["code"] in seen:
                yield Problem(where, "同一代码出现了两次。", "请改用另一个代码。")
            seen.add(said["code"])
            yield from _term_problems(where, said["keep"])
    for code in sorted({CASE_FILE, NO_CASE} - seen):
        yield Problem("retention", f"没有平台必需的类别 {code}。", "请恢复这一类别。")


def _term_problems(where: str, keep: str) -> Iterator[Problem]:
    if keep in (PERMANENT, AS_CASE):
        return
    remedy = "可以是 permanent、as-case 或者 30d、12m、2y 这样的期限。"
    try:
        unit = parse_length(keep).unit
    except Refused as refused:
        yield Problem(where, f"keep：{refused.reason}", remedy)
        return
    if unit not in ("d", "m", "y"):
        yield Problem(where, f"keep：“{keep}”不是日、月、年。", remedy)


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[Path, int], ...]) -> dict[str, Class]:
    found: dict[str, Class] = {}
    for path, _ in files:
        for said in tomllib.loads(path.read_text(encoding="utf-8"))["class"]:
            found[said["code"]] = Class(**said)
    return found
