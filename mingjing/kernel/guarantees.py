"""保证: what no case of a procedure can escape, and why some of it does not apply to a step.

A guarantee is proved, never asked at run time: over every case that the rules allow
(``explore.broken_guarantees``), or by the form or the conditions of the step itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from mingjing.kernel.conditions import Condition
from mingjing.kernel.tables import Table

# What the law gives everybody before a decision on their rights, by the word the files use.
KINDS = {
    "notice": "事先告知（催告）",
    "defence": "陈述、申辩",
    "review": "法制审核",
    "officers": "两名以上执法人员",
}


@dataclass(frozen=True, slots=True)
class Guarantee:
    """``step`` (where ``when`` holds) is never taken before one of ``requires``.

    An entry of ``requires`` is a step, or ``lapse:step`` for the end of the right to take it. Instead, ``asks``
    names facts without which the form of ``step`` is not accepted, ``needs`` conditions that it names itself.
    ``kind`` is one of ``KINDS``, or empty for what is special to this procedure.
    """

    title: str
    step: str
    when: Condition | None
    requires: tuple[str, ...]
    basis: str
    kind: str = ""
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exemption:
    """不适用: why the law does not ask guarantees of these ``kinds`` of these ``steps``."""

    steps: tuple[str, ...]
    kinds: tuple[str, ...]
    reason: str
    basis: str


def read_guarantee(table: Table) -> Guarantee:
    """One entry of ``[[guarantees]]``."""
    guarantee = Guarantee(
        title=table.text("title", required=True),
        step=table.text("step", required=True),
        when=table.condition("when"),
        requires=table.texts("requires"),
        basis=table.text("basis", required=True),
        kind=table.one_of("kind", ("", *KINDS), ""),
        asks=table.texts("asks"),
        needs=table.texts("needs"),
    )
    if not (guarantee.requires or guarantee.asks or guarantee.needs):
        table.wrong(
            "requires", "没有写靠什么保证", "请写 requires（环节）、asks（必填项）或者 needs（办理条件）"
        )
    table.finish()
    return guarantee


def read_exemption(table: Table) -> Exemption:
    """One entry of ``[[exempt]]``."""
    exemption = Exemption(
        steps=table.texts("steps", required=True),
        kinds=table.texts("kinds", required=True),
        reason=table.text("reason", required=True),
        basis=table.text("basis", required=True),
    )
    for kind in exemption.kinds:
        if kind not in KINDS:
            table.wrong("kinds", f"没有“{kind}”这种保证", f"可用：{'、'.join(KINDS)}")
    table.finish()
    return exemption
