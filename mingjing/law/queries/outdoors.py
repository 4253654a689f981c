"""What the codex knows of work outdoors: steps, aids to fill in, and what may be fined on the spot."""

from __future__ import annotations

from mingjing.law.codex.field_work import Aid, Spot, field_work
from mingjing.law.codex.powers import Power

from .powers import power_items


def field_steps(procedure: str) -> tuple[str, ...]:
    """The steps of a procedure that are taken outdoors, in their order; none where the codex names none."""
    return field_work().routes.get(procedure, ())


def field_aids(procedure: str, step: str, field: str) -> list[Aid]:
    """The lists that help to fill in a step in a field of law; where there are lists of that field, only those of
    the general ones that fill in another fact or are of another kind. Cost: no query."""
    found = [one for one in field_work().aids if (one.procedure, one.step) == (procedure, step)]
    own = {(one.kind, one.fact) for one in found if field in one.fields and one.kind == "checklist"}
    return [
        one for one in found if field in one.fields or (not one.fields and (one.kind, one.fact) not in own)
    ]


def spot_powers(organ_field: str, cap_fen: int) -> list[tuple[Power, Spot | None]]:
    """The power items of a kind of organ that a fine under the cap can answer, with how they are written up.

    Only fines in amounts of money: what depends on the value of goods is no clear case. 行政处罚法/51. Cost: 1 query.
    """
    spots = field_work().spots
    return [
        (item, spots.get(item.code))
        for item in power_items(organ_field=organ_field)
        if any(
            rule.base == "amount" and not rule.bound_to_goods and rule.least <= cap_fen for rule in item.fines
        )
    ]
