"""Tables in YAML, which lie beside the module that reads them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # some 10 times as fast, where it was built


def read(path: Path) -> Any:
    """Parse a YAML file of our own; what people write goes through ``config.read`` or ``read_brief``.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)


@cache
def beside(module: str, name: str = "") -> Any:
    """Return the table beside a module, read once: ``beside(__file__)``, or ``beside(__file__, "words")``."""
    path = Path(module)
    return read(path.with_name(f"{name or path.stem}.yaml"))
