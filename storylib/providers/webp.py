"""How every picture of Storylib's own making is encoded."""

from __future__ import annotations

import io

from PIL import Image

QUALITY = 84  # of 100
METHOD = 2  # takes half the time of Pillow's usual 4, and makes files a twentieth larger


def encode(image: Image.Image) -> bytes:
    """Return a picture as WebP."""
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY, method=METHOD)
    return buffer.getvalue()
