"""A writer and an illustrator that do as they are told, count what they were asked, and never fail by chance."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from PIL import Image

from storylib.errors import ProviderError
from storylib.manuscript import Actor, Brief, Extras, Opening, PageDraft, Part, PictureOrder, Scene
from storylib.providers import Provider
from storylib.providers.base import Picture, Usage


def picture(red: int = 200, size: tuple[int, int] = (96, 64)) -> Picture:
    """A real, small picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (red % 256, 120, 80)).save(buffer, "WEBP")
    return Picture(buffer.getvalue(), *size)


@dataclass
class Scripted:
    """Writer and illustrator at once; ``fail`` maps a number (page written, picture drawn) to an error, once each."""

    fail_page: dict[int, ProviderError] = field(default_factory=dict)
    fail_picture: list[ProviderError] = field(default_factory=list)
    on_page: Callable[[int], None] = abs
    written: list[int] = field(default_factory=list)
    drawn: list[PictureOrder] = field(default_factory=list)

    def write(self, brief: Brief, written: Sequence[Part] = ()) -> Iterator[Part]:
        """An opening, the pages, extras; what is there already is left out."""
        hero = brief.characters[0].name
        scene = Scene(setting="meadow", cast=(Actor(name=hero),))
        if not written:
            yield Opening(title=f"{hero} and the Test", cover=scene)
        for number in range(max(1, len(written)), brief.pages + 1):
            if error := self.fail_page.pop(number, None):
                raise error
            self.on_page(number)
            self.written.append(number)
            yield PageDraft(number=number, text=f"{hero} counts to {number}.", scene=scene, alt=f"{hero} counts.")
        yield Extras()

    def rewrite(self, brief: Brief, page: PageDraft, problem: str) -> tuple[PageDraft, Usage]:
        """The same page, shorter."""
        return page.model_copy(update={"text": f"{brief.characters[0].name} counts."}), Usage()

    def draw(self, order: PictureOrder, references: Sequence[bytes] = ()) -> Picture:
        """A picture of one colour, chosen by the seed."""
        if self.fail_picture:
            raise self.fail_picture.pop(0)
        self.drawn.append(order)
        return picture(order.seed)

    def provider(self, free: bool = True) -> Provider:
        """As the registry hands it out."""
        return Provider("kit", "scripted", free, self, self)
