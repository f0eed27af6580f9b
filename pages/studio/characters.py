"""The cast: every character of a person."""

import streamlit as st

from storylib import web
from storylib.web import cast, character_form, places

user = web.user()
st.set_page_config(layout="wide")

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Characters", anchor=False)
    if st.button("New character", icon=":material/add:", type="primary"):
        places.go(places.CHARACTER, character_form.NEW)
cast.portraits(user)
