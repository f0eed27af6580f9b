"""The Story Kit's own work, in seconds of one core: pictures, a portrait, a book's text, importing it all."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import product

IMPORTED = {
    "importing the Kit": ("storylib.kit.composer, storylib.kit.illustrator", 0.3),
    "and in a process that draws": ("storylib.kit.worker", 0.3),
}


def main() -> None:
    """Print medians, and the slowest of the pictures."""
    from storylib import vocabulary as v
    from storylib.kit.composer import KitWriter
    from storylib.kit.finish import picture, portrait
    from storylib.story import Actor, Brief, CharacterSpec, ImageRequest, Scene

    cast = (CharacterSpec(name="Luna", kind="fox"), CharacterSpec(name="Amina", kind="child"))
    actors = (Actor(name="Luna", pose="wave"), Actor(name="Amina", pose="point"))
    orders = {
        f"{setting}, {style}": ImageRequest.of("page", Scene(setting=setting, cast=actors), cast, style)
        for setting, style in product(v.SETTINGS, v.STYLES)
    }
    picture(next(iter(orders.values())))  # data is read once
    pages = {name: _seconds(partial(picture, request)) for name, request in orders.items()}
    slowest = max(pages, key=lambda name: pages[name])
    print(f"Kit picture of {len(pages)} scenes: median {statistics.median(pages.values()):.2f} s, ", end="")
    print(f"slowest {pages[slowest]:.2f} s ({slowest}; wanted: 0.45 s)")
    print(f"  portrait that follows the form {_median(lambda: portrait(cast[0])):.2f} s (wanted: 0.25 s)")
    books = iter(range(1, 100))
    composed = _median(lambda: list(KitWriter().write(Brief(characters=cast, pages=12, seed=next(books)))))
    print(f"  composing a book of 12 pages {1000 * composed:.0f} ms (wanted: 50 ms)")
    for name, (modules, wanted) in IMPORTED.items():
        print(f"  {name} {_importing(modules):.2f} s, Python included (wanted: {wanted} s)")


def _importing(modules: str, runs: int = 5) -> float:
    work = f"import time, {modules}; print(time.process_time())"
    return statistics.median(float(subprocess.check_output([sys.executable, "-c", work])) for _ in range(runs))


def _median(work: Callable[[], object], runs: int = 7) -> float:
    return statistics.median(_seconds(work) for _ in range(runs))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
