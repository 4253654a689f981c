"""The words of custody: what can be done with a piece of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

# One playing is one entry: a page that is reloaded, a player that asks for a hundred ranges, add nothing.
WINDOW = timedelta(minutes=30)
MOST_REASON = 300

KINDS: Mapping[str, str] = {
    "view": "查看",
    "play": "播放",
    "download": "下载",
    "export": "随卷导出",
    "clip": "截取片段",
    "derive": "制作副本",
    "transcribe": "机器转写",
    "edit_transcript": "整理文字稿",
    "mark": "标记",
    "share_ask": "申请提供",
    "share": "批准提供",
    "share_decline": "不同意提供",
    "share_take": "对方提取",
    "end_share": "停止提供",
    "hold": "停止销毁",
    "release_hold": "解除停止销毁",
    "retention": "变更保管期限",
    "delete": "销毁",
}


def title(kind: str) -> str:
    """The act in words; an unknown one as it is."""
    return KINDS.get(kind, kind)
