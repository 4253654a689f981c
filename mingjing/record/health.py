"""Whether the record is in good working order: its key, walls, log, witnesses and store, for the doctor."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from mingjing.kernel.policy import Witness
from mingjing.kernel.refused import Refused
from mingjing.record import backends, continuity, heads, keys, logs, triggers, trust
from mingjing.record.models import Blob, Log, Pending, Standing
from mingjing.record.place import Health


@dataclass(frozen=True)
class Check:
    """One thing that ``mingjing record doctor`` looks at; ``remedy`` is empty when it is fine."""

    name: str
    fine: bool
    detail: str
    remedy: str = ""


def doctor() -> list[Check]:
    """Whether the record is in good working order; quick, unlike :func:`verification.verify`."""
    return [
        _check_key(),
        _check_walls(),
        _check_waiting(),
        _check_published(),
        *_check_witnesses(),
        _check_store(),
    ]


def store_health() -> Health:
    """Whether the place where files are kept works."""
    try:
        return backends.current().health()
    except Refused as refused:
        return Health(False, refused.reason, refused.remedy or "")


def _check_key() -> Check:
    name, log = "签名私钥", logs.current()
    if log is None:
        return Check(name, True, "尚未生成：第一次编入记录时生成")
    path = keys.path_of(log)
    if not path.exists():
        return Check(name, False, f"{path} 不见了", "从备份恢复私钥文件")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return Check(name, False, f"{path} 权限为 {mode:04o}，他人可读", f"chmod 600 {path}")
    return Check(name, True, str(keys.verifier(log)))


def _check_walls() -> Check:
    missing = triggers.missing(connection)
    if missing:
        return Check(
            "只可追加", False, f"数据库缺少触发器：{'、'.join(missing)}", "重新执行 record 的触发器迁移"
        )
    return Check("只可追加", True, "数据库拒绝修改和删除记录")


def _check_waiting() -> Check:
    oldest = Pending.objects.order_by("number").values_list("entry__at", flat=True).first()
    if oldest is None:
        return Check("待编入日志", True, "没有")
    since = f"{timezone.localtime(oldest):%Y-%m-%d %H:%M}"
    return Check("待编入日志", True, f"{Pending.objects.count()} 条，最早一条记于 {since}")


def _check_published() -> Check:
    name, log = "公布的日志", logs.current()
    if stray := logs.strays():
        return Check(
            name, False, f"{stray[0].parent} 中的日志在库里没有", "恢复最新的数据库备份，或者移走旧日志目录"
        )
    if log is None:
        return Check(name, True, "还没有")
    try:
        heads.require_continuity(log)
        published = heads.published(log)
    except Refused as refused:
        return Check(name, False, refused.reason, refused.remedy or "运行 mingjing record fsck")
    head = heads.latest(log)
    size, shown = head.size if head else 0, published.size if published else 0
    if shown < size:
        return Check(name, False, f"已签 {size} 条，只公布了 {shown} 条", "运行 mingjing record seal")
    return Check(name, True, f"{log.origin}，{size} 条")


def _check_witnesses() -> list[Check]:
    """Whether each witness of the policy keeps up with the log in use."""
    try:
        witnesses, log = trust.policy().witnesses, logs.current()
    except Refused as refused:
        return [Check("信任策略", False, refused.reason, refused.remedy or "")]
    if not witnesses:
        return [Check("见证", True, "没有请见证方（MINGJING_POLICY_FILE 未设置）")]
    standings = {one.key: one for one in Standing.objects.filter(log=log)} if log else {}
    size = log.size if log else 0
    told = [_check_witness(one, standings.get(trust.key_name(one.key)), size) for one in witnesses]
    return [*told, *_check_continuity(log)]


def _check_continuity(log: Log | None) -> list[Check]:
    """Whether a witness has seen more of the log than the tables hold; told only when one has."""
    try:
        continuity.require(log, timezone.now())
    except Refused as refused:
        return [Check("与见证方核对", False, refused.reason, refused.remedy or "")]
    return []


def _check_witness(witness: Witness, standing: Standing | None, size: int) -> Check:
    name = f"见证方 {witness.name}"
    if not witness.url:
        return Check(name, False, "信任策略没有写网址，没有请它联署", "在 witness 行末尾写上它的网址")
    if standing is None:
        return Check(name, not size, "还没有请它联署", "运行 mingjing worker 或 mingjing witnesses ask")
    if standing.size > size:
        return Check(name, False, standing.trouble, "数据库是旧的：运行 mingjing witnesses lost，照提示恢复")
    if standing.trouble:
        return Check(
            name, False, f"联署到 {standing.size} 条；{standing.trouble}", "与见证单位联系；平台会继续请"
        )
    return Check(
        name, True, f"联署到 {standing.size} 条，{timezone.localtime(standing.met_at):%Y-%m-%d %H:%M}"
    )


def _check_store() -> Check:
    """Whether files can be kept, and whether what was read last is as it was kept."""
    name = "文件存储"
    damaged = Blob.objects.filter(destroyed_at__isnull=True).exclude(fault="").count()
    if damaged:
        return Check(
            name, False, f"{damaged} 个文件缺失或者损坏", "从备份恢复后运行 mingjing evidence scrub --faults"
        )
    return Check(name, *store_health())
