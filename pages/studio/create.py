"""A new story: the brief, what the provider will make of it, and the button."""

import streamlit as st

from storylib import web
from storylib.library import characters
from storylib.web.create import form, preview

user = web.user()
library = web.read(characters.listing, user.id)
form.open_(library, user)

st.set_page_config(layout="wide")
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("New story", anchor=False)
    preview.surprise(library)
left, right = st.columns([3, 2], gap="large")
with left:
    form.cast(library)
    form.story(user)
with right, st.container(border=True):
    form.provider()
    preview.preview(user, library)
    preview.submit(user, library)
