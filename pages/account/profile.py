"""One's own account: the password, and the browsers one is signed in with."""

import streamlit as st

from storylib import accounts, tickets, web
from storylib.db import database

user = web.user()
token = web.current_token()

st.title("Profile")
st.write(f"**{user.name}** · {user.username} · {user.email}")
st.caption(f"{user.role.capitalize()} with the {user.plan} plan, since {user.created_at:%d %B %Y}")

st.header("Password", divider=True)
with st.form("password", clear_on_submit=True, border=False):
    current = st.text_input("Current password", type="password", autocomplete="current-password")
    new = st.text_input("New password (12 characters or more)", type="password", autocomplete="new-password")
    changing = st.form_submit_button("Change the password")
if changing and web.attempt(accounts.change_password, database(), user, current, new, token):
    st.success("The password is changed. Other browsers are signed out.")

st.header("Where you are signed in", divider=True)
for row in web.look(accounts.sessions_of, user.id):
    with st.container(horizontal=True, vertical_alignment="center"):
        here = token is not None and row.token_hash == tickets.sha256(token)
        st.write(f"{web.browser_name(row.agent)} · since {web.local(row.created_at):%d %B %Y, %H:%M}")
        if here:
            st.badge("This browser", icon=":material/check:")
        else:
            st.button(
                "Sign out",
                key=row.token_hash,
                on_click=web.act,
                args=(accounts.end_listed_session, user.id, row.token_hash),
            )
