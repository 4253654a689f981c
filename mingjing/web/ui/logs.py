"""What the log of the program may hold: which page a request asked for, never with which values.

Addresses hold certificate numbers, verification codes and the keys of shared links, which a log must not keep.
Source: 个人信息保护法/6, 51.
"""

from __future__ import annotations

import logging


class PagesWithoutValues(logging.Filter):
    """Writes the route of a request in place of its address: ``GET officers/<words:number>``."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through; changes those that tell of a request."""
        request = getattr(record, "request", None)
        if request is not None and hasattr(request, "get_full_path"):
            match = getattr(request, "resolver_match", None)
            route = match.route if match is not None else "（没有这个地址）"
            status = getattr(record, "status_code", "")
            record.msg, record.args = "%s %s %s", (status, request.method, route)
        return True
