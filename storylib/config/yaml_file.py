"""A YAML file read into a model. Whatever is wrong is told with its line, its place, and what to write instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from storylib.errors import Invalid

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]
Lines = dict[Place, int]
MERGE: Final = "<<"

WRITE: Final = {  # by pydantic's name of the mistake
    "missing": "is missing; add it",
    "int_": "write a whole number, such as 5",
    "float_": "write a number, such as 0.5",
    "decimal_": 'write an amount, such as "20"',
    "finite_number": 'write an amount, such as "20"',
    "bool_": "write true or false",
    "string_type": "write a text; put quotes around it if it looks like a number",
    "string_too_short": "write something here",
    "string_too_long": "write at most {max_length} characters",
    "too_short": "list at least one",
    "tuple_type": "write a list, such as [one, two]",
    "dict_type": "write its settings below it, each on a line of its own, further in",
    "model_type": "write its settings below it, each on a line of its own, further in",
    "greater_than_equal": "write {ge:g} or more",
    "greater_than": "write more than {gt:g}",
    "less_than_equal": "write {le:g} or less",
    "less_than": "write less than {lt:g}",
    "literal_error": "write one of {expected}",
    "value_error": "{error}",
}


def read(path: Path, model: type[M]) -> M:
    """Parse and check a file.

    Raises:
        Invalid: it cannot be read, is no YAML, says something twice or breaks a rule; the message names the lines.
    """
    try:
        written = path.read_text("utf-8")
        node = yaml.compose(written, yaml.SafeLoader)
        lines = dict(_lines(node, ())) if node else {}
        _refuse_repetition(path, node)
        return model.model_validate(yaml.safe_load(written) or {})
    except OSError as error:
        raise Invalid(f"The configuration {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Invalid(f"{path} is not valid YAML: save it as UTF-8.") from None
    except yaml.YAMLError as error:
        raise Invalid(f"{_at(path, _line_of(error))} not valid YAML: {_problem(error)}.") from None
    except ValidationError as error:
        raise Invalid("\n".join(_told(path, lines, model, one) for one in error.errors())) from None


# --- where it stands


def _lines(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int]]:
    """Yield the line of everything in the file; what is merged in counts where it was written."""
    if isinstance(node, yaml.MappingNode):
        merged = [value for key, value in node.value if key.value == MERGE]
        for each in merged:
            yield from _lines(each, place)
        for key, value in node.value:
            if key.value != MERGE:
                yield (*place, key.value), key.start_mark.line + 1
                yield from _lines(value, (*place, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield (*place, number), value.start_mark.line + 1
            yield from _lines(value, (*place, number))


def _refuse_repetition(path: Path, node: yaml.Node | None) -> None:
    """YAML itself lets the last one count, in silence."""
    if isinstance(node, yaml.MappingNode):
        counts = Counter(key.value for key, _ in node.value)
        for key, _ in reversed(node.value):
            if counts[key.value] > 1:
                line = key.start_mark.line + 1
                raise Invalid(f"{_at(path, line)} {key.value} is there {counts[key.value]} times; keep one of them.")
    children = node.value if isinstance(node, yaml.SequenceNode | yaml.MappingNode) else []
    for child in children:
        _refuse_repetition(path, child[1] if isinstance(child, tuple) else child)


def _at(path: Path, line: int | None) -> str:
    return f"{path}, line {line}:" if line else f"{path}:"


def _line_of(error: yaml.YAMLError) -> int | None:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else None


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or getattr(error, "reason", error))


# --- what is wrong with it


def _told(path: Path, lines: Lines, model: type[BaseModel], mistake: Any) -> str:
    place: Place = tuple(part for part in mistake["loc"] if part != "[key]")
    known = (place[:end] for end in range(len(place), 0, -1))
    line = next((lines[part] for part in known if part in lines), None)
    where = ".".join(map(str, place))
    return f"{_at(path, line)} {f'{where}: ' if where else ''}{_advice(model, place, mistake)}."


def _advice(model: type[BaseModel], place: Place, mistake: Any) -> str:
    kind, facts = mistake["type"], mistake.get("ctx", {})
    if kind == "extra_forbidden":
        return _instead(str(place[-1]), _siblings(model, place[:-1]))
    for name, advice in WRITE.items():
        if kind.startswith(name):
            return advice.format(**facts)
    return str(mistake["msg"])


def _instead(written: str, known: list[str]) -> str:
    close = get_close_matches(written, known, 1, 0.6)
    way = f"write {close[0]}" if close else f"take it out. Known here: {', '.join(known)}"
    return f"there is no such setting; {way}"


def _siblings(model: type[BaseModel], place: Place) -> list[str]:
    """Return the settings that may be written at a place, as far as the models tell."""
    schema = model.model_json_schema()
    here: Any = schema
    for part in place:
        here = _resolved(schema, here)
        here = here.get("properties", {}).get(part) or here.get("additionalProperties") or here.get("items") or {}
    return list(_resolved(schema, here).get("properties", {}))


def _resolved(schema: Any, here: Any) -> Any:
    options = [here, *here.get("anyOf", ())]
    found = next((one["$ref"] for one in options if "$ref" in one), None)
    return schema["$defs"][found.rpartition("/")[2]] if found else here
