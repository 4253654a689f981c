"""Commands for whoever looks after evidence: put files in, read them again, hand a case's files out, see how it stands."""

from __future__ import annotations

import argparse
import mimetypes
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mingjing import cli_words
from mingjing.kernel.refused import Refused

Result = tuple[Any, list[str], bool]
Adder = Callable[[Any, str, str, Callable[[argparse.Namespace], Result]], argparse.ArgumentParser]
MEGABYTE = 1 << 20
EVERYTHING = 1 << 62
SLICE_BYTES = 1 << 30


def add_commands(commands: Any, add: Adder) -> None:
    """Put ``mingjing evidence`` beside the other commands."""
    one = add(commands, "evidence", "证据保管：存入、巡检、导出、查看状况", _evidence)
    one.add_argument("what", choices=["put", "scrub", "export", "status"])
    one.add_argument("names", nargs="*", metavar="名称", help="put 的文件；export 的案号")
    one.add_argument("--case", dest="case_no", default="", help="put：存入哪个案件（案号）")
    one.add_argument("--step", type=cli_words.whole(1, 100_000), default=None, help="put：补入第几号环节")
    one.add_argument(
        "--made-at", default="", metavar="时间", help="put --case：录制时间，如 2026-03-02T09:30"
    )
    one.add_argument("--reason", default="", help="put --case：为什么没有当时存入")
    one.add_argument("--as", dest="username", default="", help="以谁的名义办理（用户名）；put、export 必填")
    one.add_argument("--out", default="", metavar="目录", help="export：写入的目录")
    one.add_argument("--all", action="store_true", help="scrub：全部重读，不论多久以前读过")
    one.add_argument("--faults", action="store_true", help="scrub：只重读有问题的（恢复备份之后）")
    one.add_argument("--mb", type=cli_words.whole(1, 10**9), default=None, help="scrub：最多读多少兆字节")


def _evidence(options: argparse.Namespace) -> Result:
    cli_words.prepare()
    return {"put": _put, "scrub": _scrub, "export": _export, "status": _status}[options.what](options)


def _actor(options: argparse.Namespace) -> Any:
    from mingjing.organs import queries as organs

    account = organs.account_by_username(options.username) if options.username else None
    actor = organs.actor_of_account(account.pk, options.now().date()) if account else None
    if actor is None:
        given = (
            f"没有用户“{cli_words.short(options.username)}”。"
            if options.username
            else "没有写明以谁的名义办理。"
        )
        raise Refused("no-such-account", given, remedy="请用 --as 写明用户名。")
    return actor


# --- put ---


def _put(options: argparse.Namespace) -> Result:
    """Files into a step of a case as recordings that came late, or into the store of the officer's organ."""
    if not options.names:
        raise Refused("missing", "没有写明文件。", remedy="用法：mingjing evidence put 文件… --as 用户名。")
    actor, paths = _actor(options), [_readable(name) for name in options.names]
    told = _put_in_case(options, actor, paths) if options.case_no else _put_alone(options, actor, paths)
    lines = [f"{one['name']}  {one['sha256']}  {one['size_bytes']} 字节" for one in told]
    return told, [*lines, f"已存入 {len(told)} 个文件。"], True


