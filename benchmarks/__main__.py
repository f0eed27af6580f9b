"""``make bench``: every measurement, one after the other."""

import subprocess
import sys
from pathlib import Path

for name in sorted(path.stem for path in Path(__file__).parent.glob("*.py")):
    if "\ndef main(" in (Path(__file__).parent / f"{name}.py").read_text():
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
