"""How a browser gets its sign-in cookie, and loses it again.

A script run cannot set a cookie, and the token must stay out of reach of scripts. So the run opens a ticket,
a few lines in the page trade it for an HttpOnly cookie at ``/auth/cookie``, and then the page goes on.
"""

from __future__ import annotations

import streamlit as st

from storylib import accounts, tickets
from storylib.db import database
from storylib.models import User

# Called again whenever the theme or the data change, so each ticket is remembered.
_SCRIPT = """
const done = new Set()
export default function ({ data, setTriggerValue }) {
  const { ticket } = data
  if (done.has(ticket)) return
  done.add(ticket)
  if (ticket) {
    fetch("/auth/cookie", { method: "POST", headers: { "X-Ticket": ticket } })
      .then((answer) => setTriggerValue("arrived", answer.ok ? "yes" : "no"))
      .catch(() => setTriggerValue("arrived", "no"))
  } else {
    fetch("/auth/cookie", { method: "DELETE" }).finally(() => window.location.assign("/"))
  }
}
"""
_component = st.components.v2.component("storylib_courier", js=_SCRIPT)


def begin(user: User) -> None:
    """Sign this tab in, and have its browser fetch the cookie. What an earlier user left in the tab is dropped."""
    with database().write() as session:
        token = accounts.start_session(session, user, st.context.headers.get("User-Agent", ""))
        ticket = tickets.hand_over(session, token)
    st.session_state.clear()
    st.session_state.update(token=token, ticket=ticket)


def end(token: str) -> None:
    """Sign this browser out: the token is dead at once, the cookie when the page hears of it."""
    with database().write() as session:
        accounts.end_session(session, token)
    st.session_state.clear()
    st.session_state.update(token=token, ticket="")


def busy() -> bool:
    """While a cookie is on its way: show that, instead of the page."""
    if "ticket" not in st.session_state:
        return False
    ticket = st.session_state["ticket"]
    st.caption("Opening your library…" if ticket else "Signing you out…", text_alignment="center")
    _component(data={"ticket": ticket}, key="courier", on_arrived_change=_arrived)
    return True


def _arrived() -> None:
    del st.session_state["ticket"]
    if st.session_state["courier"].arrived != "yes":
        st.session_state["cookieless"] = True
