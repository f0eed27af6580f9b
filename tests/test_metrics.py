"""What Prometheus is told, by whom, and in how many series."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from storylib.db import Database
from storylib.generation import workers
from storylib.models import CallHour, Worker, now
from storylib.operations import logs, metrics
from storylib.server.metrics import ROUTES, Measured
from tests import factories, running


@pytest.fixture
def scraper(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Whoever asks from this machine; the site's figures are read anew each time."""
    assert sqlite_database
    monkeypatch.setattr(metrics, "FRESH", 0.0)
    app = Starlette(routes=ROUTES, middleware=[Middleware(Measured, routes=ROUTES)])
    with TestClient(app, client=("127.0.0.1", 1234)) as client:
        yield client


def _values(client: TestClient, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        "|".join([sample.name, *(sample.labels[name] for name in sorted(sample.labels))]): sample.value
        for family in parsed(answer.text)
        for sample in family.samples
    }


def _hour(session: Session, provider: str) -> None:
    session.add(CallHour(hour=1, provider=provider, model="m", operation="draw", calls=3, failed=1, images=2))


def test_without_a_token_only_this_machine_is_answered(scraper: TestClient) -> None:
    assert _values(scraper)["storylib_database_up"] == 1
    assert scraper.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404
    with TestClient(scraper.app, client=("192.0.2.1", 1)) as stranger:
        assert stranger.get("/metrics").status_code == 404


def test_with_a_token_only_who_has_it_is_answered(scraper: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYLIB_METRICS_TOKEN", "a long one")
    assert scraper.get("/metrics").status_code == 404
    assert scraper.get("/metrics", headers={"Authorization": "Bearer a long"}).status_code == 404
    assert scraper.get("/metrics", headers={"Authorization": "Bearer ü".encode()}).status_code == 404
    assert _values(scraper, Authorization="Bearer a long one")


def test_queue_and_processes_are_told(scraper: TestClient, sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        ada = factories.user(session)
        factories.story(session, ada, state="queued", created_at=now() - timedelta(seconds=90))
        factories.story(session, ada, state="writing")
        session.add_all([Worker(id="a:1:a", beat_at=now()), Worker(id="b:1:b", taken_by="a:1:a")])
        session.add(Worker(id="c:1:c", beat_at=now() - timedelta(seconds=2 * workers.LEASE)))
    told = _values(scraper)
    assert (told["storylib_stories|queued"], told["storylib_stories|writing"]) == (1, 1)
    assert 89 < told["storylib_queue_oldest_seconds"] < 120
    assert (told["storylib_workers"], told["storylib_takeovers"]) == (1, 1)


def test_the_ledger_is_told_and_providers_that_are_gone_count_as_one(
    scraper: TestClient, sqlite_database: Database
) -> None:
    with sqlite_database.write() as session:
        for provider in ("kit", "gone-1", "gone-2"):
            _hour(session, provider)
    told = _values(scraper)
    assert told["storylib_calls_total|draw|kit"] == 3
    assert told["storylib_calls_total|draw|other"] == 6
    with sqlite_database.write() as session:  # the sums of no calls: the test's own
        session.query(CallHour).delete()


def test_addresses_and_methods_make_no_series_of_their_own(scraper: TestClient) -> None:
    before = len(_values(scraper))
    for number in range(20):
        scraper.request(f"HOSTILE{number}", f"/{number}'%22%0A{{}}")
    assert len(_values(scraper)) <= before + 16  # one histogram: other, screens, 4xx


def test_unexpected_errors_are_counted(scraper: TestClient) -> None:
    before = _values(scraper)["storylib_failures_total"]
    logs.failure(ValueError("x"), "here")
    assert _values(scraper)["storylib_failures_total"] == before + 1


def test_while_the_database_is_away_that_is_told(scraper: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_queue", _away)
    told = _values(scraper)
    assert told["storylib_database_up"] == 0
    assert "storylib_workers" not in told


def _away(_: Session) -> None:
    from storylib.errors import Unavailable

    raise Unavailable("away")


def test_the_running_server_tells_them_at_the_address_without_a_slash(app: running.App) -> None:
    urllib.request.urlopen(f"{app.url}/healthz").read()
    with urllib.request.urlopen(f"{app.url}/metrics") as answer:
        assert answer.headers["content-type"].startswith("text/plain")
        told = answer.read().decode()
    assert 'storylib_request_seconds_count{method="GET",route="/healthz",status="2xx"}' in told
    assert "storylib_workers 1.0" in told
