"""Workers at once over one database: ``python -m tests.exchange.rivals`` does it on an SQLite file, see the test."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

WORKERS = 4


def race(office: Any) -> dict[str, Any]:
    """What became of workers who send the same placement, note the same receipt, and pack the same decisions."""
    from mingjing.exchange import actions as exchange
    from mingjing.publicity import actions as publicity
    from mingjing.publicity.models import Placement
    from tests.cases.together import faults, together, told
    from tests.exchange.acts import common, published

    matter = published(office)
    by = common(matter)
    row = Placement.objects.get(case_id=matter.case_id, channel="enterprise")
    sending = partial(publicity.sent, placement_id=row.pk, **by)
    noting = partial(publicity.accepted, placement_id=row.pk, number="SC-1", **by)
    packing = partial(exchange.make_package, channel="credit", organ=office.organ.code, **by)
    settling = partial(publicity.settle, case_id=matter.case_id, **by)
    return {
        "send": told(together([sending] * WORKERS)),
        "receive": told(together([noting] * WORKERS)),
        "pack": told(together([packing] * WORKERS)),
        "settle": told(together([settling] * WORKERS)),
        "deliveries": [one.deliveries.count() for one in Placement.objects.filter(case_id=matter.case_id)],
        "faults": faults(),
    }


def main() -> dict[str, Any]:
    django.setup()
    call_command("migrate", verbosity=0)
    from tests.cases.together import new_office

    return race(new_office())


if __name__ == "__main__":
    Path(os.environ["MINGJING_VAR"]).mkdir(exist_ok=True)
    sys.stdout.write(json.dumps(main(), ensure_ascii=False))
