"""Who makes stories here, with which models, and whether they answer."""

import streamlit as st

from storylib import web
from storylib.web import connection
from storylib.web.reports import alarms

web.admin()
alarms.banner()
st.title("Makers", anchor=False)
connection.makers()
