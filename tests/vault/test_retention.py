"""How long files are kept, what forbids to destroy them, and who destroys them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.record import actions as record
from mingjing.record import queries as records
from mingjing.record.models import Entry
from mingjing.vault import actions, classes, queries
from tests.vault.keeping import AT, LATER, Store, day, kept, store

__all__ = ["store"]
pytestmark = pytest.mark.django_db


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
