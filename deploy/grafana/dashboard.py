"""Print the dashboard: ``python deploy/grafana/dashboard.py > deploy/grafana/storylib.json``.

Needs Grafana 10 or newer.
"""

from __future__ import annotations

import json
from typing import Any

# Title, unit, and what is drawn by its legend. The site's figures are the same from every process: max, never sum.
PANELS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("Stories in the making", "short", {"{{state}}": "max by (state) (storylib_stories)"}),
    ("The oldest waits", "s", {"queued": "max(storylib_queue_oldest_seconds)"}),
    ("Processes", "short", {"work": "max(storylib_workers)", "taken over (a day)": "max(storylib_takeovers)"}),
    ("Spent in an hour", "currencyUSD",
     {"{{provider}}": "sum by (provider) (max by (provider, operation) (increase(storylib_cost_usd_total[1h])))"}),
    ("Calls a minute", "short",
     {"{{provider}}": "sum by (provider) (max by (provider, operation) (rate(storylib_calls_total[5m]))) * 60"}),
    ("Failed calls a minute", "short",
     {"{{provider}}": "sum by (provider) (max by (provider, operation) (rate(storylib_calls_failed_total[5m]))) * 60"}),
    ("A call takes", "s", {"{{provider}} {{operation}}": "max by (provider, operation) (storylib_call_seconds)"}),
    ("Charged for nothing, perhaps", "short", {"calls": "max(storylib_calls_unknown)"}),
    ("A screen takes (95 of 100)", "s",
     {"{{page}}": "histogram_quantile(0.95, sum by (le, page) (rate(storylib_run_seconds_bucket[5m])))"}),
    ("A request takes (95 of 100)", "s",
     {"{{route}}": "histogram_quantile(0.95, sum by (le, route) (rate(storylib_request_seconds_bucket[5m])))"}),
    ("Database connections", "percentunit", {"{{instance}}": "storylib_pool_in_use / storylib_pool_most"}),
    ("Storage", "bytes",
     {"database": "max(storylib_database_bytes)", "free, {{instance}}": "storylib_disk_free_bytes"}),
    ("Memory", "bytes", {"{{instance}}": "storylib_memory_bytes"}),
    ("Unexpected errors in an hour", "short", {"{{instance}}": "increase(storylib_failures_total[1h])"}),
)  # fmt: skip


def panel(number: int, title: str, unit: str, drawn: dict[str, str]) -> dict[str, Any]:
    """Return one panel, half the width, below those before it."""
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": title,
        "datasource": {"type": "prometheus", "uid": "${source}"},
        "gridPos": {"x": number % 2 * 12, "y": number // 2 * 8, "w": 12, "h": 8},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": "ABC"[place], "expr": asked, "legendFormat": legend}
            for place, (legend, asked) in enumerate(drawn.items())
        ],
    }


DASHBOARD = {
    "uid": "storylib",
    "title": "Storylib",
    "schemaVersion": 39,
    "refresh": "1m",
    "time": {"from": "now-6h", "to": "now"},
    "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus", "label": "Source"}]},
    "panels": [panel(number, *each) for number, each in enumerate(PANELS)],
}

if __name__ == "__main__":
    print(json.dumps(DASHBOARD, indent=2))
