"""How many tabs visitors who are not signed in may have open from one address: each costs memory and a thread."""

from __future__ import annotations

from collections import Counter
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from storylib.config import settings
from storylib.identity.addresses import network
from storylib.web import current_user

MOST: Final = 100  # tabs; a whole school may share an address, and most of it is signed in
TRY_LATER: Final = 1013  # the code of a websocket's end


class Strangers:
    """Middleware that lets no more in. Whoever is signed in is not counted, and never kept waiting by those who are
    not."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self.tabs: Counter[str] = Counter()  # by network

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything else on."""
        if scope["type"] != "websocket" or await run_in_threadpool(_signed_in, scope):
            await self.app(scope, receive, send)
            return
        source = network((scope.get("client") or ("", 0))[0])
        if self.tabs[source] >= MOST:
            await send({"type": "websocket.close", "code": TRY_LATER})
            return
        self.tabs[source] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.tabs[source] -= 1
            self.tabs += Counter()  # forget those that have none


def _signed_in(scope: Scope) -> bool:
    token = HTTPConnection(scope).cookies.get(settings().config.cookie.name, "")
    return bool(token) and current_user.owner(token) is not None
