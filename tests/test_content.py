"""What was approved, measured and checked is what is shown; what a teacher wrote stays."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import asdict
from random import Random

import pytest
from sqlalchemy import select

from storylib.config import ROOT
from storylib.db import Database
from storylib.errors import ProviderError
from storylib.generation import drawing, image_checks, text_checks, writing
from storylib.library import stories
from storylib.models import Page, Story, User
from storylib.story import Brief, reading_level
from tests import factories
from tests.providers import Scripted

OWN = "Luna perambulated imperturbably, notwithstanding meteorological deterioration. My knife and I."
BRIEF = factories.BRIEF.model_copy(update={"provider": "openai", "illustrator": "openai"})
LOST = ProviderError("No answer came.", "server", permanent=True)


@pytest.fixture
def ada(database: Database) -> User:
    """A teacher with room for everything."""
    with database.write() as session:
        return factories.user(session, plan="pro")


def _asked(database: Database, ada: User, brief: Brief = BRIEF) -> Story:
    with database.write() as session:
        return stories.ask(session, ada, brief)


def _run(database: Database, story_id: str) -> None:
    with database.read() as session:
        run = session.get_one(Story, story_id).run
    writing.write(database, story_id, run)
    for number in range(BRIEF.pages + 1):
        if number == drawing.COVER or text_checks.review(database, story_id, number):
            _draw(database, story_id, number)
    drawing.settle(database, story_id, run)


def _draw(database: Database, story_id: str, number: int) -> None:
    while mark := drawing.draw(database, story_id, number):
        if image_checks.inspect(database, story_id, number, mark):
            drawing.keep(database, story_id, number, mark)
            if not image_checks.compare(database, story_id, number):
                return


def _now(database: Database, ada: User, story_id: str) -> Story:
    with database.read() as session:
        return stories.get(session, ada.id, story_id)


# --- an approval, a level and checks are those of what is shown


def _random_change(random: Random, database: Database, ada: User, story: Story) -> None:
    number, words = (
        random.randint(1, BRIEF.pages),
        random.choice([OWN, "Luna naps.", f"Luna counts to {random.random()}."]),
    )
    acts: list[Callable[..., object]] = [
        lambda session: stories.rewrite_page(session, ada.id, story.id, number, words),
        lambda session: stories.retitle(session, ada.id, story.id, f"Luna {random.random()}"),
        lambda session: stories.redraw(session, ada, story.id, number),
        lambda session: stories.again(session, ada.id, story.id),
    ]
    with database.write() as session:
        page = session.get_one(Page, (story.id, number))
        page.attempt = 1 if page.attempt > 4 else page.attempt
        random.choice(acts)(session)


def _is_true(before: Story, after: Story) -> bool:
    """Whether nothing that is said of a story is about another one."""
    seen = [
        (story.title, story.cover_id, [(p.text, p.alt, p.image_id) for p in story.pages]) for story in (before, after)
    ]
    assert stories.is_approved(after) == (after.review == "approved")
    assert not stories.is_approved(after) or seen[0] == seen[1]
    for page in after.pages:
        assert _is_level_of_now(after, page)
        assert [found["flags"] for found in page.checks] in ([], [["knife"] if "knife" in page.text else []])
    return True


def _is_level_of_now(story: Story, page: Page) -> bool:
    level = reading_level.of_pages([page.text], story.brief, story.cast)
    return page.level == json.loads(json.dumps(asdict(level)))


def test_of_many_random_changes_none_leaves_a_stale_approval_level_or_check(
    database: Database, ada: User, provider: Scripted
) -> None:
    random, story = Random(8), _asked(database, ada)
    provider.blocked = ("knife",)
    _run(database, story.id)
    for _ in range(40):
        with database.write() as session:
            if session.get_one(Story, story.id).state == "ready":
                stories.set_review(session, ada.id, story.id, "approved")
        before = _now(database, ada, story.id)
        assert stories.is_approved(before) or before.state != "ready"
        _random_change(random, database, ada, story)
        assert _is_true(before, _now(database, ada, story.id))
        if random.random() < 0.8:
            _run(database, story.id)
        else:
            with database.write() as session:
                stories.cancel(session, ada.id, story.id)
                stories.again(session, ada.id, story.id)
            _run(database, story.id)
        assert _is_true(before, _now(database, ada, story.id))


@pytest.mark.usefixtures("kit")
@pytest.mark.parametrize("act", ["text", "title", "redraw", "again", "stand-ins", "cover"])
def test_each_change_ends_an_approval_and_it_is_remembered_that_there_was_one(
    database: Database, ada: User, act: str
) -> None:
    story = _asked(database, ada, factories.BRIEF)
    _run(database, story.id)
    with database.write() as session:
        kept = session.get_one(Story, story.id)
        kept.cover_stand_in = kept.pages[1].stand_in = True
        stories.set_review(session, ada.id, story.id, "approved")
    approved = _now(database, ada, story.id)
    assert stories.is_approved(approved)
    assert (approved.approved_by, bool(approved.approved_at)) == (ada.id, True)
    acts: dict[str, Callable[..., object]] = {
        "text": lambda session: stories.rewrite_page(session, ada.id, story.id, 1, "Another text."),
        "title": lambda session: stories.retitle(session, ada.id, story.id, "A new title"),
        "redraw": lambda session: stories.redraw(session, ada, story.id, 1),
        "again": lambda session: stories.again(session, ada.id, story.id),
        "stand-ins": lambda session: stories.redraw_stand_ins(session, ada, story.id),
        "cover": lambda session: stories.redraw_cover(session, ada, story.id),
    }
    with database.write() as session:
        acts[act](session)
    after = _now(database, ada, story.id)
    assert (after.review, stories.is_approved(after), stories.changed_since_approval(after)) == ("draft", False, True)


@pytest.mark.parametrize("field", ["text", "alt", "image_id"])
def test_an_approval_counts_only_while_what_was_approved_is_there(database: Database, ada: User, field: str) -> None:
    with database.write() as session:
        story = factories.story(session, ada)
        stories.set_review(session, ada.id, story.id, "approved")
        image = factories.image(session, ada, role="page", story_id=story.id)
        assert stories.is_approved(story)
        if field == "image_id":
            story.pages[1].image_id = image.id
        else:
            factories.rewrite(session, story.pages[1], **{field: "Something else."})
        assert not stories.is_approved(story)


def test_the_same_words_again_end_nothing(database: Database, ada: User) -> None:
    with database.write() as session:
        story = factories.story(session, ada)
        stories.set_review(session, ada.id, story.id, "approved")
        stories.rewrite_page(session, ada.id, story.id, 1, "This is page 1.")
        stories.retitle(session, ada.id, story.id, story.title)
        assert stories.is_approved(story)
        assert not story.pages[0].teacher_text


def test_a_picture_that_comes_late_ends_the_approval(database: Database, ada: User, kit: Scripted) -> None:
    story = _asked(database, ada, factories.BRIEF)
    _run(database, story.id)
    with database.write() as session:
        session.get_one(Page, (story.id, 2)).state = "written"
        session.get_one(Page, (story.id, 2)).attempt = 2
        for state in ("queued", "illustrating"):
            session.get_one(Story, story.id).state = state
    mark = drawing.draw(database, story.id, 2)
    with database.write() as session:
        session.get_one(Story, story.id).state = "ready"
        stories.set_review(session, ada.id, story.id, "approved")
    assert mark
    drawing.keep(database, story.id, 2, mark)
    assert _now(database, ada, story.id).review == "draft"
    assert len(kit.drawn) == 6


CONTENT = {"revision", "checks", "image_checks", "cover_id", "review", "teacher_title", "approved_hash"}


def test_only_one_module_changes_what_is_shown() -> None:
    """A stand-in's cover is taken away to be drawn again; everything else goes through ``stories/content.py``."""
    found = set()
    for path in [*ROOT.glob("storylib/**/*.py"), *ROOT.glob("pages/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in CONTENT:
                found.add((path.relative_to(ROOT).as_posix(), node.attr))
    elsewhere = {(path, name) for path, name in found if path != "storylib/library/stories/content.py"}
    assert elsewhere == {
        ("storylib/library/stories/remake.py", "cover_id"),
        ("storylib/library/stories/arrange.py", "image_checks"),  # a copy of a page takes them along
    }


# --- a teacher's own text stays


def _write_own(database: Database, ada: User, story_id: str, number: int) -> None:
    with database.write() as session:
        stories.rewrite_page(session, ada.id, story_id, number, OWN)
        stories.retitle(session, ada.id, story_id, "My own title")


def _while_writing(database: Database, ada: User, provider: Scripted, story: Story) -> None:
    """The teacher writes while the writer does, and the opening comes once more."""

    def write(number: int) -> None:
        if number == 3:
            _write_own(database, ada, story.id, 2)

    provider.on_page = write
    _run(database, story.id)


def _before_the_title(database: Database, ada: User, _: Scripted, story: Story) -> None:
    with database.write() as session:
        stories.retitle(session, ada.id, story.id, "My own title")
    _run(database, story.id)
    _write_own(database, ada, story.id, 2)


def _redrawn(database: Database, ada: User, _: Scripted, story: Story) -> None:
    _run(database, story.id)
    _write_own(database, ada, story.id, 2)
    with database.write() as session:
        stories.redraw(session, ada, story.id, 2)
    _run(database, story.id)


def _tried_again(database: Database, ada: User, provider: Scripted, story: Story) -> None:
    """A page that was blocked, written anew by the teacher, tried again."""
    provider.texts[2], provider.rewrites = "A knife.", ["Two knives, a knife.", *provider.rewrites]
    _run(database, story.id)
    _write_own(database, ada, story.id, 2)
    with database.write() as session:
        stories.again(session, ada.id, story.id)
    _run(database, story.id)


def _resumed(database: Database, ada: User, provider: Scripted, story: Story) -> None:
    """Stopped while it was written, rewritten, gone on with."""
    provider.fail_page[3] = LOST
    _run(database, story.id)
    _write_own(database, ada, story.id, 2)
    with database.write() as session:
        stories.again(session, ada.id, story.id)
    _run(database, story.id)


def _while_rewritten(database: Database, ada: User, provider: Scripted, story: Story) -> None:
    """The teacher saves while a rewriting is under way."""
    provider.texts[2] = "Notwithstanding meteorological deterioration. " * 9 + story.id  # asked for once each
    writing.write(database, story.id, 1)
    rewrite = provider.rewrite

    def meanwhile(*asked: object) -> object:
        _write_own(database, ada, story.id, 2)
        return rewrite(*asked)  # type: ignore[arg-type]

    provider.rewrite = meanwhile  # type: ignore[method-assign, assignment]
    _run(database, story.id)


WAYS = (_while_writing, _before_the_title, _redrawn, _tried_again, _resumed, _while_rewritten)


@pytest.mark.usefixtures("kit")
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__[1:])
@pytest.mark.parametrize("blocked", [(), ("knife",)], ids=["fine", "flagged"])
def test_a_teachers_own_words_are_never_replaced(
    database: Database, ada: User, provider: Scripted, way: Callable[..., None], blocked: tuple[str, ...]
) -> None:
    for _ in range(5):  # on two databases, six ways, flagged or not: 120
        provider.blocked, provider.rewrites = blocked, ["Something easy."] * 40
        story = _asked(database, ada)
        way(database, ada, provider, story)
        after = _now(database, ada, story.id)
        assert (after.title, after.pages[1].text) == ("My own title", OWN)
        assert (after.state, stories.is_approved(after)) == ("ready", False)
        assert _is_level_of_now(after, after.pages[1])
        provider.on_page, provider.texts, provider.rewrite = abs, {}, Scripted.rewrite.__get__(provider)  # type: ignore[method-assign]


@pytest.mark.usefixtures("kit")
def test_a_teachers_own_words_are_checked_and_what_is_found_is_told(
    database: Database, ada: User, provider: Scripted
) -> None:
    provider.blocked = ("knife",)
    story = _asked(database, ada)
    _run(database, story.id)
    _write_own(database, ada, story.id, 2)
    assert _now(database, ada, story.id).pages[1].checks == []
    assert text_checks.recheck(database, story.id, 2) == ["knife"]
    page = _now(database, ada, story.id).pages[1]
    assert [found["flags"] for found in page.checks] == [["knife"]]
    assert (page.text, page.state) == (OWN, "ready")
    assert text_checks.recheck(database, story.id, 1) == []  # its writer's, checked before


def test_a_finding_about_a_text_that_is_gone_is_not_written_down(
    database: Database, ada: User, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = _asked(database, ada)
    writing.write(database, story.id, 1)
    check = provider.check
    monkeypatch.setattr(provider, "check", lambda *asked: (_write_own(database, ada, story.id, 2), check(*asked))[1])
    assert text_checks.review(database, story.id, 2)
    with database.read() as session:
        page = session.scalars(select(Page).where(Page.story_id == story.id, Page.number == 2)).one()
    assert (page.text, page.checks) == (OWN, [])
