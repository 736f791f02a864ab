"""What is known of one IRI, and the look-up of terms by label, synonym, CURIE, IRI or mapped identifier."""

from __future__ import annotations

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode

from dystonia_kg.errors import AmbiguousTermError, UnknownPrefixError, UnknownTermError
from dystonia_kg.names import is_foreign
from dystonia_kg.vocab import DYST, IMPORTS, PREFIXES, contract, expand

TYPE_CHECKING = False  # typing costs as much time as the rest of this module, and every start pays for it
if TYPE_CHECKING:
    from collections.abc import Iterable

    from dystonia_kg.facts import Relation, Source, Statement, Synonym, TermMapping
    from dystonia_kg.graph import KnowledgeGraph

_RDFS, _OWL, _OIO = PREFIXES["rdfs"], PREFIXES["owl"], PREFIXES["oboInOwl"]
_SKOS, _DCT, _OBO = PREFIXES["skos"], PREFIXES["dcterms"], PREFIXES["obo"]
_SSSOM = PREFIXES["sssom"]
_IMPORTS = NamedNode(IMPORTS)
_TYPE = PREFIXES["rdf"] + "type"
_SUBCLASS = _RDFS + "subClassOf"
_SCOPES = {_OIO + f"has{scope}Synonym": scope.lower() for scope in ("Exact", "Broad", "Narrow", "Related")}
_FIRST_NAMES = {_RDFS + "label", _OIO + "hasExactSynonym"}
_NAMING = {*_FIRST_NAMES, *_SCOPES, DYST + "shortName"}
# Words for relations of RDF itself, which an ontology may not label.
_BUILT_IN = {_SUBCLASS: "is a", _TYPE: "is an instance of"}
# From the surest to the loosest; a mapped identifier is looked up in this order. Broad and narrow matches mean another
# thing than the term does, so they never identify it.
_IDENTIFYING = ("exactMatch", "closeMatch", "relatedMatch")
_MATCHES = (*_IDENTIFYING, "broadMatch", "narrowMatch")


