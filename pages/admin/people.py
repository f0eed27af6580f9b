"""Who has access, what they may spend, and what administrators did."""

import streamlit as st

from storylib import web
from storylib.web import alerts, notices
from storylib.web.people import actions, add, audit_log, table

admin = web.admin()
st.set_page_config(layout="wide")
notices.show()
alerts.banner()

st.title("People", anchor=False)
add.buttons(admin)
wanted = table.filters()
bar = st.container()
chosen = table.choose(admin, wanted)
with bar:
    actions.bar(admin, chosen)

st.header("Audit log", anchor=False, divider=True)
audit_log.show(admin)
