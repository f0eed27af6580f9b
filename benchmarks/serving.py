"""The real server in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from storylib.config import ROOT


class Server:
    """``with Server(folder) as server``: serves ``folder``'s data until the end of the block."""

    def __init__(self, folder: Path, script: str = "benchmarks/front.py", **environment: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.script = script
        self.environment = os.environ | {"STORYLIB_DATA": str(folder), "PYTHONPATH": str(ROOT)} | environment
        self.seconds_to_first_byte = 0.0

    def __enter__(self) -> Server:
        command = [sys.executable, "-m", "streamlit", "run", self.script, f"--server.port={self.port}"]
        began = time.perf_counter()
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not self._answers("/healthz"):
            time.sleep(0.02)
        self.seconds_to_first_byte = time.perf_counter() - began
        while not self._answers("/readyz"):
            time.sleep(0.02)
        return self

    def _answers(self, path: str) -> bool:
        assert self.process.poll() is None, "the server ended; start it by hand to see why"
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
