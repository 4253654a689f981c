"""What a file is called when it is saved."""

from __future__ import annotations

from urllib.parse import quote


def disposition(name: str, *, plain: str = "file", inline: bool = False) -> str:
    """The header for a file name in any language; ``plain`` is what programs save that read only ASCII.

    Source: RFC 6266, section 4.3 and appendix D; the encoding of RFC 8187.
    """
    how = "inline" if inline else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
