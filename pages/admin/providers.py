"""Which providers make stories here, with which models, and whether they answer."""

import streamlit as st

from storylib import web
from storylib.web import ai_providers, alerts

web.admin()
alerts.banner()
st.title("AI providers", anchor=False)
ai_providers.providers()
