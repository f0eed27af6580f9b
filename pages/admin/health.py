"""What fails, what waits, and how fast it is."""

import streamlit as st

from storylib import web

web.admin()
st.set_page_config(layout="wide")
st.title("Health", anchor=False)
