"""The screens that others lead to."""

from __future__ import annotations

from typing import Final, NoReturn
from urllib.parse import urlsplit

import streamlit as st

from storylib.web import runtime

GALLERY: Final = "pages/library/gallery.py"
CREATE: Final = "pages/studio/create.py"
CHARACTERS: Final = "pages/studio/characters.py"
CHARACTER: Final = "pages/studio/character.py"
STORY: Final = "pages/studio/story.py"
USAGE: Final = "pages/admin/usage.py"
HEALTH: Final = "pages/admin/health.py"
PROVIDERS: Final = "pages/admin/providers.py"


_AHEAD: Final = "ahead"


def go(page: str, thing: str | None = None) -> NoReturn:
    """Open ``page``, with the subject of this id in its address."""
    # Left out, the parameters would be cleared, which Streamlit refuses while the gallery's filters are in the address.
    st.switch_page(page, query_params={"id": thing} if thing else {})


def address(path: str) -> str:
    """Return the whole address of something of this site, as it was opened: ``address("s/TOKEN")``."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}{runtime.base_path()}/{path}"


def send(page: str, thing: str | None = None) -> None:
    """Do the same from a callback: whatever runs next goes there, by ``follow``."""
    st.session_state[_AHEAD] = page, thing


def follow() -> None:
    """Go where a callback sent us, if one did."""
    if ahead := st.session_state.pop(_AHEAD, None):
        go(*ahead)
