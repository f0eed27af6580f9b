"""What was used and what it cost: by when, whom and what."""

import streamlit as st

from storylib import web
from storylib.web import alerts
from storylib.web.usage import explorer, filters, summary

web.admin()
st.set_page_config(layout="wide")
alerts.banner()

st.title("Usage and cost", anchor=False)
asked = filters.asked()
with st.skeleton(height=230):
    summary.figures(asked)
explorer.explore(asked)
