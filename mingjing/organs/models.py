"""Tables of the room ``organs``: who may act, in whose name, since when."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q


class Organ(models.Model):
    """执法主体: an organ, authorized or entrusted organization that acts in its own name or another's.

    ``field`` names the profile of special rules (``food``, ``traffic`` …) under which it mostly acts;
    ``organ_fields`` the kinds of organ (``market``, ``health``, ``fire`` …) that it is for the list of
    powers, where they are not simply its field. ``path`` is the organ's place in the tree: the codes of all
    organs above it and its own (``/dz-zf/tc-zf/tc-scjg/``). ``paper_prefix`` is the 机关代字 of its document
    numbers. ``uniform`` is what its officers must wear on duty, empty where there is none. ``records_more`` says
    that a confirmed recording checklist of its own asks, or once asked, for more than the procedures do.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, default="organ")  # organ | authorized | entrusted | government
    credit_code = models.CharField(max_length=18, blank=True)
    region = models.CharField(max_length=6, db_index=True)
    field = models.CharField(max_length=20, default="general")
    organ_fields = models.JSONField(default=list, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=400)
    paper_prefix = models.CharField(max_length=20)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    is_justice_bureau = models.BooleanField(default=False)
    reconsideration_organ = models.CharField(max_length=120, blank=True)
    court = models.CharField(max_length=120, blank=True)
    bank = models.CharField(max_length=120, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    uniform = models.CharField(max_length=60, blank=True)  # 制式服装的名称；没有的为空
    records_more = models.BooleanField(default=False)
    confirmed_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["region", "code"]
        # An empty path would make a supervisor of nobody the supervisor of all.
        constraints = [models.CheckConstraint(condition=~Q(path=""), name="organ_path_given")]

    def __str__(self) -> str:
        return self.name


def path_below(parent: Organ | None, code: str) -> str:
    """The place in the tree of an organ with this code."""
    return f"{parent.path if parent else '/'}{code}/"


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by user name, whatever the case of its letters."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username__iexact=username or "")


class Account(AbstractBaseUser):
    """账号: the means to sign in; a person's rights hang on the officer, never on the account."""

    username = models.CharField(max_length=60, unique=True)
    is_active = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    objects = AccountManager()

    def __str__(self) -> str:
        return self.username


class SignInAttempt(models.Model):
    """登录尝试: a try to sign in that failed or has not been judged yet; a success wipes the account's tries.

    ``username`` is what was typed, in lower case, whether or not such an account exists, so that the lock
    tells strangers nothing about which accounts there are.
    """

    username = models.CharField(max_length=60)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["username", "-at"], name="attempt_username"),
            models.Index(fields=["address", "-at"], name="attempt_address"),
        ]


class AccountSession(models.Model):
    """登录会话: one browser in which an account is signed in, so that its owner can see and end it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    signed_in_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-seen_at"]


class Officer(models.Model):
    """行政执法人员: a person who works for an organ, with certificates and appointments."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="officers")
    account = models.OneToOneField(Account, models.SET_NULL, null=True, blank=True, related_name="officer")
    name = models.CharField(max_length=60)
    unit = models.CharField(max_length=80, blank=True)
    post = models.CharField(max_length=60, blank=True)
    is_principal = models.BooleanField(default=False)  # 主要负责人
    legal_qualification = models.CharField(max_length=40, blank=True)  # 法律职业资格证号
    active = models.BooleanField(default=True)
    photo = models.CharField(max_length=64, blank=True)  # SHA-256 of the certificate photo in the store
    # Since when the latest examination stands as failed; kept by ``actions.qualifying`` from ``Qualification``.
    failed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["organ_id", "id"]

    def __str__(self) -> str:
        return self.name


