"""One story: watched while it is made, read, edited, approved."""

import streamlit as st

from storylib import web
from storylib.library import stories
from storylib.web import navigation
from storylib.web.story import progress, take_away, teacher_panel, tools

user = web.user()
st.set_page_config(layout="wide")

navigation.follow()
wanted = st.query_params.get("id")
if not wanted:
    st.title("Story", anchor=False)
    st.write("Which story would you like? Open one from the gallery.")
    st.page_link(navigation.GALLERY, label="Go to the gallery", icon=":material/auto_stories:")
    st.stop()

story = web.read(stories.get, user.id, wanted)
progress.book(story)
if story.state not in stories.MAKING:
    with st.container(key="below_the_book"):
        tools.toolbar(user, story)
        take_away.formats(user, story)
        teacher_panel.panel(user, story)
        tools.for_the_class(story)
        tools.facts(story)
