"""The reasoner over one knowledge graph: questions whose answers are not in the release."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode, Triple

from dystonia_kg.axioms import read_axioms
from dystonia_kg.errors import UnknownPrefixError
from dystonia_kg.names import fold
from dystonia_kg.reasoning.owlapi import NOTHING, THING, Classification, Ontology
from dystonia_kg.vocab import DYST, GRAPH, PREFIXES, contract, expand

if TYPE_CHECKING:
    from pyoxigraph import Store

    from dystonia_kg.graph import KnowledgeGraph
    from dystonia_kg.terms import Term

#: What is no axiom: consequences, statements that need not hold, mappings.
NOT_AXIOMS = frozenset(GRAPH + name for name in ("inferred", "associations", "mappings"))


@dataclass(frozen=True, slots=True)
class DLResult:
    """Where a class expression stands: the named classes around it, nearest and all, and its instances.

    ``satisfiable`` is false if nothing can be an instance; then everything else is empty.
    """

    expression: str
    satisfiable: bool
    equivalents: tuple[Term, ...]
    direct_superclasses: tuple[Term, ...]
    superclasses: tuple[Term, ...]
    direct_subclasses: tuple[Term, ...]
    subclasses: tuple[Term, ...]
    instances: tuple[Term, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: the expression, and the CURIEs of the terms."""
        lists = {name: [term.curie for term in getattr(self, name)] for name in _LISTS}
        return {"expression": self.expression, "satisfiable": self.satisfiable, **lists}

    def __str__(self) -> str:
        if not self.satisfiable:
            return f"{self.expression}: nothing can be that"
        shown = [(name, "; ".join(term.label for term in getattr(self, name))) for name in _SHOWN]
        return "\n".join([self.expression, *(f"  {name.replace('_', ' ')}: {terms or '-'}" for name, terms in shown)])

    def _repr_html_(self) -> str:
        shown = [(name, "; ".join(term.label for term in getattr(self, name))) for name in _SHOWN]
        rows = "".join(f"<tr><th>{name.replace('_', ' ')}</th><td>{escape(terms)}</td></tr>" for name, terms in shown)
        return f"<p><code>{escape(self.expression)}</code></p><table>{rows}</table>"


_LISTS = (
    "equivalents", "direct_superclasses", "superclasses", "direct_subclasses", "subclasses", "instances",
)  # fmt: skip
_SHOWN = ("equivalents", "direct_superclasses", "direct_subclasses", "instances")


class Reasoner:
    """HermiT over a knowledge graph, with the axioms of its user. Get it as ``kg.reasoner``.

    The ontology is handed to the JVM at the first question and stays there. Every method takes ``timeout=`` in seconds
    and raises :class:`~dystonia_kg.ReasoningTimeout`; the first one raises :class:`~dystonia_kg.MissingExtraError` if
    the extra ``reasoner`` is not installed. Any thread may ask.
    """

    def __init__(self, kg: KnowledgeGraph) -> None:
        self._kg = kg

    @cached_property
    def ontology(self) -> Ontology:
        """The axioms of the graph in the OWL API."""
        return Ontology(axioms_of(self._kg._store))

    def is_consistent(self, *, timeout: float | None = None) -> bool:
        """Tell whether the axioms can be true together."""
        return self.ontology.is_consistent(timeout=timeout)

    def classify(self, *, timeout: float | None = None) -> Classification:
        """Derive the whole hierarchy anew, as IRIs."""
        return self.ontology.classify(timeout=timeout)

    def realise(self, *, timeout: float | None = None) -> dict[str, frozenset[str]]:
        """Derive the classes of each individual, as IRIs."""
        return self.ontology.realise(timeout=timeout)

    def is_satisfiable(self, expression: str, *, timeout: float | None = None) -> bool:
        """Tell whether a class, or a class expression in Manchester syntax, can have an instance.

        :raises QuerySyntaxError: as :meth:`query`
        """
        return self.ontology.is_possible(expression, self._resolve, timeout=timeout)

    def entails(self, axioms: str, *, timeout: float | None = None) -> bool:
        """Tell whether some axioms, written in Turtle, all follow. Prefixes of the graph are bound.

        :raises InputError: if it is not Turtle
        :raises BuildError: if it holds no OWL axiom
        """
        return self.ontology.entails_all(read_axioms(axioms), timeout=timeout)

    def query(self, expression: str, /, *, timeout: float | None = None) -> DLResult:
        """Return where a class expression in Manchester syntax stands, and its instances.

        :raises QuerySyntaxError: with line, column and what was expected there
        :raises InconsistentError: if the user's axioms contradict ours or each other
        """
        complete = self._kg._classified
        found = self.ontology.place(expression, self._resolve, self._supers, complete=complete, timeout=timeout)
        terms = {name: self._kg._terms_of(getattr(found, name) - {THING, NOTHING}) for name in _LISTS}
        return DLResult(" ".join(expression.split()), found.satisfiable, **terms)

    # ------------------------------------------------------------------ names

    @cached_property
    def _signature(self) -> dict[str, str]:
        return self.ontology.signature()

    @cached_property
    def _supers(self) -> dict[str, frozenset[str]]:
        classes = [iri for iri, kind in self._signature.items() if kind == "Class" and iri not in (THING, NOTHING)]
        return {iri: frozenset(self._kg._above(iri)) - {THING, NOTHING} for iri in classes}

    @cached_property
    def _local_names(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for iri in sorted(self._signature):
            found.setdefault(iri.replace("#", "/").rsplit("/", 1)[-1], []).append(iri)
        return found

    def _resolve(self, name: str, form: str) -> str:
        """Return the IRI that a name in an expression means.

        :raises LookupError: with what is wrong
        """
        if form == "iri":
            return name
        if form == "name" and ":" in name:
            try:
                return expand(name if not name.startswith(":") else f"dyst{name}")
            except UnknownPrefixError as error:
                raise LookupError(str(error)) from None
        if form == "name":
            if name in ("Thing", "Nothing"):
                return PREFIXES["owl"] + name
            if DYST + name in self._signature:
                return DYST + name
            if len(self._local_names.get(name, ())) == 1:
                return self._local_names[name][0]
        return self._by_label(name)

    def _by_label(self, name: str) -> str:
        names = self._kg._names
        found = names.find(name, among=self._signature)
        found = names.ours(found) or found
        exact = {n.iri for n in names.names if n.iri in found and n.scope == "label" and fold(n.text) == fold(name)}
        if len(found) > 1 and len(exact) == 1:
            found = frozenset(exact)
        if len(found) == 1:
            return next(iter(found))
        if found:
            candidates = ", ".join(sorted(f"{self._kg._at(iri).label} ({contract(iri) or iri})" for iri in found))
            raise LookupError(f"{name!r} may be any of: {candidates}; write a CURIE or an IRI")
        nearest = ", ".join(names.nearest(name, among=self._signature))
        raise LookupError(f"no class or relation is called {name!r}; nearest: {nearest}")


def axioms_of(store: Store) -> list[Triple]:
    """Return the axioms in a store, the user's included: all but consequences, associations and mappings."""
    return sorted({q.triple for q in store if _graph(q.graph_name) not in NOT_AXIOMS}, key=str)


def _graph(name: object) -> str:
    return name.value if isinstance(name, NamedNode) else ""


__all__ = ["DLResult", "NOT_AXIOMS", "Reasoner", "axioms_of"]
