"""ZIP files that are the same for the same contents."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

ALWAYS = (2026, 1, 1, 0, 0, 0)  # the date of every file, so that the same story gives the same bytes
PACKED = (".jpg", ".webp", ".png", ".mp3", ".pdf", ".epub", ".pptx")  # gets no smaller


def archive(files: Mapping[str, bytes], stored: Iterable[str] = ()) -> bytes:
    """Return a ZIP of files in their order; those that are packed already, or named in ``stored``, are not deflated."""
    buffer = io.BytesIO()
    plain = set(stored)
    with ZipFile(buffer, "w") as pack:
        for name, data in files.items():
            how = ZIP_STORED if name in plain or name.endswith(PACKED) else ZIP_DEFLATED
            pack.writestr(ZipInfo(name, ALWAYS), data, how)
    return buffer.getvalue()
