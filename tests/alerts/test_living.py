"""The server and a worker watch together: two real processes, one message."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

from sqlalchemy import select

from storylib.config import ROOT
from storylib.models import ScheduledRun
from tests import running
from tests.alerts.conftest import Configure
from tests.alerts.receivers import Webhook

PATIENCE = 60  # seconds, for a busy machine


def wait(until: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE
    while not until():
        assert monotonic() < deadline, "it did not happen"
        Event().wait(0.05)


@contextmanager
def worker(app: running.App) -> Iterator[subprocess.Popen[bytes]]:
    """Another process on the server's data, as soon as it works."""
    log = app.data / "worker.log"
    with log.open("wb") as lines:
        command = [sys.executable, "-m", "storylib", "worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=app.environment, stderr=lines)
    try:
        wait(lambda: b"working on stories" in log.read_bytes() or process.poll() is not None)
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_a_server_and_a_worker_tell_once_and_either_goes_on_alone(
    tmp_path: Path, configure: Configure, webhook: Webhook
) -> None:
    path = configure(rules={"free_disk_gb": "1000000"}, every_seconds=1)
    environment = {"STORYLIB_CONFIG": str(path), "STORYLIB_ALERT_WEBHOOK": webhook.url}
    with running.App(tmp_path, **environment) as app, worker(app) as other:
        database = app.database()

        def rounds() -> set[object]:
            with database.read() as session:
                return {batch.begun_at for batch in session.scalars(select(ScheduledRun))}

        def another() -> bool:
            seen.update(rounds())
            return len(seen) >= enough

        seen, enough = set[object](), 6
        wait(another)
        app.stop()
        assert other.poll() is None
        seen, enough = set[object](), 4
        wait(another)
        database.engine.dispose()
        assert "Traceback" not in (app.data / "worker.log").read_text() + app.log.read_text()
    assert [post["state"] for post in webhook.posted] == ["open"]
