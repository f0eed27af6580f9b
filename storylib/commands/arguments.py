"""What commands take: the values of arguments, and subcommands."""

from __future__ import annotations

import argparse
from typing import TypeAlias

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def whole_number(written: str) -> int:
    """Parse digits.

    Raises:
        argparse.ArgumentTypeError: it has a sign, a point or anything else.
    """
    if not written.isdecimal():
        raise argparse.ArgumentTypeError(f"{written} is not a whole number")
    return int(written)
