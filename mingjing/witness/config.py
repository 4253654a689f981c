"""What a witness is told: its own name, key and address, and which logs it trusts.

The file is TOML, by default ``witness.toml``; paths in it are relative to its folder. A log is one origin with
the keys that may sign it; the key's name *is* the origin (C2SP tlog-policy), so a key cannot speak for another
log. A new year's log is therefore accepted only once somebody at the bureau has added its key: to accept a log
is to accept a history that begins at nothing, and no key of the platform, old or new, may grant itself that.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mingjing.kernel import note
from mingjing.kernel.refused import Refused
from mingjing.witness import files

LOG_KINDS = (note.ED25519, note.MLDSA44)
MIRROR_SECONDS = 30

_KEYS = {"name", "title", "listen", "mirror_seconds", "log"}
_LOG_KEYS = {"vkeys", "url"}
_LISTEN = re.compile(r"(?P<host>[0-9A-Za-z.:\[\]-]+):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True)
class TrustedLog:
    """A log whose heads may be cosigned. ``url`` is where its tiles lie, empty if it is not mirrored."""

    origin: str
    keys: tuple[note.VerifierKey, ...]
    url: str = ""


@dataclass(frozen=True)
class Config:
    """The settings of one witness; ``folder`` holds its keys, its state and its mirrors."""

    folder: Path
    name: str
    title: str
    host: str
    port: int
    mirror_seconds: int
    logs: Mapping[str, TrustedLog]

    @property
    def key_file(self) -> Path:
        """Where the private keys lie, one a line."""
        return self.folder / "witness.key"

    @property
    def database(self) -> Path:
        """Where the witness remembers what it cosigned."""
        return self.folder / "witness.sqlite3"

    def signers(self) -> tuple[note.SignerKey, ...]:
        """The witness's private keys. Raises: Refused ``no-witness-key`` or ``bad-key``."""
        try:
            lines = self.key_file.read_text().split()
        except OSError as error:
            raise Refused(
                "no-witness-key",
                f"见证私钥文件 {self.key_file} 读不到。",
                remedy="从保存的副本恢复；新的见证方运行 mingjing witness init。",
            ) from error
        keys = tuple(note.SignerKey.parse(line) for line in lines)
        if not keys or any(key.name != self.name for key in keys):
            raise _bad(self.key_file, f"私钥的名称不是“{self.name}”，或者没有私钥")
        return keys


def read(path: Path) -> Config:
    """The settings in a file. Raises: Refused ``no-witness-config``, ``bad-witness-config``, ``bad-key``."""
    try:
        return parsed(path, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(
            "no-witness-config",
            f"没有见证方的设置文件 {path}。",
            remedy="先运行 mingjing witness init，或用 --config 指明文件。",
        ) from error
    except UnicodeDecodeError as error:
        raise _bad(path, f"不是 UTF-8：{error}") from error


def parsed(path: Path, text: str) -> Config:
    """The settings in a text that lies, or will lie, at ``path``. Raises: as :func:`read`."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _bad(path, f"不是 TOML：{error}") from error
    _require_known(path, told, _KEYS)
    name, listen = _text(path, told, "name"), _LISTEN.fullmatch(_text(path, told, "listen", "127.0.0.1:8070"))
    if listen is None or not 0 <= int(listen["port"]) <= 65535:
        raise _bad(path, "listen 应写成 地址:端口，如 127.0.0.1:8070")
    seconds = told.get("mirror_seconds", MIRROR_SECONDS)
    if not isinstance(seconds, int) or not 1 <= seconds <= 86_400:
        raise _bad(path, "mirror_seconds 应为 1 到 86400 的整数")
    return Config(
        folder=path.resolve().parent,
        name=name,
        title=_text(path, told, "title", name),
        host=listen["host"].strip("[]"),
        port=int(listen["port"]),
        mirror_seconds=seconds,
        logs=_logs(path, told.get("log", [])),
    )


def written(name: str, title: str, listen: str) -> str:
    """The text of a new settings file."""
    return (
        "# 见证方的设置。说明见 docs/guide/witness.md。\n"
        f"name = {_quoted(name)}\ntitle = {_quoted(title)}\nlisten = {_quoted(listen)}\n"
    )


def add_log(path: Path, vkeys: Sequence[str], url: str) -> TrustedLog:
    """Trust one more log; the file keeps whatever else it says.

    Raises: Refused ``log-known`` if the origin is trusted already, and as :func:`read`.
    """
    known = read(path)
    added = _log(path, {"vkeys": list(vkeys), "url": url})
    if added.origin in known.logs:
        raise Refused(
            "log-known",
            f"已经信任日志“{added.origin}”，没有改动。",
            remedy=f"若要改它的公钥或网址，请先弄清原因，再编辑 {path}。",
        )
    block = "".join(f"  {_quoted(str(key))},\n" for key in added.keys)
    lines = f"\n[[log]]\nvkeys = [\n{block}]\n" + (f"url = {_quoted(url)}\n" if url else "")
    files.put(path, (path.read_text(encoding="utf-8") + lines).encode())
    return added


class Watched:
    """The settings as the file says them now: a log that was added is trusted without a restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = self._now()
        self._config = read(path)

    def __call__(self) -> Config:
        """The settings; those before an edit that spoiled the file remain in force."""
        if (stamp := self._now()) != self._stamp:
            self._stamp = stamp
            try:
                self._config = read(self._path)
            except Refused:
                return self._config
        return self._config

    def _now(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size


def _logs(path: Path, told: Any) -> dict[str, TrustedLog]:
    if not isinstance(told, list):
        raise _bad(path, "日志应写成 [[log]]")
    logs: dict[str, TrustedLog] = {}
    for one in told:
        found = _log(path, one)
        if found.origin in logs:
            raise _bad(path, f"日志“{found.origin}”写了两次")
        logs[found.origin] = found
    return logs


def _log(path: Path, told: Any) -> TrustedLog:
    if not isinstance(told, dict) or not isinstance(told.get("vkeys"), list) or not told["vkeys"]:
        raise _bad(path, '每个 [[log]] 要有 vkeys = ["公钥"]')
    _require_known(path, told, _LOG_KEYS)
    keys = tuple(note.VerifierKey.parse(str(vkey)) for vkey in told["vkeys"])
    if len({key.name for key in keys}) != 1:
        raise _bad(path, "一个 [[log]] 的公钥应同名：名称就是日志的来源")
    if any(key.kind not in LOG_KINDS for key in keys):
        raise _bad(path, f"“{keys[0].name}”的公钥不是日志的公钥（应为 Ed25519 或 ML-DSA-44 签名）")
    return TrustedLog(keys[0].name, keys, _address(path, told.get("url", "")))


def _address(path: Path, url: Any) -> str:
    """Where a log is fetched from: only what this file says is ever asked, and nothing redirects it."""
    if url == "":
        return ""
    parts = urlsplit(str(url))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise _bad(path, f"网址“{str(url)[:60]}”应为 http(s)://主机/路径/，不带参数")
    return str(url).rstrip("/") + "/"


def _text(path: Path, told: Mapping[str, Any], key: str, default: str = "") -> str:
    value = told.get(key, default)
    if not isinstance(value, str) or not value:
        raise _bad(path, f"缺少 {key}，或不是文字")
    return value


def _require_known(path: Path, told: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(told) - known):
        raise _bad(path, f"不认识的设置：{'、'.join(unknown)}")


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _bad(path: Path, why: str) -> Refused:
    return Refused(
        "bad-witness-config", f"{path.name} 有误：{why}。", remedy="对照 docs/guide/witness.md 改正。"
    )
