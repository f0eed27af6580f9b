"""Who works for whom at what price: a provider, the plan of a person, and the tariff of the plan's models.

The providers know no prices, and the prices no providers: they meet here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storylib.generation.tariff import Tariff
from storylib.providers import catalog
from storylib.providers.contract import Roles
from storylib.vocabulary import Operation

if TYPE_CHECKING:
    from storylib.models import User

_OF_A_PAGE: tuple[Operation, ...] = ("inspect", "draw", "write")


@dataclass(frozen=True, kw_only=True)
class PricedProvider(Roles, Tariff):
    """A provider for one person: the roles that it fills, and what each call costs."""

    hand_written: bool  # it needs no checks


def provider_for(name: str, user: User | None = None) -> PricedProvider:
    """Return the provider called ``name`` with the models of the user's plan; those of the free plan for nobody.

    Raises:
        Invalid: there is none.
        ProviderError: it cannot be reached at all, like a server without its key.
    """
    found = catalog.provider(name)
    plan, user_id = (user.plan, user.id) if user else ("free", 0)
    priced = PricedProvider(
        **vars(found.roles(plan, user_id)),
        name=name,
        free=found.entry.free,
        models=found.entry.models.get(plan),
        hand_written=found.hand_written,
    )
    compares = _is_little(priced) if found.entry.likeness is None else found.entry.likeness
    return priced if compares else replace(priced, consistency_checker=None)


def _is_little(provider: PricedProvider) -> bool:
    """Whether looking at a page costs at most a tenth of what making it costs."""
    looked, drawn, written = (provider.estimate(operation) for operation in _OF_A_PAGE)
    return bool(looked and drawn and written and looked.usd * 10 <= drawn.usd + written.usd)
