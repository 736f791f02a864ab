"""Bounds on what comes from outside: queries and RDF files, before the engine sees them.

The engine (pyoxigraph 0.5.13) has no limits of its own: nesting ends its stack and with it the process, SERVICE is
always live, an RDF/XML entity bomb of 1 KB aborts. Measured in child processes, the deepest nesting that a stack of
8 MB / 256 KB survives: EXISTS 827 / 22, function calls 937 / 27, braces 2,187 / 63, parentheses 4,625 / 134, triple
terms 5,937 / 173; the longest chains: BIND, MINUS 2,609 / 75, UNION 6,523 / 193, + 6,875 / 198, || 9,335 / 275; of
triple patterns 256 KB hold 76, of elements of a collection 36 (7 KB each). Files: JSON-LD 3,218 / 94 levels, triple
terms 10,038 / 297. So queries and files run on a stack of 128 MB (`stack.call_deep`), where the bounds below leave
room for three times as much in the worst case.

What this does not bound is time and memory: a query within the bounds can still join everything with everything.
That is what `timeout=` is for, which runs it in a process of its own (`worker`).
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pyoxigraph import RdfFormat, parse

from dystonia_kg.errors import InputError, Problem, QueryRefusedError
from dystonia_kg.lexer import UPDATES, Query, Token, place
from dystonia_kg.lexer import parse as parse_query
from dystonia_kg.stack import call_deep
from dystonia_kg.vocab import GRAPH, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Collection

    from pyoxigraph import Quad

MAX_QUERY_BYTES = 1_000_000
MAX_QUERY_DEPTH = 100  # brackets of any kind within each other
MAX_QUERY_TOKENS = 5_000  # bounds every chain; plain values in VALUES and IN are not counted
MAX_FILE_BYTES = 256 * 2**20  # after decompression
MAX_RDF_DEPTH = 100  # brackets in Turtle and its like
MAX_TREE_DEPTH = 200  # elements in RDF/XML, objects and arrays in JSON-LD
MAX_EXPANSION = 10  # times the size of an RDF/XML file, by its entities

_FORMATS: dict[str, RdfFormat] = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "n3": RdfFormat.N3,
    "rdf": RdfFormat.RDF_XML,
    "owl": RdfFormat.RDF_XML,
    "xml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "json": RdfFormat.JSON_LD,
}


# --- queries -------------------------------------------------------------------------------------------------------


def check_query(text: str, *, allow_hosts: Collection[str] = frozenset()) -> Query:
    """Refuse a query that is too long or too deep, writes, or would reach another host; return its tokens.

    :param allow_hosts: hosts ("example.org" or "example.org:8080") that SERVICE and FROM may name
    :raises QueryRefusedError: naming the bound or the clause
    :raises QuerySyntaxError: if the text cannot be followed

    >>> check_query("SELECT * { ?service ?p 'SERVICE <http://x/>' }").depth
    1
    >>> check_query("ASK { SERVICE <http://example.org/sparql> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    dystonia_kg.errors.QueryRefusedError: SERVICE <http://example.org/sparql> would ask another host; the caller may \
allow it by allow_hosts={'example.org'} (line 1, column 7)
    """
    if not isinstance(text, str):
        raise QueryRefusedError(f"a query is a str, not {type(text).__name__}")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise QueryRefusedError("the query holds half of a surrogate pair", *place(text, error.start)) from None
    if size > MAX_QUERY_BYTES:
        raise QueryRefusedError(
            f"the query has {size:,} bytes, more than {MAX_QUERY_BYTES:,}; pass long lists as bindings"
        )
    query = parse_query(text, max_tokens=MAX_QUERY_TOKENS, max_depth=MAX_QUERY_DEPTH)
    hosts = frozenset(host.lower() for host in allow_hosts)
    for index, token in enumerate(query.tokens):
        if token.kind == "word":
            _check_word(query, index, token, hosts)
    return query


def _check_word(query: Query, index: int, token: Token, hosts: frozenset[str]) -> None:
    if token.word in UPDATES:
        message = f"{token.word} is an update, and query() only reads; load your own data beside by load(extra=[...])"
        raise QueryRefusedError(message, *query.place(token.start))
    if token.word in ("SERVICE", "FROM"):
        rest = query.tokens[index + 1 :][:2]
        target = next((each for each in rest if each.word not in ("SILENT", "NAMED")), None)
        check = _check_service if token.word == "SERVICE" else _check_from
        check(query, token, target, hosts)


def _check_service(query: Query, token: Token, target: Token | None, hosts: frozenset[str]) -> None:
    if target is None or target.kind != "iri" or "\\" in target.text:
        message = "SERVICE is allowed only with the full IRI of its endpoint, on a host in allow_hosts"
        raise QueryRefusedError(message, *query.place(token.start))
    host, allowed = _host(target.text[1:-1], hosts)
    if not allowed:
        what = f"SERVICE {target.text:.200} would ask another host"
        hint = f"the caller may allow it by allow_hosts={{{host!r}}}" if host else "its IRI names no http(s) host"
        raise QueryRefusedError(f"{what}; {hint}", *query.place(token.start))


def _check_from(query: Query, token: Token, target: Token | None, hosts: frozenset[str]) -> None:
    iri = _expand(query, target)
    remote = iri is None or re.match(r"(?:https?|ftp|file):", iri, re.IGNORECASE) or not re.match(r"[A-Za-z]+:", iri)
    if remote and not (iri is not None and (iri.startswith(GRAPH) or _host(iri, hosts)[1])):
        message = f"FROM {'' if target is None else target.text:.200} is no graph of ours, and nothing is fetched; "
        raise QueryRefusedError(message + f"the graphs are named {GRAPH}...", *query.place(token.start))


def _expand(query: Query, token: Token | None) -> str | None:
    """Return the IRI of an IRI or prefixed name, if it can be told."""
    if token is None or token.kind not in ("iri", "pname"):
        return None
    if token.kind == "iri":
        return None if "\\" in token.text else token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    base = PREFIXES.get(prefix)
    for index, each in enumerate(query.tokens[:-2]):
        if each.word == "PREFIX" and query.tokens[index + 1].text == prefix + ":":
            declared = query.tokens[index + 2].text
            base = None if "\\" in declared else declared[1:-1]
    return None if base is None else base + re.sub(r"\\(.)", r"\1", local)


def _host(iri: str, hosts: frozenset[str]) -> tuple[str, bool]:
    """Return the host of an http(s) IRI, and whether it is allowed."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(iri)
        name, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "", False
    if parts.scheme.lower() not in ("http", "https") or not name:
        return "", False
    full = name if port is None else f"{name}:{port}"
    return full, name in hosts or full in hosts


# --- files ---------------------------------------------------------------------------------------------------------


def read_capped(path: str | os.PathLike[str], max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Read a file, decompressing gzip, but never more than `max_bytes`.

    :raises InputError: if there is no such file, it is bigger, or its compression is damaged
    """
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            data = _unzip(file, max_bytes) if zipped else file.read(max_bytes + 1)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(Problem(name, None, None, f"cannot be read: {reason}")) from None
    if len(data) > max_bytes:
        raise InputError(Problem(name, None, None, f"has more than {max_bytes:,} bytes; split it, or raise max_bytes"))
    return data


def _unzip(file: IO[bytes], max_bytes: int) -> bytes:
    import gzip
    import zlib

    try:
        with gzip.GzipFile(fileobj=file) as unzipped:
            return unzipped.read(max_bytes + 1)
    except zlib.error as error:
        raise OSError(f"damaged gzip: {error}") from None


def rdf_format(name: str | os.PathLike[str]) -> RdfFormat:
    """Return the RDF format of a file name or extension, with or without .gz.

    >>> rdf_format("my.ttl.gz") == rdf_format("ttl") == RdfFormat.TURTLE
    True
    """
    text = os.fspath(name)
    extension = text.lower().removesuffix(".gz").rpartition(".")[2]
    if extension not in _FORMATS:
        known = ", ".join(_FORMATS)
        raise InputError(Problem(text, None, None, f"the format {extension!r} is not known; name one of: {known}"))
    return _FORMATS[extension]


def check_rdf(
    data: bytes,
    format: str | RdfFormat,  # noqa: A002
    *,
    max_bytes: int = MAX_FILE_BYTES,
    name: str = "input",
) -> None:
    """Refuse RDF that is too big or too deep, expands entities or calls for another document.

    :raises InputError: with the place

    >>> check_rdf(b'{"@context": "http://example.org/context"}', "jsonld", name="my.jsonld")
    Traceback (most recent call last):
    ...
    dystonia_kg.errors.InputError: my.jsonld: a remote @context ('http://example.org/context') is not fetched; put \
its content into the file
    """
    kind = format if isinstance(format, RdfFormat) else rdf_format(format)
    if len(data) > max_bytes:
        raise _bad(name, f"has {len(data):,} bytes, more than {max_bytes:,}; split it, or raise max_bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _bad(name, f"is not UTF-8 ({error.reason}); convert it", line, None) from None
    if kind == RdfFormat.RDF_XML:
        _check_xml(text, name)
    elif kind == RdfFormat.JSON_LD:
        _check_json(text, name)
    elif kind not in (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS) or text.count("<<(") > MAX_RDF_DEPTH:
        _check_turtle(text, name, n3=kind == RdfFormat.N3)


def load_guarded(
    source: str | os.PathLike[str] | bytes,
    format: str | RdfFormat | None = None,  # noqa: A002
    base_iri: str | None = None,
    *,
    max_bytes: int = MAX_FILE_BYTES,
) -> list[Quad]:
    """Check and read RDF from a file (by its path) or from bytes; all of it or, on any problem, nothing.

    Blank nodes get new labels, so that they never meet those of another file.

    :param format: extension or RdfFormat; told by the file's name if not given
    :param base_iri: what relative IRIs are relative to
    :raises InputError: with file, line and column

    >>> [str(quad.object) for quad in load_guarded(b'<http://e/s> <http://e/p> "o" .', "ttl")]
    ['"o"']
    """
    name = "input" if isinstance(source, bytes) else os.fspath(source)
    if format is None and isinstance(source, bytes):
        raise _bad(name, "the format of bytes has to be given, such as format='ttl'")
    kind = format if isinstance(format, RdfFormat) else rdf_format(name if format is None else format)
    data = source if isinstance(source, bytes) else read_capped(source, max_bytes)
    check_rdf(data, kind, max_bytes=max_bytes, name=name)
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return call_deep(lambda: list(parse(data, kind, base_iri=base_iri, rename_blank_nodes=True)))
    except SyntaxError as error:
        message = re.sub(r"^Parser error at line \d+ column \d+: ", "", str(error.msg))
        hint = "; give base_iri= if its IRIs are relative" if "No scheme found" in message else ""
        raise _bad(name, f"not {kind.name}: {message}{hint}", error.lineno, error.offset) from None
    except (ValueError, OSError, RuntimeError) as error:
        raise _bad(name, f"cannot be read as {kind.name}: {error}") from None


def _bad(name: str, message: str, line: int | None = None, column: int | None = None) -> InputError:
    return InputError(Problem(Path(name).name if line is None and not name else name, line, column, message))


# --- RDF/XML -------------------------------------------------------------------------------------------------------

_QUOTED = "\"[^\"]*\"|'[^']*'"
_FLAT_DTD = re.compile(
    rf"""(?:<\?xml\b[^<>]*\?>)?(?:\s++|<!--(?:(?!-->).)*+-->|<\?(?:(?!\?>).)*+\?>)*+
    <!DOCTYPE\s+[^\s\[\]<>"']+\s*
    (?:\[(?P<subset>(?:\s++|<!--(?:(?!-->)[^<&])*+-->|<!ENTITY\s+[^\s%<>"'&;]+\s+(?:{_QUOTED})\s*>)*+)\]\s*)?>""",
    re.VERBOSE | re.DOTALL,
)
_ENTITY = re.compile(rf"<!ENTITY\s+([^\s%<>\"'&;]+)\s+({_QUOTED})")
_BUILT_IN = frozenset(("amp", "lt", "gt", "quot", "apos"))


def _check_xml(text: str, name: str) -> None:
    if re.search("<!(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        _check_dtd(text, name)
    from xml.parsers import expat

    parser = expat.ParserCreate("utf-8")
    depth = 0

    def start(_tag: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_TREE_DEPTH:
            place = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
            raise _bad(name, f"elements nest deeper than {MAX_TREE_DEPTH}", *place)

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii", "ascii"):
            raise _bad(name, f"declares the encoding {encoding}; convert it to UTF-8", 1, None)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.XmlDeclHandler = declared
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise _bad(name, f"not XML: {reason}", error.lineno, error.offset + 1) from None


def _check_dtd(text: str, name: str) -> None:
    """Allow only what Protégé writes: entities with plain text, none in terms of another."""
    dtd = _FLAT_DTD.match(text)
    if dtd is None or re.search("<!(?:DOCTYPE|ENTITY)", text[dtd.end() :], re.IGNORECASE):
        hint = "only a DOCTYPE with plain internal entities is accepted; expand or remove the others"
        raise _bad(name, f"its document type is refused: {hint}", 1, None)
    values: dict[str, int] = {}
    for entity, quoted in _ENTITY.findall(dtd["subset"] or ""):
        inner = set(re.findall("&(?!#)([^;]*);?", quoted)) - _BUILT_IN
        if inner or "%" in quoted or "<" in quoted:
            raise _bad(name, f"the entity {entity!r} is not plain text (it may not build on others)", 1, None)
        values.setdefault(entity, len(quoted))
    expanded = len(text) + sum(values.get(entity, 0) for entity in re.findall("&([^;&<\\s]{1,256});", text))
    if expanded > MAX_EXPANSION * len(text):
        raise _bad(name, f"its entities expand it to more than {MAX_EXPANSION} times its size", 1, None)


# --- JSON-LD -------------------------------------------------------------------------------------------------------

_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]|"', re.DOTALL)


def _check_json(text: str, name: str) -> None:
    depth = 0
    for match in _JSON_PART.finditer(text):
        char = match.group()
        if char == '"':
            raise _bad(name, "not JSON: a string starts here that is not closed", *place(text, match.start()))
        depth += (char in ("[", "{")) - (char in ("]", "}"))
        if depth > MAX_TREE_DEPTH:
            raise _bad(name, f"nests deeper than {MAX_TREE_DEPTH}", *place(text, match.start()))
    import json

    def check(pairs: list[tuple[str, object]]) -> dict[str, object]:
        for key, value in pairs:
            if key == "@context":
                _check_context(value, name)
            elif key == "@import":
                raise _bad(name, f"@import of {value!r:.200} is not fetched; put its content into the file")
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=check)
    except json.JSONDecodeError as error:
        raise _bad(name, f"not JSON: {error.msg}", error.lineno, error.colno) from None
    except (RecursionError, ValueError) as error:
        raise _bad(name, f"not JSON that can be read: {error}") from None


def _check_context(value: object, name: str) -> None:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            raise _bad(name, f"a remote @context ({item!r:.200}) is not fetched; put its content into the file")


# --- Turtle, TriG, N3 ----------------------------------------------------------------------------------------------

_TURTLE_PART = re.compile(
    r'''(?P<skip>"""(?:[^"\\]|\\.|"(?!""))*+"""|\'\'\'(?:[^'\\]|\\.|'(?!\'\'))*+\'\'\'
          |"(?!"")(?:[^"\\\r\n]|\\.)*+"|'(?!\'\')(?:[^'\\\r\n]|\\.)*+'
          |<[^\x00-\x20<>"{}|^`\\]*+(?:\\[uU][0-9A-Fa-f]+[^\x00-\x20<>"{}|^`\\]*+)*+>|\#[^\r\n]*|\\.)
      |(?P<open><<\(|<<|\{\||[\[({])|(?P<close>\)>>|>>|\|\}|[\])}])|(?P<stray>["'<])''',
    re.VERBOSE | re.DOTALL,
)


def _check_turtle(text: str, name: str, *, n3: bool) -> None:
    depth = 0
    for match in _TURTLE_PART.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            if depth > MAX_RDF_DEPTH:
                raise _bad(name, f"brackets nest deeper than {MAX_RDF_DEPTH}", *place(text, match.start()))
        elif kind == "close":
            depth = max(depth - 1, 0)
        elif kind == "stray" and not (n3 and match.group() == "<"):
            what = "an IRI" if match.group() == "<" else "a string"
            raise _bad(name, f"{what} starts here that is not closed or not valid", *place(text, match.start()))
