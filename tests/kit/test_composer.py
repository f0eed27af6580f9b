"""The Kit's writer over all its plots, worlds and bands: whole books, checked sentence by sentence."""

from __future__ import annotations

import os
import re
from itertools import product
from pathlib import Path
from random import Random

import pytest

from storylib import vocabulary as v
from storylib.config import ProviderConfig
from storylib.kit import StoryKit, foretelling, grammar, lint, scenes
from storylib.kit.book import Book as Whole
from storylib.kit.choosing import choose
from storylib.kit.composer import KitWriter
from storylib.kit.pack_catalog import PackCatalog
from storylib.kit.plot import load_plot, load_world, plot_names, world_names
from storylib.kit.themes import load_themes, understand
from storylib.story import Brief, CharacterSpec, Extras, ImageRequest, Opening, PageDraft, props, reading_level
from storylib.text import article

GOLDEN = Path(__file__).parent / "golden"
PLOTS_ONLY = PackCatalog(())
WRITER = KitWriter(PLOTS_ONLY)
KIT = StoryKit("kit", ProviderConfig(label="Story Kit"))
MORALS = sorted({name.split("-")[0] for name in plot_names()})
# the last ones choose a moral where the teacher wants none
THEMES = ["", "bees", "rain", "the moon", "dentist", "anger", "being different"]
LUNA = CharacterSpec(name="Luna", kind="fox", pronouns="she", traits=("shy",))

Book = tuple[Opening, list[PageDraft], Extras]


def limits(brief: Brief) -> list[str]:
    told = foretelling.preview(brief, PLOTS_ONLY)
    return [*told.notes, told.message]


def tell(hero: CharacterSpec = LUNA, *others: CharacterSpec, **brief: object) -> Book:
    fields: dict[str, object] = {"moral": "courage", "world": "forest", "seed": 1} | brief
    return told(Brief.model_validate({"characters": (hero, *others), **fields}))


def told(brief: Brief) -> Book:
    opening, *pages, extras = WRITER.write(brief)
    assert isinstance(opening, Opening)
    assert isinstance(extras, Extras)
    return opening, [page for page in pages if isinstance(page, PageDraft)], extras


def brief_for(name: str, seed: int = 0, **fields: object) -> Brief:
    """A brief whose seed, from ``seed`` on, leads to the plot of this name."""
    moral = load_plot(name).moral
    briefs = (
        Brief.model_validate({"characters": (LUNA,), "moral": moral, "seed": n} | fields)
        for n in range(seed, seed + 99)
    )
    return next(brief for brief in briefs if choose(brief).plot is load_plot(name))


def matrix() -> list[tuple[Brief, Book]]:
    """A book of every plot in every world for every band; page count, tone, theme and cast are drawn, seed fixed."""
    rng = Random(2026)
    return [_drawn(rng, *each) for each in product(plot_names(), world_names(), v.AGE_BANDS)]


def _drawn(rng: Random, plot: str, world: v.World, band: v.AgeBand) -> tuple[Brief, Book]:
    names = rng.sample(["Otto", "Amélie", "李", "James", "Zuri", "Nora"], rng.randint(1, 4))
    cast = tuple(
        CharacterSpec(
            name=name, kind=rng.choice(v.KINDS), pronouns=rng.choice(v.PRONOUNS), traits=(rng.choice(v.TRAITS),)
        )
        for name in names
    )
    brief = brief_for(
        plot, rng.randrange(10_000), characters=cast, world=world, age_band=band, tone=rng.choice(v.TONES),
        pages=rng.randint(v.MIN_PAGES, 16), theme=rng.choice(THEMES if load_plot(plot).moral != "none" else THEMES[:4]),
    )  # fmt: skip
    return brief, told(brief)


@pytest.fixture(scope="module")
def books() -> list[tuple[Brief, Book]]:
    return matrix()


def test_every_book_has_exactly_the_pages_asked_for(books: list[tuple[Brief, Book]]) -> None:
    for brief, (_, pages, _) in books:
        assert [page.number for page in pages] == list(range(1, brief.pages + 1))


