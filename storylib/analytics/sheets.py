"""Frames as files to take away: CSV that no spreadsheet runs, and Parquet."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pandas as pd

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet takes for a formula (OWASP)


def csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with a mark, so that spreadsheets see it; text that looks like a formula gets an apostrophe in front."""
    text: str = frame.map(defused).rename(columns=defused).to_csv(index=False)
    return text.encode("utf-8-sig")


def defused(value: Any) -> Any:
    """Text that a spreadsheet would run, made harmless; money with all its digits; everything else as it is."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value


def parquet(frame: pd.DataFrame) -> bytes:
    """With types; money stays exact as decimals."""
    file = BytesIO()
    frame.to_parquet(file, index=False)
    return file.getvalue()
