"""Where a request comes from, in plain addresses, before anything else asks.

uvicorn believes ``X-Forwarded-For`` and ``X-Forwarded-Proto`` of the proxies that it was told of. On a socket that
serves IPv6 and IPv4 alike it sees a proxy at ``127.0.0.1`` as ``::ffff:127.0.0.1``, and believes it nothing.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, BooleanOptionalAction

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from storylib.identity.addresses import plain


class Proxies:
    """Middleware that asks uvicorn's own rules again where an address was written the long way."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self.rules = ProxyHeadersMiddleware(_pass, _believed())  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; change only the client and the scheme."""
        if _rewritten(scope):
            scope["headers"] = [(name, _plain_list(name, value)) for name, value in scope["headers"]]
            await self.rules(scope, receive, send)  # type: ignore[arg-type]
            _rewritten(scope)
        await self.app(scope, receive, send)


async def _pass(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Do nothing: the rules want an app to call, and the request goes on after them."""


def _rewritten(scope: Scope) -> bool:
    host, port = scope.get("client") or ("", 0)
    if plain(host) == host:
        return False
    scope["client"] = (plain(host), port)
    return True


def _plain_list(name: bytes, value: bytes) -> bytes:
    if name != b"x-forwarded-for":
        return value
    return ", ".join(plain(each.strip()) for each in value.decode("latin1").split(",")).encode("latin1")


def _believed() -> str:
    """Return the trusted proxies that uvicorn was told of, which it does not tell an app."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    named = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
    parser.add_argument("--forwarded-allow-ips", default=os.environ.get("UVICORN_FORWARDED_ALLOW_IPS", named))
    parser.add_argument("--proxy-headers", action=BooleanOptionalAction, default=True)
    told = parser.parse_known_args()[0]
    return str(told.forwarded_allow_ips) if told.proxy_headers else ""
