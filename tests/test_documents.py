"""What the repository says about itself is true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from storylib import __version__
from storylib.commands.make.folder import read_brief
from storylib.config import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_decision_is_in_the_list() -> None:
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    assert [path.name for path in (ROOT / "docs" / "decisions").glob("0*.md") if path.name not in listed] == []


def test_the_readmes_brief_is_one(tmp_path: Path) -> None:
    [written] = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "brief.yaml").write_text(written, "utf-8")
    assert read_brief(tmp_path / "brief.yaml").characters[0].look.scarf == "#4f9fcf"


def test_the_readme_names_only_what_make_can_do() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))
    assert set(re.findall(r"(?m)(?:^|`)make ([a-z]+)", (ROOT / "README.md").read_text("utf-8"))) <= targets


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "constraints.txt"])
def test_every_package_is_pinned_to_one_version(file: str) -> None:
    lines = [line for line in (ROOT / file).read_text("utf-8").splitlines() if line and line[0] not in "#-"]
    assert [line for line in lines if not re.fullmatch(r"[\w.\[\]-]+==[\w.]+(; .*)?", line)] == []


def test_the_changelog_begins_with_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_pytest_takes_every_warning_for_an_error() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert settings["filterwarnings"][0] == "error"
