"""Metrics of the processes and their machines."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Float, Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from storylib.models import Sample
from storylib.reporting.analytics.frames import frame
from storylib.reporting.analytics.span import Span

FIGURES = ("cpu", "memory", "threads", "sessions", "disk_free", "database")
STEPS = 120  # of a chart
SECOND = cast(extract("epoch", Sample.at), Integer)


def processes(session: Session, span: Span) -> pd.DataFrame:
    """Return the mean of every figure by step (``at``, on the local clock) and ``process``; ``kind``: what and where it
    is."""
    start, end = span.times
    step = SECOND - SECOND % ((span.end - span.start) * 3600 // STEPS)
    means = [cast(func.avg(getattr(Sample, name)), Float).label(name) for name in FIGURES]
    rows = select(step.label("begin"), Sample.process, *means).where(Sample.at >= start, Sample.at < end)
    found = frame(session, rows.group_by("begin", Sample.process).order_by("begin", Sample.process))
    found = found.rename(columns={"begin": "at"}).astype(dict.fromkeys(FIGURES, "float64"))
    found["at"] = pd.to_datetime(found["at"], unit="s", utc=True).dt.tz_convert(span.zone).dt.tz_localize(None)
    found["kind"] = found["sessions"].isna().map({True: "Worker", False: "Server"}) + " on " + _machine(found)
    return found


def _machine(found: pd.DataFrame) -> pd.Series[str]:
    return found["process"].astype(str).str.rsplit(":", n=2).str[0]
