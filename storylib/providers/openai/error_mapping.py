"""Whatever goes wrong between us and a server, as one ``ProviderError`` with a message a teacher understands.

The SDK raises more than its own errors: ``ValueError`` for broken JSON, ``RuntimeError`` and ``httpx2`` errors for
streams that are cut. What a server says may quote a key or a prompt, so it never gets into the message, only, with
keys removed, into ``detail``; in whatever shape it says it (``dialect.complaints``).
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Mapping
from typing import Any

import httpx2
import openai

from storylib.errors import ErrorKind, ProviderError
from storylib.providers.openai.dialect import complaints
from storylib.providers.openai.dialect.complaints import Complaint

PERMANENT: frozenset[ErrorKind] = frozenset(["quota", "auth", "unsupported", "blocked", "refused", "bad_request"])
PAID: frozenset[ErrorKind] = frozenset(["truncated", "bad_output", "timeout"])  # or perhaps: it was under way

_NO_CREDIT = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_BLOCKED = {"moderation_blocked", "content_policy_violation", "content_filter", "image_generation_user_error"}
_UNFIT = {"json_validate_failed"}  # the server itself found that what the model wrote does not fit the form
# Gateways that waited in vain (499, 504, 522, 524, 598, 599) had sent it, or may have; 520 broke off after sending;
# 521, 523, 525, 526 and 530 say that the server behind was never reached.
_BY_STATUS: dict[int, ErrorKind] = {
    401: "auth", 402: "quota", 403: "auth", 404: "unsupported", 405: "unsupported", 408: "timeout", 409: "server",
    410: "unsupported", 429: "rate_limited", 499: "timeout", 501: "unsupported", 504: "timeout", 520: "truncated",
    521: "unreachable", 522: "timeout", 523: "unreachable", 524: "timeout", 525: "unreachable", 526: "unreachable",
    529: "rate_limited", 530: "unreachable", 598: "timeout", 599: "timeout",
}  # fmt: skip
_SECRETS = re.compile(r"\b(?:(?:sk|key)-|bearer\s+)[^\s\"',;]{4,}", re.IGNORECASE)


class Complained(ProviderError):
    """The server answered with an error of that ``status``; ``complaint`` is all that it said."""

    def __init__(self, error: ProviderError, complaint: Complaint, status: int | None):
        super().__init__(
            error.message, error.kind, permanent=error.permanent, maybe_paid=error.maybe_paid,
            retry_after=error.retry_after, detail=error.detail,
        )  # fmt: skip
        self.complaint = complaint
        self.status = status


def fault(
    kind: ErrorKind, detail: str = "", *, maybe_paid: bool | None = None, retry_after: float | None = None
) -> ProviderError:
    """The error of that kind."""
    paid = kind in PAID if maybe_paid is None else maybe_paid
    return ProviderError(
        f"ai_service.{kind}",
        kind,
        permanent=kind in PERMANENT,
        maybe_paid=paid,
        retry_after=retry_after,
        detail=redacted(detail),
    )


def redacted(said: str) -> str:
    """What a server said, without keys, in one line of at most 300 characters."""
    return _SECRETS.sub("…", " ".join(said.split()))[:300]


def translate(error: Exception) -> ProviderError:
    """Any exception of the SDK, of its transport, or of reading an answer."""
    if isinstance(error, ProviderError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if _is(error, httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol):
        return fault("unreachable", str(error.__cause__ or error))
    if _is(error, openai.APITimeoutError, httpx2.TimeoutException, TimeoutError):
        return fault("timeout")
    if _is(error, openai.APIConnectionError, httpx2.TransportError, httpx2.StreamError):
        return fault("truncated", str(error.__cause__ or error))  # it was sent; what became of it is not known
    if isinstance(error, openai.APIError):
        return broken_off(complaints.read(error.body or error.message))
    return fault("bad_output", type(error).__name__)  # its words would quote the answer


def _is(error: BaseException, *kinds: type[BaseException]) -> bool:
    """Whether it is one of them, or the SDK's wrapping of one."""
    return isinstance(error, kinds) or isinstance(error.__cause__, kinds)


def _of_status(error: openai.APIStatusError) -> ProviderError:
    said = complaints.read(error.response.text or error.body)
    return complained(said, error.status_code, retry_after(error.response.headers))


def complained(complaint: Complaint, status: int | None = None, wait: float | None = None) -> Complained:
    """The error that stands in the place of an answer. Without a ``status`` it came with 200, and says it in words."""
    status = status or complaint.meaning
    kind = _by_code(complaint) or _BY_STATUS.get(status, "server" if status >= 500 else "bad_request")
    if kind == "bad_request" and complaint.misses_the_model:
        kind = "unsupported"
    wait = complaint.wait if wait is None else wait
    detail = complaint.said or f"status {status}"
    return Complained(fault(kind, detail, retry_after=wait), complaint, status)


def broken_off(complaint: Complaint) -> Complained:
    """An error that came inside an answer that had begun well."""
    kind = "quota" if complaint.meaning == 402 else _by_code(complaint) or "truncated"
    return Complained(fault(kind, complaint.said, maybe_paid=True), complaint, None)


def refuse_complaint(said: dict[str, Any]) -> dict[str, Any]:
    """An answer that is one.

    Raises:
        Complained: it is an error, although the status was 200.
    """
    if complaint := complaints.inside(said):
        raise complained(complaint)
    return said


def _by_code(complaint: Complaint) -> ErrorKind | None:
    codes: list[tuple[set[str], ErrorKind]] = [(_NO_CREDIT, "quota"), (_BLOCKED, "blocked"), (_UNFIT, "bad_output")]
    return next((kind for known, kind in codes if complaint.codes & known), None)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from ``retry-after-ms``, or ``Retry-After`` in seconds or as a date (RFC 9110, 10.2.3)."""
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) / scale)
        except (KeyError, ValueError):
            continue
    try:
        until = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, until.timestamp() - time.time())
