"""The front door: ``streamlit run Home.py`` or ``uvicorn Home:app``. One port, everything.

Streamlit runs this file as ``__main__`` for each look at a page; whoever serves imports it and finds ``app``.
"""

import streamlit as st

if __name__ == "__main__":
    from storylib import web

    web.frame()
else:
    from storylib import server

    app = st.App(__file__, **server.parts())
