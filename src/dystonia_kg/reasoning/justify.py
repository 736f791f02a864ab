"""Minimal sets of axioms from which something follows, with a deadline.

All justifications are the work of the OWL API's explanation generator, on the locality module of what is to be
explained: it holds every justification and is far smaller than the ontology. One justification comes several times
sooner by contraction of a still smaller part, the axioms about the terms at hand and what they mention, step by step
until the entailment holds in it: a set that is minimal there is minimal everywhere. Sooner still is what was explained
of a class that is built alike (:mod:`dystonia_kg.reasoning.analogy`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, NamedTuple

from dystonia_kg.reasoning.analogy import Analogies
from dystonia_kg.reasoning.jvm import java
from dystonia_kg.reasoning.lane import Deadline

_STEPS = 4  # how far from the terms at hand a part of the module reaches, before the whole of it is taken

NewReasoner = Callable[[Any], Any]


class _Indexed(NamedTuple):
    axiom: Any
    names: set[str]
    about: set[str]


class Justifier:
    """Finds justifications in one ontology of the OWL API.

    :param new_reasoner: makes a reasoner over an ontology
    """

    def __init__(self, manager: Any, ontology: Any, new_reasoner: NewReasoner) -> None:
        self._manager = manager
        self._ontology = ontology
        self._new_reasoner = new_reasoner

    def justify(self, axiom: Any, limit: int, deadline: Deadline) -> list[list[Any]]:
        """Return up to ``limit`` minimal sets of axioms from which ``axiom`` follows, smallest first."""
        if limit == 1 and (alike := self._analogies.find(axiom)) is not None:
            return [[self._indexed[number].axiom for number in alike]]
        part = self._small_part(axiom, deadline) if limit == 1 else None
        if part is None:
            part = self._module(axiom.getSignature())
            if not self._entails(part, axiom, deadline):
                return []
        if limit == 1:
            found = _contract(part, lambda some: self._entails(some, axiom, deadline))
            self._analogies.keep(axiom, found)
            return [found]
        groups = self._generate(_ontology(part), axiom, limit, deadline)
        return sorted((g for g in groups if g), key=lambda g: (len(g), sorted(str(a.toString()) for a in g)))

    def entails(self, axioms: Iterable[Any], axiom: Any, deadline: Deadline) -> bool:
        """Tell whether an axiom follows from some axioms alone."""
        return self._entails(list(axioms), axiom, deadline)

    def entails_without(self, without: Any, axiom: Any, deadline: Deadline) -> bool:
        """Tell whether an axiom follows from the ontology without one of its axioms."""
        bare = without.getAxiomWithoutAnnotations()
        rest = [a for a in self._module(axiom.getSignature()) if not a.getAxiomWithoutAnnotations().equals(bare)]
        return self._entails(rest, axiom, deadline)

    def contradiction(self, deadline: Deadline) -> list[Any]:
        """Return one minimal set of axioms that contradict each other, found by contraction."""
        axioms = sorted(self._ontology.getLogicalAxioms(), key=lambda axiom: str(axiom.toString()))
        return _contract(axioms, lambda part: self._has_no_model(part, deadline))

    def _has_no_model(self, axioms: list[Any], deadline: Deadline) -> bool:
        return self._ask(axioms, lambda reasoner: not reasoner.isConsistent(), deadline)

    def _entails(self, axioms: list[Any], axiom: Any, deadline: Deadline) -> bool:
        return self._ask(axioms, lambda reasoner: reasoner.isEntailed(axiom), deadline)

    def _ask(self, axioms: list[Any], question: Callable[[Any], Any], deadline: Deadline) -> bool:
        reasoner = self._new_reasoner(_ontology(axioms))
        try:
            with deadline.stopping(reasoner.interrupt):
                return bool(question(reasoner))
        finally:
            reasoner.dispose()

    def _module(self, signature: Any) -> list[Any]:
        return list(self._extractor.extract(signature))

    @cached_property
    def _extractor(self) -> Any:
        kind = java("uk.ac.manchester.cs.owlapi.modularity.ModuleType").STAR
        extractor = java("uk.ac.manchester.cs.owlapi.modularity.SyntacticLocalityModuleExtractor")
        # Annotations say nothing of what follows, and leaving them out makes a module in a fifth of the time.
        return extractor(self._manager, _ontology(self._ontology.getLogicalAxioms()), kind)

    def _small_part(self, axiom: Any, deadline: Deadline) -> list[Any] | None:
        """Return a part of the ontology in which the axiom holds, found from its terms outwards."""
        reached = _names(axiom)
        for _ in range(_STEPS):
            numbers = sorted(set().union(*(self._index.get(name, ()) for name in reached)))
            part = [self._indexed[number] for number in numbers]
            if self._entails([one.axiom for one in part], axiom, deadline):
                return [one.axiom for one in part]
            reached = reached.union(*(one.names for one in part))
        return None

    @cached_property
    def _indexed(self) -> list[_Indexed]:
        axioms = sorted(self._ontology.getLogicalAxioms(), key=lambda axiom: str(axiom.toString()))
        return [_Indexed(axiom, _names(axiom), _about(axiom)) for axiom in axioms]

    @cached_property
    def _analogies(self) -> Analogies:
        return Analogies(str(one.axiom.getAxiomWithoutAnnotations().toString()) for one in self._indexed)

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        """For each term, the numbers of the axioms that say something about it."""
        found: dict[str, list[int]] = {}
        for number, one in enumerate(self._indexed):
            for name in one.about:
                found.setdefault(name, []).append(number)
        return found

    def _generate(self, ontology: Any, axiom: Any, limit: int, deadline: Deadline) -> list[list[Any]]:
        current: list[Any] = []
        factory = _reasoner_factory(self._new_reasoner, current, deadline)
        monitor = java("com.clarkparsia.owlapi.explanation.util.SilentExplanationProgressMonitor")()
        generator = java("com.clarkparsia.owlapi.explanation.DefaultExplanationGenerator")(
            ontology.getOWLOntologyManager(), factory, ontology, monitor
        )

        def stop() -> None:
            for reasoner in current[-1:]:
                reasoner.interrupt()

        with deadline.stopping(stop):
            return [list(group) for group in generator.getExplanations(axiom, limit)]


def _reasoner_factory(new_reasoner: NewReasoner, current: list[Any], deadline: Deadline) -> Any:
    """Return a factory of reasoners that can be stopped: the generator makes one for each step."""
    import jpype

    class Factory:
        def getReasonerName(self) -> str:  # noqa: N802
            return "HermiT"

        def createNonBufferingReasoner(self, ontology: Any, *_: Any) -> Any:  # noqa: N802
            deadline.check()
            current[:] = [new_reasoner(ontology)]
            return current[0]

        createReasoner = createNonBufferingReasoner  # noqa: N815

    return jpype.JProxy("org.semanticweb.owlapi.reasoner.OWLReasonerFactory", inst=Factory())


def _names(thing: Any) -> set[str]:
    return {str(entity.toStringID()) for entity in thing.getSignature()}


def _about(axiom: Any) -> set[str]:
    """Return the terms about which an axiom says something: all in it, unless it is a statement on one class."""
    if hasattr(axiom, "getSubClass"):
        return _names(axiom.getSubClass())
    if hasattr(axiom, "getNamedClasses"):
        named = {str(cls.toStringID()) for cls in axiom.getNamedClasses()}
        if len(named) == 1:
            return named
    return _names(axiom)


def _ontology(axioms: Iterable[Any]) -> Any:
    manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    return manager.createOntology(java("java.util.HashSet")(axioms))


def _contract(axioms: list[Any], fails: Callable[[list[Any]], bool]) -> list[Any]:
    """Shrink a failing list of axioms to a minimal failing one, dropping ever smaller chunks."""
    size = max(1, len(axioms) // 2)
    while True:
        index = 0
        while index < len(axioms):
            rest = axioms[:index] + axioms[index + size :]
            if rest and fails(rest):
                axioms = rest
            else:
                index += size
        if size == 1:
            return axioms
        size = max(1, size // 2)
