"""What a check of the doctor's found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """``said`` describes what is well; ``problem`` what is not, and what to do; ``mend`` does it, where that is
    safe."""

    said: str = ""
    problem: str = ""
    mend: Callable[[], object] | None = None
