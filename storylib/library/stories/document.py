"""A story of the library as a document."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from storylib import text
from storylib.library.stories.content import is_approved
from storylib.models import Page, Story
from storylib.providers.labels import credit, label
from storylib.story import reading_level
from storylib.story.document import Approval, Cover, PageDocument, StoryDocument, ThemeRecord
from storylib.vocabulary import STAND_IN

TEACHER = "teacher"  # the author of a text that somebody here wrote


def document(
    story: Story,
    *,
    picture: Callable[[str], str] = str,
    cost_usd: Decimal | None = None,
    theme: ThemeRecord | None = None,
    approval: Approval | None = None,
) -> StoryDocument:
    """Describe a story with its pages, whatever state it is in.

    ``picture`` makes of an image's id what the document calls it, like a file name. ``theme`` is what a provider says
    of it; without it only what was asked is known. ``approval`` is the record of who approved it.
    """
    texts = [page.text for page in story.pages]
    return StoryDocument(
        id=story.id,
        title=title(story),
        made_by=made_by(story),
        brief=story.brief,
        supporting=story.cast[len(story.brief.characters) :],
        cover=_cover(story, picture),
        pages=tuple(_page(story, page, picture) for page in story.pages),
        level=reading_level.of_pages(texts, story.brief, story.cast) if texts else None,
        theme=theme or ThemeRecord(asked=story.brief.theme),
        extras=story.extras,
        cost_usd=cost_usd,
        state=story.state,
        review=story.review if is_approved(story) else "draft",
        approval=approval,
        created_at=story.created_at,
        finished_at=story.finished_at,
    )


def title(story: Story) -> str:
    """Return its title, or what stands for it until it has one."""
    return story.title or (story.brief.theme[:1].upper() + story.brief.theme[1:]) or "A new story"


def made_by(story: Story) -> str:
    """Say who wrote and drew it, honestly: ``Story Kit: hand-written plots, drawn by code, no AI``."""
    providers = [credit(name) for name in dict.fromkeys((story.provider, story.brief.illustrator))]
    return " · ".join(filter(None, [*providers, _stood_in(story)]))


def _stood_in(story: Story) -> str:
    """``the cover and pages 3 and 5 drawn by the Story Kit``, where another illustrator failed."""
    numbers = [str(page.position) for page in story.pages if page.stand_in]
    if story.cover_stand_in and len(numbers) == story.length:
        return f"every picture drawn by the {label(STAND_IN)}"
    pages = f"{'page' if len(numbers) == 1 else 'pages'} {text.listed(numbers)}" if numbers else ""
    drawn = " and ".join(filter(None, ["the cover" if story.cover_stand_in else "", pages]))
    return drawn and f"{drawn} drawn by the {label(STAND_IN)}"


def _cover(story: Story, picture: Callable[[str], str]) -> Cover:
    drawn_by = label(STAND_IN if story.cover_stand_in else story.brief.illustrator)
    return Cover(
        alt=f"The cover of {title(story)}.",
        picture=picture(story.cover_id) if story.cover_id else None,
        scene=story.cover_scene,
        made_by=drawn_by if story.cover_id else "",
    )


def _page(story: Story, page: Page, picture: Callable[[str], str]) -> PageDocument:
    return PageDocument(
        number=page.place,
        text=page.text,
        alt=page.alt,
        scene=page.scene,
        picture=picture(page.image_id) if page.image_id else None,
        made_by=page.made_by,
        author=TEACHER if page.teacher_text else label(story.provider),
        level=page.level,
        checks=tuple(page.checks),
        attempt=page.attempt,
    )
