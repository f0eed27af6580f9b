"""One OpenAI-compatible server: its address and key, its doors, and what is known of its quirks.

Everything that is sent goes through ``Server.call``, which alone repeats: 429 and 503 wait behind the limiter as
long as the server asks, and while a model is loaded it is asked again and again; 500 and 502 are repeated twice, as is
what never reached the server. A timeout is never repeated.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeVar
from urllib.parse import urlparse

import httpx2
import openai

from storylib import config
from storylib.errors import ProviderError
from storylib.providers.contract import watch
from storylib.providers.openai.error_mapping import Complained, fault, translate
from storylib.providers.openai.rate_limiter import Allowance, RateLimiter, Timer

T = TypeVar("T")
Lane = Literal["text", "pictures", "checks"]
LANES: tuple[Lane, ...] = ("text", "pictures", "checks")

OPENAI = "https://api.openai.com/v1"
BUSY_TRIES = 6  # refusals that one call sits out
LONGEST_WAIT = 120.0  # seconds; a server that asks for more is left alone
LOADING_GLANCE = 5.0  # seconds after which it is asked again whether its model is loaded
FAULT_TRIES = 3  # of what failed on the server, or on the way to it

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, of silence in a text, for a whole picture, for a check, for a whole text, and for a model
    to be loaded."""

    connect: float = 5.0
    text: float = 90.0
    pictures: float = 240.0
    checks: float = 60.0
    whole_text: float = 600.0
    loading: float = 300.0


PATIENT = Timeouts(text=600.0, pictures=900.0, checks=120.0, whole_text=3600.0, loading=600.0)  # with own servers


def timeouts(given: config.Deadlines, *, free: bool) -> Timeouts:
    """Those of config.yaml; where it names none, those that suit a server that is ``free``, or is not."""
    usual = PATIENT if free else Timeouts()
    return Timeouts(
        usual.connect,
        given.silence or usual.text,
        given.picture or usual.pictures,
        given.check or usual.checks,
        given.text or usual.whole_text,
        usual.loading if given.loading is None else given.loading,
    )


@dataclass(frozen=True)
class ServerQuirks:
    """How a model wants to be asked, as it turned out (see ``chat``): which ``form``, without which parameters, and
    for at most how many tokens."""

    form: int = 0
    dropped: frozenset[str] = frozenset()
    room: int | None = None


class Server:
    """A server that is asked for texts, pictures and checks. Safe to share between threads."""

    def __init__(
        self,
        base_url: str = OPENAI,
        key: str = "",
        *,
        in_flight: int = 8,
        timeouts: Timeouts = Timeouts(),
        timer: Timer | None = None,
    ):
        self.base_url = base_url.rstrip("/")
        self.official = f".{urlparse(base_url).hostname}".endswith(".openai.com")
        self.timeouts = timeouts
        self.timer = timer or Timer()
        self.missing: dict[str, str] = {}  # features that the server turned out not to have, and what it said
        self.quirks: dict[str, ServerQuirks] = {}  # by model
        self._limiters = {lane: RateLimiter(in_flight, self.timer) for lane in LANES}
        self._key = key
        self.http = httpx2.Client(event_hooks={"response": [self._listen]}, follow_redirects=True)
        self.sdk = openai.OpenAI(
            base_url=self.base_url,  # explicit: an empty OPENAI_BASE_URL breaks the SDK
            api_key=key or "not-needed",
            max_retries=0,
            http_client=self.http,
        )

    def close(self) -> None:
        """Stop waiting and hang up."""
        self.timer.stop()
        self.sdk.close()

    def timeout(self, lane: Lane) -> httpx2.Timeout:
        """For one request."""
        return httpx2.Timeout(getattr(self.timeouts, lane), connect=self.timeouts.connect)

    def only_official(self, **parameters: object) -> dict[str, object]:
        """Parameters that only openai.com knows; none for any other server."""
        return parameters if self.official else {}

    def call(self, lane: Lane, ask: Callable[[], T], held: ExitStack) -> T:
        """ChatRequest; repeated as the module says. The place at the limiter is given back when ``held`` closes.

        Raises:
            ProviderError: it failed for good.
        """
        tries = _Tries(self._limiters[lane], self.timer, self.timeouts.loading)
        while True:
            with ExitStack() as slot:
                slot.enter_context(self._limiters[lane].slot())
                watch.get().leaves()
                try:
                    answer = ask()
                except Exception as raised:  # noqa: BLE001 (whatever the SDK raises is translated)
                    error = self.told(translate(raised))
                    if not error.maybe_paid:
                        watch.get().returns()
                else:
                    held.push(slot.pop_all())
                    return answer
            tries.after(error)

    def told(self, error: ProviderError) -> ProviderError:
        """The error, with the key removed from what the server said, and written to the log."""
        if self._key:
            error.detail = error.detail.replace(self._key, "…")
        log.warning("%s: %s %s", urlparse(self.base_url).hostname, error.kind, error.detail)
        return error

    def authorization(self, address: str) -> dict[str, str]:
        """The header that a file of this very server may want; nobody else is told the key."""
        here, there = (urlparse(url) for url in (self.base_url, address))
        own = (here.scheme, here.netloc) == (there.scheme, there.netloc)
        return {"Authorization": f"Bearer {self._key}"} if own and self._key else {}

    def lacks(self, feature: str, error: ProviderError) -> None:
        """Remember that the server does not have something."""
        self.missing[feature] = error.detail or str(error)

    def _listen(self, response: httpx2.Response) -> None:
        """Hand what an answer says about limits to the right limiter."""
        if found := allowance(response.headers):
            self._limiters[lane_of(response.request.url.path)].learned(found)


