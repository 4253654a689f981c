"""QR codes as small standalone SVG."""

from __future__ import annotations

import io

import segno


def svg(text: str) -> str:
    """The QR code of ``text`` as one SVG path, medium error correction, four modules of quiet zone."""
    out = io.BytesIO()
    # Every mask can be read; letting segno weigh all eight takes eight times as long.
    segno.make(text, error="m", micro=False, mask=1).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True
    )
    return out.getvalue().decode("utf-8")
