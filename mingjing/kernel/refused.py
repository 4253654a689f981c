"""The one expected failure: the rules say no, and say why."""

from __future__ import annotations


class Refused(Exception):
    """A lawful no.

    ``code`` is kebab-case and stable; ``reason`` is Chinese that a citizen can read and tells what was
    refused, why, and with which values; ``basis`` names the provision (``行政处罚法/42``) where law is the
    reason; ``remedy`` tells what to do next. Raised in ``kernel`` and ``actions``, rendered in ``web.ui``
    and by the command line, and nowhere else.
    """

    def __init__(
        self, code: str, reason: str, *, basis: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.basis = basis
        self.remedy = remedy

    def as_dict(self) -> dict[str, str]:
        """The refusal as JSON-ready text, leaving out what is not known."""
        known = {"code": self.code, "reason": self.reason, "basis": self.basis, "remedy": self.remedy}
        return {key: value for key, value in known.items() if value is not None}

    def __repr__(self) -> str:
        return f"Refused({self.code!r}, {self.reason!r})"
