"""Usage and health as an administrator meets them: a real server, a real Chromium."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from storylib.commands.demo.calls import add_calls
from storylib.commands.demo.sample import SAMPLE
from storylib.config import settings
from storylib.identity import users
from storylib.models import Alert, Call, User, now, sums
from storylib.reporting.charts import BRUSH
from storylib.text import usd
from tests import factories, running

PATIENCE = 40_000  # milliseconds, for a busy machine


@pytest.fixture(scope="module")
def people(app: running.App) -> dict[str, User]:
    """An administrator and a teacher with a year of calls."""
    with app.database().write() as session:
        alma = factories.user(session, "alma", role="admin", plan="pro", name="Alma")
        ben = factories.user(session, "ben", plan="basic", name="=BEN()")
        add_calls(session, SAMPLE, [alma, ben], 2_000, now() - timedelta(days=1))  # no alert about the last hour
        _trouble(session, alma)
        return {"alma": alma, "ben": ben}


def _trouble(session: Session, caller: User) -> None:
    """What health is about, and not on every day in a sample year's last weeks."""
    for days, state, kind in ((3, "failed", "rate_limited"), (4, "failed", "blocked"), (5, "unknown", "timeout")):
        factories.call(
            session, caller, provider="openai", model="gpt-6-luna", at=now() - timedelta(days),
            state=state, error_kind=kind, attempts=3, estimate_usd=Decimal("0.04"), fingerprint=f"{kind:>64}",
        )  # fmt: skip
    sums.rebuild(session)


def sign_in(app: running.App, tab: Page, user: User) -> None:
    with app.database().write() as session:
        token = users.start_session(session, user, "Chromium")
    tab.context.add_cookies([{"name": settings().config.cookie.name, "value": token, "url": app.url}])
    tab.goto(app.url)  # the first look at a new server knows no other page
    expect(tab.get_by_test_id("stSidebarNav")).to_be_attached(timeout=PATIENCE)


def open_usage(app: running.App, tab: Page, address: str = "") -> None:
    tab.goto(f"{app.url}/usage{address}")
    expect(tab.get_by_test_id("stVegaLiteChart").last).to_be_visible(timeout=PATIENCE)
    expect(tab.get_by_test_id("stDataFrame")).to_be_visible(timeout=PATIENCE)


def drag_across(chart: Locator, first: float, last: float) -> None:
    """From one part of its width to another, wherever it lies on the page: to hover scrolls to it."""
    box = chart.bounding_box()
    assert box
    begin, end = ({"x": box["width"] * part, "y": box["height"] * 0.6} for part in (first, last))
    chart.hover(position=begin)
    chart.page.mouse.down()
    chart.hover(position=end)
    chart.page.mouse.up()


def lately(app: running.App, days: int) -> list[Call]:
    """The days and today, on the clock of Chromium here: UTC."""
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    with app.database().read() as session:
        return list(session.scalars(select(Call).where(Call.at >= today - timedelta(days - 1))))


def cost(calls: list[Call]) -> Decimal:
    return sum((call.cost_usd or Decimal(0) for call in calls), Decimal(0))


@pytest.fixture
def alma(app: running.App, tab: Page, people: dict[str, User]) -> Page:
    """Alma's tab."""
    sign_in(app, tab, people["alma"])
    return tab


def test_the_figures_and_the_file_are_the_sums_of_the_calls(app: running.App, alma: Page, tmp_path: Path) -> None:
    last = now().date()
    first = last - timedelta(364)
    open_usage(app, alma, f"?period=Custom+range&dates={first}_to_{last}&table=Person")
    expected = cost([call for call in lately(app, 366) if first <= call.at.date() <= last])
    expect(alma.get_by_test_id("stMetricValue").first).to_have_text(usd(expected), timeout=PATIENCE)
    with alma.expect_download() as download:
        alma.get_by_role("button", name="CSV", exact=True).click()
    path = tmp_path / "usage.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(Decimal(row["Cost (USD)"]) for row in rows) == expected  # to the billionth
    assert {row["Name"] for row in rows} == {"Alma", "'=BEN()"}  # no spreadsheet runs this


def test_a_stretch_of_the_time_drives_the_rest_and_becomes_the_period(app: running.App, alma: Page) -> None:
    open_usage(app, alma)
    drag_across(alma.get_by_test_id("stVegaLiteChart").first, 0.5, 0.7)
    expect(alma.get_by_text("Shown below:")).to_be_visible(timeout=PATIENCE)
    alma.get_by_role("button", name="Use as period").click()
    alma.wait_for_url("**/usage?*dates=*_to_*", timeout=PATIENCE)
    first, last = alma.url.rpartition("dates=")[2].partition("&")[0].split("_to_")
    calls = [call for call in lately(app, 31) if first <= str(call.at.date()) <= last]
    chosen = alma.get_by_test_id("stMetricValue").first
    expect(chosen).to_have_text(usd(cost(calls)), timeout=PATIENCE)
    alma.reload()  # the address has it all
    expect(chosen).to_have_text(usd(cost(calls)), timeout=PATIENCE)


