"""Pictures as they were judged good, known by a hash of what the eye sees, so that rounding does not matter.

After a change that is meant: ``STORYLIB_GOLDENS=new pytest tests/kit/test_goldens.py``, and look at the contact sheet.
"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from PIL import Image

from storylib.kit.finish import picture
from storylib.story import Actor, CharacterSpec, ImageRequest, Look, Scene

GOLDEN = Path(__file__).parent / "golden" / "pictures.json"
ALIKE = 8  # of 256 bits: the same picture; another one differs in dozens

LUNA = CharacterSpec(name="Luna", kind="fox", look=Look(scarf="#4f9fcf"))
AMINA = CharacterSpec(name="Amina", kind="child", look=Look(skin="#8d5524", hair="braids", dress="#f2b84b"))
SCENES = {
    "a fox in the morning": Scene(setting="meadow", time="morning", cast=(Actor(name="Luna", pose="wave"),)),
    "a lantern at night": Scene(
        setting="forest", time="night", cast=(Actor(name="Luna", pose="hold", holds="red-paper-lantern"),)
    ),
    "two hug": Scene(
        setting="park", season="autumn", cast=(Actor(name="Luna", pose="hug"), Actor(name="Amina", pose="hug"))
    ),
    "asleep": Scene(setting="bedroom", time="night", cast=(Actor(name="Amina", pose="sleep", expression="sleepy"),)),
    "in the rain": Scene(setting="town", weather="rain", shot="wide", cast=(Actor(name="Amina"),)),
    "in the water": Scene(setting="underwater", cast=(Actor(name="Luna", pose="swim"),)),
    "on the moon": Scene(setting="space", shot="close", cast=(Actor(name="Amina", pose="jump"),)),
    "a feast": Scene(setting="throne_room", mood="celebrate", cast=(Actor(name="Luna", pose="dance"),)),
}


def _order(name: str, style: str = "storybook") -> ImageRequest:
    return ImageRequest.of("page", SCENES[name], (LUNA, AMINA), style, seed=7, book=7)  # type: ignore[arg-type]


def _seen(request: ImageRequest) -> int:
    """A difference hash of 16 × 16 (Krawetz 2013): a bit for each neighbour that is brighter."""
    with Image.open(io.BytesIO(picture(request))) as drawn:
        grey = list(drawn.convert("L").resize((17, 16), Image.Resampling.LANCZOS).tobytes())
    bits = [grey[y * 17 + x] < grey[y * 17 + x + 1] for y in range(16) for x in range(16)]
    return sum(bit << i for i, bit in enumerate(bits))


@pytest.fixture(scope="module")
def golden() -> dict[str, int]:
    """The hashes that were judged good; made anew when asked for."""
    if os.environ.get("STORYLIB_GOLDENS") == "new":
        GOLDEN.write_text(json.dumps({name: f"{_seen(_order(name)):064x}" for name in SCENES}, indent=1) + "\n")
    return {name: int(seen, 16) for name, seen in json.loads(GOLDEN.read_text()).items()}


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_looks_as_it_was_judged_good(name: str, golden: dict[str, int]) -> None:
    assert (_seen(_order(name)) ^ golden[name]).bit_count() <= ALIKE


def test_the_hash_tells_pictures_apart(golden: dict[str, int]) -> None:
    seen = list(golden.values())
    assert min((a ^ b).bit_count() for i, a in enumerate(seen) for b in seen[:i]) > 3 * ALIKE
