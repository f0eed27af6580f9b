"""The form of a new story: who, about what, for whom, and by whom it is made.

What is typed lives in the session under ``brief``: it survives a look at another page and a refused click.
"""

from __future__ import annotations

import random
from functools import partial
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from storylib import characters, jobs, limits, production, providers, quotes, stories
from storylib import vocabulary as v
from storylib.characters import Draft
from storylib.db import database
from storylib.errors import Invalid, StorylibError
from storylib.manuscript import Brief, problems
from storylib.models import Character, Story, User, new_id, now
from storylib.providers.kit.composer import KitWriter
from storylib.web import actions, costs, forms, labels, notices, places, reader, sending, visitor
from storylib.web.character_form import random_sheet

FORM: Final = "brief"
ANYWHERE: Final = "anywhere"
START: Final[dict[str, Any]] = {
    "cast": [],
    "theme": "",
    "age_band": "3-5",
    "tone": "whimsical",
    "moral": "friendship",
    "pages": 8,
    "style": "storybook",
    "world": ANYWHERE,
    "provider": "kit",
    "pictures": "kit",
    "language": "en",
    "new name": "",
    "new kind": "fox",
    "new pronouns": "they",
}


def open_(library: list[Character], user: User) -> None:
    """Have every field filled: as it was left, or as a good start."""
    places.follow()
    for name, value in START.items():
        st.session_state.setdefault(_key(name), value)
    st.session_state.setdefault(_key("id"), new_id())
    known = {character.id for character in library}
    kept = [id_ for id_ in st.session_state[_key("cast")] if id_ in known]
    st.session_state[_key("cast")] = kept or [character.id for character in library[:1]]
    pages = min(st.session_state[_key("pages")], limits.plan(user).pages)
    st.session_state[_key("pages")] = max(pages, v.MIN_PAGES)


def _key(name: str) -> str:
    return f"{FORM} {name}"


def _kept(name: str) -> dict[str, Any]:
    """A field keeps what is typed while another page is looked at; typing takes back what was said to be wrong."""
    return {"key": _key(name), "persist_state": "session", "on_change": partial(forms.forget, FORM)}


# --- who


def cast(library: list[Character]) -> None:
    """Up to four from the library, the hero first; or a new one, made here."""
    notices.show()
    names = {character.id: character.name for character in library}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if library:
            st.multiselect(
                "Characters, the hero first", list(names), format_func=names.__getitem__,
                max_selections=v.MAX_CAST, placeholder="Choose up to four", **_kept("cast"),
            )  # fmt: skip
        else:
            st.write("You have no characters yet. Make the hero here; there is more to choose under Characters.")
        with st.popover("New character", icon=":material/person_add:"):
            _quick()
    forms.tell(FORM, "characters")


def _quick() -> None:
    st.text_input("Name", max_chars=40, **_kept("new name"))
    forms.tell(FORM, "name")
    st.selectbox("Kind", v.KINDS, format_func=labels.word, **_kept("new kind"))
    pronouns = labels.PRONOUNS.__getitem__
    st.segmented_control("Pronouns", v.PRONOUNS, format_func=pronouns, required=True, **_kept("new pronouns"))
    st.button("Make", icon=":material/check:", type="primary", on_click=_make_character)


def _make_character() -> None:
    user = visitor.user()
    name, kind, pronouns = (st.session_state.get(_key(f"new {field}")) or "" for field in ("name", "kind", "pronouns"))
    draft = Draft(name, kind, pronouns)
    made = forms.attempt(FORM, lambda: forms.write(lambda session: characters.create(session, user.id, draft)))
    if made:
        notices.attempt(production.make_portrait, database(), user.id, made.value.id)
        others = st.session_state[_key("cast")][: v.MAX_CAST - 1]
        st.session_state.update({_key("cast"): [*others, made.value.id], _key("new name"): ""})


# --- what


