"""Every address × every role is decided.

``TABLE`` says for each address of the desk what each role gets. It is complete by construction: an address
that is not in it fails, and so does one that no longer exists. The public door needs no table: each of its
addresses answers a stranger and an official alike.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from mingjing.cases.models import Submission
from mingjing.organs.roles import ROLES
from mingjing.publicity import actions as publicity
from mingjing.record import actions as record
from tests.makers import AT
from tests.office import one_rolled_back_world
from tests.web import desk_world
from tests.web.desk_world import FILE, World

# One person for each role, all of the organ that handles the case but for the justice bureau's two.
# ``li`` handles the case; ``stranger`` has the same role in another organ.
PERSON = {
    "handler": "li",
    "unit_head": "kezhang",
    "reviewer": "shenhe",
    "organ_head": "juzhang",
    "hearing_host": "zhuchi",
    "publisher": "gongshi",
    "cashier": "duizhang",
    "archivist": "dangan",
    "clerk": "shouli",
    "issuer": "zhizheng",
    "keeper": "baoguan",
    "drawer": "chouqu",
    "supervisor": "jiandu",
    "manager": "guanli",
}
OFFICE = (
    "handler",
    "unit_head",
    "reviewer",
    "organ_head",
    "hearing_host",
    "publisher",
    "cashier",
    "archivist",
    "clerk",
    "issuer",
    "keeper",
    "drawer",
)
REGISTRARS = ("unit_head", "reviewer", "organ_head", "publisher", "supervisor")
READERS = (*OFFICE, "supervisor")
LAWYERS = (*(role for role in OFFICE if role not in ("cashier", "archivist")), "supervisor", "manager")
BINDERS = ("handler", "unit_head", "reviewer", "organ_head", "archivist", "supervisor")
PUBLICITY = ("unit_head", "organ_head", "publisher", "supervisor")
ARCHIVE = ("archivist", "organ_head", "supervisor")
OPENERS = ("handler", "unit_head", "archivist", "clerk", "supervisor")
GATHERERS = ("handler", "unit_head", "reviewer", "organ_head", "clerk", "supervisor")
VAULT = ("organ_head", "archivist", "supervisor", "manager")
TELLERS = tuple(code for code, role in ROLES.items() if "publication.read" in role.permissions)
OPEN = tuple(ROLES)


def _gets(roles: tuple[str, ...], status: int = 200, **others: int) -> dict[str, int]:
    """``status`` for these roles, 403 for all others unless ``others`` says differently."""
    return {role: others.get(role, status if role in roles else 403) for role in ROLES}


# Method and path: {no} is a case of li's, {submission} an open submission of li's, and so on.
TABLE: dict[str, tuple[str, str, dict[str, int], int | None]] = {
    # name: (method, path, what each role gets, what the stranger from another organ gets or None: as the role)
    "todo": ("GET", "/desk", _gets(READERS, manager=302), 200),
    "todo-export": ("GET", "/desk/todo.xlsx", _gets(READERS), 200),
    "notices": ("GET", "/desk/notices", _gets(READERS), 200),
    "approvals": ("GET", "/desk/approvals", _gets(READERS), 200),
    "mandates": ("GET", "/desk/mandates", _gets(READERS), 200),
    "recording-watch": ("GET", "/desk/recording-watch", _gets(READERS), 200),
    # The bureau is led to its collection; another organ's people see their own organ's report.
    "reports": ("GET", "/desk/reports", _gets(READERS, supervisor=302), 200),
    "report-cell": ("GET", "/desk/reports/cell", _gets(READERS, 404), 404),
    "report-changes": ("GET", "/desk/reports/changes", _gets(READERS, 404), 404),
    "report-collection": ("GET", "/desk/reports/collection", _gets(("supervisor",)), 403),
    "report-file": ("GET", "/desk/reports/file.csv", _gets(READERS), 200),
    "conduct-watch": ("GET", "/desk/conduct-watch", _gets(READERS), 200),
    "end-mandate": ("POST", "/desk/mandates/424242/end", _gets(READERS, 404), 404),
    "registers": ("GET", "/desk/registers", _gets(REGISTRARS), 403),
    "new-register": ("GET", "/desk/registers/new", _gets(REGISTRARS[:-1]), 403),
    "register": ("GET", "/desk/registers/{register}", _gets(REGISTRARS), 403),
    "register-queue": ("GET", "/desk/register-queue", _gets(("supervisor",)), 403),
    "register-edition": ("GET", "/desk/register-editions/{edition}", _gets(REGISTRARS), 403),
    "register-export": ("GET", "/desk/register-editions/{edition}.xlsx", _gets(REGISTRARS), 403),
    "register-row": ("GET", "/desk/register-editions/{edition}/row", _gets(REGISTRARS[:-1]), 403),
    "revision": ("GET", "/desk/revisions/424242", _gets(REGISTRARS, 404), 403),
    "new-organ": ("GET", "/desk/organs/new", _gets(("manager",)), 403),
    "edit-organ": ("GET", "/desk/organs/{organ}/edit", _gets(("manager",)), 403),
    "new-officer": ("GET", "/desk/organs/{organ}/officers/new", _gets(("manager",)), 403),
    "officer": ("GET", "/desk/officers/{officer}", _gets(("manager", "supervisor")), 403),
    "officer-photo": ("GET", "/desk/officers/{officer}/photo", _gets(("manager", "supervisor"), 404), 403),
    "help": ("GET", "/desk/help", _gets(OPEN), 200),
    "search": ("GET", "/desk/search", _gets(OPEN), 200),
    "cases": ("GET", "/desk/cases", _gets(READERS), 200),
    "cases-export": ("GET", "/desk/cases.xlsx", _gets(READERS), 200),
    "new-case": ("GET", "/desk/cases/new", _gets(OPENERS), 200),
    "find-party": ("GET", "/desk/parties/find", _gets(OPENERS), 200),
    # Who may look parties up sees what the own organ holds about one: another organ's people see an empty list.
    "object": ("GET", "/desk/parties/{party}", _gets(GATHERERS), 200),
    "case": ("GET", "/desk/cases/{no}", _gets(READERS), 404),
    "case-flow": ("GET", "/desk/cases/{no}/flow", _gets(READERS), 404),
    "handlers": ("GET", "/desk/cases/{no}/handlers", _gets(READERS), 404),
    "handover": ("GET", "/desk/cases/{no}/handover", _gets(READERS), 404),
    # What is asked for does not exist any more: whoever may move cases is told so.
    "urge": ("POST", "/desk/cases/{no}/urge", _gets(OFFICE, 404), 404),
    # No reason is given: whoever may move cases is told so.
    "disputed": ("POST", "/desk/cases/{no}/disputed", _gets(OFFICE, 422), 404),
    "countersign": ("GET", "/desk/cases/{no}/submissions/{submission}", _gets(READERS), 404),
    # The first step is where a case begins: nobody goes back to it.
    "step-back": ("GET", "/desk/cases/{no}/back/1", _gets(READERS, 409), 404),
    "participants": ("GET", "/desk/cases/{no}/participants", _gets(READERS), 404),
    "merge": ("GET", "/desk/cases/{no}/merge", _gets(READERS), 404),
    "split": ("GET", "/desk/cases/{no}/split", _gets(READERS), 404),
    "dossier": ("GET", "/desk/cases/{no}/dossier", _gets(BINDERS), 404),
    # The case runs on: nothing is sealed yet.
    "dossier-sealed": ("GET", "/desk/cases/{no}/dossier/sealed.pdf", _gets(BINDERS, 404), 404),
    "late-paper": ("GET", "/desk/cases/{no}/dossier/late/1", _gets(BINDERS, 404), 404),
    "publications": ("GET", "/desk/publications", _gets(PUBLICITY), 403),
    "placement": ("GET", "/desk/publications/424242", _gets(PUBLICITY, 404), 403),
    "correction": ("GET", "/desk/publications/corrections/424242", _gets(PUBLICITY, 404), 403),
    "archive": ("GET", "/desk/archive", _gets(ARCHIVE), 403),
    "archive-export": ("GET", "/desk/archive.xlsx", _gets(ARCHIVE), 403),
    "transfer": ("GET", "/desk/archive/transfers/424242", _gets(ARCHIVE, 404), 403),
    "appraisal": ("GET", "/desk/archive/appraisals/424242", _gets(ARCHIVE, 404), 403),
    "dossier-pdf": ("GET", "/desk/cases/{no}/dossier.pdf", _gets(BINDERS), 404),
    "dossier-zip": ("GET", "/desk/cases/{no}/dossier.zip", _gets(BINDERS), 404),
    # A step is taken by the role that the procedure names: here 现场检查, by a handler of the case.
    "step": ("GET", "/desk/cases/{no}/steps/site_inspection", _gets(("handler",)), 404),
    # Whoever may move cases sees the page; whose step it is may add to it, which the action judges.
    "recording": ("GET", "/desk/cases/{no}/recordings/1", _gets(READERS), 404),
    "excuse": ("GET", "/desk/cases/{no}/recordings/1/excuse", _gets(READERS), 404),
    "judge-excuse": ("POST", "/desk/cases/{no}/excuses/424242", _gets(READERS, 404), 404),
    "loss": ("GET", "/desk/evidence/{evidence}/loss", _gets(READERS), 404),
    "preview": ("POST", "/desk/cases/{no}/steps/file/preview/filing-approval.pdf", _gets(READERS), 404),
    "draft": ("POST", "/desk/cases/{no}/steps/file/draft/filing-approval.docx", _gets(READERS), 404),
    "aid": ("POST", "/desk/cases/{no}/steps/file/aid", _gets(READERS), 404),
    "captures": ("GET", "/desk/captures", _gets(READERS), 200),
    "capture-import": ("GET", "/desk/captures/import", _gets(READERS), 200),
    "capture-guess": ("POST", "/desk/captures/guess", _gets(READERS, 422), 422),
    "bind-capture": (
        "POST",
        "/desk/captures/00000000-0000-4000-8000-000000000000/bind",
        _gets(READERS, 422),
        422,
    ),
    "give-up-capture": (
        "POST",
        "/desk/captures/00000000-0000-4000-8000-000000000000/give-up",
        _gets(READERS, 404),
        404,
    ),
    "equipment": ("GET", "/desk/equipment", _gets(("manager", "supervisor")), 403),
    "equipment-csv": ("GET", "/desk/equipment.csv", _gets(("manager", "supervisor")), 403),
    "end-equipment": ("POST", "/desk/equipment/424242/end", _gets(("manager",), 422), 403),
    "devices": ("GET", "/desk/devices", _gets(("manager", "supervisor")), 403),
    "device": ("POST", "/desk/devices/424242", _gets(("manager",), 422), 403),
    "approve": ("POST", "/desk/submissions/{submission}/approve", _gets(("organ_head",), 302), 404),
    "send-back": ("POST", "/desk/submissions/{submission}/return", _gets(("organ_head",), 302), 404),
    "withdraw": ("POST", "/desk/submissions/{submission}/withdraw", _gets(("handler",), 302), 404),
    # Filing approves on a form; every reader of the case may look at what approving would issue.
    "submitted-paper": ("GET", "/desk/submissions/{submission}/filing-approval.pdf", _gets(READERS), 404),
    "paper": ("GET", "/desk/papers/{paper}.pdf", _gets(READERS), 404),
    "evidence-room": ("GET", "/desk/cases/{no}/evidence", _gets(READERS), 404),
    "evidence": ("GET", "/desk/evidence/{evidence}", _gets(READERS), 404),
    # Every reader may look at a piece, on the record; here he does not say which way.
    "evidence-open": ("POST", "/desk/evidence/{evidence}/open", _gets(READERS, 422), 404),
    # Without having opened it, back to the piece.
    "evidence-content": ("GET", "/desk/evidence/{evidence}/content", _gets(READERS, 302), 404),
    "evidence-copy": ("GET", "/desk/evidence/{evidence}/copies/424242", _gets(READERS, 404), 404),
    # Those of the organ that handles the case; the form is empty.
    "evidence-mark": (
        "POST",
        "/desk/evidence/{evidence}/marks",
        _gets(READERS, 422),
        404,
    ),
    # The organ that handles the case asks; the form is empty.
    "share-ask": ("POST", "/desk/evidence/{evidence}/shares", _gets(READERS, 422), 404),
    "share-answer": (
        "POST",
        "/desk/shares/00000000-0000-4000-8000-000000000000/answer",
        _gets(READERS, 422),
        422,
    ),
    "share-end": (
        "POST",
        "/desk/shares/00000000-0000-4000-8000-000000000000/end",
        _gets(READERS, 404),
        404,
    ),
    "evidence-ask": (
        "POST",
        "/desk/evidence/{evidence}/ask",
        _gets(OFFICE, 422),
        404,
    ),
    "evidence-transcript": (
        "POST",
        "/desk/evidence/{evidence}/transcript",
        _gets(READERS, 422),
        404,
    ),
    "evidence-clip": (
        "POST",
        "/desk/evidence/{evidence}/clips",
        _gets(READERS, 422),
        404,
    ),
    "proof": ("GET", "/desk/entries/{entry}/proof.json", _gets((*READERS, "manager")), 404),
    "receipt": ("GET", "/desk/entries/{entry}/receipt.txt", _gets((*READERS, "manager")), 404),
    "ledger": ("GET", "/desk/ledger", _gets(READERS), 200),
    "ledger-csv": ("GET", "/desk/ledger.csv", _gets(READERS), 200),
    "start-series": ("POST", "/desk/ledger/start", _gets(("unit_head",), 422), 403),
    "recall-numbers": ("POST", "/desk/ledger/blocks/424242/recall", _gets(("unit_head",), 422), 403),
    "payments": ("GET", "/desk/payments", _gets(("cashier",)), 403),
    "deliveries": ("GET", "/desk/deliveries", _gets(TELLERS), 403),
    "deliveries-csv": ("GET", "/desk/deliveries.csv", _gets(TELLERS), 403),
    "delivery-rows": ("GET", "/desk/deliveries/rows", _gets(TELLERS), 403),
    "delivery-rows-csv": ("GET", "/desk/deliveries/rows.csv", _gets(TELLERS), 403),
    "delivery-again": ("POST", "/desk/deliveries/424242/again", _gets(("publisher",), 404), 403),
    "delivery-answer": ("POST", "/desk/deliveries/424242/answer", _gets(("publisher",), 404), 403),
    "packages": ("GET", "/desk/packages", _gets(("publisher",)), 403),
    "package": ("GET", "/desk/packages/none", _gets(("publisher",), 404), 403),
    "package-file": ("GET", "/desk/packages/none/file.zip", _gets(("publisher",), 404), 403),
    "credit-records": ("GET", "/desk/credit-records", _gets(TELLERS), 403),
    "credit-record": ("GET", "/desk/credit-records/424242", _gets(TELLERS, 404), 403),
    "law": ("GET", "/desk/law", _gets(LAWYERS), 200),
    "statute": ("GET", "/desk/law/没有这部法", _gets(LAWYERS, 404), 404),
    "powers": ("GET", "/desk/powers", _gets(LAWYERS), 200),
    "benchmarks": ("GET", "/desk/benchmarks", _gets(LAWYERS), 200),
    "discretion": ("GET", "/desk/discretion", _gets((*OFFICE, "supervisor", "manager")), 200),
    "procedures": ("GET", "/desk/procedures", _gets(LAWYERS), 200),
    "procedure": ("GET", "/desk/procedures/penalty-ordinary", _gets(LAWYERS), 200),
    "compare-editions": ("GET", "/desk/procedures/penalty-ordinary/compare", _gets(LAWYERS), 200),
    "propose-edition": (
        "GET",
        "/desk/procedures/penalty-ordinary/propose",
        _gets(("reviewer", "supervisor")),
        403,
    ),
    "migrate": ("GET", "/desk/procedures/penalty-ordinary/migrate", _gets(("reviewer",)), 403),
    "proposal": ("GET", "/desk/proposals/424242", _gets(LAWYERS, 404), 404),
    "walk": ("GET", "/desk/procedures/penalty-ordinary/walk", _gets(LAWYERS), 200),
    "reckon": ("GET", "/desk/reckon", _gets(LAWYERS), 200),
    "record": ("GET", "/desk/record", _gets(("supervisor", "manager")), 403),
    "record-seal": ("POST", "/desk/record/seal", _gets(("supervisor", "manager"), 302), 403),
    "record-verify": ("POST", "/desk/record/verify", _gets(("supervisor", "manager")), 403),
    "vault": ("GET", "/desk/vault", _gets(VAULT), 403),
    "vault-hold": ("POST", "/desk/vault/holds", _gets(("archivist", "supervisor"), 422), 403),
    # Whoever may do it is told what the empty form lacks.
    "vault-lift": ("POST", "/desk/vault/holds/424242/lift", _gets(("archivist", "supervisor"), 422), 403),
    "vault-propose": ("POST", "/desk/vault/deletions", _gets(("archivist",), 422), 403),
    "vault-deletion": (
        "GET",
        "/desk/vault/deletions/00000000-0000-4000-8000-000000000000",
        _gets(VAULT, 404),
        403,
    ),
    "organs": ("GET", "/desk/organs", _gets(("supervisor", "manager")), 403),
    "account": ("GET", "/desk/account", _gets(OPEN), 200),
    "password": ("GET", "/desk/account/password", _gets(OPEN), 200),
    "end-session": ("POST", "/desk/account/sessions/424242/end", _gets(OPEN, 404), 404),
    "switch": ("GET", "/desk/switch", _gets(OPEN, 404), 404),  # outside the demo there is no such page
    "sign-in": ("GET", "/sign-in", _gets(OPEN, 302), 302),  # who is signed in already goes on to the desk
    "sign-out": ("POST", "/sign-out", _gets(OPEN, 302), 302),
}
# What somebody gets who is not signed in; everything else leads to the sign-in form.
ANONYMOUS = {"sign-in": 200, "sign-out": 302, "switch": 404}


def addresses(app: str) -> list[URLPattern]:
    """Every address of a door."""
    return [
        one
        for group in get_resolver().url_patterns
        if getattr(group, "app_name", None) == app
        for one in group.url_patterns
    ]


def test_every_address_of_the_desk_is_in_the_table_and_no_other() -> None:
    assert {one.name for one in addresses("desk")} == set(TABLE)


def test_every_role_is_in_the_table() -> None:
    assert set(PERSON) == set(ROLES)
    assert all(set(statuses) == set(ROLES) for _, _, statuses, _ in TABLE.values())


@dataclass(frozen=True)
class Prepared:
    """The office, what stands in the addresses, and the folder of its files."""

    world: World
    values: dict[str, Any]
    var: Path


@pytest.fixture(scope="module")
def prepared(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Prepared]:
    """Made once for the module: what a test does to it is rolled back."""
    var = tmp_path_factory.mktemp("var")
    with one_rolled_back_world(django_db_blocker, var), pytest.MonkeyPatch.context() as clock:
        clock.setattr(timezone, "now", lambda: AT)
        world = desk_world.build()
        yield Prepared(world, _values(world), var)


@pytest.fixture
def world(db: None, prepared: Prepared, tmp_path: Path) -> World:
    """The office as it was prepared, with a copy of its files in the folder of this test."""
    shutil.copytree(prepared.var, tmp_path, dirs_exist_ok=True)
    return deepcopy(prepared.world)


@pytest.fixture
def values(world: World, prepared: Prepared) -> dict[str, Any]:
    """What stands in the addresses."""
    return prepared.values


def _values(world: World) -> dict[str, Any]:
    case = world.open()
    taken = world.take(case, "file", FILE)
    evidence = _evidence(world, case)
    record.seal(AT)
    paper = case.papers.first()
    assert paper is not None
    return {
        "no": case.no,
        "party": case.party_id,
        "version": case.version,
        "submission": Submission.objects.get(pk=taken.submission_id).pk,
        "paper": paper.pk,
        "evidence": evidence,
        "organ": world.organ.code,
        "officer": world.officers["wang"].pk,
        "edition": (edition := _edition(world)).pk,
        "register": edition.register_id,
        "entry": case.steps.get(step="register").entry_id,
    }


@pytest.mark.parametrize("name", sorted(TABLE))
def test_what_each_role_gets(world: World, values: dict[str, Any], name: str) -> None:
    method, path, expected, strangers = TABLE[name]

    found = {}
    # Who may act comes last: after the act the others would be refused for another reason.
    for role in sorted(PERSON, key=lambda role: expected[role] < 400):
        found[role] = status_of(world.client(PERSON[role]), method, path, values)

    assert found == expected
    if strangers is not None:
        assert status_of(world.client("stranger"), method, path, values) == strangers


@pytest.mark.parametrize("name", sorted(TABLE))
def test_what_somebody_gets_who_is_not_signed_in(values: dict[str, Any], name: str) -> None:
    method, path, _, _ = TABLE[name]

    response = Client().generic(method, path.format(**values))

    assert response.status_code == ANONYMOUS.get(name, 302)
    if name not in ANONYMOUS:
        assert response["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("name", sorted(name for name, row in TABLE.items() if row[0] == "POST"))
def test_what_changes_things_takes_no_get(world: World, values: dict[str, Any], name: str) -> None:
    assert status_of(world.client("li"), "GET", TABLE[name][1], values) == 405


@pytest.mark.parametrize("name", sorted(name for name, row in TABLE.items() if row[0] == "POST"))
def test_what_changes_things_asks_for_the_forms_token(
    world: World, values: dict[str, Any], name: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    account = world.officers["li"].account
    assert account is not None
    client.force_login(account)

    response = client.post(TABLE[name][1].format(**values))

    assert response.status_code == 409
    assert "刚才的提交没有生效" in response.content.decode()


def test_the_public_door_asks_nobody_who_he_is(world: World) -> None:
    """Each address without parameters answers a stranger and an official alike, and sets no cookie."""
    for one in addresses("public"):
        if one.pattern.converters or "(?P" in str(one.pattern):
            continue
        anonymous = Client().get(f"/{one.pattern}")
        official = world.client("li").get(f"/{one.pattern}")
        assert anonymous.status_code == official.status_code < 500, one.name
        assert not anonymous.cookies, one.name


def status_of(client: Client, method: str, path: str, values: dict[str, Any]) -> int:
    form = {"version": values["version"], "opinion": "已阅。"} if method == "POST" else {}
    response = getattr(client, method.lower())(path.format(**values), form)
    if response.streaming:
        b"".join(
            response.streaming_content
        )  # read to its end, the client closes it without closing the database
    return int(response.status_code)


def _edition(world: World) -> Any:
    """A list of random inspections that the office is drafting."""
    return publicity.open_draft(kind="random-inspection", actor=world.actor("gongshi"), at=AT)


def _evidence(world: World, case: Any) -> int:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from mingjing.cases.facts import Upload

    facts = {
        "evidence_kind": "document",
        "evidence_title": "票据",
        "evidence_source": "当事人",
        "evidence_taken_at": AT,
        "officers_present": [world.officers["li"].pk, world.officers["wang"].pk],
        "certificates_shown": "yes",
    }
    file = SimpleUploadedFile(f"{uuid.uuid4()}.txt", b"x")
    files = [
        Upload("evidence_files", "票据.txt", "text/plain", file),
        Upload("evidence_files", "执法记录仪.mp4", "video/mp4", b"film", "audiovisual"),
    ]
    world.take(case, "evidence_extract", facts, files=files)
    return int(case.evidence.earliest("pk").pk)
