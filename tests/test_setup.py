"""What ``make`` does on a machine that is not ours: with stand-ins for the commands of such a machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from storylib.config import ROOT


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder that is the whole PATH of a machine; ``id`` says who asks."""
    command(tmp_path, "id", "echo 1000")
    return tmp_path


def command(machine: Path, name: str, does: str) -> None:
    (machine / name).write_text(f"#!/bin/sh\n{does}\n")
    (machine / name).chmod(0o755)


def find_chromium(machine: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run tools/chromium there."""
    return subprocess.run(
        ["/bin/sh", str(ROOT / "tools" / "chromium")],
        env={"PATH": str(machine), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_that_is_there_is_used(machine: Path, name: str) -> None:
    command(machine, name, "exit 0")
    assert find_chromium(machine).stdout == f"{machine / name}\n"


def test_a_browser_that_was_named_is_used(machine: Path) -> None:
    command(machine, "chromium", "exit 0")
    assert find_chromium(machine, CHROMIUM="/opt/chrome").stdout == "/opt/chrome\n"


def test_root_on_debian_gets_one_installed(machine: Path) -> None:
    command(machine, "id", "echo 0")
    command(
        machine, "apt-get", f'echo "$@" >> {machine}/asked; : > {machine}/chromium; /bin/chmod +x {machine}/chromium'
    )
    found = find_chromium(machine)
    assert (found.returncode, found.stdout) == (0, f"{machine / 'chromium'}\n")
    assert (machine / "asked").read_text().splitlines()[1].startswith("install -y")


@pytest.mark.parametrize("user", ["0", "1000"])
def test_without_any_way_to_a_browser_it_says_what_to_do(machine: Path, user: str) -> None:
    command(machine, "id", f"echo {user}")
    found = find_chromium(machine)
    assert (found.returncode, found.stdout) == (1, "")
    assert "apt-get install chromium" in found.stderr


def test_a_failed_installation_says_what_to_do(machine: Path) -> None:
    command(machine, "id", "echo 0")
    command(machine, "apt-get", "exit 100")
    assert "found none" in find_chromium(machine).stderr


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the Makefile as from a plain shell, even when make itself runs these tests."""
    return subprocess.run(
        ["make", "-f", str(ROOT / "Makefile"), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_refused_in_a_sentence(tmp_path: Path) -> None:
    older = f"exec {sys.executable} -c 'import sys; sys.version_info = (3, 9); exec(sys.argv[1])' \"$2\""
    command(tmp_path, "python3", older)
    made = make(f"PYTHON={tmp_path / 'python3'}", ".venv/bin/python", folder=tmp_path)
    assert made.returncode != 0
    assert made.stderr.startswith("Storylib needs Python 3.11 or newer")
    assert not (tmp_path / ".venv").exists()


def test_a_python_that_cannot_make_environments_leaves_no_half_of_one(tmp_path: Path) -> None:
    command(tmp_path, "python3", 'if [ "$1" = -m ]; then mkdir -p .venv/bin; : > .venv/bin/python; exit 1; fi')
    assert make(f"PYTHON={tmp_path / 'python3'}", ".venv/bin/python", folder=tmp_path).returncode != 0
    assert not (tmp_path / ".venv").exists()


def test_help_names_every_target() -> None:
    phony = re.findall(r"(?m)^\.PHONY: (.*)", (ROOT / "Makefile").read_text("utf-8"))[0].split()
    assert [line.split()[1] for line in make().stdout.splitlines()] == phony
