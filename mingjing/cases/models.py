"""Tables of the room ``cases``: one engine for all acts."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from mingjing.law.models import PowerItem
from mingjing.organs.models import Officer, Organ
from mingjing.parties.models import Party

from .field_models import CardScan as CardScan
from .field_models import FieldAct as FieldAct
from .field_models import NumberBlock as NumberBlock
from .field_models import Showing as Showing
from .field_models import VoidNumber as VoidNumber
from .paper_models import Counter as Counter
from .paper_models import Evidence as Evidence
from .paper_models import Paper as Paper
from .paper_models import Payment as Payment
from .paper_models import RecordingExcuse as RecordingExcuse
from .paper_models import SeriesStart as SeriesStart
from .paper_models import Service as Service


class Case(models.Model):
    """案件、事项: one matter under one edition of one procedure.

    ``marking`` is the engine's state (``kernel.engine.dump``), ``facts`` the flat facts by their codex keys;
    both move only in ``cases.actions``. ``version`` counts steps and guards against two people acting on
    what one of them has not seen. ``stage`` and ``label`` are kept for lists and derive from the marking and
    the first numbered paper.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    no = models.CharField(max_length=30, unique=True)
    label = models.CharField(max_length=80)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="cases")
    procedure = models.CharField(max_length=60)
    edition = models.CharField(max_length=64)  # Procedure.sha256
    act = models.CharField(max_length=20)
    field = models.CharField(max_length=20)
    region = models.CharField(max_length=6)
    title = models.CharField(max_length=300)
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="cases")
    more_parties = models.BooleanField(default=False)  # whether ``CaseParty`` has rows of this case
    power_item = models.ForeignKey(PowerItem, models.PROTECT, null=True, blank=True, related_name="cases")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    facts = models.JSONField(default=dict)
    marking = models.JSONField(default=dict)
    stage = models.CharField(max_length=30)
    stage_title = models.CharField(max_length=30)
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # the earliest open dated obligation of the organ
    decided_on = models.DateField(null=True, blank=True)
    # Since when it is recorded whole because it may be disputed: ``cases.disputes``.
    disputed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-moved_at", "-id"]
        indexes = [
            models.Index(fields=["organ", "-moved_at", "-id"], name="case_organ_moved"),
            models.Index(fields=["organ", "stage", "-moved_at", "-id"], name="case_organ_stage"),
            models.Index(fields=["organ", "procedure", "-moved_at", "-id"], name="case_organ_procedure"),
            models.Index(
                fields=["organ", "-moved_at", "-id"],
                condition=Q(ended_at__isnull=True),
                name="case_organ_running",
            ),
            models.Index(
                fields=["organ", "due_at", "id"], condition=Q(ended_at__isnull=True), name="case_organ_due"
            ),
            models.Index(fields=["-moved_at", "-id"], name="case_moved"),
            # Most matters stand alone: an index over all of them would look useless to the planner.
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="case_with_parent"),
        ]

    def __str__(self) -> str:
        return self.label


class CaseParty(models.Model):
    """参加人: who takes part in a matter beside its first party (``Case.party``), as what, since when.

    ``represents`` is the party an agent, guardian or translator stands beside. ``scope`` tells what an agent may
    do (一般代理、特别授权) or how a guardian is related; ``nationality`` and the passport's number a foreigner.
    Source: 行政处罚法/30, 44, 64(5); 行政许可法/36; 行政诉讼法/27, 29, 31.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    party = models.ForeignKey(Party, models.PROTECT, related_name="takes_part")
    role = models.CharField(max_length=20)  # co_party interested agent guardian translator
    represents = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="+")
    scope = models.CharField(max_length=200, blank=True)
    nationality = models.CharField(max_length=60, blank=True)
    passport = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "party", "role"], condition=Q(until__isnull=True), name="case_party_once"
            )
        ]


class CaseLink(models.Model):
    """并案、分案: ``case`` was merged into ``other`` (``merged``), or split off from it (``split``)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, models.PROTECT, related_name="linked_by")
    kind = models.CharField(max_length=10)  # merged split
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="case_link_once"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="case_link_to_another"),
        ]


