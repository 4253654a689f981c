"""A small picture of a large one, in a process of its own: pictures of strangers are opened nowhere else.

Run as a script: the picture on standard input, a JPEG without any metadata on standard output. Exit code 1 if
it is no picture that can be opened. Time, memory and number of points are limited.
"""

from __future__ import annotations

import resource
import sys

LONGEST_SIDE = 1600
MOST_POINTS = 120_000_000
QUALITY = 82
CPU_SECONDS = 20
MEMORY_BYTES = 2 << 30


def main() -> int:
    """Read, shrink, write."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # nothing is written but to the pipe
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_POINTS // 2  # Pillow refuses twice as many
    try:
        with Image.open(sys.stdin.buffer) as picture:
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright.convert("RGB").save(sys.stdout.buffer, "JPEG", quality=QUALITY)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
