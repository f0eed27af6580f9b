"""What can be done with a finished story, and what there is to know about it."""

from __future__ import annotations

import streamlit as st

from storylib.library import stories
from storylib.library.stories import history
from storylib.models import Story, User
from storylib.providers import catalog
from storylib.story import reading_level
from storylib.text import counted, listed
from storylib.web import actions, costs, formatting, gallery, gate, labels, navigation, runtime
from storylib.web.story import approval, dialogs, pages, share


def toolbar(user: User, story: Story) -> None:
    """Show the buttons to favourite, approve, present, share and delete."""
    approval.show_ended(story)
    approval.show_record(story)
    with st.container(horizontal=True, horizontal_alignment="center"):
        label = "Favourite" if story.favourite else "Add to favourites"
        st.button(
            label,
            icon=":material/favorite:",
            type="primary" if story.favourite else "secondary",
            on_click=gate.callback(actions.perform, stories.set_favourite, user.id, story.id, not story.favourite),
        )
        _review(user, story)
        _editing(user, story)
        presenter = f"{runtime.base_path()}/present/{story.id}"
        st.link_button("Present", presenter, icon=":material/slideshow:", disabled=not story.pages)
        st.button("Share", icon=":material/share:", on_click=gate.callback(dialogs.show, "share", story.id))
        st.button("Delete", icon=":material/delete:", on_click=gate.callback(_delete, story.id))
    if dialogs.is_open("review", story):
        approval.open_checklist(user, story)
    elif dialogs.is_open("share", story):
        share.open_links(story.id)
    elif dialogs.is_open("pages", story):
        pages.open_pages(user, story.id)


def _editing(user: User, story: Story) -> None:
    st.button(
        "Edit pages", icon=":material/auto_stories:", disabled=not (story.pages and history.is_written(story)),
        on_click=gate.callback(dialogs.show, "pages", story.id),
    )  # fmt: skip
    st.button(
        "Duplicate", icon=":material/content_copy:", disabled=story.state != "ready",
        help="Make a copy to work on. This story stays as it is.", on_click=gate.callback(_copy, user, story.id),
    )  # fmt: skip


def _copy(user: User, story_id: str) -> None:
    if done := actions.act(stories.copy, user, story_id):
        navigation.send(navigation.STORY, done.value.id)


def _review(user: User, story: Story) -> None:
    if stories.is_approved(story):
        st.button(
            "Approved: return to draft", icon=":material/undo:",
            on_click=gate.callback(actions.perform, stories.set_review, user.id, story.id, "draft"),
        )  # fmt: skip
    else:
        st.button(
            "Approve for the class", icon=":material/check_circle:", disabled=story.state != "ready",
            on_click=gate.callback(dialogs.show, "review", story.id),
        )  # fmt: skip


def _delete(story_id: str) -> None:
    gallery.delete(story_id)
    navigation.send(navigation.GALLERY)


def for_the_class(story: Story) -> None:
    """Show questions to talk about, and words to know."""
    extras = story.extras
    if extras and extras.questions:
        with st.expander("Talk about it", icon=":material/forum:"):
            for question in extras.questions:
                st.markdown(f"**{question.question}**  \n:gray[{question.answer}]")
    if extras and extras.words:
        with st.expander("Words to know", icon=":material/menu_book:"):
            for word in extras.words:
                st.markdown(f"**{word.word}**: {word.meaning}")


def facts(story: Story) -> None:
    """Show how hard it is to read, and what was asked for."""
    with st.expander("About this story", icon=":material/info:"):
        st.write(_level(story))
        brief = story.brief
        wanted = [
            f"For {labels.AGE_BANDS[story.age_band]}",
            labels.TONES[story.tone].lower(),
            "whichever moral fits" if story.moral == "fits" else labels.moral(story.moral).lower(),
            counted(story.length, "page"),
            f"{labels.STYLES[brief.style].lower()} pictures",
        ]
        st.write(", ".join(wanted) + (f". About: {brief.theme}." if brief.theme else "."))
        if left_out := _not_told(story):
            st.caption(f"Left out: {listed(left_out)}.")
        st.caption(f"Created {formatting.local(story.created_at):%d %B %Y, %H:%M}. {stories.made_by(story)}")
        if cost := costs.of_story(story):
            st.caption(cost)


def _not_told(story: Story) -> list[str]:
    """Return what of its theme a story leaves out, where its writer can say so."""
    writer = catalog.find(story.provider)
    theme = writer and writer.preview(story.brief).theme
    return [f'"{words}"' for words in theme.not_understood] if theme else []


def _level(story: Story) -> str:
    if not story.pages:
        return "Nothing has been written yet."
    level = reading_level.of_pages([page.text for page in story.pages], story.brief, story.cast)
    found = reading_level.outside(level, story.age_band)
    verdict = f"{', '.join(found)}: hard for this age" if found else "right for this age"
    return (
        f"Reading level: grade {level.grade}, {level.words_per_sentence} words per sentence, "
        f"up to {level.words} words per page; {verdict}."
    )
