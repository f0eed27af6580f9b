"""The error tree. Each error is a code of ``messages.yaml`` with its parameters; ``str`` is what a teacher reads.

    raise Refused("accounts.domain", domains=rules.domains)

StorylibError
├── Invalid            what was asked for breaks a rule; nothing was changed
│   └── Taken          a name or address that must be unique is in use
├── NotFound           no such thing, or not yours: the two are never told apart
├── Conflict           somebody changed it since you looked
├── Refused            you may not do this (role, lock-out, closed registration)
│   └── Unauthenticated  a program did not say whom it acts for, or not truly
├── LimitReached       a plan's limit; carries what, how long, and what to do instead
├── Unavailable        the disk or the database cannot do it now; nothing was half-written
├── NotSent            a message did not arrive
└── ProviderError      a provider of text, pictures, checks or sound failed
"""

from __future__ import annotations

from typing import Any, Literal

from storylib.errors import messages
from storylib.errors.messages import Message

ErrorKind = Literal[
    "rate_limited",  # asked too fast: wait
    "quota",  # the account has no credit left
    "auth",  # the key is missing or wrong
    "unsupported",  # the server does not offer this model or endpoint
    "blocked",  # a safety system said no
    "refused",  # the model declined
    "truncated",  # the answer was cut off
    "bad_output",  # the answer is not what was asked for
    "bad_request",  # the server calls our request wrong
    "timeout",  # no answer in time
    "unreachable",  # no connection
    "server",  # the server failed
]


class StorylibError(Exception):
    """Base of everything Storylib raises on purpose.

    ``message`` is what a row keeps of it: its ``code`` and ``params``.
    """

    def __init__(self, code: str | Message, /, **params: Any):
        super().__init__(code)
        self.message = code if isinstance(code, Message) else messages.message(code, **params)

    def __str__(self) -> str:
        return str(self.message)

    @property
    def code(self) -> str:
        """Which error it is, as in ``messages.yaml``."""
        return self.message.code


class Invalid(StorylibError):
    """The input breaks a rule. ``field`` names the input it belongs to, if one does."""

    def __init__(self, code: str, field: str | None = None, /, **params: Any):
        super().__init__(code, **params)
        self.field = field


class Taken(Invalid):
    """The name or address is already in use."""


class NotFound(StorylibError):
    """No such thing, or it belongs to somebody else."""


class Conflict(StorylibError):
    """It was changed by somebody else since it was read."""


class Refused(StorylibError):
    """The person may not do this."""


class Unauthenticated(Refused):
    """A program shows no valid access token."""


class LimitReached(StorylibError):
    """A plan's limit was reached. ``retry_after`` is in seconds, None when waiting does not help."""

    def __init__(self, code: str, retry_after: float | None = None, /, **params: Any):
        super().__init__(code, **params)
        self.retry_after = retry_after


class Unavailable(StorylibError):
    """Storage cannot do it now; nothing was half-written."""


class NotSent(StorylibError):
    """A message was not taken by whoever should have passed it on; it may be sent again."""


class ProviderError(StorylibError):
    """A provider failed.

    ``permanent``: asking again the same way cannot help.
    ``maybe_paid``: the request may have been charged, so it is never repeated by itself.
    ``retry_after``: seconds the server asked us to wait, if it did.
    ``detail``: what the server said, for administrators; never a key, never a prompt.
    """

    def __init__(
        self,
        code: str | Message,
        kind: ErrorKind = "server",
        /,
        *,
        permanent: bool = False,
        maybe_paid: bool = False,
        retry_after: float | None = None,
        detail: str = "",
        **params: Any,
    ):
        super().__init__(code, **params)
        self.kind: ErrorKind = kind
        self.permanent = permanent
        self.maybe_paid = maybe_paid
        self.retry_after = retry_after
        self.detail = detail


def explain_validation(error: Any) -> str:
    """Put a pydantic ValidationError into one line of plain words: ``pages: Input should be …; theme: …``."""
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
