"""What becomes of the form of a new story: what will be told, what it costs, and the buttons."""

from __future__ import annotations

import random

import streamlit as st

from storylib import vocabulary as v
from storylib.billing import quotas
from storylib.errors import LimitReached, StorylibError
from storylib.generation import jobs, quotes
from storylib.library import stories
from storylib.library.characters import Draft
from storylib.models import Character, Story, User, now
from storylib.providers import catalog
from storylib.providers.labels import credit
from storylib.story import Brief
from storylib.web import actions, costs, current_user, forms, gate, labels, navigation, notices
from storylib.web.characters.draft import random_character
from storylib.web.create import privacy, suggestions
from storylib.web.create.form import FORM, begin, brief, join, key


def preview(user: User, library: list[Character]) -> None:
    """Who plays, what will be told, what the provider leaves out, and what it costs."""
    try:
        wanted = brief(library)
        quote = actions.read(quotes.quote, user, wanted)
    except StorylibError as error:
        st.caption(str(error))
        return
    _players([character for id_ in st.session_state[key("cast")] for character in library if character.id == id_])
    told = catalog.provider(wanted.provider).preview(wanted)
    if told.message:
        st.write(told.message)
    for note in told.notes:
        st.caption(f":material/info: {note}")
    suggestions.show(user, wanted)
    providers = " · ".join(credit(name) for name in dict.fromkeys((wanted.provider, wanted.illustrator)))
    st.caption(f":material/payments: {providers}. {quote.message}")
    costs.month(user)
    costs.warn(user, quote)
    privacy.warn(wanted)
    _warm(wanted)


def _warm(wanted: Brief) -> None:
    """Have whoever draws ready by the time of the click, where stories are made in this process."""
    if jobs.running():
        catalog.provider(wanted.illustrator).warm_up()


def _players(players: list[Character]) -> None:
    with st.container(horizontal=True, gap="small"):
        for number, character in enumerate(players):
            with st.container(width=104, gap=None, horizontal_alignment="center"):
                if character.portrait_id:
                    picture = actions.image_url(character.portrait_id, "256")
                    st.image(picture, alt=f"{character.name}, a {character.kind}", width=104)
                st.markdown(f"**{character.name}**" if not number else character.name, text_alignment="center")


# --- the buttons


def surprise(library: list[Character]) -> None:
    """Fill in a brief that is known to make a good book."""
    st.button("Surprise me", icon=":material/casino:", on_click=gate.callback(_surprise, library))


def _surprise(library: list[Character]) -> None:
    chance = random.Random()
    chosen, seed = catalog.provider(st.session_state[key("provider")]), chance.randrange(2**31)
    fields = chosen.surprise(seed) or catalog.stand_in().surprise(seed)
    if library:
        fields["cast"] = [c.id for c in chance.sample(library, min(len(library), chance.choice((1, 2, 2, 3))))]
    st.session_state.update({key(name): value for name, value in fields.items()})
    forms.forget(FORM)
    if not library:
        _invent_a_hero(chance)


def _invent_a_hero(chance: random.Random) -> None:
    spec = random_character(chance)
    draft = Draft(spec.name, spec.kind, spec.pronouns, spec.traits, spec.look)
    if hero := join(draft):
        notices.say(f"{hero.name} the {labels.word(hero.kind).lower()} is your first character.")


def submit(user: User, library: list[Character]) -> None:
    """The button, and what one's plan still allows."""
    window = actions.read(quotas.window, user)
    waiting = window.wait(now()) > 0
    left = actions.read(quotas.stories_left, user)
    st.button(
        "Create story", icon=":material/auto_stories:", type="primary", width="stretch",
        disabled=waiting or not left, on_click=gate.callback(_submit, user, library),
    )  # fmt: skip
    if waiting and left:
        _countdown()
    else:
        _say_what_is_left(user, window, left)
    forms.tell_rest(FORM, "characters", "name", "theme", "moral", "pages", "age_band", "tone", "style", "provider")


def _say_what_is_left(user: User, window: quotas.Window, left: int) -> None:
    if left:
        fast = [window.message(now())] if window.used(now()) else []
        st.caption(" · ".join([*fast, f"Stories left this month: {left:,}"]), text_alignment="center")
        return
    try:
        actions.read(quotas.allow_story, user, v.MIN_PAGES)
    except LimitReached as error:
        st.info(str(error), icon=":material/info:")


def _count_down() -> None:
    window = actions.read(quotas.window, current_user.user())
    if not window.wait(now()):
        st.rerun()
    st.caption(f":material/hourglass: {window.message(now())}", text_alignment="center")


_countdown = gate.fragment(_count_down, run_every=1)


def _submit(user: User, library: list[Character]) -> None:
    """One draft is one story, however often the button is pressed."""
    if done := forms.attempt(FORM, _ask, user, library):
        notices.attempt(jobs.submit, done.value)
        begin(user)
        st.session_state[key("theme")] = ""
        navigation.send(navigation.STORY, done.value.id)


def _ask(user: User, library: list[Character]) -> Story:
    wanted, ids, id_ = brief(library), st.session_state[key("cast")], st.session_state[key("id")]
    return actions.write(stories.ask, user, wanted, ids, id_)
