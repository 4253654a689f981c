"""How the command line speaks: Chinese usage, dates as people type them, refusals as text and as JSON.

Nothing that a person types or forgets ends in a traceback: wrong calls exit with 2, refusals with 1, each with
what is wrong and what to do; with ``--json`` the same stands on stdout as
``{"refused": {"code", "reason", "basis", "remedy"}}``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from mingjing.kernel.refused import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
_TYPED = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_SHOWN = 60

# argparse's own messages, whole, and what they mean.
_MESSAGES = (
    (re.compile(r"the following arguments are required: (?P<what>.+)"), "没有写 {what}"),
    (re.compile(r"unrecognized arguments: (?P<what>.+)", re.S), "不认识“{what}”"),
    (re.compile(r"argument (?P<what>.+?): expected (?:one|at least one) argument"), "{what} 后面没有写值"),
    (
        re.compile(
            r"argument (?P<what>.+?): invalid choice: (?P<value>.+) \(choose from (?P<known>.+)\)", re.S
        ),
        "{what} 不能是 {value}，可以是：{known}",
    ),
    (
        re.compile(r"argument (?P<what>.+?): invalid \w+ value: (?P<value>.+)", re.S),
        "{what} 应为整数，现为 {value}",
    ),
    (
        re.compile(r"ambiguous option: (?P<what>.+?) could match (?P<known>.+)"),
        "{what} 可能是 {known}，请写全",
    ),
    (
        re.compile(r"argument (?P<what>.+?): not allowed with argument (?P<known>.+)"),
        "{what} 不能与 {known} 同用",
    ),
    (re.compile(r"argument (?P<what>.+?): ignored explicit argument (?P<value>.+)"), "{what} 后面不写值"),
    (re.compile(r"argument (?P<what>.+?): (?P<value>.+)", re.S), "{what} {value}"),
)
_NAMES = {
    "length": "期限长度",
    "amount": "金额",
    "code": "代码",
    "what": "做什么",
    "kind": "种类",
    "path": "文件",
    "name": "名称",
    "item": "权责事项编号",
    "id": "程序代码",
}


def say_anything() -> None:
    """Let stdout and stderr take any character: what a terminal cannot show is shown as its code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def told(refused: Refused) -> dict[str, Any]:
    """A refusal for programs: all four keys, null where there is nothing to say."""
    keys = {"code": refused.code, "reason": refused.reason, "basis": refused.basis, "remedy": refused.remedy}
    return {"refused": keys}


def lines_of(refused: Refused) -> list[str]:
    """A refusal for people."""
    lines = [refused.reason]
    if refused.basis:
        lines.append(f"依据：{refused.basis}")
    if refused.remedy:
        lines.append(f"怎么办：{refused.remedy}")
    return lines


def show(answer: Any, lines: Iterable[str], *, as_json: bool) -> None:
    """Print the answer; a reader that has gone away (``| head``) is no fault of ours.

    A report goes to standard output whatever it found, so that it can be piped; only a refusal to people
    goes to standard error.
    """
    text = json.dumps(answer, ensure_ascii=False, indent=2, default=str) if as_json else "\n".join(lines)
    refused = isinstance(answer, dict) and set(answer) == {"refused"}
    target = sys.stderr if refused and not as_json else sys.stdout
    if not text:
        return
    try:
        print(text, file=target, flush=True)
    except BrokenPipeError:
        # Python would complain again when it closes the stream at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), target.fileno())


def announce(text: str) -> None:
    """Say at once what a program that goes on running is doing; nobody need be listening."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def progress(text: str) -> None:
    """How far a long command has come, for people who watch it; programs read standard output only."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text}")
        sys.stderr.flush()


def moment(text: str) -> date | datetime:
    """A day or a moment as people type it; a moment without zone is Shanghai's.

    Raises: Refused ``bad-date``.
    """
    tidy = text.translate(_WIDE).strip()
    parts = _TYPED.fullmatch(tidy) or _DIGITS.fullmatch(tidy)
    if parts:
        return _day(text, *map(int, parts.groups()))
    try:
        found = datetime.fromisoformat(tidy) if _MOMENT.fullmatch(tidy) else None
    except ValueError:
        found = None
    if found is None:
        raise _bad_date(text, "不是日期")
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        known = 1 <= month <= 12 and 1 <= day <= 31
        raise _bad_date(text, f"不存在：{year}年{month}月没有{day}日" if known else "不是日期") from None


