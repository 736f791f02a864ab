"""The bridge as a file of its own: an ontology of the axioms that link two others, and what was found about them.

It has an IRI, a version IRI and axioms, nothing else, and imports neither side: whoever wants both loads three files.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from dystonia_kg.exports.bridging.bridge import make_bridge
from dystonia_kg.exports.bridging.candidates import EQUIVALENT
from dystonia_kg.exports.source import curie
from dystonia_kg.vocab import DYST, PREFIXES

if TYPE_CHECKING:
    from dystonia_kg.exports.bridging.bridge import Bridge
    from dystonia_kg.exports.bridging.check import Finding
    from dystonia_kg.exports.job import Job

_OWL = PREFIXES["owl"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_CLASS = NamedNode(_OWL + "Class")


def write(job: Job) -> None:
    """Write ``bridge.owl`` with the axioms, and ``report.md`` with what was left out and what follows, and why."""
    bridge = make_bridge(job.source, job.bridge or "")
    for one in bridge.left_out:
        job.tally.left_out(one.kind, one.why, one.count)
    with job.folder.open("bridge.owl") as file:
        prefixes = {name: base for name, base in job.source.prefixes.items() if name.isidentifier()}
        serialize(_triples(job, bridge), file.binary, RdfFormat.RDF_XML, prefixes=prefixes)
    job.tally.wrote("bridge axioms", len(bridge.axioms))
    with job.folder.open("report.md") as file:
        file.write("\n".join(_report(job, bridge)) + "\n")
    job.tally.wrote("new subsumptions in the target", len(bridge.news))


def _triples(job: Job, bridge: Bridge) -> Iterator[Triple]:
    iri = NamedNode(f"{DYST}bridge/{bridge.target.name}/bridge.owl")
    version = NamedNode(f"{DYST}bridge/{bridge.target.name}/releases/{job.source.version}/bridge.owl")
    yield Triple(iri, _TYPE, NamedNode(_OWL + "Ontology"))
    yield Triple(iri, NamedNode(_OWL + "versionIRI"), version)
    axioms = sorted((job.source.iri(a.ours), a.predicate, a.theirs) for a in bridge.axioms)
    for cls in sorted({end for sub, _, sup in axioms for end in (sub, sup)}):
        yield Triple(NamedNode(cls), _TYPE, _CLASS)
        for sub, predicate, sup in axioms:
            if sub == cls:
                yield Triple(NamedNode(sub), NamedNode(predicate), NamedNode(sup))


def _report(job: Job, bridge: Bridge) -> Iterator[str]:
    target, model = bridge.target, job.source.model
    yield f"# Bridge to {target.title}"
    yield ""
    equal = sum(axiom.predicate == EQUIVALENT for axiom in bridge.axioms)
    yield f"{equal} classes are equivalent to one of the target, {len(bridge.axioms) - equal} are below one."
    if not target.slices:
        yield "No part of the target's hierarchy was at hand: the axioms were checked against ours and each other."
    yield from ("", "## Axioms", "", "| ours | | theirs | |", "|---|---|---|---|")
    for axiom in bridge.axioms:
        word = "equivalent to" if axiom.predicate == EQUIVALENT else "below"
        ours = f"{job.source.curie(axiom.ours)} {model.label(axiom.ours)}"
        yield f"| {ours} | {word} | {curie(axiom.theirs)} | {axiom.label or ''} |"
    yield from ("", "## Left out", "")
    yield from (f"- {one.why}" for one in bridge.left_out) if bridge.left_out else ["Nothing."]
    yield from ("", "## What the reasoner found against axioms that were left out", "")
    yield from _findings(bridge.conflicts)
    yield from ("", "## What follows between classes of the target that its hierarchy does not have", "")
    yield from _findings(bridge.news)


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    if not findings:
        yield "Nothing."
    for finding in findings:
        yield f"- {finding.headline}:"
        yield from (f"    - {axiom}" for axiom in finding.because)
