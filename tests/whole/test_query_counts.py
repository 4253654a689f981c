"""How many queries each page asks: every address that is read, of every door, by name.

The tables are complete by construction: an address that is in none fails, and so does one that no longer exists. A
figure that rises is a cost for every reader, and one that falls is to be kept: both are changed here on purpose. That
no figure grows with the rows is shown by ``test_large_lists``.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingjing.cases.models import Paper
from mingjing.organs.models import Certificate
from mingjing.publicity import actions as publicity
from tests.makers import AT
from tests.publicity.register_acts import ITEM
from tests.web.desk_world import World

from . import test_field_urls_by_role as field
from . import test_urls_by_role as desk
from .crowds import CROWDS
from .test_urls_by_role import prepared as prepared
from .test_urls_by_role import values as values
from .test_urls_by_role import world as world

# What the tables of roles do not have, and here is there.
FILLED = ("placements", "corrections", "deliveries", "credit records", "publications", "revisions")
OWN = {
    "placement": ("gongshi", "/desk/publications/{placement}"),
    "correction": ("gongshi", "/desk/publications/corrections/{correction}"),
    "package": ("gongshi", "/desk/packages/P20261120"),
    "credit-record": ("gongshi", "/desk/credit-records/{credit_record}"),
    "revision": ("gongshi", "/desk/revisions/{revision}"),
    "statute": ("li", "/desk/law/食品安全法"),
}
# The public addresses with something in them; those in English are the same behind ``/en``.
PUBLIC_PATHS = {
    "decision": "/decisions/{slug}",
    "correct": "/decisions/{slug}/correct",
    "proof": "/decisions/{slug}/proof.json",
    "bundle": "/decisions/{slug}/bundle.zip",
    "text": "/decisions/{slug}/text.pdf",
    "officer": "/officers/{certificate}",
    "officer-photo": "/officers/{certificate}/photo",
    "power": "/powers/FOOD-04",
    "license": "/licenses/none",
    "procedure": "/procedures/penalty-ordinary",
    "flow": "/procedures/penalty-ordinary/flow.svg",
    "register": "/registers/{organ}/random-inspection",
    "register-csv": "/registers/{organ}/random-inspection.csv",
    "register-json": "/registers/{organ}/random-inspection.json",
    "register-jsonl": "/registers/{organ}/random-inspection.jsonl",
    "register-rss": "/registers/{organ}/random-inspection.rss",
    "register-compare": "/registers/{organ}/random-inspection/compare",
    "statute": "/laws/食品安全法",
    "article": "/laws/食品安全法/124",
    "embed": "/embed/{organ}",
    "report-year": "/reports/2025",
    "report-year-file": "/reports/2025/all.csv",
    "report": "/reports/2025/none",
    "report-file": "/reports/2025/none.csv",
    "shared": "/shared/none",
    "verify-sha256": "/verify/{sha256}",
    "verify-proof": "/verify/{sha256}/proof.json",
    "short": "/v/{code}",
    "log-file": "/log/2026/checkpoint",
}
POSTED = {"officer-confirm"}  # the public addresses that are not read
# Where the answer is not a page (the thing is not there, or elsewhere), its status stands beside the figure.
DESK: dict[str, int] = {
    "todo": 5,
    "todo-export": 3,
    "notices": 5,
    "approvals": 5,
    "mandates": 5,
    "recording-watch": 4,
    "reports": 12,
    "report-cell": 3,  # 404
    "report-changes": 3,  # 404
    "report-collection": 6,
    "report-file": 10,
    "conduct-watch": 5,
    "registers": 11,
    "new-register": 3,
    "register": 7,
    "register-queue": 6,
    "register-edition": 9,
    "register-export": 5,
    "register-row": 5,
    "revision": 6,
    "new-organ": 3,
    "edit-organ": 3,
    "new-officer": 3,
    "officer": 8,
    "officer-photo": 6,  # 404
    "help": 3,
    "search": 3,
    "cases": 4,
    "cases-export": 3,
    "new-case": 8,
    "find-party": 2,
    "object": 11,
    "case": 7,
    "case-flow": 5,
    "handlers": 6,
    "handover": 6,
    "countersign": 6,
    "step-back": 9,  # 409
    "participants": 5,
    "merge": 8,
    "split": 5,
    "dossier": 14,
    "dossier-sealed": 11,  # 404
    "late-paper": 11,  # 404
    "publications": 6,
    "placement": 9,
    "correction": 4,
    "archive": 4,
    "archive-export": 3,
    "transfer": 3,  # 404
    "appraisal": 3,  # 404
    "dossier-pdf": 13,
    "dossier-zip": 72,
    "step": 12,
    "recording": 5,
    "excuse": 5,
    "loss": 6,
    "captures": 5,
    "capture-import": 6,
    "devices": 5,
    "submitted-paper": 13,
    "paper": 4,
    "evidence-room": 10,
    "evidence": 17,
    "evidence-content": 3,  # 302
    "evidence-copy": 4,  # 404
    "proof": 6,
    "receipt": 5,
    "payments": 4,
    "deliveries": 5,
    "deliveries-csv": 3,
    "delivery-rows": 6,
    "delivery-rows-csv": 6,
    "packages": 5,
    "package": 5,
    "package-file": 3,  # 404
    "credit-records": 9,
    "credit-record": 4,
    "law": 4,
    "statute": 7,
    "powers": 4,
    "benchmarks": 3,
    "discretion": 4,
    "procedures": 4,
    "procedure": 6,
    "compare-editions": 6,
    "propose-edition": 4,
    "migrate": 6,
    "proposal": 3,  # 404
    "walk": 4,
    "reckon": 3,
    "record": 16,
    "vault": 14,
    "vault-deletion": 3,  # 404
    "organs": 5,
    "account": 4,
    "password": 3,
    "switch": 2,  # 404
    "sign-in": 2,  # 302
    "equipment": 9,
    "equipment-csv": 4,
    "ledger": 13,
    "ledger-csv": 16,
}
FIELD: dict[str, int] = {
    "today": 3,
    "tasks": 3,
    "queue": 2,
    "record": 3,
    "certificate": 3,
    "scans": 2,
    "look-up": 13,
    "case": 4,
    "step": 11,
    "labels": 4,  # 404
    "penalty": 18,
    "slip": 2,
    "numbers": 3,
    "numbers-pack": 3,
    "recorder": 3,
    "capture": 3,  # 404
    "status": 2,
    "manifest": 2,
    "worker": 2,
    "offline": 2,
}
PUBLIC: dict[str, int] = {
    "home": 3,
    "find": 0,  # 302
    "about": 0,
    "healthz": 0,
    "robots": 0,
    "sitemap": 4,
    "decisions": 5,
    "decision": 2,
    "correct": 2,
    "correction": 0,
    "proof": 4,  # 404
    "bundle": 5,  # 404
    "text": 1,  # 409
    "agencies": 2,
    "during": 2,
    "officers": 0,
    "officer": 4,
    "officer-photo": 1,  # 404
    "powers": 1,
    "power": 5,
    "licenses": 0,
    "license": 0,  # 404
    "procedures": 1,
    "procedure": 2,
    "flow": 1,
    "registers": 3,
    "register": 5,
    "register-csv": 3,
    "register-json": 3,
    "register-jsonl": 3,
    "register-rss": 2,
    "register-compare": 2,  # 404
    "laws": 1,
    "statute": 4,
    "article": 3,
    "statistics": 8,
    "embed-snippets": 1,
    "embed": 3,
    "accessibility": 0,
    "withheld": 3,
    "api-docs": 0,
    "api-description": 0,
    "reports": 1,
    "report-year": 1,  # 404
    "report-year-file": 1,  # 404
    "report-file": 1,  # 404
    "report": 1,  # 404
    "shared": 0,
    "verify": 0,
    "verify-sha256": 2,
    "verify-proof": 5,  # 409
    "verify-offline": 1,
    "short": 2,
    "log": 2,
    "verifier": 0,
    "verifier-py": 0,
    "log-policy": 1,
    "log-keys": 3,
    "log-file": 0,
    "decisions-csv": 4,
    "decisions-jsonl": 4,
    "decisions-json": 2,
    "decisions-rss": 2,
    "agencies-csv": 1,
    "agencies-jsonl": 1,
    "agencies-json": 1,
    "agencies-rss": 1,
    "officers-csv": 1,
    "officers-jsonl": 1,
    "officers-json": 1,
    "officers-rss": 1,
    "powers-csv": 1,
    "powers-jsonl": 1,
    "powers-json": 1,
    "powers-rss": 1,
    "licenses-csv": 0,
    "licenses-jsonl": 0,
    "licenses-json": 0,
    "licenses-rss": 0,
    "procedures-csv": 1,
    "procedures-jsonl": 1,
    "procedures-json": 1,
    "procedures-rss": 1,
    "registers-csv": 1,
    "registers-jsonl": 1,
    "registers-json": 1,
    "registers-rss": 1,
    "laws-csv": 1,
    "laws-jsonl": 1,
    "laws-json": 1,
    "laws-rss": 1,
    "statistics-csv": 4,
    "statistics-jsonl": 4,
    "statistics-json": 4,
    "statistics-rss": 4,
    "withheld-csv": 2,
    "withheld-jsonl": 2,
    "withheld-json": 2,
    "withheld-rss": 2,
    "reports-csv": 1,
    "reports-jsonl": 1,
    "reports-json": 1,
    "reports-rss": 1,
    "home-en": 3,
    "find-en": 0,  # 302
    "about-en": 0,
    "accessibility-en": 0,
    "decisions-en": 5,
    "decision-en": 2,
    "agencies-en": 2,
    "officers-en": 0,
    "officer-en": 4,
    "powers-en": 1,
    "power-en": 5,
    "procedures-en": 1,
    "procedure-en": 2,
    "registers-en": 3,
    "register-en": 5,
    "register-compare-en": 2,  # 404
    "statistics-en": 8,
    "withheld-en": 3,
    "reports-en": 1,
    "report-year-en": 1,  # 404
    "report-en": 1,  # 404
    "verify-en": 0,
    "verify-sha256-en": 2,
    "verify-offline-en": 1,
    "short-en": 2,
    "log-en": 2,
}


def read(table: Any, own: Any = OWN) -> dict[str, tuple[str, str]]:
    """The addresses of a door that are read: by name, one person who may, and where."""
    gets = {name: row for name, row in table.items() if row[0] == "GET"}
    return {name: own.get(name, (_reader(statuses), path)) for name, (_, path, statuses, _) in gets.items()}


def _reader(statuses: dict[str, int]) -> str:
    return desk.PERSON[min(statuses, key=lambda role: (statuses[role] == 403, statuses[role]))]


def public() -> dict[str, str]:
    """Every public address that is read, by name."""
    names = {str(one.name): f"/{one.pattern}" for one in desk.addresses("public") if one.name not in POSTED}
    return {name: _public_path(name, pattern) for name, pattern in names.items()}


def _public_path(name: str, pattern: str) -> str:
    chinese = name.removesuffix("-en")
    if chinese not in PUBLIC_PATHS:
        return pattern
    return PUBLIC_PATHS[chinese] if name == chinese else f"/en{PUBLIC_PATHS[chinese]}"


def asked(client: Client, path: str) -> int:
    """How many queries a page asks on a second visit for which nothing was kept."""
    b"".join(client.get(path))
    for one in caches.all(initialized_only=True):
        one.clear()
    with CaptureQueriesContext(connection) as made:
        answer = client.get(path)
        b"".join(answer)  # what is streamed asks while it is read
    assert answer.status_code < 500, path
    return len(made)


def filled(world: World, values: dict[str, Any]) -> dict[str, Any]:
    """What stands in the addresses, with one of everything that the tables of roles do not have."""
    known = deepcopy(values)
    for name in FILLED:
        CROWDS[name].fill(world, known, 1)
    edition = {"edition_id": known["edition"], "at": AT}
    publicity.put_row(values=ITEM, actor=world.actor("gongshi"), **edition)
    publicity.submit_draft(reason="首次编制。", actor=world.actor("juzhang"), **edition)
    publicity.confirm_register(actor=world.actor("jiandu"), **edition)
    paper = Paper.objects.filter(outgoing=True).earliest("pk")
    known |= {
        "sha256": paper.sha256,
        "code": paper.verify_code,
        "certificate": Certificate.objects.earliest("pk").number,
    }
    return known


def differing(found: dict[str, int], pinned: dict[str, int]) -> dict[str, tuple[int | None, int | None]]:
    """The addresses whose figure is not the pinned one, or that only one side has: found, pinned."""
    return {
        name: (found.get(name), pinned.get(name))
        for name in found | pinned
        if found.get(name) != pinned.get(name)
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("door", "pinned"), [(desk.TABLE, DESK), (field.TABLE, FIELD)], ids=["desk", "field"]
)
def test_pages_of_those_who_sign_in(
    world: World, values: dict[str, Any], door: Any, pinned: dict[str, int]
) -> None:
    known = filled(world, values)
    own = OWN if door is desk.TABLE else {}

    found = {
        name: asked(world.client(who), path.format(**known)) for name, (who, path) in read(door, own).items()
    }

    assert differing(found, pinned) == {}


@pytest.mark.django_db
def test_pages_of_the_public(world: World, values: dict[str, Any]) -> None:
    known = filled(world, values)

    found = {name: asked(Client(), path.format(**known)) for name, path in public().items()}

    assert differing(found, PUBLIC) == {}
