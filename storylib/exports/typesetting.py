"""PDF by typst, in a process of its own. The same facts and pictures give the same bytes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from storylib.errors import Unavailable

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
LIMIT = 60.0  # seconds, a hundred times what a book takes
ACCESSIBLE = "ua-1"  # PDF/UA: tags, language, title, and a description of every picture

Template = Literal["book", "handout", "cards"]

_UNDISPLAYED = re.compile(r'the text `"(.+?)"` could not be displayed')


@dataclass(frozen=True)
class Typeset:
    """A PDF. ``missing``: characters that no font has; where there are any, it does not claim to be PDF/UA."""

    pdf: bytes
    missing: str = ""


def typeset(template: Template, facts: Mapping[str, Any], pictures: Mapping[str, bytes]) -> Typeset:
    """Set a document; ``pictures`` are JPEGs by the file names that ``facts`` call them.

    Raises:
        Unavailable: it took too long, or there is no room for it on the disk.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="storylib-export-") as name:
            folder = Path(name)
            _write(folder, template, facts, pictures)
            refusal = _run(folder, ACCESSIBLE)
            missing = "".join(dict.fromkeys("".join(_UNDISPLAYED.findall(refusal))))
            if missing:
                refusal = _run(folder)
            if refusal:
                raise Unavailable(f"This book cannot be set as a PDF: {refusal.splitlines()[0]}")
            return Typeset((folder / "out.pdf").read_bytes(), missing)
    except OSError as error:
        raise Unavailable(f"The export cannot be written: {error.strerror}. Nothing was changed.") from error


def _write(folder: Path, template: Template, facts: Mapping[str, Any], pictures: Mapping[str, bytes]) -> None:
    (folder / "template.typ").write_bytes((HERE / "templates" / f"{template}.typ").read_bytes())
    (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    for name, data in pictures.items():
        (folder / name).write_bytes(data)


def _run(folder: Path, *standards: str) -> str:
    """Run the typesetter; what it refuses, or nothing."""
    command = [sys.executable, "-I", str(HERE / "typesetter.py"), str(FONTS), *standards]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable("Setting this book took too long and was stopped. Shorten its longest page.") from None
    return "" if done.returncode == 0 else done.stderr.decode("utf-8", "replace") or "the typesetter ended"
