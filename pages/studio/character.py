"""The form of one character, or of a new one, and its portraits."""

import streamlit as st

from storylib import web
from storylib.web import character_form, portrait_choice

web.user()
st.set_page_config(layout="wide")

wanted = st.query_params.get("id", character_form.NEW)
st.title("New character" if wanted == character_form.NEW else "Edit character", anchor=False)
character_form.open_(wanted)
character_form.editor()
portrait_choice.panel(wanted)
