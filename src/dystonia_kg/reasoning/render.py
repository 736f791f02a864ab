"""Axioms of the OWL API as values: readable, exact, and with what is needed to find where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from dystonia_kg.reasoning.english import Readings, readings
from dystonia_kg.reasoning.jvm import java

LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
COMMENT = "http://www.w3.org/2000/01/rdf-schema#comment"
SOURCE = "http://purl.org/dc/terms/source"


class Axiom(NamedTuple):
    """One axiom of a justification.

    ``manchester`` is readable Manchester syntax with labels, ``functional`` the exact axiom in functional syntax,
    ``subject`` the IRI of what it is about, if it is about one thing, ``sources`` the publications with which the
    axiom itself is annotated, ``kind`` its type in the OWL specification, ``signature`` the IRIs in it, ``note`` the
    comment with which it is annotated, ``readings`` what it says in words.
    """

    manchester: str
    functional: str
    subject: str | None
    sources: tuple[str, ...] = ()
    kind: str = ""
    signature: tuple[str, ...] = ()
    note: str | None = None
    readings: Readings = Readings("")

    @property
    def text(self) -> str:
        """The axiom as it is shown: its comment stands for one that was generated and is too long to read."""
        if self.note is None:
            return self.manchester
        return f"{self.manchester.split(f' {_WORDS[self.kind]}', 1)[0]}: {self.note}"


_WORDS = {"EquivalentClasses": "EquivalentTo", "SubClassOf": "SubClassOf"}


class Renderer:
    """Turns the axioms of one ontology into :class:`Axiom` values.

    :param labels: from IRIs to labels
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels
        self._known: dict[Any, Axiom] = {}

    def axioms(self, group: Iterable[Any]) -> tuple[Axiom, ...]:
        """Return axioms as values, sorted."""
        return tuple(sorted((self.axiom(axiom) for axiom in group), key=lambda axiom: axiom[:3]))

    def axiom(self, axiom: Any) -> Axiom:
        """Return one axiom as a value."""
        bare = axiom.getAxiomWithoutAnnotations()
        exact = str(bare.toString())
        if exact not in self._known:
            self._known[exact] = self._read(axiom, bare, exact)
        return self._known[exact]

    def text(self, thing: Any) -> str:
        """Return an axiom or a class expression in Manchester syntax with labels, on one line."""
        return " ".join(str(self._renderer.render(thing)).split())

    def _read(self, axiom: Any, bare: Any, exact: str) -> Axiom:
        notes = [(str(n.getProperty().toStringID()), _value(n.getValue())) for n in axiom.getAnnotations()]
        kind = str(bare.getAxiomType().getName())
        comments = sorted(value for name, value in notes if name == COMMENT)
        note = comments[0] if comments and kind in _WORDS else None
        subject = _subject(bare)
        words = readings(bare, self.label, self.text)
        if note is not None and subject is not None:
            words = Readings(f"{self.label(subject)} is {note}")
        return Axiom(
            self.text(bare),
            exact,
            subject,
            tuple(sorted(value for name, value in notes if name == SOURCE)),
            kind,
            tuple(sorted(str(entity.toStringID()) for entity in bare.getSignature())),
            note,
            words,
        )

    def label(self, iri: str) -> str:
        """Return the label of an IRI, or its last part."""
        return self._labels.get(iri) or iri.replace("#", "/").rsplit("/", 1)[-1]

    @cached_property
    def _renderer(self) -> Any:
        provider = _short_forms(self)
        renderer = java("uk.ac.manchester.cs.owl.owlapi.mansyntaxrenderer.ManchesterOWLSyntaxOWLObjectRendererImpl")()
        renderer.setShortFormProvider(provider)
        return renderer


def _short_forms(renderer: Renderer) -> Any:
    """Return what tells the OWL API the label of an entity."""
    import jpype

    class Forms:
        def getShortForm(self, entity: Any) -> str:  # noqa: N802
            return renderer.label(str(entity.toStringID()))

        def dispose(self) -> None:
            pass

    return jpype.JProxy("org.semanticweb.owlapi.util.ShortFormProvider", inst=Forms())


def _value(value: Any) -> str:
    return str(value.getLiteral()) if hasattr(value, "getLiteral") else str(value.toString())


def _subject(axiom: Any) -> str | None:
    if hasattr(axiom, "getSubClass") and not axiom.getSubClass().isAnonymous():
        return str(axiom.getSubClass().toStringID())
    if hasattr(axiom, "getNamedClasses"):
        named = sorted(str(cls.toStringID()) for cls in axiom.getNamedClasses())
        return named[0] if named else None
    for getter in ("getProperty", "getSubProperty", "getSuperProperty", "getIndividual"):
        if hasattr(axiom, getter):
            one = getattr(axiom, getter)()
            return None if one.isAnonymous() else str(one.toStringID())
    return None
