"""Theme packs: a book is about what was asked for, holds together at any length, and is said before the click."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from random import Random

import pytest

from storylib import vocabulary as v
from storylib.errors import Invalid
from storylib.kit import foretelling, grammar, skeleton, suggesting
from storylib.kit.composer import KitWriter, compose
from storylib.kit.pack import PACKS, Pack, load_pattern, parse_pack, pattern_names
from storylib.kit.pack_book import PackBook
from storylib.kit.pack_catalog import PackCatalog
from storylib.kit.pack_lint import check_packs
from storylib.story import Brief, CharacterSpec, Extras, Opening, PageDraft, reading_level

CATALOG = PackCatalog()
NAMES = [path.stem for path in CATALOG.files()]
DENTIST = PACKS / "dentist.yaml"
GRADE_SLACK = 1.0  # for books of one or two pages, where a single long name moves the grade
AMINA = CharacterSpec(name="Amina", kind="child", pronouns="she", traits=("shy",))
OTHERS = (
    CharacterSpec(name="Dara", kind="fox", pronouns="they"),
    CharacterSpec(name="Kofi", kind="child", pronouns="he"),
    CharacterSpec(name="Noor", kind="robot"),
)


def brief(theme: str = "the dentist", **fields: object) -> Brief:
    return Brief.model_validate({"characters": (AMINA,), "theme": theme, "seed": 1} | fields)


def random_books(name: str, count: int = 6) -> list[tuple[Brief, PackBook]]:
    """Books of a pack of any length, for every band that it suits and casts of any size."""
    pack, found = parse_pack(PACKS / f"{name}.yaml"), []
    for seed in range(count):
        rng = Random(f"{name} {seed}")
        cast = (AMINA, *OTHERS[: rng.randint(0, 3)])
        asked = brief(
            pack.name, characters=cast, age_band=rng.choice(pack.bands), tone=rng.choice(v.TONES),
            pages=rng.randint(v.MIN_PAGES, v.MAX_PAGES), seed=rng.randrange(1000),
        )  # fmt: skip
        found.append((asked, PackBook(asked, pack, social=rng.random() < 0.2)))
    return found


# --- the packs that there are


def test_every_pack_is_in_order() -> None:
    assert check_packs(CATALOG.files()) == []


@pytest.mark.parametrize("name", pattern_names())
def test_a_pattern_frames_every_band_that_it_is_for(name: str) -> None:
    pattern = load_pattern(name)
    for part in (pattern.opening, pattern.closing, pattern.others_come, pattern.others_stay):
        assert set(part) == set(pattern.bands)


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_is_found_by_its_name_and_every_way_of_asking(name: str) -> None:
    pack = parse_pack(PACKS / f"{name}.yaml")
    missed = []
    for said in (pack.name, *pack.asked_as):
        book = compose(brief(said, age_band=pack.bands[-1], tone=pack.tones[0]), CATALOG)
        if not (isinstance(book, PackBook) and book.pack.id == name) and isinstance(book, PackBook):
            missed.append((said, book.pack.id))
    assert missed == []


@pytest.mark.parametrize("name", NAMES)
def test_a_book_has_its_pages_and_its_cast_and_is_not_too_hard(name: str) -> None:
    for asked, book in random_books(name):
        pages = list(book.pages())
        assert [page.number for page in pages] == list(range(1, asked.pages + 1))
        known = {spec.name for spec in (*asked.characters, *book.opening().supporting)}
        seen = {actor.name for page in pages for actor in page.scene.cast}
        assert seen <= known
        level = reading_level.of_pages(
            [page.text for page in pages], asked, [CharacterSpec(name=n, kind="fox") for n in known]
        )
        assert [problem for problem in reading_level.outside(level, asked.age_band) if "grade" not in problem] == []
        if level.total_words >= reading_level.GRADED_WORDS:  # on fewer, one long word is worth years
            assert level.grade < reading_level.BANDS[asked.age_band].grade[1] + GRADE_SLACK


@pytest.mark.parametrize("name", NAMES)
def test_a_step_names_only_what_was_brought_in_before_it(name: str) -> None:
    for asked, book in random_books(name, 12):
        if book.form != "steps":
            continue
        told = [unit.id for sheet in book.sheets for unit in sheet]
        for at, step in enumerate(book.pack.steps):
            text = " ".join(unit.text for sheet in book.sheets for unit in sheet if unit.id == step.id)
            for before in book.pack.steps[:at]:
                named = [thing for thing in before.brings if grammar.names(text, thing)]
                assert not named or before.id in told or asked.age_band not in before.told, (named, told)


@pytest.mark.parametrize("name", NAMES)
def test_whoever_the_teacher_chose_is_in_the_book_or_named_before_the_click(name: str) -> None:
    for asked, _ in random_books(name):
        told = foretelling.preview(asked, CATALOG)
        pages = list(compose(asked, CATALOG).pages())
        there = " ".join(page.text for page in pages) + str([page.scene.cast for page in pages])
        for spec in asked.characters:
            assert spec.name in there or any(spec.name in note for note in told.notes)


# --- lengths


@pytest.mark.parametrize("pages", range(v.MIN_PAGES, v.MAX_PAGES + 1))
@pytest.mark.parametrize("band", ["1-2", "3-5", "6-8"])
def test_a_book_has_any_number_of_pages_and_none_is_crowded(band: v.AgeBand, pages: int) -> None:
    asked = brief(age_band=band, pages=pages, characters=(AMINA, *OTHERS))
    for page in PackBook(asked, parse_pack(DENTIST)).pages():
        assert reading_level.inside(reading_level.measure(page.text, band, [c.name for c in asked.characters]), band)


def test_a_page_is_never_turned_inside_speech() -> None:
    for seed in range(12):
        for page in PackBook(brief(pages=20, seed=seed), parse_pack(DENTIST)).pages():
            assert page.text.count("“") == page.text.count("”"), page.text


def test_the_youngest_get_a_board_book_with_everybody_in_it() -> None:
    asked = brief(age_band="1-2", characters=(AMINA, *OTHERS), pages=9)
    texts = [page.text for page in PackBook(asked, parse_pack(DENTIST)).pages()]
    assert texts[:4] == [f"Hello, {spec.name}!" for spec in asked.characters]
    assert texts[4] == "Open! Aaah."


def test_a_social_story_is_told_where_it_is_asked_for_and_coaches_in_at_most_a_third() -> None:
    for pages in range(1, 10):
        book = compose(brief("a social story about going to the dentist", pages=pages), CATALOG)
        assert isinstance(book, PackBook)
        assert book.form == "social"
        told = [unit.text for sheet in book.sheets for unit in sheet]
        coaching = [s.text for s in book.pack.social_story if s.kind == "coach" and s.text in told]
        assert len(told) >= 3 * len(coaching)


def test_the_same_brief_gives_the_same_book_and_another_seed_another() -> None:
    def texts(seed: int) -> list[str]:
        return [part.text for part in KitWriter().write(brief(seed=seed)) if isinstance(part, PageDraft)]

    assert texts(1) == texts(1)
    assert len({tuple(texts(seed)) for seed in range(12)}) > 10


def test_a_book_is_handed_over_with_its_cast_questions_and_words() -> None:
    opening, *_, extras = KitWriter().write(brief())
    assert isinstance(opening, Opening)
    assert isinstance(extras, Extras)
    assert "the dentist" in [spec.name for spec in opening.supporting]
    assert (len(extras.questions), len(extras.words)) == (5, 6)
    assert extras.questions[-1].question == "What can help?"


def test_facts_are_told_in_the_educational_tone_only() -> None:
    told = {
        tone: " ".join(page.text for page in compose(brief(tone=tone, pages=9), CATALOG).pages()) for tone in v.TONES
    }
    assert {tone for tone, text in told.items() if "Did you know?" in text} == {"educational"}


# --- before the click


def test_the_record_and_the_preview_say_that_the_story_is_about_the_theme() -> None:
    told = foretelling.preview(brief("going to the dentist with a zorp"), CATALOG)
    assert told.theme
    assert (told.theme.treatment, told.theme.pack, told.theme.not_understood) == ("about", "dentist", ("zorp",))
    assert told.message.endswith("a story about going to the dentist.")
    assert 'The Kit does not know "zorp" and leaves it out.' in told.notes


def test_a_band_that_a_pack_is_not_for_is_said() -> None:
    told = foretelling.preview(brief(age_band="9-12"), CATALOG)
    assert told.theme
    assert told.theme.pack is None
    assert "The Kit has a story about going to the dentist, for ages 1–2, 3–5 and 6–8." in told.notes


def test_what_does_not_suit_a_pack_is_said() -> None:
    notes = foretelling.preview(brief(tone="adventurous", moral="honesty"), CATALOG).notes
    assert "The tone adventurous does not suit this theme; it is told in a whimsical one." in notes
    assert any("takes precedence over honesty" in note for note in notes)


@pytest.mark.parametrize(
    "theme",
    ["my accident is a dentistry", "a toothbrush factory", "the dentist died", "a kite", "personal training", ""],
)
def test_a_theme_that_only_looks_like_a_pack_is_none(theme: str) -> None:
    assert not isinstance(compose(brief(theme), PackCatalog()), PackBook) or "dentist" not in theme


@pytest.mark.parametrize(
    "theme",
    [
        "dentist",
        "The dentists",
        "scared of going to the dentist",
        "being frightened at the dentist",
        "a check-up of my teeth",
    ],
)
def test_a_pack_is_found_whatever_the_forms_and_little_words(theme: str) -> None:
    book = compose(brief(theme), CATALOG)
    assert isinstance(book, PackBook)
    assert book.pack.id == "dentist"


# --- what else there is


def test_three_other_stories_are_offered_each_with_a_line_and_each_can_be_asked_for() -> None:
    asked = brief("bedtime")
    offered = suggesting.suggestions(asked, CATALOG)
    assert len(offered) == 3
    told = {suggesting.story_of(brief(other.theme), CATALOG) for other in offered}
    assert len(told | {suggesting.story_of(asked, CATALOG)}) == 4
    assert all(other.theme.lower() in other.summary.lower() for other in offered)


def test_what_the_class_has_had_is_not_offered_and_is_said_to_come_again() -> None:
    asked = brief("bedtime")
    first = suggesting.suggestions(asked, CATALOG)
    had = [brief(other.theme) for other in first]
    again = suggesting.suggestions(asked, CATALOG, had)
    assert not {other.theme for other in first} & {other.theme for other in again}
    assert suggesting.heard(had[0], CATALOG, had)
    assert not suggesting.heard(asked, CATALOG, had)


# --- packs of one's own


def test_a_pack_of_ones_own_is_found_and_read_anew_when_it_changes(tmp_path: Path) -> None:
    path = skeleton.new_pack(tmp_path, "stamp-collecting")
    packs = PackCatalog.with_folder(tmp_path)
    assert check_packs([path]) == []
    assert suggesting.story_of(brief("stamp collecting"), packs) == "stamp-collecting"
    path.write_text(path.read_text().replace("stamp collecting", "sorting buttons"))
    assert suggesting.story_of(brief("sorting buttons"), packs) == "stamp-collecting"
    path.unlink()
    assert suggesting.story_of(brief("sorting buttons"), packs) != "stamp-collecting"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: going", "name: [", "broken.yaml:2: "),
        ("pattern: first-visit", "pattern: first-vizit", "broken.yaml:2: there is no pattern first-vizit"),
        ("at: kitchen", "at: kichen", "kichen cannot be drawn yet"),
        ("hero shy worried", "hero shy wurried", "wurried is no expression"),
        ("{Hero} shuts {their}", "{Hero} shuts {theyr}", "{theyr} is given by neither"),
        ("like: waiting", "like: wating", "there is no step wating"),
        ("kind: describe", "kind: coach", "write two for each that coaches"),
        ("{Hero} shuts", "It will hurt. {Hero} shuts", "this says 'it will hurt'"),
        ("There is a card by", "There is a <b>card</b> by", "leave out markup"),
        ("They practise with a spoon.", "They practise with a fork.", "does not name the spoon"),
        ("There is a card by", "There is a spoon by", "the spoon is named before the step practise brings it"),
        ("word: lamp", "word: zebra", "zebra stands nowhere"),
        ("There is a card by the clock.", "Now" + " and then" * 9 + " there is a card.", "too hard for 3-5"),
        ("name: going to", "name: my going to", "leave out my"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_line_and_what_to_write(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "broken.yaml"
    text = DENTIST.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert any(said in problem for problem in check_packs([path])), check_packs([path])


def test_a_broken_pack_is_left_out_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shutil.copy(DENTIST, tmp_path / "tooth.yaml")
    (tmp_path / "tooth.yaml").write_text(DENTIST.read_text().replace("at: kitchen", "at: kichen"))
    with caplog.at_level(logging.WARNING):
        assert "tooth" not in {pack.id for pack in PackCatalog.with_folder(tmp_path).packs()}
    assert "tooth.yaml:" in caplog.text


def test_two_packs_that_are_asked_for_alike_are_named(tmp_path: Path) -> None:
    shutil.copy(DENTIST, tmp_path / "tooth.yaml")
    assert any("leave it to one of them" in problem for problem in check_packs([DENTIST, tmp_path / "tooth.yaml"]))


@pytest.mark.parametrize("name", ["../evil", "Big Name", ""])
def test_a_pack_cannot_be_called_just_anything(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="small letters"):
        skeleton.new_pack(tmp_path, name)


def test_no_pack_is_overwritten(tmp_path: Path) -> None:
    skeleton.new_pack(tmp_path, "mine")
    with pytest.raises(Invalid, match="There is a pack mine already"):
        skeleton.new_pack(tmp_path, "mine")


def test_a_pack_of_the_folder_replaces_the_kits_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "dentist.yaml").write_text(DENTIST.read_text().replace("Twenty, and All There", "Mine"))
    pack: Pack = next(pack for pack in PackCatalog.with_folder(tmp_path).packs() if pack.id == "dentist").pack()
    assert "Mine" in pack.titles


def test_a_step_s_event_view_and_gaze_reach_its_picture() -> None:
    asked, book = brief(characters=(AMINA, *OTHERS)), PackBook(brief(characters=(AMINA, *OTHERS)), parse_pack(DENTIST))
    step = book.pack.steps[0].scene.model_copy(
        update={
            "cast": ("hero stand happy", "friend stand happy"), "event": "hug", "view": "above",
            "looks": {"hero": "friend", "friend": "nowhere"},
        }
    )  # fmt: skip
    scene = book.stage.scene(step)
    assert (scene.event, scene.view) == ("hug", "above")
    assert [actor.looks for actor in scene.cast] == [scene.cast[1].name, None]
    assert asked.characters[0].name == scene.cast[0].name