class Qualification(models.Model):
    """执法资格考试、免试和培训: what an officer's qualification rests on, as a manager entered it from its proof.

    ``passed`` is of an examination (``exam``), ``hours`` are class hours (学时) of a training; who holds the legal
    qualification may be exempted (``exempt``). A wrong entry is voided with its reason, never changed.
    Source: 行政处罚法/42(1); domain R-021, R-128.
    """

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=10)  # exam exempt training
    held_on = models.DateField()
    title = models.CharField(max_length=120)
    organizer = models.CharField(max_length=120)
    passed = models.BooleanField(null=True, blank=True)
    score = models.CharField(max_length=20, blank=True)
    hours = models.PositiveSmallIntegerField(null=True, blank=True)
    proof = models.CharField(max_length=200)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-held_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="exam", passed__isnull=False, hours__isnull=True)
                | Q(kind="exempt", passed__isnull=True, hours__isnull=True)
                | Q(kind="training", passed__isnull=True, hours__gte=1),
                name="qualification_says_what_its_kind_does",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="qualification_void_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Equipment(models.Model):
    """着装、标志的配发: a uniform or sign that an officer was given, until he gives it back or it is written off.

    ``ended`` says how it ended (``returned``, ``lost``, ``worn``). Source: 达州三项制度方案/3(1); domain R-031.
    """

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="equipment")
    kind = models.CharField(max_length=10)  # uniform sign
    item = models.CharField(max_length=60)
    number = models.CharField(max_length=40, blank=True)
    quantity = models.PositiveSmallIntegerField(default=1)
    issued_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended = models.CharField(max_length=10, blank=True)
    ended_note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "equipment"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number"],
                condition=Q(ended_on__isnull=True) & ~Q(number=""),
                name="equipment_number_out_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended="")
                | (Q(ended_on__gte=F("issued_on")) & ~Q(ended="")),
                name="equipment_ends_after_it_was_issued",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="equipment_of_one_or_more"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.number}".strip()


class Certificate(models.Model):
    """执法证件: what an officer shows at the door; only a certificate valid on the day counts.

    Source: 行政处罚法/42, 55.
    """

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, default="enforcement")  # enforcement | supervision
    fields = models.JSONField(default=list)  # profile codes; empty: every field of the organ
    region = models.CharField(max_length=6)
    valid_from = models.DateField()
    valid_until = models.DateField()
    state = models.CharField(max_length=20, default="in_force")  # in_force suspended withdrawn lost

    class Meta:
        ordering = ["officer_id", "-valid_until"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="certificate_valid_from_before_until"
            )
        ]


class Appointment(models.Model):
    """任命: a role held by an officer for a time; what the role may do is in ``organs.roles``."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=30)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["officer_id", "role"]
        constraints = [models.UniqueConstraint(fields=["officer", "role", "since"], name="appointment_once")]


class Mandate(models.Model):
    """委托代理: the deputy acts in a role of the principal while the principal is away, in both names.

    Never for what the law reserves to the person (``organs.mandates``); a deputy hands nothing on.
    """

    principal = models.ForeignKey(Officer, models.PROTECT, related_name="mandates_given")
    deputy = models.ForeignKey(Officer, models.PROTECT, related_name="mandates")
    role = models.CharField(max_length=30)
    since = models.DateField()
    until = models.DateField()
    reason = models.CharField(max_length=300)
    made_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="mandate_since_before_until"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="mandate_ended_at_with_by",
            ),
        ]
        indexes = [models.Index(fields=["deputy", "until"], name="mandate_deputy")]


class ConfirmedList(models.Model):
    """已确认的清单: what an edition of a register that binds acting lets act, from ``since`` until it is ended.

    ``kind`` is that of the register (``subjects``, ``officers``, ``inspection-subjects``, ``powers``,
    ``inspection-items``, ``recording``); ``keys`` are the codes of organs, numbers of certificates, codes or names
    of items in it; of ``recording`` only what the organ asks for beyond the procedures (``cases.recording_rules``).
    The latest edition whose day has come counts; one that was ended binds nobody any more. Source: 达州三项制度方案/2(1);
    domain R-022 (only what is confirmed may act).
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="confirmed_lists")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the last day on which it counted
    keys = models.JSONField(default=list)

    class Meta:
        ordering = ["organ_id", "kind", "-since", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["organ", "kind", "number"], name="confirmed_list_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title}@{self.number}"
