"""Change what a page's picture shows: pickers for the scene, and the Story Kit's drawing of it beside them."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

import streamlit as st

from storylib import vocabulary as v
from storylib.generation import jobs
from storylib.generation.drawing import page_seed
from storylib.library import stories
from storylib.models import Page, Story, User
from storylib.providers import catalog
from storylib.story import Actor, ImageRequest, Scene, props
from storylib.web import actions, costs, gate, labels, notices
from storylib.web.story import approval

NONE: Final = "nothing special"
NOTHING: Final = "nothing"


def open_(user: User, story: Story, number: int) -> None:
    """Open the picker of a page."""
    page = next(page for page in story.pages if page.number == number)
    gate.dialog(f"Picture of page {page.place}", width="large", icon=":material/landscape:", on_dismiss=close)(_picker)(
        user, story, page
    )


def close() -> None:
    """Forget which page's picture is being changed."""
    st.session_state.pop("picturing", None)


def _picker(user: User, story: Story, page: Page) -> None:
    beside, pickers = st.columns([3, 2], gap="medium")
    with pickers:
        scene = _scene(story, page)
    with beside:
        st.image(_drawn(_request(story, page, scene)), width="stretch")
        st.caption(page.text)
        if story.brief.illustrator != v.STAND_IN:
            st.caption("A sketch by the Story Kit. Your illustrator draws the same scene in its own way.")
    approval.warn(story, "A new picture")
    price = costs.of_pictures(user, story.brief.illustrator, 1)
    label = f"Use this picture{f' ({price})' if price else ''}"
    if st.button(label, type="primary", icon=":material/check:", disabled=scene == page.scene):
        _use(user, story, page, scene)


def _use(user: User, story: Story, page: Page, scene: Scene) -> None:
    if done := actions.act(stories.change_scene, user, story.id, page.number, scene):
        notices.attempt(jobs.submit, done.value)
        close()
        st.rerun()


@st.cache_data(max_entries=200, show_spinner=False, hash_funcs={ImageRequest: ImageRequest.model_dump_json})
def _drawn(request: ImageRequest) -> str:
    """Return the Kit's drawing as a data URL: it is not kept anywhere."""
    return f"data:image/webp;base64,{b64encode(catalog.stand_in().sketch_scene(request)).decode()}"


def _request(story: Story, page: Page, scene: Scene) -> ImageRequest:
    brief = story.brief
    seed = page_seed(brief.seed, page.number, page.attempt + 1)
    return ImageRequest.of("page", scene, story.cast, brief.style, seed, book=brief.seed)


# --- the pickers


def _scene(story: Story, page: Page) -> Scene:
    before = page.scene
    with st.container(height=430, border=False):
        facts: dict[str, Any] = {
            "setting": _choice("Place", page, v.SETTINGS, before.setting),
            "time": _choice("Time", page, v.TIMES, before.time),
            "weather": _choice("Weather", page, v.WEATHERS, before.weather),
            "shot": _choice("Distance", page, v.SHOTS, before.shot, labels.SHOTS),
            "cast": _cast(story, page),
            "props": tuple(_several("Things", page, props.names(), before.props, 4)),
        }
        event = NONE
        if len(facts["cast"]) > 1:
            first, second = facts["cast"][0].name, facts["cast"][1].name
            known: dict[str, str] = {NONE: "Nothing special", **{each: labels.word(each) for each in v.EVENTS}}
            event = _choice(f"{first} and {second}", page, list(known), before.event or NONE, known)
    return before.model_copy(update={**facts, "event": None if event == NONE else event})


def _cast(story: Story, page: Page) -> tuple[Actor, ...]:
    before = {actor.name: actor for actor in page.scene.cast}
    names = _several("Who is there", page, [spec.name for spec in story.cast], list(before), 5)
    return tuple(_actor(page, before.get(name, Actor(name=name))) for name in names)


def _actor(page: Page, before: Actor) -> Actor:
    with st.expander(before.name, icon=":material/person:"):
        holds = _choice("Holds", page, [NOTHING, *filter(props.holdable, props.names())], before.holds or NOTHING,
                        of=before.name)  # fmt: skip
        changed: dict[str, Any] = {
            "pose": _choice("Does", page, v.POSES, before.pose, of=before.name),
            "expression": _choice("Feels", page, v.EXPRESSIONS, before.expression, of=before.name),
            "looks": _looks(page, before),
            "holds": None if holds == NOTHING else holds,
        }
    return before.model_copy(update=changed)


def _looks(page: Page, before: Actor) -> str | None:
    others = [actor.name for actor in page.scene.cast if actor.name != before.name]
    chosen = _choice("Looks at", page, [NONE, *others, *v.GAZES], before.looks or NONE, of=before.name)
    return None if chosen == NONE else chosen


def _choice(label: str, page: Page, choices: Any, now: str, names: dict[str, str] | None = None, of: str = "") -> Any:
    offered = list(choices) if now in choices else [now, *choices]
    shown = names.__getitem__ if names else labels.word
    return st.selectbox(label, offered, offered.index(now), format_func=shown, key=_key(page, label, of))


def _several(label: str, page: Page, choices: Any, now: Any, most: int) -> list[str]:
    offered = list(dict.fromkeys([*choices, *now]))
    return st.multiselect(
        label, offered, list(now), max_selections=most, format_func=labels.word, key=_key(page, label)
    )


def _key(page: Page, label: str, of: str = "") -> str:
    return f"scene {page.story_id} {page.number} {page.attempt} {of} {label}"