def test_every_page_says_something_and_no_two_say_the_same(books: list[tuple[Brief, Book]]) -> None:
    for brief, (_, pages, _) in books:
        assert all(reading_level.sentences(page.text) for page in pages), brief
        texts = [page.text for page in pages]
        assert len(set(texts)) == len(texts), (brief, texts)


def test_no_slot_is_left_and_no_stop_is_doubled(books: list[tuple[Brief, Book]]) -> None:
    junk = re.compile(
        r"[{}\[\]|\"]|//|  |\s[,.!?;:]|[.!?],|,[,.]|(?<!\.)\.\.(?!\.)|^\s|\s$|\b(an [bcdfgj-np-tv-z]|a [aio])"
    )
    for brief, (opening, pages, extras) in books:
        asked = [text for q in extras.questions for text in (q.question, q.answer)]
        for text in (opening.title, *(p.text for p in pages), *(p.alt for p in pages), *asked):
            assert not junk.search(text), (brief, text)


def test_every_sentence_begins_with_a_capital(books: list[tuple[Brief, Book]]) -> None:
    for _, (_, pages, _) in books:
        for page in pages:
            assert not re.search(r"[a-z]\.”? [a-z]", page.text), page.text
            assert not page.text[0].islower(), page.text


def test_the_hero_is_named_early(books: list[tuple[Brief, Book]]) -> None:
    for brief, (_, pages, _) in books:
        assert brief.characters[0].name in pages[0].text, pages[0].text


def test_the_text_suits_its_band(books: list[tuple[Brief, Book]]) -> None:
    outside = []
    for brief, (_, pages, _) in books:
        names = [c.name for c in brief.characters]
        level = reading_level.measure_story([p.text for p in pages], brief.age_band, names)
        outside += [(brief.age_band, brief.pages, why) for why in reading_level.outside(level, brief.age_band)]
    assert len(outside) <= len(books) * 0.03, outside


def test_no_page_has_too_many_hard_words(books: list[tuple[Brief, Book]]) -> None:
    for brief, (opening, pages, _) in books:
        for page in pages:
            level = reading_level.of_pages([page.text], brief, brief.characters + opening.supporting)
            assert not [why for why in reading_level.outside(level, brief.age_band) if "hard words" in why], page.text


def test_the_youngest_get_a_few_words_a_page(books: list[tuple[Brief, Book]]) -> None:
    for brief, (_, pages, _) in books:
        if brief.age_band == "1-2":
            assert all(len(reading_level.words(page.text)) <= 12 for page in pages), [p.text for p in pages]


def test_every_scene_can_be_drawn(books: list[tuple[Brief, Book]]) -> None:
    for brief, (opening, pages, _) in books:
        known = {spec.name for spec in (*brief.characters, *opening.supporting)}
        for scene in (opening.cover, *(page.scene for page in pages)):
            assert {actor.name for actor in scene.cast} <= known
            assert all(props.known(prop) for prop in scene.props)
            assert all(props.holdable(actor.holds) for actor in scene.cast if actor.holds)


def test_every_tenth_book_is_drawn_without_a_missing_piece(books: list[tuple[Brief, Book]]) -> None:
    for brief, (opening, pages, _) in books[::10]:
        cast = (*brief.characters, *opening.supporting)
        for page in pages[::3]:
            request = ImageRequest.of("page", page.scene, cast, brief.style, seed=brief.seed + page.number)
            assert not scenes.check(page.scene)
            assert scenes.svg(request).rstrip().endswith("</svg>")


def test_the_alt_text_names_everybody_who_is_seen(books: list[tuple[Brief, Book]]) -> None:
    for _, (_, pages, _) in books:
        for page in pages:
            assert all(actor.name in page.alt for actor in page.scene.cast), page.alt
            assert page.alt.endswith(".")


def test_nobody_has_the_same_name_twice(books: list[tuple[Brief, Book]]) -> None:
    for brief, (opening, _, _) in books:
        names = [spec.name.lower() for spec in (*brief.characters, *opening.supporting)]
        assert len(set(names)) == len(names)


