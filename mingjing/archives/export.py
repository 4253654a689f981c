"""电子案卷: the whole file of a case as a folder that opens and can be checked without this platform.

What lies in it: the bound PDF/A, every paper and file by itself, the records of the case with the values that
were not destroyed, their proofs, the log's head and key, catalogue and custody list, the verifier, a viewer.
"""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from mingjing.cases.papers import forms
from mingjing.kernel.cells import inert
from mingjing.organs.authority import Actor
from mingjing.record import bundling, verifier
from mingjing.record import queries as record
from mingjing.vault import queries as vault

from .bag import BagFile, Digests, Stream, bag, safe, text_file
from .binding import Bound, table
from .dossier import Dossier, bind, dossier_for
from .models import LatePaper, Volume
from .pieces import Piece, day, moment
from .viewer import viewer

BOUND = "案卷.pdf"
MEDIA = "音像和电子资料"
LATE = "补充归档"
_ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "video/mp4": ".mp4",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "video/webm": ".webm",
}
README = """电子案卷

打开 index.html（任何浏览器，不需要联网，不需要本平台的软件）即可查看目录、文书和音像。

核对文件没有变动：
  Linux、macOS：在本文件夹运行 sha256sum -c manifest-sha256.txt
  任何装有 Python 3.9 以上的电脑：python verify.py “data/证明/” 中的任一文件
  也可以在 index.html 中选择本文件夹，由浏览器逐个核对。

文件夹依 RFC 8493（BagIt）编排；manifest-sha256.txt 和 manifest-sm3.txt 列出每个文件的校验值。
"""


@dataclass(frozen=True)
class Export:
    """What is about to be given away; ``waiting`` entries have no place in the log yet and come without proof."""

    file: Dossier
    stream: Stream
    bound_sha256: str
    entries: int
    waiting: int


def prepared(actor: Actor, no: str, at: datetime) -> Export:
    """The file of a case ready to be written, nothing written yet.

    Raises: Refused as ``dossier.bound``.
    """
    file = dossier_for(actor, no)
    volume = Volume.objects.filter(case=file.case).first()
    bound = _as_sealed(volume) if volume else bind(file, actor.name, at)
    late = list(volume.late_papers.all()) if volume else []
    places = _places(file)
    entries = _entries(file)
    payload = [
        text_file(BOUND, "案卷（装订本）", bound.content),
        *_pieces(file, places),
        *(_late_file(one) for one in late),
        *entries.files,
        *_log(),
        *_tables(file, places, bound, late),
    ]
    told = {
        "Source-Organization": file.case.organ.name,
        "External-Identifier": file.case.no,
        "External-Description": file.case.title,
        "Internal-Sender-Description": file.order.title,
    }
    catalogue = _catalogue(file, places, bound, late)
    stream = bag(payload, lambda digests: _tags(catalogue, digests, at), told, at)
    return Export(file, stream, payload[0].sha256, entries.proved, entries.waiting)


def _as_sealed(volume: Volume) -> Bound:
    """The bound file as it was sealed: never bound anew."""
    with record.open_blob(volume.sha256) as stream:
        return Bound(stream.read(), {})


def _late_path(one: LatePaper) -> str:
    ending = _ENDINGS.get(one.media_type, "")
    return f"{LATE}/{one.seq:03d} {safe(one.title + ending)}"


def _late_file(one: LatePaper) -> BagFile:
    return BagFile(_late_path(one), one.title, _opener(one.sha256), one.size_bytes, one.sha256)


def _places(file: Dossier) -> dict[str, str]:
    """Where each piece lies in the folder, by its key."""
    found: dict[str, str] = {}
    for part, lines in file.catalogue().items():
        for line in lines:
            found[line.piece.key] = f"{forms.PARTS[part]}/{line.place:03d} {safe(line.piece.name)}"
    for number, piece in enumerate(file.media, start=1):
        found[piece.key] = f"{MEDIA}/{number:03d} {safe(piece.name)}"
    return found


def _pieces(file: Dossier, places: Mapping[str, str]) -> Iterator[BagFile]:
    for piece in file.all_pieces:
        yield BagFile(places[piece.key], piece.title, _opener(piece.sha256), piece.size_bytes, piece.sha256)


def _opener(sha256: str) -> Any:
    return lambda: record.open_blob(sha256)


@dataclass
class _Entries:
    """Records and proofs as files; how many were proved, how many wait for the log."""

    files: list[BagFile] = field(default_factory=list)
    proved: int = 0
    waiting: int = 0