def _readable(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise Refused("unreadable", f"没有文件“{cli_words.short(name)}”。", remedy="请核对路径和读取权限。")
    return path


def _put_alone(options: argparse.Namespace, actor: Any, paths: list[Path]) -> list[dict[str, Any]]:
    from mingjing.vault import actions as vault

    told = []
    for path in paths:
        with path.open("rb") as content:
            blob = vault.put(content=content, name=path.name, actor=actor, at=options.now())
        told.append(blob.as_file(path.name))
    return told


def _put_in_case(options: argparse.Namespace, actor: Any, paths: list[Path]) -> list[dict[str, Any]]:
    from mingjing.cases import actions as cases
    from mingjing.cases import queries
    from mingjing.cases.facts import Upload

    case = queries.case_for(actor, options.case_no)
    if options.step is None:
        raise Refused("missing", "没有写明补入第几号环节。", remedy="用 --step 写明，序号见案件的时间轴。")
    made_at = cli_words.moment(options.made_at) if options.made_at else None
    if not isinstance(made_at, datetime):
        raise Refused("bad-date", "没有写明录制的时刻。", remedy="用 --made-at 写明，如 2026-03-02T09:30。")
    files = [Upload("files", path.name, _type(path), path.open("rb"), "audiovisual") for path in paths]
    try:
        cases.add_recording(
            case_id=case.pk,
            seq=options.step,
            files=files,
            made_at=made_at,
            reason=options.reason,
            actor=actor,
            at=options.now(),
        )
    finally:
        for file in files:
            file.content.close()
    return [_kept(path) for path in paths]


def _kept(path: Path) -> dict[str, Any]:
    from mingjing.record import queries as record
    from mingjing.record import store

    return record.blob_for(store.hash_file(path)).as_file(path.name)


def _type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


# --- scrub ---


def _scrub(options: argparse.Namespace) -> Result:
    """Read stored files again, in slices of 1 GB with progress on standard error."""
    from mingjing.vault import actions as vault

    rest = {"rest": timedelta(0)} if options.all else {}
    left_bytes = options.mb * MEGABYTE if options.mb else EVERYTHING
    began, sums = options.now(), dict.fromkeys(("files", "bytes_read", "faults", "mended"), 0)
    while True:
        told = vault.scrub(
            at=began, budget_bytes=min(left_bytes, SLICE_BYTES), faults_only=options.faults, **rest
        )
        for key in sums:
            sums[key] += getattr(told, key)
        left_bytes -= told.bytes_read
        if options.faults or told.trouble or not told.left or left_bytes <= 0:
            break
        cli_words.progress(f"已读 {sums['files']} 个文件、{sums['bytes_read'] >> 20} MB，还有 {told.left} 个")
    if told.trouble:
        raise Refused("store-unreachable", told.trouble, remedy="请核对存储后重新运行；已读的不会重读。")
    lines = [
        f"已读 {sums['files']} 个文件、{sums['bytes_read'] >> 20} MB；有问题 {sums['faults']} 个，恢复 {sums['mended']} 个；"
        f"还有 {told.left} 个待读。"
    ]
    return {**sums, "left": told.left}, lines, not sums["faults"]


# --- export and status ---


def _export(options: argparse.Namespace) -> Result:
    """The evidence of a case as files, with a list of digests that ``sha256sum -c`` reads."""
    from mingjing.cases import actions as cases

    if len(options.names) != 1 or not options.out:
        raise Refused(
            "missing",
            "没有写明案号或者目录。",
            remedy="用法：mingjing evidence export 案号 --out 目录 --as 用户名。",
        )
    actor = _actor(options)
    try:
        files = cases.export_evidence(
            no=options.names[0], folder=Path(options.out), actor=actor, at=options.now()
        )
    except OSError as error:
        raise cli_words.unwritable(options.out) from error
    told = [{"path": one.path, "sha256": one.sha256, "size_bytes": one.size_bytes} for one in files]
    return told, [f"已导出 {len(told)} 个文件到 {options.out}，校验清单为 manifest-sha256.txt。"], True


def _status(options: argparse.Namespace) -> Result:
    from mingjing.record import queries as record
    from mingjing.vault import queries as vault

    state = vault.scrub_state(options.now())
    store = record.store_health()
    told = {
        "store": {"fine": store.fine, "detail": store.detail},
        "files": state.files,
        "bytes": state.bytes,
        "destroyed": state.destroyed,
        "read_in_90_days": {"files": state.read_files, "bytes": state.read_bytes},
        "oldest_reading": state.oldest,
        "faults": [{"sha256": one.sha256, "what": one.what, "labels": one.labels} for one in state.faults],
    }
    lines = [
        f"{store.detail}",
        f"{state.files} 个文件，{state.bytes >> 20} MB；另有 {state.destroyed} 个已依法销毁。",
        f"九十日内已重读 {state.read_files} 个（{state.percent}%）。",
        *(f"✗ {one.sha256} {one.what}：{'、'.join(one.labels) or '未归入案件'}" for one in state.faults),
    ]
    return told, lines, store.fine and not state.faults
