"""Tables of the record: entries, the logs of the years, their places in them, the heads, and the stored files.

``Entry``, ``Leaf``, ``Node`` and ``Checkpoint`` only ever grow. The classes refuse changes in Python, the
triggers of :mod:`mingjing.record.triggers` refuse them in the database, and ``queries.verify`` finds what
got past both.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models.functions import Now


class AppendOnlyError(TypeError):
    """Code tried to change or delete what may only be added: a bug, never a user's mistake."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that can be read and added, nothing else."""

    def update(self, **changes: object) -> NoReturn:
        """Refuse: a record is corrected by a further record."""
        raise AppendOnlyError(f"{self.model.__name__} rows cannot be updated")

    def delete(self) -> NoReturn:
        """Refuse: personal values live in Disclosure rows, which can be deleted."""
        raise AppendOnlyError(f"{self.model.__name__} rows cannot be deleted")


class AppendOnly(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        # Cascades and refreshes go through the base manager; it must refuse as well.
        base_manager_name = "objects"

    def save(self, **options: Any) -> None:
        """Insert the row; an existing row is refused.

        ``force_insert`` keeps Django from trying an UPDATE first.
        """
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} {self.pk} cannot be changed")
        super().save(**{**options, "force_insert": True})

    def delete(self, *arguments: object, **options: object) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(f"{type(self).__name__} {self.pk} cannot be deleted")


class Entry(AppendOnly):
    """全过程记录的一条: that something happened in a matter, as bytes that never change.

    ``body`` is the record in the form ``mj-record/1``; the other columns repeat what queries need from it.
    ``seq`` and ``prev`` chain the entries of one subject, starting with 1 and no predecessor. ``at`` is the
    moment that counts in law; ``entered_at`` is the database's clock when the row was written (None: written
    before this was kept).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=100)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    prev = models.BinaryField(null=True)
    body = models.BinaryField()
    sha256 = models.BinaryField()
    sm3 = models.BinaryField()
    entered_at = models.DateTimeField(null=True, db_default=Now())

    class Meta(AppendOnly.Meta):
        constraints = (
            models.UniqueConstraint(fields=("subject", "seq"), name="entry_once_in_its_chain"),
            models.CheckConstraint(
                condition=models.Q(seq=1, prev__isnull=True) | models.Q(seq__gt=1, prev__isnull=False),
                name="entry_follows_its_predecessor",
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} #{self.seq} {self.kind}"


class Disclosure(models.Model):
    """披露: one personal value of an entry, with its salt; deleting the row is how the value is forgotten."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="disclosures")
    name = models.CharField(max_length=64)
    text = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("entry", "name"), name="disclosure_once_for_each_name"),
        )

    def __str__(self) -> str:
        return self.name


class Pending(models.Model):
    """待编入: an entry that waits for its place in the log.

    The sequencer takes what is here rather than "everything after the last number": a transaction that
    began early may commit late, and must not be skipped.
    """

    number = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="pending")

    def __str__(self) -> str:
        return str(self.number)


class Log(models.Model):
    """日志: one tree of the record under a name and a key of its own; a new one begins with each calendar year.

    ``start`` is the place of its first leaf, counted over all logs. ``size`` counts what it took in; the sequencer
    that holds the lock of this row is the only one at work. ``vkey`` is the public key, kept so that the private
    one can be put away when the year is over. ``year`` is None for a log that began before there was one for each
    year; ``epoch`` counts on where a year's log had to be begun anew after a restore. ``hashing`` is ``sha256``; a
    tree over the same leaves with ``sm3`` is a log beside it.
    """

    origin = models.CharField(max_length=200, unique=True)
    year = models.PositiveSmallIntegerField(null=True)
    epoch = models.PositiveSmallIntegerField(default=1)
    hashing = models.CharField(max_length=8, default="sha256")
    state = models.CharField(max_length=8)
    start = models.BigIntegerField()
    size = models.BigIntegerField(default=0)
    vkey = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("year", "epoch", "hashing"), name="log_once_an_epoch"),
            models.UniqueConstraint(
                fields=("hashing",), condition=models.Q(state="open"), name="log_one_at_a_time"
            ),
            models.CheckConstraint(condition=models.Q(state__in=("open", "closed")), name="log_state"),
        )

    def __str__(self) -> str:
        return self.origin