def story(user: User) -> None:
    """Theme, age, tone, moral, pages, style and world."""
    st.text_input(
        "What is it about?", max_chars=200, placeholder="a lost lantern, the first day at school, dinosaurs …",
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
    st.slider("Pages", v.MIN_PAGES, limits.plan(user).pages, **_kept("pages"))
    forms.tell(FORM, "pages")
    with st.expander("Pictures and place", icon=":material/palette:"):
        _choice("Style", "style", labels.STYLES)
        worlds = {ANYWHERE: "Choose for me", **labels.WORLDS}
        st.selectbox("World", list(worlds), format_func=worlds.__getitem__, **_kept("world"))


def _choice(label: str, name: str, choices: Any) -> None:
    st.pills(label, list(choices), format_func=choices.__getitem__, required=True, wrap=True, **_kept(name))
    forms.tell(FORM, name)


def maker() -> None:
    """Who writes and who draws, where there is a choice."""
    offered = providers.offered()
    if len(offered) > 1:
        st.radio("Words by", offered, format_func=reader.name_of, horizontal=True, **_kept("provider"))
        st.radio("Pictures by", offered, format_func=reader.name_of, horizontal=True, **_kept("pictures"))
        forms.tell(FORM, "provider")
    languages = sending.names(st.session_state[_key("provider")])
    if len(languages) > 1:
        st.selectbox("Language", list(languages), format_func=languages.__getitem__, **_kept("language"))


# --- what it says


def brief(library: list[Character]) -> Brief:
    """The brief as the form has it.

    Raises:
        Invalid: it breaks a rule; names the field.
    """
    said = {name: st.session_state.get(_key(name)) for name in START}
    own = {character.id: character.sheet for character in library}
    sheets = [own[id_] for id_ in said["cast"] or () if id_ in own]
    if not sheets:
        raise Invalid("A story needs a hero: please choose a character, or make one.", "characters")
    asked = {
        name: said[name] for name in ("theme", "age_band", "tone", "moral", "pages", "style", "provider", "pictures")
    }
    if said["language"] in sending.names(said["provider"] or ""):
        asked["language"] = said["language"]
    asked["world"] = None if said["world"] == ANYWHERE else said["world"]
    try:
        return Brief.model_validate({**asked, "characters": sheets, "seed": _seed()})
    except ValidationError as error:
        raise Invalid(f"Please check this: {problems(error)}.", str(error.errors()[0]["loc"][0])) from None


def _seed() -> int:
    """What this draft will be told with: the same before the click, when its plot is announced, and after it."""
    return int(st.session_state[_key("id")][:7], 16)


def preview(user: User, library: list[Character]) -> None:
    """Who plays, what will be told, what the maker leaves out, and what it costs."""
    try:
        wanted = brief(library)
        quote = actions.look(quotes.quote, user, wanted)
    except StorylibError as error:
        st.caption(str(error))
        return
    _players([character for id_ in st.session_state[_key("cast")] for character in library if character.id == id_])
    *left_out, told = _foreseen(wanted) or [""]
    st.write(told)
    for sentence in left_out:
        st.caption(f":material/info: {sentence}")
    makers = " · ".join(reader.maker(name) for name in dict.fromkeys((wanted.provider, wanted.illustrator)))
    st.caption(f":material/payments: {makers}. {quote.sentence}")
    costs.month(user)
    sending.warn(wanted)


def _players(players: list[Character]) -> None:
    with st.container(horizontal=True, gap="small"):
        for number, character in enumerate(players):
            with st.container(width=104, gap=None, horizontal_alignment="center"):
                if character.portrait_id:
                    picture = actions.image_url(character.portrait_id, "256")
                    st.image(picture, alt=f"{character.name}, a {character.kind}", width=104)
                st.markdown(f"**{character.name}**" if not number else character.name, text_alignment="center")


def _foreseen(wanted: Brief) -> list[str]:
    writer = providers.provider(wanted.provider).writer
    return writer.limits(wanted) if isinstance(writer, KitWriter) else []


# --- the buttons


def surprise(library: list[Character]) -> None:
    """Fill in a brief that is known to make a good book."""
    st.button("Surprise me", icon=":material/casino:", on_click=partial(_surprise, library))


def _surprise(library: list[Character]) -> None:
    chance = random.Random()
    fields = KitWriter().surprise(chance.randrange(2**31))
    if library:
        fields["cast"] = [c.id for c in chance.sample(library, min(len(library), chance.choice((1, 2, 2, 3))))]
    else:
        sheet = random_sheet(chance)
        fields |= {"new name": sheet.name, "new kind": sheet.kind, "new pronouns": sheet.pronouns}
    st.session_state.update({_key(name): value for name, value in fields.items()})
    forms.forget(FORM)


def submit(user: User, library: list[Character]) -> None:
    """The button, and what one's plan still allows."""
    window = actions.look(limits.window, user)
    waiting = window.wait(now()) > 0
    left = actions.look(limits.stories_left, user)
    st.button(
        "Make the story", icon=":material/auto_stories:", type="primary", width="stretch",
        disabled=waiting or not left, on_click=partial(_submit, user, library),
    )  # fmt: skip
    if waiting:
        _countdown()
    elif window.used(now()):
        st.caption(f"{window.sentence(now())} · {left} more this month", text_alignment="center")
    else:
        st.caption(f"{left} more this month", text_alignment="center")
    forms.tell_rest(FORM, "characters", "name", "theme", "moral", "pages", "age_band", "tone", "style", "provider")


@st.fragment(run_every=1)
def _countdown() -> None:
    window = actions.look(limits.window, visitor.user())
    if not window.wait(now()):
        st.rerun()
    st.caption(f":material/hourglass: {window.sentence(now())}", text_alignment="center")


def _submit(user: User, library: list[Character]) -> None:
    """One draft is one story, however often the button is pressed."""
    if done := forms.attempt(FORM, _ask, user, library):
        notices.attempt(jobs.submit, done.value)
        st.session_state.update({_key("id"): new_id(), _key("theme"): ""})
        places.send(places.STORY, done.value.id)


def _ask(user: User, library: list[Character]) -> Story:
    wanted, ids, id_ = brief(library), st.session_state[_key("cast")], st.session_state[_key("id")]
    return forms.write(lambda session: stories.ask(session, user, wanted, ids, id_))
