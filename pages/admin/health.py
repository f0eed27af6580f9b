"""Errors, queues and response times."""

import streamlit as st

from storylib import web
from storylib.web import alerts
from storylib.web.health import errors_and_speed, needs_attention, processes

web.admin()
st.set_page_config(layout="wide")
alerts.banner()

st.title("Health", anchor=False)
span = errors_and_speed.window()
with st.skeleton(height=230):
    errors_and_speed.figures(span)

st.header("Needs attention", anchor=False, divider="gray")
needs_attention.decisions()
needs_attention.troubled()

st.header("Alerts", anchor=False, divider="gray")
alerts.history()
alerts.channels()

st.header("Errors", anchor=False, divider="gray")
with st.skeleton(height=400):
    errors_and_speed.errors(span)

st.header("Speed", anchor=False, divider="gray")
with st.skeleton(height=300):
    errors_and_speed.speed(span)

st.header("Latest errors", anchor=False, divider="gray")
errors_and_speed.recent_errors(span)

st.header("Processes", anchor=False, divider="gray")
processes.figures()
with st.skeleton(height=500):
    processes.course(span)
processes.providers()
processes.about()
