"""A story as a folder in a ZIP: story.json, the pictures as they are kept, and the words to copy."""

from __future__ import annotations

from storylib.exports.archives import archive
from storylib.exports.book import Book, Pictures
from storylib.story.document import StoryDocument


def folder(document: StoryDocument, picture: Pictures, book: Book) -> bytes:
    """Return the ZIP. The pictures are called as the command line calls them: ``cover.webp``, ``page-01.webp``."""
    names = {page.number: f"page-{page.number:02}.webp" for page in document.pages if page.picture}
    pages = tuple(page.model_copy(update={"picture": names.get(page.number)}) for page in document.pages)
    cover = document.cover.model_copy(update={"picture": document.cover.picture and "cover.webp"})
    told = document.model_copy(update={"pages": pages, "cover": cover})
    files = {"story.json": told.as_json().encode(), "story.txt": _words(book).encode()}
    if document.cover.picture:
        files["cover.webp"] = picture(document.cover.picture)
    files |= {names[page.number]: picture(page.picture) for page in document.pages if page.picture}
    return archive(files)


def _words(book: Book) -> str:
    said = "\n".join(f"{term}: {words}" for term, words in book.provenance)
    return "\n\n".join([book.title, *(f"{leaf.number}\n{leaf.text}" for leaf in book.pages), said]) + "\n"
