"""How a story leaves the application: a link that anybody can open, or one file that opens anywhere."""

from __future__ import annotations

import re
from typing import Final

import segno
import streamlit as st

from storylib.db import database
from storylib.exports import html
from storylib.library import images, stories
from storylib.library.stories import sharing
from storylib.library.stories.sharing import Link
from storylib.models import Story, User
from storylib.text import counted, listed
from storylib.web import actions, current_user, fields, formatting, gate, navigation, notices
from storylib.web.story import dialogs

LIVES: Final = {"1 week": 7, "1 month": 31, "3 months": 92, "1 year": 366}  # days
NEW: Final = "new link"
OTHERS: Final = 200  # of the latest approved stories, to choose a shelf from


def _forget_link() -> None:
    st.session_state.pop(NEW, None)


def _dismissed() -> None:
    _forget_link()
    dialogs.close()


@gate.dialog("Share", width="medium", icon=":material/share:", on_dismiss=_dismissed)
def open_links(story_id: str) -> None:
    """Show how a story is shared, and with which links it is."""
    user = current_user.user()
    story = actions.read(stories.get, user.id, story_id)
    if not stories.is_approved(story):
        st.info(
            "Only an approved story can be shared by link, so that nobody outside reads what you have not read. "
            "Close this, choose **Approve for the class**, then share it.",
            icon=":material/lock:",
        )
    elif token := st.session_state.get(NEW):
        _shown_once(token)
    else:
        _ask(user, story)
    _links(actions.read(sharing.links, user.id, story_id), user)
    _file(user, story)


# --- a link


def _ask(user: User, story: Story) -> None:
    st.markdown("Anybody with the link can read the story, without signing in. It shows only what you have approved.")
    life = st.selectbox("The link works for", list(LIVES), index=1)
    others = _others(user, story)
    chosen = st.multiselect(
        "More stories behind the same link (a class shelf)", list(others), format_func=others.__getitem__,
        max_selections=sharing.MOST_STORIES - 1, placeholder="Only this story",
    )  # fmt: skip
    name = fields.line("Name of the shelf", most=120, key="shelf name", placeholder="Class 2") if chosen else ""
    if st.button("Create link", type="primary", icon=":material/link:"):
        done = actions.act(sharing.create, user, [story.id, *chosen], LIVES[life], name)
        if done:
            st.session_state[NEW] = done.value
            st.rerun()


def _others(user: User, story: Story) -> dict[str, str]:
    """Return the titles of the other approved stories by their ids."""
    approved = actions.read(stories.cards, user.id, stories.Filter(review="approved"), count=OTHERS)
    return {card.id: card.title for card in approved if card.id != story.id}


def _shown_once(token: str) -> None:
    address = navigation.address(f"s/{token}")
    st.markdown("**This is the link.** Copy it now: only its fingerprint is kept, so it cannot be shown again.")
    st.code(address, language=None, wrap_lines=True)
    code = segno.make(address, error="m").svg_inline(scale=6, border=4, dark="#2b2118", light="#ffffff")
    st.image(code, width=220, alt="The link as a QR code")


def _links(links: list[Link], user: User) -> None:
    if links:
        st.subheader("Links that work", anchor=False)
    for link in links:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(_told(link))
            st.button(
                "End sharing", key=f"end {link.id}", icon=":material/link_off:",
                on_click=gate.callback(_end, user.id, link.id),
            )  # fmt: skip


def _end(user_id: int, link_id: int) -> None:
    _forget_link()
    notices.perform(sharing.end, user_id, link_id)


def _told(link: Link) -> str:
    """Return ``Until 28 December 2026, opened 3 times``, what a shelf holds, and whether it is paused."""
    opened = f"opened {counted(link.views, 'time')}" if link.views else "not opened yet"
    until = f"Until {formatting.local(link.expires_at):%d %B %Y}, {opened}"
    shelf = f"**{formatting.verbatim(link.title or 'Stories')}**: " if len(link.stories) > 1 else ""
    titles = listed([stories.title(story) for story in link.stories]) if shelf else ""
    paused = ":orange[Paused until you approve the story again.]" if link.paused else ""
    return "  \n".join(filter(None, [until, shelf + formatting.verbatim(titles), paused]))


# --- one file


def _file(user: User, story: Story) -> None:
    st.subheader("As one file", anchor=False)
    st.caption("The whole book with its pictures. It opens in any browser, without the internet.")
    st.download_button(
        "Download as one file", gate.file(_book, user, story.id), f"{_name(story)}.html", "text/html",
        icon=":material/download:", disabled=not story.pages, on_click="ignore",
    )  # fmt: skip


def _book(user: User, story_id: str) -> bytes:
    with database().read() as session:
        story = stories.get(session, user.id, story_id)
        told = stories.document(story, approval=stories.approval(session, story))
        return html.file(told, lambda image_id: images.data(session, user, image_id))


def _name(story: Story) -> str:
    return re.sub(r"[^\w]+", "-", stories.title(story)).strip("-") or "story"
