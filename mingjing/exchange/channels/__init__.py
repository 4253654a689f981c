"""The ways to other platforms: by interface where a channel has one, by an upload file where it has none.

Which channel has an interface is the operator's to say, in the TOML file ``MINGJING_CHANNELS_FILE``::

    [credit]
    url = "https://credit.example/api/double-publicity"
    token_file = "/etc/mingjing/credit.token"
    timeout_seconds = 20

A channel that is not in the file is served by upload files. Addresses must be https, or on this machine.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from mingjing.kernel.refused import Refused

from .http import Answer, Down, Interface, post

__all__ = ["Answer", "Down", "Interface", "interfaces", "post"]
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_KEYS = {"url", "token_file", "timeout_seconds"}


def interfaces() -> dict[str, Interface]:
    """The channels that have an interface, by name; empty where nothing is set.

    Raises: Refused ``channels-wrong``.
    """
    if not settings.MINGJING_CHANNELS_FILE:
        return {}
    path = Path(settings.MINGJING_CHANNELS_FILE)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: _interface(name, one) for name, one in told.items()}
    except OSError as error:
        raise _wrong(f"无法读取 {path}（{error.strerror}）") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise _wrong(f"{path}：{error}") from error


def _interface(name: str, told: Any) -> Interface:
    if not isinstance(told, dict) or not set(told) <= _KEYS:
        raise ValueError(f"[{name}] 只能有 {'、'.join(sorted(_KEYS))}")
    url, seconds = str(told.get("url", "")), told.get("timeout_seconds", 20)
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError(f"[{name}] 的 url 须为 https")
    if not isinstance(seconds, int | float) or not 0 < seconds <= 300:
        raise ValueError(f"[{name}] 的 timeout_seconds 应为 1 至 300")
    token = Path(told["token_file"]).read_text(encoding="utf-8").strip() if told.get("token_file") else ""
    return Interface(url, token, float(seconds))


def _wrong(what: str) -> Refused:
    return Refused(
        "channels-wrong", f"报送渠道的设置有误：{what}。", remedy="修改 MINGJING_CHANNELS_FILE 所指的文件。"
    )
