"""People and the audit on screen, as an administrator looks at them; run without a browser."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from storylib.db import Database
from storylib.errors import Refused
from storylib.identity import audit, users
from storylib.models import User, now
from storylib.people import administration, search
from storylib.people.search import Person
from storylib.web.people import audit_log, changes, table
from tests import factories
from tests.screens.visit import shown, visit


@pytest.fixture
def ada(sqlite_database: Database) -> User:
    """The only administrator; her name is a formula."""
    with sqlite_database.write() as session:
        return factories.user(session, role="admin", name="=1+1", password_hash="x", plan="pro")


@pytest.fixture
def selection(sqlite_database: Database, ada: User) -> list[Person]:
    """The administrator and two teachers on different plans, one with a budget of her own."""
    with sqlite_database.write() as session:
        factories.user(session, "bea", plan="basic", budget_usd=Decimal(5))
        factories.user(session, "cleo")
        return search.people(session, ada)


# --- a change of a mixed selection


def _dialog() -> None:
    import streamlit as st

    from storylib.web.people import changes

    chosen = st.session_state["chosen"]
    wanted = changes.ask(chosen)
    st.session_state["wanted"] = wanted
    st.markdown(changes.announced(wanted, chosen) or "No changes yet.")


def dialog(chosen: list[Person], **choices: str) -> AppTest:
    app = AppTest.from_function(_dialog)
    app.session_state["chosen"] = chosen
    app.run()
    for field, choice in choices.items():
        app.selectbox(key=f"change {field}").set_value(choice).run()
    return app


def test_nothing_changes_unless_it_is_chosen(selection: list[Person]) -> None:
    app = dialog(selection)
    assert [box.value for box in app.selectbox] == [changes.LEAVE] * 3
    assert (shown(app), app.session_state["wanted"]) == ("No changes yet.", [])


def test_what_will_change_is_said_before_and_is_what_changes(
    sqlite_database: Database, ada: User, selection: list[Person]
) -> None:
    app = dialog(selection, plan="basic")
    assert shown(app) == "- Set the plan to Basic for `ada` and `cleo`."
    with sqlite_database.write() as session:
        changes.carry_out(session, ada, [person.id for person in selection], app.session_state["wanted"])
        now_ = search.people(session, ada)
        noted = [row.person for row in audit.entries(session, ada)]
    assert [person.plan for person in now_] == ["basic"] * 3
    assert [person.role for person in now_] == ["admin", "educator", "educator"]
    assert [person.budget_usd for person in now_] == [None, Decimal(5), None]
    assert noted == ["cleo", "ada"]


def test_a_budget_is_given_or_taken_back(sqlite_database: Database, ada: User, selection: list[Person]) -> None:
    app = dialog(selection, budget=changes.THE_PLANS)
    assert shown(app) == "- Use the plan's budget for `bea`."
    app = dialog(selection, budget=changes.OWN)
    app.number_input(key="change dollars").set_value(7.5).run()
    assert shown(app) == "- Set the budget to $7.50 a month for `ada`, `bea` and `cleo`."
    with sqlite_database.write() as session:
        changes.carry_out(session, ada, [person.id for person in selection], app.session_state["wanted"])
        assert {person.budget_usd for person in search.people(session, ada)} == {Decimal("7.5")}


def test_a_change_that_would_take_the_last_administrator_changes_nothing(
    sqlite_database: Database, ada: User, selection: list[Person]
) -> None:
    app = dialog(selection, role="educator", plan="free")
    assert "- Set the role to Educator for `ada`." in shown(app)
    wanted = app.session_state["wanted"]
    assert changes.demotes(wanted, selection, ada)
    with pytest.raises(Refused, match="without an administrator"), sqlite_database.write() as session:
        changes.carry_out(session, ada, [person.id for person in selection], wanted)
    with sqlite_database.read() as session:
        assert search.people(session, ada) == selection


def test_many_are_counted_and_not_named(selection: list[Person]) -> None:
    many = [*selection] * 3
    assert shown(dialog(many, role="admin")) == "- Set the role to Administrator for 6 people."


# --- the page


def test_people_are_found_by_the_address(sqlite_database: Database, ada: User, selection: list[Person]) -> None:
    assert len(selection) == 3
    app = visit(sqlite_database, ada, "admin/people.py", plan="Basic")
    assert list(app.dataframe[0].value["Username"]) == ["bea"]
    app = visit(sqlite_database, ada, "admin/people.py")
    app.text_input(key="search").set_value("CLE").run()
    assert list(app.dataframe[0].value["Username"]) == ["cleo"]
    app.text_input(key="search").set_value("nobody").run()
    assert "No one matches" in shown(app)


def test_the_audit_is_narrowed_down_by_person_act_and_day(
    sqlite_database: Database, ada: User, selection: list[Person]
) -> None:
    with sqlite_database.write() as session:
        for person in selection:
            administration.set_plan(session, ada, [person.id], "pro")
        administration.lock(session, ada, [selection[1].id])
    today = now().date()
    days = {"today": today.isoformat(), "before": (today - timedelta(9)).isoformat()}
    for address, found in (
        ({}, ["bea", "cleo", "bea"]),
        ({"act": "Locked"}, ["bea"]),
        ({"audit-of": "cleo"}, ["cleo"]),
        ({"days": f"{days['before']},{days['today']}"}, ["bea", "cleo", "bea"]),
    ):
        app = visit(sqlite_database, ada, "admin/people.py", **address)
        assert list(app.dataframe[1].value["Affected"]) == found, address
    app = visit(sqlite_database, ada, "admin/people.py")
    app.date_input(key="days").set_value((today - timedelta(9), today - timedelta(2))).run()
    assert "No matching entries" in shown(app)


def test_a_span_of_days_ends_with_its_last_day() -> None:
    first, last = date(2026, 3, 1), date(2026, 3, 2)
    since, until = audit_log._span((first, last))
    assert since
    assert until
    assert (until - since).days == 2
    assert audit_log._span((first,)) == (since, None)
    assert audit_log._span(()) == (None, None)


def test_the_audit_reads_as_sentences(sqlite_database: Database, ada: User, selection: list[Person]) -> None:
    with sqlite_database.write() as session:
        administration.set_budget(session, ada, [selection[2].id], Decimal("12.5"))
        administration.lock(session, ada, [selection[2].id])
    told = visit(sqlite_database, ada, "admin/people.py").dataframe[1].value
    assert list(told["Before"]) == ["not locked", "the plan's budget"]
    assert list(told["After"]) == ["locked", "budget $12.50"]


def test_no_file_carries_a_formula_away(sqlite_database: Database, ada: User) -> None:
    with sqlite_database.write() as session:
        administration.invite(session, ada, users.guest("zoe", "zoe@school.example", "Zoe"))
    assert b"'=1+1" in table.export(ada, search.Filter())
    assert b"zoe@school.example" in audit_log.export(ada, audit.Filter())


def test_an_educator_sees_nobody(sqlite_database: Database, selection: list[Person]) -> None:
    with sqlite_database.read() as session:
        bea = session.get_one(User, selection[1].id)
    app = visit(sqlite_database, bea, "admin/people.py")
    assert "for administrators" in shown(app)
    assert not app.dataframe
