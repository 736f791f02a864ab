"""Bridges: ours in the identifiers of others, the axioms between, and what is asked of them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
import rdflib
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse

import dystonia_kg as dkg
from dystonia_kg.build.tables import read_table
from dystonia_kg.errors import ExportError
from dystonia_kg.exports.bridging.bridge import Bridge, make_bridge
from dystonia_kg.exports.bridging.candidates import EQUIVALENT, SUBCLASS, BridgeAxiom, candidates
from dystonia_kg.exports.bridging.check import check
from dystonia_kg.exports.bridging.targets import find_target, targets
from dystonia_kg.exports.source import ExportSource
from dystonia_kg.vocab import ASSERTED, DYST, MAPPINGS, PREFIXES, expand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from dystonia_kg.graph import KnowledgeGraph

OWL, RDFS, OIO = PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["oboInOwl"]
LABEL = rdflib.RDFS.label


# A disorder that Mondo has below a presentation, one in a class of its own, one below another.
DISORDERS = ["Dystonia27", "DYT_GNAL", "PKAN", "WilsonDisease", "NBIA", "DystoniaDisorder"]


@pytest.fixture(scope="module", params=["part", pytest.param("whole", marks=pytest.mark.slow)])
def graph(
    request: pytest.FixtureRequest, kg: KnowledgeGraph, cut: Callable[[Iterable[str]], KnowledgeGraph]
) -> KnowledgeGraph:
    """A part with all that has a bridge but most disorders and phenotypes; the whole in slow tests."""
    if request.param == "whole":
        return kg
    rows = kg.query("""SELECT DISTINCT ?x {
        VALUES ?kind { dyst:Dystonia dyst:AcquiredCause dyst:Variability dyst:Course dyst:ClinicalManifestation }
        ?x rdfs:subClassOf ?kind FILTER(STRSTARTS(STR(?x), STR(dyst:)) || STRSTARTS(STR(?x), STR(MONDO:))) }""")
    part = cut({*(str(row.x) for row in rows), *(DYST + name for name in DISORDERS), *_disjoint(kg)})
    for node in _disjoint(kg).values():
        part._store.extend(_list_of(kg, node))
    return part


def _disjoint(kg: KnowledgeGraph) -> dict[str, Any]:
    """Every class in an axiom on several disjoint ones, with that."""
    kind = NamedNode(OWL + "AllDisjointClasses")
    nodes = [quad.subject for quad in kg._store.quads_for_pattern(None, NamedNode(PREFIXES["rdf"] + "type"), kind)]
    return {
        quad.object.value: node  # type: ignore[union-attr]
        for node in nodes
        for quad in _list_of(kg, node)
        if quad.predicate.value == PREFIXES["rdf"] + "first"
    }


def _list_of(kg: KnowledgeGraph, node: Any) -> list[Quad]:
    quads = list(kg._store.quads_for_pattern(node, None, None))
    return quads + [more for quad in quads if isinstance(quad.object, BlankNode) for more in _list_of(kg, quad.object)]


@pytest.fixture(scope="module")
def mondo(graph: KnowledgeGraph) -> Bridge:
    return make_bridge(graph._export_source(), "mondo")


@pytest.fixture(scope="module")
def module(graph: KnowledgeGraph, mondo: Bridge) -> rdflib.Graph:
    """The module in Mondo's identifiers, read by rdflib."""
    out = io.BytesIO()
    graph.export("owl", out, bridge="mondo")
    return rdflib.Graph().parse(data=out.getvalue(), format="xml")


def node(curie: str) -> rdflib.URIRef:
    return rdflib.URIRef(expand(curie))


# ---------------------------------------------------------------------- which axioms


