"""Whether a SQLite database and the write-ahead log beside it belong together.

SQLite replays any intact log over any file of the same page size, so a copy put in the place of a database whose log
was left there is destroyed without a word. What can be told from outside, before SQLite opens anything:

- A database outside WAL mode (as ``backup`` writes its copies) has no log.
- Each transaction of ours writes page 1 (see ``db``), and SQLite then counts up a change counter in it. The log begins
  one above the database it was begun on; once some of it was copied back, page 1 is one of those in the log.
- ``user_version`` is a random mark that every new database and every copy by ``backup`` gets for itself.

File format: https://sqlite.org/fileformat2.html, sections 1.3 (the header) and 4.1 (the log).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from storylib.errors import Unavailable

MAGIC = b"SQLite format 3\0"
HEADER = 100  # bytes at the beginning of page 1
LOG_HEADER, FRAME_HEADER = 32, 24  # bytes
LITTLE, BIG = 0x377F0682, 0x377F0683  # the byte order of a log's checksums

_kept: dict[tuple[int, int], int] = {}  # descriptors by device and inode


def beside(file: Path) -> Path:
    """Where SQLite keeps the log of a database."""
    return file.with_name(f"{file.name}-wal")


def check(file: Path) -> None:
    """Stop before anything is opened if the log would be replayed over a database that it does not belong to.

    Raises:
        Unavailable: they do not belong together; both are left as they are.
    """
    while not fits(file):
        before = _state(file)
        if not fits(file) and _state(file) == before:  # else somebody is at work on it, and has looked before us
            raise Unavailable("database.foreign-log", file=file, name=file.name)


def fits(file: Path) -> bool:
    """Whether the log, if there is one with anything to replay, was written for this database."""
    if not _header(beside(file)):
        return True
    header = _database_header(file)
    if not header.startswith(MAGIC):
        return True  # SQLite itself refuses it, or begins a new one
    first = None
    for pages, size in _commits(beside(file)):
        if not first and not pages and size != _number(header, 28):
            return False  # a transaction that leaves page 1 alone leaves the size alone
        first = first or next(iter(pages), None)
        if header in pages or (first and _follows(header, first)):
            return True
        if header[18] == 1:
            return False
    return first is None


def _follows(header: bytes, first: bytes) -> bool:
    """Databases of the release before have no mark yet."""
    return _number(first, 24) == _number(header, 24) + 1 and _number(header, 60) in (0, _number(first, 60))


def _number(header: bytes, at: int) -> int:
    return int.from_bytes(header[at : at + 4], "big")


def _header(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(HEADER)
    except OSError:
        return b""


def _database_header(file: Path) -> bytes:
    """Read through a descriptor that is never closed: closing it would drop the locks that SQLite may hold on this file
    elsewhere in this process (https://sqlite.org/howtocorrupt.html, 2.2)."""
    try:
        status = file.stat()
        identity = status.st_dev, status.st_ino
        if identity not in _kept:
            _kept[identity] = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        return os.pread(_kept[identity], HEADER, 0)
    except OSError:
        return b""


def _state(file: Path) -> tuple[bytes, bytes]:
    """What changes as soon as anybody copies the log back or begins it anew."""
    return _database_header(file), _header(beside(file))[:LOG_HEADER]


def _commits(path: Path) -> Iterator[tuple[list[bytes], int]]:
    """The whole transactions in a log: the beginnings of page 1 in each, and the pages of the database after it."""
    try:
        log = path.open("rb")
    except OSError:
        return
    with log:
        pages: list[bytes] = []
        for number, size, data in _frames(log):
            if number == 1:
                pages.append(data[:HEADER])
            if size:
                yield pages, size
                pages = []


def _frames(log: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """The frames up to the first that is not intact: page number, size if it ends a transaction, content."""
    head = log.read(LOG_HEADER)
    if len(head) < LOG_HEADER or _number(head, 0) not in (LITTLE, BIG):
        return
    order = "<" if _number(head, 0) == LITTLE else ">"
    page, salts, sums = _number(head, 8), head[16:24], _checksum(order, head[:24], (0, 0))
    while sums == struct.unpack(">2I", head[-8:]):
        head = log.read(FRAME_HEADER)
        data = log.read(page)
        if len(data) < page or head[8:16] != salts:
            return
        sums = _checksum(order, head[:8] + data, sums)
        if sums == struct.unpack(">2I", head[-8:]):
            yield _number(head, 0), _number(head, 4), data


def _checksum(order: str, data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    one, two = sums
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = one + first + two & 0xFFFFFFFF
        two = two + second + one & 0xFFFFFFFF
    return one, two
