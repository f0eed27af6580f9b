"""OpenAI, and every server that speaks like it: texts, pictures and checks for money.

``connect()`` gives the server of config.yaml; the providers are cheap to make, one for each plan and user.
"""

from storylib.providers.openai.capabilities import Capabilities, Capability, probe
from storylib.providers.openai.illustrator import OpenAIIllustrator
from storylib.providers.openai.moderator import OpenAIModerator
from storylib.providers.openai.server import Server, Timeouts, connect, pseudonym
from storylib.providers.openai.vision import OpenAIVision
from storylib.providers.openai.writer import OpenAIWriter

__all__ = [
    "Capabilities", "Capability", "OpenAIIllustrator", "OpenAIModerator", "OpenAIVision", "OpenAIWriter", "Server",
    "Timeouts", "connect", "probe", "pseudonym",
]  # fmt: skip
