"""证件照: what an uploaded picture must be, and how it is shaped before anybody keeps it.

Only the picture is kept: it is drawn anew, upright, on white and small, so that nothing a camera or a stranger put
into the file (place, time, device, a thumbnail, code behind the end) survives.
"""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from mingjing.kernel.refused import Refused

MEDIA_TYPE = "image/jpeg"
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8 << 20
MOST_PIXELS = 40_000_000
LEAST = (240, 320)  # less shows nobody's face
SIZE = (420, 560)  # as wide and high as it is kept: three by four
QUALITY = 86


def shaped(content: bytes) -> bytes:
    """The picture as a JPEG of ``SIZE`` without metadata, cut to three by four around the upper middle.

    Raises: Refused ``bad-photo``, telling what is wrong with the file.
    """
    if not content or len(content) > MOST_BYTES:
        raise _refused(f"照片应在 {MOST_BYTES >> 20} MB 以内，不能是空文件。")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _refused("照片的像素过大。")
            upright = ImageOps.exif_transpose(opened)
            return _drawn(upright)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refused("文件不是能打开的 JPEG、PNG、WebP 图片。") from error


def _drawn(picture: Image.Image) -> bytes:
    if picture.width < LEAST[0] or picture.height < LEAST[1]:
        raise _refused(
            f"照片只有 {picture.width}×{picture.height} 像素，看不清面部，至少应有 {LEAST[0]}×{LEAST[1]}。"
        )
    flat = Image.new("RGB", picture.size, "white")
    coloured = picture.convert("RGBA")
    flat.paste(coloured, mask=coloured.getchannel("A"))
    # Of a picture that is too high the top stays: there the face is.
    cut = ImageOps.fit(flat, SIZE, Image.Resampling.LANCZOS, centering=(0.5, 0.3))
    out = io.BytesIO()
    cut.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _refused(reason: str) -> Refused:
    return Refused("bad-photo", reason, remedy="请上传近期免冠正面证件照，竖幅，JPEG 或者 PNG。")
