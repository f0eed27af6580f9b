"""The form of a new story: who, about what, for whom, and by whom it is made.

What is typed lives in the session under ``brief``: it survives a look at another page and a refused click.
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from storylib import vocabulary as v
from storylib.billing import quotas
from storylib.db import database
from storylib.errors import Invalid, explain_validation
from storylib.generation import portrait_drawing
from storylib.library import characters, stories
from storylib.library.characters import Draft
from storylib.models import Character, User, new_id
from storylib.providers import catalog
from storylib.providers.labels import label
from storylib.providers.own import splitting
from storylib.story import Brief
from storylib.web import actions, current_user, fields, forms, gate, labels, navigation, notices

FORM: Final = "brief"
ANYWHERE: Final = "anywhere"
START: Final[dict[str, Any]] = {
    "cast": [],
    "theme": "",
    "age_band": "3-5",
    "tone": "whimsical",
    "moral": "fits",
    "pages": 8,
    "style": "storybook",
    "world": ANYWHERE,
    "provider": v.STAND_IN,
    "pictures": v.STAND_IN,
    "language": "en",
    "title": "",
    "text": "",
    "new name": "",
    "new kind": "fox",
    "new pronouns": "they",
}


def open_(library: list[Character], user: User) -> None:
    """Fill every field: as it was left, or with a good default."""
    navigation.follow()
    for name, value in START.items():
        st.session_state.setdefault(key(name), value)
    if key("id") not in st.session_state:
        begin(user)
    known = {character.id for character in library}
    kept = [id_ for id_ in st.session_state[key("cast")] if id_ in known]
    st.session_state[key("cast")] = kept or [character.id for character in library[:1]]
    pages = min(st.session_state[key("pages")], quotas.plan(user).pages)
    st.session_state[key("pages")] = max(pages, v.MIN_PAGES)


def begin(user: User) -> None:
    """Begin a new draft: an id under which it is submitted once, and the seed that decides its plot, the same in the
    preview and after the click."""
    st.session_state.update({key("id"): new_id(), key("seed"): actions.read(stories.next_seed, user.id)})


def key(name: str) -> str:
    """Return the session's key of a field."""
    return f"{FORM} {name}"


def _kept(name: str) -> dict[str, Any]:
    """Return what keeps a field while another page is shown; typing clears its error."""
    return {"key": key(name), "persist_state": "session", "on_change": gate.callback(forms.forget, FORM)}


# --- who


def cast(library: list[Character]) -> None:
    """Show the choice of up to four characters from the library, the hero first; or create a new one here."""
    notices.show()
    names = {character.id: character.name for character in library}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if library:
            st.multiselect(
                "Characters (hero first)", list(names), format_func=names.__getitem__,
                max_selections=v.MAX_CAST, placeholder="Choose up to four", **_kept("cast"),
            )  # fmt: skip
        else:
            st.write("You have no characters yet. Create your hero here, or under Characters for more choices.")
        with st.popover("New character", icon=":material/person_add:"):
            _quick()
    forms.tell(FORM, "characters")


def _quick() -> None:
    fields.line("Name", most=40, **_kept("new name"))
    forms.tell(FORM, "name")
    st.selectbox("Kind", v.KINDS, format_func=labels.word, **_kept("new kind"))
    pronouns = labels.PRONOUNS.__getitem__
    st.segmented_control("Pronouns", v.PRONOUNS, format_func=pronouns, required=True, **_kept("new pronouns"))
    st.button("Create", icon=":material/check:", type="primary", on_click=gate.callback(_make_character))


def _make_character() -> None:
    name, kind, pronouns = (st.session_state.get(key(f"new {field}")) or "" for field in ("name", "kind", "pronouns"))
    if join(Draft(name, kind, pronouns)):
        st.session_state[key("new name")] = ""


def join(draft: Draft) -> Character | None:
    """Create a character that joins the cast; None if the form now says why not."""
    user = current_user.user()
    made = forms.attempt(FORM, actions.write, characters.create, user.id, draft)
    if not made:
        return None
    notices.attempt(portrait_drawing.make_portrait, database(), user.id, made.value.id)
    others = st.session_state[key("cast")][: v.MAX_CAST - 1]
    st.session_state[key("cast")] = [*others, made.value.id]
    return made.value