def test_what_is_known_of_the_targets_is_well_formed() -> None:
    for target in {one.name: one for one in targets().values()}.values():
        assert all(prefix in PREFIXES for prefix in target.prefixes)
        assert all(target.owns(iri) for iri in target.refusals), f"{target.name}: a refusal of another's class"
        assert all(branch is None or target.owns(branch) for _, branch in target.categories)
        told, labels = target.hierarchy(), target.labels()
        assert all(branch in told for _, branch in target.categories if branch and told)
        assert labels.keys() <= told.keys()


def test_refused_classes_of_the_slices_are_called_what_the_table_says() -> None:
    from dystonia_kg.exports.mapping_tables import read_rows

    checked = 0
    for row in read_rows("bridge_refusals"):
        label = find_target(row["bridge"]).labels().get(expand(row["term"]))
        checked += label is not None
        assert label in (None, row["label"])
    assert checked > 10


def test_matches_become_axioms(mondo: Bridge) -> None:
    found = {(axiom.ours, axiom.predicate, axiom.theirs) for axiom in mondo.axioms}
    assert (DYST + "CervicalDystonia", EQUIVALENT, expand("MONDO:0000481")) in found
    assert (DYST + "CranialDystonia", EQUIVALENT, expand("MONDO:0019772")) in found
    assert (DYST + "PKAN", EQUIVALENT, expand("MONDO:0009319")) in found
    assert (DYST + "WritersCramp", SUBCLASS, expand("MONDO:0000482")) in found  # a broad match


def test_a_presentation_gives_way_to_the_disorder_that_the_target_has_below_it(
    graph: KnowledgeGraph, mondo: Bridge, ontology: Path
) -> None:
    """Mondo has dystonia 27, a disorder, below segmental dystonia, a presentation: both cannot be the same as ours."""
    segmental, disorder = "MONDO:0000479", "MONDO:0014627"
    edges = {(row["subject"], row["object"]) for row in rows(ontology / "upstream" / "mondo_edges.tsv")}
    assert (disorder, segmental) in edges
    tried = {axiom[:3] for axiom in candidates(graph._export_source().model, mondo.target).axioms}
    ends = (DYST + "SegmentalDystonia", expand(segmental)), (DYST + "Dystonia27", expand(disorder))
    both = [(ours, EQUIVALENT, theirs) for ours, theirs in ends]
    assert set(both) <= tried
    assert [axiom for axiom in both if axiom in {one[:3] for one in mondo.axioms}] == both[1:]
    (left,) = [one.why for one in mondo.left_out if one.why.startswith("dyst:SegmentalDystonia EquivalentTo")]
    assert "dyst:Dystonia27 can have no instance, because" in left
    assert f"dystonia 27 ({disorder}) SubClassOf segmental dystonia ({segmental})" in left


def test_the_traps_are_never_equated(mondo: Bridge) -> None:
    equal = set(mondo.names.values())
    for curie in ("MONDO:0003441", "MONDO:0015494", "MONDO:0020065", "MONDO:0000476", "MONDO:0016058", "MONDO:0000487"):
        assert expand(curie) not in equal
    whys = " ".join(one.why for one in mondo.left_out)
    assert "dyst:Hemidystonia EquivalentTo MONDO:0000487: never equated" in whys


def test_every_left_out_axiom_has_a_reason(mondo: Bridge) -> None:
    assert mondo.left_out
    assert all(one.count == 1 and ": " in one.why for one in mondo.left_out)
    kept = {str(axiom) for axiom in mondo.axioms}
    assert not any(one.why.split(":", 1)[0] in kept for one in mondo.left_out)


def test_kinds_are_kept_apart(graph: KnowledgeGraph) -> None:
    """A phenotype is never a disorder, and an onset no dystonia with that onset."""
    found = candidates(graph._export_source().model, find_target("hpo"))
    for axiom in found.axioms:
        assert graph.is_a(axiom.ours, "dyst:Disorder") is False
    whys = [one.why for one in found.left_out]
    assert any("EarlyAdulthoodOnsetDystonia" in why and "another category" in why for why in whys)


