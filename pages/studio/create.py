"""A new story: the brief, what the maker will make of it, and the button."""

import streamlit as st

from storylib import characters, web
from storylib.web import brief_form

user = web.user()
library = web.look(characters.listing, user.id)
brief_form.open_(library, user)

st.title("New story", anchor=False)
left, right = st.columns([3, 2], gap="large")
with left:
    brief_form.cast(library)
    brief_form.story(user)
    brief_form.maker()
with right, st.container(border=True):
    brief_form.preview(library)
    brief_form.submit(user, library)
    brief_form.surprise(library)