def test_every_chart_has_a_sentence_and_nothing_is_too_wide_for_a_telephone(app: running.App, alma: Page) -> None:
    alma.set_viewport_size({"width": 400, "height": 800})
    open_usage(app, alma)
    for chart in alma.get_by_test_id("stVegaLiteChart").all():
        assert len(chart.get_attribute("aria-label") or chart.inner_html()) > 20
    assert alma.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 400


def test_health_is_told_and_the_tables_are_there(app: running.App, alma: Page) -> None:
    alma.goto(f"{app.url}/health?window=30+days")
    expect(alma.get_by_role("heading", name="Processes")).to_be_visible(timeout=PATIENCE)
    expect(alma.get_by_test_id("stVegaLiteChart")).to_have_count(2 + 6, timeout=PATIENCE)  # six of the processes
    expect(alma.get_by_test_id("stAlert")).to_have_count(0)


def healths_figures(calls: list[Call], at: datetime) -> list[str]:
    """Of the thirty days of whole hours up to then."""
    first_hour = at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=30 * 24 - 1)
    mine = [call for call in calls if call.at >= first_hour]
    failed, settled, unknown = (sum(call.state == state for call in mine) for state in ("failed", "settled", "unknown"))
    kinds = [call.error_kind for call in mine]
    again = sum(call.attempts for call in mine) - len(mine)
    refused = kinds.count("blocked") + kinds.count("refused")
    assert min(failed, again, refused, unknown) > 0
    return [f"{failed / (failed + settled):.1%}", *map(str, (kinds.count("rate_limited"), again, refused, unknown))]


def test_healths_figures_are_the_counts_of_the_calls(app: running.App, alma: Page) -> None:
    began = now()
    alma.goto(f"{app.url}/health?window=30+days")
    values = alma.get_by_test_id("stMetricValue")
    expect(values.nth(7)).to_be_visible(timeout=PATIENCE)
    expected = [healths_figures(lately(app, 31), at) for at in (began, now())]  # the hour may have changed meanwhile
    assert [values.nth(number).inner_text() for number in range(5)] in expected


def test_an_alert_is_on_top_until_it_is_acknowledged(app: running.App, alma: Page) -> None:
    with app.database().write() as session:
        alert = factories.alert(session, subject="there", message="The disk of *there* is full: $5 & <b>more</b>.").id
    alma.goto(f"{app.url}/health")
    told = alma.get_by_text("The disk of *there* is full: $5 & <b>more</b>.").first
    expect(told).to_be_visible(timeout=PATIENCE)
    below = alma.get_by_role("heading", name="Health").bounding_box()
    above = told.bounding_box()
    assert above
    assert below
    assert above["y"] < below["y"]
    alma.get_by_role("button", name="Acknowledge").click()
    expect(alma.get_by_text("Acknowledged by alma at")).to_be_visible(timeout=PATIENCE)
    with app.database().write() as session:
        session.delete(session.get_one(Alert, alert))


# What Streamlit and Vega draw themselves, and give nobody a way to name; the chart around a brush is named.
SIDEBAR = {"list", "listitem"}
NOT_OURS = ("metric_chart", f"{BRUSH}_brush")


@pytest.mark.parametrize(("page", "charts"), [("usage", 3), ("health?window=30+days", 2)], ids=["usage", "health"])
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing_serious_in_what_is_ours(
    app: running.App, alma: Page, page: str, charts: int, width: int
) -> None:
    alma.set_viewport_size({"width": width, "height": 900})
    alma.goto(f"{app.url}/{page}")
    expect(alma.get_by_test_id("stVegaLiteChart").nth(charts - 1)).to_be_visible(timeout=PATIENCE)
    expect(alma.get_by_test_id("stDataFrame").first).to_be_visible(timeout=PATIENCE)
    expect(alma.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)
    found = [
        f"{mistake['id']}: {node['html'][:200]}"
        for mistake in Axe().run(alma).response["violations"]
        if mistake["impact"] in ("serious", "critical") and mistake["id"] not in SIDEBAR
        for node in mistake["nodes"]
        if not any(name in node["html"] for name in NOT_OURS)
    ]
    assert found == []


def test_an_educator_is_turned_away(app: running.App, tab: Page, people: dict[str, User]) -> None:
    sign_in(app, tab, people["ben"])
    for page in ("usage", "health"):
        tab.goto(f"{app.url}/{page}")
        expect(tab.get_by_text("This page is for administrators")).to_be_visible(timeout=PATIENCE)
        expect(tab.get_by_test_id("stMetric")).to_have_count(0)
    expect(tab.get_by_test_id("stSidebarNav").get_by_text("Usage")).to_have_count(0)