def _with(graph: KnowledgeGraph, *matches: tuple[str, str, str]) -> ExportSource:
    store = Store()
    store.bulk_extend(graph._store)
    for ours, predicate, theirs in matches:
        ends = (NamedNode(expand(part)) for part in (ours, predicate, theirs))
        store.add(Quad(*ends, NamedNode(MAPPINGS)))  # type: ignore[arg-type]
    return ExportSource(store, graph.version)


def test_two_matches_that_would_merge_classes_are_both_left_out(graph: KnowledgeGraph) -> None:
    source = _with(
        graph,
        ("dyst:PKAN", "skos:exactMatch", "MONDO:0010200"),  # which Wilson disease has
        ("dyst:NBIA", "skos:exactMatch", "MONDO:0000001"),
    )
    found = candidates(source.model, find_target("mondo"))
    ours = {axiom.ours for axiom in found.axioms if axiom.predicate == EQUIVALENT}
    assert not ours & {DYST + "PKAN", DYST + "WilsonDisease", DYST + "NBIA"}
    whys = " ".join(one.why for one in found.left_out)
    assert "would merge classes of the target" in whys
    assert "would merge classes of ours" in whys


def test_a_phenotype_that_a_disorder_claims_to_be_is_refused(graph: KnowledgeGraph) -> None:
    source = _with(graph, ("dyst:PKAN", "skos:exactMatch", "HP:0001337"))
    left = candidates(source.model, find_target("hpo")).left_out
    assert any("dyst:PKAN EquivalentTo HP:0001337: another category: ours is a disorder" in one.why for one in left)


# ---------------------------------------------------------------------- what the reasoner says


def test_conflicts_are_found_explained_and_resolved(graph: KnowledgeGraph) -> None:
    """Section 18's trap: presentations below Mondo's disorder, whose equivalence makes them impossible."""
    target = find_target("mondo")
    tried = (
        BridgeAxiom(DYST + "CervicalDystonia", EQUIVALENT, expand("MONDO:0000481")),
        BridgeAxiom(DYST + "DystoniaDisorder", EQUIVALENT, expand("MONDO:0003441")),
        BridgeAxiom(DYST + "SegmentalDystonia", EQUIVALENT, expand("MONDO:0000479")),
    )
    result = check(graph._store, target, tried)
    assert {axiom.ours for axiom in result.axioms} == {DYST + "CervicalDystonia", DYST + "SegmentalDystonia"}
    assert any("dystonic disorder (MONDO:0003441)" in line for finding in result.conflicts for line in finding.because)
    (left,) = result.left_out
    assert "dyst:DystoniaDisorder EquivalentTo MONDO:0003441: with it" in left.why
    assert "can have no instance, because" in left.why


def test_the_bridge_that_stands_has_no_conflict_and_tells_what_is_news(graph: KnowledgeGraph, mondo: Bridge) -> None:
    again = check(graph._store, mondo.target, mondo.axioms)
    assert again.axioms == mondo.axioms
    assert not again.conflicts
    news = {(finding.sub, finding.sup) for finding in mondo.news}
    told = mondo.target.hierarchy()
    assert news
    for sub, sup in news:  # really news: no way leads there in what Mondo says
        above, todo = set(), [sub]
        while todo:
            todo += told.get(todo.pop(), frozenset()) - above
            above |= set(todo)
        assert sup not in above


@pytest.mark.slow
def test_everything_together_has_no_impossible_class(graph: KnowledgeGraph, mondo: Bridge) -> None:
    """With all axioms, those beyond EL too, which an export leaves out of its check."""
    from dystonia_kg.exports.bridging.check import _hierarchy, _triples
    from dystonia_kg.reasoning.owlapi import Ontology
    from dystonia_kg.reasoning.session import axioms_of

    hpo = make_bridge(graph._export_source(), "hpo")
    for bridge in (mondo, hpo):
        axioms = {*axioms_of(graph._store), *_hierarchy(bridge.target), *_triples(bridge.axioms)}
        result = Ontology(axioms).classify()
        assert result.unsatisfiable == ()
        groups = [{iri for iri in group if bridge.target.owns(iri)} for group in result.equivalent]
        assert all(len(group) < 2 for group in groups)


