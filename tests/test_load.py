"""What keeps a server with many visitors quick and alive: no collection after each run, and room for connections."""

from __future__ import annotations

import gc
import os
import resource
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
from streamlit import config

from storylib.config import ROOT
from storylib.operations import descriptors
from storylib.server import garbage
from storylib.web import runtime
from tests import running
from tests.tabs import Tab

SOFT = 256  # descriptors


# --- garbage


class Counting(running.App):
    """Counts in a file how often everything is collected in the server, by whom."""

    def line(self) -> list[str]:
        return [
            sys.executable,
            "-m",
            "tests.counting_server",
            str(self.data.parent / "collections"),
            *super().line()[2:],
        ]

    def counted(self) -> list[str]:
        """Who collected, in turn."""
        return (self.data.parent / "collections").read_text().split()


class ByUvicorn(Counting):
    """``uvicorn Home:app``."""

    def line(self) -> list[str]:
        listen = ["uvicorn", "Home:app", "--host=127.0.0.1", f"--port={self.port}"]
        return [sys.executable, "-m", "tests.counting_server", str(self.data.parent / "collections"), *listen]


STARTS: dict[str, Callable[[Path], Counting]] = {
    "streamlit run": Counting,
    "uvicorn": ByUvicorn,
    "settings of somebody's own": lambda folder: Counting(folder, STREAMLIT_RUNNER_POST_SCRIPT_GC="true"),
}


@pytest.mark.parametrize("start", STARTS)
def test_no_run_waits_for_a_collection_however_the_server_is_started(tmp_path: Path, start: str) -> None:
    with STARTS[start](tmp_path) as app:
        before = len(app.counted())
        with Tab(app.url) as tab:
            for _ in range(20):
                tab.run()
        assert "script_runner" not in app.counted()
        running.until(lambda: "garbage" in app.counted()[before:])


def test_settings_that_are_read_again_change_nothing() -> None:
    runtime.collect_no_garbage_after_runs()
    config.get_config_options(force_reparse=True, options_from_flags={"runner.postScriptGC": True})
    assert config.get_option("runner.postScriptGC") is False


class Knot:
    """Refers to itself: only a collection lets go of it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_in_use_at_one_collection_goes_with_the_next() -> None:
    try:
        knot = Knot()
        gone = weakref.ref(knot)
        garbage.collect()
        del knot
        assert gone()
        garbage.collect()
        assert not gone()
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(
    ("said", "collected", "grown", "due"),
    [
        (100.0, 90.0, 0, True),  # a run since, and quiet
        (80.0, 90.0, 0, False),  # nothing happened since
        (102.5, 90.0, 0, False),  # somebody is waiting
        (102.5, 30.0, 200_000_000, True),  # somebody is always waiting, and memory grows
        (102.5, 90.0, 200_000_000, False),  # that was done just now
    ],
)
def test_garbage_is_collected_while_nobody_waits(
    monkeypatch: pytest.MonkeyPatch, said: float, collected: float, grown: int, due: bool
) -> None:
    monkeypatch.setattr(garbage, "_last_message", said)
    assert garbage._due(104.0, collected, grown) is due


# --- descriptors


@contextmanager
def soft_limit(soft: int) -> Iterator[None]:
    """What is started inside begins with so few."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_server_that_is_given_few_descriptors_serves_many_tabs(tmp_path: Path) -> None:
    with ExitStack() as opened:
        with soft_limit(SOFT):
            app = opened.enter_context(running.App(tmp_path))
        assert app.process
        soft, hard = psutil.Process(app.process.pid).rlimit(psutil.RLIMIT_NOFILE)
        assert soft == hard
        for _ in range(60):
            opened.enter_context(Tab(app.url))
        assert len(os.listdir(f"/proc/{app.process.pid}/fd")) > SOFT
        assert app.ready()


def test_a_worker_takes_as_many_descriptors_as_it_may(tmp_path: Path) -> None:
    app = running.App(tmp_path)
    with soft_limit(SOFT):
        worker = psutil.Popen([sys.executable, "-m", "storylib", "worker"], cwd=ROOT, env=app.environment)
    try:
        running.until(lambda: len(set(worker.rlimit(psutil.RLIMIT_NOFILE))) == 1)
    finally:
        worker.terminate()
        worker.wait(running.PATIENCE)


def test_a_system_that_promises_more_than_it_gives_gives_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[int, int]] = []

    def as_on_macos(_: int, limits: tuple[int, int]) -> None:
        if limits[0] > 10_240:
            raise ValueError("current limit exceeds maximum limit")
        taken.append(limits)

    endless = resource.RLIM_INFINITY if resource.RLIM_INFINITY > 0 else 2**63 - 1
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, endless))
    monkeypatch.setattr(resource, "setrlimit", as_on_macos)
    descriptors.raise_limit()
    assert taken == [(10_240, endless)]
