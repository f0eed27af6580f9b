"""The cast: every character of a person, and the form for one of them."""

import streamlit as st

from storylib import web
from storylib.web import cast, character_form

user = web.user()

if wanted := st.query_params.get("character"):
    st.title("New character" if wanted == "new" else "Edit character", anchor=False)
    character_form.open_(wanted)
    character_form.editor()
else:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title("Characters", anchor=False)
        st.button("New character", icon=":material/add:", type="primary", on_click=cast.edit, args=("new",))
    cast.portraits(user)
