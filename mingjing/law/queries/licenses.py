"""Which licenses are granted here, on what conditions, in what time and by which procedures."""

from __future__ import annotations

from datetime import date

from mingjing.kernel.refused import Refused
from mingjing.law.codex.licenses import LicenseItem, licenses


def license_items(
    *, procedure: str = "", organ_field: str = "", words: str = "", on: date | None = None
) -> list[LicenseItem]:
    """License items in file order, filtered by procedure, kind of organ, words and day. Cost: no query."""
    return [
        item
        for item in licenses()
        if (not procedure or procedure in item.procedures)
        and (not organ_field or organ_field in item.organ_fields)
        and (not words or words in item.title or words == item.code or words in item.basis)
        and (on is None or item.in_force_on(on))
    ]


def license_item(code: str) -> LicenseItem:
    """The license item of that code.

    Raises: Refused ``no-such-license``. Cost: no query.
    """
    found = next((item for item in licenses() if item.code == code), None)
    if found is None:
        raise Refused(
            "no-such-license",
            f"许可事项清单中没有编号为“{code}”的事项。",
            basis="优化营商环境条例/40(1)",
            remedy="请在“许可事项”中查找正确的编号；清单之外不得实施行政许可。",
        )
    return found
