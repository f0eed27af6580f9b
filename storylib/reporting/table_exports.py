"""Frames as files to download: CSV in which no spreadsheet finds a formula, and Parquet."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pandas as pd

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet takes for a formula (OWASP)


def csv(frame: pd.DataFrame) -> bytes:
    """Return UTF-8 with a byte order mark, so that spreadsheets recognise it; money keeps all its digits."""
    plain = harmless(frame).map(lambda value: f"{value:f}" if isinstance(value, Decimal) else value)
    text: str = plain.to_csv(index=False, lineterminator="\r\n")  # so a single \r is quoted, and begins no row
    return text.encode("utf-8-sig")


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe in front of text that looks like a formula; also for tables on the screen, which can be
    saved."""
    return frame.map(_defused).rename(columns=_defused)


def _defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value


def parquet(frame: pd.DataFrame) -> bytes:
    """Return Parquet with types; money stays exact as decimals."""
    file = BytesIO()
    frame.to_parquet(file, index=False)
    return file.getvalue()
