"""What can be done with the people who are selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import streamlit as st
from sqlalchemy.orm import Session

from storylib.models import User
from storylib.people import administration, deletion, search
from storylib.people.search import Filter, Person
from storylib.web import access_tokens, actions, current_user, gate, notices
from storylib.web.people import changes, links

Act = Callable[[Session, User, Iterable[int]], object]
LINK: Final = "Create a password link"
TOKENS: Final = "Access tokens"
ACCESS: Final[dict[str, tuple[Act, str]]] = {
    "Sign out everywhere": (administration.sign_out, "Signed out everywhere."),
    "Lock": (administration.lock, "Locked and signed out everywhere."),
    "Unlock": (administration.unlock, "Unlocked."),
    "Deactivate": (administration.deactivate, "Deactivated. Their stories are kept."),
    "Reactivate": (administration.reactivate, "Reactivated."),
}


def bar(admin: User, chosen: list[Person]) -> None:
    """Show everything that can be done with a selection. It is there even while no one is selected, so that the list
    never jumps."""
    nobody = not chosen
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{_who(chosen)}**", width="content")
        if st.button("Change", icon=":material/tune:", disabled=nobody):
            _change(admin, chosen)
        asked = st.menu_button("Access", [LINK, TOKENS, *ACCESS], icon=":material/key:", disabled=nobody)
        if st.button("Delete", icon=":material/delete:", disabled=nobody):
            _delete(admin, chosen)
    if asked == LINK:
        _link(admin, chosen)
    elif asked == TOKENS:
        access_tokens.of_people(_ids(chosen))
    elif asked:
        act, said = ACCESS[asked]
        _do(said, act, admin, _ids(chosen))


def _who(chosen: list[Person]) -> str:
    if not chosen:
        return "No one selected"
    return chosen[0].name or chosen[0].username if len(chosen) == 1 else f"{len(chosen)} people"


def _ids(chosen: list[Person]) -> list[int]:
    return [person.id for person in chosen]


def _do(said: str, act: Callable[..., object], *args: Any) -> None:
    """Carry it out, and say so above the updated list."""
    if actions.act(act, *args):
        current_user.forget_all()
        if not current_user.present():
            gate.leave()  # they were among them
        notices.say(said)
        st.rerun()


def _link(admin: User, chosen: list[Person]) -> None:
    if done := actions.act(administration.link, admin, _ids(chosen)):
        links.dialog(done.value)


@gate.dialog("Change", icon=":material/tune:")
def _change(admin: User, chosen: list[Person]) -> None:
    st.markdown(f"**{_who(chosen)}**")
    wanted = changes.ask(chosen)
    st.markdown(changes.announced(wanted, chosen) or "No changes yet.")
    if changes.demotes(wanted, chosen, admin):
        st.warning("This includes you: you will lose access to these pages.", icon=":material/person_off:")
    if st.button("Save changes", type="primary", width="stretch", disabled=not wanted):
        _do("Changes saved.", changes.carry_out, admin, _ids(chosen), wanted)


@gate.dialog("Delete permanently", icon=":material/delete:")
def _delete(admin: User, chosen: list[Person]) -> None:
    stories = sum(person.stories for person in chosen)
    st.markdown(
        f"**{_who(chosen)}** and all their characters will be deleted. This cannot be undone. "
        "To block access but keep everything, deactivate them instead."
    )
    heir = _heir(admin, chosen) if stories else None
    if st.button("Delete permanently", type="primary", width="stretch"):
        _do("Deleted.", deletion.delete, admin, _ids(chosen), heir.id if heir else None)


def _heir(admin: User, chosen: list[Person]) -> Person | None:
    """Ask who gets the stories; None deletes them too."""
    count = sum(person.stories for person in chosen)
    others = actions.read(search.people, admin, Filter(status="active"), count=None)
    staying = [person for person in others if person.id not in _ids(chosen)]
    hand_over = st.radio(
        f"What should happen to their {count} stories?" if count > 1 else "What should happen to their story?",
        [True, False] if staying else [False],
        format_func={True: "Transfer to someone else", False: "Delete them too"}.__getitem__,
    )
    if not hand_over:
        return None
    return st.selectbox("New owner", staying, format_func=lambda person: f"{person.name} ({person.username})")
