"""JSON, JSON lines and YAML as plain values, bounded: size, depth, no aliases, no NaN, no member given twice.

What comes out holds dicts, lists, strings, booleans, finite numbers and None, at most `MAX_DEPTH` deep.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from dystonia_kg.cases.report import Rejected
from dystonia_kg.errors import InputError, MissingExtraError, Problem
from dystonia_kg.guard import MAX_FILE_BYTES, read_capped

MAX_RECORD_BYTES = 16 * 2**20  # one JSON or YAML document, one line of JSON lines
MAX_YAML_BYTES = 2 * 2**20  # PyYAML needs some 100 times the memory and 30 s a megabyte
MAX_DEPTH = 60  # a phenopacket is about 12 deep

_FORMATS = {"json": "json", "jsonl": "jsonl", "ndjson": "jsonl", "yaml": "yaml", "yml": "yaml"}


class Document(NamedTuple):
    """One record of a file: its number from 1, and its value."""

    row: int
    value: Any


def document_format(name: str | os.PathLike[str]) -> str | None:
    """Return "json", "jsonl" or "yaml" for a file name, with or without .gz; None for another.

    >>> document_format("cases.jsonl.gz"), document_format("table.csv")
    ('jsonl', None)
    """
    return _FORMATS.get(os.fspath(name).lower().removesuffix(".gz").rpartition(".")[2])


def read_documents(
    source: str | os.PathLike[str] | bytes,
    format: str | None = None,  # noqa: A002
    *,
    name: str = "input",
) -> Iterator[Document | Rejected]:
    """Yield the records of a file (by its path) or of bytes; a bad line of JSON lines is a `Rejected` among them.

    A JSON array counts as its elements, a YAML stream as its documents.

    :param format: "json", "jsonl" or "yaml"; told by the name, or by the content, if not given
    :raises InputError: if the file cannot be read at all
    """
    if isinstance(source, bytes):
        data = source
    else:
        name, format = os.fspath(source), format or document_format(source)  # noqa: A001
        data = read_capped(name, MAX_FILE_BYTES)
    text = _decode(data, name)
    kind = format or _sniff(text)
    if kind not in ("json", "jsonl", "yaml"):
        raise InputError(Problem(name, None, None, f"the format {kind!r} is not known; name json, jsonl or yaml"))
    return _lines(text) if kind == "jsonl" else _whole(text, kind, name)


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(Problem(name, line, None, f"is not UTF-8 ({error.reason}); convert it")) from None


def _sniff(text: str) -> str:
    """Tell JSON lines from one JSON document, and both from YAML."""
    start = text.lstrip()[:1]
    if start not in ("{", "["):
        return "yaml"
    first = text.strip().partition("\n")[0]
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return "json"
    return "jsonl" if len(first) < len(text.strip()) else "json"


def _lines(text: str) -> Iterator[Document | Rejected]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield Document(number, parse_json(line))
            except InputError as error:
                yield Rejected(number, None, None, error.problems[0].message)


def _whole(text: str, kind: str, name: str) -> Iterator[Document]:
    values = list(parse_yaml(text, name)) if kind == "yaml" else [parse_json(text, name)]
    if kind == "json" and isinstance(values[0], list):
        values = values[0]
    return (Document(number, value) for number, value in enumerate(values, 1))


def parse_json(text: str, name: str = "") -> Any:
    """Return the value of a JSON text.

    :raises InputError: with the place

    >>> parse_json('{"id": NaN}')
    Traceback (most recent call last):
    ...
    dystonia_kg.errors.InputError: NaN is no JSON; leave out what is not known
    """
    _check_size(text, MAX_RECORD_BYTES, name)

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [key for key, _ in pairs]
            twice = next(key for key in names if names.count(key) > 1)
            _refuse(name, f"the member {twice!r:.100} is given twice; keep one of them")
        return found

    def constant(word: str) -> NoReturn:
        _refuse(name, f"{word} is no JSON; leave out what is not known")

    try:
        value = json.loads(text, object_pairs_hook=members, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise InputError(Problem(name, error.lineno, error.colno, f"not JSON: {error.msg}")) from None
    except RecursionError:
        _refuse(name, f"nests deeper than {MAX_DEPTH}")
    except ValueError as error:  # an integer of more digits than Python takes
        _refuse(name, f"not JSON that can be read: {error}")
    return _checked(value, name)


def parse_yaml(text: str, name: str = "") -> Iterator[Any]:
    """Yield the values of a YAML stream; dates stay text, aliases and tags are refused.

    :raises InputError: with the place
    :raises MissingExtraError: if PyYAML is not installed
    """
    try:
        import yaml
    except ImportError:
        raise MissingExtraError("phenopackets", ["PyYAML"]) from None
    _check_size(text, MAX_YAML_BYTES, name)

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """The safe loader without aliases (they multiply) and without timestamps (they are no JSON)."""

        yaml_implicit_resolvers = {  # noqa: RUF012
            first: [pair for pair in pairs if pair[0] not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge")]
            for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                event = self.peek_event()
                message = "an alias (*name) is refused; write its content out"
                raise InputError(Problem(name, event.start_mark.line + 1, event.start_mark.column + 1, message))
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys = [key.value for key, _ in node.value if isinstance(key.value, str)]
            twice = next((key for key in keys if keys.count(key) > 1), None)
            if twice is not None:
                message = f"the member {twice!r:.100} is given twice; keep one of them"
                raise InputError(Problem(name, node.start_mark.line + 1, None, message))
            return super().construct_mapping(node, deep)

    try:
        for value in yaml.load_all(text, Loader=Loader):  # the safe loader, made stricter
            if value is not None:
                yield _checked(value, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise InputError(Problem(name, line, column, f"not YAML: {error.problem}")) from None
    except RecursionError:
        _refuse(name, f"nests deeper than {MAX_DEPTH}")
    except (yaml.YAMLError, ValueError, OverflowError, TypeError) as error:
        _refuse(name, f"not YAML that can be read: {error!s:.200}")


def _check_size(text: str, limit: int, name: str) -> None:
    if len(text) > limit:
        _refuse(name, f"has more than {limit:,} characters; a case is far smaller, so split the file")


def _checked(value: Any, name: str) -> Any:
    """Return the value if it is made of what JSON has and is not too deep."""
    todo = [(value, 1)]
    while todo:
        part, depth = todo.pop()
        if depth > MAX_DEPTH:
            _refuse(name, f"nests deeper than {MAX_DEPTH}")
        if isinstance(part, dict):
            odd = next((key for key in part if not isinstance(key, str)), None)
            if odd is not None:
                _refuse(name, f"the member name {odd!r:.100} is not text; put it into quotes")
            todo += [(each, depth + 1) for each in part.values()]
        elif isinstance(part, list):
            todo += [(each, depth + 1) for each in part]
        elif isinstance(part, float):
            if not math.isfinite(part):
                _refuse(name, f"{part} is no value of JSON; leave out what is not known")
        elif not (part is None or isinstance(part, str | int)):
            _refuse(name, f"a value of type {type(part).__name__} is not understood; write text or a number")
    return value


def _refuse(name: str, message: str) -> NoReturn:
    raise InputError(Problem(name, None, None, message))


def checked_value(value: Any, name: str = "record") -> Any:
    """Return a value made elsewhere (a dict from another library) if it is within the same bounds.

    :raises InputError: if it is not
    """
    return _checked(value, name)
