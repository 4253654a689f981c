"""The command ``mingjing dossier``: the whole file of a case as a folder for an archive.

What time it is it is told: ``options.now()``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mingjing import cli_words
from mingjing.kernel.refused import Refused

Result = tuple[Any, list[str], bool]
Adder = Callable[[Any, str, str, Callable[[argparse.Namespace], Result]], argparse.ArgumentParser]


def add_commands(commands: Any, add: Adder) -> None:
    """Put the command beside the others; ``add`` makes it."""
    one = add(commands, "dossier", "把案卷导出为文件夹（PDF/A、证据、记录、证明、阅卷页）", _dossier)
    one.add_argument("case", help="案件编号")
    one.add_argument("--out", required=True, metavar="文件夹", help="写到哪里；须不存在或者是空的")
    one.add_argument("--as", dest="username", default="", help="以谁的名义导出；不写则记为平台")


def _dossier(options: argparse.Namespace) -> Result:
    cli_words.prepare()
    from mingjing.archives import actions as archives
    from mingjing.record.actions import seal

    at = options.now()
    seal(at)  # what has no place in the log yet would go without a proof
    told = archives.export_folder(no=options.case, out=_folder(options.out), actor=_actor(options), at=at)
    lines = [
        f"案卷 {told['case']} 已写入 {told['folder']}：{told['files']} 个文件，{told['bytes']} 字节，"
        f"全过程记录 {told['entries']} 条附证明。",
        "打开其中的 index.html 阅卷；核对：sha256sum -c manifest-sha256.txt",
    ]
    return told, lines, True


def _folder(text: str) -> Path:
    if not text or "\x00" in text:
        raise Refused("bad-folder", "没有写明可用的文件夹。", remedy="例：--out /data/案卷")
    return Path(text).absolute()


def _actor(options: argparse.Namespace) -> Any:
    from mingjing.organs import queries as organs
    from mingjing.organs.authority import SYSTEM

    if not options.username:
        return SYSTEM
    account = organs.account_by_username(options.username)
    actor = organs.actor_of_account(account.pk, options.now().date()) if account else None
    if actor is None:
        raise Refused(
            "no-such-account",
            f"没有用户“{cli_words.short(options.username)}”，或者该用户不是执法人员。",
            remedy="请核对用户名；用户由系统管理员在“人员”页面设立。",
        )
    return actor
