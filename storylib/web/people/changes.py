"""Changes to a selection of people: role, plan and budget, each of which may be left as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final, NamedTuple

import streamlit as st
from sqlalchemy.orm import Session

from storylib.models import User
from storylib.people import administration
from storylib.people.search import Person
from storylib.text import listed
from storylib.vocabulary import PLANS, ROLES
from storylib.web.people.table import label

LEAVE: Final = "Leave unchanged"
THE_PLANS: Final = "Plan default"
OWN: Final = "Custom budget"
FEW: Final = 5  # named one by one in a sentence


class Change(NamedTuple):
    """One field of everybody in a selection."""

    field: str  # of ``Person``
    value: Any
    said: str
    set: Callable[[Session, User, Iterable[int], Any], None]

    def of(self, chosen: list[Person]) -> list[Person]:
        """Return those people for whom something would change."""
        return [person for person in chosen if getattr(person, self.field) != self.value]


def ask(chosen: list[Person]) -> list[Change]:
    """Show the fields; return what there is to change, in the order in which it must be done."""
    role = st.selectbox("Role", [LEAVE, *ROLES], format_func=label, key="change role")
    plan = st.selectbox("Plan", [LEAVE, *PLANS], format_func=label, key="change plan")
    wished = [
        Change("plan", plan, f"Set the plan to {label(plan)}", administration.set_plan),
        *_budget(),
        Change("role", role, f"Set the role to {label(role)}", administration.set_role),  # last: it may be one's own
    ]
    return [change for change in wished if change.value != LEAVE and change.of(chosen)]


def _budget() -> list[Change]:
    choice = st.selectbox("Budget", [LEAVE, THE_PLANS, OWN], key="change budget")
    if choice == LEAVE:
        return []
    if choice == THE_PLANS:
        return [Change("budget_usd", None, "Use the plan's budget", administration.set_budget)]
    dollars = st.number_input(
        "US dollars per month", 0.0, float(administration.MOST_BUDGET), step=1.0, key="change dollars"
    )
    amount = Decimal(f"{dollars:.2f}")
    return [Change("budget_usd", amount, f"Set the budget to ${amount} a month", administration.set_budget)]


def announced(changes: list[Change], chosen: list[Person]) -> str:
    """Say what a click will do, and to whom; the others of the selection have it already."""
    return "\n".join(f"- {change.said} for {_whom(change.of(chosen))}." for change in changes)


def demotes(changes: list[Change], chosen: list[Person], admin: User) -> bool:
    """Tell whether the acting administrator would lose that role."""
    return any(change.field == "role" and person.id == admin.id for change in changes for person in change.of(chosen))


def _whom(some: list[Person]) -> str:
    return listed([f"`{person.username}`" for person in some]) if len(some) <= FEW else f"{len(some)} people"


def carry_out(session: Session, admin: User, ids: list[int], changes: list[Change]) -> None:
    """Make all of the changes, or none.

    Raises:
        Refused: the actor is no administrator, or no administrator would be left.
        NotFound: one of the people is gone.
    """
    for change in changes:
        change.set(session, admin, ids, change.value)
