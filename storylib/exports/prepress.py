"""What paper needs, whatever set the pages: trim and bleed boxes, crop marks, and two pages on each side of a sheet."""

from __future__ import annotations

import io
from itertools import product

import pikepdf

POINT = 72 / 25.4  # in a millimetre
SLUG = 7.0  # millimetres around the bleed, for the marks
SHEET = 0.1  # millimetres that a folded sheet inside pushes its pages outwards


def marked(pdf: bytes, bleed: float) -> bytes:
    """Set TrimBox and BleedBox of pages that were set with ``bleed`` mm around them; draw crop marks outside it."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            left, bottom, right, top = (float(number) for number in page.mediabox)
            b, s = bleed * POINT, SLUG * POINT
            page.bleedbox = pikepdf.Rectangle(left, bottom, right, top)
            page.trimbox = pikepdf.Rectangle(left + b, bottom + b, right - b, top - b)
            page.mediabox = page.cropbox = pikepdf.Rectangle(left - s, bottom - s, right + s, top + s)
            page.contents_add(opened.make_stream(_marks((left, bottom, right, top), b)))
        return saved(opened)


def _marks(box: tuple[float, float, float, float], bleed: float) -> bytes:
    """Eight short lines, as an artifact, in black ink only."""
    left, bottom, right, top = box
    far = (SLUG - 1) * POINT
    lines = []
    for x, from_x, way_x in ((left + bleed, left, -far), (right - bleed, right, far)):
        for y, from_y, way_y in ((bottom + bleed, bottom, -far), (top - bleed, top, far)):
            lines.append(f"{from_x:.2f} {y:.2f} m {from_x + way_x:.2f} {y:.2f} l S")
            lines.append(f"{x:.2f} {from_y:.2f} m {x:.2f} {from_y + way_y:.2f} l S")
    return f"/Artifact BMC q 0 G 0.25 w {' '.join(lines)} Q EMC".encode()


def order(pages: int) -> list[tuple[int, int]]:
    """Return for each side of each sheet the pages on its left and right, from 0, for folding through the middle.

    ``pages`` is a multiple of four; both sides of the first sheet come first.
    """
    sides = []
    for sheet in range(pages // 4):
        sides += [(pages - 1 - 2 * sheet, 2 * sheet), (2 * sheet + 1, pages - 2 - 2 * sheet)]
    return sides


def folded(pdf: bytes, *, copies: int = 1, from_right: bool = False) -> bytes:
    """Lay a PDF two pages to a side; print on both sides, flip on the short edge, fold, staple.

    It has ``copies`` books of as many pages, a multiple of four, one after the other.
    """
    with pikepdf.open(io.BytesIO(pdf)) as source, pikepdf.new() as out:
        _, _, width, height = (float(number) for number in source.pages[0].mediabox)
        pages = len(source.pages) // copies
        for copy, (side, pair) in product(range(copies), enumerate(order(pages))):
            sheet = out.add_blank_page(page_size=(2 * width, height))
            creep = SHEET * POINT * (side // 2)
            for at, number in enumerate(reversed(pair) if from_right else pair):
                x = width * at + (creep if at == 0 else -creep)
                form = out.copy_foreign(source.pages[copy * pages + number].as_form_xobject())
                name = sheet.add_resource(form, pikepdf.Name.XObject, pikepdf.Name(f"/Page{at}"))
                sheet.contents_add(f"q 1 0 0 1 {x:.3f} 0 cm {name} Do Q".encode())
        out.Root.ViewerPreferences = pikepdf.Dictionary(
            Duplex=pikepdf.Name.DuplexFlipShortEdge, PrintScaling=pikepdf.Name("/None")
        )
        return saved(out)


def saved(pdf: pikepdf.Pdf) -> bytes:
    """Return a PDF's bytes, the same for the same contents."""
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()