def _entries(file: Dossier) -> _Entries:
    """Record, disclosures and proofs of everything that happened in the case."""
    found = _Entries()
    for one in record.history(f"case:{file.case.pk}"):
        name, title = f"{one.seq:04d} {one.kind}", f"{moment(one.at)} {one.kind}"
        if one.leaf_index is None:
            found.waiting += 1
            continue
        proof = record.prove(one.entry_id, reveal=sorted(record.personal(one.entry_id)))
        found.proved += 1
        found.files += [
            text_file(f"全过程记录/{name}.json", title, base64.b64decode(proof["record"])),
            text_file(f"证明/{name}.json", title, json.dumps(proof, ensure_ascii=False, indent=1)),
            text_file(f"证明/{name}.tlog-proof", title, record.tlog_proof(one.entry_id)),
            text_file(f"回执/{name}.txt", title, record.receipt(one.entry_id)),
        ]
        if proof["disclosures"]:
            listed = "\n".join(proof["disclosures"]) + "\n"
            found.files.append(text_file(f"全过程记录/{name}.disclosures", title, listed))
    return found


def _log() -> Iterator[BagFile]:
    head = record.state()
    if head.note:
        yield text_file("日志/checkpoint", "日志签名头", head.note)
    yield text_file("日志/公钥.txt", "日志公钥", record.vkey() + "\n")
    yield text_file("日志/policy.txt", "信任策略（日志和见证方的公钥）", bundling.policy())


def _tables(
    file: Dossier, places: Mapping[str, str], bound: Bound, late: Sequence[LatePaper]
) -> Iterator[BagFile]:
    rows = chain(catalogue_rows(file), late_rows(late))
    yield text_file("目录.csv", "卷内文件目录", _csv(_CATALOGUE, rows))
    listed = json.dumps(_catalogue(file, places, bound, late), ensure_ascii=False, indent=1)
    yield text_file("目录.json", "卷内文件目录", listed)
    yield text_file("保管链.csv", "证据保管链", _csv(_CUSTODY, _custody(file)))


_CATALOGUE = ("卷别", "顺序号", "文号", "题名", "日期", "页号", "备注")
_CUSTODY = ("文件", "SHA-256", "事项", "时间", "由谁", "记录编号")


def catalogue_rows(file: Dossier) -> Iterator[Sequence[str]]:
    """The catalogue as rows, volume by volume."""
    for part, lines in file.catalogue().items():
        for line, row in zip(lines, table(lines), strict=True):
            yield (forms.PARTS[part], str(line.place), *row.values())


def late_rows(late: Sequence[LatePaper]) -> Iterator[Sequence[str]]:
    """The lines of what came after the volume was sealed."""
    for one in late:
        first = str(one.first_page) if one.pages else ""
        note = f"{day(one.added_at)} 补充归档：{one.reason}"
        yield (LATE, str(one.seq), one.number, one.title, one.made_on.isoformat(), first, note)


def _custody(file: Dossier) -> Iterator[Sequence[str]]:
    """For each file: by which entry it came in, which later entries name it, and who opened or copied it."""
    titles = {piece.sha256: piece.title for piece in file.all_pieces}
    for one in record.history(f"case:{file.case.pk}"):
        for each in one.files:
            if each["sha256"] in titles:
                yield (
                    titles[each["sha256"]],
                    each["sha256"],
                    one.kind,
                    moment(one.at),
                    one.actor,
                    str(one.entry_id),
                )
    for piece in file.all_pieces:
        if piece.evidence:
            for line in reversed(vault.custody_of(piece.key, piece.sha256, limit=None)):
                what = f"{line.title}：{line.reason}" if line.reason else line.title
                told = (piece.title, piece.sha256, what, moment(line.at), line.who)
                yield (*told, str(line.entry_id))


def _csv(head: Sequence[str], rows: Iterator[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _catalogue(
    file: Dossier, places: Mapping[str, str], bound: Bound, late: Sequence[LatePaper]
) -> dict[str, Any]:
    case = file.case
    return {
        "case": case.no,
        "title": case.title,
        "organ": case.organ.name,
        "archive_no": str(case.facts.get("archive_no", "")),
        "order": file.order.title,
        "ended": moment(case.ended_at) if case.ended_at else "",
        "volumes": [
            {
                "title": forms.PARTS[part],
                "pages": lines[-1].last,
                "lines": [
                    {
                        **_told(line.piece, places),
                        "place": line.place,
                        "first": line.first,
                        "last": line.last,
                        "bound_page": bound.starts.get(line.piece.key, 0),
                    }
                    for line in lines
                ],
            }
            for part, lines in file.catalogue().items()
        ],
        "media": [
            {**_told(piece, places), "device": piece.device, "span": piece.span} for piece in file.media
        ],
    }


def _told(piece: Piece, places: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": piece.title,
        "number": piece.number,
        "date": piece.on,
        "note": piece.note,
        "path": f"data/{places[piece.key]}",
        "media_type": piece.media_type,
        "bytes": piece.size_bytes,
        "sha256": piece.sha256,
    }


def _tags(catalogue: Mapping[str, Any], digests: Digests, at: datetime) -> dict[str, bytes]:
    program = Path(verifier.__file__).parent / "mingjing_verify.py"
    return {
        "index.html": viewer(catalogue, digests, at),
        "verify.py": program.read_bytes(),
        "读我.txt": README.encode(),
    }
