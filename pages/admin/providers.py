"""Who makes stories here, with which models, and whether they answer."""

import streamlit as st

from storylib import web
from storylib.web import connection

web.admin()
st.title("Makers", anchor=False)
connection.makers()
