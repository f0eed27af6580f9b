"""The limit of files and connections that this process may have open at once."""

from __future__ import annotations

import sys
from typing import Final

ENOUGH: Final = 10_240  # what macOS gives at most, though it says that there is no limit


def raise_limit() -> None:
    """Raise the limit of open files as far as the system allows: by default it is 1,024, and 150 open tabs use that
    up."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == hard:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, ENOUGH), hard))
