"""Every story of a person, by its cover."""

import streamlit as st

from storylib import web
from storylib.web import gallery, navigation

web.user()
st.set_page_config(layout="wide")

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Gallery", anchor=False)
    if st.button("New story", icon=":material/add:", type="primary"):
        navigation.go(navigation.CREATE)

gallery.covers(gallery.filters())
