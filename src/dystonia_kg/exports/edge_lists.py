"""Edge lists for machine learning, in three parts that do not leak: by name for PyKEEN, by number for PyG.

What an edge says does not hold is no edge; such pairs are a file of their own, for they are known negatives.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.edges import Edge, Edges
from dystonia_kg.exports.hostile import csv_writer, tsv_cell
from dystonia_kg.exports.source import curie
from dystonia_kg.exports.split import Rules, Split, Triple, split
from dystonia_kg.vocab import PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.exports.job import Job
    from dystonia_kg.exports.model import Model

_SUBCLASS = "rdfs:subClassOf"
_SAME = "owl:equivalentClass"
_SUBPROPERTY = PREFIXES["rdfs"] + "subPropertyOf"
_EXACT = {"skos:exactMatch", "skos:closeMatch", "skos:relatedMatch"}  # SKOS declares them symmetric
_OPPOSITE = {"skos:broadMatch": "skos:narrowMatch", "skos:narrowMatch": "skos:broadMatch"}
_PARTS = ("train", "valid", "test")


def write(job: Job) -> None:
    """Split the edges, then write the parts, what their names and numbers stand for, and how they were made."""
    valid, test = _share(job, "valid"), _share(job, "test")
    if valid + test >= 1:
        raise ExportError(f"{job.format.name}: valid={valid} and test={test} leave nothing to train on")
    found, denied, trained = set[Triple](), set[Triple](), set[Triple]()
    edges = Edges(job.model)
    for edge in job.track(_edges(job, edges), "edges"):
        relation = edges.denied(edge) if edge.negated else edge.predicate
        triple = curie(edge.subject), curie(relation), curie(edge.object)
        (denied if edge.negated else found).add(triple)
        if edge.origin != "association" and job.options["held_out"] == "associations":
            trained.add(triple)
    shares = {"valid": valid, "test": test, "seed": job.options["seed"]}
    parts = split(found, rules_of(job.model), trained=trained, **shares)
    entities = sorted({end for head, _, tail in found | denied for end in (head, tail)})
    relations = sorted({relation for _, relation, _ in found | denied})
    _write_names(job, edges, entities, relations)
    numbered = job.format.name == "pyg"
    numbers = [{name: number for number, name in enumerate(names)} for names in (entities, relations, entities)]
    for name, triples in (*((part, getattr(parts, part)) for part in _PARTS), ("negatives", sorted(denied - found))):
        _write_triples(job, name, triples, numbers if numbered else None)
        job.tally.wrote(f"{name} edges" if name != "negatives" else name, len(triples))
    job.tally.left_out("negatives", "another source states the same edge", len(denied & found))
    _write_about(job, parts)


def _share(job: Job, name: str) -> float:
    value = float(job.options[name])
    if not 0 <= value < 1:
        raise ExportError(f"{job.format.name}: {name}={value}: give a share from 0 to less than 1")
    return value


def _edges(job: Job, edges: Edges) -> Iterator[Edge]:
    wanted = {"hierarchy", "equivalence", "relation"} | ({"mapping"} if job.options["mappings"] else set())
    for term in job.model.terms():
        if term.type.endswith("property") or term.type == "datatype":
            job.tally.left_out("properties", "they are relations here, not entities")
            continue
        job.tally.left_out("axioms", "an edge list has no class expressions", term.other_axioms)
        for edge in edges.of(term):
            if edge.origin in wanted:
                yield edge
            else:
                job.tally.left_out(f"{edge.origin} edges", "they are not asked for, or tell of the ontology itself")
    yield from edges.associations()


def rules_of(model: Model) -> Rules:
    """Return what may follow from what by the properties of a model."""
    steps, inverse = {_SUBCLASS, _SAME}, {_SAME: {_SAME}, **{name: {name} for name in _EXACT}}
    inverse.update({name: {other} for name, other in _OPPOSITE.items()})
    narrower: dict[str, set[str]] = {}
    for term in model.terms():
        if not term.type.endswith("property"):
            continue
        for parent in term.parents:
            narrower.setdefault(curie(parent.iri), set()).add(term.curie)
        said = model.property(model.source.original(term.iri))
        if "Transitive" in said.characteristics:
            steps.add(term.curie)
        for other in (*said.inverses, *((term.iri,) if "Symmetric" in said.characteristics else ())):
            inverse.setdefault(term.curie, set()).add(curie(other))
            inverse.setdefault(curie(other), set()).add(term.curie)
        for chain in said.chains:
            steps.update(map(curie, chain))
            narrower.setdefault(term.curie, set()).update(map(curie, chain))
    frozen = ({name: frozenset(others) for name, others in found.items()} for found in (narrower, inverse))
    return Rules(frozenset(steps), *frozen)


# ---------------------------------------------------------------------- files


def _write_names(job: Job, edges: Edges, entities: list[str], relations: list[str]) -> None:
    about = {}
    for iri in (*edges.terms, *(iri for iri, _ in edges.outside())):
        about[curie(iri)] = job.source.original(iri)
    model = job.model
    with job.folder.open("entities.csv") as file, csv_writer(file) as rows:
        rows.row(["number", "entity", "kind", "label"])
        for number, name in enumerate(entities):
            iri = about.get(name, name)
            kinds = model.hierarchy.kinds(iri)
            rows.row([number, name, kinds[0] if kinds else "", model.label(iri)])
    job.tally.wrote("entities", len(entities))
    properties = {model.source.curie(iri): iri for iri in model.term_iris}
    with job.folder.open("relations.csv") as file, csv_writer(file) as rows:
        rows.row(["number", "relation", "label"])
        for number, name in enumerate(relations):
            rows.row([number, name, model.label(properties.get(name, name))])
    job.tally.wrote("relations", len(relations))


def _write_triples(job: Job, name: str, triples: Iterable[Triple], numbers: list[dict[str, int]] | None) -> None:
    if numbers is None:
        with job.folder.open(f"{name}.tsv") as file:
            for triple in triples:
                file.write("\t".join(tsv_cell(part, f"edge of {triple[0]}") for part in triple) + "\n")
        return
    with job.folder.open(f"{name}.csv") as file, csv_writer(file) as rows:
        rows.row(["head", "relation", "tail"])
        for triple in triples:
            rows.row(known[part] for known, part in zip(numbers, triple, strict=True))


def _write_about(job: Job, parts: Split) -> None:
    about = {
        "version": job.source.version,
        "options": dict(sorted(job.options.items())),
        "edges": {name: len(getattr(parts, name)) for name in _PARTS},
        "trained on because": dict(parts.kept_back),
    }
    with job.folder.open("split.json") as file:
        file.write(json.dumps(about, indent=1, ensure_ascii=False) + "\n")
