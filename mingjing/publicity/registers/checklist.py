"""How the recording checklist words when and where a recording starts and stops: ``codex/recording/checklist.toml``."""

from __future__ import annotations

from dataclasses import dataclass

from mingjing.law.codex import files

FILE = "recording/checklist.toml"


@dataclass(frozen=True)
class Link:
    """记录环节的写法: the way of recording, from when to when, and where."""

    way: str
    start: str
    stop: str
    place: str


@dataclass(frozen=True)
class Checklist:
    """The file: what is said of each way of recording (key, full), and of single steps."""

    basis: str
    default: dict[str, Link]
    links: dict[str, tuple[str, str, str]]  # step: start, stop, place

    def of(self, step: str, recording: str) -> Link:
        """How a step with this way of recording is worded."""
        usual = self.default[recording]
        start, stop, place = self.links.get(step, (usual.start, usual.stop, usual.place))
        return Link(usual.way, start, stop, place)


def checklist() -> Checklist:
    """The file as it stands. Raises: Refused ``codex-wrong``, ``codex-unreadable``."""
    return files.kept("recording-checklist", [FILE], _read)


def _read() -> Checklist:
    path = files.root() / FILE
    keys = files.Keys(files.read(path), files.shown(path))
    default = files.Keys(keys.get("default", dict), keys.file, "default")
    found = Checklist(
        basis=keys.get("basis", str),
        default={name: _link(table) for name, table in default.named()},
        links={step: _places(table) for table in keys.tables("links") for step in table.texts("steps")},
    )
    keys.done()
    return found


def _link(keys: files.Keys) -> Link:
    return Link(keys.get("way", str), *_places(keys))


def _places(keys: files.Keys) -> tuple[str, str, str]:
    return keys.get("start", str), keys.get("stop", str), keys.get("place", str)
