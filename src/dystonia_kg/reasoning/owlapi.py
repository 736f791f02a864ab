"""An OWL ontology in the OWL API, with HermiT over it: classification, profile checks, entailment, justifications.

The rest of the library hands over RDF and gets back IRIs and :class:`Axiom` values: no Java object leaves this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from pyoxigraph import RdfFormat, Triple, serialize

from dystonia_kg.errors import BuildError, InconsistentError, ReasoningTimeout
from dystonia_kg.reasoning.jvm import java, start

THING = "http://www.w3.org/2002/07/owl#Thing"
NOTHING = "http://www.w3.org/2002/07/owl#Nothing"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
SOURCE = "http://purl.org/dc/terms/source"


class Axiom(NamedTuple):
    """One axiom of a justification.

    ``manchester`` is readable Manchester syntax with labels, ``functional`` the exact axiom in functional syntax,
    ``subject`` the IRI of what it is about, if it is about one thing, ``sources`` the publications with which the
    axiom itself is annotated.
    """

    manchester: str
    functional: str
    subject: str | None
    sources: tuple[str, ...] = ()


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
    :param timeout: seconds after which HermiT gives up a single task; None for no limit
    :raises BuildError: if the OWL API cannot read the RDF as OWL
    """

    def __init__(self, triples: Iterable[Triple], *, timeout: float | None = None) -> None:
        start()
        document = serialize(triples, format=RdfFormat.RDF_XML).decode()
        self._manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
        self._manager.setSilentMissingImportsHandling(True)
        source = java("org.semanticweb.owlapi.io.StringDocumentSource")(document)
        try:
            self._ontology = self._manager.loadOntologyFromOntologyDocument(source)
        except java("org.semanticweb.owlapi.model.OWLOntologyCreationException") as error:
            raise BuildError(f"The OWL API cannot read the ontology: {_first_line(error)}") from None
        self._timeout = timeout

    @cached_property
    def _reasoner_factory(self) -> Any:
        return java("org.semanticweb.HermiT.Reasoner$ReasonerFactory")()

    @cached_property
    def _reasoner(self) -> Any:
        return self._new_reasoner(self._ontology)

    def _new_reasoner(self, ontology: Any) -> Any:
        configuration = java("org.semanticweb.HermiT.Configuration")()
        # Same answers, several times sooner where many classes are defined by counting and negation.
        configuration.forceQuasiOrderClassification = True
        configuration.individualTaskTimeout = -1 if self._timeout is None else int(self._timeout * 1000)
        return java("org.semanticweb.HermiT.Reasoner")(configuration, ontology)

    def _timed_out(self) -> ReasoningTimeout:
        return ReasoningTimeout(f"HermiT did not finish within {self._timeout:g} s; raise timeout=, or use fewer axioms")

    def is_consistent(self) -> bool:
        """Tell whether the ontology has a model."""
        try:
            return bool(self._reasoner.isConsistent())
        except java("org.semanticweb.owlapi.reasoner.TimeOutException"):
            raise self._timed_out() from None

    def classify(self) -> Classification:
        """Derive the hierarchy of all named classes.

        :raises InconsistentError: if the ontology has no model; it names a minimal set of contradicting axioms
        """
        if not self.is_consistent():
            raise InconsistentError([_text(self.explain_inconsistency())])
        inference = java("org.semanticweb.owlapi.reasoner.InferenceType")
        try:
            self._reasoner.precomputeInferences(inference.CLASS_HIERARCHY)
        except java("org.semanticweb.owlapi.reasoner.TimeOutException"):
            raise self._timed_out() from None
        return self._read_hierarchy()

    def _read_hierarchy(self) -> Classification:
        reasoner = self._reasoner
        superclasses: dict[str, frozenset[str]] = {}
        direct: dict[str, frozenset[str]] = {}
        same: set[frozenset[str]] = set()
        bottom = _iris(reasoner.getUnsatisfiableClasses())
        for cls in self._classes():
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

    def _classes(self) -> list[Any]:
        return sorted(self._ontology.getClassesInSignature(), key=_iri)

    def entails(self, sub: str, sup: str) -> bool:
        """Tell whether every instance of class ``sub`` is one of class ``sup``."""
        return bool(self._reasoner.isEntailed(self._subclass_axiom(sub, sup)))

    def dl_violations(self) -> list[str]:
        """Return what keeps the ontology out of OWL 2 DL, one line each, sorted."""
        return self._violations("OWL2DLProfile")

    def el_part(self) -> list[Triple]:
        """Return the part of the ontology that is in OWL 2 EL, as triples."""
        profile = java("org.semanticweb.owlapi.profiles.OWL2ELProfile")()
        report = profile.checkOntology(self._ontology)
        outside = java("java.util.HashSet")()
        for violation in report.getViolations():
            axiom = violation.getAxiom()
            if axiom is not None:
                outside.add(axiom)
        manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
        kept = java("java.util.HashSet")(self._ontology.getAxioms())
        kept.removeAll(outside)
        part = manager.createOntology(kept, self._ontology.getOntologyID().getOntologyIRI())
        return _triples(manager, part)

    def _violations(self, profile_name: str) -> list[str]:
        profile = java(f"org.semanticweb.owlapi.profiles.{profile_name}")()
        report = profile.checkOntology(self._ontology)
        return sorted({str(violation.toString()) for violation in report.getViolations()})

    # ------------------------------------------------------------------ justifications

    def explain(self, sub: str, sup: str, *, limit: int = 1) -> list[tuple[Axiom, ...]]:
        """Return up to ``limit`` minimal sets of axioms from which ``sub`` SubClassOf ``sup`` follows.

        The sets come smallest first; none if it does not follow.
        """
        axiom = self._subclass_axiom(sub, sup)
        module = self._module(axiom)
        return self._justify(module, axiom, limit)

    def explain_unsatisfiable(self, cls: str, *, limit: int = 1) -> list[tuple[Axiom, ...]]:
        """Return up to ``limit`` minimal sets of axioms that leave class ``cls`` without an instance."""
        return self.explain(cls, NOTHING, limit=limit)

    def explain_inconsistency(self) -> tuple[Axiom, ...]:
        """Return one minimal set of axioms that contradict each other, found by contraction."""
        axioms = [axiom for axiom in self._ontology.getLogicalAxioms()]
        axioms.sort(key=lambda axiom: str(axiom.toString()))
        return self._axioms(_contract(axioms, self._has_no_model))

    def _has_no_model(self, axioms: list[Any]) -> bool:
        manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
        ontology = manager.createOntology(java("java.util.HashSet")(axioms))
        reasoner = self._new_reasoner(ontology)
        try:
            return not reasoner.isConsistent()
        finally:
            reasoner.dispose()

    def _justify(self, ontology: Any, axiom: Any, limit: int) -> list[tuple[Axiom, ...]]:
        monitor = java("com.clarkparsia.owlapi.explanation.util.SilentExplanationProgressMonitor")()
        generator = java("com.clarkparsia.owlapi.explanation.DefaultExplanationGenerator")(
            ontology.getOWLOntologyManager(), self._reasoner_factory, ontology, monitor
        )
        found = [self._axioms(group) for group in generator.getExplanations(axiom, limit)]
        return sorted((group for group in found if group), key=lambda group: (len(group), group))

    def _module(self, axiom: Any) -> Any:
        """Return the locality module of an axiom's signature: it holds every justification and is far smaller."""
        kind = java("uk.ac.manchester.cs.owlapi.modularity.ModuleType").STAR
        extractor_class = java("uk.ac.manchester.cs.owlapi.modularity.SyntacticLocalityModuleExtractor")
        extractor = extractor_class(self._manager, self._ontology, kind)
        axioms = extractor.extract(axiom.getSignature())
        manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
        return manager.createOntology(axioms)

    def _subclass_axiom(self, sub: str, sup: str) -> Any:
        factory = self._manager.getOWLDataFactory()
        iri = java("org.semanticweb.owlapi.model.IRI")
        return factory.getOWLSubClassOfAxiom(factory.getOWLClass(iri.create(sub)), factory.getOWLClass(iri.create(sup)))

    def _axioms(self, group: Iterable[Any]) -> tuple[Axiom, ...]:
        return tuple(sorted(self._axiom(axiom) for axiom in group))

    def _axiom(self, axiom: Any) -> Axiom:
        bare = axiom.getAxiomWithoutAnnotations()
        text = " ".join(str(self._renderer.render(bare)).split())
        sources = sorted(
            str(note.getValue().toString())
            for note in axiom.getAnnotations()
            if str(note.getProperty().toStringID()) == SOURCE
        )
        return Axiom(text, str(bare.toString()), _subject(bare), tuple(sources))

    @cached_property
    def _renderer(self) -> Any:
        factory = self._manager.getOWLDataFactory()
        label = factory.getOWLAnnotationProperty(java("org.semanticweb.owlapi.model.IRI").create(LABEL))
        provider = java("org.semanticweb.owlapi.util.AnnotationValueShortFormProvider")(
            java("java.util.Arrays").asList([label]), java("java.util.HashMap")(), self._manager
        )
        renderer = java("uk.ac.manchester.cs.owl.owlapi.mansyntaxrenderer.ManchesterOWLSyntaxOWLObjectRendererImpl")()
        renderer.setShortFormProvider(provider)
        return renderer


