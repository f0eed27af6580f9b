"""The real server in a process of its own, and a real browser to look at it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from storylib.config import ROOT
from storylib.db import Database

PATIENCE = 60  # seconds for a start on a busy machine
BROWSER_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")


class App:
    """``streamlit run Home.py`` on a free port, with its data under ``folder``; ``with`` starts and stops it.

    ``kill`` is kill -9; ``start`` after it is the same server again, with the same data on the same port.
    """

    def __init__(self, folder: Path, **environment: str):
        self.data = folder / "data"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.environment = _clean_environment() | {"STORYLIB_DATA": str(self.data)} | environment
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> App:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def start(self) -> None:
        """Start the server and wait until it says that it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.line(), cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self._wait_until_ready()

    def line(self) -> list[str]:
        """The command line that starts it."""
        command = [sys.executable, "-m", "streamlit", "run", "Home.py", "--server.headless=true"]
        return [*command, f"--server.port={self.port}", "--server.address=127.0.0.1"]

    def stop(self) -> float:
        """Ask it to stop (SIGTERM); the seconds that it took."""
        assert self.process
        began = time.monotonic()
        self.process.terminate()
        self.process.wait(PATIENCE)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it and everything that it started, without a chance to tidy up."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def database(self) -> Database:
        """A second way into the server's database."""
        return Database(self.environment.get("STORYLIB_DATABASE_URL") or f"sqlite:///{self.data / 'storylib.db'}")

    def command(self, *arguments: str, stdin: str = "") -> str:
        """Run ``python -m storylib …`` on the server's data and return what it printed."""
        done = self.attempt(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def attempt(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """The same for a command that may fail."""
        command = [sys.executable, "-m", "storylib", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, check=False
        )

    def _wait_until_ready(self) -> None:
        assert self.process
        deadline = time.monotonic() + PATIENCE
        while not self.ready():
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.1)
                raise AssertionError(f"the server ended:\n{self.log.read_text()}")
            assert time.monotonic() < deadline, f"the server was not ready in {PATIENCE} s:\n{self.log.read_text()}"

    def ready(self) -> bool:
        """Whether it says so."""
        # Unknown paths answer 200 with the app's HTML, so the type of the answer counts too.
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return "html" not in answer.headers["content-type"]
        except OSError:  # refused, reset, too slow, or an answer like 503
            return False


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; ``make test`` finds or installs it."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "there is no Chromium here: see tools/chromium"
    with sync_playwright() as playwright:
        clock = {**os.environ, "TZ": "UTC"}  # wherever the tests run
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS, env=clock)
        yield browser
        browser.close()


def until(true: Callable[[], object]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"it was not so in {PATIENCE} s"
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _clean_environment() -> dict[str, str]:
    """Ours without keys and settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("STORYLIB_", "OPENAI_"))}
