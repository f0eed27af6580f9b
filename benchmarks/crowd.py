"""A class at once on a used server: its gallery, with seconds to think, with and without Streamlit's collection."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
from sqlalchemy import select

from benchmarks.gallery import COVERS, add_teacher, cookie_of
from benchmarks.serving import Server
from benchmarks.visitor import Visitor
from storylib.commands.demo.sample import furnish
from storylib.db import Database
from storylib.models import User

VISITORS = (1, 30, 100)
THINK, RUNS = 4.0, 5  # seconds between a visitor's runs, and how many of them
CALLS = 20_000
USED = ("usage", "health", "people", "")  # what an administrator has looked at before
WAYS = {"Storylib": {}, "with a collection after each run": {"BENCH_COLLECT": "1"}}


def main() -> None:
    """Print the times that visitors wait."""
    with tempfile.TemporaryDirectory() as name:
        teacher, admin = _furnish(Path(name))
        for way, environment in WAYS.items():
            with Server(Path(name), **environment) as server:
                _use(server, admin)
                for visitors in VISITORS:
                    print(f"{way}, {visitors} visitors: {_crowd(server, teacher, visitors)}", flush=True)


def _furnish(folder: Path) -> tuple[str, str]:
    """A year of calls, people, and a teacher with stories; the cookies of the teacher and of an administrator."""
    database = Database(f"sqlite:///{folder / 'storylib.db'}")
    database.migrate()
    furnish(database, CALLS)
    teacher = add_teacher(database, COVERS)
    with database.write() as session:
        admin = cookie_of(session, session.scalars(select(User).where(User.role == "admin")).first())
    database.engine.dispose()
    return teacher, admin


def _use(server: Server, cookie: str) -> None:
    for page in USED:
        with Visitor(server.url, page, cookie) as visitor:
            visitor.rerun()


def _crowd(server: Server, cookie: str, visitors: int) -> str:
    process = psutil.Process(server.process.pid)
    with ThreadPoolExecutor(visitors) as threads:
        opened = list(threads.map(lambda _: Visitor(server.url, "", cookie).__enter__(), range(visitors)))
        cost = _cost(server, cookie)
        waits = [wait for each in threads.map(_visit, opened) for wait in each]
        for visitor in opened:
            visitor.__exit__(None, None, None)
    p50, p95 = statistics.median(waits), statistics.quantiles(waits, n=20)[-1]
    memory = process.memory_info().rss / 1e6
    return f"p50 {p50:.3f} s, p95 {p95:.3f} s; {cost * 1000:.0f} ms of CPU for a run; {memory:.0f} MB"


def _visit(visitor: Visitor) -> list[float]:
    time.sleep(random.uniform(0, THINK))
    waits = []
    for _ in range(RUNS):
        waits.append(visitor.rerun())
        time.sleep(THINK)
    return waits


def _cost(server: Server, cookie: str, runs: int = 20) -> float:
    """Seconds of CPU, over runs one after the other."""
    process = psutil.Process(server.process.pid)
    with Visitor(server.url, "", cookie) as visitor:
        visitor.rerun()
        before = _spent(process)
        for _ in range(runs):
            visitor.rerun()
        return (_spent(process) - before) / runs


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