class Term:
    """One class, relation or individual of the graph; a view, so it costs nothing until asked.

    Terms are equal if their IRIs are. Order is by label.
    """

    __slots__ = ("_kg", "iri")

    def __init__(self, kg: KnowledgeGraph, iri: str) -> None:
        self._kg = kg
        self.iri = iri

    def __repr__(self) -> str:
        return f"<Term {self.curie} {self.label!r}>"

    def __str__(self) -> str:
        return self.label

    def _repr_html_(self) -> str:
        from html import escape

        rows = {
            "definition": self.definition or "",
            "synonyms": ", ".join(synonym.text for synonym in self.synonyms),
            "is a": ", ".join(parent.label for parent in self.parents),
            "relations": "; ".join(str(relation) for relation in self.relations),
            "mappings": ", ".join(mapping.curie for mapping in self.mappings),
        }
        body = "".join(f"<tr><th>{name}</th><td>{escape(text)}</td></tr>" for name, text in rows.items() if text)
        return f"<b>{escape(self.label)}</b> <code>{escape(self.curie)}</code><table>{body}</table>"

    def __eq__(self, other: object) -> bool:
        return self.iri == other.iri if isinstance(other, Term) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.iri)

    def __lt__(self, other: Term) -> bool:
        return (self.label.casefold(), self.iri) < (other.label.casefold(), other.iri)

    # ------------------------------------------------------------------ names

    @property
    def curie(self) -> str:
        """The short form of the IRI, such as ``dyst:CervicalDystonia``; the IRI itself where there is none."""
        return contract(self.iri) or self.iri

    @property
    def label(self) -> str:
        """The preferred name; the CURIE where there is none."""
        return self._text(_RDFS + "label") or _BUILT_IN.get(self.iri) or self.curie

    @property
    def accession(self) -> str | None:
        """The permanent numeric identifier, such as ``DYST:0000012``."""
        return self._text(_DCT + "identifier")

    @property
    def definition(self) -> str | None:
        """The textual definition."""
        return self._text(_OBO + "IAO_0000115")

    @property
    def synonyms(self) -> tuple[Synonym, ...]:
        """Other names, exact ones first."""
        from dystonia_kg.facts import Synonym

        notes = self._axiom_notes()
        found = []
        for predicate, scope in _SCOPES.items():
            for text in self._texts(predicate):
                note = notes.get((predicate, text), {})
                kinds = [self._kg._at(iri).label for iri in note.get(_OIO + "hasSynonymType", [])]
                sources = tuple(contract(iri) or iri for iri in note.get(_DCT + "source", []))
                found.append(Synonym(text, scope, kinds[0] if kinds else None, sources))
        return tuple(found)

    @property
    def deprecated(self) -> bool:
        """Whether the term is kept only as history."""
        return self._text(_OWL + "deprecated") in ("true", "1")

    @property
    def replaced_by(self) -> tuple[Term, ...]:
        """Today's terms for a deprecated one: the exact replacement, or those to consider."""
        exact = self._kg._objects(self.iri, _OBO + "IAO_0100001")
        return self._terms(exact or self._kg._objects(self.iri, _OIO + "consider"))

    # ------------------------------------------------------------------ hierarchy

    @property
    def ancestors(self) -> tuple[Term, ...]:
        """All classes above, asserted or inferred, in order of label."""
        return self._terms(self._kg._above(self.iri))

    @property
    def descendants(self) -> tuple[Term, ...]:
        """All classes below, asserted or inferred, in order of label."""
        return self._terms(self._kg._below(self.iri))

    @property
    def parents(self) -> tuple[Term, ...]:
        """The nearest classes above."""
        above = self._kg._above(self.iri)
        return self._terms(nearest(above, self._kg._above))

    @property
    def children(self) -> tuple[Term, ...]:
        """The nearest classes below."""
        below = self._kg._below(self.iri)
        return self._terms(nearest(below, self._kg._below))

    @property
    def kind(self) -> str | None:
        """The word for the kind of thing: syndrome, presentation, disorder, gene, cause, region, sign ..."""
        return self._kg._kind(self.iri)

    # ------------------------------------------------------------------ what is said of it

    @property
    def relations(self) -> tuple[Relation, ...]:
        """Direct edges to other terms: asserted and inferred restrictions, and general statements; no hierarchy.

        An edge that follows from another one here, by a wider relation or a wider object, is left out; SPARQL has all.
        """
        from dystonia_kg.facts import relations_of

        return tuple(sorted(relations_of(self._kg, self.iri), key=lambda r: (r.general, r.predicate, r.object)))

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements with data of which this term is the subject or the object."""
        from dystonia_kg.facts import statements_about

        return statements_about(self._kg, self.iri)

    @property
    def mappings(self) -> tuple[TermMapping, ...]:
        """Terms of other vocabularies, the surest first."""
        from dystonia_kg.facts import TermMapping

        notes = self._axiom_notes()
        found = []
        for name in _MATCHES:
            for iri in self._kg._objects(self.iri, _SKOS + name):
                note = notes.get((_SKOS + name, iri), {})
                label = _first(note.get(_SSSOM + "object_label"))
                justification = _short(_first(note.get(_SSSOM + "mapping_justification")))
                version = _first(note.get(_SSSOM + "object_source_version"))
                curie = contract(iri) or iri
                found.append(TermMapping(name.removesuffix("Match"), curie, iri, label, justification, version))
        return tuple(found)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The publications on which the definition and the statements rest."""
        from dystonia_kg.facts import source

        kg = self._kg
        iris = [*kg._objects(self.iri, _DCT + "source"), *kg._objects(self.iri, _OBO + "IAO_0000119")]
        for note in self._axiom_notes().values():
            iris += [iri for iri in note.get(_DCT + "source", []) if iri.startswith("http")]
        own = [source(kg, iri) for iri in iris]
        return tuple(dict.fromkeys([*sorted(own), *(s for st in self.statements for s in st.sources)]))

    @property
    def comments(self) -> tuple[str, ...]:
        """Remarks."""
        return tuple(self._texts(_RDFS + "comment"))

    @property
    def conventions(self) -> tuple[str, ...]:
        """Choices that the ontology makes because the sources are silent or conflict."""
        return tuple(self._texts(DYST + "convention"))

    @property
    def conflicts(self) -> tuple[str, ...]:
        """How the sources disagree, and which reading is followed."""
        return tuple(self._texts(DYST + "conflict"))

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Other defensible answers, and who gives them."""
        return tuple(self._texts(DYST + "alternative"))

    # ------------------------------------------------------------------ plumbing

    def _text(self, predicate: str) -> str | None:
        return next(iter(self._texts(predicate)), None)

    def _texts(self, predicate: str) -> list[str]:
        quads = self._kg._quads(NamedNode(self.iri), NamedNode(predicate), None)
        return sorted({quad.object.value for quad in quads if isinstance(quad.object, Literal)})

    def _terms(self, iris: Iterable[str]) -> tuple[Term, ...]:
        return tuple(sorted({self._kg._at(iri) for iri in iris}))

    def _axiom_notes(self) -> dict[tuple[str, str], dict[str, list[str]]]:
        """Return what annotates each annotation of this term, by (property, value)."""
        kg, node = self._kg, NamedNode(self.iri)
        notes: dict[tuple[str, str], dict[str, list[str]]] = {}
        for quad in kg._quads(None, NamedNode(_OWL + "annotatedSource"), node):
            axiom: dict[str, list[str]] = {}
            for part in kg._core.quads_for_pattern(quad.subject, None, None):  # blank nodes are never deferred
                if not isinstance(part.object, BlankNode | DefaultGraph):
                    axiom.setdefault(part.predicate.value, []).append(getattr(part.object, "value", ""))
            key = (_first(axiom.get(_OWL + "annotatedProperty")), _first(axiom.get(_OWL + "annotatedTarget")))
            if key[0] is not None and key[1] is not None:
                notes.setdefault((key[0], key[1]), {}).update(axiom)
        return notes


def resolve(kg: KnowledgeGraph, name: str) -> str:
    """Return the IRI that a name means: IRI, CURIE, accession, local name, label, synonym or mapped identifier.

    :raises UnknownTermError: with the three nearest names
    :raises AmbiguousTermError: with the candidates
    """
    if not isinstance(name, str):
        raise UnknownTermError(repr(name), ())
    text = name.strip()
    for look_up in (_by_identifier, _by_spelling, _by_name, _by_local_name):
        found = look_up(kg, text)
        if len(found) == 1:
            return next(iter(found))
        if found:
            current = {iri for iri in found if not kg._at(iri).deprecated} or found
            current = (current - _mapped_from(kg, current)) or current
            if len(current) == 1:
                return next(iter(current))
            raise AmbiguousTermError(text, [f"{t.label} ({t.curie})" for t in sorted(kg._at(iri) for iri in current)])
    raise UnknownTermError(text, kg._names.nearest(text))


def _mapped_from(kg: KnowledgeGraph, iris: set[str] | frozenset[str]) -> set[str]:
    """Return those of some terms to which another of them is mapped: a vocabulary loaded beside ours has our names."""
    return {
        target for iri in iris for match in _MATCHES for target in kg._objects(iri, PREFIXES["skos"] + match)
    } & iris


def _by_spelling(kg: KnowledgeGraph, text: str) -> set[str]:
    """Find the one term with just this label or exact synonym, if the words are no name of any other.

    It gives what the index of names gives, but the index takes longer to make than to start and load everything.
    """
    try:
        literal = Literal(text)
    except ValueError:  # half a surrogate pair is no text
        return set()
    found = [quad for name in _NAMING for quad in kg._core.quads_for_pattern(None, NamedNode(name), literal)]
    named = {quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)}
    first = any(quad.predicate.value in _FIRST_NAMES for quad in found)
    lent = any(quad.graph_name == _IMPORTS and quad.predicate.value != _RDFS + "label" for quad in found)
    return named if len(named) == 1 and first and not lent and not is_foreign(kg._core, min(named)) else set()


def _by_name(kg: KnowledgeGraph, text: str) -> frozenset[str]:
    return kg._names.find(text)


def _by_identifier(kg: KnowledgeGraph, text: str) -> set[str]:
    iri = text.removeprefix("<").removesuffix(">") if "://" in text else None
    if iri is None and ":" in text and " " not in text:
        accession = kg._subjects(_DCT + "identifier", Literal(text.upper()))
        if accession:
            return accession
        publication = _publication(kg, text)
        if publication:
            return publication
        try:
            iri = expand(text)
        except (UnknownPrefixError, ValueError):
            return set()
    if iri is None:
        return set()
    for match in _IDENTIFYING:
        mapped = kg._subjects(_SKOS + match, _node(iri))
        if mapped:
            return mapped
        if match == "exactMatch" and kg._is_known(iri):
            return {iri}
    return set()


def _publication(kg: KnowledgeGraph, text: str) -> set[str]:
    prefix, _, number = text.partition(":")
    properties = {"pmid": "pmid", "pmc": "pmcid", "pmcid": "pmcid", "doi": "doi"}
    name = properties.get(prefix.lower())
    return kg._subjects(DYST + name, Literal(number)) if name else set()


def _by_local_name(kg: KnowledgeGraph, text: str) -> set[str]:
    # After the names: "Torticollis" is the ambiguous word first, then the class of that name.
    return {DYST + text} if text.isidentifier() and kg._is_known(DYST + text) else set()


def _node(iri: str) -> NamedNode | Literal:
    try:
        return NamedNode(iri)
    except ValueError:
        return Literal(iri)


def nearest(found: Iterable[str], onwards: object) -> set[str]:
    """Keep those of ``found`` that no other one of them lies before."""
    assert callable(onwards)
    found = set(found)
    beyond = {far for near in found for far in onwards(near) if near not in onwards(far)}
    return found - beyond


def _first(values: list[str] | None) -> str | None:
    return values[0] if values else None


def _short(iri: str | None) -> str | None:
    return None if iri is None else contract(iri) or iri
