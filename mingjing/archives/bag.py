"""电子案卷文件夹: files and their checksums laid out so that any machine can check them, as a folder or a ZIP.

The layout is BagIt: what is kept under ``data/``, manifests with SHA-256 and SM3, tag files beside them.
Everything streams: no file is ever whole in memory. Source: RFC 8493; GM/T 0004 (SM3).
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives import hashes

from mingjing.kernel.refused import Refused

CHUNK_BYTES = 1 << 20
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALGORITHMS = ("sha256", "sm3")
_UNSAFE = re.compile(r'[\\/:*?"<>|%\x00-\x1f\x7f]+')
_MOST_BYTES = 120  # of a file name in UTF-8; most file systems end at 255


@dataclass(frozen=True)
class BagFile:
    """One file of the folder; ``path`` is below it, with ``/``. ``sha256`` is what it must have, if known."""

    path: str
    title: str
    open: Callable[[], BinaryIO]
    size_bytes: int
    sha256: str = ""


@dataclass
class Digests:
    """What was written so far: path → digests by algorithm, and sizes."""

    of: dict[str, dict[str, str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def manifest(self, algorithm: str, paths: Iterable[str]) -> bytes:
        """Lines of digest and path, as ``sha256sum -c`` reads them."""
        return "".join(f"{self.of[path][algorithm]}  {path}\n" for path in sorted(paths)).encode()


Tags = Callable[[Digests], Mapping[str, bytes]]
Stream = Iterator[tuple[str, int, Iterator[bytes]]]


def text_file(path: str, title: str, content: str | bytes) -> BagFile:
    """A small file made here."""
    data = content.encode() if isinstance(content, str) else content
    return BagFile(path, title, lambda: io.BytesIO(data), len(data), hashlib.sha256(data).hexdigest())


def safe(name: str) -> str:
    """A name that every file system takes; the ending stays."""
    clean = _UNSAFE.sub("_", name).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending) > 8:
        stem, dot, ending = clean, "", ""
    room = _MOST_BYTES - len((dot + ending).encode())
    return (stem.encode()[:room].decode("utf-8", "ignore") or "文件") + dot + ending


def bag(payload: Sequence[BagFile], tags: Tags, info: Mapping[str, str], at: datetime) -> Stream:
    """Every file of the folder in order: payload, then what ``tags`` makes of its digests, then manifests.

    Each stream MUST be read to its end before the next is asked for. Raises: Refused ``blob-damaged`` at the
    file whose bytes are not those that were kept.
    """
    digests = Digests()
    for one in payload:
        yield f"data/{one.path}", one.size_bytes, _counted(one, digests)
    paths = list(digests.of)
    made: dict[str, bytes] = {"bagit.txt": BAGIT, "bag-info.txt": _info(info, digests, at)}
    for algorithm in ALGORITHMS:
        made[f"manifest-{algorithm}.txt"] = digests.manifest(algorithm, paths)
    made |= tags(digests)
    for path, content in made.items():
        yield path, len(content), _counted(text_file(path, path, content), digests, prefix="")
    for algorithm in ALGORITHMS:
        content = digests.manifest(algorithm, made)
        yield f"tagmanifest-{algorithm}.txt", len(content), iter([content])


def _counted(one: BagFile, digests: Digests, prefix: str = "data/") -> Iterator[bytes]:
    found = {"sha256": hashlib.sha256(), "sm3": _sm3()}
    size = 0
    with one.open() as stream:
        while piece := stream.read(CHUNK_BYTES):
            size += len(piece)
            for digest in found.values():
                digest.update(piece)
            yield piece
    told = {name: _hex(digest) for name, digest in found.items()}
    if one.sha256 and told["sha256"] != one.sha256:
        raise Refused(
            "blob-damaged",
            f"文件“{one.title}”的内容与登记的 SHA-256 不符，没有写出。",
            remedy="请管理员从备份恢复该文件，并运行 mingjing record verify --deep。",
        )
    digests.of[prefix + one.path] = told
    digests.sizes[prefix + one.path] = size


def _sm3() -> Any:
    """A running SM3; not every build of OpenSSL gives it to hashlib."""
    return hashlib.new("sm3") if "sm3" in hashlib.algorithms_available else hashes.Hash(hashes.SM3())


def _hex(digest: Any) -> str:
    return str(digest.hexdigest()) if hasattr(digest, "hexdigest") else digest.finalize().hex()


def _info(info: Mapping[str, str], digests: Digests, at: datetime) -> bytes:
    total = sum(digests.sizes.values())
    told = {
        **info,
        "Bagging-Date": at.date().isoformat(),
        "Payload-Oxum": f"{total}.{len(digests.sizes)}",
        "Bag-Size": f"{max(total // 1024, 1)} KB",
    }
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in told.items() if value).encode()


def write_folder(stream: Stream, out: Path) -> tuple[int, int]:
    """Write the files under ``out``; how many files and bytes. The folder appears whole or not at all.

    Raises: Refused ``folder-exists``, ``folder-unwritable``.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Refused("folder-exists", f"{out} 已经存在而且不是空的。", remedy="换一个文件夹，或者先清空它。")
    partial = out.parent / f".{out.name}.partial"
    files = total = 0
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        for path, _, pieces in stream:
            total += _write(partial / path, pieces)
            files += 1
        if out.exists():
            out.rmdir()
        partial.rename(out)
    except OSError as error:
        raise Refused(
            "folder-unwritable", f"写不进 {out}：{error.strerror}。", remedy="请检查权限和磁盘空间。"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return files, total


def _write(path: Path, pieces: Iterator[bytes]) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
    return size


class _Outbox(io.RawIOBase):
    """What a ZIP writer has written and nobody has taken yet."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Keep the bytes until they are taken."""
        piece = bytes(data)
        self.pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        """The bytes so far, which are then forgotten."""
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def zipped(stream: Stream, at: datetime) -> Iterator[bytes]:
    """The same files as a stored ZIP, piece by piece: films do not compress, and nothing waits for the end."""
    outbox = _Outbox()
    moment = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:
        for path, size_bytes, pieces in stream:
            info = zipfile.ZipInfo(path, moment)
            with archive.open(info, "w", force_zip64=size_bytes > zipfile.ZIP64_LIMIT // 2) as target:
                for piece in pieces:
                    target.write(piece)
                    yield outbox.take()
    yield outbox.take()
