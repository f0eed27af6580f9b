"""Pictures as files for books take them."""

from __future__ import annotations

import io

from PIL import Image, UnidentifiedImageError

from storylib.errors import Unavailable

QUALITY = 88  # of 100; with full colour resolution, for outlines in red


def jpeg(encoded: bytes | None) -> bytes | None:
    """Return a picture as JPEG; None for None.

    Raises:
        Unavailable: the bytes are not a whole picture.
    """
    if encoded is None:
        return None
    try:
        with Image.open(io.BytesIO(encoded)) as opened:
            return encode(opened.convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise Unavailable("A picture of this book cannot be read. Draw it again, then export.") from error


def encode(image: Image.Image, quality: int = QUALITY) -> bytes:
    """Return an image as JPEG."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling=0)
    return buffer.getvalue()


def size(encoded: bytes) -> tuple[int, int]:
    """Return width and height in pixels."""
    with Image.open(io.BytesIO(encoded)) as opened:
        return opened.size
