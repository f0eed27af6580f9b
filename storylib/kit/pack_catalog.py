"""The packs there are: the Kit's own and those of a data folder, which are read anew when their files change.

What a pack is called and how it is asked for is read for all of them; the rest only when its book is told.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from storylib import vocabulary as v
from storylib.kit.pack import PACKS, Pack, parse_pack
from storylib.kit.pack_lint import check_packs
from storylib.story import Model

log = logging.getLogger(__name__)

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BLOCK = re.compile(r"^(\w+):.*\n(?:(?!\w).*\n?)*", re.MULTILINE)  # a top-level key with all that belongs to it


class Card(Model):
    """What is known of a pack before it is read as a whole."""

    name: str
    pattern: str
    summary: str
    asked_as: tuple[str, ...]
    bands: tuple[v.AgeBand, ...]
    tones: tuple[v.Tone, ...] = v.TONES
    season: v.Season | None = None
    fit_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A pack of the catalogue: its file's name, what is known of it, and every word that it uses."""

    id: str
    path: Path
    changed: int  # nanoseconds
    card: Card
    words: frozenset[str]

    def pack(self) -> Pack:
        """Read the whole pack, once for every version of its file.

        Raises:
            pydantic.ValidationError: the file breaks the format.
        """
        return _whole(self.path, self.changed)


@dataclass(frozen=True)
class PackCatalog:
    """The packs of some folders; one in a later folder replaces one of the same name."""

    folders: tuple[Path, ...] = (PACKS,)

    @classmethod
    def with_folder(cls, folder: Path | None) -> PackCatalog:
        """The Kit's own packs, and those of a folder."""
        return cls((PACKS, folder)) if folder else cls()

    def files(self) -> list[Path]:
        """Return the packs' files, in alphabetical order."""
        found = {path.stem: path for at in self.folders for path in at.glob("*.yaml")}
        return [found[name] for name in sorted(found)]

    def packs(self) -> tuple[Listed, ...]:
        """Return all packs that are in order, as their files are now; others are left out, and named in the log."""
        stamped = ((path, _changed(path)) for path in self.files())
        found = (_listed(path, changed, path.parent == PACKS) for path, changed in stamped if changed)
        return tuple(pack for pack in found if pack)


def _changed(path: Path) -> int:
    """When the file was changed; 0: it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=1024)
def _listed(path: Path, changed: int, ours: bool) -> Listed | None:
    """What is known of a pack. The Kit's own were checked before they were published; others are checked here."""
    if not ours and (mistakes := check_packs([path])):
        log.warning("The theme pack %s is left out: %s", path.stem, "; ".join(mistakes))
        return None
    text = path.read_text("utf-8")
    head = "".join(block[0] for block in _BLOCK.finditer(text) if block[1] in Card.model_fields)
    card: Any = yaml.load(head, Loader=LOADER)
    return Listed(
        path.stem, path, changed, Card.model_validate(card), frozenset(re.findall(r"[a-z]{3,}", text.lower()))
    )


@lru_cache(maxsize=256)
def _whole(path: Path, _stamp: int) -> Pack:
    return parse_pack(path)
