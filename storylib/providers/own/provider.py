"""A teacher's own words as a provider: always ready, free, and drawn by whoever is chosen to."""

from __future__ import annotations

from storylib.providers.contract import Preview, Provider, Roles, ThemeReading
from storylib.providers.own import reading
from storylib.providers.own.writer import OwnWriter, title
from storylib.story import Brief, captions
from storylib.text import listed
from storylib.vocabulary import PlanName


class OwnWords(Provider):
    """Nothing leaves this machine for the words; a scene is read from them, page by page."""

    hand_written = True
    own_words = True
    illustrates = False

    def ready(self) -> bool:
        """Tell that it is."""
        return True

    def languages(self) -> dict[str, str]:
        """Return English: words of other languages are kept as they are, but no picture is read from them."""
        return {"en": "English"}

    def roles(self, plan: PlanName, user_id: int) -> Roles:
        """Return its writer; somebody else draws."""
        return Roles(writer=OwnWriter())

    def preview(self, brief: Brief) -> Preview:
        """Return what each page's picture will show, and which pages say nothing of it."""
        if not brief.text:
            return Preview("Type or paste your story: each page gets its picture from your words.")
        read = reading.read(brief.text, brief.characters, brief.world)
        return Preview(
            "Your words stay exactly as they are. The pictures will show:",
            notes=(*_strangers(brief), *_silent(read), *_absent(brief, read)),
            pictures=tuple(captions.caption(page.scene) for page in read),
            title=title(brief),
            theme=ThemeReading(brief.theme, "about"),
        )


def _strangers(brief: Brief) -> list[str]:
    """Say who is named in the text and is none of the characters."""
    names = reading.strangers(brief.text, brief.characters)
    if not names:
        return []
    who = f"{listed(names)} {'is' if len(names) == 1 else 'are'} in your text, but not among the characters you chose"
    return [f"{who}, and will not be drawn."]


def _silent(read: list[reading.Read]) -> list[str]:
    """Say which pages' words say nothing that can be drawn."""
    numbers = [str(number) for number, page in enumerate(read, 1) if not page.understood]
    if not numbers:
        return []
    pages = f"Page {numbers[0]} says" if len(numbers) == 1 else f"Pages {listed(numbers)} say"
    return [f"{pages} nothing that a picture could be read from; the scene before stays. You can change it afterwards."]


def _absent(brief: Brief, read: list[reading.Read]) -> list[str]:
    seen = {actor.name for page in read for actor in page.scene.cast}
    missing = [spec.name for spec in brief.characters if spec.name not in seen]
    are = "is" if len(missing) == 1 else "are"
    return [f"{listed(missing)} {are} not in your text, and so in no picture."] if missing else []
