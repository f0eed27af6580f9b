"""Nothing in the screens passes by the gate, and no field takes text but through ``fields``. Read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from storylib.config import ROOT

SCREENS = sorted([ROOT / "Home.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("storylib/web/**/*.py")])
# They come before anybody is signed in, or are the gate itself.
BEFORE_THE_GATE = {"gate.py", "current_user.py", "screens.py", "cookie.py"}
ONLY_IN = {
    "fragment": "gate.py",
    "dialog": "gate.py",
    "text_input": "fields.py",
    "text_area": "fields.py",
    "chat_input": "fields.py",
    "form": "fields.py",
    "form_submit_button": "fields.py",
}


def calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def gated(node: ast.expr, by: str = "callback") -> bool:
    """``gate.callback(…)``."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == f"gate.{by}"


def callbacks_that_pass_by(source: str) -> list[str]:
    """Whatever Streamlit would call at a click without the gate; a mode such as ``on_click="ignore"`` calls nothing."""
    found = []
    tree = ast.parse(source)
    kept = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in calls(source):
        if ast.unparse(call.func).startswith("gate."):
            continue
        for keyword in call.keywords:
            value = kept.get(keyword.value.id, keyword.value) if isinstance(keyword.value, ast.Name) else keyword.value
            named = (keyword.arg or "").startswith("on_")
            harmless = isinstance(value, ast.Constant) or gated(value)
            if (named and not harmless) or (keyword.arg in ("args", "kwargs") and "st." in ast.unparse(call.func)):
                found.append(ast.unparse(call))
    found += [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for name, value in zip(node.keys, node.values, strict=True)
        if isinstance(name, ast.Constant) and str(name.value).startswith("on_") and not gated(value)
    ]
    return found


def used(source: str) -> set[str]:
    """The names of Streamlit's that a file uses, on whatever it calls them: ``st.dialog``, ``left.text_input``."""
    named = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute) if _not_ours(node)}
    imported = {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("streamlit")
        for alias in node.names
    }
    return named | imported


def _not_ours(node: ast.Attribute) -> bool:
    return ast.unparse(node.value) not in ("gate", "links", "fields")


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_callback_passes_the_gate(path: Path) -> None:
    if path.name not in BEFORE_THE_GATE:
        assert callbacks_that_pass_by(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: str(path.relative_to(ROOT)))
def test_parts_that_run_alone_and_fields_for_text_have_one_home(path: Path) -> None:
    strays = {name for name in used(path.read_text("utf-8")) if ONLY_IN.get(name, path.name) != path.name}
    assert strays == set()


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_actions_change_the_database(path: Path) -> None:
    if path.name not in BEFORE_THE_GATE | {"actions.py"}:
        assert not {"database().write", "database().engine"} & {
            ast.unparse(call.func) for call in calls(path.read_text("utf-8"))
        }


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_file_of_a_download_is_made_for_whoever_sees_the_button(path: Path) -> None:
    for call in calls(path.read_text("utf-8")):
        if ast.unparse(call.func).endswith(".download_button"):
            contents = call.args[1]
            assert gated(contents, "file") or not isinstance(contents, (ast.Lambda, ast.Name)), ast.unparse(call)
            assert "partial" not in ast.unparse(contents)


@pytest.mark.parametrize(
    "line",
    [
        "st.button('Go', on_click=go)",
        "st.button('Go', on_click=partial(go, 1))",
        "left.button('Go', on_click=lambda: go())",
        "st.button('Go', on_click=gate.callback(go), args=(1,))",
        "go_on = go\nst.text_input('Name', on_change=go_on)",
        "_part(key='part', on_asked_change=go)",
        "st.text_input('Name', **{'on_change': go})",
    ],
)
def test_a_callback_that_passes_by_is_found(line: str) -> None:
    assert callbacks_that_pass_by(line)