class Leaf(AppendOnly):
    """日志叶: the place of an entry, counted from 0 without gaps over all logs; see ``Log.start``."""

    number = models.BigIntegerField(primary_key=True)
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="leaves", db_index=False)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="leaf")
    hash = models.BinaryField()

    class Meta(AppendOnly.Meta):
        constraints = (
            models.CheckConstraint(condition=models.Q(number__gte=0), name="leaf_counts_from_zero"),
        )

    def __str__(self) -> str:
        return str(self.number)

    @property
    def index(self) -> int:
        """The place within its own log. Cost: 1 query unless ``log`` was read along."""
        return self.number - self.log.start


class Node(AppendOnly):
    """树节点: the root of a full tile, so that the tree grows without reading its leaves again.

    ``level`` counts tile levels from 1; the node covers ``256 ** level`` leaves.
    """

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="nodes", db_index=False)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta(AppendOnly.Meta):
        constraints = (
            models.UniqueConstraint(fields=("log", "level", "index"), name="node_once_in_the_tree"),
        )

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(AppendOnly):
    """日志签名头: the signed state of a log at one size. Two different roots for one size cannot exist."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="checkpoints", db_index=False)
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = (
            models.CheckConstraint(condition=models.Q(size__gt=0), name="checkpoint_of_a_log_that_began"),
            models.UniqueConstraint(fields=("log", "size"), name="checkpoint_once_for_each_size"),
        )

    def __str__(self) -> str:
        return str(self.size)


class Cosignature(models.Model):
    """联署: that a witness saw a head, consistent with all it saw before. ``key`` is the witness's name and key id.

    It needs no wall against change: ``line`` is a signature, and whoever spoils it is found out by reading it.
    """

    head = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    key = models.CharField(max_length=200)
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("head", "key"), name="cosignature_once_for_each_head"),
        )

    def __str__(self) -> str:
        return self.key


class Standing(models.Model):
    """见证情况: what a witness is known to have cosigned of a log, and what it said when it was asked last.

    ``met_at`` is when it last answered as agreed; ``trouble`` is empty then.
    """

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="standings")
    key = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)
    met_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()
    trouble = models.TextField(blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("log", "key"), name="standing_once_for_each_witness"),)

    def __str__(self) -> str:
        return f"{self.key} {self.size}"


class Blob(models.Model):
    """存储文件: the fact that the content with this SHA-256 is durably kept.

    ``sha256`` is 64 hexadecimal digits; ``sm3`` as many, or empty where it was not asked for. ``stored_at`` and
    ``read_at`` are the machine's clock, which no rule depends on: when the content was kept, and when it was last
    read whole and found right. ``fault`` is what the last reading found wrong (``missing``, ``size``, ``changed``,
    ``unread``). From ``destroyed_at`` on the content is gone for good, or on its way (``doomed``); row and record
    stay, so that every proof stays valid.
    """

    DOOMED = "doomed"

    sha256 = models.CharField(primary_key=True, max_length=64)
    sm3 = models.CharField(max_length=64, blank=True, default="")
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(db_default=Now(), db_index=True)
    fault = models.CharField(max_length=10, blank=True, default="")
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="blob_is_not_empty"),
        )

    def __str__(self) -> str:
        return self.sha256

    def as_file(self, name: str) -> dict[str, object]:
        """How an entry's ``files`` refers to this content under the name people know it by."""
        return {
            "sha256": self.sha256,
            "name": name,
            "size_bytes": self.size_bytes,
            "media_type": self.media_type,
        }


class Manifest(models.Model):
    """分块清单: the SHA-256 of each part of 8 MiB of a stored file that has more than one, 32 bytes each, in order.

    It lets a part be checked without the others: by a scrub that stops and goes on, by an upload that resumes.
    """

    blob = models.OneToOneField(Blob, models.PROTECT, primary_key=True, related_name="manifest")
    digests = models.BinaryField()

    def __str__(self) -> str:
        return str(self.pk)
