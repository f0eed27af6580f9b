"""A program of its own: set one folder's ``template.typ`` as ``out.pdf``, and end.

The typesetter keeps hundreds of megabytes of what it compiled; here they go with the process. Run as a file, with
the folder of fonts, and a PDF standard if one is claimed: nothing of Storylib is imported. What it refuses stands on
its standard error.
"""

import sys
from pathlib import Path
from typing import Literal

import typst

REFUSED = 3  # exit code


def main(fonts: str, standard: Literal["ua-1"] | None = None) -> int:
    """Set the document in the current folder."""
    try:
        pdf = typst.compile(  # type: ignore[misc]  # its stub leaves a type open
            Path("template.typ"), root=Path.cwd(), font_paths=[fonts], ignore_system_fonts=True,
            pdf_standards=[standard] if standard else [], timestamp=0,
        )  # fmt: skip
        Path("out.pdf").write_bytes(pdf)
    except typst.TypstError as error:
        print(getattr(error, "diagnostic", error), file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "ua-1" if "ua-1" in sys.argv[2:] else None))
