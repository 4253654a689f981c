"""Which cases cannot be opened, and whose case it is that is opened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mingjing.cases.actions import open_case
from mingjing.demo.answers import answer
from tests.office import (
    MONDAY,
    ORDINARY,
    Office,
    company,
    nothing_saved,
    open_matter,
    refused,
    scene,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "who, changes, code",
    [
        ("reviewer", {}, "no-permission"),
        ("supervisor", {}, "wrong-role"),
        ("handler", {"organ_id": -1}, "other-organ"),
        ("handler", {"title": "  "}, "missing"),
        ("handler", {"title": "案" * 301}, "too-long"),
        ("handler", {"procedure": "penalty-by-mood"}, "no-such-procedure"),
        ("handler", {"handlers": ["cashier"]}, "wrong-role"),
        ("handler", {"handlers": ["colleague", "second"]}, "not-handler-of-case"),
        ("handler", {"party": {"name": "", "kind": "enterprise"}}, None),
        ("handler", {"facts": {}}, "bad-facts"),
        ("handler", {"at": MONDAY - timedelta(days=365 * 10)}, "no-such-procedure"),
    ],
)
def test_a_case_that_cannot_be_opened_leaves_nothing(
    office: Office, who: str, changes: dict[str, Any], code: str | None
) -> None:
    handlers = [office.people[one].pk for one in changes.pop("handlers", ["handler"])]
    values: dict[str, Any] = {
        "organ_id": office.organ.pk,
        "procedure": ORDINARY,
        "title": "达州市某某食品有限公司经营超过保质期的食品案",
        "facts": answer("register", scene(), MONDAY, {}),
        "actor": office.actor(who),
        "at": MONDAY,
        "party_id": company().pk,
        "handlers": handlers,
    }
    values |= changes
    if "party" in changes:
        values["party_id"] = None

    with nothing_saved(), refused_with_any(code):
        open_case(**values)


def refused_with_any(code: str | None) -> Any:
    """A refusal with this code, or with whichever the room of parties gives."""
    return refused(code) if code else pytest.raises(Exception, match="名称")


def test_a_merged_party_is_replaced_by_the_one_that_stands_for_it(office: Office) -> None:
    kept, dropped = company(), company()
    dropped.merged_into = kept
    dropped.save(update_fields=["merged_into"])

    assert open_matter(office, party=dropped).case.party == kept