class CaseOfficer(models.Model):
    """办案人员: who handles, reviews or hears a matter; separation of duties is judged on these rows.

    ``until`` is when a handler handed the matter over; the row stays, for whoever once handled a case neither
    reviews nor approves in it.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="officers")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="case_roles")
    role = models.CharField(max_length=30)  # handler reviewer hearing_host …
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "officer", "role"], condition=Q(until__isnull=True), name="case_officer_once"
            )
        ]
        indexes = [models.Index(fields=["officer", "role"], name="case_officer_role")]


class Step(models.Model):
    """环节: something that happened in a matter, once and for all.

    ``at`` is its time in law, by which terms run; ``legal_on`` the day on which what it records took place and
    ``entered_at`` when the platform took it in: the two are a pair, and ``late_reason`` says why they lie apart
    (补录). ``recording`` is what its procedure asked to be filmed. ``identity`` is how certificates were shown where
    its procedure asked for it (shown, excepted, missing), with the code of the exception. ``set_aside_at`` is when
    it was sent back to be done over (退回重办): it stays as it was, but the case stands as if it had not been taken.
    ``on_behalf_of`` is whom the officer ``by`` deputized for; ``by_name`` then bears both names. ``entry_id`` names
    the entry of the record that commits to it; the column has no constraint towards the record so that nothing live
    can block or rewrite the log.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=60)
    title = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="steps")
    by_name = models.CharField(max_length=130)
    on_behalf_of = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="proposals")
    facts = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True)
    legal_on = models.DateField()
    entered_at = models.DateTimeField()
    late_reason = models.CharField(max_length=300, blank=True)
    recording = models.CharField(max_length=10, blank=True)  # none optional key full
    identity = models.CharField(max_length=10, blank=True)  # shown excepted missing
    identity_exception = models.CharField(max_length=30, blank=True)
    entry_id = models.UUIDField()
    set_aside_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    set_aside_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["case_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="step_seq_once"),
            models.CheckConstraint(
                condition=Q(set_aside_at__isnull=True, set_aside_by__isnull=True)
                | Q(set_aside_at__isnull=False, set_aside_by__isnull=False),
                name="step_set_aside_at_with_by",
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-at"], name="step_by_at"),
            models.Index(fields=["-entered_at"], condition=~Q(late_reason=""), name="step_entered_late"),
            models.Index(
                fields=["-at"], condition=Q(recording__in=("key", "full")), name="step_to_be_filmed"
            ),
            models.Index(fields=["-at"], condition=~Q(identity=""), name="step_identity_asked"),
        ]


class Move(models.Model):
    """经办变动: what happened to a matter in the office and is no step of the law: handed over, urged, returned.

    ``seq`` counts in one row with the steps, so that the time line tells both in order; ``entry_id`` names the
    entry of the record. A move changes what the law asks for only where an approval outside the procedure does so
    (``cases.exempting``).
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="moves")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="moves")
    by_name = models.CharField(max_length=130)
    text = models.CharField(max_length=1000, blank=True)
    entry_id = models.UUIDField()

    class Meta:
        ordering = ["case_id", "seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="move_seq_once")]


class Handover(models.Model):
    """案件移交: a handler gives a matter to a colleague, who takes it over or declines.

    ``duties`` and ``materials`` list what was owed and what lay in the file when it was offered.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="handovers")
    giver = models.ForeignKey(Officer, models.PROTECT, related_name="handed_over")
    receiver = models.ForeignKey(Officer, models.PROTECT, related_name="taken_over")
    reason = models.CharField(max_length=500)
    duties = models.JSONField(default=list)
    materials = models.JSONField(default=list)
    offered_by = models.ForeignKey(Officer, models.PROTECT, related_name="handovers_offered")
    offered_at = models.DateTimeField()
    state = models.CharField(max_length=20, default="open")  # open accepted declined withdrawn
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="open"), name="handover_open_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="handover_closed_at_with_by",
            ),
        ]


