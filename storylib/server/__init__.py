"""The server around the screens: its parts, and what happens at start and stop."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from argparse import ArgumentParser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from storylib import web
from storylib.config import settings
from storylib.db import close, database
from storylib.errors import StorylibError
from storylib.generation import jobs
from storylib.identity import passwords, users
from storylib.operations import descriptors, logs, process_metrics
from storylib.operations.alerts import watch
from storylib.providers import catalog
from storylib.server import api, garbage, metrics, reading, routes
from storylib.server.closed import Closed
from storylib.server.garbage import Messages
from storylib.server.headers import Headers
from storylib.server.metrics import Measured
from storylib.server.proxies import Proxies
from storylib.server.strangers import Strangers
from storylib.server.uploads import Uploads
from storylib.web import runtime

log = logging.getLogger(__name__)


def parts() -> dict[str, Any]:
    """Return what ``st.App`` needs besides the script."""
    return {
        "routes": _routes(),
        "middleware": [
            Middleware(Measured, routes=_routes()),
            *[Middleware(part) for part in (Proxies, Headers, Closed, Strangers, Uploads, Messages)],
        ],
        "lifespan": lifespan,
        "on_script_error": web.show_error,
    }


def _routes() -> list[Route | Mount]:
    """Return our routes, and under ``server.baseUrlPath`` once more: Streamlit puts only its own there."""
    ours = [*routes.ROUTES, *reading.ROUTES, *metrics.ROUTES]
    base = runtime.base_path()
    again = [Route(base + one.path, one.endpoint, methods=one.methods) for one in ours if base]
    return [*ours, *again, *(Mount(at + api.PATH, api.Api()) for at in dict.fromkeys(("", base)))]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Prepare everything before the first visitor, and finish after the last."""
    logs.configure()
    await asyncio.to_thread(_start)
    runtime.collect_no_garbage_after_runs()
    garbage.collect()
    collecting = asyncio.create_task(garbage.collect_when_quiet())
    yield
    collecting.cancel()
    watch.stop()
    process_metrics.stop()
    done = await asyncio.to_thread(jobs.stop)
    close()
    if not done:
        os._exit(0)  # threads wait for work that another process takes over


def _start() -> None:
    try:
        _open_the_door()
    except StorylibError as error:
        _leave(f"Storylib cannot start. {error}")
    except Exception as error:  # whatever it was: some servers keep to themselves what is raised here
        log.critical("startup failed", exc_info=True)
        _leave(f"Storylib cannot start. {type(error).__name__}: {error}")


def _leave(why: str) -> None:
    print(why, file=sys.stderr, flush=True)
    close()
    os._exit(2)  # raised, it would drown in the server's own traces


def _open_the_door() -> None:
    descriptors.raise_limit()
    catalog.providers()  # one of a kind that there is not ends the start
    database().migrate()
    passwords.load()
    runtime.load_pages()
    jobs.start()
    process_metrics.start(runtime.sessions)
    watch.start()
    print(f"\n  {settings().config.site.name} is at http://localhost:{_port()}\n", flush=True)
    _invite()


def _invite() -> None:
    """Print the link that creates the first administrator, while there are no accounts."""
    with database().read() as session:
        if not users.needs_setup(session):
            return
    with database().write() as session:
        code = users.setup_code(session)
    link = f"http://localhost:{_port()}/?setup={code}"
    print(
        f"  There are no accounts yet. Use this link, once, to create the administrator account:\n\n  {link}\n",
        flush=True,
    )


def _port() -> int:
    # uvicorn does not tell an app where it listens, but it was told on the command line.
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--port", type=int)
    told = parser.parse_known_args()[0].port
    return cast(int, told) or runtime.port()
