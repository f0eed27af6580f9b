"""The PDF for screens: whole, accessible, and the same each time."""

from __future__ import annotations

from datetime import UTC, datetime

import pypdfium2
import pytest

from storylib.errors import Invalid, Unavailable
from storylib.exports import typesetting
from storylib.exports.formats import Source, export
from storylib.story.document import Approval
from tests.exports.conftest import Shelf, opened


def words(data: bytes) -> list[str]:
    """What stands on each page."""
    document = pypdfium2.PdfDocument(data)
    found = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    document.close()
    return found


def test_it_has_the_cover_each_page_and_how_it_was_made(shelf: Shelf) -> None:
    file = export("pdf", shelf.source())
    cover, *pages, last = words(file.data)
    assert shelf.document.title in cover
    assert len(pages) == 4
    for page, said in zip(shelf.document.pages, pages, strict=True):
        assert page.text.split()[-1] in said
    assert "How this book was made" in last
    assert "Story Kit: pages 1–4." in last
    assert "No AI took part" in last
    assert "Not approved by a teacher yet." in last
    assert file.notes == ()


def test_it_is_tagged_and_claims_to_be_accessible(shelf: Shelf) -> None:
    with opened(export("pdf", shelf.source()).data) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as facts:
            assert facts["pdfuaid:part"] == "1"
            assert facts["dc:title"] == shelf.document.title


def test_the_same_story_gives_the_same_bytes(shelf: Shelf) -> None:
    first, second = (export("pdf", shelf.source()) for _ in range(2))
    assert first == second
    assert first.name == shelf.document.title.replace(" ", "-") + ".pdf"


def test_a_character_that_no_font_has_is_named_with_its_page(shelf: Shelf) -> None:
    file = export("pdf", shelf.with_words("Luna is happy 😀 中", 3))
    assert "😀 中 on page 3" in file.notes[0]
    with opened(file.data) as pdf, pdf.open_metadata() as facts:
        assert "pdfuaid:part" not in facts


@pytest.mark.parametrize(
    "said", ["#panic(1) $x^2$ *b* @ref", '<script>alert("1")</script> &amp;', '"); #read("facts.json")']
)
def test_words_that_look_like_code_are_words(shelf: Shelf, said: str) -> None:
    file = export("pdf", shelf.with_words(said))
    assert said in words(file.data)[1]
    assert file.notes == ()


def test_what_cannot_be_seen_is_left_out(shelf: Shelf) -> None:
    file = export("pdf", shelf.with_words("Lu\x00na\x07 ru\u202ens."))
    assert "Luna runs." in words(file.data)[1]
    assert file.notes == ()


def test_words_from_right_to_left_are_named_where_no_font_has_them(shelf: Shelf) -> None:
    file = export("pdf", shelf.with_words("سلام", 2))
    assert "on page 2" in file.notes[0]


def test_a_megabyte_on_a_page_is_refused_before_anything_is_set(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting.subprocess, "run", None)
    with pytest.raises(Invalid, match="Page 2 has 1,000,000 characters"):
        export("pdf", shelf.with_words("abcd " * 200_000, 2))


def test_long_words_are_set_smaller_and_stay_on_their_page(shelf: Shelf) -> None:
    file = export("pdf", shelf.with_words("Luna looked for the lantern everywhere. " * 30 + "The end."))
    assert len(words(file.data)) == 6
    assert words(file.data)[1].endswith("The end. 1")


def test_a_page_without_a_picture_is_set_with_its_words(shelf: Shelf) -> None:
    file = export("pdf", shelf.with_page(2, picture=None, made_by=""))
    with opened(file.data) as pdf:
        assert [len(page.get_images()) for page in pdf.pages] == [1, 1, 0, 1, 1, 0]
    assert "Not drawn: page 2." in words(file.data)[-1]


def test_a_page_without_words_or_picture_is_left_blank(shelf: Shelf) -> None:
    file = export("pdf", shelf.with_page(2, picture=None, text=""))
    assert words(file.data)[2] == "2"


@pytest.mark.parametrize("state", ["queued", "writing", "illustrating"])
def test_a_story_that_is_being_made_is_refused(shelf: Shelf, state: str) -> None:
    with pytest.raises(Invalid, match="still being made"):
        export("pdf", shelf.source(state=state))


def test_a_story_without_pages_is_refused(shelf: Shelf) -> None:
    with pytest.raises(Invalid, match="Nothing has been written"):
        export("pdf", shelf.source(state="failed", pages=()))


def test_a_broken_picture_is_named_as_such(shelf: Shelf) -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        export("pdf", Source(shelf.document, lambda _: b"no picture"))


def test_no_room_on_the_disk_is_told(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(typesetting, "_write", full)
    with pytest.raises(Unavailable, match="No space left on device"):
        export("pdf", shelf.source())


def test_setting_is_stopped_when_it_takes_too_long(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "LIMIT", 0.01)
    with pytest.raises(Unavailable, match="took too long"):
        export("pdf", shelf.source())


APPROVED = datetime(2026, 5, 4, 10, tzinfo=UTC)


def test_the_last_page_tells_who_approved_it(shelf: Shelf) -> None:
    approval = Approval(by="ada", at=APPROVED, holds=True)
    last = words(export("pdf", shelf.source(approval=approval)).data)[-1]
    assert "Approved by ada on 04 May 2026, exactly as it is here." in last


def test_an_approval_is_void_after_a_change(shelf: Shelf) -> None:
    approval = Approval(by="ada", at=APPROVED, holds=False)
    last = words(export("pdf", shelf.source(approval=approval)).data)[-1]
    assert "The approval has ended" in last
    assert "ada" not in last


def test_what_ai_made_is_labelled(shelf: Shelf) -> None:
    last = words(
        export("pdf", shelf.with_page(2, author="OpenAI", checks=({"check": "moderation", "flags": []},))).data
    )[-1]
    assert "This book contains text generated by AI." in last
    assert "Story Kit: pages 1 and 3–4. OpenAI: page 2." in last
    assert "Moderation: page 2." in last
