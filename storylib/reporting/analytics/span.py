"""The span of a report, cut into hours, days or weeks on the clock of the reader."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import InstrumentedAttribute

from storylib.models.sums import hour_of

Step = Literal["hour", "day", "week"]
HOURS_IN: dict[Step, int] = {"hour": 1, "day": 24, "week": 168}
MONDAY = 72  # hours from the first day of 1970, a Thursday, back to its Monday
HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    """The hours from ``start`` to before ``end`` (counted since 1970, UTC), and the name of a time zone.

    The ledger's sums are by the hour of UTC. In a zone that is half an hour off, an hour belongs to the day in which
    it begins.
    """

    start: int
    end: int
    zone: str = "UTC"
    days: int = 1  # how far back the span before lies

    @property
    def before(self) -> Span:
        """Return as many hours, so many whole days earlier: a morning is compared with a morning."""
        return replace(self, start=self.start - self.days * 24, end=self.end - self.days * 24)

    @property
    def times(self) -> tuple[datetime, datetime]:
        """Return the span as two instants; the second is not part of it."""
        return EPOCH + self.start * HOUR, EPOCH + self.end * HOUR

    @property
    def step(self) -> Step:
        """Return a step that suits a chart: at most a hundred of them."""
        length = self.end - self.start
        return "hour" if length <= 72 else "day" if length <= 100 * 24 else "week"

    @property
    def dates(self) -> tuple[date, date]:
        """Return the local dates on which the span begins and ends."""
        first, end = (time.astimezone(ZoneInfo(self.zone)) for time in self.times)
        return first.date(), (end - HOUR).date()

    def narrowed(self, first: datetime, last: datetime, size: timedelta) -> Span:
        """Return only the steps of this ``size`` that begin between two local times; the one around them if none
        does."""
        zero = datetime(1970, 1, 1) - MONDAY * HOUR
        begin, end = zero - (zero - first) // size * size, zero + ((last - zero) // size + 1) * size
        if end <= begin:
            begin = end - size
        start, stop = (_first_hour(time.replace(tzinfo=ZoneInfo(self.zone))) for time in (begin, end))
        return replace(self, start=max(self.start, start), end=min(self.end, stop))

    def within(self, hour: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return in SQL whether the hour belongs to the span."""
        return (hour >= self.start) & (hour < self.end)

    def local(self, hour: Any) -> ColumnElement[int]:
        """Return in SQL the hour on the clock of the zone, counted since 1970 there."""
        *changes, (_, last) = self._offsets()
        shifted: Any = hour + last
        return (
            case(*((hour < until, hour + offset) for until, offset in changes), else_=shifted) if changes else shifted
        )

    def bucket(self, hour: Any, step: Step) -> ColumnElement[int]:
        """Return in SQL the local hour with which the hour's step begins."""
        size, back = HOURS_IN[step], MONDAY if step == "week" else 0
        local = self.local(hour)
        return local if step == "hour" else (local + back) // size * size - back

    def _offsets(self) -> list[tuple[int, int]]:
        """Return pairs of (before which hour, hours ahead of UTC): more than one where the clocks change in between."""
        found: list[tuple[int, int]] = []
        for day in range(self.start, self.end, 24):
            until = min(day + 24, self.end)
            if self._offset(day) != self._offset(until):
                change = next(hour for hour in range(day + 1, until + 1) if self._offset(hour) != self._offset(day))
                found.append((change, self._offset(day)))
        return [*found, (self.end, self._offset(self.end))]

    def _offset(self, hour: int) -> int:
        ahead = (EPOCH + hour * HOUR).astimezone(ZoneInfo(self.zone)).utcoffset()
        return 0 if ahead is None else ahead // HOUR


def of_days(first: date, last: date, zone: str, at: datetime) -> Span:
    """Return the span from the first day's midnight to the last day's end, in the zone, but not into the future."""
    start, end = (datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) for day in (first, last + timedelta(1)))
    return Span(_first_hour(start), min(_first_hour(end), hour_of(at) + 1), zone, (last - first).days + 1)


def last_days(days: int, zone: str, at: datetime) -> Span:
    """Return today and the days before it, so many together."""
    today = at.astimezone(ZoneInfo(zone)).date()
    return of_days(today - timedelta(days - 1), today, zone, at)


def last_hours(hours: int, zone: str, at: datetime) -> Span:
    """Return the last so many hours."""
    end = hour_of(at) + 1
    return Span(end - hours, end, zone, max(1, -(-hours // 24)))


def _first_hour(at: datetime) -> int:
    """Return the first whole hour of UTC that begins then or later."""
    return -int(-at.timestamp() // 3600)