def test_extras_are_five_questions_and_six_words(books: list[tuple[Brief, Book]]) -> None:
    for _, (_, _, extras) in books:
        assert [q.about for q in extras.questions] == ["recall", "why", "feelings", "next", "own life"]
        assert len({w.word for w in extras.words}) == 6


@pytest.mark.parametrize(("name", "band"), list(product(plot_names(), ("3-5", "6-8", "9-12"))))
def test_a_book_of_four_pages_is_a_whole_story(name: str, band: v.AgeBand) -> None:
    """What a plot cannot do without weighs 8 or 9; facts and asides never push it out."""
    plot = load_plot(name)
    vital = {beat.id for beat in plot.beats if beat.weight >= 8 and not beat.optional}
    for pages, world in zip((4, 5, 6), world_names(), strict=False):
        brief = brief_for(name, age_band=band, pages=pages, world=world, tone="educational", theme="bees")
        told = {piece.beat.id for spec in Whole(brief, choose(brief)).plan for piece in spec}
        lost = vital - told
        assert len(lost) <= (1 if pages == 4 and band == "3-5" else 0), (pages, lost)
        assert {plot.beats[0].id, plot.beats[-1].id} <= told


def test_the_same_brief_gives_the_same_book() -> None:
    assert tell(seed=7, pages=9) == tell(seed=7, pages=9)


def test_another_seed_gives_another_book() -> None:
    assert tell(seed=7)[1] != tell(seed=8)[1]


@pytest.mark.parametrize(("name", "band"), list(product(plot_names(), v.AGE_BANDS)))
def test_the_moral_is_spoken_when_asked_for_and_only_then(name: str, band: v.AgeBand) -> None:
    plot = load_plot(name)
    if plot.moral == "none":
        return
    asked = {s for moral in plot.morals[band] for s in _spoken(moral)}
    seed = next(n for n in range(99) if choose(Brief(characters=(LUNA,), moral=plot.moral, seed=n)).plot is plot)
    last = tell(moral=plot.moral, age_band=band, seed=seed)[1][-1].text
    assert any(s in last for s in asked), last
    others = tell(moral="none", age_band=band, seed=3)[1][-1].text
    assert not any(s in others for s in asked), others


def test_a_brief_without_a_moral_gets_a_story_that_was_written_without_one() -> None:
    brief = Brief(characters=(LUNA,), moral="none", seed=3)
    assert choose(brief).plot.moral == "none"
    assert len(limits(brief)) == 1


def test_where_no_moral_is_near_the_teacher_is_told_that_there_is_none() -> None:
    told = limits(Brief(characters=(LUNA,), moral="be on time"))[0]
    assert told == 'The Kit cannot tell a moral in your own words ("be on time"); it tells a story without one.'


def _spoken(moral: str) -> list[str]:
    """The longest stretch of a moral between two slots, as it is set in the book."""
    return [grammar.typeset(max(re.split(r"\{[^}]*\}|\"", moral), key=len)).strip()]


def test_pronouns_agree_with_their_verbs() -> None:
    told = " ".join(
        page.text
        for name, pronouns in (("Kit", "they"), ("Bo", "she"), ("Al", "he"))
        for moral, band, seed in product(MORALS, v.AGE_BANDS, range(4))
        for page in tell(
            CharacterSpec(name=name, kind="bear", pronouns=pronouns), moral=moral, age_band=band, seed=seed, pages=16
        )[1]
    )
    wrong = r"\b(?:they (?:was|is|has|does|loves|looks|wants|thinks)|(?:she|he) (?:were|are|have|do|love|want|think))\b"
    found = [m.group(0) for m in re.finditer(wrong, told, re.IGNORECASE)]
    assert not found, found
    assert "theirself" not in told
    assert "hisself" not in told


def test_a_shy_hero_does_not_shout_and_a_loud_one_does() -> None:
    def told(trait: str) -> str:
        hero = CharacterSpec(name="Luna", kind="fox", pronouns="she", traits=(trait,))
        return " ".join(p.text for seed in range(6) for p in tell(hero, age_band="6-8", seed=seed)[1])

    assert "Luna bellowed" in told("loud")
    assert "Luna bellowed" not in told("shy")
    assert "Luna whispered" in told("shy")