def _bad_date(text: str, why: str) -> Refused:
    return Refused("bad-date", f"“{short(text)}”{why}。", remedy="请写成 2026-03-12，或者 2026-03-12T09:30。")


def short(text: str) -> str:
    """What a person typed, fit to be quoted in a sentence."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def prepare() -> None:
    """Make the settings and models ready.

    Raises: Refused ``bad-settings`` where a setting or the data folder makes that impossible.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except (OSError, ValueError, ImproperlyConfigured) as error:
        raise Refused(
            "bad-settings",
            f"设置有误，平台不能启动：{error}",
            remedy="请核对 MINGJING_VAR（可写的目录）、MINGJING_DATABASE_URL 等环境变量，见 docs/guide/deploy.md。",
        ) from error


def database_trouble(error: Exception) -> Refused:
    """What an operator must do about a database that does not answer or is not set up.

    Any other error of the database is a defect of ours: it is given back unchanged.
    """
    from django.db import Error, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as found:
        return Refused(
            "database-unavailable",
            f"数据库不能使用：{short(str(found).strip())}",
            remedy="请核对数据库是否在运行、文件是否完整可写、磁盘有无空间，以及 MINGJING_DATABASE_URL；再运行 mingjing doctor。",
        )
    if behind:
        return Refused(
            "database-behind",
            f"数据库还没有建立，或者比程序旧（待执行的迁移 {len(behind)} 项）。",
            remedy="请先备份，再运行 mingjing setup。",
        )
    if re.search(r"locked|read-?only|full|disk|No space", str(error), re.I):
        return Refused(
            "database-unavailable",
            f"数据库没有完成这一步：{short(str(error).strip())}",
            remedy="请等其他任务结束、核对磁盘空间和文件权限后重新运行；已完成的部分不会重复。",
        )
    raise error


class Parser(argparse.ArgumentParser):
    """Tells in Chinese what is wrong with a call and exits with 2."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{**more, "add_help": False, "formatter_class": _Formatter})
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")
        # -3d and -5 are values that people type, not options; their refusal explains more.
        self._negative_number_matcher = re.compile(r"^-\d.*$", re.S)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how the command is written."""
        usage = " ".join(self.format_usage().removeprefix("用法：").split())
        refused = Refused("bad-command", f"命令写法有误：{_chinese(message)}。", remedy=f"用法：{usage}")
        show(told(refused), lines_of(refused), as_json=Parser.as_json)
        sys.exit(2)

    # Whether the call asked for JSON; known before the arguments can be read.
    as_json = False


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


def _chinese(message: str) -> str:
    for pattern, words in _MESSAGES:
        match = pattern.fullmatch(message)
        if match:
            found = match.groupdict()
            if "what" in found:
                parts = re.split(r",\s*", found["what"])
                found["what"] = "、".join(_NAMES.get(part, part) for part in parts)
            known = found.pop("known", "").replace("'", "")
            return words.format(known=known, **{key: short(text.strip("'")) for key, text in found.items()})
    return short(message)


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers within bounds, for ``type=`` of an argument."""

    def read(text: str) -> int:
        tidy = text.translate(_WIDE).strip()
        if not re.fullmatch(r"-?[0-9]{1,12}", tidy) or not least <= int(tidy) <= most:
            raise argparse.ArgumentTypeError(f"应为 {least} 至 {most} 的整数，现为“{short(text)}”")
        return int(tidy)

    return read


def write(path: str, text: str) -> None:
    """Write a file that a person named.

    Raises: Refused ``unwritable``.
    """
    try:
        Path(path).write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise unwritable(path) from error


def organ(code: str) -> Any:
    """The organ with this code. Raises: Refused ``no-such-organ``. Call ``prepare`` first."""
    from django.core.exceptions import ObjectDoesNotExist

    from mingjing.organs import queries as organs

    try:
        return organs.organ(code)
    except ObjectDoesNotExist:
        raise Refused(
            "no-such-organ",
            f"没有代码为“{short(code)}”的机关。",
            remedy="机关代码见网页“机关与人员”。",
        ) from None


def unwritable(path: str) -> Refused:
    """The refusal for a place where nothing can be written."""
    return Refused(
        "unwritable",
        f"无法写入 {short(path)}：文件夹不存在，或者没有写入权限。",
        remedy="请换一个可写的位置。",
    )


def asks_json(arguments: Sequence[str]) -> bool:
    """Whether a call asks for JSON, wherever the option stands."""
    return "--json" in arguments