class Obligation(models.Model):
    """法定职责: a duty that the law, or a colleague's submission, has put on somebody, with its term.

    ``kind`` is ``duty`` (opened by the procedure), ``approval`` (opened by a submission) ``handover`` (a case
    offered by a colleague), ``countersign`` (a colleague's word asked for) or ``exemption`` (a decision not to be shown
    that is to be approved, or judged anew by its day). ``role`` says
    who owes it; ``assignee`` narrows it to one officer. ``explanation`` shows how the date was reckoned.
    ``ready_at`` is the moment from which it can be done if nothing else happens; None while another step must
    come first. ``urged_at`` is when somebody last asked for it (催办), ``urges`` how often.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="obligations")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="obligations")
    kind = models.CharField(max_length=20, default="duty")
    step = models.CharField(max_length=60)
    key = models.CharField(max_length=160)  # engine's Duty.key: owed step, opening step, clock
    title = models.CharField(max_length=80)
    role = models.CharField(max_length=30)
    assignee = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="obligations")
    opened_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    provisional = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    clock = models.CharField(max_length=30, blank=True)
    basis = models.CharField(max_length=200, blank=True)
    explanation = models.JSONField(default=list)
    state = models.CharField(max_length=20, default="open")  # open discharged cancelled
    closed_at = models.DateTimeField(null=True, blank=True)
    late = models.BooleanField(default=False)
    urged_at = models.DateTimeField(null=True, blank=True)
    urges = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = [F("due_at").asc(nulls_last=True), "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "key"], condition=Q(state="open"), name="obligation_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="obligation_closed_at_with_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organ", "role", "due_at", "id"],
                condition=Q(state="open"),
                name="obligation_open_role",
            ),
            models.Index(
                fields=["assignee", "due_at", "id"], condition=Q(state="open"), name="obligation_open_mine"
            ),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="obligation_open_due"),
        ]


class Notice(models.Model):
    """期限提醒: that a term has come to a mark (half, three days, one day, due, overdue), once for each mark.

    A due date that moves (延期、中止) is another term, so its marks come again. Who sees it follows from who owes
    the duty when the list is read.
    """

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="notices")
    mark = models.CharField(max_length=20)  # keys of kernel.warnings.MARKS
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["obligation", "mark", "due_at"], name="notice_once_for_each_mark")
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="notice_latest")]


class NoticesSeen(models.Model):
    """提醒已读: until when an officer has read the reminders."""

    officer = models.OneToOneField(Officer, models.PROTECT, related_name="notices_seen")
    seen_at = models.DateTimeField()


class Submission(models.Model):
    """报批: a step that its proposer has submitted and the approver has yet to take, return or let lie."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="submissions")
    step = models.CharField(max_length=60)
    title = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    facts = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="submissions")
    on_behalf_of = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    late_reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20, default="open")  # open approved returned withdrawn
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="approvals")
    closed_at = models.DateTimeField(null=True, blank=True)
    opinion = models.CharField(max_length=500, blank=True)
    entry_id = models.UUIDField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step"], condition=Q(state="open"), name="submission_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="submission_closed_at_with_by",
            ),
        ]


class Countersign(models.Model):
    """会签: a colleague's word that the approver waits for; asked for with a question, answered with an opinion."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="countersigns")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="countersigns")
    question = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=20, default="open")  # open agreed objected cancelled
    opinion = models.CharField(max_length=500, blank=True)
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "officer"],
                condition=~Q(state="cancelled"),
                name="countersign_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="countersign_closed_at_with_by",
            ),
        ]


class Bar(models.Model):
    """禁止再次申请: until when a party may not apply again for the same thing, and by which step of which matter.

    ``thing`` is the code of the license item; ``procedure`` narrows the bar to one way of applying.
    Source: 行政许可法/78, 79.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="bars")
    step = models.ForeignKey(Step, models.PROTECT, related_name="bars")
    party = models.ForeignKey(Party, models.PROTECT, related_name="bars")
    thing = models.CharField(max_length=60)
    procedure = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=100)
    from_on = models.DateField()
    until_on = models.DateField()
    clock = models.CharField(max_length=30, blank=True)
    basis = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["party", "thing", "until_on"], name="bar_party_thing")]
