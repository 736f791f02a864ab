"""An OWL ontology in the OWL API, with HermiT over it: classification, realisation, entailment, justifications.

The rest of the library hands over RDF and gets back IRIs and :class:`Axiom` values: no Java object leaves this package.
Every method may be called from any thread and takes ``timeout=``; see :mod:`dystonia_kg.reasoning.lane`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize
from pyoxigraph import parse as parse_rdf

from dystonia_kg.errors import BuildError, InconsistentError
from dystonia_kg.reasoning.expressions import Resolve, parse
from dystonia_kg.reasoning.justify import Justifier
from dystonia_kg.reasoning.jvm import java
from dystonia_kg.reasoning.lane import Deadline, Lane, is_interruption
from dystonia_kg.reasoning.patience import interrupted_after, tries
from dystonia_kg.reasoning.placing import Place, like_individuals, place, told_classes
from dystonia_kg.reasoning.render import LABEL, Axiom, Renderer

__all__ = ["NOTHING", "THING", "Axiom", "Classification", "Ontology"]

T = TypeVar("T")
THING = "http://www.w3.org/2002/07/owl#Thing"
NOTHING = "http://www.w3.org/2002/07/owl#Nothing"

_PATIENCE = 25.0  # seconds; most classifications of the whole ontology take less
_PATIENCE_WITH_ONE = 5.0  # the same for whether one axiom holds, as a rule a matter of milliseconds


class Classification(NamedTuple):
    """What HermiT derives for the named classes.

    ``superclasses`` holds, for each class, every named class above it (itself, owl:Thing and equivalents of itself
    left out unless they are other names); ``direct`` only the nearest; ``equivalent`` sets of two or more names of one
    class; ``unsatisfiable`` the classes that can have no instance.
    """

    superclasses: dict[str, frozenset[str]]
    direct: dict[str, frozenset[str]]
    equivalent: tuple[frozenset[str], ...]
    unsatisfiable: tuple[str, ...]


class Ontology:
    """An ontology loaded into the OWL API.

    :param triples: the whole ontology as RDF, annotations included
    :param timeout: seconds that each call may take unless it says otherwise; None for no limit
    :raises BuildError: if the OWL API cannot read the RDF as OWL
    """

    def __init__(self, triples: Iterable[Triple], *, timeout: float | None = None) -> None:
        triples = list(triples)
        self._timeout = timeout
        self._lane = Lane()
        self._current: Any = None
        self._render = Renderer(_labels(triples))
        self._manager, self._ontology = self._do(lambda deadline: _load(triples), None)

    def _do(self, task: Callable[[Deadline], T], timeout: float | None) -> T:
        return self._lane.run(task, self._timeout if timeout is None else timeout)

    # ------------------------------------------------------------------ what follows

    def is_consistent(self, *, timeout: float | None = None) -> bool:
        """Tell whether the ontology has a model."""
        return self._do(lambda deadline: bool(self._ask(deadline, lambda r: r.isConsistent())), timeout)

    def classify(self, *, timeout: float | None = None) -> Classification:
        """Derive the hierarchy of all named classes.

        :raises InconsistentError: if the ontology has no model; it names a minimal set of contradicting axioms
        """

        def task(deadline: Deadline) -> Classification:
            self._need_model(deadline)
            kind = java("org.semanticweb.owlapi.reasoner.InferenceType").CLASS_HIERARCHY
            self._ask(deadline, lambda r: r.precomputeInferences(kind))
            return self._ask(deadline, self._read_hierarchy)

        return self._do(task, timeout)

    def realise(self, *, timeout: float | None = None) -> dict[str, frozenset[str]]:
        """Derive, for each individual, every named class of which it is an instance.

        :raises InconsistentError: as :meth:`classify`
        """

        def read(reasoner: Any) -> dict[str, frozenset[str]]:
            individuals = sorted(self._ontology.getIndividualsInSignature(), key=_iri)
            return {_iri(one): frozenset(_flat(reasoner.getTypes(one, False))) - {THING} for one in individuals}

        def task(deadline: Deadline) -> dict[str, frozenset[str]]:
            self._need_model(deadline)
            return self._ask(deadline, read)

        return self._do(task, timeout)

    def entails(self, sub: str, sup: str, *, timeout: float | None = None) -> bool:
        """Tell whether every instance of class ``sub`` is one of class ``sup``."""
        return self._do(
            lambda deadline: bool(self._ask(deadline, lambda r: r.isEntailed(self._subclass_axiom(sub, sup)))), timeout
        )

    def entails_all(self, triples: Iterable[Triple], *, timeout: float | None = None) -> bool:
        """Tell whether every axiom that some RDF states follows; annotations and declarations are left out.

        :raises BuildError: if the RDF holds no axiom, or cannot be read as OWL
        """
        triples = [*triples, *self._declarations()]

        def task(deadline: Deadline) -> bool:
            axioms = list(_load(triples)[1].getLogicalAxioms())
            if not axioms:
                raise BuildError("there is no OWL axiom to test: give at least one, such as a subclass axiom")
            return all(self._holds(deadline, axiom) for axiom in axioms)

        return self._do(task, timeout)

    def place(
        self,
        text: str,
        resolve: Resolve,
        supers: Mapping[str, frozenset[str]],
        *,
        complete: bool = True,
        timeout: float | None = None,
    ) -> Place:
        """Return where a class expression in Manchester syntax stands among the named classes, and its instances.

        :param resolve: from a name in the text to an IRI
        :param supers: for each named class, those known to be above it
        :param complete: whether that is all there is to know
        :raises QuerySyntaxError: if the text is no class expression, with line and column
        """

        def task(deadline: Deadline) -> Place:
            expression = self._parse(text, resolve)
            self._need_model(deadline)
            if not self._ask(deadline, lambda r: r.isSatisfiable(expression), _PATIENCE_WITH_ONE):
                return Place(False)
            found = place(
                supers,
                lambda cls: self._holds(deadline, self._subsumption(expression, self._class(cls))),
                lambda cls: self._holds(deadline, self._subsumption(self._class(cls), expression)),
                told_classes(expression),
                complete=complete,
            )
            return found._replace(instances=self._instances(expression, deadline))

        return self._do(task, timeout)

    def is_possible(self, text: str, resolve: Resolve, *, timeout: float | None = None) -> bool:
        """Tell whether a class expression in Manchester syntax can have an instance."""

        def task(deadline: Deadline) -> bool:
            expression = self._parse(text, resolve)
            return bool(self._ask(deadline, lambda r: r.isSatisfiable(expression), _PATIENCE_WITH_ONE))

        return self._do(task, timeout)

    def signature(self) -> dict[str, str]:
        """Return the IRIs of all classes, properties and individuals with their kind: Class, ObjectProperty ..."""
        return self._do(
            lambda deadline: {_iri(e): str(e.getEntityType().getName()) for e in self._ontology.getSignature()}, None
        )

    def _parse(self, text: str, resolve: Resolve) -> Any:
        iri = java("org.semanticweb.owlapi.model.IRI")

        def entities(name: str) -> list[Any]:
            if name in (THING, NOTHING):
                return [self._class(name)]
            return list(self._ontology.getEntitiesInSignature(iri.create(name)))

        return parse(text, resolve, self._manager.getOWLDataFactory(), entities)

    def _instances(self, expression: Any, deadline: Deadline) -> frozenset[str]:
        factory = self._manager.getOWLDataFactory()
        found: set[str] = set()
        for group in like_individuals(self._ontology):
            if self._holds(deadline, factory.getOWLClassAssertionAxiom(expression, group[0])):
                found |= {_iri(one) for one in group}
        return frozenset(found)

    def _holds(self, deadline: Deadline, axiom: Any) -> bool:
        return bool(self._ask(deadline, lambda r: r.isEntailed(axiom), _PATIENCE_WITH_ONE))

    def _class(self, iri: str) -> Any:
        return self._manager.getOWLDataFactory().getOWLClass(java("org.semanticweb.owlapi.model.IRI").create(iri))

    def _subsumption(self, sub: Any, sup: Any) -> Any:
        return self._manager.getOWLDataFactory().getOWLSubClassOfAxiom(sub, sup)

    def is_satisfiable(self, cls: str, *, timeout: float | None = None) -> bool:
        """Tell whether a named class can have an instance."""
        return not self.entails(cls, NOTHING, timeout=timeout)

    def _declarations(self) -> list[Triple]:
        """Return the types of our terms, without which RDF that uses them is not OWL."""
        kinds = {"Class": "Class", "ObjectProperty": "ObjectProperty", "DataProperty": "DatatypeProperty"}
        rdf_type = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        owl = "http://www.w3.org/2002/07/owl#"
        found = []
        for entity in self._ontology.getSignature():
            kind = kinds.get(str(entity.getEntityType().getName()))
            if kind:
                found.append(Triple(NamedNode(_iri(entity)), rdf_type, NamedNode(owl + kind)))
        return found

    def _ask(self, deadline: Deadline, question: Callable[[Any], T], patience: float = _PATIENCE) -> T:
        """Ask HermiT, which is dropped if it had to be stopped: what it had half derived is not to be relied on.

        :param patience: seconds after which it starts over, at first
        """
        for seconds in tries(patience):
            reasoner = self._current = self._current or self.new_reasoner(self._ontology)
            try:
                with deadline.stopping(reasoner.interrupt), interrupted_after(seconds, reasoner.interrupt):
                    return question(reasoner)
            except BaseException as error:
                self._current = None
                if not is_interruption(error):
                    raise
                deadline.check()
        raise AssertionError("the tries have no end")

    @staticmethod
    def new_reasoner(ontology: Any) -> Any:
        """Return HermiT over an ontology of the OWL API."""
        configuration = java("org.semanticweb.HermiT.Configuration")()
        # Same answers, several times sooner where many classes are defined by counting and negation.
        configuration.forceQuasiOrderClassification = True
        return java("org.semanticweb.HermiT.Reasoner")(configuration, ontology)

    def _need_model(self, deadline: Deadline) -> None:
        if not self._ask(deadline, lambda r: r.isConsistent()):
            raise InconsistentError(["\n".join(axiom.text for axiom in self._contradiction(deadline))])

    def _read_hierarchy(self, reasoner: Any) -> Classification:
        superclasses: dict[str, frozenset[str]] = {}
        direct: dict[str, frozenset[str]] = {}
        same: set[frozenset[str]] = set()
        bottom = _iris(reasoner.getUnsatisfiableClasses())
        for cls in sorted(self._ontology.getClassesInSignature(), key=_iri):
            iri = _iri(cls)
            if iri in bottom or iri in (THING, NOTHING):
                continue
            node = _iris(reasoner.getEquivalentClasses(cls))
            others = node - {iri}
            if others:
                same.add(frozenset(node))
            superclasses[iri] = frozenset(_flat(reasoner.getSuperClasses(cls, False)) | others) - {THING}
            direct[iri] = frozenset(_flat(reasoner.getSuperClasses(cls, True)) | others) - {THING}
        equivalent = tuple(sorted(same, key=sorted))
        return Classification(superclasses, direct, equivalent, tuple(sorted(bottom - {NOTHING})))

    # ------------------------------------------------------------------ profiles

    def dl_violations(self) -> list[str]:
        """Return what keeps the ontology out of OWL 2 DL, one line each, sorted."""

        def task(deadline: Deadline) -> list[str]:
            report = java("org.semanticweb.owlapi.profiles.OWL2DLProfile")().checkOntology(self._ontology)
            return sorted({str(violation.toString()) for violation in report.getViolations()})

        return self._do(task, None)

    def el_part(self) -> list[Triple]:
        """Return the part of the ontology that is in OWL 2 EL, as triples."""

        def task(deadline: Deadline) -> list[Triple]:
            report = java("org.semanticweb.owlapi.profiles.OWL2ELProfile")().checkOntology(self._ontology)
            kept = java("java.util.HashSet")(self._ontology.getAxioms())
            kept.removeAll([v.getAxiom() for v in report.getViolations() if v.getAxiom() is not None])
            manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
            return _triples(manager, manager.createOntology(kept, self._ontology.getOntologyID().getOntologyIRI()))

        return self._do(task, None)

    # ------------------------------------------------------------------ justifications

    def explain(
        self, sub: str, sup: str, *, relation: str | None = None, limit: int = 1, timeout: float | None = None
    ) -> list[tuple[Axiom, ...]]:
        """Return up to ``limit`` minimal sets of axioms from which ``sub`` SubClassOf ``sup`` follows.

        The sets come smallest first; none if it does not follow.

        :param relation: an object property; then it is ``sub`` SubClassOf ``relation`` some ``sup`` that is explained
        """

        def task(deadline: Deadline) -> list[tuple[Axiom, ...]]:
            groups = self._justifier.justify(self._subclass_axiom(sub, sup, relation), limit, deadline)
            return [self._render.axioms(group) for group in groups]

        return self._do(task, timeout)

    def explain_unsatisfiable(
        self, cls: str, *, limit: int = 1, timeout: float | None = None
    ) -> list[tuple[Axiom, ...]]:
        """Return up to ``limit`` minimal sets of axioms that leave class ``cls`` without an instance."""
        return self.explain(cls, NOTHING, limit=limit, timeout=timeout)

    def explain_inconsistency(self, *, timeout: float | None = None) -> tuple[Axiom, ...]:
        """Return one minimal set of axioms that contradict each other."""
        return self._do(self._contradiction, timeout)

    def redundant(self, pairs: Iterable[tuple[str, str]], *, timeout: float | None = None) -> list[tuple[str, str]]:
        """Return those of the asserted (class, superclass) pairs that follow from the other axioms."""

        def task(deadline: Deadline) -> list[tuple[str, str]]:
            axioms = [(pair, self._subclass_axiom(*pair)) for pair in pairs]
            return [pair for pair, axiom in axioms if self._justifier.entails_without(axiom, axiom, deadline)]

        return self._do(task, timeout)

    def _contradiction(self, deadline: Deadline) -> tuple[Axiom, ...]:
        return self._render.axioms(self._justifier.contradiction(deadline))

    @cached_property
    def _justifier(self) -> Justifier:
        return Justifier(self._manager, self._ontology, self.new_reasoner)

    def _subclass_axiom(self, sub: str, sup: str, relation: str | None = None) -> Any:
        target = self._class(sup)
        if relation is not None:
            factory = self._manager.getOWLDataFactory()
            iri = java("org.semanticweb.owlapi.model.IRI").create(relation)
            target = factory.getOWLObjectSomeValuesFrom(factory.getOWLObjectProperty(iri), target)
        return self._subsumption(self._class(sub), target)


def _load(triples: Iterable[Triple]) -> tuple[Any, Any]:
    """Return the OWL API's manager and its ontology of some RDF."""
    document = (serialize(triples, format=RdfFormat.RDF_XML) or b"").decode()
    manager = offline_manager()
    source = java("org.semanticweb.owlapi.io.StringDocumentSource")(document)
    try:
        return manager, manager.loadOntologyFromOntologyDocument(source)
    except java("org.semanticweb.owlapi.model.OWLOntologyCreationException") as error:
        reason = str(error.getMessage() or error).strip().splitlines()[0]
        raise BuildError(f"the OWL API cannot read the ontology: {reason}") from None


