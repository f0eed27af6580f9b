"""The real server with two more pages, to measure the gallery against: an empty one, and one as a beginner writes it.

``BENCH_COLLECT=1`` gives back Streamlit's own garbage collection.
"""

import streamlit as st

if __name__ == "__main__":
    import gc
    import os

    from storylib import web
    from storylib.web import shell

    if os.environ.get("BENCH_COLLECT"):
        gc.unfreeze()
    if len(shell.SCREENS) < 8:
        shell.SCREENS += (
            shell.Screen("Bench", "../benchmarks/pages/empty.py", "Empty", "crop_square", "Nothing.", hidden=True),
            shell.Screen("Bench", "../benchmarks/pages/plain.py", "Plain", "image", "Bytes.", hidden=True),
        )
    web.frame()
else:
    from storylib import server

    app = st.App(__file__, **server.parts())
