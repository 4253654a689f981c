"""Where a procedure decides on somebody's rights, and whether it says what protects him there.

Every such step names, kind by kind (事先告知、陈述申辩、法制审核、两名执法人员), the guarantee that no case
escapes, or the reason in law why there is none. ``mingjing codex check`` holds every procedure to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from mingjing.kernel.procedure import GUARANTEE_KINDS, Procedure
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.tables import Problem

from .papers import forms

DECIDED_ON = "decided_on"
POWER = "statutory_power"
PAIRS = frozenset({"two_certified_officers", "two_inspectors"})


def decides(rule: Rule) -> bool:
    """Whether the step decides on rights: the decision itself, whatever tells remedies, and force used."""
    known = forms.catalogue()
    tells_remedies = any(paper.form in known and known[paper.form].remedy for paper in rule.papers)
    return rule.stamps == DECIDED_ON or tells_remedies or (POWER in rule.needs and rule.recording == "full")


def unanswered(procedure: Procedure) -> Iterator[tuple[Rule, str]]:
    """The deciding steps and the kinds of guarantee of which the file says neither how nor why not."""
    said = {(one.step, one.kind) for one in procedure.guarantees}
    said |= {(step, kind) for one in procedure.exemptions for step in one.steps for kind in one.kinds}
    for rule in procedure.steps.values():
        if decides(rule):
            yield from ((rule, kind) for kind in GUARANTEE_KINDS if (rule.id, kind) not in said)


def problems(procedure: Procedure, shown: str) -> Iterator[Problem]:
    """What is unanswered, and guarantees of two officers that rest on a step that one may take."""
    for rule, kind in unanswered(procedure):
        yield Problem(
            f"{shown} steps.{rule.id}",
            f"“{rule.title}”影响当事人的权利，没有写明怎样保证{GUARANTEE_KINDS[kind]}，也没有写明为什么不适用",
            f'请写 [[guarantees]]（kind = "{kind}"），或者 [[exempt]]（steps、kinds、reason、basis）',
        )
    for number, guarantee in enumerate(procedure.guarantees):
        before = [procedure.steps[name.removeprefix("lapse:")] for name in guarantee.requires]
        alone = [step.title for step in before if not PAIRS & set(step.needs)]
        if guarantee.kind == "officers" and (alone or (guarantee.needs and not PAIRS & set(guarantee.needs))):
            yield Problem(
                f"{shown} guarantees[{number}]",
                f"“{guarantee.title}”没有保证：{'、'.join(alone) or '所写的条件'}不要求两名执法人员",
                "请在该环节的 needs 中写 two_certified_officers，或者改为 [[exempt]]",
            )
