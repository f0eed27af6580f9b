"""Pictures on their way from a provider to the database.

What was paid for is put on disk before anything else happens, so a crash or a full database costs a second try at
saving, never a second payment. One file a picture: a line of JSON, then the encoded bytes; written aside and renamed,
so a file that is there is whole.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

from storylib.config import settings
from storylib.errors import Unavailable
from storylib.providers.base import Picture, Usage


def put(fingerprint: str, picture: Picture, latency_ms: int) -> None:
    """Keep a picture until it is saved.

    Raises:
        Unavailable: the disk does not take it.
    """
    header = {
        "width": picture.width,
        "height": picture.height,
        "usage": asdict(picture.usage),
        "latency_ms": latency_ms,
    }
    path = _path(fingerprint)
    aside = path.with_suffix(f".{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(json.dumps(header).encode() + b"\n" + picture.data)
        os.replace(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise Unavailable(f"The picture was made but the disk does not take it ({error.strerror}).") from error


def get(fingerprint: str) -> tuple[Picture, int] | None:
    """A kept picture and the milliseconds it took, or None."""
    try:
        header, _, data = _path(fingerprint).read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    facts = json.loads(header)
    return Picture(data, facts["width"], facts["height"], Usage(**facts["usage"])), facts["latency_ms"]


def drop(fingerprint: str) -> None:
    """Forget a picture that is saved."""
    _path(fingerprint).unlink(missing_ok=True)


def _path(fingerprint: str) -> Path:
    return settings().data / "spool" / fingerprint
