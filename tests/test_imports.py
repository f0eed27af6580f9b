"""The shape of the code: what may import what, and how a page begins."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from storylib.config import ROOT

SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removeprefix("storylib."): path
    for path in sorted([ROOT / "Home.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("storylib/**/*.py")])
    if path.exists()
}
PAGES = {name: path for name, path in SOURCES.items() if name.startswith("pages.")}


def imports(path: Path) -> Iterator[str]:
    """Every name that a file imports, anywhere in it, as a dotted path."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where things come from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top(name: str) -> str:
    return name.split(".")[0]


def test_each_package_imports_only_what_its_contracts_allow() -> None:
    """The contracts are in pyproject.toml, each with its reason."""
    assert lint_imports(str(ROOT / "pyproject.toml")) == 0


def test_every_imported_package_is_in_our_requirements() -> None:
    listed = {
        line.lower().replace("_", "-") for line in re.findall(r"(?m)^[\w-]+", (ROOT / "requirements.txt").read_text())
    }
    packages = {top(name) for path in SOURCES.values() for name in imports(path)} - {"storylib", "__future__"}
    owners = packages_distributions()
    missing = {
        package
        for package in packages - sys.stdlib_module_names
        if not listed & {owner.lower().replace("_", "-") for owner in owners.get(package, [])}
    }
    assert not missing


def test_no_page_lies_directly_in_the_pages_folder() -> None:
    """Streamlit would serve it without running Home.py, so without the sign-in."""
    assert not list(ROOT.glob("pages/*.py"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_begins_by_asking_who_is_there(name: str) -> None:
    body = ast.parse(PAGES[name].read_text("utf-8")).body
    first = next(
        node
        for node in body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )
    assert isinstance(first, ast.Expr | ast.Assign)
    assert ast.unparse(first.value) in {"web.user()", "web.admin()"}
