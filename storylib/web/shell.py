"""The frame around every page: navigation, who is signed in, and what happens to errors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from storylib.config import ROOT, settings
from storylib.errors import StorylibError
from storylib.identity import access
from storylib.models import User
from storylib.operations import metrics
from storylib.web import current_user, errors, gate, uploader
from storylib.web.sign_in import cookie, link_conflict, screens


@dataclass(frozen=True)
class Screen:
    """A page, where it stands in the navigation, and what its address is."""

    section: str
    file: str
    title: str
    icon: str
    help: str
    hidden: bool = False

    def page(self, *, first: bool, visible: bool) -> StreamlitPage:
        """Return the page as Streamlit wants it; the first is the home page. The address is the file's name."""
        return st.Page(
            ROOT / "pages" / self.file,
            title=self.title,
            icon=f":material/{self.icon}:",
            help=self.help,
            default=first,
            visibility="visible" if visible and not self.hidden else "hidden",
        )


ICON = "/app/static/icon.png"
STYLE = Path(__file__).with_name("frame.css")
SCREENS = (
    Screen("Library", "library/gallery.py", "Gallery", "auto_stories", "All your stories, newest first."),
    Screen("Studio", "studio/create.py", "Create", "draw", "Create a new picture book."),
    Screen("Studio", "studio/characters.py", "Characters", "face", "Your cast, ready for any story."),
    Screen("Studio", "studio/character.py", "Character", "face", "One of your characters.", hidden=True),
    Screen("Studio", "studio/story.py", "Story", "menu_book", "Watch, read and edit a story.", hidden=True),
    Screen("Admin", "admin/usage.py", "Usage", "bar_chart", "What was used, by whom and what it cost."),
    Screen("Admin", "admin/health.py", "Health", "monitor_heart", "Errors, queues and response times."),
    Screen(
        "Admin",
        "admin/providers.py",
        "AI providers",
        "brush",
        "Which AI services are set up, and whether they respond.",
    ),
    Screen("Admin", "admin/people.py", "People", "group", "Who has access, and what they may spend."),
    Screen(
        "Account", "account/profile.py", "Profile", "person", "Your plan, your password and where you are signed in."
    ),
)


def frame() -> None:
    """Run the app once: the page, or the screen that comes before it. Every page is always registered, so that a link
    to it survives signing in."""
    st.set_page_config(page_title=settings().config.site.name, page_icon=ICON)
    st.html(STYLE)
    st.session_state["framed"] = True
    uploader.withdraw()
    if errors.DEBUG:
        st.set_option("client.showErrorDetails", "full")
    try:
        with gate.turning_away():
            _frame()
    except StorylibError as error:
        errors.show(error)


def _frame() -> None:
    user = None if cookie.busy() else gate.enter()
    page = _navigation(user)
    if user and (link := screens.opened_link()):
        link_conflict.screen(user, *link)
    elif user:
        _sidebar(user)
        screens.show_reason()
        with metrics.RUNS.labels(page.url_path or "gallery").time():
            page.run()
    elif cookie.CODE not in st.session_state:
        screens.screen()


def _navigation(user: User | None) -> StreamlitPage:
    sections: dict[str, list[StreamlitPage]] = {}
    for screen in SCREENS:
        visible = screen.section != "Admin" or access.can(user, "see reports")
        sections.setdefault(screen.section, []).append(screen.page(first=screen is SCREENS[0], visible=visible))
    return st.navigation(sections, position="sidebar" if user else "hidden")


def _sidebar(user: User) -> None:
    st.logo(ICON, size="large")
    st.html(f"<style>:root {{ --site-name: {_css_text(settings().config.site.name)} }}</style>")
    with st.sidebar:
        st.write(f"Signed in as **{user.name or user.username}**")
        st.button("Sign out", icon=":material/logout:", on_click=gate.callback(sign_out), width="stretch")
    if st.session_state.pop("cookieless", False):
        st.warning(
            "Your browser blocked the sign-in cookie, so pictures stay hidden and reloading signs you out. "
            "Please allow cookies for this site."
        )


def _css_text(words: str) -> str:
    """Escape any characters for CSS."""
    return '"' + "".join(f"\\{ord(character):x} " for character in words) + '"'


def sign_out() -> None:
    """Sign this browser out; others stay."""
    if token := current_user.current_token():
        cookie.end(token)
        current_user.forget(token)
