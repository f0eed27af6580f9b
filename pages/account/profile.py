"""One's own account: the plan, the password, the browsers one is signed in with, and deleting it."""

import streamlit as st

from storylib import web
from storylib.web import access_tokens, account, labels

user = web.user()
token = web.current_token() or ""

st.title("Profile")
st.write(f"**{user.name}** · {user.username} · {user.email}")
st.write(f":gray[{labels.ROLES[user.role]} on the {user.plan} plan, joined {web.local(user.created_at):%d %B %Y}]")

st.header("This month")
account.plan(user)

st.header("Password")
account.password(user, token)

st.header("Where you are signed in")
account.browsers(user, token)

st.header("Access tokens")
access_tokens.own(user)

st.header("Your data")
account.export()

st.header("Delete your account")
account.deletion_button(user)
