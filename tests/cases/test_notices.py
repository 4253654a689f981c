"""Reminders: kept once for each mark, void when the date moves, shown to those who owe the duty."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mingjing.cases import actions, queries
from mingjing.cases.models import Notice, Obligation
from tests.office import MONDAY, Office, open_matter

pytestmark = pytest.mark.django_db


def test_each_mark_is_kept_once(office: Office) -> None:
    matter = open_matter(office)
    duty = Obligation.objects.get(case=matter.case, step="file")
    assert duty.due_at is not None

    assert actions.warn(at=MONDAY) == 0
    assert actions.warn(at=duty.due_at - timedelta(hours=1)) == 1
    assert actions.warn(at=duty.due_at - timedelta(minutes=1)) == 0
    assert actions.warn(at=duty.due_at + timedelta(days=1)) == 1

    assert list(Notice.objects.order_by("at").values_list("mark", flat=True)) == ["due", "overdue"]


def test_who_owes_it_sees_it_and_the_head_when_it_is_over(office: Office) -> None:
    matter = open_matter(office)
    duty = Obligation.objects.get(case=matter.case, step="file")
    assert duty.due_at is not None
    late = duty.due_at + timedelta(days=1)
    handler, head, stranger = office.actor("handler"), office.actor("organ_head"), office.actor("archivist")

    actions.warn(at=duty.due_at)
    assert [row.mark for row in queries.notices(handler, duty.due_at)] == ["今日到期"]
    assert queries.notices(head, duty.due_at) == []

    actions.warn(at=late)
    assert [row.mark for row in queries.notices(handler, late)] == ["已超期"]
    assert [row.mark for row in queries.notices(head, late)] == ["已超期"]
    assert queries.notices(stranger, late) == []


def test_read_reminders_are_no_longer_new(office: Office) -> None:
    matter = open_matter(office)
    duty = Obligation.objects.get(case=matter.case, step="file")
    assert duty.due_at is not None
    handler = office.actor("handler")
    actions.warn(at=duty.due_at)
    assert queries.todo_counts(handler, duty.due_at).unread == 1

    actions.read_notices(handler, duty.due_at)

    assert queries.todo_counts(handler, duty.due_at).unread == 0
    assert [row.new for row in queries.notices(handler, duty.due_at)] == [False]


def test_a_date_that_moves_is_told_of_anew_and_a_paused_one_not_at_all(office: Office) -> None:
    matter = open_matter(office)
    duty = Obligation.objects.get(case=matter.case, step="file")
    assert duty.due_at is not None
    at = duty.due_at
    actions.warn(at=at)

    Obligation.objects.filter(pk=duty.pk).update(due_at=at + timedelta(days=30))
    assert queries.notices(office.actor("handler"), at) == []
    assert actions.warn(at=at + timedelta(days=31)) == 1

    Obligation.objects.filter(pk=duty.pk).update(due_at=at + timedelta(days=60), paused=True)
    assert actions.warn(at=at + timedelta(days=61)) == 0
    assert queries.notices(office.actor("handler"), at) == []
