"""The real server, which writes down who collects all garbage.

``python -m tests.counting_server FILE streamlit run Home.py …`` or ``… FILE uvicorn Home:app …``
"""

from __future__ import annotations

import gc
import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    file, collect = Path(sys.argv[1]), gc.collect
    file.touch()

    def counted(generation: int = 2) -> int:
        """Collect, and note the module that asked for it."""
        caller = sys._getframe(1).f_globals["__name__"]
        with file.open("a") as log:
            log.write(caller.rpartition(".")[2] + "\n")
        return collect(generation)

    gc.collect = counted
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
