"""The Kit's illustrator, through its drawing processes, as production uses it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from storylib.errors import ProviderError
from storylib.kit.finish import portrait
from storylib.kit.illustrator import KitIllustrator
from storylib.kit.studio import Studio
from storylib.providers.contract import Illustrator
from storylib.story import Actor, CharacterSpec, ImageRequest, Look, Scene

LUNA = CharacterSpec(name="Luna", kind="fox", look=Look(scarf="#4f9fcf"))
WAVING = Scene(setting="meadow", cast=(Actor(name="Luna", pose="wave", expression="joyful"),))


@pytest.fixture(scope="module")
def illustrator() -> Iterator[Illustrator]:
    studio = Studio(1)
    yield KitIllustrator(studio)
    studio.close()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("role", "size"), [("page", (1152, 768)), ("cover", (1152, 768)), ("portrait", (512, 512))])
def test_each_role_has_its_size(illustrator: Illustrator, role: str, size: tuple[int, int]) -> None:
    drawn = illustrator.draw(ImageRequest.model_validate({"role": role, "scene": WAVING, "cast": (LUNA,)}))
    assert (drawn.width, drawn.height) == size
    assert opened(drawn.data).size == size
    assert opened(drawn.data).format == "WEBP"
    assert drawn.usage.images == 1


def test_the_same_order_gives_the_same_bytes_and_another_seed_gives_others(illustrator: Illustrator) -> None:
    request = ImageRequest(scene=WAVING, cast=(LUNA,), seed=7)
    first = illustrator.draw(request).data
    assert illustrator.draw(request, references=(b"portrait",)).data == first
    assert illustrator.draw(request.model_copy(update={"seed": 8})).data != first


def test_an_order_that_cannot_be_drawn_is_refused_in_plain_words(illustrator: Illustrator) -> None:
    with pytest.raises(ProviderError, match="could not be drawn: A portrait needs a character") as refusal:
        illustrator.draw(ImageRequest(role="portrait", scene=WAVING, cast=()))
    assert refusal.value.permanent
    assert illustrator.draw(ImageRequest(role="portrait", scene=WAVING, cast=(LUNA,))).data, "the next order is served"


def test_a_preview_follows_the_form() -> None:
    red = LUNA.model_copy(update={"look": Look(scarf="#d03030")})
    assert opened(portrait(LUNA)).size == (512, 512)
    assert portrait(LUNA) == portrait(LUNA)
    assert portrait(LUNA) != portrait(red)
