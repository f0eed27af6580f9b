"""Which plot and which world a brief gets, and what of it the Kit cannot honour."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from storylib import vocabulary as v
from storylib.manuscript import Brief
from storylib.providers.kit.plot import Plot, World, load_plot, load_voices, load_world, plot_names, world_names
from storylib.providers.kit.themes import Theme, Understood, load_themes, understand

# where a world that is not there yet is told instead, nearest first
NEAREST: dict[v.World, tuple[v.World, ...]] = {
    "farm": ("forest", "town"), "castle": ("town", "forest"), "snow": ("forest", "sea"), "jungle": ("forest", "sea"),
    "forest": ("town",), "sea": ("forest",), "space": ("town",), "town": ("forest",),
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A plot in a world for a brief. ``moral`` is False when the brief asked for none: then none is spoken."""

    plot: Plot
    world: World
    understood: Understood
    moral: bool

    @property
    def theme(self) -> Theme | None:
        """The theme that is woven into the text: the first that was understood."""
        return self.understood.themes[0] if self.understood.themes else None


def choose(brief: Brief) -> Choice:
    """The plot and the world: what the teacher said, else what the theme suggests, else what the seed picks."""
    understood = understand(brief.theme)
    rng = Random(f"{brief.seed}|{brief.characters[0].name}|choice")
    name = _plot(brief, understood, rng)
    return Choice(load_plot(name), load_world(_world(brief, understood, rng)), understood, brief.moral != "none")


def limits(brief: Brief) -> list[str]:
    """Sentences for the teacher, before the click: what is told instead of what was asked, and what is left out."""
    choice = choose(brief)
    found = [f'The Kit does not know "{word}" and leaves it out.' for word in choice.understood.unknown]
    found += [f'The Kit weaves in one theme, and leaves out "{t.say}".' for t in choice.understood.themes[1:]]
    if brief.language.split("-")[0].lower() != "en":
        found.append("The Kit writes in English only.")
    found += _about_youngest(brief, choice) + _about_moral(brief, choice) + _about_world(brief, choice)
    found += [
        f'The Kit uses the trait "{trait}" of {who.name} as a word, and has no special lines for it.'
        for who in brief.characters[:1] for trait in who.traits[:1] if trait not in load_voices().traits
    ]  # fmt: skip
    if any(c.description for c in brief.characters):
        found.append("The Kit goes by kind, traits and look; it does not read the descriptions of characters.")
    return [
        *found,
        f'It will tell "{choice.plot.name}", a story about {choice.plot.about}, in {choice.world.name}.',
    ]


def _plot(brief: Brief, understood: Understood, rng: Random) -> str:
    """The plot's file name: one with the moral, and among those the one that the theme points to."""
    fitting = _plots(_moral(brief, understood))
    picked = rng.choice(fitting)
    pointed = next((theme.plot for theme in understood.themes if theme.plot), None)
    free = brief.moral == "none" or brief.moral not in v.MORALS  # no moral that a plot would have to tell
    return pointed if pointed and (free or pointed in fitting) else picked


def _moral(brief: Brief, understood: Understood) -> str | None:
    """The moral to look for; None when nothing points to one."""
    if brief.moral in v.MORALS and brief.moral != "none":
        return brief.moral
    themes = understood.themes if brief.moral == "none" else understand(brief.moral).themes + understood.themes
    return next((theme.moral for theme in themes if theme.moral), None)


def _plots(moral: str | None) -> list[str]:
    """File names of the plots that fit; a file's name begins with its moral."""
    names = plot_names()
    fitting = [name for name in names if name.split("-")[0] == moral]
    return fitting or [name for name in names if name.startswith("none-")] or names


def _world(brief: Brief, understood: Understood, rng: Random) -> v.World:
    there = world_names()
    if brief.world:
        return brief.world if brief.world in there else next(w for w in NEAREST[brief.world] if w in there)
    hinted = [theme.world for theme in understood.themes if theme.world in there]
    if hinted and hinted[0]:
        return hinted[0]
    kind = brief.characters[0].kind
    return rng.choice([w for w in there if kind in load_world(w).kinds] or there)


def _about_youngest(brief: Brief, choice: Choice) -> list[str]:
    theme = choice.theme
    if brief.age_band != "1-2" or theme is None or "1-2" in load_themes().weave[theme.sort].get("open", {}):
        return []
    if theme.prop:
        return [f'In a book for the youngest the Kit shows "{theme.say}" in the pictures only.']
    return [f'In a book for the youngest the Kit has no words for "{theme.say}" and leaves it out.']


def _about_moral(brief: Brief, choice: Choice) -> list[str]:
    told = choice.plot.moral
    if brief.moral not in v.MORALS and told == "none":
        return [f'The Kit cannot tell a moral in your own words ("{brief.moral}"); it tells a story without one.']
    if brief.moral not in v.MORALS:
        return [f'The Kit cannot tell a moral in your own words ("{brief.moral}"); the nearest it knows is {told}.']
    if brief.moral not in ("none", told):
        return [f"The Kit has no story about {brief.moral} yet; the nearest it knows is about {told}."]
    if brief.moral == "none" and told != "none":
        return [f"This theme fits a story about {told} best; its moral is left unsaid."]
    return []


def _about_world(brief: Brief, choice: Choice) -> list[str]:
    if brief.world and brief.world != choice.world.id:
        return [f"The Kit does not know the world {brief.world} yet; the nearest it knows is {choice.world.name}."]
    return []