# ---------------------------------------------------------------------- the module


def test_the_module_speaks_the_targets_identifiers(module: rdflib.Graph, mondo: Bridge) -> None:
    written = {str(term) for triple in module for term in triple if isinstance(term, rdflib.URIRef)}
    assert not written & mondo.names.keys()
    assert set(mondo.names.values()) <= written
    cervical = node("MONDO:0000481")
    focal = rdflib.URIRef(mondo.names.get(DYST + "FocalDystonia", DYST + "FocalDystonia"))
    assert (cervical, rdflib.RDFS.subClassOf, focal) in module
    kept = rdflib.URIRef(DYST + "subset/kept-in-mondo")
    marked = set(module.subjects(rdflib.URIRef(OIO + "inSubset"), kept))
    assert node("dyst:SensoryTrick") not in marked
    assert node("dyst:TardiveDystonia") in marked
    assert cervical not in marked
    assert (kept, rdflib.RDFS.subPropertyOf, rdflib.URIRef(OIO + "SubsetProperty")) in module


def test_a_replaced_class_has_one_label_and_no_definition_of_ours(module: rdflib.Graph, mondo: Bridge) -> None:
    """What ROBOT's report calls multiple_labels and multiple_definitions, once the module is in the target."""
    for axiom in mondo.axioms:
        if axiom.predicate == EQUIVALENT:
            theirs = rdflib.URIRef(axiom.theirs)
            assert [str(label) for label in module.objects(theirs, LABEL)] == [axiom.label]
            assert not list(module.objects(theirs, node("IAO:0000115")))
            assert not list(module.objects(theirs, rdflib.DCTERMS.identifier))
            assert (theirs, rdflib.SKOS.exactMatch, theirs) not in module
    laryngeal = node("MONDO:0000485")
    assert str(module.value(laryngeal, LABEL)) == "spasmodic dystonia"
    assert rdflib.Literal("laryngeal dystonia") in set(
        module.objects(laryngeal, rdflib.URIRef(OIO + "hasExactSynonym"))
    )
    assert module.value(laryngeal, rdflib.SKOS.definition)


def test_the_module_has_a_name_of_its_own(module: rdflib.Graph) -> None:
    (ontology,) = module.subjects(rdflib.RDF.type, rdflib.OWL.Ontology)
    assert str(ontology) == DYST + "bridge/mondo/dystonia.owl"
    assert not list(module.objects(ontology, rdflib.OWL.imports))


def test_nothing_else_of_the_graph_is_lost(graph: KnowledgeGraph, mondo: Bridge) -> None:
    plain, bridged = io.BytesIO(), io.BytesIO()
    graph.export("nquads", plain)
    graph.export("nquads", bridged, bridge="mondo")
    names = mondo.names

    def renamed(data: bytes) -> set[Quad]:
        return {q for q in parse(data, RdfFormat.N_QUADS) if "associationSubject" in q.predicate.value}

    before = {names.get(q.object.value, q.object.value) for q in renamed(plain.getvalue())}  # type: ignore[union-attr]
    after = {q.object.value for q in renamed(bridged.getvalue())}  # type: ignore[union-attr]
    assert before == after


def test_report_and_bad_targets(graph: KnowledgeGraph, mondo: Bridge) -> None:
    report = graph.export("nt", io.BytesIO(), bridge="MONDO")
    assert set(mondo.left_out) <= set(report.left_out)
    with pytest.raises(ExportError, match="no such bridge; did you mean 'mondo'"):
        graph.export("nt", io.BytesIO(), bridge="modno")
    with pytest.raises(ExportError, match="say which, such as bridge='mondo'"):
        graph.export("bridge", "somewhere")


