"""The gallery as a beginner writes it: bytes from the database, decoded and sent through Streamlit's own media."""

import io

import streamlit as st
from PIL import Image

from storylib import web
from storylib.library import images, stories

user = web.user()
columns = st.columns(4)
for i, card in enumerate(web.read(stories.cards, user.id)):
    with columns[i % 4]:
        st.image(Image.open(io.BytesIO(web.read(images.data, user.id, card.cover_id or ""))))
        st.write(card.title)
        st.button("Open", key=card.id)
