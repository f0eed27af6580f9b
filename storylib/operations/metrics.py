"""What Prometheus reads. Two kinds:

* what this process did (requests, runs of screens): Prometheus adds the processes up, so rules use ``sum``;
* what the whole site has (queue, ledger, processes): every process reads the same from the database, so rules use
  ``max``, never ``sum``. Counters of the ledger survive a restart.

Every label comes from a closed list: a route, a page, a provider of config.yaml, an operation, a state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import Any, Final

import psutil
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storylib.config import settings
from storylib.db import database
from storylib.errors import Unavailable
from storylib.generation.workers import LEASE
from storylib.library import stories
from storylib.models import Call, CallHour, Story, Worker, now
from storylib.operations import logs, process_metrics

FRESH: Final = 10.0  # seconds for which the site's figures hold
RECENT: Final = timedelta(minutes=5)
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LEDGER: Final = {
    "storylib_calls": ("Calls to providers", CallHour.calls),
    "storylib_calls_failed": ("Calls that failed", CallHour.failed),
    "storylib_calls_unpriced": ("Calls without a known price", CallHour.unpriced),
    "storylib_results_reused": ("Results that served again, unpaid", CallHour.reused),
    "storylib_images": ("Pictures that were drawn", CallHour.images),
    "storylib_cost_usd": ("What calls cost, in US dollars", CallHour.cost_usd),
}

REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "storylib_request_seconds", "Requests", ["route", "method", "status"], registry=REGISTRY, buckets=BUCKETS
)
RUNS = Histogram("storylib_run_seconds", "Runs of a screen's script", ["page"], registry=REGISTRY, buckets=BUCKETS)
REGISTRY.register(logs.FAILURES)


def request(route: str, method: str, status: int, seconds: float) -> None:
    """Count a request; ``route`` is a pattern, never an address."""
    known = method if method in METHODS else "other"
    REQUESTS.labels(route, known, f"{status // 100}xx").observe(seconds)


def exposition() -> bytes:
    """Return everything in Prometheus's text format. While the database does not respond, ``storylib_database_up`` is 0
    and the site's figures are left out."""
    return generate_latest(REGISTRY)


class Site(Collector):
    """What the database and this machine know, read anew when it is ten seconds old."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at, self._found = float("-inf"), list[Metric]()

    def collect(self) -> Iterable[Metric]:
        """Return the figures."""
        with self._lock:
            if monotonic() - self._at >= FRESH:
                self._found, self._at = [*_site(), *_machine()], monotonic()
            return self._found

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the registry would ask the database before it is there."""
        return []


REGISTRY.register(Site())


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"storylib_{name}", what, value=value)


def _site() -> Iterator[Metric]:
    try:
        with database().read() as session:
            found = [*_queue(session), *_processes(session), *_ledger(session), *_latency(session)]
    except Unavailable:
        found = []
    yield _gauge("database_up", "Whether the database responds", bool(found))
    yield from found


def _queue(session: Session) -> Iterator[Metric]:
    in_making = select(Story.state, func.count(), func.min(Story.created_at)).where(Story.state.in_(stories.MAKING))
    by_state = {state: (count, oldest) for state, count, oldest in session.execute(in_making.group_by(Story.state))}
    family = GaugeMetricFamily("storylib_stories", "Stories in the making", labels=["state"])
    for state in stories.MAKING:
        family.add_metric([state], by_state.get(state, (0, None))[0])
    yield family
    oldest = by_state["queued"][1] if "queued" in by_state else now()
    waits = (now() - oldest).total_seconds()
    yield _gauge("queue_oldest_seconds", "For how long the oldest queued story waits", waits)


def _processes(session: Session) -> Iterator[Metric]:
    alive = Worker.taken_by.is_(None), Worker.beat_at > now() - timedelta(seconds=LEASE)
    taken = select(func.count()).where(Worker.taken_by.is_not(None))
    unknown = select(func.count()).where(Call.state == "unknown")
    yield _gauge("workers", "Processes that make stories", session.scalar(select(func.count()).where(*alive)) or 0)
    yield _gauge("takeovers", "Processes taken over in the last day", session.scalar(taken) or 0)
    yield _gauge("calls_unknown", "Calls that may have been charged for nothing", session.scalar(unknown) or 0)


def _ledger(session: Session) -> Iterator[Metric]:
    columns = [column for _, column in LEDGER.values()]
    by = CallHour.provider, CallHour.operation
    sums: list[Any] = list(session.execute(select(*by, *(func.sum(column) for column in columns)).group_by(*by)))
    for place, (name, (what, _)) in enumerate(LEDGER.items(), start=2):
        totals: dict[tuple[str, str], float] = {}
        for row in sums:
            key = _provider(row[0]), row[1]
            totals[key] = totals.get(key, 0) + float(row[place] or 0)
        family = CounterMetricFamily(name, what, labels=["provider", "operation"])
        for labels, total in totals.items():
            family.add_metric(labels, total)
        yield family


def _latency(session: Session) -> Iterator[Metric]:
    recent = Call.at > now() - RECENT, Call.latency_ms.is_not(None)
    by = Call.provider, Call.operation
    means = session.execute(select(*by, func.avg(Call.latency_ms)).where(*recent).group_by(*by)).all()
    family = GaugeMetricFamily(
        "storylib_call_seconds", "The mean of the last five minutes' calls", labels=["provider", "operation"]
    )
    for provider, operation, mean in means:
        if _provider(provider) == provider:
            family.add_metric([provider, operation], float(mean) / 1000)
    yield family


def _provider(name: str) -> str:
    """Providers that config.yaml no longer names count together."""
    return name if name in settings().config.providers else "other"


def _machine() -> Iterator[Metric]:
    in_use = getattr(database().engine.pool, "checkedout", lambda: 0)
    yield _gauge("pool_in_use", "Database connections in use", in_use())
    yield _gauge("pool_most", "Database connections allowed", settings().config.making.connections)
    yield _gauge("disk_free_bytes", "Free in the data folder", psutil.disk_usage(str(settings().data)).free)
    if (size := process_metrics.database_size()) is not None:
        yield _gauge("database_bytes", "The database's size", size * process_metrics.MEGABYTE)
    yield _gauge("memory_bytes", "Resident memory of this process", psutil.Process().memory_info().rss)
