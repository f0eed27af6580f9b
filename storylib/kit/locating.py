"""Where in a YAML file a mistake is: every problem is told as ``file:line: problem``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

Where = tuple[str | int, ...]
Finding = tuple[Where, str]  # where in the file, and what is wrong there


def report(path: Path, findings: Iterable[Finding]) -> list[str]:
    """The findings with their lines in the file."""
    found = list(findings)
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader) if found else None
    return [f"{path.name}:{_line(root, where)}: {what}" for where, what in found]


def _line(node: Any, where: Where) -> int:
    """The line of the deepest part of ``where`` that is in the file; steps that are not (``told``) are skipped."""
    line = int(node.start_mark.line) + 1
    for step in where:
        child = _child(node, step)
        if child is not None:
            node, line = child, int(child.start_mark.line) + 1
    return line


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None
