"""Which plot and which world a brief gets: the theme decides first, then the moral, then the seed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from storylib import vocabulary as v
from storylib.kit.plot import Plot, World, load_plot, load_world, plot_names, world_names
from storylib.kit.themes import Theme, Understood, load_grave, understand
from storylib.story import Brief

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
    named: bool = False  # the theme is the name of the plot

    @property
    def theme(self) -> Theme | None:
        """The theme that is woven into the text: the first with a plot of its own, else the first that was read."""
        return next((t for t in self.understood.themes if t.plot), next(iter(self.understood.themes), None))

    @property
    def about(self) -> bool:
        """Whether the story is about the theme, and does not only mention it."""
        own = self.theme and self.theme.about and self.theme.plot == f"{self.plot.moral}-{self.plot.id}"
        return self.named or bool(own)


def choose(brief: Brief) -> Choice:
    """The plot and the world: what the theme has for its own, else what the teacher chose, else what the seed picks."""
    named = plot_called(brief.theme)
    understood = Understood((), ()) if named else understand(brief.theme)
    rng = Random(f"{brief.seed}|{brief.characters[0].name}|choice")
    picked = rng.choice(plots_for(brief, understood))
    own = next((theme.plot for theme in understood.themes if theme.plot), None)
    world = load_world(_world(brief, understood, rng))
    return Choice(load_plot(named or own or picked), world, understood, brief.moral != "none", bool(named))


def plot_called(theme: str) -> str | None:
    """The file name of the plot that the theme names: "Half of a Half"; only plots that may be it are read."""
    slug = "-".join(re.findall(r"[a-z0-9]+", theme.lower())).removeprefix("the-")
    likely = [name for name in plot_names() if slug and name.endswith(slug)]
    return next((name for name in likely if load_plot(name).name.lower() == theme.strip().lower()), None)


def plots_for(brief: Brief, understood: Understood) -> list[str]:
    """File names of the plots that fit; a file's name begins with its moral."""
    names, moral = plot_names(), _moral(brief, understood)
    if understood.grave and brief.moral in ("fits", "none"):
        return [name for name in load_grave()["instead"] if name in names]
    if moral is None and brief.moral == "fits":
        return names
    fitting = [name for name in names if name.split("-")[0] == moral]
    return fitting or [name for name in names if name.startswith("none-")] or names


def _moral(brief: Brief, understood: Understood) -> str | None:
    """The moral to look for; None when nothing points to one."""
    if brief.moral in v.MORALS and brief.moral not in ("fits", "none"):
        return brief.moral
    themes = understood.themes if brief.moral in v.MORALS else understand(brief.moral).themes + understood.themes
    return next((theme.moral for theme in themes if theme.moral), None)


def _world(brief: Brief, understood: Understood, rng: Random) -> v.World:
    there = world_names()
    if brief.world:
        return brief.world if brief.world in there else next(w for w in NEAREST[brief.world] if w in there)
    hinted = [theme.world for theme in understood.themes if theme.world in there]
    if hinted and hinted[0]:
        return hinted[0]
    kind = brief.characters[0].kind
    return rng.choice([w for w in there if kind in load_world(w).kinds] or there)
