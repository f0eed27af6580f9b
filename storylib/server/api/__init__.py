"""The API for programs under ``/api/v1``: the same nouns, rules and rights as the screens.

FastAPI is imported by the first request, so that the start does not wait for it.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    from fastapi import FastAPI

PATH: Final = "/api/v1"
_building = Lock()


class Api:
    """The application behind ``/api/v1``, which is built when it is first asked for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        found = await run_in_threadpool(application)
        await found(scope, receive, send)


def application() -> FastAPI:
    """Return the one application of this process."""
    with _building:
        return _application()


@cache
def _application() -> FastAPI:
    from storylib.server.api import assembly

    return assembly.build()
