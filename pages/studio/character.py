"""The form of one character, or of a new one, and its portraits."""

import streamlit as st

from storylib import web
from storylib.web.characters import form, portraits

web.user()
st.set_page_config(layout="wide")

wanted = st.query_params.get("id", form.NEW)
st.title("New character" if wanted == form.NEW else "Edit character", anchor=False)
form.open_(wanted)
form.editor()
portraits.panel(wanted)
