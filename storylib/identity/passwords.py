"""Passwords: what makes a good one, and bcrypt through streamlit-authenticator's Hasher.

A hash takes a quarter of a second on purpose: never make or check one inside a transaction. Only half of the machine's
cores do so at once, so that whoever tries a thousand passwords leaves the others to everybody else.
"""

from __future__ import annotations

import logging
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import Any

from storylib.config import settings
from storylib.errors import Invalid, Unavailable
from storylib.identity import common

SHORTEST, LONGEST = 12, 64  # characters
MOST_BYTES = 72  # bcrypt reads no further
LEAST_VARIETY = 5  # different characters
PATIENCE = 10.0  # seconds that a check waits for its turn

_turns = BoundedSemaphore(max(1, (os.cpu_count() or 1) // 2))

# Of a random password that nobody knows: checking against it costs what a real check costs.
_NOBODY = "$2b$12$zWNpGPyOa9rWneDp.Mt56eJw5Lux9qS06Q3vtRbQ8Rz6Ai/nHElg6"


def hashed(password: str, *known: str) -> str:
    """Return the bcrypt hash (cost 12) of a new password.

    ``known`` are names that it may not be made of, such as the username; the site's own is another.

    Raises:
        Invalid: the password breaks a rule; the message says which.
        Unavailable: as for ``matches``.
    """
    password = _same_on_every_keyboard(password)
    if not SHORTEST <= len(password) <= LONGEST or len(password.encode()) > MOST_BYTES:
        raise Invalid("password.length", "password", shortest=SHORTEST, longest=LONGEST)
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in password):
        raise Invalid("password.hidden", "password")
    if len(set(password)) < LEAST_VARIETY or common.is_easy(password, (*known, settings().config.site.name)):
        raise Invalid("password.easy", "password")
    with _turn():
        digest: str = _hasher().hash(password)
    return digest


def matches(password: str, digest: str | None) -> bool:
    """Tell whether the password made this hash. None (no such person) takes just as long and is False.

    Raises:
        Unavailable: so many passwords are being checked that this one would have to wait for too long.
    """
    password = _same_on_every_keyboard(password)
    usable = len(password.encode()) <= MOST_BYTES and "\0" not in password
    try:
        with _turn():
            right = _hasher().check_pw(password if usable else "", digest or _NOBODY)
    except ValueError:  # what is stored is no hash
        return False
    return bool(right and usable and digest)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise Unavailable("password.busy")
    try:
        yield
    finally:
        _turns.release()


def load() -> None:
    """Load now what the first password check would have to wait for."""
    _hasher()


def _same_on_every_keyboard(password: str) -> str:
    # One é may be typed as one character or two; half characters cannot be encoded at all.
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


@cache
def _hasher() -> Any:
    # Imported late: it brings Streamlit along, which the command line need not wait for, and which then
    # warns four times that no page is running.
    logging.disable(logging.WARNING)
    try:
        from streamlit_authenticator import Hasher
    finally:
        logging.disable(logging.NOTSET)
    return Hasher
