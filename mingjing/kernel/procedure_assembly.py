"""Parts that many procedures share (recusal, publication, service): written once, laid beneath each file.

A procedure names them under ``uses``; a part is a file of its own with the tables ``derived`` and ``steps``
and the lists ``constants``. What the procedure itself says about a step, key by key, goes before the part.
``collected`` writes a file and its parts as one text, so that a kept edition stays whole.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

Data = Mapping[str, Any]
_MARK = "# ==== 共用部分 {name} ====\n"
_MARKED = re.compile(r"^# ==== 共用部分 ([a-z][a-z0-9-]*) ====\n", re.MULTILINE)


def assembled(data: Data, part_of: Callable[[str], Data]) -> dict[str, Any]:
    """The data of a procedure file with those of its parts beneath; ``part_of`` reads a part by name.

    Steps of a part that the file does not mention follow the file's own, in order; derived facts of a part
    come first, so that the file's own may build on them. A wrong ``uses`` is left for the reader to tell.
    """
    names = [name for name in data.get("uses", []) if isinstance(name, str)]
    whole = {key: value for key, value in data.items() if key != "uses"}
    for part in map(part_of, names):
        whole["constants"] = list(dict.fromkeys([*whole.get("constants", []), *part.get("constants", [])]))
        whole["derived"] = {**part.get("derived", {}), **whole.get("derived", {})}
        whole["steps"] = _beneath(whole.get("steps", {}), part.get("steps", {}))
    return whole


def _beneath(own: Data, shared: Data) -> dict[str, Any]:
    steps = {name: _over(step, shared.get(name, {})) for name, step in own.items()}
    return steps | {name: step for name, step in shared.items() if name not in own}


def _over(own: Any, shared: Data) -> Any:
    """One step of the file over the same step of the part; fields of the form join, the file's first."""
    if not isinstance(own, Mapping):
        return own
    joined = {**shared, **own}
    if "facts" in shared and "facts" in own:
        joined["facts"] = {
            **own["facts"],
            **{key: v for key, v in shared["facts"].items() if key not in own["facts"]},
        }
    return joined


def collected(text: str, parts: Mapping[str, str]) -> str:
    """A file and its parts as one text; the file alone where it has none."""
    return text + "".join(f"\n{_MARK.format(name=name)}{part}" for name, part in parts.items())


def read_collected(text: str) -> dict[str, Any]:
    """The assembled data of a text that ``collected`` wrote."""
    own, *rest = _MARKED.split(text)
    parts = dict(zip(rest[::2], rest[1::2], strict=True))
    return assembled(tomllib.loads(own), lambda name: tomllib.loads(parts[name]))
