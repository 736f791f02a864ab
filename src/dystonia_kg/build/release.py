"""The files of a release, written so that the same sources give the same bytes and no half release is ever seen.

``dystonia.nq``        all named graphs, sorted: what :func:`dystonia_kg.load` reads
``annotations.ttl``    the annotations of upstream releases, for the graph of associations: loaded when asked for
``dystonia.owl``       the ontology as the world expects it: asserted axioms, imports, mappings, inferred hierarchy
``dystonia-el.owl``    its OWL 2 EL part with the full inferred hierarchy
``explanations.json``  justifications of the inferred placements, so that "why" needs no reasoner
``manifest.json``      version, counts and the SHA-256 of each file
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from dystonia_kg.errors import BuildError
from dystonia_kg.files import exchange, write_synced
from dystonia_kg.vocab import DYST, PREFIXES

MANIFEST = "manifest.json"
_TYPE = PREFIXES["rdf"] + "type"
_STATED = DYST + "associationPredicate"
_ONTOLOGY = NamedNode(PREFIXES["owl"] + "Ontology")


def canonical(triples: Iterable[Triple]) -> list[Triple]:
    """Return triples sorted, with blank node names that depend on their content alone."""
    dataset = Dataset(_quad(triple, DefaultGraph()) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in dataset), key=str)


def n_quads(graphs: Mapping[str, Iterable[Triple]]) -> bytes:
    """Return named graphs as sorted N-Quads; blank nodes get names that are unique across the graphs."""
    dataset = Dataset()
    for name, triples in graphs.items():
        for triple in triples:
            dataset.add(_quad(triple, NamedNode(name)))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return b"".join(sorted(f"{quad} .\n".encode() for quad in dataset))


def rdf_xml(triples: Iterable[Triple]) -> bytes:
    """Return triples as RDF/XML, sorted."""
    prefixes = {name: base for name, base in PREFIXES.items() if name.isidentifier() and base[-1] in "#/_"}
    ordered = canonical(triples)
    headers = {triple.subject for triple in ordered if triple.object == _ONTOLOGY}
    ordered.sort(key=lambda triple: triple.subject not in headers)  # some readers take annotations of the first only
    document = serialize(ordered, format=RdfFormat.RDF_XML, prefixes=prefixes) or b""
    return document.rstrip(b"\n") + b"\n"


def turtle(triples: Iterable[Triple]) -> bytes:
    """Return triples without blank nodes as Turtle, sorted."""
    prefixes = {name: base for name, base in PREFIXES.items() if name.isidentifier()}
    ordered = sorted(triples, key=lambda t: (str(t.subject), str(t.predicate), str(t.object)))
    return serialize(ordered, format=RdfFormat.TURTLE, prefixes=prefixes) or b""


def signature(triples: Iterable[Triple], graph: str) -> dict[str, Any]:
    """Return what tells the quads of the deferred part, for :mod:`dystonia_kg.deferred`."""
    triples = list(triples)
    typed = {t.subject for t in triples if t.predicate.value == _TYPE}
    subjects = {_namespace(node.value) for node in typed if isinstance(node, NamedNode)}
    return {
        "graph": graph,
        "triples": len(triples),
        "predicates": sorted({t.predicate.value for t in triples}),
        "types": sorted(
            {t.object.value for t in triples if t.predicate.value == _TYPE and isinstance(t.object, NamedNode)}
        ),
        "edges": sorted({t.predicate.value for t in triples if t.subject not in typed}),
        "edge_subjects": sorted({str(t.subject).strip("<>") for t in triples if t.subject not in typed}),
        "relations": sorted({str(t.object).strip("<>") for t in triples if t.predicate.value == _STATED}),
        "subjects": sorted(subjects),
    }


def _namespace(iri: str) -> str:
    """Return the namespace of a subject: what stands before its last part, and its kind if that begins with one."""
    end = max(iri.rfind("/"), iri.rfind("_"), iri.rfind("#")) + 1
    head, _, tail = iri.rpartition("/")
    return f"{head}/{tail.partition('-')[0]}-" if "-" in tail else iri[:end]


def _quad(triple: Triple, graph: NamedNode | DefaultGraph) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def as_json(value: Any) -> bytes:
    """Return a value as stable JSON."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def write_release(folder: Path, files: Mapping[str, bytes], facts: Mapping[str, Any]) -> None:
    """Write a whole release or nothing: into a folder beside, then exchanged with the old one.

    :param folder: where the release goes; what stood there is replaced at the end
    :param files: name -> content
    :param facts: what the manifest says beside the files' names, sizes and checksums
    :raises BuildError: if it cannot be written; the old release stays
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise BuildError(f"the release cannot be written to {folder}: {error}") from None
    try:
        for name, content in files.items():
            write_synced(staging / name, content)
        listed = {name: {"bytes": len(content), "sha256": _sha256(content)} for name, content in files.items()}
        write_synced(staging / MANIFEST, as_json({**facts, "files": listed}))
        staging.chmod(0o755)
        exchange(staging, folder)
    except OSError as error:
        raise BuildError(f"the release cannot be written to {folder}: {error}; the old one stays") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
