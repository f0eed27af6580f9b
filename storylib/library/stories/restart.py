"""Making a story once more: what is there is kept, what is missing is made."""

from __future__ import annotations

from storylib.errors import Invalid
from storylib.library.stories import content
from storylib.library.stories.states import MAKING, move
from storylib.models import Story, now


def restart(story: Story) -> Story:
    """Queue a story that is not being made for another run; that ends its approval.

    Raises:
        Invalid: it is being made already.
    """
    refuse_making(story)
    move(story, "queued")
    story.asked_again_at = now()
    content.end_approval(story)
    story.run += 1
    return story


def refuse_making(story: Story) -> None:
    """Let nobody change a story under the hands of its makers.

    Raises:
        Invalid: it is being made.
    """
    if story.state in MAKING:
        raise Invalid("story.making")
