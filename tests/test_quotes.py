"""The price before the click."""

from __future__ import annotations

from decimal import Decimal

import pytest

from storylib.billing.money import Estimate
from storylib.db import Database
from storylib.generation import quotes, registry
from storylib.models import Character, User
from storylib.story import Brief
from storylib.vocabulary import Operation
from tests import factories
from tests.providers import PRICES, Paid

BRIEF = factories.BRIEF.model_copy(update={"provider": "openai"})
PAGES = BRIEF.pages


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    """A teacher on the basic plan."""
    with sqlite_database.write() as session:
        return factories.user(session, plan="basic")


def quoted(database: Database, user: User, brief: Brief = BRIEF) -> quotes.Quote:
    with database.read() as session:
        return quotes.quote(session, user, brief)


def drawn_before(database: Database, user: User, costs: list[str], **facts: object) -> None:
    with database.write() as session:
        paid = {"provider": "openai", "model": "openai-1", "state": "settled", "story_id": "s" * 32}
        for cost in costs:
            factories.call(session, user, **paid | {"cost_usd": Decimal(cost)} | facts)


def portrayed(database: Database, user: User) -> None:
    """The brief's hero has a portrait."""
    with database.write() as session:
        hero = factories.character(session, user, BRIEF.characters[0].name)
        session.get_one(Character, hero.id).portrait_id = factories.image(session, user, character_id=hero.id).id


def test_the_kit_is_free(sqlite_database: Database, ada: User) -> None:
    quote = quoted(sqlite_database, ada, factories.BRIEF)
    assert (quote.free, quote.message) == (True, "Free.")


@pytest.mark.usefixtures("provider")
def test_a_story_is_its_words_and_a_picture_for_each_page_and_the_cover(sqlite_database: Database, ada: User) -> None:
    quote = quoted(sqlite_database, ada)
    total = PAGES * PRICES["write"] + (PAGES + 1) * PRICES["draw"]
    assert quote.estimate == Estimate(total, total, total, "a table")
    assert quote.message == f"About ${total}, a table."


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(
    ("providers", "paid"),
    [
        ({"provider": "openai", "pictures": "kit"}, PAGES * PRICES["write"]),
        ({"provider": "kit", "pictures": "openai"}, (PAGES + 1) * PRICES["draw"]),
    ],
    ids=["words", "pictures"],
)
def test_what_the_kit_makes_of_it_is_free(
    sqlite_database: Database, ada: User, providers: dict[str, str], paid: Decimal
) -> None:
    assert quoted(sqlite_database, ada, BRIEF.model_copy(update=providers)).estimate.usd == paid


@pytest.mark.usefixtures("provider")
def test_likeness_is_counted_only_where_there_is_a_portrait_to_compare_with(
    sqlite_database: Database, ada: User
) -> None:
    before = quoted(sqlite_database, ada).estimate.usd
    with sqlite_database.write() as session:
        bea = factories.user(session, "bea")
    portrayed(sqlite_database, bea)  # somebody else's
    assert quoted(sqlite_database, ada).estimate.usd == before
    portrayed(sqlite_database, ada)
    assert quoted(sqlite_database, ada).estimate.usd == before + PAGES * PRICES["inspect"]


@pytest.mark.usefixtures("provider")
def test_five_such_calls_here_are_better_than_a_table(sqlite_database: Database, ada: User) -> None:
    words = PAGES * PRICES["write"]
    drawn_before(sqlite_database, ada, ["0.02"] * 4)
    assert quoted(sqlite_database, ada).estimate.usd == words + (PAGES + 1) * PRICES["draw"]
    drawn_before(sqlite_database, ada, ["0.07"])
    quote = quoted(sqlite_database, ada)
    assert quote.estimate.usd == words + (PAGES + 1) * Decimal("0.03")
    assert quote.estimate.low == words + (PAGES + 1) * Decimal("0.02")
    assert quote.estimate.high == words + (PAGES + 1) * Decimal("0.07")


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(
    "facts",
    [{"story_id": None}, {"model": "another"}, {"operation": "write"}, {"state": "unknown"}],
    ids=["portraits", "another model", "words", "nobody knows"],
)
def test_other_calls_tell_nothing_about_it(sqlite_database: Database, ada: User, facts: dict[str, object]) -> None:
    before = quoted(sqlite_database, ada)
    drawn_before(sqlite_database, ada, ["9"] * 5, **facts)
    assert quoted(sqlite_database, ada) == before


@pytest.mark.usefixtures("provider")
def test_what_has_no_price_is_named_and_never_free(
    sqlite_database: Database, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Paid, "estimate", lambda *_: None)
    quote = quoted(sqlite_database, ada)
    assert (quote.free, quote.unpriced) == (False, ("openai-1",))
    assert quote.message == (
        "No known price for openai-1: this story will be shown as unpriced, "
        "and counts against the budget like the dearest model known here."
    )


def test_a_portrait_is_priced_by_its_own_size_and_without_references(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")

    def usd(operation: Operation) -> Decimal:
        found = registry.provider_for("openai", ada).estimate(operation)
        assert found
        return found.usd

    assert 0 < usd("portrait") < usd("draw")


def test_each_portrait_that_is_sent_along_is_quoted(
    sqlite_database: Database, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    drawn = BRIEF.model_copy(update={"provider": "kit", "pictures": "openai"})
    before = quoted(sqlite_database, ada, drawn).estimate
    portrayed(sqlite_database, ada)
    after = quoted(sqlite_database, ada, drawn).estimate
    assert before.low < after.low
    assert before.usd < after.usd
