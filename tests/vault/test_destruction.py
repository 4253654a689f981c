"""How files are destroyed by two persons, what forbids it, and what is left of them."""

from __future__ import annotations

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
from tests.vault.keeping import AT, FILM, LATER, Store, day, kept, proposed, store

__all__ = ["store"]
pytestmark = pytest.mark.django_db


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
