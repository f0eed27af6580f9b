"""A copy for each child: names are typed or pasted, and are in the file and nowhere else."""

from __future__ import annotations

import streamlit as st

from storylib.db import database
from storylib.exports import class_set, library
from storylib.exports.class_set import FORMS, Form
from storylib.exports.formats import PDF, file_name
from storylib.library import stories
from storylib.models import Story, User
from storylib.text import counted, listed
from storylib.web import actions, fields, gate

HELP = "One on each line, or with commas between them. Or paste a table whose first line says “name”."
PRIVATE = "The names go into the file only: they are not kept, and no AI provider sees them."


@gate.fragment
def ask(user: User, story: Story) -> None:
    """Ask for names and a dedication; show downloads once there is a class."""
    typed = fields.area(
        "First names", key="class names", most=class_set.MOST_CHARACTERS, placeholder="Ada\nBen\nZoë", help=HELP
    )
    wording = fields.line(
        "On the page after the cover", key="class dedication", most=class_set.LONGEST, value=class_set.DEDICATION
    )
    st.caption(PRIVATE)
    if typed.strip() and (read := actions.attempt(_read, typed, wording)):
        _downloads(user, story, *read.value)


def _read(typed: str, wording: str) -> tuple[tuple[str, ...], str]:
    return class_set.names(typed), class_set.worded(wording)


def _downloads(user: User, story: Story, children: tuple[str, ...], wording: str) -> None:
    again = class_set.twice(children)
    more = f" More than one for {listed(again)}." if again else ""
    st.write(f"**{counted(len(children), 'copy', 'copies')}.**{more}")
    for column, (name, (label, ending, _)) in zip(st.columns(len(FORMS)), FORMS.items(), strict=True):
        column.download_button(
            label, gate.file(_file, story.id, user.id, children, wording, name),
            file_name(stories.title(story)) + ending, PDF,
            key=f"class set {name}", icon=":material/groups:", on_click="ignore", width="stretch",
        )  # fmt: skip


def _file(story_id: str, user_id: int, children: tuple[str, ...], wording: str, name: Form) -> bytes:
    return class_set.class_set(library.source(database(), story_id, user_id), children, wording, name).data
