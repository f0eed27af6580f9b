"""One's own account: the plan, the password, the browsers one is signed in with, and the way out."""

import streamlit as st

from storylib import accounts, tickets, web
from storylib.db import database
from storylib.web import account, labels

user = web.user()
token = web.current_token() or ""

st.title("Profile")
st.write(f"**{user.name}** · {user.username} · {user.email}")
st.write(f":gray[{labels.ROLES[user.role]} with the {user.plan} plan, since {web.local(user.created_at):%d %B %Y}]")

st.header("This month")
account.plan(user)

st.header("Password")
with st.form("password", clear_on_submit=True, border=False):
    current = st.text_input("Current password", type="password", autocomplete="current-password")
    new = st.text_input("New password (12 characters or more)", type="password", autocomplete="new-password")
    changing = st.form_submit_button("Change the password")
if changing and web.attempt(accounts.change_password, database(), user, current, new, token):
    st.success("The password is changed. Every other browser is signed out.", icon=":material/check:")

st.header("Where you are signed in")
for row in web.look(accounts.sessions_of, user.id):
    with st.container(horizontal=True, vertical_alignment="center"):
        st.write(f"{web.browser_name(row.agent)}, since {web.local(row.created_at):%d %B %Y, %H:%M}")
        if row.token_hash == tickets.sha256(token):
            st.badge("This browser", icon=":material/check:", color="green")
        else:
            ending = (accounts.end_listed_session, user.id, row.token_hash)
            st.button("Sign out", key=row.token_hash, on_click=web.perform, args=ending)

st.header("Your data")
account.take_along()

st.header("Leave")
account.leave(user)
