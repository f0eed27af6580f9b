"""What else could be told: packs and plots near a brief's theme, and none that the class has had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from storylib.kit import choosing, grammar, matching
from storylib.kit.pack_catalog import PackCatalog
from storylib.kit.pack_choosing import choose_pack, spoken, suitable
from storylib.kit.plot import load_plot, plot_names
from storylib.kit.themes import understand
from storylib.providers.contract import Suggestion
from storylib.story import Brief

MOST = 3
NEAR = 0.35  # the score from which a pack has something to do with a theme


def story_of(brief: Brief, packs: PackCatalog) -> str:
    """The name of the pack's or plot's file that a brief will be told from."""
    if chosen := choose_pack(brief, packs):
        return chosen.pack.id
    plot = choosing.choose(brief).plot
    return f"{plot.moral}-{plot.id}"


def suggestions(brief: Brief, packs: PackCatalog, had: Sequence[Brief] = ()) -> tuple[Suggestion, ...]:
    """Up to three stories: near packs, a plot that fits, then packs and plots by the seed; none that was ``had``."""
    known = {story_of(brief, packs), *(story_of(past, packs) for past in had)}
    found: dict[str, Suggestion] = {}
    for name, suggestion in _all(brief, packs):
        if name not in known and _leads_to(name, suggestion, brief, packs):
            found[name] = suggestion
        if len(found) == MOST:
            break
    return tuple(found.values())


def _leads_to(name: str, suggestion: Suggestion, brief: Brief, packs: PackCatalog) -> bool:
    """Whether asking for it brings it: a pack whose theme a plot is about is told by the plot."""
    return story_of(brief.model_copy(update={"theme": suggestion.theme}), packs) == name


def heard(brief: Brief, packs: PackCatalog, had: Sequence[Brief]) -> str:
    """A sentence where the brief's story was ``had``; empty where it was not."""
    name = story_of(brief, packs)
    if name not in {story_of(past, packs) for past in had}:
        return ""
    return "Your class has had this story before. The words and pictures differ, but what happens is the same."


def _all(brief: Brief, packs: PackCatalog) -> Iterator[tuple[str, Suggestion]]:
    """Everything that could be told, the nearest first."""
    theme, _ = spoken(brief.theme)
    rng = Random(f"{brief.seed}|suggestions")
    there = {pack.id: pack for pack in suitable(brief, packs)}
    ranked = matching.ranked(theme, tuple(there.values()))
    near = [match.pack.id for match in ranked if match.score >= NEAR][: MOST - 1]
    read = understand(theme)
    fitting = choosing.plots_for(brief, read)
    plots = rng.sample(fitting, len(fitting))
    plots += [] if read.grave else rng.sample(plot_names(), len(plot_names()))
    others = [name for name in rng.sample(sorted(there), len(there)) if not there[name].card.fit_for]
    for name in [*near, *plots[:1], *others[:MOST], *plots[1:], *others[MOST:]]:
        yield name, _of_pack(there[name].card.name, there[name].card.summary) if name in there else _of_plot(name)


def _of_pack(name: str, summary: str) -> Suggestion:
    return Suggestion(name, f"{grammar.capital(name)}: {summary}")


def _of_plot(name: str) -> Suggestion:
    plot = load_plot(name)
    return Suggestion(plot.name, f"{plot.name}: a story about {plot.about}.")
