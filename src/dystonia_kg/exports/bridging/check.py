"""What a bridge would do: ours, the target's hierarchy and the axioms between them, classified together.

HermiT classifies what of ours is in OWL 2 EL with the whole inferred hierarchy beside it, for with everything it takes
minutes; of classes of third ontologies, such as phenotypes that are only annotated with, what says nothing of ours or
of the target's is left aside, as a locality module. An axiom is left out if with it a class can have no instance, two
classes of one side become one, or a class of ours comes below another of ours. That a class of the target comes below
another of the target is told, not refused: it is what our axioms have to say to the target's editors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import Literal, NamedNode, Triple

from dystonia_kg.exports.bridging.candidates import BridgeAxiom, left_out
from dystonia_kg.exports.bridging.targets import find_target
from dystonia_kg.vocab import DYST, INFERRED, PREFIXES, contract
from dystonia_kg.walk import reached

if TYPE_CHECKING:
    from pyoxigraph import Store

    from dystonia_kg.exports.bridging.targets import Target
    from dystonia_kg.exports.report import LeftOut
    from dystonia_kg.reasoning.owlapi import Classification, Ontology

_SUBCLASS, _LABEL = (NamedNode(PREFIXES["rdfs"] + name) for name in ("subClassOf", "label"))
_TYPE, _CLASS = NamedNode(PREFIXES["rdf"] + "type"), NamedNode(PREFIXES["owl"] + "Class")
_ANNOTATION, _NOTE = (NamedNode(PREFIXES["owl"] + name) for name in ("AnnotationProperty", "Axiom"))
_NOTHING = PREFIXES["owl"] + "Nothing"
_PER_ROUND = 12  # conflicts explained before the axioms that are to blame are dropped and the rest is classified again


class Finding(NamedTuple):
    """What follows with the bridge and not without it: ``sub`` is below ``sup``, by the axioms in ``because``.

    ``sup`` is owl:Nothing where the class can have no instance; ``blame`` the bridge axioms among the others.
    """

    sub: str
    sup: str
    because: tuple[str, ...]
    blame: tuple[BridgeAxiom, ...]

    @property
    def headline(self) -> str:
        """What follows, without the reason."""
        what = "can have no instance" if self.sup == _NOTHING else f"is below {_name(self.sup)}"
        return f"{_name(self.sub)} {what}"

    def __str__(self) -> str:
        return f"{self.headline}, because {'; '.join(self.because)}"


class Checked(NamedTuple):
    """The axioms that can stand, those that cannot with the reason, and what is news for the target."""

    axioms: tuple[BridgeAxiom, ...]
    left_out: tuple[LeftOut, ...]
    conflicts: tuple[Finding, ...]
    news: tuple[Finding, ...]


def check(store: Store, target: Target, axioms: tuple[BridgeAxiom, ...]) -> Checked:
    """Classify a graph, the part of a target's hierarchy that we have, and the axioms between them.

    :raises MissingExtraError: if the reasoner is not installed
    """
    from dystonia_kg.reasoning.session import axioms_of

    told = [quad.triple for quad in store.quads_for_pattern(None, _SUBCLASS, None, NamedNode(INFERRED))]
    return _check(tuple(axioms_of(store)), tuple(sorted(told, key=str)), target.name, axioms)


@lru_cache(maxsize=8)
def _check(
    ours: tuple[Triple, ...], inferred: tuple[Triple, ...], name: str, axioms: tuple[BridgeAxiom, ...]
) -> Checked:
    from dystonia_kg.reasoning.owlapi import Ontology

    target = find_target(name)
    fixed = list(_module(ours, inferred, name))
    known = _Known([*ours, *inferred, *_hierarchy(target)], target)
    kept, dropped, conflicts = list(axioms), [], []
    while True:
        ontology = Ontology([*fixed, *_triples(kept)])
        result = ontology.classify()
        found = list(_explained(ontology, known.conflicts(result), kept))
        blamed = _to_blame(found, known.below)
        if not blamed:
            break
        conflicts += [finding for finding in found if finding.blame]
        dropped += [left_out(axiom, f"with it {finding}") for axiom, finding in blamed.items()]
        kept = [axiom for axiom in kept if axiom not in blamed]
    news = tuple(_explained(ontology, known.news(result), kept, limit=None))
    return Checked(tuple(kept), tuple(sorted(dropped)), tuple(conflicts), tuple(f for f in news if f.blame))


@lru_cache(maxsize=4)
def _module(ours: tuple[Triple, ...], inferred: tuple[Triple, ...], name: str) -> tuple[Triple, ...]:
    """Return all that follows, without a bridge, between classes of ours and of a target; with their labels."""
    from dystonia_kg.reasoning.locality import star_module

    target = find_target(name)
    triples = [*_el_part(ours), *inferred, *_hierarchy(target)]
    names = {term.value for t in triples for term in (t.subject, t.object) if isinstance(term, NamedNode)}
    seeds = {iri for iri in names if iri.startswith(DYST) or target.owns(iri)}
    module = star_module((t for t in triples if t.predicate != _LABEL), seeds)
    labels = (t for t in triples if t.predicate == _LABEL and getattr(t.subject, "value", "") in module.signature)
    return (*module.triples, *labels)


@lru_cache(maxsize=2)
def _el_part(ours: tuple[Triple, ...]) -> tuple[Triple, ...]:
    from dystonia_kg.reasoning.owlapi import Ontology

    labels = [triple for triple in ours if triple.predicate == _LABEL]
    return (*Ontology(_without_remarks(ours)).el_part(), *labels)


def _without_remarks(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield what is not said with annotation properties: most of the triples are, and nothing follows from them."""
    triples = list(triples)
    remarks = {t.subject for t in triples if t.predicate == _TYPE and t.object == _ANNOTATION} | {_LABEL}
    notes = {t.subject for t in triples if t.predicate == _TYPE and t.object == _NOTE}
    for triple in triples:
        if triple.predicate not in remarks and triple.subject not in notes:
            yield triple


