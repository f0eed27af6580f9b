"""Wrong passwords by where they come from. Kept by this process only: no visitor's address is ever stored.

The pause of an account stops anyone who guesses at it, but would let a stranger lock its owner out. So an address that
guesses often has to wait, and what it tries meanwhile counts against no one. And a browser in which this person has
signed in before shows a device token: only its own mistakes hold it up, not those of strangers.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Final

from storylib.config import settings
from storylib.identity.addresses import network

HOUR: Final = 3600  # seconds
FROM_ONE_ADDRESS: Final = 6  # times as many in an hour as in a row for one account: a school may share an address
MOST: Final = 10_000  # places remembered, the latest


@dataclass(frozen=True)
class Origin:
    """Where an attempt comes from: the network's address and the browser's device token, as far as they are known."""

    address: str = ""
    device_token: str = ""


NOWHERE: Final = Origin()


def device_token(user_id: int) -> str:
    """Return the token with which a browser can later prove that this person has signed in with it."""
    name = f"{user_id}.{secrets.token_urlsafe(16)}"
    return f"{name}.{_seal(name)}"


def familiar(origin: Origin, user_id: int | None) -> bool:
    """Tell whether this person has signed in with this browser before."""
    name, _, seal = origin.device_token.rpartition(".")
    if name.partition(".")[0] != str(user_id):
        return False
    return hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(name).encode())


def _seal(name: str) -> str:
    return hmac.new(settings().secret_key, f"known browser {name}".encode("utf-8", "replace"), "sha256").hexdigest()


# --- counting

_lock = Lock()
_failures: OrderedDict[str, deque[float]] = OrderedDict()  # seconds on the monotonic clock


def held(origin: Origin, user_id: int | None) -> bool:
    """Tell whether a source has failed so often that its next attempt is not even checked."""
    rules = settings().config.sign_in
    if familiar(origin, user_id):
        return _recent(origin.device_token, 60 * rules.lock_minutes) >= rules.attempts
    return _recent(network(origin.address), HOUR) >= FROM_ONE_ADDRESS * rules.attempts


def failed(origin: Origin, user_id: int | None) -> None:
    """Record a wrong password."""
    source = origin.device_token if familiar(origin, user_id) else network(origin.address)
    with _lock:
        _failures.setdefault(source, deque(maxlen=1000)).append(monotonic())
        _failures.move_to_end(source)
        while len(_failures) > MOST:
            _failures.popitem(last=False)


def succeeded(origin: Origin, user_id: int) -> None:
    """Clear the failures of a familiar browser. An address keeps its own: anyone with an account could use it to go on
    guessing."""
    if familiar(origin, user_id):
        with _lock:
            _failures.pop(origin.device_token, None)


def _recent(source: str, seconds: float) -> int:
    """Return the recent failures of a source; of an unknown one there are none."""
    with _lock:
        return sum(monotonic() - at < seconds for at in _failures.get(source, ())) if source else 0
