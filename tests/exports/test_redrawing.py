"""Pictures drawn anew for print."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image, ImageStat

from storylib.errors import ProviderError
from storylib.exports import paper, pictures, redrawing
from storylib.exports.formats import Source, export
from storylib.kit import StoryKit
from storylib.providers import catalog
from storylib.story.document import PageDocument
from tests.exports.conftest import Shelf

CREAM = (255, 250, 240)
WIDTH = paper.sharp_width(paper.PRESS)


def redrawn(source: Source, width: int = 1300) -> list[int]:
    """How wide each picture is when it was drawn anew, the cover's first."""
    leaves = redrawing.for_print(source.document, source.book, width).leaves
    return [pictures.size(leaf.picture)[0] for leaf in leaves if leaf.picture]


def test_the_print_pdf_has_the_kits_pictures_at_300_dpi_to_the_rim(shelf: Shelf) -> None:
    file = export("print-pdf", shelf.source())
    assert file.notes == ()
    document = pypdfium2.PdfDocument(file.data)
    for page in (document[0], document[1]):
        (image,) = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        assert image.get_px_size()[0] == WIDTH
        drawn = image.get_bitmap().to_pil().convert("RGB")
        corner = drawn.getpixel((2, 2))
        assert corner != CREAM
        assert max(abs(a - b) for a, b in zip(corner, CREAM, strict=True)) > 20
    document.close()


def test_each_picture_of_the_kit_is_drawn_anew(shelf: Shelf) -> None:
    assert redrawn(shelf.source()) == [1300] * 5


@pytest.mark.parametrize("changes", [{"made_by": "OpenAI"}, {"attempt": 2}, {"picture": "cover.webp"}])
def test_a_picture_that_is_not_what_the_kit_draws_stays(shelf: Shelf, changes: dict[str, object]) -> None:
    assert redrawn(shelf.with_page(2, **changes)) == [1300, 1300, 1152, 1300, 1300]


def test_pictures_stay_where_the_kit_cannot_draw(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bytes:
        raise ProviderError("no room")

    monkeypatch.setattr(StoryKit, "print_scene", fails)
    assert redrawn(shelf.source()) == [1152] * 5
    assert "Page 1: 135 dpi" in export("print-pdf", shelf.source()).notes[0]


def test_a_document_of_an_earlier_release_has_first_pictures(shelf: Shelf) -> None:
    told = shelf.document.pages[0].model_dump(mode="json")
    del told["attempt"]
    assert PageDocument.model_validate(told).attempt == 1


def test_a_page_without_a_picture_stays_without(shelf: Shelf) -> None:
    assert len(redrawn(shelf.with_page(1, picture=None, made_by="Story Kit"))) == 4


def test_a_scene_is_drawn_to_the_rim_in_any_size(shelf: Shelf) -> None:
    request = dict(redrawing._requests(shelf.document))[1]
    with Image.open(io.BytesIO(catalog.stand_in().print_scene(request, 600))) as drawn:
        assert drawn.size == (600, 400)
        assert drawn.convert("RGB").getpixel((1, 1)) != CREAM


def test_colouring_pages_are_black_lines_on_white_whoever_drew_the_picture(shelf: Shelf) -> None:
    file = export("colouring", shelf.with_page(2, made_by="OpenAI"))
    document = pypdfium2.PdfDocument(file.data)
    assert len(document) == 6
    (image,) = document[2].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
    drawn = image.get_bitmap().to_pil().convert("RGB")
    document.close()
    levels = drawn.convert("L").histogram()
    assert sum(levels[230:]) > 0.75 * sum(levels)
    assert 0.02 * sum(levels) < sum(levels[:90]) < 0.2 * sum(levels)
    red, green, blue = ImageStat.Stat(drawn).mean
    assert max(red, green, blue) - min(red, green, blue) < 1
