"""What ``deploy/`` holds is what the programs it is for understand, and two processes behind nginx are one site."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect
from sqlalchemy import select

from storylib.config import ROOT, Environment
from storylib.library import stories
from storylib.models import User
from storylib.operations import metrics
from tests import factories, postgres, running

DEPLOY = ROOT / "deploy"
PASSWORD = "correct horse battery"
METRIC = r"storylib_[a-z_]+"


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")
    if not found:
        pytest.skip(f"{name} is not installed here")
    return found


def _told(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _loaded(file: str) -> list[Any]:
    return list(yaml.safe_load_all((DEPLOY / file).read_text()))


# --- Prometheus and Grafana


def test_the_rules_warn_when_they_should_and_not_otherwise() -> None:
    _told(_program("promtool"), "test", "rules", DEPLOY / "prometheus" / "rules_test.yml")


def test_rules_and_dashboard_ask_only_for_what_is_told() -> None:
    source = Path(metrics.__file__).read_text() + (ROOT / "storylib/operations/logs.py").read_text()
    known = set(re.findall(METRIC, source)) | {
        f"storylib_{name}" for name in re.findall(r'_gauge\("([a-z_]+)"', source)
    }
    asked = {
        re.sub("_(total|bucket|count|sum)$", "", name)
        for file in ("prometheus/rules.yml", "grafana/storylib.json")
        for name in re.findall(METRIC, (DEPLOY / file).read_text())
    }
    assert asked - known == set()


def test_the_dashboard_is_as_its_code_makes_it() -> None:
    made = _told(sys.executable, DEPLOY / "grafana" / "dashboard.py")
    assert json.loads(made) == json.loads((DEPLOY / "grafana" / "storylib.json").read_text())


# --- containers, Kubernetes, systemd


def test_every_process_of_the_compose_file_shares_database_and_key_and_writes_nowhere_else() -> None:
    services = _loaded("compose.yaml")[0]["services"]
    for name in ("web-1", "web-2", "worker"):
        service = services[name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert {"STORYLIB_DATABASE_URL", "STORYLIB_SECRET_KEY"} <= service["environment"].keys()
        ours = {key.lower() for key in service["environment"] if key.startswith(("STORYLIB_", "OPENAI_"))}
        assert ours <= Environment.model_fields.keys()


def test_the_image_copies_only_what_there_is_and_runs_as_nobody_special() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            assert all((ROOT / source).exists() for source in line.split()[1:-1]), line
    assert "USER 10001" in lines
    assert any(line.startswith("HEALTHCHECK ") for line in lines)


def test_kubernetes_probes_ask_what_we_serve_and_every_selector_finds_its_pods() -> None:
    found = {(each["kind"], each["metadata"]["name"]): each for each in _loaded("kubernetes/storylib.yaml")}
    web, worker = found["Deployment", "storylib-web"]["spec"], found["Deployment", "storylib-worker"]["spec"]
    container = web["template"]["spec"]["containers"][0]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"  # a pause of the database restarts nobody
    for spec in (web, worker):
        assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
        assert spec["template"]["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"]
    labels = web["template"]["metadata"]["labels"]
    assert found["Service", "storylib"]["spec"]["selector"] == labels
    assert found["PodDisruptionBudget", "storylib-web"]["spec"]["selector"]["matchLabels"] == labels
    scaled = found["HorizontalPodAutoscaler", "storylib-worker"]["spec"]
    assert ("Deployment", scaled["scaleTargetRef"]["name"]) in found


@pytest.mark.parametrize("unit", ["storylib.service", "storylib-worker.service"])
def test_systemd_understands_the_units(unit: str, tmp_path: Path) -> None:
    text = (DEPLOY / "systemd" / unit).read_text()
    (tmp_path / unit).write_text(text.replace("/opt/storylib/.venv/bin/", f"{Path(sys.executable).parent}/"))
    _told(_program("systemd-analyze"), "verify", "--man=no", tmp_path / unit)


# --- nginx in front of two processes


@contextmanager
def _nginx(folder: Path, ports: tuple[int, int]) -> Iterator[str]:
    """Our own file, with these two processes in the place of the containers."""
    port = running._free_port()
    ours = (DEPLOY / "nginx" / "storylib.conf").read_text().replace("listen 8080", f"listen 127.0.0.1:{port}")
    for number, behind in enumerate(ports, start=1):
        ours = ours.replace(f"web-{number}:8501", f"127.0.0.1:{behind}")
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; {paths}\n{ours} }}"
    )
    program = _program("nginx")
    _told(program, "-t", "-c", whole)
    process = subprocess.Popen([program, "-c", str(whole), "-g", "daemon off;"])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _with_a_story(app: running.App) -> str:
    database = app.database()
    with database.write() as session:
        ada = session.scalars(select(User)).one()
        title = stories.ask(session, ada, factories.BRIEF).id
    database.engine.dispose()
    return title


def _state(app: running.App, story_id: str) -> str:
    database = app.database()
    with database.read() as session:
        found = stories.get(session, session.scalars(select(User.id)).one(), story_id).state
    database.engine.dispose()
    return found


def test_two_processes_behind_nginx_are_one_site(tmp_path: Path, postgres_server: postgres.Server, tab: Page) -> None:
    shared = {"STORYLIB_DATABASE_URL": postgres_server.create(), "STORYLIB_SECRET_KEY": "one key"}
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with running.App(tmp_path / "a", **shared) as one:
        one.command("user", "add", "ada", "--email", "ada@school.example", "--role", "educator", stdin=PASSWORD)
        with running.App(tmp_path / "b", **shared) as other, _nginx(tmp_path, (one.port, other.port)) as url:
            story_id = _with_a_story(one)
            running.until(lambda: _state(one, story_id) == "ready")
            tab.goto(url)
            tab.get_by_label("Username or e-mail address").fill("ada")
            tab.get_by_label("Password", exact=True).fill(PASSWORD)
            tab.keyboard.press("Enter")
            expect(tab.get_by_role("button", name="Sign out").first).to_be_visible()
            expect(tab.locator("img[src*='/app/static/img/']").first).to_be_visible()
            for process in (one, other):  # browsers send a cookie to every port
                tab.goto(process.url)
                expect(tab.get_by_role("button", name="Sign out").first).to_be_visible()
            tab.get_by_role("button", name="Sign out").first.click()
            expect(tab.get_by_label("Username or e-mail address")).to_be_visible()
            for address in (url, one.url):
                tab.goto(address)
                expect(tab.get_by_label("Username or e-mail address")).to_be_visible()
            assert tab.request.get(f"{url}/metrics").status == 404
