"""In which capacity somebody acts in a step."""

from __future__ import annotations

from mingjing.kernel.procedure import Step as Rule
from mingjing.organs.authority import Actor


def acting_roles(rule: Rule, proposer: Actor | None) -> tuple[str, ...]:
    """The roles in which the step is acted on: the approver's where somebody proposed it, else the taker's."""
    return (rule.approve,) if proposer is not None and rule.approve is not None else rule.by
