"""The gallery: every story by its cover, newest first, page by page."""

from __future__ import annotations

from time import monotonic
from typing import Any, Final

import streamlit as st

from storylib.library import stories
from storylib.library.stories import MAKING, Filter
from storylib.models import User
from storylib.web import actions, current_user, fields, gate, labels, navigation, notices
from storylib.web.components import card_grid
from storylib.web.components.card_grid import Badge, Card, Undo

PAGE = 24  # cards
LOOK = 2.0  # seconds between two checks while a story is being made
UNDO = 60.0  # seconds for which the way back from a deletion is offered
ANY: Final = "Any"
MENUS: Final = ("age", "tone", "moral", "status")

# What the status menu offers, and what it asks of the stories.
STATUS: Final[dict[str, dict[str, Any]]] = {
    "Draft": {"state": "ready", "review": "draft"},
    "Approved": {"review": "approved"},
    "Shared": {"review": "shared"},
    "Needs attention": {"state": "failed"},
    "Stopped": {"state": "cancelled"},
}
BADGES: Final[dict[str, Badge]] = {
    "approved": Badge("Approved", "green"),
    "shared": Badge("Shared", "green"),
    "failed": Badge("Needs attention", "red"),
    "cancelled": Badge("Stopped"),
    "queued": Badge("In the queue", "orange"),
    "writing": Badge("Being written", "orange"),
    "illustrating": Badge("Being drawn", "orange"),
}


def filters() -> Filter:
    """Show the filters, kept in the address so that a reload and a link keep them."""
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        words = fields.line(
            "Search", type="search", placeholder="Title, theme or character", key="search", bind="query-params",
            icon=":material/search:", live=True, label_visibility="collapsed",
        )  # fmt: skip
    with right, st.container(horizontal=True, vertical_alignment="center"):
        favourites = st.toggle("Favourites", key="favourites", bind="query-params")
        chosen = sum(st.session_state.get(key, ANY) != ANY for key in MENUS)
        with st.popover(f"Filter ({chosen})" if chosen else "Filter", icon=":material/filter_list:", key="filter"):
            age_band = _menu("Age", "age", labels.AGE_BANDS)
            tone = _menu("Tone", "tone", labels.TONES)
            moral = _menu("Moral", "moral", labels.MORALS)
            status = _menu("Status", "status", {name: name for name in STATUS})
    asked = Filter(card_grid.searched(words), age_band, tone, moral, favourites=favourites)
    return Filter(**{**vars(asked), **STATUS.get(status or "", {})})


def _menu(label: str, key: str, choices: Any) -> Any:
    """Return one of the choices, or None for any."""
    by_label = {text: name for name, text in choices.items()}
    chosen = st.selectbox(label, [ANY, *by_label], key=key, bind="query-params")
    return by_label.get(chosen)


def covers(wanted: Filter) -> None:
    """Show the grid, which refreshes itself while a story in it is in progress."""
    (_watched if st.session_state.get("gallery watched") else _still)(wanted)


def _covers(wanted: Filter) -> None:
    user = current_user.user()
    after = _after(wanted)
    notices.show()
    found = actions.read(stories.cards, user.id, wanted, after, count=PAGE + 1)
    watched = any(card.state in MAKING for card in found)
    if watched != bool(st.session_state.get("gallery watched")):
        st.session_state["gallery watched"] = watched
        st.rerun()
    if not found:
        _empty(user, wanted)
    undo = _undo()
    if found or undo:
        shown = [_card(user, card) for card in found[:PAGE]]
        card_grid.show("covers", shown, _asked, newest=after is not None, older=len(found) > PAGE, undo=undo)


_still = gate.fragment(_covers)
_watched = gate.fragment(_covers, run_every=LOOK)


def _undo() -> Undo | None:
    """Return what was deleted just now."""
    undo, at = st.session_state.get("deleted", (None, 0.0))
    return undo if monotonic() < at + UNDO else None


def _after(wanted: Filter) -> str | None:
    """Return the story after which the page begins, kept in the address; another filter begins with the newest."""
    if st.session_state.setdefault("gallery filter", wanted) != wanted:
        st.session_state["gallery filter"] = wanted
        _newest()
    return st.query_params.get("after")


def _card(user: User, card: stories.Card) -> Card:
    made = card.state in MAKING
    facts = [labels.AGE_BANDS[card.age_band], labels.TONES[card.tone]]
    if card.moral not in ("fits", "none"):
        facts.append(labels.moral(card.moral))
    return Card(
        id=card.id,
        title=card.title or "A new story",
        href=f"story?id={card.id}",
        picture=card.cover_id and actions.image_url(card.cover_id, "512"),
        note=" · ".join(facts),
        badges=tuple(filter(None, (BADGES.get(card.state) or BADGES.get(card.review),))),
        done=_done(user, card) if made else None,
        favourite=card.favourite,
        deletable=not made,
    )


def _done(user: User, card: stories.Card) -> float:
    seen = actions.read(stories.progress, user.id, card.id)
    return (seen.written + seen.ready) / (2 * seen.pages)


def _empty(user: User, wanted: Filter) -> None:
    with st.container(horizontal_alignment="center", gap="medium"):
        if wanted != Filter() or actions.read(stories.any_of, user.id):
            st.markdown("No stories match.", text_alignment="center")
            st.button("Show all stories", icon=":material/filter_list_off:", on_click=gate.callback(_show_all))
        else:
            st.subheader("Your stories will appear here", text_alignment="center")
            st.markdown("A hero, a few words and a few seconds make a picture book.", text_alignment="center")
            if st.button("Create your first story", icon=":material/auto_stories:", type="primary"):
                navigation.go(navigation.CREATE)


def _show_all() -> None:
    st.session_state.update({"search": "", "favourites": False, **dict.fromkeys(MENUS, ANY)})
    _newest()


# --- what is asked of a card


def _asked(what: str, story_id: str) -> None:
    st.session_state.pop("deleted", None)
    if what in _ANSWERS:
        _ANSWERS[what](story_id)


def _favourite(story_id: str) -> None:
    notices.act(stories.set_favourite, current_user.user().id, story_id, True)


def _unfavourite(story_id: str) -> None:
    notices.act(stories.set_favourite, current_user.user().id, story_id, False)


def delete(story_id: str) -> None:
    """Delete a story, and offer to bring it back in the gallery."""
    user = current_user.user()
    title = actions.read(stories.get, user.id, story_id).title or "A new story"
    if notices.act(stories.throw_away, user.id, story_id):
        st.session_state["deleted"] = Undo(story_id, f"“{title}” was deleted."), monotonic()


def _bring_back(story_id: str) -> None:
    notices.act(stories.bring_back, current_user.user().id, story_id)


def _older(last_id: str) -> None:
    st.query_params["after"] = last_id


def _newest(_: str = "") -> None:
    st.query_params.pop("after", None)


_ANSWERS: Final = {
    "favourite": _favourite,
    "unfavourite": _unfavourite,
    "delete": delete,
    "undo": _bring_back,
    "older": _older,
    "newest": _newest,
}