class _Tries:
    """Of one call: decides after each failure whether there is another."""

    def __init__(self, limiter: RateLimiter, timer: Timer, loading: float):
        self._limiter = limiter
        self._timer = timer
        self._loaded_by = timer.now() + loading
        self._busy = 0
        self._faults = 0

    def after(self, error: ProviderError) -> None:
        """Return when it is worth another try, having waited or told the limiter to.

        Raises:
            ProviderError: the error, for good.
        """
        status = error.status if isinstance(error, Complained) else None
        if status == 503 and isinstance(error, Complained) and error.complaint.is_loading:
            self._wait_for_the_model(error)
        elif error.kind == "rate_limited" or status == 503:
            self._wait_at_the_gate(error)
        elif error.kind == "unreachable" or (error.kind == "server" and status in (500, 502)):
            self._wait_here(error)
        else:
            raise error from None

    def _wait_at_the_gate(self, error: ProviderError) -> None:
        wait = 2.0**self._busy if error.retry_after is None else error.retry_after
        self._busy += 1
        self._limiter.refused(min(wait, LONGEST_WAIT))
        if self._busy >= BUSY_TRIES or wait > LONGEST_WAIT:
            raise error from None

    def _wait_for_the_model(self, error: ProviderError) -> None:
        if self._timer.now() > self._loaded_by:
            raise error from None
        self._timer.wait(LOADING_GLANCE if error.retry_after is None else min(error.retry_after, LONGEST_WAIT))

    def _wait_here(self, error: ProviderError) -> None:
        self._faults += 1
        if self._faults >= FAULT_TRIES:
            raise error from None
        self._timer.wait(2.0 ** (self._faults - 1))


def lane_of(path: str) -> Lane:
    """Which door a request goes through; limits differ between them."""
    return "pictures" if "/images/" in path else "checks" if "/moderations" in path else "text"


def allowance(headers: httpx2.Headers) -> Allowance | None:
    """What the ``x-ratelimit-…-requests`` headers say, if they are there and make sense."""
    try:
        limit, left = (int(headers[f"x-ratelimit-{what}-requests"]) for what in ("limit", "remaining"))
    except (KeyError, ValueError):
        return None
    return Allowance(limit, left, seconds(headers.get("x-ratelimit-reset-requests", ""))) if limit > 0 else None


def seconds(duration: str) -> float:
    """OpenAI's way to write times: ``20ms``, ``1.5s``, ``6m0s``, ``1h2m3s``; 0 for anything else."""
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(ms|[smhd])", duration))


def pseudonym(secret: bytes, user_id: int) -> str:
    """What a server may know of who asks: the same for the same user, and nothing else (OpenAI's safety_identifier)."""
    return hmac.new(secret, f"openai user {user_id}".encode(), hashlib.sha256).hexdigest()[:32]


@cache
def connect(name: str) -> Server:
    """The server of the provider of that name in config.yaml, made once.

    Raises:
        ProviderError: openai.com without a key.
    """
    section = config.settings().config.providers[name]
    base_url = config.secret("OPENAI_BASE_URL") or section.base_url or OPENAI
    patience = timeouts(section.deadlines, free=section.free)
    server = Server(base_url, config.secret("OPENAI_API_KEY"), in_flight=section.in_flight, timeouts=patience)
    if server.official and not config.secret("OPENAI_API_KEY"):
        server.close()
        raise fault("auth", "OPENAI_API_KEY is not set")
    return server
