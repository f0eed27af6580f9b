"""Everything between Streamlit and Storylib. A page needs nothing else to know who asks, to look and to act.

user = web.user()                                        # or web.admin(); the first line of a page
story = web.read(stories.get, user.id, story_id)          # a question
if done := web.act(characters.create, user.id, draft):    # a change: None says why not, on the screen
    st.switch_page(…)
st.image(web.image_url(story.cover_id, "512"), alt=…)
"""

from storylib.web.actions import act, attempt, image_url, perform, read
from storylib.web.current_user import admin, current_token, user
from storylib.web.errors import Done
from storylib.web.errors import show as show_error
from storylib.web.formatting import browser_name, local
from storylib.web.shell import frame, sign_out

__all__ = [
    "Done",
    "act",
    "admin",
    "attempt",
    "browser_name",
    "current_token",
    "frame",
    "image_url",
    "local",
    "perform",
    "read",
    "show_error",
    "sign_out",
    "user",
]
