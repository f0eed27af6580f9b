"""A worker process that is forked, not started anew: ten of them come and go in the time that three would take."""

from __future__ import annotations

import logging
import os
import sys
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from unittest.mock import patch

# What takes long to import and knows nothing of the process it is in.
_LIBRARIES = ["dbos", "genai_prices", "openai", "storylib.generation", "tests.providers"]


def hired(environment: dict[str, str]) -> ForkServerProcess:
    """A worker in that environment, on its way to work."""
    nursery = get_context("forkserver")
    nursery.set_forkserver_preload(_LIBRARIES)
    worker = nursery.Process(target=_work, args=(environment,), daemon=True)
    with patch.dict(sys.modules, {"__main__": sys.modules[__name__]}):  # a screen's script may be left in its place
        worker.start()
    return worker


def _work(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    from storylib.generation import jobs  # here: a worker's name is its process's
    from storylib.providers import catalog
    from tests.providers import Scripted

    logging.disable(logging.CRITICAL)
    catalog.PROVIDERS["kit"] = Scripted().provider
    jobs.work()
