"""A new witness: its settings and its keys, made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mingjing.kernel import note
from mingjing.kernel.policy import Witness
from mingjing.kernel.refused import Refused
from mingjing.witness import config, files

_OWNER_ONLY = 0o600


@dataclass(frozen=True)
class Made:
    """What was made; ``policy`` are the lines by which a policy trusts this witness."""

    config: Path
    key_file: Path
    policy: tuple[str, ...]


def make(path: Path, *, name: str, title: str, listen: str, ml_dsa: bool) -> Made:
    """Make the settings at ``path`` and fresh keys beside them; the keys are separate, as C2SP asks.

    Raises: Refused ``witness-exists`` rather than replace a key, ``bad-key`` for an impossible name,
    ``bad-witness-config``.
    """
    kinds = (note.COSIGNATURE, note.MLDSA44) if ml_dsa else (note.COSIGNATURE,)
    keys = [note.SignerKey.generate(name, kind) for kind in kinds]
    lines = tuple(str(Witness(_short(key), key.verifier)) for key in keys)
    text = config.written(name, title, listen)
    key_file = config.parsed(path, text).key_file
    _put_new(key_file, "".join(f"{key.secret()}\n" for key in keys), _OWNER_ONLY)
    _put_new(path.resolve(), text, 0o644)
    return Made(path, key_file, lines)


def _short(key: note.SignerKey) -> str:
    """A name for the policy: the last part of the key's own, with the algorithm where it is the second."""
    last = key.name.rstrip("/").rsplit("/", 1)[-1]
    return f"{last}-ml-dsa" if key.kind == note.MLDSA44 else last


def _put_new(path: Path, text: str, mode: int) -> None:
    try:
        files.put_new(path, text.encode(), mode=mode)
    except FileExistsError as error:
        raise Refused(
            "witness-exists",
            f"{path} 已经有了，没有改动：换掉见证方的私钥会使它此前的联署无法核对。",
            remedy="确要另建一个见证方，请换一个文件夹。",
        ) from error
    except OSError as error:
        raise Refused(
            "unwritable", f"无法写入 {path}：{error.strerror}。", remedy="请换一个可写的位置。"
        ) from error
