"""QR codes as small standalone SVG."""

from __future__ import annotations

import io

import segno


def svg(text: str) -> str:
    """The QR code of ``text`` as one SVG path, medium error correction, four modules of quiet zone."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False, svgns=True)
    return out.getvalue().decode("utf-8")
