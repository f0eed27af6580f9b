"""``make bench``: every measurement, one after the other; ``python -m benchmarks story``: only those named."""

import subprocess
import sys
from pathlib import Path

FILES = sorted(Path(__file__).parent.glob("*.py"))
ALL = [path.stem for path in FILES if "\ndef main(" in path.read_text()]

for name in sys.argv[1:] or ALL:
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
