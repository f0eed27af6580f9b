"""Each chart is valid Vega-Lite, says in a sentence what it shows, carries little, and is told apart by everybody."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest

from storylib.config import ROOT
from storylib.reporting import charts
from storylib.reporting.charts import Figure
from storylib.text import usd

DAYS = pd.date_range("2026-03-01", periods=90)
MODELS = [f"model-{number}" for number in range(9)]


def over_time(models: list[str] = MODELS) -> pd.DataFrame:
    """Every model each day; the first is the dearest."""
    rows = [
        {"at": at, "model": model, "cost_usd": 9.0 - number, "calls": 2}
        for at in DAYS
        for number, model in enumerate(models)
    ]
    return pd.DataFrame(rows, columns=["at", "model", "cost_usd", "calls"])


def people(count: int) -> pd.DataFrame:
    names = [f"Person {number}" for number in range(count)]
    amounts = [float(count - number) for number in range(count)]
    return pd.DataFrame({"name": names, "username": [name.lower() for name in names], "cost_usd": amounts})


def errors() -> pd.DataFrame:
    return pd.DataFrame(
        {"at": DAYS[:2].repeat(2), "error_kind": ["rate_limited", "timeout"] * 2, "calls": [3, 1, 0, 4]}
    )


NOTHING = over_time()[:0]
BARS = pd.DataFrame({"stories": [3, 9], "from_usd": [0.0, 0.1], "to_usd": [0.1, 0.2]})
RHYTHM = pd.DataFrame({"weekday": [0, 4], "hour": [9, 14], "cost_usd": [1.0, 2.5], "calls": [3, 4]})
VOLUMES = pd.DataFrame({"at": DAYS, "kind": ["kit", "openai"] * 45, "images": 3})
SPEED = pd.DataFrame({"what": ["Pictures"], "calls": [9], "p50": [1.0], "p95": [2.0], "p99": [4.0]})
KINDS = ["Server on here", "Worker on there"]
COURSE = pd.DataFrame({"at": DAYS[:2], "process": ["here:1:a", "there:2:b"], "kind": KINDS, "cpu": [10.0, 30.0]})
ENDED = pd.DataFrame({"at": DAYS[:2], "calls": [100, 50]})

DRAWN: dict[str, tuple[Figure, str]] = {
    "over time": (
        charts.over_time(over_time(), "day"),
        "Cost in US dollars by day: $4,050 in total, 20% of it model-0; the highest day was 1 March 2026 ($45.00).",
    ),
    "calls over time": (
        charts.over_time(over_time(["a"]), "week", "calls"),
        "Calls by week: 180 in total, 100% of it a; the highest week was 1 March 2026 (2).",
    ),
    "no time": (charts.over_time(NOTHING, "day"), "Cost in US dollars by day: nothing."),
    "people": (
        charts.by_person(people(30)),
        "Cost by person: 30 people spent $465.00; Person 0 spent the most, $30.00 (6%).",
    ),
    "nobody": (charts.by_person(people(1)[:0]), "Cost by person: no one spent anything."),
    "stories": (
        charts.story_costs(BARS, 0.12),
        "Cost per story: $0.12 on average; most cost from $0.10 to $0.20.",
    ),
    "no story": (charts.story_costs(BARS[:0], None), "Cost per story: no story cost anything."),
    "rhythm": (charts.rhythm(RHYTHM), "Cost in US dollars by weekday and hour: highest on Fri at 14:00."),
    "volumes": (charts.volumes(VOLUMES, "day", "images"), "Pictures by day: kit 135, openai 135."),
    "errors": (
        charts.error_rate(errors(), ENDED, "day"),
        "Errors by day: 8 calls failed (5.3%), mostly timeout.",
    ),
    "processes": (
        charts.over_a_while(COURSE, "hour", "cpu", "CPU", "%"),
        "CPU of 2 processes: 20 % on average, 30 % at most.",
    ),
    "an unknown course": (
        charts.over_a_while(COURSE.assign(cpu=np.nan), "hour", "cpu", "CPU", "%"),
        "CPU: not known.",
    ),
    "speed": (
        charts.latency(SPEED),
        "Response time for 50 %, 95 % and 99 % of calls: Pictures 1 s, 2 s, 4 s.",
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_valid_and_its_sentence_says_what_it_shows(name: str) -> None:
    figure, summary = DRAWN[name]
    alt.Chart.from_dict(figure.whole | {"datasets": {}})  # checks it against the schema
    assert re.findall(r'"data": \{"name": "(\w+)"\}', json.dumps(figure.spec)) == ["rows"]
    assert figure.summary == summary


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_uses_every_column_that_travels_with_it(name: str) -> None:
    figure, _ = DRAWN[name]
    assert len(figure.rows.columns) <= 6
    assert figure.rows.memory_usage(deep=True).sum() + len(json.dumps(figure.spec)) < 200_000


def test_times_are_shown_as_they_are_whatever_the_browsers_zone() -> None:
    """On a UTC scale, with the zone UTC."""
    figure = charts.over_time(over_time(), "day")
    assert figure.spec["encoding"]["x"]["scale"] == {"type": "utc"}
    assert str(figure.rows["at"].dt.tz) == "UTC"
    assert list(figure.rows["at"].unique()[:2]) == [DAYS[0].tz_localize("UTC"), DAYS[1].tz_localize("UTC")]


def test_the_axis_reaches_over_times_in_which_nothing_was_paid() -> None:
    frame = over_time(["a"])
    frame.loc[frame["at"] > DAYS[3], "cost_usd"] = 0
    figure = charts.over_time(frame, "day")
    assert (figure.rows["at"].min(), figure.rows["at"].max()) == (
        DAYS[0].tz_localize("UTC"),
        DAYS[-1].tz_localize("UTC"),
    )


def test_small_models_are_drawn_as_one_and_nothing_is_lost() -> None:
    figure = charts.over_time(over_time(), "day")
    assert set(figure.rows["model"]) == {*MODELS[:5], "Other models"}
    assert figure.rows["cost_usd"].sum() == over_time()["cost_usd"].sum()


def test_the_first_twenty_people_are_named_and_the_rest_is_one() -> None:
    rows = charts.by_person(people(30)).rows
    assert list(rows["who"][:2]) == ["Person 0", "Person 1"]
    assert rows["who"].iloc[-1] == "Everyone else (10)"
    assert rows["cost_usd"].sum() == people(30)["cost_usd"].sum()
    assert rows["share"].sum() == pytest.approx(1)


def test_people_of_the_same_name_are_told_apart() -> None:
    same = people(2).assign(name="Ada")
    assert list(charts.by_person(same).rows["who"]) == ["Ada (person 0)", "Ada (person 1)"]


@pytest.mark.parametrize(
    ("amount", "said"), [(0, "$0.00"), (0.00052, "$0.0005"), (0.1, "$0.10"), (999.5, "$999.50"), (8844.27, "$8,844")]
)
def test_money_is_said_with_as_many_digits_as_it_needs(amount: float, said: str) -> None:
    assert usd(amount) == said


# Colours. Simulated after Machado, Oliveira and Fernandes (2009), differences after CIE 1976.

SIGHTS = {
    "full": np.eye(3),
    "no green": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "no red": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "no blue": np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1, 1.089])


def linear(colour: str) -> Any:
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: Any) -> Any:
    x, y, z = np.cbrt(TO_XYZ @ np.clip(rgb, 0.0001, 1) / WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def luminance(colour: str) -> float:
    return float(TO_XYZ[1] @ linear(colour))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_are_told_apart_by_everybody_in_light_and_dark(theme: str, sight: str) -> None:
    chosen = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"][theme]
    colours = chosen["chartCategoricalColors"][:7]  # more than a chart uses
    seen = [lab(SIGHTS[sight] @ linear(colour)) for colour in colours]
    assert min(float(np.linalg.norm(one - other)) for one, other in itertools.combinations(seen, 2)) > 20
    paper = luminance(chosen["backgroundColor"])
    for ink in map(luminance, colours):
        assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= 3  # WCAG 1.4.11
