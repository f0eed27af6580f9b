"""The book on the screen: what the reader needs to know of a story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from storylib.library.stories import MAKING
from storylib.models import Page, Story
from storylib.providers import catalog
from storylib.vocabulary import STAND_IN
from storylib.web import gate, labels
from storylib.web.actions import image_url
from storylib.web.components import part

_book = part("book")
KEY = "book"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
# On paper there is the book alone.
BOOK_ALONE = """<style>@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], .st-key-below_the_book { display: none !important; }
}</style>"""


def show(story: Story, on_edit: Callable[[int], None]) -> None:
    """Open the book; ``on_edit`` gets the number of the page to edit, 0 for the cover."""

    def asked() -> None:
        on_edit(int(st.session_state[KEY].edit["page"]))

    st.html(BOOK_ALONE)
    _book(key=KEY, data=leaves(story), on_edit_change=gate.callback(asked))


def leaves(story: Story) -> dict[str, Any]:
    """Cover and pages, with a sentence wherever something is not there (yet)."""
    written = {page.number: page for page in story.pages}
    return {
        "id": story.id,
        "language": story.brief.language,
        "rtl": story.brief.language in RIGHT_TO_LEFT,
        "title": title(story),
        "byline": f"with {labels.names([spec.name for spec in story.brief.characters])}",
        "label": credit(story),
        "band": story.age_band,
        "making": making(story),
        "editable": not making(story) and bool(story.pages),
        "cover": _cover(story),
        "pages": [_leaf(story, number, written.get(number)) for number in range(1, story.brief.pages + 1)],
    }


def making(story: Story) -> bool:
    """Still at work."""
    return story.state in MAKING


def title(story: Story) -> str:
    """Its title, or what stands for it until it has one."""
    return story.title or (story.brief.theme[:1].upper() + story.brief.theme[1:]) or "A new story"


def credit(story: Story) -> str:
    """Who wrote and drew it, honestly: ``Story Kit: hand-written plots, drawn by code, no AI``."""
    providers = [catalog.credit(name) for name in dict.fromkeys((story.provider, story.brief.illustrator))]
    return " · ".join(filter(None, [*providers, _stood_in(story)]))


def _stood_in(story: Story) -> str:
    """``the cover and pages 3 and 5 drawn by the Story Kit``, where another illustrator failed."""
    numbers = [str(page.number) for page in story.pages if page.stand_in]
    if story.cover_stand_in and len(numbers) == story.brief.pages:
        return f"every picture drawn by the {catalog.label(STAND_IN)}"
    pages = f"{'page' if len(numbers) == 1 else 'pages'} {labels.names(numbers)}" if numbers else ""
    drawn = " and ".join(filter(None, ["the cover" if story.cover_stand_in else "", pages]))
    return drawn and f"{drawn} drawn by the {catalog.label(STAND_IN)}"


def _cover(story: Story) -> dict[str, Any]:
    waiting = "The cover is being drawn…" if making(story) else "There is no cover."
    alt = f"The cover of {title(story)}."
    return {"alt": alt, "note": "" if story.cover_id else waiting, **_pictures(story.cover_id)}


def _leaf(story: Story, number: int, page: Page | None) -> dict[str, Any]:
    if page is None:
        note = f"Page {number} is being written…" if making(story) else "This page was not written."
        return {"text": "", "alt": "", "note": note, **_pictures(None)}
    return {"text": page.text, "alt": page.alt, "note": _note(story, page), **_pictures(page.image_id)}


def _note(story: Story, page: Page) -> str:
    if page.state == "failed":
        return page.error or "The picture could not be drawn."
    if page.state == "ready":
        return ""
    if not making(story):
        return "" if page.image_id else "This picture was not drawn."
    return "A new picture is being drawn…" if page.image_id else "The picture is being drawn…"


def _pictures(image_id: str | None) -> dict[str, str | None]:
    return {
        "picture": image_id and image_url(image_id, "full"),
        "thumb": image_id and image_url(image_id, "256"),
    }
