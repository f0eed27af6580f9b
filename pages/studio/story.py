"""One story: it is made before one's eyes, read, changed, approved."""

import streamlit as st

from storylib import stories, web
from storylib.web import making, story_tools

user = web.user()

if "id" not in st.query_params:
    st.title("Story", anchor=False)
    st.write("Which story? Open one from the gallery.")
    st.page_link("pages/library/gallery.py", label="Go to the gallery", icon=":material/photo_library:")
    st.stop()

story = web.look(stories.get, user.id, st.query_params["id"])
making.book(story)
if story.state not in stories.MAKING:
    story_tools.toolbar(user, story)
    story_tools.for_the_class(story)
    story_tools.facts(story)
