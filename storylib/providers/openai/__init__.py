"""OpenAI, and every server that speaks like it: texts, pictures and checks for money."""

from storylib.providers.openai.provider import OpenAIProvider

__all__ = ["OpenAIProvider"]
