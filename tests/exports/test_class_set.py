"""A copy of a book for each child."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
import yaml

from storylib.__main__ import main
from storylib.errors import Invalid
from storylib.exports import class_set
from storylib.exports.class_set import LINE, MOST, names
from tests.exports.conftest import BRIEF, Shelf, opened
from tests.exports.test_screen_pdf import words

CLASS = ("Ada", "O’Brien", "Zoë", "Mary Ann")
SHEETS = 7  # of a copy: cover, dedication, four pages, how it was made


@pytest.mark.parametrize(
    "typed",
    ["Ada\nBen\n\n Zoë ", "Ada, Ben;Zoë", "Ada\tBen\tZoë\r\n", "Class,First name\n3B,Ada\n3B,Ben\n3B,Zoë\n",
     "\ufeffname\nAda\nBen\nZoë", "Given name;Note\nAda;\"likes; foxes\"\nBen;\nZoë;x"],
)  # fmt: skip
def test_names_may_be_typed_pasted_or_a_table(typed: str) -> None:
    assert names(typed) == ("Ada", "Ben", "Zoë")


def test_a_name_that_is_there_twice_is_two_children(shelf: Shelf) -> None:
    file = class_set.class_set(shelf.source(), names("Mia, Ben, Mia"))
    assert len(words(file.data)) == 3 * SHEETS
    assert file.notes == ("More than one copy, as the name is there more than once: Mia.",)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "no names yet"), (" ,;\n", "no names yet"), ("Ada\n=HYPERLINK(1)", "Name 2, “=HYPERLINK(1)”"),
     ("Ada\n" + "x" * 41, "Name 2"), ("<b>Ada</b>", "Name 1"), ("A\x00da", "Name 1"), ("7", "at least one letter"),
     ("Ada\n" * (MOST + 1), "up to 300 copies"), ("Ada " * 10_000, "up to 20,000 characters")],
)  # fmt: skip
def test_a_list_that_is_wrong_is_refused_and_says_where(typed: str, said: str) -> None:
    with pytest.raises(Invalid, match=said.replace("(", r"\(").replace(")", r"\)")):
        names(typed)


@pytest.mark.parametrize("said", ["This is yours.", "", "{name}" + "x" * 200])
def test_a_dedication_says_whose_copy_it_is(shelf: Shelf, said: str) -> None:
    with pytest.raises(Invalid):
        class_set.class_set(shelf.source(), CLASS, said)


def test_each_child_has_a_whole_copy_and_each_picture_is_there_once(shelf: Shelf) -> None:
    file = class_set.class_set(shelf.source(), CLASS, "For {name},\nfrom *your* #class")
    said = words(file.data)
    assert len(said) == SHEETS * len(CLASS)
    for number, name in enumerate(CLASS):
        assert said[SHEETS * number + 1] == f"For {name}, from *your* #class"
        assert said[SHEETS * number + 2] == said[2]
    with opened(file.data) as pdf:
        images = [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
        assert len(images) == 5
        with pdf.open_metadata() as facts:
            assert facts["pdfuaid:part"] == "1"
            assert "Ada" not in str(facts)
    assert "Ada" not in file.name


def test_a_name_without_a_font_gets_a_line_to_write_on(shelf: Shelf) -> None:
    file = class_set.class_set(shelf.source(), names("Ada, 明, שרה"))
    said = words(file.data)
    assert "Ada" in said[1]
    assert said[SHEETS + 1] == said[2 * SHEETS + 1] == f"This book belongs to {LINE}."
    assert file.notes == ("No font here has the letters of 明 and שרה: these copies have a line to write on.",)


def test_three_hundred_children_have_a_file_each_time_the_same(shelf: Shelf) -> None:
    children = [f"Ada {number}" for number in range(MOST)]
    first, second = (class_set.class_set(shelf.source(), children) for _ in range(2))
    assert first == second
    assert len(words(first.data)) == SHEETS * MOST


def test_a_booklet_for_each_child_begins_on_a_sheet_of_its_own(shelf: Shelf) -> None:
    said = words(class_set.class_set(shelf.source(), CLASS, form="booklet").data)
    sides = 4  # 7 sheets and one more of questions: two sheets of paper
    assert len(said) == sides * len(CLASS)
    for number, name in enumerate(CLASS):
        assert shelf.document.title in said[sides * number]
        assert f"belongs to {name}." in said[sides * number + 1]


def test_the_command_line_takes_a_file_of_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brief, roster = tmp_path / "brief.yaml", tmp_path / "names.csv"
    brief.write_text(yaml.safe_dump(BRIEF.model_dump(mode="json", exclude_none=True)), "utf-8")
    roster.write_bytes("name\nAda\nZoë".encode("utf-16"))
    command = ["export", "--brief", str(brief), "--out", str(tmp_path / "out"), "--names", str(roster)]
    assert main([*command, "--dedication", "For {name}"]) == 0
    (made,) = (tmp_path / "out").iterdir()
    assert words(made.read_bytes())[SHEETS + 1] == "For Zoë"
    assert main([*command, "--format", "epub"]) == 2
    assert "no class set as epub" in capsys.readouterr().err
    roster.write_bytes(b"Zo\xeb")
    assert main(command) == 2
    assert "not UTF-8" in capsys.readouterr().err
    roster.unlink()
    assert main(command) == 2
    assert "cannot be read" in capsys.readouterr().err