# --- what


def story(user: User) -> None:
    """Show what is told: the theme for a writer, or the text of a teacher who writes."""
    if _is_own():
        _own_words()
    else:
        _wishes(user)
    with st.expander("Style and setting", icon=":material/palette:"):
        _choice("Style", "style", labels.STYLES)
        worlds = {ANYWHERE: "Choose for me", **labels.WORLDS}
        st.selectbox("World", list(worlds), format_func=worlds.__getitem__, **_kept("world"))


def _is_own() -> bool:
    chosen = st.session_state[key("provider")]
    return bool(chosen) and catalog.provider(chosen).own_words


def _own_words() -> None:
    fields.line("Title", most=120, placeholder="The day we planted beans", **_kept("title"))
    fields.area(
        "Your story", most=splitting.LONGEST_TEXT, height=300,
        placeholder="Type or paste it. An empty line begins a new page.", **_kept("text"),
    )  # fmt: skip
    forms.tell(FORM, "text")
    _choice("Age", "age_band", labels.AGE_BANDS)


def _wishes(user: User) -> None:
    fields.line(
        "What is it about?", most=200, placeholder="a lost lantern, the first day at school, dinosaurs …",
        **_kept("theme"),
    )  # fmt: skip
    forms.tell(FORM, "theme")
    _choice("Age", "age_band", labels.AGE_BANDS)
    _choice("Tone", "tone", labels.TONES)
    st.selectbox(
        "Moral (choose one, or type your own)", v.MORALS, format_func=labels.moral, accept_new_options=True,
        **_kept("moral"),
    )  # fmt: skip
    forms.tell(FORM, "moral")
    st.slider("Pages", v.MIN_PAGES, quotas.plan(user).pages, **_kept("pages"))
    forms.tell(FORM, "pages")


def _choice(label: str, name: str, choices: Any) -> None:
    st.pills(label, list(choices), format_func=choices.__getitem__, required=True, wrap=True, **_kept(name))
    forms.tell(FORM, name)


def provider() -> None:
    """Show who writes and who draws, where there is a choice."""
    writers, illustrators = catalog.offered(), catalog.illustrators()
    if len(writers) > 1:
        st.radio("Written by", writers, format_func=label, horizontal=True, **_kept("provider"))
    if len(illustrators) > 1:
        st.radio("Illustrated by", illustrators, format_func=label, horizontal=True, **_kept("pictures"))
    forms.tell(FORM, "provider")
    languages = catalog.provider(st.session_state[key("provider")]).languages()
    if len(languages) > 1:
        st.selectbox("Language", list(languages), format_func=languages.__getitem__, **_kept("language"))


# --- what it says


def brief(library: list[Character]) -> Brief:
    """Return the brief as the form has it.

    Raises:
        Invalid: it breaks a rule; names the field.
    """
    said = {name: st.session_state.get(key(name)) for name in START}
    own = {character.id: character.spec for character in library}
    specs = [own[id_] for id_ in said["cast"] or () if id_ in own]
    if not specs:
        raise Invalid("brief.hero", "characters")
    asked = {
        name: said[name] for name in ("theme", "age_band", "tone", "moral", "pages", "style", "provider", "pictures")
    } | (_told(said) if _is_own() else {})
    if said["provider"] and said["language"] in catalog.provider(said["provider"]).languages():
        asked["language"] = said["language"]
    asked["world"] = None if said["world"] == ANYWHERE else said["world"]
    try:
        return Brief.model_validate({**asked, "characters": specs, "seed": st.session_state[key("seed")]})
    except ValidationError as error:
        raise Invalid("brief.invalid", str(error.errors()[0]["loc"][0]), problem=explain_validation(error)) from None


def _told(said: dict[str, Any]) -> dict[str, Any]:
    """Return what a story in a teacher's own words asks for instead of wishes.

    Raises:
        Invalid: there are no words, or too many.
    """
    pages = splitting.split(said["text"] or "", said["age_band"])
    return {
        "text": pages,
        "title": said["title"] or "",
        "pages": len(pages),
        "theme": said["title"] or "",
        "moral": "none",
    }
