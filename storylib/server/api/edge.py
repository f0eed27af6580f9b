"""Around each request: how large its body may be, and the headers that every answer has."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storylib.identity import api_tokens
from storylib.identity.api_tokens import Caller
from storylib.server.api import problems

MOST_BYTES: Final = 256 * 1024  # of a body: twenty pages of 2,000 characters, four bytes each, and room to spare


class Edge:
    """Middleware. Plain ASGI, so that it delays and buffers nothing."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is too large; add headers to the beginning of an answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(scope, MutableHeaders(scope=message))
            await send(message)

        app = self.app if _fits(Headers(scope=scope)) else problems.too_large
        await app(scope, receive, with_headers)


def _fits(headers: Headers) -> bool:
    """Tell whether the body is small enough. One that does not say how long it is could be of any length."""
    if "transfer-encoding" in headers:
        return False
    length = headers.get("content-length", "0")
    return length.isdecimal() and len(length) < 12 and int(length) <= MOST_BYTES


def _add(scope: Scope, headers: MutableHeaders) -> None:
    headers.setdefault("Cache-Control", "no-store")
    headers.add_vary_header("Authorization")
    caller: Caller | None = scope.get("state", {}).get("caller")
    if caller:
        headers["RateLimit-Policy"] = f'"minute";q={api_tokens.A_MINUTE};w=60'
        headers["RateLimit"] = f'"minute";r={max(0, caller.remaining)};t={caller.reset}'
