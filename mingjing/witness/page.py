"""The page that people at the bureau look at: plain HTML, no script, nothing fetched from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from mingjing.witness.memory import Refusal
from mingjing.witness.state import WORDS, LogState, State

SHANGHAI = ZoneInfo("Asia/Shanghai")

STYLE = """
:root{--brand:#1f4e8f;--ink:#14202e;--soft:#4c5a69;--line:#d6dfe9;--ground:#f1f5f9;--red:#a81c1c;
--red-soft:#fdeaea;--amber:#7d5200;--amber-soft:#fff3d9;--green:#1b6638;--green-soft:#e4f4e9;--grey:#eaeef2}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);line-height:1.6;font-family:"PingFang SC",
"HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
header{background:var(--brand);color:#fff}
header>div,main{max-width:62rem;margin:0 auto;padding:1.25rem 1rem}
header p{margin:.25rem 0 0;color:#dbe6f4}
h1{margin:0;font-size:1.375rem;font-weight:600}
h2{font-size:1.125rem;margin:2rem 0 .75rem}
main{padding-bottom:3rem}
.all{border-radius:.5rem;padding:.75rem 1.25rem;margin:0;font-weight:600}
.fine{background:var(--green-soft);color:var(--green)}
.alarm{background:var(--red-soft);color:var(--red)}
.trouble,.behind{background:var(--amber-soft);color:var(--amber)}
.never,.silent{background:var(--grey);color:var(--soft)}
article{background:#fff;border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.25rem;margin:0 0 1rem}
h3{margin:0;font-size:1rem;overflow-wrap:anywhere;min-width:0;font-weight:600}
.top{display:flex;gap:.75rem;align-items:flex-start;justify-content:space-between}
.lamp{flex:none;border-radius:1rem;padding:.1rem .75rem;font-size:.875rem}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem 1.25rem;margin:.75rem 0 0}
dt{color:var(--soft);font-size:.875rem}
dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
dd small,.note{color:var(--soft);font-size:.875rem}
.big{font-size:1.5rem;font-weight:600;line-height:1.3}
.why{margin:.75rem 0 0;padding:.5rem .75rem;border-radius:.3125rem}
.more{margin:.75rem 0 0;font-size:.875rem}
code{font:.8125rem/1.5 ui-monospace,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere;
display:block;background:var(--grey);border-radius:.3125rem;padding:.5rem .75rem;margin:.5rem 0}
a{color:#1b5299}
.list{list-style:none;margin:0;padding:0}
.list li{background:#fff;border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1.25rem;margin:0 0 .75rem}
.list p{margin:.25rem 0 0}
@media (prefers-color-scheme:dark){:root{--brand:#173f74;--ink:#e8edf3;--soft:#a9b6c4;--line:#33414f;
--ground:#111a24;--red:#ffb4b4;--red-soft:#4a1d1d;--amber:#ffd88a;--amber-soft:#43310d;--green:#a5e0bb;
--green-soft:#15391f;--grey:#26323e}article,.list li{background:#1a2530}a{color:#9cc4f5}}
""".strip()

_WHAT = {
    "forked": "同一条数，两个树根",
    "inconsistent": "证明不成立",
    "rolled-back": "签名头变短",
}


def headers() -> list[tuple[str, str]]:
    """What keeps the page to itself: only its own style, no script, no frame, no cache."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return [
        (
            "Content-Security-Policy",
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'",
        ),
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
    ]


def page(state: State, at: datetime) -> str:
    """The state as a page."""
    logs = "".join(_log(log, at) for log in state.logs) or (
        "<article><p>还没有信任任何日志。用 <b>mingjing witness add-log</b> 加入日志的公钥。</p></article>"
    )
    keys = "".join(f"<code>{escape(key)}</code>" for key in state.keys)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>日志见证 · {escape(state.title)}</title><style>{STYLE}</style></head><body>"
        f"<header><div><h1>{escape(state.title)} · 执法记录日志见证</h1>"
        f"<p>{escape(state.name)}</p></div></header><main>"
        f"{_summary(state)}<h2>日志</h2>{logs}<h2>没有联署的签名头</h2>{_refusals(state)}"
        f"<h2>见证公钥</h2><p class=note>写入信任策略，任何人都可以据此核对联署。</p>{keys}"
        f"<p class=note>本页时间为北京时间，生成于 {_time(at)}。"
        '程序读取：<a href="/status.json">status.json</a>。</p></main></body></html>'
    )


def _summary(state: State) -> str:
    alarms = [log for log in state.logs if log.word == "alarm"]
    if alarms:
        text = f"{len(alarms)} 个日志出现两段历史，已停止联署其中后来的一段。请立即查明，保全证据。"
        return f'<p class="all alarm">{text}</p>'
    if not state.well:
        return '<p class="all trouble">联署正常，镜像需要处理，见下。</p>'
    if not state.logs:
        return '<p class="all never">见证方已运行，等待加入日志。</p>'
    return '<p class="all fine">一切正常：每次联署前都核对过，新的签名头是已联署部分的延续。</p>'


def _log(log: LogState, at: datetime) -> str:
    cells = [
        _cell("已联署", f"<span class=big>{log.size:,}</span> 条"),
        _cell("最近一次增长", _ago(log.grown_at, at)),
        _cell("最近一次联署", _ago(log.seen_at, at)),
        _cell("镜像", _mirror(log, at)),
    ]
    link = f'<p class=more><a href="/{log.hash}/checkpoint">查看已联署的签名头</a></p>' if log.seen_at else ""
    trouble = f'<p class="why trouble">{escape(log.trouble)}</p>' if log.trouble else ""
    return (
        f"<article><div class=top><h3>{escape(log.origin)}</h3>"
        f'<span class="lamp {log.word}">{WORDS[log.word]}</span></div>'
        f"<dl>{''.join(cells)}</dl>{trouble}{link}</article>"
    )


def _mirror(log: LogState, at: datetime) -> str:
    if log.mirrored is None:
        return "不保存副本"
    if log.mirrored == log.size:
        return "完整"
    return f"{log.mirrored:,} 条<br><small>还差 {log.size - log.mirrored:,} 条</small>"


def _refusals(state: State) -> str:
    if not state.refusals:
        return "<p class=note>没有。</p>"
    return f"<ul class=list>{''.join(map(_refusal, state.refusals))}</ul>"


def _refusal(one: Refusal) -> str:
    word = "alarm" if one.code == "forked" else "trouble"
    times = f"，共 {one.times} 次，最近 {_time(one.last_at)}" if one.times > 1 else ""
    return (
        f'<li><div class=top><h3>{escape(one.origin)}</h3><span class="lamp {word}">'
        f"{escape(_WHAT.get(one.code, one.code))}</span></div>"
        f"<p>{escape(one.reason)}</p><p class=note>{_time(one.first_at)}{times}</p></li>"
    )


def _cell(term: str, value: str) -> str:
    return f"<div><dt>{term}</dt><dd>{value}</dd></div>"


def _ago(moment: datetime | None, at: datetime) -> str:
    if moment is None:
        return "—"
    return f"{_age(at - moment)}<br><small>{_time(moment)}</small>"


def _age(passed: timedelta) -> str:
    minutes = max(int(passed.total_seconds()) // 60, 0)
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    return f"{minutes // 60} 小时前" if minutes < 48 * 60 else f"{minutes // 1440} 天前"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
