"""The book on the screen: what the reader needs to know of a story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from storylib.library.stories import MAKING, document
from storylib.models import Page, Story
from storylib.story.document import Cover, PageDocument
from storylib.text import listed
from storylib.vocabulary import RIGHT_TO_LEFT
from storylib.web import gate
from storylib.web.actions import image_url
from storylib.web.components import part

_book = part("book")
KEY = "book"
# On paper there is the book alone.
BOOK_ALONE = """<style>@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], .st-key-below_the_book { display: none !important; }
}</style>"""


def show(story: Story, on_edit: Callable[[int], None]) -> None:
    """Open the book; ``on_edit`` gets the number of the page to edit, 0 for the cover."""

    def asked() -> None:
        place = int(st.session_state[KEY].edit["page"])
        on_edit(story.pages[place - 1].number if place else 0)

    st.html(BOOK_ALONE)
    _book(key=KEY, data=leaves(story), on_edit_change=gate.callback(asked))


def leaves(story: Story) -> dict[str, Any]:
    """Return cover and pages, with a sentence wherever something is not there (yet)."""
    told = document(story)
    written = {page.number: (page, row) for page, row in zip(told.pages, story.pages, strict=True)}
    return {
        "id": told.id,
        "language": told.brief.language,
        "rtl": told.brief.language in RIGHT_TO_LEFT,
        "title": told.title,
        "byline": f"with {listed([spec.name for spec in told.brief.characters])}",
        "label": told.made_by,
        "band": told.brief.age_band,
        "making": making(story),
        "editable": not making(story) and bool(told.pages),
        "cover": _cover(story, told.cover),
        "pages": [_leaf(story, number, *written.get(number, ())) for number in range(1, story.length + 1)],
    }


def making(story: Story) -> bool:
    """Tell whether the story is in progress."""
    return story.state in MAKING


def _cover(story: Story, cover: Cover) -> dict[str, Any]:
    waiting = "The cover is being drawn…" if making(story) else "This story has no cover."
    return {"alt": cover.alt, "note": "" if cover.picture else waiting, **_pictures(cover.picture)}


def _leaf(story: Story, number: int, page: PageDocument | None = None, row: Page | None = None) -> dict[str, Any]:
    if page is None or row is None:
        note = f"Page {number} is being written…" if making(story) else "This page was not written."
        return {"text": "", "alt": "", "note": note, **_pictures(None)}
    return {"text": page.text, "alt": page.alt, "note": _note(story, row), **_pictures(page.picture)}


def _note(story: Story, page: Page) -> str:
    if page.state == "failed":
        return str(page.error or "The picture could not be drawn.")
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