def offline_manager() -> Any:
    """Return a manager of ontologies that fetches nothing: what an ontology imports is taken as missing."""
    import jpype

    class Nowhere:
        def getDocumentIRI(self, iri: Any) -> Any:  # noqa: N802
            return java("org.semanticweb.owlapi.model.IRI").create("file:///dev/null/not-fetched")

    manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    manager.setSilentMissingImportsHandling(True)
    manager.addIRIMapper(jpype.JProxy("org.semanticweb.owlapi.model.OWLOntologyIRIMapper", inst=Nowhere()))
    return manager


def _labels(triples: Iterable[Triple]) -> dict[str, str]:
    return {
        t.subject.value: t.object.value
        for t in triples
        if t.predicate.value == LABEL and isinstance(t.subject, NamedNode) and isinstance(t.object, Literal)
    }


def _triples(manager: Any, ontology: Any) -> list[Triple]:
    return [quad.triple for quad in parse_rdf(rdf_xml(manager, ontology), format=RdfFormat.RDF_XML)]


def rdf_xml(manager: Any, ontology: Any) -> bytes:
    """Return an ontology of the OWL API as RDF/XML."""
    out = java("java.io.ByteArrayOutputStream")()
    manager.saveOntology(ontology, java("org.semanticweb.owlapi.io.RDFXMLOntologyFormat")(), out)
    return bytes(out.toByteArray())


def _iri(entity: Any) -> str:
    return str(entity.toStringID())


def _iris(node: Any) -> set[str]:
    return {_iri(entity) for entity in node.getEntities()}


def _flat(node_set: Any) -> set[str]:
    return {_iri(entity) for entity in node_set.getFlattened()}
