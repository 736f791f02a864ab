"""Terms of the Human Phenotype Ontology as cases use them: what they are, and what they say of a dystonia.

Two tables beside the ontology say it all: ``cases/hp_terms.tsv``, a slice of HPO (parents, replaced identifiers), and
``cases/hp_reading.tsv``, what a sign, a side or an onset term says. Regions, tasks and variability of a sign are those
that the ontology's inferred edges give to the classes named there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from dystonia_kg.errors import ReleaseError
from dystonia_kg.resources import ontology_dir
from dystonia_kg.terms import _by_identifier
from dystonia_kg.vocab import DYST, PREFIXES, contract, expand
from dystonia_kg.walk import reached

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph
    from dystonia_kg.terms import Term

_FORM = re.compile(r"HP[:_](\d{7})", re.IGNORECASE)
_IRI = re.compile(r"https?://purl\.obolibrary\.org/obo/HP_(\d{7})")


class Span(NamedTuple):
    """Ages in years that an onset term covers; ``before`` is not included, None has no end."""

    first: float
    before: float | None


class Reading(NamedTuple):
    """What a term says: classes of the ontology (CURIEs), and a span of ages if it is an onset term."""

    says: tuple[str, ...]
    span: Span | None
    note: str


@dataclass(frozen=True)
class Slice:
    """A slice of HPO: parents, labels, and what replaced an identifier."""

    labels: dict[str, str]
    parents: dict[str, tuple[str, ...]]
    replaced: dict[str, str]
    consider: dict[str, tuple[str, ...]]
    readings: dict[str, Reading] = field(default_factory=dict)

    def above(self, term: str) -> frozenset[str]:
        """Return all ancestors of a term.

        >>> "HP:0001332" in hpo().above("HP:0031960")
        True
        """
        return frozenset(reached(term, lambda each: self.parents.get(each, ())))

    def below(self, term: str) -> frozenset[str]:
        """Return all descendants of a term."""
        return frozenset(reached(term, lambda each: self._children.get(each, ())))

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for term, parents in self.parents.items():
            for parent in parents:
                children.setdefault(parent, []).append(term)
        return children


@cache
def hpo() -> Slice:
    """Return the slice that comes with the library."""
    found = Slice({}, {}, {}, {})
    for term, label, parents, replaced_by, consider in _rows("hp_terms.tsv", 5):
        if parents or not (replaced_by or consider):
            found.labels[term] = label
            found.parents[term] = _split(parents)
        if replaced_by:
            found.replaced[term] = replaced_by
        if consider:
            found.consider[term] = _split(consider)
    for term, _label, says, first, before, note in _rows("hp_reading.tsv", 6):
        span = Span(float(first), float(before) if before else None) if first else None
        found.readings[term] = Reading(_split(says), span, note)
    return found


def _rows(name: str, columns: int) -> Iterable[list[str]]:
    path = ontology_dir() / "cases" / name
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ReleaseError(f"{path} cannot be read ({error.strerror}): reinstall dystonia_kg") from None
    rows = [line.split("\t") for line in lines if not line.startswith("#")][1:]
    bad = next((row for row in rows if len(row) != columns), None)
    if bad is not None:
        raise ReleaseError(f"{path} is damaged at {bad[0]!r}: reinstall dystonia_kg")
    return rows


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def normalize(identifier: str) -> str | None:
    """Return an HPO identifier in its usual form; None for anything else.

    >>> normalize(" hp_0001332"), normalize("http://purl.obolibrary.org/obo/HP_0001332"), normalize("OMIM:128100")
    ('HP:0001332', 'HP:0001332', None)
    """
    text = identifier.strip()
    match = _FORM.fullmatch(text) or _IRI.fullmatch(text)
    return f"HP:{match[1]}" if match and match[1].isascii() else None


@dataclass(frozen=True, slots=True)
class Says:
    """What a sign says of a dystonia, in CURIEs of the ontology."""

    regions: frozenset[str] = frozenset()
    tasks: frozenset[str] = frozenset()
    variability: frozenset[str] = frozenset()
    stated: frozenset[str] = frozenset()


class Interpreter:
    """Reads HPO terms by a knowledge graph: signs of dystonia, sides, courses, and the features that it knows."""

    def __init__(self, kg: KnowledgeGraph) -> None:
        self.kg = kg
        self.slice = hpo()
        self._says: dict[str, Says] = {}

    @cached_property
    def root(self) -> str:
        """The term of dystonia itself: the one that says no more than the class of all presentations."""
        found = [term for term, reading in self.slice.readings.items() if reading.says == ("dyst:Dystonia",)]
        return next(term for term in found if not self.slice.above(term) & set(found))

    @cached_property
    def phenotypes(self) -> frozenset[str]:
        """The terms that the graph knows as phenotypic abnormalities."""
        root = self._phenotype_root
        below = (contract(iri) for iri in self.kg._below(expand(root)))
        return frozenset(curie for curie in below if curie and curie.startswith("HP:"))

    @cached_property
    def _phenotype_root(self) -> str:
        roots = self.kg._kind_roots().items()
        return next(contract(iri) or iri for iri, name in roots if name == "phenotype")

    @cached_property
    def any_gene(self) -> str:
        """The class of all genes."""
        roots = self.kg._kind_roots().items()
        return next(contract(iri) or iri for iri, name in roots if name == "gene")

    def is_sign_of_dystonia(self, term: str) -> bool:
        """Tell whether a term is that of dystonia or lies below it."""
        return term == self.root or self.root in self.slice.above(term)

    def is_phenotype(self, term: str) -> bool:
        """Tell whether a term is a phenotypic abnormality (and not an onset, a course, a modifier ...)."""
        return self._phenotype_root in self.slice.above(term) or term in self.phenotypes

    def says(self, term: str) -> Says:
        """Return what an observed sign of dystonia says; a term without a reading says what its ancestors say."""
        if term not in self._says:
            reading = self.slice.readings.get(term)
            if reading is not None:
                self._says[term] = self._of_classes(reading.says)
            else:
                self._says[term] = _union(self.says(each) for each in self.slice.parents.get(term, ()))
        return self._says[term]

    def rules_out(self, term: str) -> Says:
        """Return what is absent where a sign is excluded: its own regions, and those of narrower signs.

        Narrower in the ontology too: HPO puts torticollis below craniofacial dystonia, which is another region. A
        value of the classification that is ruled out (not focal) says nothing of single regions.
        """
        if self.says(term).stated and self._is_value(term):
            return Says(stated=self.says(term).stated)
        narrower = [each for each in self.slice.below(term) if self._is_narrower(each, term)]
        return _union(self.says(each) for each in [term, *narrower])

    def _is_value(self, term: str) -> bool:
        said = self.slice.readings.get(term)
        return said is not None and any(self._is_value_class(expand(each)) for each in said.says)

    def _is_value_class(self, iri: str) -> bool:
        return bool(self.kg._objects(iri, DYST + "isValueOf"))

    def _is_narrower(self, term: str, wide: str) -> bool:
        one, other = self.slice.readings.get(term), self.slice.readings.get(wide)
        if one is None or other is None:
            return False
        return any(self.kg.is_a(sub, sup) for sub in one.says for sup in other.says)

    def _of_classes(self, classes: Iterable[str]) -> Says:
        return _union(self._of_class(expand(each)) for each in classes)

    def _of_class(self, iri: str) -> Says:
        if iri == DYST + "Dystonia":
            return Says()
        regions, tasks = self._nearest(iri, "affects"), self._nearest(iri, "isEvokedBy")
        variability = self._nearest(iri, "hasVariability")
        if not (tasks or variability) and (not regions or self._is_value_class(iri)):
            return Says(stated=frozenset({contract(iri) or iri}))
        return Says(regions, tasks, variability)

    def _nearest(self, iri: str, relation: str) -> frozenset[str]:
        """Return the most specific objects of a relation, below the class that is its range."""
        found = set(self.kg._objects(iri, DYST + relation))
        wide = {above for each in found for above in self.kg._above(each)}
        ranges = self.kg._objects(DYST + relation, PREFIXES["rdfs"] + "range")
        return frozenset(contract(each) or each for each in found - wide - set(ranges))

    def side_of(self, region: str, side: str) -> str | None:
        """Return the part of a region that lies on a side (CURIEs); None if the ontology has none."""
        below = self.kg._below(expand(region)) | {expand(region)}
        sided = [each for each in below if expand(side) in self.kg._objects(each, DYST + "hasSide")]
        return contract(sided[0]) if len(sided) == 1 else None

    def is_pair(self, region: str) -> bool:
        """Tell whether a region is one of two sides, such as a limb, and not a midline region with halves."""
        query = "ASK { ?region rdfs:subClassOf/owl:unionOf ?sides }"
        from pyoxigraph import NamedNode

        return bool(self.kg.query(query, region=NamedNode(expand(region))))

    def meaning(self, term: str, kind: str) -> str | None:
        """Return the class below ``dyst:<kind>`` that a term is mapped to as the same; None if there is none."""
        found = identified(self.kg, term)
        return found.curie if found and DYST + kind in self.kg._above(found.iri) else None

    def above(self, iri: str) -> set[str]:
        """Return the IRIs of the classes above a class of the ontology."""
        return self.kg._above(iri)

    def classes_above(self, curie: str) -> set[str]:
        """Return the CURIEs of the classes above a class of the ontology."""
        return {contract(iri) or iri for iri in self.above(expand(curie))}

    def known_above(self, term: str) -> frozenset[str]:
        """Return the nearest terms at or above a term that the graph knows."""
        if term in self.phenotypes:
            return frozenset({term})
        above = self.slice.above(term) & self.phenotypes
        return above - {far for each in above for far in self.slice.above(each)}

    def known_below(self, term: str) -> frozenset[str]:
        """Return the nearest terms at or below a term that the graph knows: what is absent when it is excluded."""
        if term in self.phenotypes:
            return frozenset({term})
        below = self.slice.below(term) & self.phenotypes
        return below - {far for each in below for far in self.slice.below(each)}


def interpreter(kg: KnowledgeGraph | None = None) -> Interpreter:
    """Return the interpreter of a knowledge graph; that of the bundled one, made once, if none is given."""
    return _bundled() if kg is None else Interpreter(kg)


@cache
def _bundled() -> Interpreter:
    from dystonia_kg.graph import load

    return Interpreter(load())


def identified(kg: KnowledgeGraph, name: str) -> Term | None:
    """Return the one term that an identifier or a symbol means, without looking for similar names."""
    found = _by_identifier(kg, name) or kg._names.find(name)
    return kg._at(next(iter(found))) if len(found) == 1 else None


def _union(parts: Iterable[Says]) -> Says:
    found = list(parts)
    return Says(*(frozenset().union(*(getattr(each, name) for each in found)) for name in Says.__slots__))
