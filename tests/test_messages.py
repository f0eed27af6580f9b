"""Errors are codes with parameters: the catalogue and the code that raises them agree."""

from __future__ import annotations

import ast
import pickle
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from storylib import errors
from storylib.config import ROOT
from storylib.errors import Invalid, LimitReached, ProviderError, Refused, StorylibError, messages
from storylib.errors.messages import PLAIN, Message, message

MAKERS = {"message"} | {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, StorylibError)
}
SETTINGS = {"permanent", "maybe_paid", "retry_after", "detail"}  # of an error, not of its sentence

# What still raises sentences, which ``messages.yaml`` therefore does not have.
SENTENCES = (
    "commands",
    "config",
    "exports",
    "kit",
    "operations.backup",
    "operations.doctor",
)  # they still say it themselves


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every place that makes an error or a message, with its module."""
    for path in sorted(Path(ROOT, "storylib").rglob("*.py")):
        if path.parent.name != "versions" and path.name not in ("errors.py", "messages.py"):
            module = ".".join(path.relative_to(ROOT / "storylib").with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                    yield module, node


def codes(node: ast.expr) -> list[str] | None:
    """The codes that an argument may be; None for what is no constant."""
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*(codes(node.body) or []), *(codes(node.orelse) or [])]
    return None


def parameters(code: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(messages.sentences()[code]) if name}


def test_whatever_is_raised_has_a_sentence_and_gives_it_what_varies() -> None:
    wrong = []
    for module, made in calls():
        if module.startswith(SENTENCES) or (found := codes(made.args[0])) is None:
            continue
        given = {keyword.arg for keyword in made.keywords} - SETTINGS
        wrong += [(module, code) for code in found if code not in messages.sentences() or parameters(code) != given]
    assert wrong == []


def test_each_sentence_is_raised_somewhere() -> None:
    spelled = {
        node.value
        for path in Path(ROOT, "storylib").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
    }
    composed = {f"ai_service.{kind}" for kind in get_args(errors.ErrorKind)}
    composed |= {f"account.{field}-taken" for field in ("username", "email")}
    assert set(messages.sentences()) - {PLAIN} - spelled == composed


def test_no_sentence_is_put_together_where_it_is_raised() -> None:
    """An f-string would be a sentence that nobody can translate; two make codes, by field and by kind."""
    composed = [
        ast.unparse(made.args[0])
        for module, made in calls()
        if not module.startswith(SENTENCES) and codes(made.args[0]) is None
    ]
    assert [text for text in composed if "'" in text] == ["f'account.{field}-taken'", "f'ai_service.{kind}'"]


def test_an_error_says_its_sentence() -> None:
    error = LimitReached("quota.pages", pages=1)
    assert (error.code, str(error)) == (
        "quota.pages", "Your plan allows stories of up to 1 page. Please choose fewer pages."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "params", "said"),
    [
        ("story.pictures-missing", {"missing": 1}, "One picture could not be drawn. Everything else is kept."),
        ("story.pictures-missing", {"missing": 12}, "12 pictures could not be drawn. Everything else is kept."),
        ("account.domain", {"domains": ("a.org", "b.org")}, "Accounts here need an e-mail address at a.org or b.org."),
        ("people.budget", {"most": Decimal(100_000)}, "A budget must be between $0 and $100,000."),
        ("input.required", {"field": "title"}, "Title is required."),
        ("writing.kept", {"why": message("writing.stopped")}, None),
    ],
)
def test_what_varies_is_written_as_people_do(code: str, params: dict[str, object], said: str | None) -> None:
    assert str(message(code, **params)) == (said or "The writing was stopped. The pages that were written are kept.")


def test_words_from_outside_are_no_format() -> None:
    assert str(message("people.role", role="{code} {0}")) == "There is no role called {code} {0}."
    assert str(message("A {strange} sentence.")) == "A {strange} sentence."


def test_a_message_comes_back_from_a_row_as_it_was() -> None:
    kept = message("picture.stand-in", why=message("quota.budget", cost=Decimal("0.04"), left=Decimal(0), budget=1))
    assert Message.model_validate_json(kept.model_dump_json()) == kept
    assert str(kept).startswith("This would cost about $0.04, but only $0.00 of your $1.00 for this month is left.")


def test_a_code_without_a_sentence_is_a_bug() -> None:
    with pytest.raises(KeyError):
        Refused("access.unheard-of")


@pytest.mark.parametrize(
    "error",
    [Invalid("input.required", "title", field="title"), ProviderError("call.lost", "timeout", maybe_paid=True)],
)
def test_errors_travel_between_processes(error: StorylibError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert (str(back), vars(back)) == (str(error), vars(error))
