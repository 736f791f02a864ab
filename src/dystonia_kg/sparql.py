"""The safe binding of variables in SPARQL: `VALUES ?x { term }` at the start of every group that mentions the variable.

The engine's own substitution is no help: it fails for variables that are not projected and overlooks sub-selects.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

from dystonia_kg.errors import BindingError, QueryRefusedError, QuerySyntaxError
from dystonia_kg.lexer import (
    AGGREGATES,
    FORMS,
    MODIFIERS,
    VARIABLE_NAME,
    Query,
    Token,
    parse,
    query_form,
    tokenize,
    variables,
)
from dystonia_kg.vocab import XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Term: TypeAlias = NamedNode | Literal

# --- values to terms -----------------------------------------------------------------------------------------------


def to_term(value: object) -> Term:
    """Turn a value into an RDF term: terms of pyoxigraph or rdflib, things with an `iri`, or plain Python values.

    A str is a plain string literal, never an IRI: pass a NamedNode, or what a query or `kg.term()` gave you.

    >>> str(to_term("neck")), str(to_term(2.5)), str(to_term(True))
    ('"neck"', '"2.5"^^<http://www.w3.org/2001/XMLSchema#double>', '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>')
    """
    if isinstance(value, (NamedNode, Literal)):
        return value
    if isinstance(value, BlankNode) or "BNode" in _rdflib_names(value):
        raise BindingError(f"the blank node {value} cannot be bound: it has no name outside of its graph")
    try:
        term = _from_object(value) or _from_plain(value)
    except (ValueError, TypeError) as error:  # not an IRI, or a str that is no Unicode (lone surrogate)
        raise BindingError(f"{value!r} is not a valid term: {error}") from None
    if term is None:
        accepted = "an IRI or literal of pyoxigraph or rdflib, a Term, str, bool, int, float, Decimal, date or datetime"
        raise BindingError(f"a {type(value).__name__} cannot be bound ({value!r:.80}); give {accepted}")
    return term


def _rdflib_names(value: object) -> frozenset[str]:
    """Name the rdflib term classes that a value is an instance of, without importing rdflib."""
    return frozenset(cls.__name__ for cls in type(value).__mro__ if cls.__module__ == "rdflib.term")


def _from_object(value: object) -> Term | None:
    names = _rdflib_names(value)
    if "URIRef" in names:
        return NamedNode(str(value))
    if "Literal" in names:
        language, datatype = getattr(value, "language", None), getattr(value, "datatype", None)
        if language is not None:
            return Literal(str(value), language=str(language))
        return Literal(str(value), datatype=None if datatype is None else NamedNode(str(datatype)))
    iri = getattr(value, "iri", None)
    return NamedNode(str(iri)) if isinstance(iri, str) else None


def _from_plain(value: object) -> Term | None:
    if isinstance(value, bool):
        return _typed("true" if value else "false", "boolean")
    if isinstance(value, int):
        return _typed(str(int(value)), "integer")
    if isinstance(value, float):
        text = float.__repr__(value)
        return _typed({"nan": "NaN", "inf": "INF", "-inf": "-INF"}.get(text, text), "double")
    if isinstance(value, str):
        return Literal(str.__str__(value))
    from datetime import date, datetime, time
    from decimal import Decimal

    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("xsd:decimal has no infinity and no NaN")
        return _typed(format(value, "f"), "decimal")
    for cls, datatype in ((datetime, "dateTime"), (date, "date"), (time, "time")):
        if isinstance(value, cls):
            return _typed(value.isoformat(), datatype)
    return None


def _typed(lexical: str, datatype: str) -> Literal:
    return Literal(lexical, datatype=NamedNode(XSD + datatype))


# --- binding -------------------------------------------------------------------------------------------------------


def bind(text: str, bindings: Mapping[str, object]) -> str:
    r"""Return the query with its variables bound: as if it read `VALUES ?x { term }` wherever it mentions `?x`.

    Values are terms or plain values (see `to_term`); a list, tuple or set means "one of these". The result is that of
    a join: a bound variable is in scope in the main group, so `SELECT *` shows it, and in MINUS it counts as shared.
    A variable means the same in sub-selects, also where they do not project it. Beside aggregates (HAVING and the
    like), where VALUES cannot reach, the term takes the variable's place.

    This is what rdflib's initBindings do, with three exceptions: `SELECT *` always shows the variable; paths of length
    zero start at nodes of the graph only; and a variable that the query computes (AS) cannot be bound.

    >>> bind("SELECT ?s { ?s ?p ?x }", {"x": 'a "b"'})
    'SELECT ?s { VALUES ?x { "a \\"b\\"" } ?s ?p ?x }'
    >>> bind("ASK { ?s ?p ?x }", {"y": 1})
    Traceback (most recent call last):
    ...
    dystonia_kg.errors.BindingError: the query has no variable ?y; its variables are ?s, ?p, ?x
    """
    if not bindings:
        return text
    query = parse(text)
    values = {name.lstrip("?$"): _rows(name, value) for name, value in bindings.items()}
    if query_form(query.tokens) not in FORMS:
        raise BindingError("variables can be bound in SELECT, ASK, CONSTRUCT and DESCRIBE queries only")
    _check_names(query, values)
    return _Binder(query, values).run()


def _rows(name: str, value: object) -> list[str]:
    items = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
    try:
        rows = [_serialise(to_term(item)) for item in items]
    except BindingError as error:
        raise BindingError(f"?{name}: {error}") from None
    return sorted(rows) if isinstance(value, (set, frozenset)) else rows


def _serialise(term: Term) -> str:
    """Let the library write the term; our lexer must read it back as that one term, or it does not go in."""
    text = str(term)
    try:
        kinds = [token.kind if token.kind != "punct" else token.text for token in tokenize(text)]
    except (QuerySyntaxError, QueryRefusedError):
        kinds = []
    if kinds not in (["iri"], ["string"], ["string", "langtag"], ["string", "^^", "iri"]):
        raise BindingError(f"{text!r} cannot be written into a query")
    return text


def _check_names(query: Query, values: Mapping[str, list[str]]) -> None:
    present = variables(query.tokens)
    for name in values:
        if not VARIABLE_NAME.fullmatch(name):
            raise BindingError(f"{name!r} is not the name of a variable")
        if name not in present:
            known = ", ".join(f"?{each}" for each in present) or "none"
            raise BindingError(f"the query has no variable ?{name}; its variables are {known}")
    for before, token in pairwise(query.tokens):
        if before.word == "AS" and token.name in values:
            line, column = query.place(token.start)
            hint = "bind another variable and compare the two in a FILTER"
            raise BindingError(
                f"?{token.name} is computed by the query (AS, line {line}, column {column}) and cannot be bound; {hint}"
            )


class _Binder:
    """Collects the edits of one binding, then applies them."""

    def __init__(self, query: Query, values: Mapping[str, list[str]]) -> None:
        self.query = query
        self.values = values
        self.edits: list[tuple[int, int, str]] = []  # start, end, replacement
        self.own: list[list[Token]] = [[] for _ in query.groups]
        for token in query.tokens:
            self.own[token.group].append(token)

    def run(self) -> str:
        main = self.where(0)
        for index, group in enumerate(self.query.groups):
            if group.kind in "qs":
                self.computed(index)
            if group.kind == "s":
                self.hidden(index)
            if group.kind != "g" or index == main:
                continue
            tokens = self.own[index]
            if self.query.groups[group.parent].kind in "qs" and self.where(group.parent) == index:
                tokens = tokens + self.own[group.parent]  # a sub-select's clauses speak of its group's variables
            self.insert(index, {token.name for token in tokens})
        if main is None:
            self.describe()
        else:
            self.main(main)
        text = self.query.text
        for start, end, replacement in sorted(self.edits, reverse=True):
            text = text[:start] + replacement + text[end:]
        return text

    def where(self, level: int) -> int | None:
        """Return the index of the WHERE group of the query or sub-select `level`."""
        inside = (i for i, group in enumerate(self.query.groups) if group.parent == level and group.kind in "gs")
        return next(inside, None)

    def clause(self, names: Iterable[str]) -> str:
        return "".join(f" VALUES ?{name} {{ {' '.join(self.values[name])} }}" for name in names)

    def insert(self, index: int, mentioned: Iterable[str]) -> None:
        names = [name for name in self.values if name in mentioned]
        if names:
            end = self.query.tokens[self.query.groups[index].open].end
            self.edits.append((end, end, self.clause(names)))

    def main(self, index: int) -> None:
        """Bind everything in the main group, whether mentioned there or not."""
        group, tokens = self.query.groups[index], self.query.tokens
        start, end = tokens[group.open].end, tokens[group.close].start
        if group.kind == "s":  # a group may not hold both VALUES and a bare sub-select
            self.edits += [(start, start, self.clause(self.values) + " {"), (end, end, "} ")]
        else:
            self.edits.append((start, start, self.clause(self.values)))
        construct = next((i for i, token in enumerate(tokens) if token.word == "CONSTRUCT"), None)
        if construct is not None and tokens[construct + 1].frame != "t":  # CONSTRUCT WHERE { ... }: write the template
            at = tokens[construct].end
            self.edits.append((at, at, f" {{{self.query.text[start:end]}}}"))

    def describe(self) -> None:
        """DESCRIBE ?x has no group yet: give it one, before LIMIT and the like."""
        after = [token.start for token in self.own[0] if token.word in MODIFIERS]
        at = after[0] if after else self.query.tokens[-1].end
        self.edits.append((at, at, f" WHERE {{{self.clause(self.values)} }} "))

    def computed(self, level: int) -> None:
        """In a query with aggregates, HAVING, SELECT and ORDER BY no longer see the group's variables."""
        own = self.own[level]
        if not any(token.word in AGGREGATES or token.word == "GROUP" for token in own):
            return
        keys = _group_keys(own)
        for token in _outside_aggregates(own):
            rows = self.values.get(token.name)
            if rows is None or token.name in keys or token.frame not in "ei":
                continue
            if len(rows) != 1:
                line, column = self.query.place(token.start)
                hint = "add it to GROUP BY, or bind one value"
                raise BindingError(
                    f"?{token.name} has several values beside an aggregate (line {line}, column {column}); {hint}"
                )
            self.edits.append((token.start, token.end, rows[0]))

    def hidden(self, index: int) -> None:
        """Several values in a sub-select that keeps its variable to itself would multiply the rows."""
        several = {name for name, rows in self.values.items() if len(rows) > 1}
        group, tokens = self.query.groups[index], self.query.tokens
        where = self.where(index)
        if not several or where is None:
            return
        clause = tokens[group.open + 1 : self.query.groups[where].open]
        shown = {token.name for token in clause if token.frame == "s"}
        if any(token.text == "*" and token.frame == "s" for token in clause):
            return
        used = {token.name for token in tokens[group.open : group.close]} & several
        for name in sorted(used - shown):
            line, column = self.query.place(tokens[group.open].start)
            raise BindingError(
                f"?{name} has several values, and the sub-select at line {line}, column {column} uses it without "
                "projecting it; add it to that SELECT, or bind one value"
            )


def _group_keys(own: list[Token]) -> set[str]:
    """Return the variables that GROUP BY names as such."""
    keys: set[str] = set()
    inside = False
    for before, token in pairwise(own):
        if token.word:
            inside = (token.word == "BY" and before.word == "GROUP") or (inside and token.word not in MODIFIERS)
        if inside and token.frame in "qs":
            keys.add(token.name)
    return keys - {""}


def _outside_aggregates(own: list[Token]) -> list[Token]:
    """Return the variables outside of COUNT(...) and its like, and of BOUND(...), which takes only a variable."""
    found, skip = [], 0
    for before, token in pairwise(own):
        if skip:
            skip += (token.text == "(") - (token.text == ")")
        elif token.text == "(" and (before.word in AGGREGATES or before.word == "BOUND"):
            skip = 1
        elif token.kind == "var":
            found.append(token)
    return found
