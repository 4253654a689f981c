"""New editions of a procedure: examined, laid before a second person, in force for new matters; running ones moved."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest

from mingjing.cases import actions, queries
from mingjing.cases.editions import MOST_BYTES, examine
from mingjing.cases.models import Case, Move, Obligation
from mingjing.kernel.refused import Refused
from mingjing.law import actions as law_actions
from mingjing.law import queries as law
from mingjing.organs.authority import Actor
from tests.office import MONDAY, SHANGHAI, Matter, Office, open_matter

pytestmark = pytest.mark.django_db
SUMMARY = "penalty-summary"
TODAY = MONDAY.date()


@pytest.fixture(scope="module")
def text() -> str:
    """The file of the summary procedure as it stands, without its parts: the smallest of a penalty."""
    edition = law.edition(SUMMARY, TODAY)
    return edition.text.partition("\n# ==== 共用部分")[0]


def confirmer(office: Office) -> Actor:
    return office.actor("supervisor")


def propose(office: Office, procedure: str, content: str, on: date = TODAY) -> actions.Proposed:
    return actions.propose_edition(
        procedure=procedure,
        content=content.encode(),
        file_name="新版.toml",
        in_force=on,
        reason="缴款期限改为二十日。",
        actor=office.actor("reviewer"),
        at=MONDAY,
    )


# --- examining ---


@pytest.mark.parametrize(
    "content, said",
    [
        (b"\xff\xfe\x00", "不是 UTF-8"),
        (b"id = ", "不是合格的 TOML"),
        (b"a = 1\n" * MOST_BYTES, "不超过"),
        (b'id = "x"\nuses = ["../../secret"]', "不是共用部分"),
        (b"[" * 3000, "TOML"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, said: str) -> None:
    found = examine(SUMMARY, content, "新版.toml", TODAY)

    assert found.procedure is None
    assert said in str(found.problems[0])
    assert found.problems[0].remedy


def test_a_fault_names_file_key_and_remedy(text: str) -> None:
    found = examine(
        SUMMARY, text.replace('by = "handler"', 'bye = "handler"', 1).encode(), "新版.toml", TODAY
    )

    assert found.procedure is None
    assert any("新版.toml" in one.where and "bye" in one.message + one.where for one in found.problems)


def test_a_file_of_another_procedure_is_not_taken(text: str) -> None:
    found = examine("levy", text.encode(), "新版.toml", TODAY)

    assert "penalty-summary" in found.problems[0].message


def test_the_day_given_is_the_day_in_force(text: str) -> None:
    found = examine(SUMMARY, text.encode(), "新版.toml", date(2027, 1, 1))

    assert found.problems == ()
    assert found.procedure is not None
    assert found.procedure.in_force == date(2027, 1, 1)
    assert found.scenarios > 5
    assert found.failing == ()


def test_scenarios_that_no_longer_go_as_written_are_named(text: str) -> None:
    changed = text.replace('within = "15d", clock = "PEN-PAY"', 'within = "20d", clock = "PEN-PAY"')

    found = examine(SUMMARY, changed.encode(), "新版.toml", TODAY)

    assert found.problems == ()
    assert found.failing
    assert all("：" in line for line in found.failing)


# --- proposing and confirming ---


def test_a_confirmed_edition_governs_new_matters_from_its_day(office: Office, text: str) -> None:
    later = TODAY + timedelta(days=7)
    proposed = propose(office, SUMMARY, text + "\n# 新版\n", later)
    assert proposed.proposal_id is not None
    assert law.edition_in_force(SUMMARY, later).sha256 != proposed.examined.sha256

    law_actions.confirm_edition(proposal_id=proposed.proposal_id, actor=confirmer(office), at=MONDAY)

    assert law.edition_in_force(SUMMARY, TODAY).sha256 == law.edition(SUMMARY, TODAY).sha256
    assert law.edition_in_force(SUMMARY, later).sha256 == proposed.examined.sha256
    assert {one.sha256: one.source for one in law.editions_of(SUMMARY)}[
        proposed.examined.sha256
    ] == "uploaded"
    assert law.procedure_edition(SUMMARY, proposed.examined.sha256).in_force == later
    assert {one.id: one.in_force for one in law.procedures_in_force(later)}[SUMMARY] == later


def test_nobody_confirms_what_he_proposed_himself(office: Office, text: str) -> None:
    both = confirmer(office)
    proposed = actions.propose_edition(
        procedure=SUMMARY,
        content=text.encode(),
        file_name="新版.toml",
        in_force=TODAY,
        reason="测试",
        actor=both,
        at=MONDAY,
    )
    assert proposed.proposal_id is not None

    with pytest.raises(Refused) as refusal:
        law_actions.confirm_edition(proposal_id=proposed.proposal_id, actor=both, at=MONDAY)

    assert refusal.value.code == "own-proposal"


@pytest.mark.parametrize("who", ["handler", "organ_head", "reviewer"])
def test_only_a_supervisor_confirms(office: Office, text: str, who: str) -> None:
    proposed = propose(office, SUMMARY, text)
    assert proposed.proposal_id is not None

    with pytest.raises(Refused) as refusal:
        law_actions.confirm_edition(proposal_id=proposed.proposal_id, actor=office.actor(who), at=MONDAY)

    assert refusal.value.code == "no-permission"


def test_no_edition_reaches_back(office: Office, text: str) -> None:
    with pytest.raises(Refused) as refusal:
        propose(office, SUMMARY, text, TODAY - timedelta(days=1))
    assert refusal.value.code == "too-late"

    proposed = propose(office, SUMMARY, text, TODAY)
    assert proposed.proposal_id is not None
    with pytest.raises(Refused) as late:
        law_actions.confirm_edition(
            proposal_id=proposed.proposal_id, actor=confirmer(office), at=MONDAY + timedelta(days=1)
        )
    assert late.value.code == "too-late"


def test_a_rejected_edition_may_be_proposed_again(office: Office, text: str) -> None:
    first = propose(office, SUMMARY, text)
    assert first.proposal_id is not None
    with pytest.raises(Refused) as twice:
        propose(office, SUMMARY, text)
    assert twice.value.code == "already-proposed"

    law_actions.reject_edition(
        proposal_id=first.proposal_id, actor=confirmer(office), at=MONDAY, answer="理由写明条款。"
    )

    assert propose(office, SUMMARY, text).proposal_id is not None


# --- moving running cases ---


def published(office: Office, procedure: str, text: str) -> str:
    """An edition in force today, with its parts, examined by nobody; returns its digest."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    row = law_actions.lay_edition(
        procedure=procedure,
        sha256=sha256,
        in_force=TODAY,
        text=text,
        file_name="新版.toml",
        reason="试验",
        findings=[],
        actor=office.actor("reviewer"),
        at=MONDAY,
    )
    law_actions.confirm_edition(proposal_id=row.pk, actor=confirmer(office), at=MONDAY)
    return sha256