def _text(axioms: Iterable[Axiom]) -> str:
    return "\n".join(axiom.manchester for axiom in axioms)


def _contract(axioms: list[Any], fails: Any) -> list[Any]:
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


def _triples(manager: Any, ontology: Any) -> list[Triple]:
    from pyoxigraph import parse

    out = java("java.io.ByteArrayOutputStream")()
    manager.saveOntology(ontology, java("org.semanticweb.owlapi.io.RDFXMLOntologyFormat")(), out)
    document = bytes(out.toByteArray())
    return [quad.triple for quad in parse(document, format=RdfFormat.RDF_XML)]


def _subject(axiom: Any) -> str | None:
    if hasattr(axiom, "getSubClass") and not axiom.getSubClass().isAnonymous():
        return _iri(axiom.getSubClass().asOWLClass())
    if hasattr(axiom, "getNamedClasses"):
        named = sorted(_iri(cls) for cls in axiom.getNamedClasses())
        return named[0] if named else None
    if hasattr(axiom, "getProperty") and not axiom.getProperty().isAnonymous():
        return str(axiom.getProperty().toStringID())
    return None


def _iri(entity: Any) -> str:
    return str(entity.toStringID())


def _iris(node: Any) -> set[str]:
    return {_iri(entity) for entity in node.getEntities()}


def _flat(node_set: Any) -> set[str]:
    return {_iri(entity) for entity in node_set.getFlattened()}


def _first_line(error: Any) -> str:
    return str(error.getMessage() or error).strip().splitlines()[0]