def test_a_child_is_a_girl_a_boy_or_a_child_and_a_grown_up_is_none() -> None:
    kinds = {p: grammar.noun(CharacterSpec(name="A", kind="child", pronouns=p)) for p in v.PRONOUNS}
    assert kinds == {"she": "girl", "he": "boy", "they": "child"}
    tall = CharacterSpec.model_validate({"name": "A", "kind": "child", "pronouns": "she", "look": {"size": 1.15}})
    assert grammar.noun(tall) == "woman"


@pytest.mark.parametrize(
    ("phrase", "told"),
    [
        ("owl", "an owl"),
        ("unicorn", "a unicorn"),
        ("impatient", "an impatient"),
        ("honest", "an honest"),
        ("honey cake", "a honey cake"),
        ("fox", "a fox"),
    ],
)
def test_articles_go_by_sound(phrase: str, told: str) -> None:
    assert article(phrase) == told


def test_every_trait_can_be_more_than_all_others() -> None:
    told = "shy brave kind gentle funny clever quiet sad curious honest stubborn impatient"
    most = "shyest bravest kindest gentlest funniest cleverest quietest saddest"
    longer = ["most curious", "most honest", "most stubborn", "most impatient"]
    assert [grammar.superlative(trait) for trait in told.split()] == [*most.split(), *longer]


def test_the_teachers_characters_take_the_roles_in_order() -> None:
    ben = CharacterSpec(name="Ben", kind="child", pronouns="he")
    mia = CharacterSpec(name="Mia", kind="lion", pronouns="she")
    opening, pages, _ = tell(LUNA, ben, mia, pages=10)
    text = " ".join(page.text for page in pages)
    assert "Ben" in text
    assert "Mia" in text
    assert {"Ben", "Mia", "Luna"}.isdisjoint(spec.name for spec in opening.supporting)


def test_a_tone_is_heard_and_seen() -> None:
    told = {tone: tell(tone=tone, pages=10, seed=4) for tone in v.TONES}
    texts = {tone: " ".join(page.text for page in book[1]) for tone, book in told.items()}
    assert len(set(texts.values())) == len(v.TONES)
    assert "Did you know?" in texts["educational"]
    moods = {tone: {page.scene.mood for page in book[1]} for tone, book in told.items()}
    assert "calm" in moods["calming"]
    assert "tense" not in moods["calming"]


def test_the_light_goes_from_day_to_night_within_a_book() -> None:
    times = [page.scene.time for page in tell(moral="friendship", pages=12)[1]]
    assert times[0] == "morning"
    assert times[-1] == "night"


def test_a_theme_is_woven_into_text_and_picture() -> None:
    for band in ("3-5", "6-8", "9-12"):
        _, pages, _ = tell(theme="at the dentist", age_band=band, pages=8)
        assert any("dentist" in page.text for page in pages)
        assert any("toothbrush" in page.scene.props for page in pages)


def test_there_are_at_least_120_themes_and_each_way_of_saying_one_is_understood() -> None:
    themes = load_themes().themes
    assert len(themes) >= 120
    for key, theme in themes.items():
        for said in (key.replace("-", " "), *theme.also):
            found = understand(f"a story about {said}")
            assert theme in found.themes, said
            assert not found.unknown, (said, found.unknown)


def test_what_the_kit_does_not_understand_is_named() -> None:
    brief = Brief(characters=(LUNA,), theme="quadratic equations", moral="be on time", language="de")
    told = " ".join(limits(brief))
    assert '"quadratic"' in told
    assert '"be on time"' in told
    assert "English only" in told
    assert "Your story will be" in told


def test_a_brief_that_is_understood_has_only_the_promise() -> None:
    brief = Brief(characters=(LUNA,), theme="bees", moral="courage", world="forest")
    assert limits(brief)[:-1] == ["Read as: bees. The story only mentions it."]


def test_a_theme_suggests_plot_and_world() -> None:
    told = limits(Brief(characters=(LUNA,), theme="pirates", moral="friendship"))
    assert "in a bay by the sea" in told[-1]


