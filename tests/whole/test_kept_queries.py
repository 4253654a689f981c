"""Every query whose SQL is kept answers as the queryset it was made of."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from mingjing import urls
from mingjing.sql import KEPT, Kept
from tests import makers
from tests.office import Matter, Office, open_matter, to_notice

pytestmark = pytest.mark.django_db
assert urls  # naming the addresses imports every room, and with it every kept query

ROWS = [f"{kept.build.__module__}:{kept.build.__code__.co_firstlineno}" for kept in KEPT]


def asked(kept: Kept[Any], office: Office, matter: Matter) -> dict[str, Any]:
    """A value for each place of the query, by the name of the place."""
    known = {
        "case": matter.case.pk,
        "no": matter.case.no,
        "before": 100,
        "organ": office.organ.pk,
        "path": office.organ.path,
        "subject": f"case:{matter.case.pk}",
        "officer": office.people["handler"].pk,
        "account": makers.account(office.people["handler"]).pk,
    }
    return {name: known[name] for name in kept.names}


def told(row: Any) -> Any:
    """A row with its relations, as values."""
    if not isinstance(row, Model):
        return row
    values = {name: value for name, value in vars(row).items() if name != "_state"}
    return {**values, **{name: told(one) for name, one in row._state.fields_cache.items()}}


@pytest.mark.parametrize("kept", KEPT, ids=ROWS)
def test_a_kept_query_answers_as_its_queryset(kept: Kept[Any], office: Office) -> None:
    values = asked(kept, office, to_notice(open_matter(office, power="FOOD-03", fine_fen=6_000_000)))

    plain = [told(row) for row in kept.build(**values)]

    assert plain, "this world has no row for the query: nothing would be proved"
    assert [told(row) for row in kept(**values)] == plain
    assert [told(row) for row in kept(**values)] == plain
