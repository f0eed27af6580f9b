"""How a browser gets its sign-in cookie, and loses it again.

A script run cannot set a cookie, and the token must stay out of reach of scripts. So the run opens a ticket,
a few lines in the page trade it for an HttpOnly cookie at ``/auth/cookie``, and then the page goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Final

import streamlit as st

from storylib.config import settings
from storylib.db import database
from storylib.identity import one_time_tokens, users
from storylib.identity.login_throttle import Origin
from storylib.models import User

ARRIVAL: Final = "arrival"  # of whoever came in just now
TO: Final = "leaving to"
USED_UP: Final = ("setup", "invite", "reset", "register")  # in the address

# Called again whenever the theme or the data change, so each ticket is remembered.
_SCRIPT = """
const done = new Set()
export default function ({ data, setTriggerValue }) {
  const { ticket, to } = data
  if (done.has(ticket)) return
  done.add(ticket)
  if (ticket) {
    fetch("/auth/cookie", { method: "POST", headers: { "X-One-Time-Token": ticket } })
      .then((answer) => setTriggerValue("arrived", answer.ok ? "yes" : "no"))
      .catch(() => setTriggerValue("arrived", "no"))
  } else {
    fetch("/auth/cookie", { method: "DELETE" }).finally(() => window.location.assign(to))
  }
}
"""
_component = st.components.v2.component("storylib_courier", js=_SCRIPT)


def kept(name: str) -> str:
    """A cookie that this tab's connection came with; empty if it did not."""
    value = st.context.cookies.get(name)
    return value if isinstance(value, str) else ""


def origin() -> Origin:
    """Where the visitor comes from."""
    return Origin(st.context.ip_address or "", kept(settings().config.cookie.device_token))


class Arrival:
    """What is known of whoever comes in just now; the token and the ticket, once they are there."""

    def __init__(self) -> None:
        self.alone = Lock()
        self.known: dict[str, str] = {}


def begin(who: Callable[[], User]) -> None:
    """Sign this tab in as whoever this is, and have its browser fetch the cookie, from the next run on.

    A second click begins a second run at once, and ends the first as soon as that turns to Streamlit again. So the
    second waits for what the first is about to do, which turns to Streamlit nowhere: nobody is asked, or made, twice.
    """
    arrival: Arrival = st.session_state.setdefault(ARRIVAL, Arrival())
    agent = st.context.headers.get("User-Agent", "")
    with arrival.alone:
        if not arrival.known:
            user = who()
            with database().write() as session:
                token = users.start_session(session, user, agent)
                ticket = one_time_tokens.hand_over(session, token)
            arrival.known.update(token=token, ticket=ticket)


def end(token: str, to: str = "/") -> None:
    """Sign this browser out: the token is dead at once, the cookie when the page hears of it, which then opens ``to``.

    ``to`` is an address of ours without its host.
    """
    with database().write() as session:
        users.end_session(session, token)
    st.session_state.clear()
    st.session_state.update({"token": token, "ticket": "", TO: to})


def busy() -> bool:
    """While a cookie is on its way: show that, instead of the page."""
    _come_in()
    if "ticket" not in st.session_state:
        return False
    ticket, to = st.session_state["ticket"], st.session_state.get(TO, "/")
    st.caption("Opening your library…" if ticket else "Signing you out…", text_alignment="center")
    _component(data={"ticket": ticket, "to": to}, key="courier", on_arrived_change=_arrived)
    return True


def _come_in() -> None:
    """Take what ``begin`` left; what an earlier user left in the tab goes, and the links that are used up.

    It may be stopped anywhere and begun again, so what it needs goes last.
    """
    arrival: Arrival | None = st.session_state.get(ARRIVAL)
    if arrival and arrival.known:
        st.session_state.update(arrival.known)
        for name in set(st.session_state) - {*arrival.known, ARRIVAL, "framed"}:
            del st.session_state[name]
        for name in USED_UP:
            st.query_params.pop(name, None)
        del st.session_state[ARRIVAL]


def _arrived() -> None:
    del st.session_state["ticket"]
    if st.session_state["courier"].arrived != "yes":
        st.session_state["cookieless"] = True
