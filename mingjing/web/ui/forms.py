"""A step's form: from the fields of the procedure file to inputs, and from a post back to raw facts.

Only shape is dealt with here; whether a value is right is judged by ``cases`` and comes back as
``InvalidFacts.fields``. Raw values keep what was typed, so that a wrong value is shown again as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from mingjing.kernel import conduct
from mingjing.kernel.procedure import Field

from .wording import SHANGHAI

SEVERAL = frozenset({"choices", "officers"})
DRAWN = "data:image/png;base64,"  # how the signature pad posts what was drawn


class Post(Protocol):
    """What a posted form offers: Django's QueryDict."""

    def get(self, key: str) -> Any: ...

    def getlist(self, key: str) -> list[Any]: ...

    def __contains__(self, key: object) -> bool: ...


def input_name(name: str) -> str:
    """The name of the input of a fact; the prefix keeps facts apart from the form's own inputs."""
    return f"fact.{name}"


def input_id(name: str) -> str:
    """The id of the input of a fact, also the anchor of the error summary."""
    return f"fact-{name}"


def read_post(fields: Sequence[Field], post: Post, files: Post | None = None) -> dict[str, Any]:
    """The raw facts of a posted form, keyed by fact; what was left empty is left out.

    ``choices`` and ``officers`` give lists of texts, ``bool`` gives True or False where answered, ``files`` gives
    the list of uploaded files, ``signature`` the data URL of what was drawn, all others give the stripped text
    (money in yuan, as typed).
    """
    raw = {field.name: _read(field, post, files) for field in fields}
    return {name: value for name, value in raw.items() if value is not None}


def _read(field: Field, post: Post, files: Post | None) -> Any:
    name = input_name(field.name)
    if field.kind == "files":
        return uploaded(files, name) or None
    if field.kind in SEVERAL:
        return [text for text in post.getlist(name) if text] or None
    text = str(post.get(name) or "").strip()
    if field.kind == "bool":
        return {"true": True, "false": False}.get(text)
    return text or None


def uploaded(files: Post | None, name: str) -> list[Any]:
    """The uploaded files that came under an input's name; none where nothing was chosen."""
    return [] if files is None else list(files.getlist(name))


def shown_value(field: Field, value: Any) -> Any:
    """A fact as its input shows it: fen as yuan, moments in local time, the rest as it is."""
    if value is None:
        return ""
    if field.kind == "signature":
        # A signature that is kept already is shown as evidence; only one drawn in this form goes back into it.
        return value if str(value).startswith(DRAWN) else ""
    if field.kind == "money" and isinstance(value, int) and not isinstance(value, bool):
        return f"{value // 100}.{value % 100:02d}"
    if field.kind == "datetime":
        return _local_minutes(value)
    if field.kind in SEVERAL:
        return [str(one) for one in ([value] if isinstance(value, str | int) else value)]
    return value


def _local_minutes(value: Any) -> str:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    if moment.tzinfo is not None:
        moment = moment.astimezone(SHANGHAI)
    return moment.strftime("%Y-%m-%dT%H:%M")


def starting_values(fields: Sequence[Field], known: Mapping[str, Any]) -> dict[str, Any]:
    """What a fresh form starts with: the fact itself where the case has it, else its ``default_fact``.

    What officers owe to those they meet is answered anew each time (``conduct.FRESH``).
    """
    values: dict[str, Any] = {}
    for field in fields:
        if field.name in conduct.FRESH:
            continue
        value = known.get(field.name)
        if value is None and field.default_fact:
            value = known.get(field.default_fact)
        if value is not None:
            values[field.name] = value
    return values


def facts_for_conditions(fields: Sequence[Field], known: Mapping[str, Any]) -> dict[str, Any]:
    """The known facts that the conditions of these fields read, for the page's script."""
    wanted = {name for field in fields if field.when is not None for name in field.when.names}
    return {name: known[name] for name in sorted(wanted) if name in known}
