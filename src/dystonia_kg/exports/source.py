"""What an export reads from: a store with the named graphs of a release, whole or a part, under chosen identifiers.

A part of a graph is a store that holds less; other identifiers are a renaming on the way out. So no format has to know
whether it writes everything, or under which names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from dystonia_kg.vocab import DYST, GRAPH, PREFIXES, contract

if TYPE_CHECKING:
    from dystonia_kg.exports.model import Model

#: What numeric identifiers begin with, as CURIE ``DYST:0000012`` and as IRI.
NUMERIC_PREFIX = "DYST"
NUMERIC_BASE = DYST + NUMERIC_PREFIX + "_"

_ACCESSION = re.compile(rf"{NUMERIC_PREFIX}:(\d{{7}})")
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_ONTOLOGY = NamedNode(PREFIXES["owl"] + "Ontology")
_IDENTIFIER = NamedNode(PREFIXES["dcterms"] + "identifier")


class ExportSource:
    """A store to export, and how its terms are called outside.

    :param store: the named graphs ``dyst:graph/asserted``, ``/inferred`` ...; a part of them for a part of the graph
    :param version: of the release that it comes from
    :param rename: from IRIs in the store to those written, for the terms that are written under another
    :param is_numeric: whether our terms are asked for under their accessions
    """

    def __init__(
        self, store: Store, version: str, rename: Mapping[str, str] | None = None, *, is_numeric: bool = False
    ) -> None:
        self.store = store
        self.version = version
        self.rename: Mapping[str, str] = dict(rename or {})
        self.is_numeric = is_numeric

    def numeric(self) -> ExportSource:
        """Return the same with our terms under their permanent accessions; terms of others stay as they are."""
        return ExportSource(self.store, self.version, {**self.accessions, **self.rename}, is_numeric=True)

    def renamed(self, names: Mapping[str, str]) -> ExportSource:
        """Return the same under other IRIs; where a term is renamed already, that stands."""
        return ExportSource(self.store, self.version, {**names, **self.rename}, is_numeric=self.is_numeric)

    def part(self, store: Store) -> ExportSource:
        """Return a source of fewer quads, under the same names."""
        return ExportSource(store, self.version, self.rename, is_numeric=self.is_numeric)

    @cached_property
    def accessions(self) -> dict[str, str]:
        """Our terms with the IRI made of their accession, one to one."""
        found = {}
        for quad in self.store.quads_for_pattern(None, _IDENTIFIER, None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                match = _ACCESSION.fullmatch(quad.object.value)
                if match and quad.subject.value.startswith(DYST):
                    found[quad.subject.value] = NUMERIC_BASE + match[1]
        return found

    @cached_property
    def model(self) -> Model:
        """What the store holds, as terms, associations, publications and a header."""
        from dystonia_kg.exports.model import Model

        return Model(self)

    # ------------------------------------------------------------------ names

    def iri(self, iri: str) -> str:
        """Return the IRI under which a term of the store is written."""
        return self.rename.get(iri, iri)

    def original(self, iri: str) -> str:
        """Return the IRI in the store of a term by the IRI that is written."""
        return self._originals.get(iri, iri)

    @cached_property
    def _originals(self) -> dict[str, str]:
        return {written: iri for iri, written in self.rename.items()}

    def curie(self, iri: str) -> str:
        """Return the CURIE of an IRI of the store as it is written; the IRI where there is none."""
        return curie(self.iri(iri))

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that files may declare: those of the graph, and that of numeric identifiers where they occur."""
        if any(name.startswith(NUMERIC_BASE) for name in self.rename.values()):
            return {**PREFIXES, NUMERIC_PREFIX: NUMERIC_BASE}
        return dict(PREFIXES)

    # ------------------------------------------------------------------ RDF

    def graphs(self) -> tuple[str, ...]:
        """Return the names of the named graphs, sorted."""
        return tuple(sorted(name.value for name in self.store.named_graphs() if isinstance(name, NamedNode)))

    def quads(self, graphs: Iterable[str] | None = None, keep: Callable[[Quad], bool] | None = None) -> Iterator[Quad]:
        """Yield quads under their written names, sorted; the ontology comes first, and of each subject its types.

        One subject is read at a time, so little is held in memory.

        :param graphs: the graphs wanted, by IRI; all if not given
        :param keep: which quads are wanted, as they stand in the store
        """
        wanted = None if graphs is None else {NamedNode(name) for name in graphs}
        for subject in self._subjects(wanted):
            quads = self.store.quads_for_pattern(subject, None, None)
            kept = (q for q in quads if (wanted is None or q.graph_name in wanted) and (keep is None or keep(q)))
            yield from sorted((self._written(quad) for quad in kept), key=_order)

    def _subjects(self, graphs: set[NamedNode] | None) -> list[NamedNode | BlankNode]:
        found = {
            quad.subject
            for graph in (graphs if graphs is not None else [None])
            for quad in self.store.quads_for_pattern(None, None, None, graph)
        }
        ontologies = {quad.subject for quad in self.store.quads_for_pattern(None, _TYPE, _ONTOLOGY)}
        subjects = (one for one in found if isinstance(one, NamedNode | BlankNode))
        return sorted(subjects, key=lambda one: (one not in ontologies, str(self._term(one))))

    def _written(self, quad: Quad) -> Quad:
        ends = (quad.subject, quad.object)
        if not self.rename and not any(isinstance(end, BlankNode | Triple) for end in ends):
            return quad
        return Quad(self._term(quad.subject), self._term(quad.predicate), self._term(quad.object), quad.graph_name)

    def _term(self, term: Any) -> Any:
        if isinstance(term, NamedNode):
            name = self.rename.get(term.value)
            return term if name is None else NamedNode(name)
        if isinstance(term, BlankNode):
            return self._blank_names[term]
        if isinstance(term, Triple):
            return Triple(self._term(term.subject), self._term(term.predicate), self._term(term.object))
        return term

    @cached_property
    def _blank_names(self) -> dict[BlankNode, BlankNode]:
        from dystonia_kg.exports.blank import stable_names

        return stable_names(self.store)


@lru_cache(maxsize=1 << 16)
def curie(iri: str) -> str:
    """Return the CURIE of a written IRI; the IRI where there is none.

    >>> curie(NUMERIC_BASE + "0000012"), curie("http://example.org/x")
    ('DYST:0000012', 'http://example.org/x')
    """
    if iri.startswith(NUMERIC_BASE):
        return f"{NUMERIC_PREFIX}:{iri[len(NUMERIC_BASE) :]}"
    return contract(iri) or iri


def graph_iri(name: str) -> str:
    """Return the IRI of a graph of ours by its short name."""
    return GRAPH + name


def _order(quad: Quad) -> tuple[bool, str, str, str]:
    graph = "" if isinstance(quad.graph_name, DefaultGraph) else str(quad.graph_name)
    return quad.predicate != _TYPE, str(quad.predicate), str(quad.object), graph
