"""The Kit as a whole, for whoever asks what it can do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storylib.providers.contract import Preview, Roles, StandIn, Suggestion
from storylib.story import Brief, CharacterSpec, ImageRequest
from storylib.vocabulary import PlanName

if TYPE_CHECKING:
    from storylib.kit.pack_catalog import PackCatalog


class StoryKit(StandIn):
    """Plots and worlds written by hand, put together and drawn by code; the same for everybody."""

    folder: Path | None = None  # where a site keeps theme packs of its own

    @property
    def packs(self) -> PackCatalog:
        """All theme packs, as their files are when they are asked for."""
        from storylib.kit.pack_catalog import PackCatalog

        return PackCatalog.with_folder(self.folder)

    def languages(self) -> dict[str, str]:
        """Return English: the plots are told in no other language."""
        return {"en": "English"}

    def roles(self, plan: PlanName, user_id: int) -> Roles:
        """Return its writer and its illustrator, who needs no portraits: the rig knows every spec."""
        from storylib.kit.composer import KitWriter
        from storylib.kit.illustrator import KitIllustrator

        return Roles(writer=KitWriter(self.packs), illustrator=KitIllustrator(), takes_references=False)

    def preview(self, brief: Brief) -> Preview:
        """Return what will be told, how the theme was read, what is left out and who does not appear."""
        from storylib.kit import foretelling

        return foretelling.preview(brief, self.packs)

    def suggestions(self, brief: Brief, had: Sequence[Brief] = ()) -> tuple[Suggestion, ...]:
        """Return three other packs or plots: nearest to the theme first, and none that the class has had."""
        from storylib.kit import suggesting

        return suggesting.suggestions(brief, self.packs, had)

    def heard(self, brief: Brief, had: Sequence[Brief]) -> str:
        """Return a sentence where the pack or plot of this brief has been told to the class."""
        from storylib.kit import suggesting

        return suggesting.heard(brief, self.packs, had)

    def surprise(self, seed: int) -> dict[str, Any]:
        """Return a theme, age_band, tone, moral, pages and world that go together."""
        from storylib.kit import surprising

        return surprising.surprise(seed)

    def warm_up(self) -> None:
        """Start the drawing processes (7 ms once, then nothing)."""
        from storylib.kit.illustrator import shared_studio

        shared_studio().warm()

    def sketch(self, spec: CharacterSpec) -> bytes:
        """Return a portrait at once: WebP, 512 × 512."""
        from storylib.kit.finish import portrait

        return portrait(spec)

    def sketch_scene(self, request: ImageRequest, width: int = 576) -> bytes:
        """Return a page's picture at once: WebP, ``width`` by two thirds of it; about 0.2 s."""
        from storylib.kit.finish import picture

        return picture(request, width)

    def print_scene(self, request: ImageRequest, width: int) -> bytes:
        """Return a page's picture for print, to its rim: WebP, ``width`` by two thirds of it; 0.8 s at 2551 pixels."""
        return self._drawn(request, width=width, edge=False)

    def line_scene(self, request: ImageRequest, width: int) -> bytes:
        """Return a page to be coloured in: WebP, black lines on white, ``width`` by two thirds of it; about 0.2 s."""
        return self._drawn(request, width=width, lines=True)

    def _drawn(self, request: ImageRequest, **how: Any) -> bytes:
        from storylib.kit.illustrator import shared_studio
        from storylib.kit.sizes import Order

        return shared_studio().draw(Order(**dict(request), **how).model_dump_json().encode())
