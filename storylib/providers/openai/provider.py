"""The provider as a whole; its SDK, half a second to import, waits until somebody asks the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storylib.config import secret, settings
from storylib.providers.contract import Capability, Provider, Roles
from storylib.story import prompts
from storylib.vocabulary import PlanName

if TYPE_CHECKING:
    from storylib.providers.openai.server import Server


class OpenAIProvider(Provider):
    """The server of an entry in config.yaml; ``OPENAI_BASE_URL`` wins over its address."""

    tested = True
    setup = (
        "set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own, in the environment or in "
        ".streamlit/secrets.toml, and start Storylib again"
    )

    def ready(self) -> bool:
        """Tell whether a key or an address is given."""
        return bool(secret("OPENAI_API_KEY") or secret("OPENAI_BASE_URL"))

    def languages(self) -> dict[str, str]:
        """Return those that the prompts know: code → English name."""
        return prompts.languages()

    def address(self) -> str:
        """Return where it is reached, and whether with a key."""
        key = "with a key" if secret("OPENAI_API_KEY") else "without a key"
        return f"at `{secret('OPENAI_BASE_URL') or self.entry.base_url}`, {key}"

    def roles(self, plan: PlanName, user_id: int) -> Roles:
        """Return who works for this person; the server knows them by a pseudonym.

        Raises:
            ProviderError: openai.com without a key.
        """
        from storylib.providers.openai.illustrator import OpenAIIllustrator
        from storylib.providers.openai.moderator import OpenAIModerator
        from storylib.providers.openai.server import pseudonym
        from storylib.providers.openai.vision import OpenAIVision
        from storylib.providers.openai.writer import OpenAIWriter

        server, models = self._server(), self.entry.models[plan]
        user = pseudonym(settings().secret_key, user_id)
        vision = OpenAIVision(server, models, user) if models.vision else None
        return Roles(
            writer=OpenAIWriter(server, models, user),
            illustrator=OpenAIIllustrator(server, models, user),
            moderator=OpenAIModerator(server, models) if models.moderation else None,
            image_moderator=vision,
            consistency_checker=vision,
            takes_quality=server.official,
        )

    def missing(self) -> dict[str, str]:
        """Return what the server turned out not to have.

        Raises:
            ProviderError: openai.com without a key.
        """
        return self._server().missing

    def probe(self, plan: PlanName) -> dict[str, Capability]:
        """Ask for everything once: three tiny texts and no picture; takes some seconds.

        Raises:
            ProviderError: openai.com without a key.
        """
        from storylib.providers.openai import capabilities

        return dict(capabilities.probe(self._server(), self.entry.models[plan]).rows())

    def _server(self) -> Server:
        from storylib.providers.openai import server

        return server.connect(self.name)
