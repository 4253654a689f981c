"""Which coercive measures the law lets an organ take, and whether this one is among them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from mingjing.kernel.refused import Refused
from mingjing.law.codex.coercion import KINDS, CoercivePower
from mingjing.law.codex.coercion import coercive_powers as every


def coercive_powers(
    *, field: str, organ_field: str, on: date, item: str | None = None
) -> list[CoercivePower]:
    """The powers of an organ in matters of a field on a day; with ``item`` only those that cover it."""
    return [
        power
        for power in every()
        if power.valid(on) and power.serves(field, organ_field) and (item is None or power.covers(item))
    ]


def coercive_power(code: str) -> CoercivePower:
    """The power of that code. Raises: Refused ``no-such-power``."""
    for power in every():
        if power.code == code:
            return power
    raise Refused(
        "no-such-power",
        f"强制权清单中没有编号为“{code}”的强制权。",
        basis="行政强制法/10",
        remedy="请从列出的强制权中选择；法律没有授权的，不得实施。",
    )


def why_no_coercion(
    code: str, kinds: Iterable[str], *, field: str, organ_field: str, item: str | None, on: date
) -> Refused | None:
    """Why the power does not carry these measures here, or None.

    Source: 行政强制法 arts. 10, 13 (set by statute only), 17, 22, 29 (by the organ the statute names).
    """
    try:
        power = coercive_power(code)
    except Refused as refused:
        return refused
    here = f"“{power.title}”（{power.code}）"
    if not power.serves(field, organ_field):
        reason = f"法律没有把{here}授予本机关在本领域行使。"
        return Refused("no-statutory-power", reason, basis="行政强制法/17(1)", remedy=_NOTHING_ELSE)
    if not power.valid(on):
        span = f"{power.in_force} 至 {power.until or '今'}"
        return Refused("power-not-in-force", f"{here}的施行期为 {span}，{on} 不在其内。", basis=power.basis,
                       remedy="请选择当日施行的强制权。")  # fmt: skip
    if not power.covers(item):
        rest = f"本案的权责事项是 {item}" if item else "本案还没有确定权责事项"
        reason = f"{here}只适用于事项 {'、'.join(power.items)}，{rest}。"
        return Refused(
            "power-not-for-item", reason, basis=power.basis, remedy="请核对权责事项，或者选择其他强制权。"
        )
    beyond = [KINDS.get(kind, kind) for kind in kinds if kind not in power.kinds]
    if beyond:
        reason = f"{here}只规定了{power.kinds_in_words}，没有规定{'、'.join(beyond)}。"
        return Refused("kind-not-in-power", reason, basis="行政强制法/10", remedy="请改为法律规定的措施。")
    return None


_NOTHING_ELSE = "法律、法规没有授权的措施不得实施；需要采取的，请联系有权机关。"
