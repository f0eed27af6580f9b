"""EPUB 3 with fixed pages: every picture described, the words as text, nothing that needs a network.

https://www.w3.org/TR/epub-33/ and, for what it says of its accessibility, https://www.w3.org/TR/epub-a11y-11/.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from uuid import NAMESPACE_URL, uuid5

from storylib.exports.archives import archive
from storylib.exports.book import Book, Items, Leaf
from storylib.exports.picture_book import PROVENANCE
from storylib.exports.typesetting import FONTS

WIDTH, HEIGHT, SHOWN = 1200, 1200, 800  # the page, and the picture's height, in CSS pixels; readers scale them
FROM_RIGHT = ("ar", "fa", "he", "ur")
MODIFIED = "2026-01-01T00:00:00Z"  # the same for every book, so that the same story gives the same bytes
STYLE = f"""@font-face {{ font-family: Andika; src: url(andika.ttf) }}
@font-face {{ font-family: Andika; font-weight: bold; src: url(andika-bold.ttf) }}
html, body {{ margin: 0; padding: 0; width: {WIDTH}px; height: {HEIGHT}px; background: #fffaf0; color: #2b2118 }}
body {{ font-family: Andika, sans-serif; overflow: hidden }}
img {{ position: absolute; left: 0; top: 0; width: {WIDTH}px; height: {SHOWN}px; object-fit: cover }}
.words {{ position: absolute; left: 90px; right: 90px; top: {SHOWN + 24}px; height: {HEIGHT - SHOWN - 64}px }}
.alone {{ top: 90px; height: {HEIGHT - 180}px }}
p {{ margin: 0 0 .5em; line-height: 1.45 }}
h1 {{ margin: .4em 0 .2em; text-align: center; line-height: 1.2 }} dt {{ font-weight: bold }} dd {{ margin: 0 0 .7em }}
"""
CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
ACCESS = (
    ("accessMode", "textual"), ("accessMode", "visual"), ("accessModeSufficient", "textual,visual"),
    ("accessModeSufficient", "textual"), ("accessibilityFeature", "alternativeText"),
    ("accessibilityFeature", "readingOrder"), ("accessibilityFeature", "tableOfContents"),
    ("accessibilityFeature", "pageNavigation"), ("accessibilityHazard", "none"),
    ("accessibilitySummary", "Every picture is described, and the words are text in reading order."),
)  # fmt: skip


def epub(book: Book) -> bytes:
    """Return a book as EPUB 3. The same book gives the same bytes."""
    told = {f"EPUB/{name}": data for name, data in _contents(book)}
    files = {"mimetype": b"application/epub+zip", "META-INF/container.xml": CONTAINER.encode()} | told
    return archive(files, stored=("mimetype",))


def _contents(book: Book) -> Iterator[tuple[str, bytes]]:
    yield "book.opf", _package(book).encode()
    yield "nav.xhtml", _navigation(book).encode()
    yield "book.css", STYLE.encode()
    yield "andika.ttf", (FONTS / "Andika-Regular.ttf").read_bytes()
    yield "andika-bold.ttf", (FONTS / "Andika-Bold.ttf").read_bytes()
    for leaf in book.leaves:
        yield f"{_name(leaf)}.xhtml", _page(book, leaf).encode()
        if leaf.picture:
            yield f"{_name(leaf)}.jpg", leaf.picture
    yield (
        "made.xhtml",
        _document(book, PROVENANCE, f'<div class="words alone">{_terms(book.provenance)}</div>').encode(),
    )


def _name(leaf: Leaf) -> str:
    return f"p{leaf.number:02}"


def _page(book: Book, leaf: Leaf) -> str:
    picture = f'<img src="{_name(leaf)}.jpg" alt="{escape(leaf.alt)}"/>' if leaf.picture else ""
    lines = [escape(line) for line in leaf.text.split("\n") if line.strip()]
    words = "".join(f"<p>{line}</p>" for line in lines) if leaf.number else f"<h1>{escape(leaf.text)}</h1>"
    place = "words" if picture else "words alone"
    size = _pixels(leaf) if leaf.number else 56
    title = f"{book.title}, page {leaf.number}" if leaf.number else book.title
    return _document(book, title, f'{picture}<div class="{place}" style="font-size: {size}px">{words}</div>')


def _pixels(leaf: Leaf) -> int:
    """The largest type in which the words fit: Andika is half as wide as it is high, and a line 1.45 times as high."""
    height = HEIGHT - SHOWN - 64 if leaf.picture else HEIGHT - 180
    fitting = (height * (WIDTH - 180) / (0.55 * 1.5 * max(len(leaf.text) + 60 * leaf.text.count("\n"), 1))) ** 0.5
    return max(12, min(44, int(fitting)))


def _terms(items: Items) -> str:
    said = "".join(f"<dt>{escape(term)}</dt><dd>{escape(words)}</dd>" for term, words in items)
    return f'<h1>{PROVENANCE}</h1><dl style="font-size: 28px">{said}</dl>'


def _document(book: Book, title: str, body: str, head: str = "") -> str:
    direction = "rtl" if book.language in FROM_RIGHT else "ltr"
    language = escape(book.language)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}" dir="{direction}">'
        f'<head><title>{escape(title)}</title><meta name="viewport" content="width={WIDTH}, height={HEIGHT}"/>'
        f'<link rel="stylesheet" href="book.css"/>{head}</head><body>{body}</body></html>'
    )


def _navigation(book: Book) -> str:
    entries = [(f"{_name(leaf)}.xhtml", f"Page {leaf.number}" if leaf.number else book.title) for leaf in book.leaves]
    entries.append(("made.xhtml", PROVENANCE))
    contents = "".join(f'<li><a href="{file}">{escape(title)}</a></li>' for file, title in entries)
    pages = "".join(f'<li><a href="{_name(leaf)}.xhtml">{leaf.number}</a></li>' for leaf in book.pages)
    return _document(
        book,
        book.title,
        f'<nav epub:type="toc" role="doc-toc"><h1>{escape(book.title)}</h1><ol>{contents}</ol></nav>'
        f'<nav epub:type="page-list" role="doc-pagelist" hidden=""><ol>{pages}</ol></nav>',
    )


def _package(book: Book) -> str:
    access = "".join(f'<meta property="schema:{name}">{value}</meta>' for name, value in ACCESS)
    turning = "rtl" if book.language in FROM_RIGHT else "ltr"
    spine = "".join(f'<itemref idref="{_name(leaf)}"/>' for leaf in book.leaves) + '<itemref idref="made"/>'
    made = escape(" ".join(said for _, said in book.provenance))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        f'unique-identifier="id" xml:lang="{escape(book.language)}" '
        'prefix="rendition: http://www.idpf.org/vocab/rendition/#">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">{_identifier(book)}</dc:identifier><dc:title>{escape(book.title)}</dc:title>'
        f"<dc:language>{escape(book.language)}</dc:language><dc:creator>Storylib</dc:creator>"
        f'<dc:description>{made}</dc:description><meta property="dcterms:modified">{MODIFIED}</meta>'
        '<meta property="rendition:layout">pre-paginated</meta><meta property="rendition:spread">auto</meta>'
        f'<meta property="pageBreakSource">none</meta>{access}</metadata>'
        f"<manifest>{''.join(_manifest(book))}</manifest>"
        f'<spine page-progression-direction="{turning}">{spine}</spine></package>'
    )


def _identifier(book: Book) -> str:
    told = "\n".join([book.title, *(leaf.text for leaf in book.pages)])
    return f"urn:uuid:{uuid5(NAMESPACE_URL, told)}"


def _manifest(book: Book) -> Iterator[str]:
    yield '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    yield '<item id="css" href="book.css" media-type="text/css"/>'
    yield '<item id="regular" href="andika.ttf" media-type="font/ttf"/>'
    yield '<item id="bold" href="andika-bold.ttf" media-type="font/ttf"/>'
    yield '<item id="made" href="made.xhtml" media-type="application/xhtml+xml"/>'
    for leaf in book.leaves:
        yield f'<item id="{_name(leaf)}" href="{_name(leaf)}.xhtml" media-type="application/xhtml+xml"/>'
        if leaf.picture:
            cover = "" if leaf.number else ' properties="cover-image"'
            yield f'<item id="{_name(leaf)}-picture" href="{_name(leaf)}.jpg" media-type="image/jpeg"{cover}/>'
