"""Garbage is collected while no one waits. Streamlit does it after every run: most of a run's time on a used server.

What there is after a collection is frozen: Python's own collections, which go on as ever, then look only at what came
since. The next of ours looks at everything.
"""

from __future__ import annotations

import asyncio
import gc
from time import monotonic
from typing import Final

import psutil
from starlette.types import ASGIApp, Message, Receive, Scope, Send

QUIET: Final = 3.0  # seconds without a message to or from any tab
GROWN: Final = 100_000_000  # bytes of memory since the last collection that do not wait for quiet
BETWEEN: Final = 60.0  # seconds, at least, between two of those
LOOK: Final = 1.0  # seconds

_process = psutil.Process()
_last_message = 0.0  # seconds on the monotonic clock


class Messages:
    """Middleware that notes when a tab last said or was told something: every run begins and ends so."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, unchanged."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def noted_receive() -> Message:
            message = await receive()
            _note()
            return message

        async def noted_send(message: Message) -> None:
            _note()
            await send(message)

        await self.app(scope, noted_receive, noted_send)


def _note() -> None:
    global _last_message
    _last_message = monotonic()


async def collect_when_quiet() -> None:
    """Collect whenever it is quiet after something happened, until cancelled."""
    collected, memory = monotonic(), _memory()
    while True:
        await asyncio.sleep(LOOK)
        if _due(monotonic(), collected, _memory() - memory):
            await asyncio.to_thread(collect)
            collected, memory = monotonic(), _memory()


def _due(now: float, collected: float, grown: int) -> bool:
    if now - _last_message >= QUIET:
        return _last_message > collected
    return grown > GROWN and now - collected >= BETWEEN


def collect() -> None:
    """Collect garbage, and freeze what is left until our next collection."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _memory() -> int:
    return int(_process.memory_info().rss)
