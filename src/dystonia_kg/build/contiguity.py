"""From judgements on pairs of body regions to the class of contiguous distributions.

A set of regions hangs together if and only if, for every two non-contiguous regions in it and every minimal separator
of those two, it holds a region of the separator (Menger). So the definition of the class is generated from the pairs
judged contiguous, as one conjunction of clauses `not (affects some a) or not (affects some b) or (affects some c) ...`.
Which pairs are contiguous, and by whom, stands in the ontology; nothing here knows a region.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from dystonia_kg.vocab import DYST

_OWL = "http://www.w3.org/2002/07/owl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_TYPE = NamedNode(_RDF + "type")
_AFFECTS = NamedNode(DYST + "affects")
_CONTIGUOUS_WITH = NamedNode(DYST + "contiguousWith")

# The column of judgements under the other reading, and the end of the name of its class.
_OTHER_READING, _OTHER_CLASS = "isContiguousInOtherReading", "InOtherReading"

Pair = tuple[str, str]


def judged_pairs(triples: Iterable[Triple], judgement: str = "isContiguous") -> dict[Pair, bool]:
    """Return every judged pair of regions, in alphabetical order, and whether it is contiguous."""
    subject, other, verdict = {}, {}, {}
    for triple in triples:
        if not isinstance(triple.subject, NamedNode):
            continue
        match triple.predicate.value.removeprefix(DYST):
            case "associationSubject":
                subject[triple.subject.value] = triple.object
            case "associationObject":
                other[triple.subject.value] = triple.object
            case name if name == judgement:
                verdict[triple.subject.value] = triple.object
    pairs: dict[Pair, bool] = {}
    for node, value in verdict.items():
        first, second = subject.get(node), other.get(node)
        if isinstance(first, NamedNode) and isinstance(second, NamedNode) and isinstance(value, Literal):
            pair = (min(first.value, second.value), max(first.value, second.value))
            pairs[pair] = value.value == "true"
    return pairs


def minimal_separators(pairs: dict[Pair, bool]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return (a, b, separator) for every non-contiguous pair and each of its minimal separators, sorted."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(sorted({region for pair in pairs for region in pair}))
    graph.add_edges_from(pair for pair, contiguous in pairs.items() if contiguous)
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for a, b in combinations(sorted(graph), 2):
        if not graph.has_edge(a, b):
            found.extend((a, b, separator) for separator in _separators(graph, a, b))
    return found


def _separators(graph: object, a: str, b: str) -> Iterator[tuple[str, ...]]:
    """Yield the minimal vertex sets that part ``a`` from ``b``, smallest first."""
    import networkx as nx

    assert isinstance(graph, nx.Graph)
    others = [node for node in sorted(graph) if node not in (a, b)]
    smaller: list[set[str]] = []
    for size in range(len(others) + 1):
        for candidate in combinations(others, size):
            if any(known <= set(candidate) for known in smaller):
                continue
            rest = graph.copy()
            rest.remove_nodes_from(candidate)
            if not nx.has_path(rest, a, b):
                smaller.append(set(candidate))
                yield candidate


def contiguity_axioms(triples: Iterable[Triple], target: str = DYST + "ContiguousDystonia") -> list[Triple]:
    """Return the axioms that follow from the judgements: `contiguousWith` both ways, and the definition of the class.

    Where another reading judges some pairs otherwise, its class gets a definition too.

    :param triples: the sources, judgements included
    :param target: the class that gets the definition
    """
    triples = list(triples)
    pairs = judged_pairs(triples)
    if not pairs:
        return []
    made = [axiom for pair in sorted(pairs) if pairs[pair] for axiom in _both_ways(pair)]
    made.extend(_defined(target, pairs))
    others = judged_pairs(triples, _OTHER_READING)
    if others:
        made.extend(_defined(target + _OTHER_CLASS, {**pairs, **others}))
    return made


def _defined(target: str, pairs: dict[Pair, bool]) -> list[Triple]:
    made = _definition(target, minimal_separators(pairs))
    made.extend(_noted(made[-1], f"defined by the contiguity of body regions ({len(pairs)} judged pairs)"))
    return made


def _both_ways(pair: Pair) -> Iterator[Triple]:
    for one, two in (pair, pair[::-1]):
        node = BlankNode()
        yield Triple(NamedNode(one), NamedNode(_RDFS + "subClassOf"), node)
        yield Triple(node, _TYPE, NamedNode(_OWL + "Restriction"))
        yield Triple(node, NamedNode(_OWL + "onProperty"), _CONTIGUOUS_WITH)
        yield Triple(node, NamedNode(_OWL + "someValuesFrom"), NamedNode(two))


def _definition(target: str, clauses: list[tuple[str, str, tuple[str, ...]]]) -> list[Triple]:
    made: list[Triple] = []
    parts: list[NamedNode | BlankNode] = [NamedNode(DYST + "Dystonia")]
    for a, b, separator in clauses:
        options: list[NamedNode | BlankNode] = [_not(_affects(region, made), made) for region in (a, b)]
        options.extend(_affects(region, made) for region in separator)
        parts.append(_class("unionOf", options, made))
    made.append(Triple(NamedNode(target), NamedNode(_OWL + "equivalentClass"), _class("intersectionOf", parts, made)))
    return made


def _noted(axiom: Triple, note: str) -> Iterator[Triple]:
    """Annotate the generated axiom with what stands for it where it is too long to be read."""
    node = BlankNode()
    yield Triple(node, _TYPE, NamedNode(_OWL + "Axiom"))
    yield Triple(node, NamedNode(_OWL + "annotatedSource"), axiom.subject)
    yield Triple(node, NamedNode(_OWL + "annotatedProperty"), axiom.predicate)
    yield Triple(node, NamedNode(_OWL + "annotatedTarget"), axiom.object)
    yield Triple(node, NamedNode(_RDFS + "comment"), Literal(note))


def _affects(region: str, made: list[Triple]) -> BlankNode:
    node = BlankNode()
    made.append(Triple(node, _TYPE, NamedNode(_OWL + "Restriction")))
    made.append(Triple(node, NamedNode(_OWL + "onProperty"), _AFFECTS))
    made.append(Triple(node, NamedNode(_OWL + "someValuesFrom"), NamedNode(region)))
    return node


def _not(inner: BlankNode, made: list[Triple]) -> BlankNode:
    node = BlankNode()
    made.append(Triple(node, _TYPE, NamedNode(_OWL + "Class")))
    made.append(Triple(node, NamedNode(_OWL + "complementOf"), inner))
    return node


def _class(kind: str, parts: list[NamedNode | BlankNode], made: list[Triple]) -> BlankNode:
    node = BlankNode()
    made.append(Triple(node, _TYPE, NamedNode(_OWL + "Class")))
    made.append(Triple(node, NamedNode(_OWL + kind), _list(parts, made)))
    return node


def _list(items: list[NamedNode | BlankNode], made: list[Triple]) -> NamedNode | BlankNode:
    head: NamedNode | BlankNode = NamedNode(_RDF + "nil")
    for item in reversed(items):
        node = BlankNode()
        made.append(Triple(node, NamedNode(_RDF + "first"), item))
        made.append(Triple(node, NamedNode(_RDF + "rest"), head))
        head = node
    return head
