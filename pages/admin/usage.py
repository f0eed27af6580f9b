"""What was used and what it cost: by when, whom and what."""

import streamlit as st

from storylib import web
from storylib.web.reports import alarms, drawings, filters, headline

web.admin()
st.set_page_config(layout="wide")
alarms.banner()

st.title("Usage and cost", anchor=False)
asked = filters.asked()
with st.skeleton(height=230):
    headline.figures(asked)
drawings.explore(asked)
