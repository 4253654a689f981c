"""Invented parties: codes that pass every check and belong to nobody."""

from __future__ import annotations

from mingjing.kernel.codes import citizen_check, credit_check, organization_check


def credit_code(serial: int, *, head: str = "91", region: str = "511702") -> str:
    """A valid but invented unified social credit code."""
    body = f"{serial:08d}"
    first = f"{head}{region}{body}{organization_check(body)}"
    return first + credit_check(first)


def citizen_id(serial: int, *, region: str = "511702", born: str = "19900101") -> str:
    """A valid but invented citizen identity number."""
    first = f"{region}{born}{serial:03d}"
    return first + citizen_check(first)
