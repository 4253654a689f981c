"""How long files are kept, what forbids to destroy them, and who destroys them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from mingjing.kernel.refused import Refused
from mingjing.record import actions as record
from mingjing.record import queries as records
from mingjing.record import store as disk
from mingjing.record.models import Blob, Disclosure, Entry
from mingjing.vault import actions, classes, queries
from mingjing.vault.models import Deletion, Ground
from tests.vault.keeping import AT, FILM, LATER, Store, build, day, kept, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(db: None) -> Store:
    return build()


# --- classes ---


@pytest.mark.parametrize(
    "code, until",
    [
        ("case_file", None),
        ("evidence", None),
        ("obstruction", None),
        ("no_case", date(2027, 3, 2)),
        ("public_space", date(2026, 4, 1)),
    ],
)
def test_each_class_ends_on_its_day(code: str, until: date | None) -> None:
    assert classes.class_of(code).until(date(2026, 3, 2)) == until


def test_the_terms_are_said_in_words() -> None:
    assert {code: one.term for code, one in classes.classes().items()} == {
        "case_file": "与案卷相同",
        "evidence": "永久",
        "obstruction": "永久",
        "major_incident": "永久",
        "no_case": "12 个月",
        "public_space": "30 日",
    }


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(Refused, match="没有保管类别"):
        classes.class_of("for-ever")
    assert classes.title("for-ever") == "for-ever"


def test_a_broken_file_of_classes_is_told(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "codex" / "retention"
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text(
        '[[class]]\ncode = "case_file"\ntitle = "甲"\nkeep = "24h"\nbasis = "档案法/21"\nabout = "。"\nsure = true\n'
        '[[class]]\ncode = "case_file"\ntitle = "乙"\nkeep = "soon"\nbasis = "档案法/21"\nabout = "。"\nsure = true\n'
        '[[class]]\ncode = "half"\n',
        encoding="utf-8",
    )
    settings.MINGJING_CODEX = tmp_path / "codex"

    told = [str(one) for one in classes.problems()]

    assert len(told) == 5
    assert "不是日、月、年" in told[0]
    assert "同一代码出现了两次" in told[1]
    assert "soon" in told[2]
    assert "缺少 about、basis、keep、sure、title" in told[3]
    assert "no_case" in told[4]


def test_the_files_of_classes_are_sound() -> None:
    assert list(classes.problems()) == []


# --- grounds ---


def test_what_is_kept_with_a_case_has_no_end_until_the_case_is_archived(store: Store) -> None:
    sha256 = kept(store.organ, subject="case:1", retention=classes.CASE_FILE)
    before = queries.standing_of(sha256, store.organ.pk, day(LATER))

    with transaction.atomic():
        count = actions.settle(
            subject="case:1", until=date(2036, 1, 1), actor=store.actor("archivist"), at=LATER
        )

    assert before.until is None
    assert "没有届满" in before.why_not
    assert count == 1
    after = queries.standing_of(sha256, store.organ.pk, day(LATER))
    assert after.last_day == date(2036, 1, 1)
    assert after.why_not == "保管到 2036-01-01"
    assert Entry.objects.get(kind="retention-settled").subject == "case:1"


def test_the_longest_ground_wins(store: Store) -> None:
    sha256 = kept(store.organ)
    assert queries.standing_of(sha256, store.organ.pk, day(LATER)).why_not == ""

    actions.classify(
        sha256=sha256,
        retention="obstruction",
        reason="当事人推搡执法人员。",
        actor=store.actor("handler"),
        at=AT,
    )

    standing = queries.standing_of(sha256, store.organ.pk, day(LATER))
    assert standing.title == "妨碍执法"
    assert standing.until is None
    entry = Entry.objects.get(kind="custody.retention")
    assert records.personal(entry.pk) == {"reason": "当事人推搡执法人员。"}


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"retention": "case_file"}, "bad-choice"),
        ({"retention": "nothing"}, "no-such-class"),
        ({"reason": " "}, "bad-reason"),
        ({"reason": "长" * 301}, "bad-reason"),
        ({"sha256": "0" * 64}, "no-such-piece"),
        ({"who": "stranger"}, "no-such-piece"),
        ({"who": "head"}, "no-permission"),
    ],
)
def test_a_class_is_refused_with_reason(store: Store, changes: dict[str, str], code: str) -> None:
    values = {"sha256": kept(store.organ), "retention": "evidence", "reason": "重大案件。", **changes}
    actor = store.actor(values.pop("who", "handler"))

    with pytest.raises(Refused) as refusal:
        actions.classify(**values, actor=actor, at=AT)

    assert refusal.value.code == code


def test_a_class_is_chosen_once(store: Store) -> None:
    sha256, handler = kept(store.organ), store.actor("handler")
    actions.classify(sha256=sha256, retention="evidence", reason="重大案件。", actor=handler, at=AT)

    with pytest.raises(Refused, match="已经归入"):
        actions.classify(sha256=sha256, retention="evidence", reason="重大案件。", actor=handler, at=AT)


def test_what_is_destroyed_cannot_be_used_for_anything(store: Store) -> None:
    sha256 = kept(store.organ)
    record.mark_destroyed([sha256], at=AT)

    with pytest.raises(Refused, match="已经销毁"), transaction.atomic():
        actions.attach({sha256: "录像"}, subject="case:2", organ_id=store.organ.pk, at=AT)


def test_nothing_to_keep_is_no_question_to_the_database(
    store: Store, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(0):
        actions.attach({}, subject="case:2", organ_id=store.organ.pk, at=AT)


def test_keeping_costs_two_queries(store: Store, django_assert_num_queries: Callable[[int], Any]) -> None:
    sha256s = [record.keep_blob(bytes([n]), "text/plain", "一.txt").sha256 for n in range(9)]

    with django_assert_num_queries(2):
        actions.attach(dict.fromkeys(sha256s, "材料"), subject="case:2", organ_id=store.organ.pk, at=AT)


# --- holds ---


@pytest.mark.parametrize("subject", ["capture:1", "blob:{}"])
@pytest.mark.parametrize("who", ["archivist", "supervisor"])
def test_a_hold_keeps_files_from_the_list(store: Store, subject: str, who: str) -> None:
    sha256 = kept(store.organ)
    archivist = store.actor("archivist")
    assert [one.sha256 for one in queries.ready(archivist, day(LATER))] == [sha256]

    row = actions.hold(
        subject=subject.format(sha256), reason="行政诉讼。", until=None, actor=store.actor(who), at=LATER
    )

    assert queries.ready(archivist, day(LATER)) == []
    assert queries.standing_of(sha256, store.organ.pk, day(LATER)).why_not == "停止销毁：行政诉讼。"
    assert [one.pk for one in queries.holds_in_sight(archivist, day(LATER))] == [row.pk]

    actions.lift_hold(hold_id=row.pk, reason="判决生效。", actor=store.actor(who), at=LATER)

    assert len(queries.ready(archivist, day(LATER))) == 1
    assert queries.holds_in_sight(archivist, day(LATER)) == []
    kinds = Entry.objects.filter(subject=subject.format(sha256)).values_list("kind", flat=True)
    assert list(kinds.order_by("seq")) == ["custody.hold", "custody.release_hold"]


def test_a_hold_ends_on_its_day(store: Store) -> None:
    kept(store.organ)
    actions.hold(
        subject="capture:1",
        reason="行政复议。",
        until=day(LATER),
        actor=store.actor("archivist"),
        at=LATER,
    )

    assert queries.ready(store.actor("archivist"), day(LATER)) == []
    assert len(queries.ready(store.actor("archivist"), day(LATER) + timedelta(1))) == 1


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"who": "handler"}, "no-permission"),
        ({"reason": ""}, "bad-reason"),
        ({"until": date(2020, 1, 1)}, "bad-term"),
        ({"subject": "case:none"}, "no-such-piece"),
        ({"who": "stranger"}, "no-such-piece"),
    ],
)
def test_a_hold_is_refused_with_reason(store: Store, changes: dict[str, Any], code: str) -> None:
    kept(store.organ)
    values = {"subject": "capture:1", "reason": "诉讼。", "until": None, **changes}

    with pytest.raises(Refused) as refusal:
        actions.hold(actor=store.actor(values.pop("who", "archivist")), at=LATER, **values)

    assert refusal.value.code == code


def test_what_a_supervisor_holds_the_organ_does_not_lift(store: Store) -> None:
    kept(store.organ)
    row = actions.hold(
        subject="capture:1", reason="监督调查。", until=None, actor=store.actor("supervisor"), at=LATER
    )

    with pytest.raises(Refused, match="无权办理"):
        actions.lift_hold(hold_id=row.pk, reason="不需要了。", actor=store.actor("archivist"), at=LATER)

    actions.lift_hold(hold_id=row.pk, reason="调查结束。", actor=store.actor("supervisor"), at=LATER)
    with pytest.raises(Refused, match="已经解除"):
        actions.lift_hold(hold_id=row.pk, reason="再次。", actor=store.actor("supervisor"), at=LATER)


# --- destruction by two persons ---


def approve(store: Store, deletion: Deletion, who: str = "head", **more: Any) -> actions.Destroyed:
    return actions.approve_deletion(
        deletion_id=deletion.pk, actor=store.actor(who), at=LATER, **{"opinion": "同意。", **more}
    )


def test_two_persons_destroy_a_file_and_every_proof_stays_valid(store: Store) -> None:
    sha256 = kept(store.organ)
    with transaction.atomic():
        entry = record.append(
            kind="seen",
            subject=f"blob:{sha256}",
            at=AT,
            actor=store.actor("handler"),
            plain={},
            personal={"note": "丙某某在场"},
            files=[records.blob_for(sha256).as_file("recording")],
        )
    record.seal(AT)
    proof = records.prove(entry.pk)

    outcome = approve(store, proposed(store, sha256))

    assert outcome == actions.Destroyed(1, 0)
    assert not disk.blob_path(sha256).exists()
    assert Blob.objects.get().destroyed_at == LATER
    with pytest.raises(Refused, match="鉴定销毁"):
        records.open_blob(sha256)
    assert Ground.objects.get().label == ""
    assert Deletion.objects.get().items.get().label == ""
    assert not Disclosure.objects.filter(entry=entry).exists()
    record.seal(LATER)
    assert records.prove(entry.pk)["record"] == proof["record"]
    assert records.verify(deep=True).clean
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"deletion-proposed", "deletion-approved", "custody.delete"} <= kinds


def test_the_one_who_proposed_never_approves(store: Store) -> None:
    sha256 = kept(store.organ)
    deletion = proposed(store, sha256, who="both")

    with pytest.raises(Refused, match="由两人办理") as refusal:
        approve(store, deletion, who="both")

    assert refusal.value.code == "same-person"
    assert refusal.value.basis == "档案法/21"
    assert disk.blob_path(sha256).exists()
    assert approve(store, deletion).destroyed == 1


def test_a_deputy_of_the_one_who_proposed_does_not_approve(store: Store) -> None:
    """Both names stand under a deputy's act: the proposer's own role, lent to somebody, is his own hand."""
    from mingjing.organs import actions as organ_actions

    deletion = proposed(store, kept(store.organ), who="both")
    organ_actions.delegate(
        principal_id=store.people["both"].pk,
        deputy_id=store.people["handler"].pk,
        role="organ_head",
        since=day(LATER),
        until=day(LATER),
        reason="外出。",
        actor=store.actor("head"),
        at=LATER,
    )

    with pytest.raises(Refused) as refusal:
        approve(store, deletion, who="handler")

    assert refusal.value.code == "same-person"


@pytest.mark.parametrize("who, code", [("archivist", "no-permission"), ("stranger", "not-found")])
def test_others_do_not_approve(store: Store, who: str, code: str) -> None:
    deletion = proposed(store, kept(store.organ))

    with pytest.raises(Refused) as refusal:
        approve(store, deletion, who=who)

    assert refusal.value.code == code


def test_what_changed_meanwhile_is_judged_anew(store: Store) -> None:
    sha256 = kept(store.organ)
    deletion = proposed(store, sha256)
    with transaction.atomic():
        actions.attach({sha256: "证据"}, subject="case:9", organ_id=store.organ.pk, at=LATER)

    with pytest.raises(Refused, match="没有届满") as refusal:
        approve(store, deletion)

    assert refusal.value.code == "not-ready"
    assert Deletion.objects.get().state == "open"


def test_a_file_that_another_organ_keeps_stays(store: Store) -> None:
    other = store.people["stranger"].organ
    sha256 = kept(store.organ)
    kept(other, subject="capture:2", retention="evidence")

    outcome = approve(store, proposed(store, sha256))

    assert outcome == actions.Destroyed(0, 1)
    assert disk.blob_path(sha256).exists()
    assert Blob.objects.get().destroyed_at is None
    assert queries.ready(store.actor("archivist"), day(LATER)) == []
    with pytest.raises(Refused, match="没有保管"):
        queries.standing_of(sha256, store.organ.pk, day(LATER))


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"who": "head"}, "no-permission"),
        ({"reason": ""}, "bad-reason"),
        ({"sha256s": []}, "bad-choice"),
        ({"sha256s": ["0" * 64]}, "not-ready"),
        ({"at": AT}, "not-ready"),
        ({"who": "stranger"}, "not-ready"),
    ],
)
def test_a_proposal_is_refused_with_reason(store: Store, changes: dict[str, Any], code: str) -> None:
    values = {"sha256s": [kept(store.organ)], "reason": "期满。", "at": LATER, **changes}
    actor = store.actor(values.pop("who", "archivist"))

    with pytest.raises(Refused) as refusal:
        actions.propose_deletion(actor=actor, **values)

    assert refusal.value.code == code


def test_a_file_stands_on_one_open_list_only(store: Store) -> None:
    sha256 = kept(store.organ)
    deletion = proposed(store, sha256)

    with pytest.raises(Refused, match="另一份销毁清册"):
        proposed(store, sha256)

    actions.withdraw_deletion(deletion_id=deletion.pk, actor=store.actor("archivist"), at=LATER)
    assert proposed(store, sha256).state == "open"


def test_a_list_sent_back_destroys_nothing(store: Store) -> None:
    sha256 = kept(store.organ)
    deletion = proposed(store, sha256)

    actions.reject_deletion(
        deletion_id=deletion.pk, opinion="尚在复查。", actor=store.actor("head"), at=LATER
    )

    assert disk.blob_path(sha256).exists()
    with pytest.raises(Refused, match="已经办结"):
        approve(store, deletion)
    told = queries.deletion_for(store.actor("supervisor"), deletion.pk)
    assert (told.state, told.opinion) == ("rejected", "尚在复查。")


def test_only_the_proposer_takes_a_list_back(store: Store) -> None:
    deletion = proposed(store, kept(store.organ))

    with pytest.raises(Refused, match="只有提请人"):
        actions.withdraw_deletion(deletion_id=deletion.pk, actor=store.actor("head"), at=LATER)


def test_what_was_made_of_a_file_goes_with_it_unless_something_else_needs_it(store: Store) -> None:
    sha256, other = kept(store.organ), kept(store.organ, b"another film", subject="capture:2")
    handler = store.actor("handler")

    def derived(content: bytes, *originals: str) -> str:
        for original in originals:
            with transaction.atomic():
                made = actions.keep_derivative(
                    piece=f"evidence:{original[:8]}",
                    derived_from=original,
                    kind="preview",
                    content=content,
                    media_type="image/png",
                    made_how="测试",
                    actor=handler,
                    at=AT,
                )
        return made.sha256

    preview = derived(b"preview", sha256)
    smaller = derived(b"smaller", preview)
    shared = derived(b"shared", sha256, other)

    approve(store, proposed(store, sha256))

    gone = set(Blob.objects.filter(destroyed_at__isnull=False).values_list("pk", flat=True))
    assert gone == {sha256, preview, smaller}
    assert disk.blob_path(shared).exists()
    assert not disk.blob_path(smaller).exists()
    assert records.verify(deep=True).clean


def test_bytes_that_a_crash_left_are_destroyed_later(store: Store) -> None:
    sha256 = kept(store.organ)
    approve(store, proposed(store, sha256))
    disk.take_in(iter([FILM]))  # as if the process had died before it removed them
    Blob.objects.update(fault=Blob.DOOMED)
    assert disk.blob_path(sha256).exists()

    assert actions.finish_deletions() == 1

    assert not disk.blob_path(sha256).exists()
    assert actions.finish_deletions() == 0


def test_lists_are_seen_by_the_organ_and_its_supervisor(store: Store) -> None:
    deletion = proposed(store, kept(store.organ))

    assert [one.pk for one in queries.deletions_in_sight(store.actor("archivist"))] == [deletion.pk]
    assert [one.pk for one in queries.deletions_in_sight(store.actor("supervisor"))] == [deletion.pk]
    assert queries.deletions_in_sight(store.actor("stranger")) == []
    with pytest.raises(Refused, match="无权查看"):
        queries.deletion_for(store.actor("stranger"), deletion.pk)


def test_what_is_kept_is_counted_by_class(store: Store) -> None:
    kept(store.organ)
    kept(store.organ, b"x" * 1000, subject="case:1", retention=classes.CASE_FILE)

    found = queries.shares(store.actor("archivist"), day(LATER), fen_per_gb_year=1 << 30)

    assert [(one.code, one.files, one.bytes, one.cost_fen, one.over) for one in found] == [
        ("case_file", 1, 1000, 1000, 0),
        ("no_case", 1, len(FILM), len(FILM), 1),
    ]
    assert found == queries.shares(store.actor("supervisor"), day(LATER), fen_per_gb_year=1 << 30)
    assert queries.shares(store.actor("stranger"), day(LATER), fen_per_gb_year=0) == []


def test_papers_and_whatever_nobody_keeps_are_never_proposed(store: Store) -> None:
    record.keep_blob(b"%PDF-1.7 decision", "application/pdf", "决定书.pdf")

    assert queries.ready(store.actor("archivist"), day(LATER)) == []


def test_the_list_costs_the_same_however_long(store: Store) -> None:
    from django.test.utils import CaptureQueriesContext

    costs = []
    for number in range(12):
        kept(store.organ, bytes([number]), subject=f"capture:{number}")
        with CaptureQueriesContext(connection) as asked:
            queries.ready(store.actor("archivist"), day(LATER))
        costs.append(len(asked))
    assert len(set(costs)) == 1
