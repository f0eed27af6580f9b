"""A first file for whoever wants to write a pack: every part of it with a comment, to be filled in."""

from __future__ import annotations

import re
from pathlib import Path

from storylib.errors import Invalid, Unavailable
from storylib.kit.pack import pattern_names
from storylib.kit.plot import HERE

STEPS = 6
STEP = """  - id: step-{n}
    fact: What is true, in one sentence.
    3-5: "Here {{hero}} takes step {n}. {{Friend}} looks on. What comes next?"
    scene: {{at: park, cast: [hero stand happy, friend stand happy], show: "{{hero}} does what this step tells"}}
"""


def new_pack(folder: Path, name: str) -> Path:
    """Write a commented pack called ``name`` into the folder, and return its path.

    Raises:
        Invalid: the name has other characters than letters, digits and hyphens, or there is one of this name.
        Unavailable: the file cannot be written.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise Invalid(f"A pack's name has small letters, digits and hyphens only, not {name!r}.")
    path = folder / f"{name}.yaml"
    text = (HERE / "skeleton.yaml").read_text("utf-8").replace("TOPIC", name.replace("-", " "))
    steps = "".join(STEP.format(n=n) for n in range(1, STEPS + 1))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text.replace("PATTERNS", ", ".join(pattern_names())).replace("STEPS\n", f"{steps}\n"))
    except FileExistsError:
        raise Invalid(f"There is a pack {name} already. Nothing was changed.") from None
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error}.") from None
    return path