# ---------------------------------------------------------------------- the axioms as a file


def test_the_bridge_ontology_holds_axioms_and_nothing_else(
    graph: KnowledgeGraph, mondo: Bridge, tmp_path: Path
) -> None:
    report = graph.export("bridge", tmp_path / "bridge", bridge="mondo")
    assert report.files == ("bridge.owl", "report.md")
    written = rdflib.Graph().parse(tmp_path / "bridge" / "bridge.owl", format="xml")
    predicates = {RDFS + "subClassOf", OWL + "equivalentClass", OWL + "versionIRI", PREFIXES["rdf"] + "type"}
    assert {str(p) for p in written.predicates()} == predicates
    axioms = {(str(s), str(p), str(o)) for s, p, o in written if str(p) in (EQUIVALENT, SUBCLASS)}
    assert axioms == {tuple(axiom[:3]) for axiom in mondo.axioms}
    text = (tmp_path / "bridge" / "report.md").read_text("utf-8")
    assert all(one.why in text for one in mondo.left_out)
    assert all(finding.headline in text for finding in mondo.news)


def test_numeric_identifiers(graph: KnowledgeGraph, mondo: Bridge, tmp_path: Path) -> None:
    graph.export("bridge", tmp_path / "bridge", bridge="mondo", ids="numeric")
    written = rdflib.Graph().parse(tmp_path / "bridge" / "bridge.owl", format="xml")
    ours = {str(s) for s, p, _ in written if str(p) in (EQUIVALENT, SUBCLASS)}
    accessions = {graph.term(axiom.ours).accession for axiom in mondo.axioms}
    # A class without an accession, as that of another ontology which is used here, keeps its IRI.
    plain = {axiom.ours for axiom in mondo.axioms if not graph.term(axiom.ours).accession}
    assert ours == {DYST + accession.replace(":", "_") for accession in accessions if accession} | plain


def test_a_part_in_the_identifiers_of_another(graph: KnowledgeGraph, mondo: Bridge) -> None:
    out = io.BytesIO()
    graph.subset(["PKAN", "cervical dystonia"], method="slim").export("nt", out, bridge="mondo")
    text = out.getvalue().decode()
    assert f"<{mondo.names[DYST + 'PKAN']}> <{LABEL}>" in text
    assert f"<{DYST}PKAN>" not in text
    assert mondo.names[DYST + "WilsonDisease"] not in text
    with pytest.raises(ExportError, match="tells of the whole graph"):
        graph.subset("PKAN", method="slim").export("bridge", "nowhere", bridge="mondo")


# ---------------------------------------------------------------------- requests for new terms


