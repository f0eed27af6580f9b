"""The shape of the code: what may import what, and how a page begins. Read from the source, nothing is run."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from storylib.config import ROOT

# From the ground up: a module imports only from its own layer and those before it.
LAYERS = (
    {"addresses", "descriptors", "errors", "observe"},
    {"vocabulary", "manuscript", "mending", "text", "reading", "safety"},
    {"pseudonyms", "prompts"},
    {"config"},
    {"models", "rollup", "db", "wal"},
    {"providers.base"},
    {"prices"},
    {"providers"},
    {"attempts"},
    {"accounts", "credentials", "passwords", "tickets"},
    {"characters", "portraits", "stories", "images", "ledger", "limits"},
    {"audit", "people", "people_file", "directory", "leaving", "invitations", "takeout"},
    {"production", "quotes", "spool", "jobs"},
    {"analytics", "charts", "sampling", "alerts"},
    {"web", "server"},
    {"book", "demo", "backup", "__main__"},
    {"Home", "pages", "migrations"},
)
# A package that only these may import, so that it can be exchanged in one place.
ONLY_IN = {
    "streamlit": {"web", "Home", "pages"},
    "openai": {"providers.openai"},
    "altair": {"charts"},
    "dbos": {"jobs", "production"},
    "starlette": {"server"},
    "resvg_py": {"providers.kit"},
    "alembic": {"db", "migrations"},
}

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


def ours(path: Path) -> set[str]:
    """The modules of Storylib that a file imports: ``models``, ``providers`` …"""
    return {module(name.removeprefix("storylib.")) for name in imports(path) if name.startswith("storylib.")} - {
        "__version__"
    }


def top(name: str) -> str:
    return name.split(".")[0]


def module(name: str) -> str:
    """A package counts as one module, but for the providers' contract."""
    return "providers.base" if name.startswith("providers.base") else top(name)


def layer(name: str) -> int:
    for number, names in enumerate(LAYERS):
        if module(name) in names:
            return number
    pytest.fail(f"{name} has no place in LAYERS")


def inside(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("name", SOURCES)
def test_imports_point_downwards(name: str) -> None:
    upwards = {other for other in ours(SOURCES[name]) if layer(other) > layer(name)}
    assert not upwards


def test_no_two_modules_import_each_other() -> None:
    graph: dict[str, set[str]] = {}
    for name, path in SOURCES.items():
        graph.setdefault(module(name), set()).update(ours(path) - {module(name)})
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("name", [name for name in SOURCES if name.startswith("providers.") and "__init__" not in name])
def test_makers_know_no_database(name: str) -> None:
    """They keep no session and no limits; the caller does."""
    assert not ours(SOURCES[name]) & {"models", "db"}


@pytest.mark.parametrize(("package", "places"), ONLY_IN.items())
def test_a_package_is_imported_only_where_it_belongs(package: str, places: set[str]) -> None:
    users = {name for name, path in SOURCES.items() if package in map(top, imports(path))}
    assert {name for name in users if not inside(name, places)} == set()


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
