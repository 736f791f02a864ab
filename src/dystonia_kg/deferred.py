"""The part of a release that is loaded when it is first asked for: the annotations of phenotypes, which are many.

Most questions need none of it, and it takes several times as long to load as everything else. So a release says in its
manifest by which properties and classes that part can be told, and a pattern or a query that cannot meet any of them is
answered without it. Whatever is not understood counts as needing it: an answer never depends on what is loaded.
"""

from __future__ import annotations

from pyoxigraph import NamedNode

from dystonia_kg.vocab import PREFIXES

TYPE_CHECKING = False  # typing costs as much time as the rest of this module, and every start pays for it
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from dystonia_kg.lexer import Query, Token

_TYPE = PREFIXES["rdf"] + "type"
_PATTERN_FRAMES = frozenset("gtbcra")
_TERMS = frozenset(("var", "iri", "pname", "bnode", "string", "number", "langtag"))
_OPENS_TERM = frozenset("[(")
_ENDS_TERM = frozenset("])")


class Signature:
    """What tells the quads of the deferred part: all their properties, classes and the beginnings of their subjects.

    :param facts: the entry of the part in the manifest
    """

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.graph = str(facts["graph"])
        self.predicates = frozenset(facts["predicates"])
        self.types = frozenset(facts["types"])
        self.edges = frozenset(facts["edges"])  # properties of which the subjects stand elsewhere too
        self.subjects = tuple(facts["subjects"])
        self.edge_subjects = frozenset(facts["edge_subjects"])
        self.relations = frozenset(facts["relations"])  # what its associations state

    def may_match(self, subject: object, predicate: object, target: object, graph: object) -> bool:
        """Tell whether a pattern of quads could have a match in the part; None stands for anything."""
        if isinstance(graph, NamedNode) and graph.value != self.graph:
            return False
        if predicate is None:
            return not isinstance(subject, NamedNode) or self._has(subject.value)
        if not isinstance(predicate, NamedNode) or predicate.value not in self.predicates:
            return False
        if isinstance(subject, NamedNode):
            if predicate.value in self.edges:
                return subject.value in self.edge_subjects
            return subject.value.startswith(self.subjects)  # and what is described elsewhere is not described there
        if predicate.value == _TYPE and isinstance(target, NamedNode):
            return target.value in self.types
        return subject is None or isinstance(subject, NamedNode)

    def _has(self, subject: str) -> bool:
        return subject in self.edge_subjects or subject.startswith(self.subjects)

    def may_answer(self, query: Query, bindings: Mapping[str, Any]) -> bool:
        """Tell whether a query could have a match in the part.

        :param query: as its author wrote it, in tokens
        :param bindings: the variables that are given values
        """
        prefixes = _prefixes(query.tokens)
        listed = _listed(query.tokens, prefixes)
        for index, token in enumerate(query.tokens):
            if token.word in ("DESCRIBE", "BASE") or token.text in ("<<", "<<(") or "\\" in token.text:
                return True
            if token.kind == "punct" and token.text == "!" and token.frame in _PATTERN_FRAMES:
                return True
            iri = _iri(token, prefixes)
            if token.word == "A" or iri == _TYPE:
                if not self._asks_other_types(query.tokens, index, prefixes):
                    return True
            elif iri is not None:
                if iri in self.predicates or iri in self.types:
                    return True
            elif token.kind == "var" and _is_predicate(query.tokens, index):
                values = listed.get((token.name, token.group))
                if self._may_be(token.name, bindings) if values is None else not self.predicates.isdisjoint(values):
                    return True
        return False

    def _may_be(self, name: str, bindings: Mapping[str, Any]) -> bool:
        """Tell whether a variable in the place of a property may stand for one of the part."""
        if name not in bindings:
            return True
        given = bindings[name]
        values = given if isinstance(given, list | tuple | set | frozenset) else [given]
        iris = [getattr(value, "iri", None) or getattr(value, "value", None) for value in values]
        return any(iri is None or iri in self.predicates for iri in iris)

    def _asks_other_types(self, tokens: Sequence[Token], index: int, prefixes: Mapping[str, str]) -> bool:
        """Tell whether ``a`` here asks for classes that the part has no instance of: ``?x a dyst:Gene , owl:Class``."""
        before = tokens[index - 1] if index else None
        if before is None or not (before.kind in _TERMS or before.text in ("]", ";", "[")):
            return False
        while True:
            named = tokens[index + 1] if index + 1 < len(tokens) else None
            iri = _iri(named, prefixes) if named else None
            if iri is None or iri in self.types:
                return False
            index += 2
            after = tokens[index] if index < len(tokens) else None
            if after is None or after.text not in (",", "/", "|", "^", "*", "+", "?"):
                return True
            if after.text != ",":
                return False


def _prefixes(tokens: Sequence[Token]) -> dict[str, str]:
    """Return the prefixes that a query declares itself."""
    found = {}
    for index, token in enumerate(tokens[:-2]):
        if token.word == "PREFIX" and tokens[index + 1].kind == "pname" and tokens[index + 2].kind == "iri":
            found[tokens[index + 1].text.partition(":")[0]] = tokens[index + 2].text[1:-1]
    return found


def _listed(tokens: Sequence[Token], prefixes: Mapping[str, str]) -> dict[tuple[str, int], set[str]]:
    """Return the values that ``VALUES ?x { ... }`` gives to a variable, by its name and the group where they hold."""
    found: dict[tuple[str, int], set[str]] = {}
    for index, token in enumerate(tokens[:-3]):
        variable, brace = tokens[index + 1], tokens[index + 2]
        if token.word == "VALUES" and variable.kind == "var" and brace.text == "{":
            values = []
            for one in tokens[index + 3 :]:
                if one.text == "}":
                    break
                values.append(_iri(one, prefixes))
            if all(value is not None for value in values):
                found[variable.name, variable.group] = {value for value in values if value is not None}
    return found


def _iri(token: Token, prefixes: Mapping[str, str]) -> str | None:
    if token.kind == "iri":
        return token.text[1:-1]
    if token.kind != "pname":
        return None
    prefix, _, local = token.text.partition(":")
    if prefix in prefixes:
        return prefixes[prefix] + local
    base = PREFIXES.get(prefix)
    return base + local if base is not None else token.text


def _is_predicate(tokens: Sequence[Token], index: int) -> bool:
    """Tell whether a variable may stand in the place of a property: something before it and something after it."""
    token = tokens[index]
    if token.frame not in _PATTERN_FRAMES or index == 0 or index + 1 == len(tokens):
        return False
    before, after = tokens[index - 1], tokens[index + 1]
    follows = (
        before.kind in _TERMS
        or before.word in ("TRUE", "FALSE")
        or before.text in (";", "[")
        or (before.text in _ENDS_TERM and before.frame != "e")
    )
    precedes = after.kind in _TERMS or after.text in _OPENS_TERM or after.word in ("TRUE", "FALSE")
    return follows and precedes
