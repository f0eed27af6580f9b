"""What every test stands on: its own folder and databases, no keys, no network, a real server and a real browser."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from storylib import config, db
from storylib.db import Database
from storylib.models import columns, sums
from storylib.providers import catalog
from tests import postgres, running, states
from tests.providers import Scripted, charge

expect.set_options(timeout=20_000)  # milliseconds: a busy machine is no mistake

# What the environment of whoever runs the tests may hold, and no test should meet.
OUTSIDE = (
    "OPENAI_API_KEY", "OPENAI_BASE_URL", "STORYLIB_DATABASE_URL", "STORYLIB_CONFIG",
    "STORYLIB_METRICS_TOKEN", "STORYLIB_ALERT_WEBHOOK", "STORYLIB_SMTP_USER", "STORYLIB_SMTP_PASSWORD",
)  # fmt: skip
DRILLS = Path(__file__).with_name("drills")
HERE = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "", None}


def _stay_on_this_machine(event: str, details: tuple[Any, ...]) -> None:
    """Refuse to look up or connect to anything that is not this machine: no test reaches a real provider."""
    if event == "socket.getaddrinfo":
        host = details[0]
    elif event == "socket.connect" and details[0].family in (socket.AF_INET, socket.AF_INET6):
        host = details[1][0]
    else:
        return
    if (host.decode() if isinstance(host, bytes) else host) not in HERE:
        raise ConnectionRefusedError(f"tests stay on this machine, and {host} is not")


sys.addaudithook(_stay_on_this_machine)


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings of this test's own: a new data folder, the repository's config.yaml, no key."""
    for name in OUTSIDE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STORYLIB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STORYLIB_SECRET_KEY", "a key for tests only")
    forget_settings()
    yield
    forget_settings()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the browser is marked so (``-m "not browser"`` leaves it out); drills come last."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: DRILLS in item.path.parents)


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Make a moment the present one, for whoever asks ``now`` in this process; that clock stands still."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(columns, "datetime", SimpleNamespace(now=moment.astimezone))

    return set_to


def forget_settings() -> None:
    """Let the next question read the environment again; what was open is closed."""
    db.close()
    config.settings.cache_clear()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL 18 of this run's own."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("template") / "storylib.db"
    migrated = Database(f"sqlite:///{path}")
    migrated.migrate()
    migrated.engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> str:
    """The name of a migrated, empty PostgreSQL database."""
    migrated = Database(postgres_server.create("template_of_tests"))
    migrated.migrate()
    migrated.engine.dispose()
    return "template_of_tests"


def _database_at(url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("STORYLIB_DATABASE_URL", url)
    forget_settings()
    return db.database()


def _used(url: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database, which must be sound after the test, unless that is marked ``damages``."""
    database = _database_at(url, monkeypatch)
    yield database
    if request.node.get_closest_marker("damages") is None:
        _assert_sound(database)


def _assert_sound(database: Database) -> None:
    """The sums are those of the calls, states keep what they promise, and nothing points to what is not there."""
    with database.read() as session:
        assert sums.differing(session) == 0, "the sums are not those of the calls"
        assert states.broken(session) == []
        if session.get_bind().dialect.name == "sqlite":  # PostgreSQL lets none of it in
            assert not session.execute(text("PRAGMA foreign_key_check")).all()
    database.engine.dispose()


@pytest.fixture
def sqlite_database(
    tmp_path: Path, sqlite_template: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """This process's database, migrated and empty: for tests to which the kind of database is the same."""
    shutil.copy(sqlite_template, tmp_path / "storylib.db")
    yield from _used(f"sqlite:///{tmp_path / 'storylib.db'}", request, monkeypatch)


@pytest.fixture
def postgres_database(
    postgres_server: postgres.Server,
    postgres_template: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Database]:
    """The same on PostgreSQL."""
    yield from _used(postgres_server.create(template=postgres_template), request, monkeypatch)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """This process's database, migrated and empty: the test runs once on each kind."""
    database: Database = request.getfixturevalue(f"{request.param}_database")
    return database


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.create()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One open transaction, on each kind of database."""
    with database.write() as session:
        yield session


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.App]:
    """The real server, shared by the tests of one file; a test that kills it uses ``running.App`` itself."""
    with running.App(tmp_path_factory.mktemp("app")) as app:
        yield app


# Not for the whole session: while Playwright is open an event loop counts as running, and DBOS refuses that.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, shared by the tests of one file."""
    with running.chromium() as browser:
        yield browser


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A window with no cookies; the test fails if a script in it did."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
    tab = context.new_page()
    failures: list[str] = []
    tab.on("pageerror", lambda error: failures.append(str(error)))
    yield tab
    context.close()
    assert not failures, failures


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Writes, draws, checks and compares, for money, in OpenAI's place."""
    provider = Scripted()
    charge(monkeypatch, provider)
    return provider


@pytest.fixture
def kit(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Makes stories, and stands in, for free, in the Kit's place."""
    kit = Scripted()
    monkeypatch.setitem(catalog.PROVIDERS, "kit", kit.provider)
    return kit
