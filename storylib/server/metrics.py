"""``/metrics`` for Prometheus, and the middleware that counts requests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hmac import compare_digest
from time import perf_counter
from typing import Final

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storylib.config import secret
from storylib.identity.addresses import plain
from storylib.operations import metrics

HERE: Final = ("127.0.0.1", "::1")
SCREENS: Final = "screens"  # whatever is Streamlit's


async def show(request: Request) -> Response:
    """Answer whoever has STORYLIB_METRICS_TOKEN; without one set, this machine only. Everybody else: 404."""
    if not _may(request):
        return PlainTextResponse("Not found", 404, headers={"Cache-Control": "no-store"})
    found = await run_in_threadpool(metrics.exposition)
    return Response(found, headers={"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def _may(request: Request) -> bool:
    if token := secret("STORYLIB_METRICS_TOKEN"):
        given = re.sub("^Bearer ", "", request.headers.get("authorization", ""))
        return compare_digest(given.encode(), token.encode())
    # A proxy on this machine would make everybody local.
    return bool(request.client and plain(request.client.host) in HERE and "x-forwarded-for" not in request.headers)


# A Route, no Mount: that would answer only /metrics/.
ROUTES = [Route("/metrics", show)]


class Measured:
    """Middleware that notes how long requests take, by the pattern of their route: an address would make a series
    each."""

    def __init__(self, app: ASGIApp, routes: Iterable[Route | Mount]):
        self.app, self.routes = app, tuple(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, unchanged."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            metrics.request(self._route(scope), scope["method"], status, perf_counter() - began)

    def _route(self, scope: Scope) -> str:
        return next((each.path for each in self.routes if each.matches(scope)[0] != Match.NONE), SCREENS)
