"""Names as people type them, and the terms that they mean.

A name is matched without regard to case, accents, apostrophes and punctuation. Labels, exact synonyms and typed
synonyms (previous names, abbreviations, designations) come first, short names and related synonyms next, and wider or
narrower synonyms, which mean something else, only when none of those fits. What an upstream release calls its terms
comes after all of ours, but for the labels of those that were chosen for this ontology.
"""

from __future__ import annotations

from collections import namedtuple

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from dystonia_kg.vocab import DYST, IMPORTS, PREFIXES

TYPE_CHECKING = False  # typing costs as much time as the rest of this module, and every start pays for it
if TYPE_CHECKING:
    from collections.abc import Iterable

_OIO = PREFIXES["oboInOwl"]
_OWL = PREFIXES["owl"]
_LABEL = NamedNode(PREFIXES["rdfs"] + "label")
_EXACT = NamedNode(_OIO + "hasExactSynonym")
_LOOSE = tuple(NamedNode(_OIO + f"has{scope}Synonym") for scope in ("Related", "Broad", "Narrow"))
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_IMPORTED_FROM = NamedNode(PREFIXES["IAO"] + "0000412")
_IMPORTS = NamedNode(IMPORTS)
_SHORT = NamedNode(DYST + "shortName")
_APOSTROPHES = "['’‘`´ʼ]"
_ASCII = {code: None if chr(code) in "'`" else " " for code in range(128) if not chr(code).isalnum()}
_SEPARATORS = r"[^\w]+|_"


def fold(name: str) -> str:
    """Return a name as it is compared.

    >>> fold("Writer’s  Cramp") == fold("writers cramp")
    True
    """
    if name.isascii():  # nearly every name, and ten times as fast
        return " ".join(name.lower().translate(_ASCII).split())
    import re
    from unicodedata import combining, normalize

    bare = "".join(c for c in normalize("NFKD", re.sub(_APOSTROPHES, "", name)) if not combining(c))
    return " ".join(re.sub(_SEPARATORS, " ", bare.casefold()).split())


def with_article(name: str) -> str:
    """Return a name with "a" or "an" before it, by how it is spoken.

    >>> [with_article(name) for name in ("dystonia", "inherited dystonia", "X-linked dystonia", "unilateral tremor")]
    ['a dystonia', 'an inherited dystonia', 'an X-linked dystonia', 'a unilateral tremor']
    """
    if len(name) > 1 and not name[1].isalpha():  # a letter, spoken by its name
        vowel = name[0].upper() in "AEFHILMNORSX"
    else:
        vowel = name[:1].lower() in "aeiou" and not name.lower().startswith(("uni", "eu", "use"))
    return f"{'an' if vowel else 'a'} {name}"


class Name(namedtuple("Name", ("iri", "text", "scope", "type"))):  # noqa: PYI024  (no typing on the way to an answer)
    """One name of a term: ``scope`` is label, exact, related, broad, narrow or short; ``type`` e.g. previous name."""

    __slots__ = ()
    iri: str
    text: str
    scope: str
    type: str | None


class NameIndex:
    """All names of a store, folded, for look-up and search."""

    def __init__(self, store: Store) -> None:
        self.names: list[Name] = []
        self._triples: dict[str, list[int]] | None = None
        types = _synonym_types(store)
        self._foreign = foreign = _foreign(store)
        self._lent = lent = set[int]()  # the numbers of names that upstream gives
        for predicate, scope in _scopes():
            for quad in store.quads_for_pattern(None, predicate, None):
                if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                    iri, text = quad.subject.value, quad.object.value
                    self.names.append(Name(iri, text, scope, types.get((iri, text))))
                    if iri in foreign or (quad.graph_name == _IMPORTS and predicate != _LABEL):
                        lent.add(len(self.names) - 1)
        self._ranks: tuple[dict[str, set[str]], ...] = ({}, {}, {}, {})
        for number, name in enumerate(self.names):
            rank = 0 if name.type else _RANK[name.scope]
            index = self._ranks[max(rank, _FOREIGN) if number in lent else rank]
            index.setdefault(fold(name.text), set()).add(name.iri)

    def find(self, text: str, among: Iterable[str] | None = None) -> frozenset[str]:
        """Return the terms that a name means; with ``among``, only those, wherever the name stands in the order."""
        folded = fold(text)
        ranked = [frozenset(index.get(folded, ())) for index in self._ranks]
        if among is None:
            return next(filter(None, ranked), frozenset())
        return frozenset().union(*ranked).intersection(among)

    def ours(self, iris: Iterable[str]) -> frozenset[str]:
        """Return those that do not stand here only because an upstream release uses them."""
        return frozenset(iris) - self._foreign

    def nearest(self, text: str, count: int = 3, among: Iterable[str] | None = None) -> list[str]:
        """Return the names most like ``text``, best first, at most one for each term, none twice."""
        from difflib import SequenceMatcher

        folded, wanted = fold(text), None if among is None else set(among)
        words = folded.split()
        names = self.names if wanted is None else [name for name in self.names if name.iri in wanted]
        if len(names) > _COMPARED:
            names = self._alike(folded)

        def likeness(name: Name) -> float:
            other = fold(name.text)
            return max(_score(words, other.split(), name), 0.9 * SequenceMatcher(None, folded, other).ratio())

        scored = sorted((-likeness(name), name.iri in self._foreign, name.text, name.iri) for name in names)
        best: dict[str, str] = {}
        for *_, shown, iri in scored:
            if fold(shown) not in map(fold, best.values()):
                best.setdefault(iri, shown)
            if len(best) == count:
                break
        return list(best.values())

    def _alike(self, folded: str) -> list[Name]:
        """Return the names that share most letter triples with a folded name: those worth a closer look."""
        if self._triples is None:
            self._triples = {}
            for number, name in enumerate(self.names):
                for triple in _letter_triples(fold(name.text)):
                    self._triples.setdefault(triple, []).append(number)
        shared: dict[int, int] = {}
        for triple in _letter_triples(folded):
            for number in self._triples.get(triple, ()):
                shared[number] = shared.get(number, 0) + 1
        best = sorted(shared, key=lambda number: (-shared[number], len(self.names[number].text), number))[:_COMPARED]
        return [self.names[number] for number in best] if len(best) >= _ENOUGH else self.names[:_COMPARED]

    def search(self, text: str) -> list[tuple[str, float]]:
        """Return (term, score) pairs, best first; scores lie between 0 and 1, 1 being the very name."""
        words = fold(text).split()
        best: dict[str, float] = {}
        for number, name in enumerate(self.names):
            score = _score(words, fold(name.text).split(), name) * (_LENT if number in self._lent else 1.0)
            if score > best.get(name.iri, 0.0):
                best[name.iri] = score
        return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))


