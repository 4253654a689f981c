"""The confirmed lists of organs and officers say who acts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.cases.needs import NEEDS
from mingjing.organs.queries import ConfirmedList
from tests.cases.test_needs import judged, situation


def confirmed(**lists: Any) -> Any:
    """The confirmed registers, by kind (``_`` for ``-``): which keys each names."""
    kept = {
        kind.replace("_", "-"): ConfirmedList(
            kind=kind, title="某某清单", number=2, since=date(2026, 1, 5), keys=keys
        )
        for kind, keys in lists.items()
    }
    return lambda kind, organ_id: kept.get(kind)


@pytest.mark.parametrize(
    "act, lists, code",
    [
        ("penalty", {"subjects": ["dz-jg"]}, None),
        ("penalty", {"subjects": ["dz-lj"]}, "organ-not-listed"),
        ("penalty", {"subjects": ["dz-jg"], "inspection_subjects": ["dz-lj"]}, None),
        ("inspection", {"subjects": ["dz-jg"], "inspection_subjects": ["dz-lj"]}, "organ-not-listed"),
        ("inspection", {"subjects": ["dz-jg"], "inspection_subjects": ["dz-jg"]}, None),
        ("inspection", {"inspection_subjects": ["dz-jg"]}, "organ-not-confirmed"),
    ],
)
def test_the_confirmed_list_says_which_organ_acts(act: str, lists: dict[str, Any], code: str | None) -> None:
    """达州三项制度方案 para. 2(1); 国办发〔2024〕54号: an organ the list names needs no other day of confirmation."""
    given = {"act": act, "organ_code": "dz-jg", "organ_confirmed_on": None, "confirmed": confirmed(**lists)}

    assert judged("confirmed_organ", **given) == code


@pytest.mark.parametrize(
    "numbers, code",
    [
        (None, None),
        (["23170001", "23170002"], None),
        (["23170001"], "officers-not-certified"),
        ([], "officers-not-certified"),
    ],
)
def test_only_officers_on_the_confirmed_list_act(numbers: list[str] | None, code: str | None) -> None:
    """达州三项制度方案 para. 2(1): a valid certificate that no confirmed list names carries no act; no list, no bar."""
    given = confirmed() if numbers is None else confirmed(officers=numbers)

    assert judged("two_certified_officers", confirmed=given) == code


def test_the_refusal_names_the_list_and_what_to_do() -> None:
    refused = NEEDS["two_certified_officers"](situation(confirmed=confirmed(officers=["23170001"])))

    assert refused is not None
    assert "证件 23170002 不在自 2026-01-05 起公布的《某某清单》（第 2 版）中" in refused.reason
    assert "修订清单" in (refused.remedy or "")
