"""From the command to the first byte, and the memory of a server that nobody uses."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.serving import Server


def main() -> None:
    """Print both."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder), "Home.py") as server:
        time.sleep(3)
        process = psutil.Process(server.process.pid)
        memory = sum(p.memory_info().rss for p in [process, *process.children(recursive=True)])
        busy = process.cpu_percent(10)
    print(f"Start: first byte after {server.seconds_to_first_byte:.1f} s (wanted: 4)")
    print(f"Idle: {memory / 1e6:.0f} MB resident (wanted: 300), {busy:.1f} % of a core")


if __name__ == "__main__":
    main()
