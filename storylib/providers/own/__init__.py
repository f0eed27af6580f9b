"""A story in a teacher's own words: typed or pasted, split into pages, and a picture read from each of them.

Nobody changes a word of it, nothing is sent anywhere, and it costs nothing.
"""

from storylib.providers.own.provider import OwnWords

__all__ = ["OwnWords"]
