"""One story: it is made before one's eyes, read, changed, approved."""

import streamlit as st

from storylib import stories, web
from storylib.web import making, places, story_tools, teacher_panel

user = web.user()
st.set_page_config(layout="wide")

places.follow()
wanted = st.query_params.get("id")
if not wanted:
    st.title("Story", anchor=False)
    st.write("Which story? Open one from the gallery.")
    st.page_link(places.GALLERY, label="Go to the gallery", icon=":material/auto_stories:")
    st.stop()

story = web.look(stories.get, user.id, wanted)
making.book(story)
if story.state not in stories.MAKING:
    with st.container(key="below_the_book"):
        story_tools.toolbar(user, story)
        teacher_panel.panel(user, story)
        story_tools.for_the_class(story)
        story_tools.facts(story)