_RANK = {"label": 0, "exact": 0, "short": 1, "related": 1, "narrow": 3, "broad": 3}
_FOREIGN = 2
_LENT = 0.8  # what a name that upstream gives counts in a search
_COMPARED, _ENOUGH = 500, 20  # names compared letter by letter; fewer than enough alike are none
_WEIGHT = {"label": 1.0, "exact": 0.98, "short": 0.9, "related": 0.9, "narrow": 0.85, "broad": 0.8}


def _letter_triples(folded: str) -> set[str]:
    padded = f" {folded} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def _score(words: list[str], name: list[str], entry: Name) -> float:
    """Score a name by the share of its words and of the sought words that agree, whole words before beginnings."""
    if not words or not name:
        return 0.0
    weight = 0.98 if entry.type else _WEIGHT[entry.scope]
    if words == name:
        return weight
    hits = sum(1.0 if w in name else 0.7 if any(n.startswith(w) for n in name) else 0.0 for w in words)
    if hits < 0.6 * len(words):
        return 0.0
    return round(0.9 * weight * (0.7 * hits / len(words) + 0.3 * hits / max(len(name), hits)), 4)


def _scopes() -> list[tuple[NamedNode, str]]:
    loose = zip(_LOOSE, ("related", "broad", "narrow"), strict=True)
    return [(_LABEL, "label"), (_EXACT, "exact"), *loose, (_SHORT, "short")]


def is_foreign(store: Store, iri: str) -> bool:
    """Tell whether a term only stands in the graph because an upstream release uses it: its names come after ours."""
    node = NamedNode(iri)
    graphs = {quad.graph_name for quad in store.quads_for_pattern(node, _TYPE, None)}
    return graphs <= {_IMPORTS} and next(store.quads_for_pattern(node, _IMPORTED_FROM, None), None) is None


def _foreign(store: Store) -> set[str]:
    named = {quad.subject for quad in store.quads_for_pattern(None, _LABEL, None)}
    typed = [quad for quad in store.quads_for_pattern(None, _TYPE, None) if quad.subject in named]
    elsewhere = {quad.subject for quad in typed if quad.graph_name != _IMPORTS}
    chosen = {quad.subject for quad in store.quads_for_pattern(None, _IMPORTED_FROM, None)}
    return {node.value for node in named - elsewhere - chosen if isinstance(node, NamedNode)}


def _synonym_types(store: Store) -> dict[tuple[str, str], str]:
    """Return the label of the type of each typed synonym, read from the axiom annotations."""
    found: dict[tuple[str, str], str] = {}
    labels: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, NamedNode(_OIO + "hasSynonymType"), None):
        if not isinstance(quad.subject, BlankNode) or not isinstance(quad.object, NamedNode):
            continue
        source = _object(store, quad.subject, "annotatedSource")
        target = _object(store, quad.subject, "annotatedTarget")
        kind = labels.setdefault(quad.object.value, _label(store, quad.object))
        if isinstance(source, NamedNode) and isinstance(target, Literal):
            found[source.value, target.value] = kind
    return found


def _object(store: Store, node: BlankNode, predicate: str) -> object:
    return next((q.object for q in store.quads_for_pattern(node, NamedNode(_OWL + predicate), None)), None)


def _label(store: Store, node: NamedNode) -> str:
    label = next((q.object for q in store.quads_for_pattern(node, _LABEL, None)), None)
    return label.value if isinstance(label, Literal) else node.value
