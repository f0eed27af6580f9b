"""The real server with two more pages, to measure the gallery against: an empty one, and one as a beginner writes it.

``BENCH_COLLECT=1`` gives back Streamlit's own garbage collection, with ``BENCH_UNFREEZE=1`` over all that is loaded.
"""

import streamlit as st

if __name__ == "__main__":
    import gc
    import os

    from streamlit import config

    from storylib import web
    from storylib.web import shell

    if os.environ.get("BENCH_COLLECT"):
        config.set_option("runner.postScriptGC", True)
    if os.environ.get("BENCH_UNFREEZE"):
        gc.unfreeze()
    if "Bench" not in {screen.section for screen in shell.SCREENS}:
        shell.SCREENS += (
            shell.Screen("Bench", "../benchmarks/pages/empty.py", "Empty", "crop_square", "Nothing.", hidden=True),
            shell.Screen("Bench", "../benchmarks/pages/plain.py", "Plain", "image", "Bytes.", hidden=True),
        )
    web.frame()
else:
    import os

    from storylib import server
    from storylib.server import garbage

    if os.environ.get("BENCH_COLLECT"):
        garbage.LOOK = 1e9
    app = st.App(__file__, **server.parts())
