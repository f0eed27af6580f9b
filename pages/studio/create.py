"""A new story: the brief, what the maker will make of it, and the button."""

import streamlit as st

from storylib import characters, web
from storylib.web import brief_form, brief_order

user = web.user()
library = web.look(characters.listing, user.id)
brief_form.open_(library, user)

st.set_page_config(layout="wide")
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("New story", anchor=False)
    brief_order.surprise(library)
left, right = st.columns([3, 2], gap="large")
with left:
    brief_form.cast(library)
    brief_form.story(user)
with right, st.container(border=True):
    brief_form.maker()
    brief_order.preview(user, library)
    brief_order.submit(user, library)
