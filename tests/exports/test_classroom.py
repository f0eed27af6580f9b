"""What a teacher takes to class beside the book."""

from __future__ import annotations

import pytest

from storylib.errors import Invalid
from storylib.exports.formats import export
from storylib.exports.theatre import NARRATOR, script
from tests.exports.conftest import Shelf, opened
from tests.exports.test_screen_pdf import words

CAST = ("Luna", "Mrs Plume", "Anna")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Luna ran. “Wait!” said Luna.", [(NARRATOR, "Luna ran."), ("Luna", "Wait!")]),
        ("“No,” said Mrs Plume, “but I will.” She sat.", [("Mrs Plume", "No, but I will."), (NARRATOR, "She sat.")]),
        ("“Yes,” Luna said. “I am here.”", [("Luna", "Yes. I am here.")]),
        ("It rained. Luna whispered, “Come.”", [(NARRATOR, "It rained."), ("Luna", "Come.")]),
        ("“Me too,” said Luna, and ran.", [("Luna", "Me too."), (NARRATOR, "said Luna, and ran.")]),
        ("“Hello,” she said.", [(NARRATOR, "“Hello,” she said.")]),
        ("“Hello,” said Ann.", [(NARRATOR, "“Hello,” said Ann.")]),
        ("“One,” cries Anna. They walked. “Two.”", [("Anna", "One."), (NARRATOR, "They walked. “Two.”")]),
        ('"Stop," asked Luna. Nobody did.', [("Luna", "Stop."), (NARRATOR, "Nobody did.")]),
        (
            "There was one who said, “Mine!” Nobody knew who.",
            [(NARRATOR, "There was one who said, “Mine!” Nobody knew who.")],
        ),
        ("Nothing is said.", [(NARRATOR, "Nothing is said.")]),
        ("“Never closed, said Luna.", [(NARRATOR, "“Never closed, said Luna.")]),
    ],
)
def test_speech_is_given_to_whom_the_text_names(text: str, lines: list[tuple[str, str]]) -> None:
    assert script(text, CAST) == lines


def test_without_a_cast_the_narrator_reads_everything() -> None:
    assert script("“Wait!” said Luna.", ()) == [(NARRATOR, "“Wait!” said Luna.")]


def test_the_script_names_the_parts_and_keeps_every_word(shelf: Shelf) -> None:
    said = " ".join(words(export("script", shelf.with_words("“Wait!” said Luna. She ran.")).data))
    assert "Parts: Narrator, Luna" in said
    for page in shelf.document.pages[1:]:
        assert page.text.split()[0].strip("“”,.!?") in said
    assert "No AI took part" in said


def test_the_guide_has_words_stops_and_questions_with_answers(shelf: Shelf) -> None:
    said = " ".join(words(export("guide", shelf.source()).data))
    extras = shelf.document.extras
    assert extras
    for wanted in (extras.words[0].meaning, extras.questions[0].question, extras.questions[-1].answer):
        assert " ".join(wanted.split()[:3]) in said
    assert "Stop before you turn the page" in said
    assert "Before reading" in said


def test_a_guide_without_questions_and_words_has_no_empty_headings(shelf: Shelf) -> None:
    said = " ".join(words(export("guide", shelf.source(extras=None)).data))
    assert "After reading" not in said
    assert "While reading" in said


def test_the_cards_are_mixed_and_the_last_page_has_the_order(shelf: Shelf) -> None:
    data = export("cards", shelf.source()).data
    *_, key = words(data)
    order = [key.index(page.text.split("\n")[0][:12]) for page in shelf.document.pages]
    assert order == sorted(order)
    letters = [key[place - 2] for place in order]
    assert sorted(letters) == list("ABCD") != letters


def test_one_picture_cannot_be_put_in_order(shelf: Shelf) -> None:
    with pytest.raises(Invalid, match="fewer than two pictures"):
        export("cards", shelf.source(pages=shelf.document.pages[:1]))


def test_the_wordless_book_has_the_title_and_no_text(shelf: Shelf) -> None:
    cover, *pages, _ = words(export("wordless", shelf.source()).data)
    assert cover.startswith(shelf.document.title)
    assert pages == ["1", "2", "3", "4"]


def test_large_print_has_the_words_on_sheets_of_their_own(shelf: Shelf) -> None:
    _, *halves, _ = words(export("large-print", shelf.source()).data)
    assert halves[::2] == ["1", "2", "3", "4"]
    assert shelf.document.pages[0].text.split()[-1] in halves[1]


@pytest.mark.parametrize("name", ["guide", "script", "cards", "wordless", "large-print"])
def test_each_is_accessible_and_always_the_same(shelf: Shelf, name: str) -> None:
    file = export(name, shelf.source())
    assert file == export(name, shelf.source())
    assert file.notes == ()
    with opened(file.data) as pdf, pdf.open_metadata() as facts:
        assert facts["pdfuaid:part"] == "1"


@pytest.mark.parametrize("name", ["guide", "script", "cards"])
def test_words_that_look_like_code_are_words(shelf: Shelf, name: str) -> None:
    assert export(name, shelf.with_words('#panic(1) $x^2$ *b* "); @ref 😀')).data
