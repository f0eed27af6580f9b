"""What Streamlit would show to everyone, and we show to administrators only."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from storylib.config import settings
from storylib.identity import access
from storylib.web import current_user

METRICS = "/_stcore/metrics"


class Closed:
    """Middleware that answers 404 to all but administrators. Plain ASGI, so that it delays and buffers nothing."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is closed; pass everything else on."""
        app: ASGIApp = self.app
        if scope["type"] == "http" and METRICS in scope["path"] and not await _administrator(Request(scope)):
            app = PlainTextResponse("Not found", 404, headers={"Cache-Control": "no-store"})
        await app(scope, receive, send)


async def _administrator(request: Request) -> bool:
    user = await run_in_threadpool(current_user.owner, request.cookies.get(settings().config.cookie.name, ""))
    return access.can(user, "see reports")
