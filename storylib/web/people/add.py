"""How people come in: one by one, or all at once from a file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from storylib.errors import StorylibError
from storylib.identity import users
from storylib.identity.one_time_tokens import LinkPurpose
from storylib.models import User
from storylib.people import administration, csv_import
from storylib.people.csv_import import Rejected
from storylib.vocabulary import PLANS, ROLES
from storylib.web import fields, gate, uploader
from storylib.web.actions import write
from storylib.web.people import links, table

INVITE: LinkPurpose = "invite"


def buttons(admin: User) -> None:
    """The two ways."""
    with st.container(horizontal=True):
        if st.button("Add a person", type="primary", icon=":material/person_add:"):
            _one(admin)
        if st.button("Import a CSV file", icon=":material/upload_file:"):
            _file(admin)


@gate.dialog("Add a person", icon=":material/person_add:")
def _one(admin: User) -> None:
    with fields.form("add", border=False):
        name = fields.line("Name", key="add name", most=80)
        email = fields.line("E-mail address", key="add email", most=254)
        username = fields.line("Username", key="add username", most=64)
        left, right = st.columns(2)
        role = left.selectbox("Role", ROLES, format_func=table.label)
        plan = right.selectbox("Plan", PLANS, format_func=table.label)
        password = fields.line(
            "Password", key="add password", type="password", autocomplete="new-password",
            help="Leave it empty to get a link with which the person chooses one.", placeholder="Empty: by a link",
        )  # fmt: skip
        sent = fields.submit("Add", type="primary", width="stretch")
    if not sent:
        return
    try:
        if password:
            _create(admin, users.new_user(username, email, name, password, role, plan))
        else:
            _invite(admin, users.guest(username, email, name, role, plan))
    except StorylibError as error:
        st.error(str(error))


def _create(admin: User, new: users.NewUser) -> None:
    write(administration.create, admin, new)
    st.success(f"{new.name} can sign in now.", icon=":material/check:")


def _invite(admin: User, new: users.NewUser) -> None:
    code = write(administration.invite, admin, new)
    links.show({new.username: (INVITE, code)})


@gate.dialog("Import a CSV file", width="medium", icon=":material/upload_file:")
def _file(admin: User) -> None:
    st.markdown(
        "One person a line: **username**, **name** and **email**; **role** and **plan** if you like. "
        "Everybody gets a link with which to choose a password. One wrong line, and nobody is added."
    )
    st.download_button(
        "An example to fill in", csv_import.EXAMPLE, "storylib-example.csv", "text/csv",
        icon=":material/download:", type="tertiary", on_click="ignore",
    )  # fmt: skip
    file = uploader.ask("CSV file", admin, types=["csv", "txt"], megabytes=csv_import.MOST_BYTES // 1_000_000)
    if file and st.button("Import", type="primary", width="stretch"):
        _load(admin, file.getvalue())


def _load(admin: User, data: bytes) -> None:
    try:
        with st.spinner("Adding everybody…"):
            codes = write(csv_import.load, admin, data)
    except Rejected as error:
        st.error(str(error))
        st.dataframe(
            pd.DataFrame([vars(problem) for problem in error.problems]), hide_index=True, column_config=_REPORT
        )
    except StorylibError as error:
        st.error(str(error))
    else:
        st.success(f"{len(codes):,} people are added.", icon=":material/check:")
        links.show({username: (INVITE, code) for username, code in codes.items()})


_REPORT = {
    "line": st.column_config.NumberColumn("Line", width="small"),
    "message": st.column_config.TextColumn("What is wrong", width="large"),
}
