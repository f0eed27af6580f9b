"""Which steps of a pack stand on which page, for exactly the pages that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from storylib.kit.pack import PackScene
from storylib.kit.plot import PAGE_TURN
from storylib.story import CharacterSpec, reading_level
from storylib.vocabulary import AgeBand

# words on a page on which several steps meet: a picture has to carry them
FULL: dict[AgeBand, int] = {"1-2": 9, "3-5": 62, "6-8": 110, "9-12": 130}


@dataclass(frozen=True)
class Unit:
    """Something told: a step, or the pattern's opening or close; ``part`` counts the pages over which it is told."""

    id: str
    text: str
    scene: PackScene
    weight: int = 5
    stays: bool = False  # in every book
    needs: frozenset[str] = frozenset()  # the units that bring in what this one names
    part: int = 0
    company: tuple[CharacterSpec, ...] = ()  # seen beside those who act

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(reading_level.words(self.text))


Sheet = tuple[Unit, ...]  # what stands on one page


def lay_out(units: Sequence[Unit], pages: int, band: AgeBand) -> list[Sheet]:
    """Units for each of ``pages`` pages, in order.

    Few pages: neighbours share one, and the lightest that nothing needs are left out where it gets crowded.
    Many pages: the longest are told over several, parted between sentences.

    Raises:
        ValueError: there is too little to tell for so many pages.
    """
    if len(units) < pages:
        return [(unit,) for unit in _spread(units, pages)]
    left, sheets = list(units), _grouped(tuple(units), pages)
    while _fullest(sheets) > FULL[band] and len(left) > pages and (light := _lightest(left, len(left) - pages)):
        left = [unit for unit in left if unit.id not in light]
        sheets = _grouped(tuple(left), pages)
    return [tuple(replace(unit, text=_whole(unit.text)) for unit in sheet) for sheet in sheets]


def _fullest(sheets: list[Sheet]) -> int:
    return max(sum(unit.words for unit in sheet) for sheet in sheets)


def _lightest(units: list[Unit], most: int) -> frozenset[str]:
    """The unit that is missed least, with all that need it: at most ``most``; empty where each has to stay."""
    weights = {unit.id: unit.weight for unit in units}
    staying = {unit.id for unit in units if unit.stays}
    groups = (_with_dependants(unit.id, units) for unit in units)
    free = [group for group in groups if not group & staying and len(group) <= most]
    return min(free, key=lambda group: sum(weights[id_] for id_ in group), default=frozenset())


def _with_dependants(id_: str, units: list[Unit]) -> frozenset[str]:
    found = {id_}
    for unit in units:  # in order: who needs something stands after it
        if unit.needs & found:
            found.add(unit.id)
    return frozenset(found)


def _grouped(units: tuple[Unit, ...], pages: int) -> list[Sheet]:
    """The units in ``pages`` runs, as equally full as can be."""

    @cache
    def best(start: int, left: int) -> tuple[int, list[Sheet]]:
        if left == 1:
            return _square(units[start:]), [units[start:]]
        ends = range(start + 1, len(units) - left + 2)
        ways = ((_square(units[start:end]) + best(end, left - 1)[0], end) for end in ends)  # fmt: skip
        cost, end = min(ways)
        return cost, [units[start:end], *best(end, left - 1)[1]]

    return best(0, pages)[1]


def _square(units: tuple[Unit, ...]) -> int:
    return sum(unit.words for unit in units) ** 2


def _spread(units: Sequence[Unit], pages: int) -> list[Unit]:
    """The units, the longest of them over more pages, until all pages are filled."""
    shares = [1] * len(units)
    for _ in range(pages - len(units)):
        open_ = [i for i, unit in enumerate(units) if shares[i] < len(sentences(unit.text))]
        if not open_:
            raise ValueError(f"{len(units)} steps of {sum(shares)} sentences cannot fill {pages} pages")
        longest = max(open_, key=lambda i: units[i].words / shares[i])
        shares[longest] += 1
    return [part for unit, share in zip(units, shares, strict=True) for part in _parted(unit, share)]


def _parted(unit: Unit, pages: int) -> list[Unit]:
    halves = unit.text.split(PAGE_TURN)
    if len(halves) == pages:
        texts = [half.strip() for half in halves]
    else:
        pieces = tuple(replace(unit, text=sentence) for sentence in sentences(unit.text))
        texts = [" ".join(piece.text for piece in sheet) for sheet in _grouped(pieces, pages)]
    return [replace(unit, text=text, part=n) for n, text in enumerate(texts)]


def sentences(text: str) -> list[str]:
    """The sentences between which a page may be turned: never inside speech."""
    found: list[str] = []
    for sentence in reading_level.sentences(_whole(text)):
        if found and (found[-1].count('"') % 2 or sentence[0].islower()):
            found[-1] += f" {sentence}"
        else:
            found.append(sentence)
    return found


def _whole(text: str) -> str:
    return " ".join(text.replace(PAGE_TURN, " ").split())
