"""Who may come in, what they may spend, and what administrators did."""

import streamlit as st

from storylib import web
from storylib.web import notices
from storylib.web.reports import alarms
from storylib.web.staff import acts, arrivals, audit_log, table

admin = web.admin()
st.set_page_config(layout="wide")
notices.show()
alarms.banner()

st.title("People", anchor=False)
arrivals.buttons(admin)
wanted = table.filters()
bar = st.container()
chosen = table.choose(admin, wanted)
with bar:
    acts.bar(admin, chosen)

st.header("Audit", anchor=False, divider=True)
audit_log.show(admin)
