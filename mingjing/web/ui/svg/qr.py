"""QR codes for pages: they take the size the page gives them."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """The QR code of ``text`` as inline SVG with a quiet zone; the page's CSS sets its width."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(omitsize=True, border=4, svgclass=None, lineclass=None)
    return Markup(drawn)  # noqa: S704 - paths only, no text of ours inside
