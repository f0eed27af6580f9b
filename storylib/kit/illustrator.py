"""The Kit's illustrator: free pictures, drawn by code, the same for the same request.

The studio's processes draw; what draws is not imported here.
"""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from functools import cache

from storylib.kit.sizes import PAGE, PORTRAIT
from storylib.kit.studio import Studio
from storylib.providers.contract import Picture
from storylib.story import ImageRequest

__all__ = ["KitIllustrator", "shared_studio"]


@cache
def shared_studio() -> Studio:
    """The studio of this process; its workers end with it."""
    studio = Studio()
    atexit.register(studio.close)
    return studio


class KitIllustrator:
    """Fulfils ``providers.contract.Illustrator``. Portraits are not needed as references: the rig knows every spec."""

    def __init__(self, studio: Studio | None = None):
        self.studio = studio or shared_studio()

    def draw(self, request: ImageRequest, references: Sequence[bytes] = ()) -> Picture:
        """A WebP picture: 1152 × 768 for pages and covers, 512 × 512 for portraits.

        Raises:
            ProviderError: the request cannot be drawn.
        """
        data = self.studio.draw(request.model_dump_json().encode())
        return Picture(data, *(PORTRAIT if request.role == "portrait" else PAGE))
