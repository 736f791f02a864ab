"""The knowledge graph: loading it, asking it, and its views for RDF, OWL and graph people."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from dystonia_kg.access import StoreAccess
from dystonia_kg.portable import Divisible
from dystonia_kg.release import Release
from dystonia_kg.resources import release_dir
from dystonia_kg.terms import Term, resolve
from dystonia_kg.vocab import GRAPH, PREFIXES

TYPE_CHECKING = False  # typing costs as much time as the rest of this module, and every start pays for it
if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any

    import networkx
    import rdflib

    from dystonia_kg.axioms import UserText
    from dystonia_kg.cases.case import Case
    from dystonia_kg.classification.model import Model
    from dystonia_kg.classification.result import Classification
    from dystonia_kg.deferred import Signature
    from dystonia_kg.explanations import Explanation
    from dystonia_kg.paths import Path as TermPath
    from dystonia_kg.queries import NamedQueries
    from dystonia_kg.reasoning.owlapi import Ontology
    from dystonia_kg.reasoning.session import DLResult, Reasoner
    from dystonia_kg.results import Result

_OWL = PREFIXES["owl"]
_SUBCLASS = NamedNode(PREFIXES["rdfs"] + "subClassOf")
_USER = NamedNode(GRAPH + "user")


def load(
    release: str | os.PathLike[str] | None = None,
    *,
    extra: Iterable[str | os.PathLike[str]] = (),
    reason: bool = False,
) -> KnowledgeGraph:
    """Load the knowledge graph.

    :param release: the folder of a release; the one that comes with the library if not given
    :param extra: files put beside it, in the graph ``dyst:graph/user``; they are queried together with ours, which
        stays as it is: RDF of any syntax, OWL of any syntax, OBO, OBO Graphs JSON (the page on bridges tells more)
    :param reason: whether the extra files hold axioms, of which the consequences are wanted too; as
        :meth:`KnowledgeGraph.with_axioms`, which takes some ten seconds
    :raises ReleaseError: if the release is missing, truncated or altered
    :raises InputError: if an extra file cannot be read; nothing of it is taken

    >>> import dystonia_kg as dkg
    >>> dkg.load().term("cervical dystonia").curie
    'dyst:CervicalDystonia'
    """
    files = Release(Path(release) if release is not None else release_dir())
    kg = KnowledgeGraph(files.store(), files, pristine=True, deferred=files.deferred)
    added = [Path(path) for path in extra]
    if reason and added:
        from dystonia_kg.foreign.read import axioms_in

        return kg.with_axioms(*map(axioms_in, added))
    for path in added:
        _add_file(kg, path)
    kg._pristine = kg._classified = not added
    return kg


def _add_file(kg: KnowledgeGraph, path: Path) -> None:
    from dystonia_kg.foreign.read import read_foreign

    for triple in read_foreign(path):
        # What stands in a graph of ours already would come twice out of a query over the union.
        if next(kg._quads(triple.subject, triple.predicate, triple.object), None) is None:
            kg._core.add(Quad(triple.subject, triple.predicate, triple.object, _USER))


class KnowledgeGraph(StoreAccess, Divisible):
    """The knowledge graph in memory. Make one with :func:`load`.

    SPARQL without a ``GRAPH`` clause sees the union of the named graphs ``dyst:graph/asserted``, ``/inferred``,
    ``/associations``, ``/mappings`` and ``/imports``.
    """

    def __init__(
        self, store: Store, release: Release, *, pristine: bool = False, deferred: Signature | None = None
    ) -> None:
        super().__init__(store, deferred)
        self._release = release
        self._pristine = pristine  # the store holds the release and nothing else
        self._classified = True  # the inferred hierarchy is that of everything in the store
        self._texts: tuple[UserText, ...] = ()
        self._reasoner: Reasoner | None = None
        self._compiled: tuple[int | None, Model] | None = None

    def __repr__(self) -> str:
        return f"<KnowledgeGraph {self.version}, {len(self)} quads>"

    def __len__(self) -> int:
        return len(self._core) + (self._release.deferred_size if self._deferred is not None else 0)

    def _load_deferred(self) -> None:
        self._release.load_deferred(self._core)

    @property
    def version(self) -> str:
        """The version of the release."""
        return self._release.version

    # ------------------------------------------------------------------ SPARQL

    def query(
        self, query: str, /, *, timeout: float | None = None, allow_hosts: Collection[str] = (), **bindings: Any
    ) -> Result | bool | rdflib.Graph:
        """Ask a SPARQL 1.1 query; prefixes of the graph (``dyst:``, ``rdfs:``, ``HP:`` ...) are bound already.

        :param timeout: seconds after which the query is stopped; it then runs in a process of its own
        :param allow_hosts: hosts that ``SERVICE`` may ask; none by default
        :param bindings: variables (without ``?``) and what they stand for: a :class:`Term`, an rdflib or pyoxigraph
            term, or a plain value, which becomes a literal; a list gives alternatives. They are put in as terms,
            never as text
        :return: a :class:`Result` for SELECT, a bool for ASK, an ``rdflib.Graph`` for CONSTRUCT and DESCRIBE
        :raises QuerySyntaxError: with line and column
        :raises QueryRefusedError: for an update, a remote access that is not allowed, or a query beyond the bounds
        :raises BindingError: for a variable that the query does not have or a value that is no term
        :raises QueryTimeout: if the time is up

        >>> import dystonia_kg as dkg
        >>> kg = dkg.load()
        >>> kg.query("SELECT ?label { ?x rdfs:label ?label }", x=kg.term("PKAN")).rows[0].label
        'pantothenate kinase-associated neurodegeneration'
        """
        from dystonia_kg.guard import check_query
        from dystonia_kg.sparql import bind

        parsed = check_query(query, allow_hosts=frozenset(allow_hosts))
        if self._deferred is not None and timeout is None and self._deferred.may_answer(parsed, bindings):
            self._complete()
        text = bind(query, bindings) if bindings else query
        answer = self._answer(text, timeout, original=query)
        if not isinstance(answer, list):
            return answer  # type: ignore[no-any-return]
        from dystonia_kg.rdf import as_graph

        return as_graph(answer)

    def _answer(self, text: str, timeout: float | None, original: str) -> Any:
        if timeout is None:
            from dystonia_kg.results import execute

            return execute(self._core, text, source=original)
        from dystonia_kg.worker import Source as WorkerSource
        from dystonia_kg.worker import SourceFile, run_with_deadline

        released = WorkerSource(tuple(SourceFile(str(path), "", graph) for path, graph in self._release.graph_files))
        source = released if self._pristine else WorkerSource.of(self._store)
        return run_with_deadline(source, text, timeout, original=original)

    @property
    def queries(self) -> NamedQueries:
        """The named queries by name; each tells its title, its parameters and the statement that it answers."""
        from dystonia_kg.queries import named_queries

        return named_queries()

    def run(self, name: str, /, *, timeout: float | None = None, **parameters: Any) -> Any:
        """Run a named query.

        :param name: such as ``focal-syndromes``; :attr:`queries` lists them
        :param parameters: as the query declares them; terms may be given by any of their names
        :raises UnknownQueryError, ParameterError, UnknownTermError, AmbiguousTermError: with what there is

        >>> import dystonia_kg as dkg
        >>> [row.label for row in dkg.load().run("focal-syndromes", region="neck")]
        ['cervical dystonia']
        """
        from dystonia_kg.queries import run

        return run(self, name, parameters, timeout=timeout)

    # ------------------------------------------------------------------ terms

    def term(self, name: str | Term, /) -> Term:
        """Return the term that a name means: label, synonym, CURIE, IRI, accession or mapped identifier.

        Case, accents, apostrophes and hyphens do not matter.

        :raises UnknownTermError: with the nearest names
        :raises AmbiguousTermError: with the candidates, such as for "torticollis"

        >>> import dystonia_kg as dkg
        >>> dkg.load().term("MONDO:0000481")
        <Term dyst:CervicalDystonia 'cervical dystonia'>
        """
        return name if isinstance(name, Term) else self._at(resolve(self, name))

    def search(self, text: str, /, limit: int = 10) -> tuple[Term, ...]:
        """Return the terms whose names best match some words, best first; empty if none does."""
        if limit < 1:
            raise ValueError(f"limit must be at least 1, not {limit}")
        return tuple(self._at(iri) for iri, _ in self._names.search(text)[:limit])

    def is_a(self, sub: str | Term, sup: str | Term, /) -> bool:
        """Tell whether every instance of one class is one of another, by the inferred hierarchy.

        >>> import dystonia_kg as dkg
        >>> dkg.load().is_a("Meige syndrome", "focal dystonia")
        False
        """
        one, other = self.term(sub).iri, self.term(sup).iri
        if one == other:
            return True
        quads = self._quads(NamedNode(one), _SUBCLASS, NamedNode(other))
        return next(iter(quads), None) is not None or other in self._above(one)

    def explain(
        self, sub: str | Term, sup: str | Term, /, *, limit: int = 1, timeout: float | None = None
    ) -> Explanation:
        """Tell why one class is below another: a minimal set of axioms, each with its sources.

        Falsy, with no axioms, if it is not. ``sup`` may be ``"owl:Nothing"``: why can nothing be a ``sub``?

        :param limit: how many such sets to look for; more than one takes the reasoner
        :param timeout: seconds for the reasoner, where the release does not hold the answer
        :raises MissingExtraError: if the release does not hold the answer and the reasoner is not installed
        :raises ReasoningTimeout: if the time is up

        >>> import dystonia_kg as dkg
        >>> print(dkg.load().explain("writer's cramp", "task-specific dystonia").in_words)
        Writer's cramp is a dystonia that ...; every dystonia that is evoked by some task is a task-specific dystonia.
        """
        from dystonia_kg.justifications import explain

        return explain(self, self.term(sub), self._class_or_nothing(sup), None, limit=limit, timeout=timeout)

    def explain_relation(
        self,
        subject: str | Term,
        predicate: str | Term,
        value: str | Term,
        /,
        *,
        limit: int = 1,
        timeout: float | None = None,
    ) -> Explanation:
        """Tell why every instance of one class stands in a relation to some instance of another.

        As :meth:`explain`, for the direct edges that a release holds: which axioms an edge follows from.

        >>> import dystonia_kg as dkg
        >>> print(dkg.load().explain_relation("cervical dystonia", "dyst:affects", "neck region").in_words)
        Cervical dystonia is a dystonia that affects ...
        """
        from dystonia_kg.justifications import explain

        ends = self.term(subject), self.term(value), self.term(predicate)
        return explain(self, *ends, limit=limit, timeout=timeout)

    # ------------------------------------------------------------------ reasoning

    @property
    def reasoner(self) -> Reasoner:
        """The reasoner over this graph: consistency, classification, realisation, entailment, satisfiability."""
        if self._reasoner is None:
            from dystonia_kg.reasoning.session import Reasoner

            self._reasoner = Reasoner(self)
        return self._reasoner

    def dl_query(self, expression: str, /, *, timeout: float | None = None) -> DLResult:
        """Return where a class expression in Manchester syntax stands: classes above, below, equivalent; instances.

        Names in it are local names, CURIEs, labels in single quotes, or IRIs in angle brackets.

        :param timeout: seconds
        :raises QuerySyntaxError: with line, column and what was expected there
        :raises MissingExtraError: if the reasoner is not installed
        :raises ReasoningTimeout: if the time is up

        For example ``kg.dl_query("Dystonia and (affects some 'neck region')").direct_subclasses``.
        """
        return self.reasoner.query(expression, timeout=timeout)

    def with_axioms(
        self, *axioms: Any, allow_unsatisfiable: bool = False, timeout: float | None = None
    ) -> KnowledgeGraph:
        """Return a new graph with axioms of your own on top: classified, materialised, and asked in the same way.

        :param axioms: Turtle (prefixes are bound), the path of an RDF file, an rdflib graph, or triples; they go into
            the graph ``dyst:graph/user``
        :param allow_unsatisfiable: take classes that can have no instance, as subclasses of ``owl:Nothing``
        :param timeout: seconds for the classification
        :raises InputError: if they cannot be read, with line and column
        :raises InconsistentError: if they contradict ours or each other; it names a minimal set of axioms
        :raises UnsatisfiableError: if a class can have no instance; it names a minimal set of axioms for each
        :raises ReasoningTimeout: if the time is up
        """
        from dystonia_kg.extension import with_axioms

        return with_axioms(self, axioms, allow_unsatisfiable=allow_unsatisfiable, timeout=timeout)

    def _reasoner_over(self, ontology: Ontology) -> None:
        """Use an ontology that is loaded already."""
        self.reasoner.ontology = ontology

    def _class_or_nothing(self, name: str | Term) -> Term:
        return self._at(_OWL + "Nothing") if name in ("owl:Nothing", _OWL + "Nothing") else self.term(name)

    def _terms_of(self, iris: Iterable[str]) -> tuple[Term, ...]:
        return tuple(sorted(self._at(iri) for iri in iris))

    # ------------------------------------------------------------------ questions

    def syndromes(self, **filters: Any) -> tuple[Term, ...]:
        """Return the named syndromes that meet all filters.

        Keywords: region, distribution, onset, task, feature, variability, course, gene, inheritance, pathology, cause
        ... Each takes a name or a list of alternatives; :func:`dystonia_kg.filters.keywords` lists them.

        :raises ParameterError: for a keyword that the ontology does not define
        """
        from dystonia_kg.filters import select

        return select(self, "syndrome", filters)

    def disorders(self, **filters: Any) -> tuple[Term, ...]:
        """Return the disorders that meet all filters; keywords as for :meth:`syndromes`."""
        from dystonia_kg.filters import select

        return select(self, "disorder", filters)

    def genes(self, **filters: Any) -> tuple[Term, ...]:
        """Return the genes of disorders that meet all filters; keywords as for :meth:`syndromes`."""
        from dystonia_kg.filters import select

        return select(self, "gene", filters)

    def causes(self, **filters: Any) -> tuple[Term, ...]:
        """Return the acquired causes that meet all filters, themselves or through a disorder."""
        from dystonia_kg.filters import select

        return select(self, "cause", filters)

    def paths(self, start: str | Term, end: str | Term, /, limit: int = 3) -> tuple[TermPath, ...]:
        """Return how two terms are related: chains of typed edges, shortest first."""
        from dystonia_kg.paths import shortest_paths

        return shortest_paths(self, self.term(start), self.term(end), limit)

    # ------------------------------------------------------------------ classification

    def classify(self, case: Case, edition: str = "2013", **conventions: Any) -> Classification:
        """Classify a case: for each dimension the value, its truth, the reasons, and what is missing to decide.

        ``conventions``: as for :func:`dystonia_kg.classify`.
        """
        from dystonia_kg.classification.engine import classify

        return classify(case, edition, model=self._model(), **conventions)

    def classify_table(self, table: Any, columns: Mapping[str, str] | None = None, **options: Any) -> Any:
        """Add the columns of both axes to a table (frame or path); see :func:`dystonia_kg.classify_table`."""
        from dystonia_kg.classification.table import classify_table

        return classify_table(table, columns, model=self._model(), **options)

    def _model(self) -> Model:
        """Return what classifies: made with the release, or now if there are axioms of a user's own."""
        size = None if self._pristine else len(self)  # counting takes longer than classifying a case
        if self._compiled is None or self._compiled[0] != size:
            from dystonia_kg.classification.model import compiled

            self._compiled = size, compiled(self._release, None if self._pristine else self._store)
        return self._compiled[1]

    # ------------------------------------------------------------------ views

    @property
    def graph(self) -> rdflib.Dataset:
        """The same store as an ``rdflib.Dataset`` whose default graph is the union of all."""
        from dystonia_kg.rdf import as_dataset

        self._pristine = False  # whoever holds the view may write through it
        return as_dataset(self._store)

    def to_networkx(self) -> networkx.MultiDiGraph:
        """Return the terms and their direct edges as a ``networkx.MultiDiGraph``.

        Nodes are IRIs with ``label`` and ``kind``; edges have the relation's IRI as key and ``label``, ``inferred``,
        ``general``. Hierarchy edges go to the nearest superclasses.
        """
        from dystonia_kg.paths import as_networkx

        return as_networkx(self)

    def to_owlready2(self) -> Any:
        """Return the ontology as an owlready2 ontology in a world of its own, so changes do not reach the graph.

        Terms are attributes: ``onto.CervicalDystonia``.
        """
        from dystonia_kg.reasoning.owlready import as_owlready2

        return as_owlready2(self._store)
