"""A teacher's desk, without screens and queues: she asks for stories, waits, looks into the ledger and at the bill."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

from storylib.billing import ledger, prices
from storylib.billing.money import Usage
from storylib.db import Database
from storylib.generation import drawing, image_checks, text_checks, writing
from storylib.library import stories
from storylib.models import Call, Story, User
from tests import factories
from tests.openai.mock import Bill, StoryServer

PAGES = 5
BRIEF = factories.BRIEF.model_copy(update={"provider": "openai", "pages": PAGES})
PICTURES = "/v1/images/*"
TEXT = "/v1/chat/*"


class Desk:
    """A teacher's: asks, waits, looks into the ledger."""

    def __init__(self, database: Database, ada: User, mock: StoryServer):
        self.database, self.ada, self.mock = database, ada, mock

    def made(self) -> Story:
        """A story, asked for and carried out."""
        with self.database.write() as session:
            asked = stories.ask(session, self.ada, BRIEF)
        return self.carried_out(asked.id)

    def carried_out(self, story_id: str) -> Story:
        """What a worker does, without its queues."""
        run = self.story(story_id).run
        writing.write(self.database, story_id, run)
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(partial(self.picture, story_id), range(PAGES + 1)))
        drawing.settle(self.database, story_id, run)
        return self.story(story_id)

    def picture(self, story_id: str, number: int) -> None:
        """One picture, and what comes before and after it."""
        if number != drawing.COVER and not text_checks.review(self.database, story_id, number):
            return
        while mark := drawing.draw(self.database, story_id, number):
            if image_checks.inspect(self.database, story_id, number, mark):
                drawing.keep(self.database, story_id, number, mark)
                if not image_checks.compare(self.database, story_id, number):
                    return

    def once_more(self, story: Story) -> Story:
        """The teacher's "Try again"."""
        with self.database.write() as session:
            stories.again(session, self.ada.id, story.id)
        return self.carried_out(story.id)

    def all_redrawn(self, story: Story) -> Story:
        """The teacher's "Try all pictures again"."""
        with self.database.write() as session:
            stories.redraw_stand_ins(session, self.ada, story.id)
        return self.carried_out(story.id)

    def redrawn(self, story: Story, number: int) -> Story:
        """The teacher's "Try again" on one page."""
        with self.database.write() as session:
            stories.redraw(session, self.ada, story.id, number)
        return self.carried_out(story.id)

    def story(self, story_id: str) -> Story:
        """As it is now."""
        with self.database.read() as session:
            return stories.get(session, self.ada.id, story_id)

    def calls(self, story: Story, operation: str) -> list[Call]:
        """The ledger's rows of what is asked of the server."""
        with self.database.read() as session:
            found = ledger.of_story(session, story.id)
        return [call for call in found if call.operation == operation and call.provider == "openai"]

    def states(self, story: Story, operation: str) -> list[str]:
        """How those rows stand, sorted."""
        return sorted(call.state for call in self.calls(story, operation))

    def cost(self, story: Story) -> Decimal:
        """By the ledger."""
        with self.database.read() as session:
            return ledger.story_cost(session, story.id)

    def billed(self, path: str = "") -> int:
        """How many things the server charges for."""
        return sum(path in bill.path for bill in self.mock.bills)

    def bill(self) -> Decimal:
        """What the server charges, by the price list."""
        return sum((_price(bill) for bill in self.mock.bills), Decimal(0))


def _price(bill: Bill) -> Decimal:
    drawn = "/images/" in bill.path
    usage = Usage(images=int(drawn), model=bill.model, raw=bill.usage)
    price = prices.cost("draw" if drawn else "write", usage)
    assert price is not None
    return price


def is_whole(story: Story) -> bool:
    """Every page is there, with a picture, by whomever it was drawn."""
    drawn = [page.number for page in story.pages if page.image_id and page.text]
    return story.state == "ready" and drawn == list(range(1, PAGES + 1)) and bool(story.cover_id)


def stand_ins(story: Story) -> int:
    """Pages that the Kit drew."""
    return sum(page.stand_in and page.made_by == "Story Kit" for page in story.pages) + story.cover_stand_in


def until(what: Callable[[], object], patience: float = 40) -> None:
    """Wait for something, so many seconds."""
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
