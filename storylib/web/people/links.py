"""One-time links, shown once to be copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd
import streamlit as st

from storylib.identity.one_time_tokens import LIVES, LinkPurpose
from storylib.reporting import table_exports
from storylib.text import counted
from storylib.web import gate, navigation

FEW: Final = 5  # shown each with its own button to copy
Links = Mapping[str, tuple[LinkPurpose, str]]  # by username


def address(purpose: LinkPurpose, code: str) -> str:
    """Return the link, at the address under which this site was opened."""
    return navigation.address(f"?{purpose}={code}")


@gate.dialog("Links to copy", width="medium", icon=":material/link:")
def dialog(links: Links) -> None:
    """Show links in a dialog."""
    show(links)


def show(links: Links) -> None:
    """Show each link with what to do with it."""
    days = sorted({LIVES[purpose].days for purpose, _ in links.values()})
    st.markdown(
        f"Send each person their own link. It lets them choose a password, once, within {_days(days)}. "
        "**You will not see these links again.**"
    )
    rows = {username: address(*link) for username, link in links.items()}
    if len(rows) <= FEW:
        for username, url in rows.items():
            st.caption(username)
            st.code(url, language=None, wrap_lines=True)
    else:
        frame = pd.DataFrame(rows.items(), columns=["Username", "Link"])
        st.download_button(
            f"Download {len(rows):,} links", table_exports.csv(frame), "storylib-links.csv", "text/csv",
            icon=":material/download:", type="primary", on_click="ignore",
        )  # fmt: skip


def _days(days: list[int]) -> str:
    return " or ".join(counted(count, "day", one="a") for count in days)
