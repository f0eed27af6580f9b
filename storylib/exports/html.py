"""A story as one HTML page, used three ways: behind a link, before a class, and as one file that opens anywhere.

One template, one script and one style serve all three; where pictures and type come from is the only difference.
Without a script the book is a scroll. The policy names style and script by their hashes, so nothing else runs.
"""

from __future__ import annotations

import tomllib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from storylib.config import ROOT
from storylib.story.document import StoryDocument
from storylib.text import listed
from storylib.vocabulary import RIGHT_TO_LEFT, ImageSize

TEMPLATES: Final = Path(__file__).with_name("templates")
FONTS: Final = ROOT / "static" / "fonts"
WIDTHS: Final[dict[ImageSize, int]] = {"512": 512, "full": 1152}  # pixels, as the browser chooses by them


@dataclass(frozen=True)
class Sources:
    """Where a page finds what it shows: the address of a picture by its id and size, and of a font by its file."""

    picture: Callable[[str, ImageSize], str]
    font: Callable[[str], str]
    sizes: tuple[ImageSize, ...] = ("512", "full")


@dataclass(frozen=True)
class Page:
    """A page, and the Content-Security-Policy that it keeps."""

    html: str
    policy: str


def linked(pictures: str, root: str) -> Sources:
    """Return sources by address: of the folder with pictures and of the site's root, relative to the page."""
    return Sources(lambda id_, size: f"{pictures}{id_}/{size}.webp", lambda file: f"{root}app/static/fonts/{file}")


def inlined(picture: Callable[[str], bytes]) -> Sources:
    """Return sources that hold everything themselves; ``picture`` gives the WebP of an id."""
    return Sources(
        lambda id_, _: _data("image/webp", picture(id_)),
        lambda file: _data("font/woff2", (FONTS / file).read_bytes()),
        sizes=("full",),
    )


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


# --- pages


def book(story: StoryDocument, sources: Sources, *, back: str = "") -> Page:
    """Set a story as a book to leaf through; ``back`` is the address of the shelf that it stands on.

    Its pictures are ids, as the document of a library's story calls them.
    """
    body = _filled(
        "book.html",
        band=story.brief.age_band,
        language=escape(story.brief.language),
        direction="rtl" if story.brief.language in RIGHT_TO_LEFT else "ltr",
        title=escape(story.title),
        leaves="\n".join(_leaves(story, sources)),
        back=f'<a class="button" href="{escape(back)}">All stories</a>\n' if back else "",
    )
    texts = [story.title, _credits(story), *(page.text for page in story.pages)]
    return _page(story.title, body, sources, texts, script=_template("book.js"))


def shelf(title: str, books: Iterable[tuple[str, StoryDocument]], sources: Sources) -> Page:
    """Set several stories as a shelf of covers, each with its address."""
    cards = [
        f'<li><a class="leaf" href="{escape(href)}">{_picture(story.cover.picture, "", sources)}'
        f'<div class="words" lang="{escape(story.brief.language)}" dir="auto">{escape(story.title)}</div></a></li>'
        for href, story in books
    ]
    body = f'<body>\n<main class="shelf"><h1>{escape(title)}</h1>\n<ul>{"".join(cards)}</ul></main>\n</body>'
    return _page(title, body, sources, [body])


def notice(title: str, sentence: str, sources: Sources) -> Page:
    """Set a short message in place of a book."""
    body = f'<body>\n<main class="notice"><h1>{escape(title)}</h1>\n<p>{escape(sentence)}</p></main>\n</body>'
    return _page(title, body, sources, [body])


def file(story: StoryDocument, picture: Callable[[str], bytes]) -> bytes:
    """Set a story as one file with everything in it, which opens from a disk without a network."""
    return book(story, inlined(picture)).html.encode()


# --- leaves


def _leaves(story: StoryDocument, sources: Sources) -> Iterator[str]:
    byline = f"with {listed([spec.name for spec in story.brief.characters])}"
    title = f'<p class="text">{escape(story.title)}</p><p class="byline" lang="en" dir="auto">{escape(byline)}</p>'
    yield _leaf("cover", "Cover", _picture(story.cover.picture, story.cover.alt, sources, first=True), title)
    for page in story.pages:
        picture = _picture(page.picture, page.alt, sources)
        yield _leaf("page", f"Page {page.number}", picture, f'<p class="text">{escape(page.text)}</p>')
    credits_ = f'<h2 class="text">{escape(story.title)}</h2><p class="made" lang="en" dir="ltr">{_credits(story)}</p>'
    yield _leaf("end", "End", "", credits_)


def _leaf(kind: str, label: str, picture: str, words: str) -> str:
    inside = f'{picture}<div class="words" tabindex="0">{words}</div>'
    return f'<section class="leaf {kind}" aria-label="{label}">{inside}</section>'


def _picture(image: str | None, alt: str, sources: Sources, *, first: bool = False) -> str:
    if image is None:
        return '<div class="frame"></div>'
    sizes = {size: sources.picture(image, size) for size in sources.sizes}
    choice = ", ".join(f"{address} {WIDTHS[size]}w" for size, address in sizes.items())
    several = f' srcset="{choice}" sizes="(min-aspect-ratio: 5/4) 62vw, 100vw"' if len(sizes) > 1 else ""
    late = "" if first else ' loading="lazy"'
    return f'<div class="frame"><img src="{sizes["full"]}"{several} alt="{escape(alt)}"{late}></div>'


def _credits(story: StoryDocument) -> str:
    """Say who made it and who approved it, or that nobody did."""
    said = escape(story.made_by)
    if story.approval is None or not story.approval.holds:
        return f"{said}<br>Draft: not yet approved for a class."
    return f"{said}<br>Read and approved by {escape(story.approval.by)}, {story.approval.at:%d %B %Y}."


# --- the frame around every page


def _page(title: str, body: str, sources: Sources, texts: Iterable[str], script: str = "") -> Page:
    style = "\n".join([*_faces("".join(texts), sources), _template("style.css")])
    policy = _policy(style, script)
    html = _filled(
        "frame.html",
        title=escape(title),
        policy=f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
        style=style,
        script=f"<script>{script}</script>\n" if script else "",
        body=body,
    )
    return Page(html, policy)


def _policy(style: str, script: str) -> str:
    rules = {
        "default-src": "'none'",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "style-src": _hash(style),
        "script-src": _hash(script) if script else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _faces(text: str, sources: Sources) -> Iterator[str]:
    """Declare the upright faces of the screens' typeface that some character of the text needs."""
    for face in _fonts():
        if any(first <= ord(character) <= last for character in set(text) for first, last in face["ranges"]):
            address = sources.font(face["file"])
            yield (
                f'@font-face {{ font-family: "{face["family"]}"; font-weight: {face["weight"]}; font-display: swap; '
                f'src: url({address}) format("woff2"); unicode-range: {face["unicodeRange"]}; }}'
            )


@cache
def _fonts() -> list[dict[str, Any]]:
    """Read them where the screens have them."""
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    upright = [face for face in theme["fontFaces"] if face["style"] == "normal"]
    return [face | {"file": Path(face["url"]).name, "ranges": _ranges(face["unicodeRange"])} for face in upright]


def _ranges(written: str) -> list[tuple[int, int]]:
    """Return ``U+0000-00FF,U+0131`` as first and last code points."""
    parts = [part.strip().removeprefix("U+").split("-") for part in written.split(",")]
    return [(int(part[0], 16), int(part[-1], 16)) for part in parts]


@cache
def _template(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def _filled(name: str, **values: str) -> str:
    return Template(_template(name)).substitute(values)