@pytest.fixture(scope="module")
def requests(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("requests")
    for name in ("hpo", "mondo"):
        graph.export("term-requests", folder / name, bridge=name)
    return {name: folder / name for name in ("hpo", "mondo")}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("name", ["hpo", "mondo"])
def test_the_template_is_one(requests: dict[str, Path], name: str) -> None:
    table = read_table(requests[name] / "template.tsv")
    assert table.problems == []
    assert len(table.lines) == len(rows(requests[name] / "template.tsv")) - 1


# gaps.md, sections A to C: what no other ontology had when it was searched.
HPO_LACKS = [
    "sensory trick", "overflow dystonia", "mirror dystonia", "action dystonia", "status dystonicus", "laterocollis",
    "anterocollis", "jaw-opening dystonia", "jaw-closing dystonia", "adductor laryngeal dystonia",
    "abductor laryngeal dystonia", "pharyngeal dystonia", "foot dystonia", "embouchure dystonia", "golfer's dystonia",
    "task-specific dystonia", "musician's dystonia", "focal hand dystonia", "diurnal fluctuation",
]  # fmt: skip
MONDO_LACKS = [
    "tardive dystonia", "pseudodystonia", "drug-induced dystonia", "acute dystonic reaction", "acquired dystonia",
    "functional dystonia", "lingual dystonia", "limb dystonia", "truncal dystonia", "dystonic cerebral palsy",
    "vascular dystonia", "toxic dystonia",
]  # fmt: skip


def test_the_gaps_are_requested(requests: dict[str, Path]) -> None:
    for name, labels in (("hpo", HPO_LACKS), ("mondo", MONDO_LACKS)):
        found = {row["label"] for row in rows(requests[name] / "template.tsv")}
        assert not set(labels) - found, name
    hpo = {row["label"] for row in rows(requests["hpo"] / "template.tsv")}
    assert not hpo & {"cervical dystonia", "blepharospasm", "retrocollis", "hemidystonia"}  # the HPO has them


def test_combinations_are_not_asked_of_the_hpo(requests: dict[str, Path]) -> None:
    template = {row["identifier"] for row in rows(requests["hpo"] / "template.tsv")}
    assert not template & {"dyst:SegmentalDystonia", "dyst:MultifocalDystonia", "dyst:CombinedDystonia", "dyst:PKAN"}
    page = (requests["hpo"] / "requests.md").read_text("utf-8")
    (line,) = [line for line in page.splitlines() if line.startswith("| segmental dystonia (")]
    assert "issues/3508" in line
    assert "MONDO:0000479" in line


def test_a_request_has_what_a_tracker_asks_for(requests: dict[str, Path], graph: KnowledgeGraph) -> None:
    (row,) = [r for r in rows(requests["hpo"] / "template.tsv") if r["label"] == "jaw-opening dystonia"]
    term = graph.term("jaw-opening dystonia")
    assert row["definition"] == term.definition
    assert "HP:0012048" in row["parents"].split("|")  # oromandibular dystonia
    assert "forced jaw opening" in row["logic"]
    (section,) = [
        s for s in (requests["hpo"] / "requests.md").read_text("utf-8").split("\n## ") if s.startswith("jaw-opening")
    ]
    assert term.definition in section
    assert "**Logical definition:** `EquivalentTo: dystonia and" in section
    assert all(any(r.startswith(("PMID:", "DOI:")) for r in x.split("|")) for x in [row["references"]] if x)


def test_parents_are_the_targets_or_requested_themselves(requests: dict[str, Path]) -> None:
    for name in ("hpo", "mondo"):
        table = rows(requests[name] / "template.tsv")[1:]
        requested = {row["identifier"] for row in table}
        target = find_target(name)
        for row in table:
            parents = row["parents"].split("|")
            assert parents != [""], row["label"]
            assert all(one in requested or target.owns(expand(one)) for one in parents), row["label"]


def test_mondos_bulk_table(requests: dict[str, Path]) -> None:
    table = rows(requests["mondo"] / "bulk.tsv")
    assert list(table[0]) == [
        "Disease label", "Disease ID", "definition", "reference(s)", "synonym(s)", "parent label", "parent ID",
        "children label", "children ID", "ORCID", "additional information",
    ]  # fmt: skip
    assert {row["Disease ID"] for row in table} == {
        row["identifier"] for row in rows(requests["mondo"] / "template.tsv")[1:]
    }


def test_nothing_is_requested_of_who_takes_nothing(graph: KnowledgeGraph, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no requests for new terms to it, but to doid, hpo, mondo, uberon"):
        graph.export("term-requests", tmp_path / "x", bridge="ordo")
    assert not (tmp_path / "x").exists()


def test_the_store_of_a_bridge_is_a_copy(graph: KnowledgeGraph, mondo: Bridge) -> None:
    before = len(graph)
    graph.export("nt", io.BytesIO(), bridge="mondo")
    assert len(graph) == before
    assert graph.term("cervical dystonia").iri == DYST + "CervicalDystonia"
    assert next(
        iter(graph._store.quads_for_pattern(NamedNode(DYST + "CervicalDystonia"), None, None, NamedNode(ASSERTED)))
    )
    assert isinstance(graph, dkg.KnowledgeGraph)
