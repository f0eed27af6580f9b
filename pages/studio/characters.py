"""The cast: every character of a person."""

import streamlit as st

from storylib import web
from storylib.web import navigation
from storylib.web.characters import form, list

user = web.user()
st.set_page_config(layout="wide")

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Characters", anchor=False)
    if st.button("New character", icon=":material/add:", type="primary"):
        navigation.go(navigation.CHARACTER, form.NEW)
list.portraits(user)