def _hierarchy(target: Target) -> Iterator[Triple]:
    labels = target.labels()
    for sub, above in sorted(target.hierarchy().items()):
        yield Triple(NamedNode(sub), _TYPE, _CLASS)
        if sub in labels:
            yield Triple(NamedNode(sub), _LABEL, Literal(f"{labels[sub]} ({contract(sub)})"))
        for sup in sorted(above):
            yield Triple(NamedNode(sub), _SUBCLASS, NamedNode(sup))


def _triples(axioms: Iterable[BridgeAxiom]) -> Iterator[Triple]:
    for axiom in axioms:
        yield Triple(NamedNode(axiom.theirs), _TYPE, _CLASS)
        if axiom.label:
            yield Triple(NamedNode(axiom.theirs), _LABEL, Literal(f"{axiom.label} ({contract(axiom.theirs)})"))
        yield Triple(NamedNode(axiom.ours), NamedNode(axiom.predicate), NamedNode(axiom.theirs))


class _Known:
    """What is known without the bridge, by following the hierarchies of both sides."""

    def __init__(self, triples: Iterable[Triple], target: Target) -> None:
        self._target = target
        self._told: dict[str, set[str]] = {}
        for triple in triples:
            if triple.predicate == _SUBCLASS and isinstance(triple.object, NamedNode):
                sub = triple.subject
                if isinstance(sub, NamedNode):
                    self._told.setdefault(sub.value, set()).add(triple.object.value)

    def conflicts(self, result: Classification) -> Iterator[tuple[str, str]]:
        """Yield what must not follow: the classes without an instance first, those nearest to the top before others."""
        for iri in sorted(result.unsatisfiable, key=lambda iri: (len(self._above(iri)), iri)):
            yield iri, _NOTHING
        merged = {frozenset(pair) for group in result.equivalent for pair in _pairs(group)}
        for sub, sup in self._new(result):
            theirs = self._target.owns(sub), self._target.owns(sup)
            if theirs == (False, False) or (theirs == (True, True) and frozenset((sub, sup)) in merged):
                yield sub, sup

    def news(self, result: Classification) -> Iterator[tuple[str, str]]:
        """Yield what follows between two classes of the target, without what follows from that."""
        new: dict[str, set[str]] = {}
        for sub, sup in self._new(result):
            if self._target.owns(sub) and self._target.owns(sup):
                new.setdefault(sub, set()).add(sup)
        for sub, above in sorted(new.items()):
            beyond = {sup for mid in above for sup in self._above(mid)}
            inherited = {sup for mid in self._above(sub) for sup in new.get(mid, ())}
            yield from ((sub, sup) for sup in sorted(above - beyond - inherited))

    def _new(self, result: Classification) -> Iterator[tuple[str, str]]:
        for sub in sorted(result.superclasses):
            known = self._above(sub)
            for sup in sorted(result.superclasses[sub] - known - {sub}):
                yield sub, sup

    @cached_property
    def below(self) -> Counter[str]:
        """For each class, how many are below it."""
        return Counter(sup for sub in self._told for sup in self._above(sub))

    def _above(self, iri: str) -> set[str]:
        return reached(iri, lambda node: self._told.get(node, ()))


def _pairs(group: Iterable[str]) -> Iterator[tuple[str, str]]:
    members = sorted(group)
    return ((one, other) for one in members for other in members if one < other)


def _explained(
    ontology: Ontology, pairs: Iterable[tuple[str, str]], axioms: Iterable[BridgeAxiom], limit: int | None = _PER_ROUND
) -> Iterator[Finding]:
    ends = {frozenset((axiom.ours, axiom.theirs)): axiom for axiom in axioms}
    for number, (sub, sup) in enumerate(pairs):
        if number == limit:
            return
        for group in ontology.explain(sub, sup):
            blame = {ends[key] for one in group if (key := frozenset(one.signature)) in ends}
            yield Finding(sub, sup, tuple(one.manchester for one in group), tuple(sorted(blame)))


def _to_blame(findings: Iterable[Finding], below: Mapping[str, int]) -> Mapping[BridgeAxiom, Finding]:
    """Return the axioms to drop, so that each finding loses one; the one that most findings share goes first.

    Of several that share as many, the one whose class of the target has more below it: it does most harm.
    """
    left = [finding for finding in findings if finding.blame]
    blamed: dict[BridgeAxiom, Finding] = {}
    while left:
        counts = Counter(axiom for finding in left for axiom in finding.blame)
        worst = min(counts, key=lambda axiom: (-counts[axiom], -below.get(axiom.theirs, 0), axiom[:3]))
        blamed[worst] = next(finding for finding in left if worst in finding.blame)
        left = [finding for finding in left if worst not in finding.blame]
    return blamed


def _name(iri: str) -> str:
    return contract(iri) or iri