def migrate(office: Office, matter: Matter, sha256: str, reason: str = "新规定对当事人有利。") -> None:
    actions.migrate(
        case_id=matter.case.pk, sha256=sha256, reason=reason, actor=office.actor("reviewer"), at=matter.at
    )


def changed(matter: Matter, old: str, new: str) -> str:
    """The text of the matter's edition with one thing changed."""
    text = law.edition_text(matter.case.procedure, matter.case.edition)
    assert old in text
    return text.replace(old, new, 1)


def test_a_running_case_is_moved_and_its_terms_reckoned_anew(office: Office) -> None:
    matter = open_matter(office)
    before = Obligation.objects.get(case=matter.case, step="file", state="open").due_at
    new = changed(matter, 'within = "@filing_days"', 'within = "30wd"')
    sha256 = published(office, matter.case.procedure, new)
    shown = queries.migration_rows(office.actor("reviewer"), matter.case.procedure, sha256, matter.at)

    migrate(office, matter, sha256)

    case = Case.objects.get(pk=matter.case.pk)
    after = Obligation.objects.get(case=case, step="file", state="open").due_at
    assert case.edition == sha256
    assert before is not None
    assert after is not None
    assert after > before
    assert [one.after for one in shown[0].changes] == [after.astimezone(SHANGHAI).date().isoformat()]
    assert Move.objects.get(case=case).title == "换用程序版本"
    matter.do("site_inspection")  # and it goes on under the new edition


def test_a_case_stays_where_a_step_it_took_could_not_be_taken(office: Office) -> None:
    matter = open_matter(office)
    matter.do("site_inspection")
    title = 'title = "现场检查（勘验）"\nstage = "investigation"\nby = "handler"\nafter = '
    new = changed(matter, f'{title}["register"]', f'{title}["register", "file"]')
    sha256 = published(office, matter.case.procedure, new)

    with pytest.raises(Refused) as refusal:
        migrate(office, matter, sha256)

    assert refusal.value.code == "not-under-edition"
    assert "现场检查" in refusal.value.reason
    assert Case.objects.get(pk=matter.case.pk).edition != sha256


def test_moving_a_case_needs_a_reason_and_the_reviewer(office: Office) -> None:
    matter = open_matter(office)
    new = changed(matter, "id = ", "# 新版\nid = ")
    sha256 = published(office, matter.case.procedure, new)

    with pytest.raises(Refused) as refusal:
        migrate(office, matter, sha256, reason=" ")
    assert refusal.value.code == "bad-reason"

    with pytest.raises(Refused) as other:
        actions.migrate(
            case_id=matter.case.pk, sha256=sha256, reason="理由", actor=office.actor("handler"), at=MONDAY
        )
    assert other.value.code == "no-permission"


def test_a_case_opened_after_the_day_follows_the_new_edition(office: Office) -> None:
    first = open_matter(office)
    sha256 = published(office, first.case.procedure, changed(first, "id = ", "# 新版\nid = "))

    second = open_matter(office)

    assert Case.objects.get(pk=first.case.pk).edition != sha256
    assert Case.objects.get(pk=second.case.pk).edition == sha256