@pytest.mark.parametrize(
    ("theme", "moral", "plot"),
    [
        ("who took the cake", "none", "The Thief Who Said Hmm"),
        ("bedtime", "none", "Not One Bit Tired"),
        ("bedtime", "fits", "Not One Bit Tired"),
        ("practising the violin", "friendship", "Parp, Eek, Bong"),
        ("afraid of the dark", "courage", "The Friendly Dark"),
        ("learning the violin", "perseverance", "Parp, Eek, Bong"),
        ("sharing", "be fair", "Half of a Half"),
    ],
)
def test_a_theme_points_to_the_plot_that_fits_it_best(theme: str, moral: str, plot: str) -> None:
    asked = [Brief(characters=(LUNA,), theme=theme, moral=moral, seed=seed) for seed in range(6)]
    assert {choose(brief).plot.name for brief in asked} == {plot}


def test_what_a_theme_points_to_goes_before_a_moral_that_was_chosen() -> None:
    brief = Brief(characters=(LUNA,), theme="bedtime", moral="honesty")
    assert choose(brief).plot.name == "Not One Bit Tired"
    assert any("takes precedence over honesty" in sentence for sentence in limits(brief))


def test_surprises_are_good_briefs() -> None:
    for seed in range(40):
        brief = Brief.model_validate({"characters": (LUNA,), "seed": seed, **KIT.surprise(seed)})
        assert len(list(WRITER.write(brief))) == brief.pages + 2
        assert not any("does not know" in sentence for sentence in limits(brief))


def test_every_plot_and_world_is_without_problems() -> None:
    assert lint.check() == []


def test_the_linter_names_file_and_line(tmp_path: Path) -> None:
    source = Path(lint.files.HERE / "plots" / "courage-friendly-dark.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "courage-friendly-dark.yaml"
    broken.write_text(source.replace("[hero stand happy]", "[hero stand hapy]", 1), encoding="utf-8")
    line = source[: source.index("[hero stand happy]")].count("\n") + 1
    assert lint.check_file(broken) == [f"{broken.name}:{line}: hapy is no expression (hero stand hapy)"]


def test_the_linter_finds_a_slot_that_nobody_gives(tmp_path: Path) -> None:
    source = Path(lint.files.HERE / "plots" / "courage-friendly-dark.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "courage-friendly-dark.yaml"
    broken.write_text(source.replace("{night_wonder}", "{night_wander}", 1), encoding="utf-8")
    found = lint.check_file(broken)
    assert found
    assert all("night_wander" in problem for problem in found)


def test_worlds_belong_to_heroes_where_they_can() -> None:
    robot = CharacterSpec(name="Bolt", kind="robot")
    told = limits(Brief(characters=(robot,), moral="courage", seed=2))
    homes = [load_world(world).name for world in world_names() if "robot" in load_world(world).kinds]
    assert any(f"in {home}" in told[-1] for home in homes)


MAX = CharacterSpec(name="Max", kind="tiger", pronouns="he", traits=("curious",))
AMINA = CharacterSpec(name="Amina", kind="child", pronouns="she", traits=("brave",))
SAM = CharacterSpec(name="Sam", kind="dog", pronouns="they")
GOLDENS: dict[str, tuple[tuple[CharacterSpec, ...], dict[str, object]]] = {
    "luna-forest-3-5": ((LUNA,), {"age_band": "3-5", "pages": 10, "seed": 11}),
    "max-space-6-8": (
        (MAX,),
        {"moral": "friendship", "world": "space", "age_band": "6-8", "tone": "adventurous", "theme": "rockets"},
    ),
    "amina-town-9-12": ((AMINA, SAM), {"world": "town", "age_band": "9-12", "pages": 6, "tone": "calming"}),
}


@pytest.mark.parametrize("name", list(GOLDENS))
def test_a_book_reads_as_it_did(name: str) -> None:
    """On purpose changed a text? ``STORYLIB_GOLDENS=new pytest tests/kit/test_composer.py``, and read the book."""
    cast, fields = GOLDENS[name]
    opening, pages, _ = tell(*cast, **fields)
    text = "\n\n".join([opening.title, *(f"{p.number}. {p.text}\n[{p.alt}]" for p in pages)]) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("STORYLIB_GOLDENS") == "new":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
