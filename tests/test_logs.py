"""Every line of the log is JSON, whoever serves."""

from __future__ import annotations

import json
import sys
import urllib.request
from pathlib import Path

from tests import running


class Uvicorn(running.App):
    """The same app, served by uvicorn itself."""

    def line(self) -> list[str]:
        """The command line that starts it."""
        return [sys.executable, "-m", "uvicorn", "Home:app", "--host=127.0.0.1", f"--port={self.port}"]


def test_the_lines_of_uvicorn_are_json_and_written_once(tmp_path: Path) -> None:
    with Uvicorn(tmp_path) as app:
        urllib.request.urlopen(f"{app.url}/healthz?reset=hidden").read()
        running.until(lambda: "/healthz" in app.log.read_text())
    lines = [line for line in app.log.read_text().splitlines() if "/healthz" in line]
    assert len(lines) == 1
    told = json.loads(lines[0])
    assert told["logger"] == "uvicorn.access"
    assert "reset=…" in told["event"]
