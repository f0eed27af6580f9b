"""The usage report for a month and a year, of 10,000 and of 1,000,000 calls, on SQLite and on PostgreSQL.

Each look comes from another time zone, so that no answer is remembered from the one before.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import psutil
from sqlalchemy import text
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.serving import Server
from benchmarks.visitor import Visitor
from storylib.commands.demo.calls import add_calls
from storylib.commands.demo.colleagues import add_colleagues
from storylib.commands.demo.sample import CALLS_OF_A_PERSON, SAMPLE
from storylib.config import settings
from storylib.db import Database
from storylib.identity import users
from storylib.models import User
from tests import postgres

FEW, MANY = 10_000, 1_000_000
PERIODS = {"30 days": ("30+days", 300), "a year": ("Year", 600)}  # in the address; how many ms are wanted at most
ZONES = [f"Europe/{city}" for city in ["Berlin", "Paris", "Madrid", "Rome", "Vienna", "Prague", "Oslo", "Zurich"]]


class Reader(Visitor):
    """Somebody who opens the report; remembers how large its charts were."""

    zone, charts = "UTC", 0

    def __init__(self, url: str, cookie: str, query: str):
        super().__init__(url, "usage", cookie)
        self.query = query

    def rerun(self) -> float:
        """One look; seconds until the whole page is there."""
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.query_string = self.page, self.query
        state.context_info.timezone, state.context_info.locale = self.zone, "en-GB"
        state.context_info.url = f"{self.url}/{self.page}"
        self.charts = 0
        began = time.perf_counter()
        self.socket.send(message.SerializeToString())
        while not self._finished(ForwardMsg.FromString(self.socket.recv())):  # type: ignore[arg-type]
            pass
        assert not self.failures, self.failures
        return time.perf_counter() - began

    def _finished(self, message: ForwardMsg) -> bool:
        if message.delta.new_element.WhichOneof("type") == "vega_lite_chart":
            self.charts += message.ByteSize()
        return super()._finished(message)

    def median_of_zones(self) -> float:
        """The median look, each with nothing remembered; seconds."""
        times = []
        for self.zone in ZONES:
            times.append(self.rerun())
        return statistics.median(times)


def main(kinds: Sequence[str] = ("sqlite", "postgresql")) -> None:
    """Print milliseconds and ratios."""
    with tempfile.TemporaryDirectory() as name:
        if "sqlite" in kinds:
            _measure("SQLite", Path(name), lambda calls: f"sqlite:///{Path(name) / f'{calls}.db'}")
        if "postgresql" in kinds:
            with postgres.running() as server:
                _measure("PostgreSQL", Path(name), lambda calls: server.create(f"bench_{calls}"))


def _measure(kind: str, folder: Path, address) -> None:  # type: ignore[no-untyped-def]
    times = {}
    for calls in (FEW, MANY):
        url = address(calls)
        cookie, seconds, cpu = _fill(url, calls)
        print(f"{kind}: {calls:,} calls written in {seconds:.0f} s ({cpu:.0f} s of this process's CPU)", flush=True)
        with Server(folder, "Home.py", STORYLIB_DATABASE_URL=url) as server:
            for period, (query, _) in PERIODS.items():
                with Reader(server.url, cookie, f"period={query}") as reader:
                    worked = _cpu(server)
                    times[period, calls] = reader.median_of_zones()
                    worked = (_cpu(server) - worked) / len(ZONES) * 1000
                    again, size = reader.median(10) * 1000, reader.charts / 1000
                shown = f"{times[period, calls] * 1000:.0f} ms ({worked:.0f} ms of CPU), remembered {again:.0f} ms"
                print(f"  {period}: {shown}, charts {size:.0f} kB (wanted: 200)", flush=True)
    for period, (_, wanted) in PERIODS.items():
        many, ratio = times[period, MANY], times[period, MANY] / times[period, FEW]
        print(f"{kind}, {period} of {MANY:,}: {many * 1000:.0f} ms (wanted: {wanted}), ", end="")
        print(f"{ratio:.2f} × of {FEW:,} (wanted: 2)", flush=True)


def _cpu(server: Server) -> float:
    """Seconds that the server's process has worked; says more than the clock where others work too."""
    times = psutil.Process(server.process.pid).cpu_times()
    return float(times.user + times.system)


def _fill(url: str, calls: int) -> tuple[str, float, float]:
    """Write the calls; the administrator's cookie, and what it took."""
    database, random = Database(url), Random(1)
    database.migrate()
    began, worked = time.perf_counter(), time.process_time()
    with database.write() as session:
        people = [_user(session, facts) for facts in SAMPLE["people"]]
        people += add_colleagues(session, SAMPLE["colleagues"], max(5, calls // CALLS_OF_A_PERSON) - len(people))
        add_calls(session, SAMPLE, random.sample(people, len(people)), calls)
        token = users.start_session(session, people[0], "benchmark")
    took = time.perf_counter() - began, time.process_time() - worked
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # what its autovacuum does within minutes
    database.engine.dispose()
    return f"{settings().config.cookie.name}={token}", *took


def _user(session, facts) -> User:  # type: ignore[no-untyped-def]
    email = f"{facts['username']}@school.example"
    user = User(username=facts["username"], email=email, password_hash="-", role=facts["role"], plan=facts["plan"])
    session.add(user)
    session.flush()
    return user


if __name__ == "__main__":
    main(sys.argv[1:] or ("sqlite", "postgresql"))
