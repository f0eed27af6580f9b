"""What fails, what waits, and how fast it is."""

import streamlit as st

from storylib import web
from storylib.web.reports import alarms, condition, machine, waiting

web.admin()
st.set_page_config(layout="wide")
alarms.banner()

st.title("Health", anchor=False)
span = condition.window()
with st.skeleton(height=230):
    condition.figures(span)

st.header("Needs somebody", anchor=False, divider="gray")
waiting.decisions()
waiting.troubled()

st.header("Alerts", anchor=False, divider="gray")
alarms.history()
alarms.channels()

st.header("Errors", anchor=False, divider="gray")
with st.skeleton(height=400):
    condition.errors(span)

st.header("Speed", anchor=False, divider="gray")
with st.skeleton(height=300):
    condition.speed(span)

st.header("Latest errors", anchor=False, divider="gray")
condition.recent_errors(span)

st.header("Processes", anchor=False, divider="gray")
machine.figures()
with st.skeleton(height=500):
    machine.course(span)
machine.makers()
machine.about()
