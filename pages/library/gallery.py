"""Every story of a person, by its cover."""

import streamlit as st

from storylib import web
from storylib.web import gallery

web.user()

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Gallery", anchor=False)
    if st.button("New story", icon=":material/add:", type="primary"):
        st.switch_page("pages/studio/create.py")

gallery.covers(gallery.filters())
