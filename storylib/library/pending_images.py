"""Pictures on their way from a provider to the database.

What was paid for is put on disk before anything else happens, so a crash or a full database costs a second attempt at
saving, never a second payment. One file a picture: a line of JSON, then the encoded bytes; written aside, brought to
the disk and renamed, so a file that is there is whole. One that is not (disks may lie) is set aside.

The folder is this process's own: another machine does not see what waits in it.
"""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

from storylib.billing.money import Usage
from storylib.config import settings
from storylib.errors import Unavailable
from storylib.providers.contract import Picture

log = logging.getLogger(__name__)


def put(fingerprint: str, picture: Picture, latency_ms: int) -> None:
    """Keep a picture on disk until it is saved to the database.

    Raises:
        Unavailable: the disk does not take it.
    """
    header = {
        "width": picture.width,
        "height": picture.height,
        "usage": asdict(picture.usage),
        "latency_ms": latency_ms,
        "bytes": len(picture.data),
    }
    path = _path(fingerprint)
    aside = path.with_suffix(f".{uuid4().hex}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(json.dumps(header).encode() + b"\n" + picture.data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise Unavailable("picture.unsaved", reason=error.strerror) from error


def get(fingerprint: str) -> tuple[Picture, int] | None:
    """Return a pending picture and the milliseconds it took, or None. A truncated file counts as none, and is set
    aside."""
    path = _path(fingerprint)
    try:
        header, _, data = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    try:
        facts = json.loads(header)
        if not data or len(data) != facts.get("bytes", len(data)):  # an older release did not count them
            raise ValueError("cut off")
        return Picture(data, facts["width"], facts["height"], Usage(**facts["usage"])), facts["latency_ms"]
    except (ValueError, KeyError, TypeError, AttributeError):
        _set_aside(path)
        return None


def _set_aside(path: Path) -> None:
    torn = path.with_suffix(f".torn-{uuid4().hex}")
    with suppress(FileNotFoundError):
        path.rename(torn)
    log.error("a picture waiting to be saved is damaged and was set aside as %s", torn)


def torn() -> list[Path]:
    """Return the files that were set aside because they were damaged."""
    return sorted((settings().data / "spool").glob("*.torn-*"))


def drop_torn() -> None:
    """Delete them."""
    for path in torn():
        path.unlink(missing_ok=True)


def waits(fingerprint: str) -> bool:
    """Tell whether a picture is pending here."""
    return _path(fingerprint).exists()


def drop(fingerprint: str) -> None:
    """Forget a picture that is saved."""
    _path(fingerprint).unlink(missing_ok=True)


def _path(fingerprint: str) -> Path:
    return settings().data / "spool" / fingerprint
