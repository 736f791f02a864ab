"""The formats there are. A row here tells what a format holds; its module is imported when it is written."""

from __future__ import annotations

from difflib import get_close_matches

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.formats import Extent, Format, Formats, Holds, Option

ALL, PART, NONE = Extent.ALL, Extent.PART, Extent.NONE

_CHOICES = ("hierarchy", "all", "none")
_ABOUT = "what follows from the axioms: the nearest superclasses, everything, or nothing"
_ASSOCIATIONS = Option("associations", "all", "statements with data, as individuals: all or none", ("all", "none"))
_INFERRED = (Option("inferred", "hierarchy", _ABOUT, _CHOICES), _ASSOCIATIONS)
_INFERRED_ALL = (Option("inferred", "all", _ABOUT, _CHOICES), _ASSOCIATIONS)
_INFERRED_DL = (Option("inferred", "hierarchy", _ABOUT, ("hierarchy", "none")), _ASSOCIATIONS)
_CONTEXT = Option(
    "context", "inline", "the context in the file, or a link to where it is published", ("inline", "link")
)

# --- OWL and RDF ---------------------------------------------------------------------------------------------------

_NOT_DL = "inferred relations between classes are no OWL 2 DL; N-Quads and TriG hold them"
_TRIPLES = Holds(ALL, ALL, PART, ALL, ALL, ALL, ALL, ALL, NONE, _NOT_DL)
_QUADS = Holds(ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL)

_ONTOLOGY = (
    Format("owl", "OWL as RDF/XML", "rdf", _TRIPLES, (".owl", ".rdf"), "application/rdf+xml",
           aliases=("rdfxml", "rdf/xml", "xml"), options=_INFERRED),
    Format("turtle", "Turtle", "rdf", _TRIPLES, (".ttl",), "text/turtle", aliases=("ttl",), options=_INFERRED),
    Format("ntriples", "N-Triples", "rdf", _TRIPLES, (".nt",), "application/n-triples", aliases=("nt",),
           options=_INFERRED),
    Format("nquads", "N-Quads, with the named graphs", "rdf", _QUADS, (".nq",), "application/n-quads", aliases=("nq",),
           options=_INFERRED_ALL),
    Format("trig", "TriG, with the named graphs", "rdf", _QUADS, (".trig",), "application/trig",
           options=_INFERRED_ALL),
    Format("jsonld", "JSON-LD", "jsonld", _TRIPLES, (".jsonld",), "application/ld+json", aliases=("json-ld",),
           options=(*_INFERRED, _CONTEXT)),
    Format("functional", "OWL functional syntax", "owl", _TRIPLES, (".ofn",), "text/owl-functional",
           aliases=("ofn",), extra="reasoner", options=_INFERRED_DL),
    Format("manchester", "OWL Manchester syntax", "owl", _TRIPLES, (".omn",), "text/owl-manchester",
           aliases=("omn",), extra="reasoner", options=_INFERRED_DL),
    Format("owlxml", "OWL/XML", "owl", _TRIPLES, (".owx",), "application/owl+xml", aliases=("owx",),
           extra="reasoner", options=_INFERRED_DL),
    Format("obo", "OBO 1.4", "obo",
           Holds(PART, ALL, ALL, PART, ALL, ALL, NONE, PART, NONE,
                 "axioms: genus and differentia, disjointness, properties; sources: of names, definitions and edges"),
           (".obo",), "text/obo", ids="numeric"),
    Format("obographs", "OBO Graphs JSON", "obographs",
           Holds(PART, ALL, ALL, ALL, ALL, ALL, NONE, PART, NONE,
                 "axioms: genus and differentia, domain and range, chains; sources: of names, definitions and edges"),
           (".json",), "application/json", aliases=("obojson", "obo-json")),
    Format("skos", "SKOS concept scheme, Turtle", "skos",
           Holds(NONE, ALL, PART, PART, PART, PART, NONE, PART, NONE,
                 "relations: symmetric ones; names without scope; mappings without their data; sources of terms"),
           (".skos.ttl",), "text/turtle"),
    Format("sssom", "SSSOM mapping set, TSV", "sssom", Holds(mappings=ALL), (".sssom.tsv",),
           "text/tab-separated-values", aliases=("sssom-tsv",)),
)  # fmt: skip

# --- exchange of knowledge graphs and annotations ------------------------------------------------------------------

_TSV, _JSONL = "text/tab-separated-values", "application/jsonl"
_KGX = Holds(NONE, ALL, ALL, PART, PART, PART, PART, PART, NONE,
             "annotations that Biolink has a slot for; synonyms without type and sources; mappings without their data; "
             "associations without remarks in words; sources of edges")  # fmt: skip

_EXCHANGE = (
    Format("kgx", "KGX nodes and edges, TSV", "kgx", _KGX, (), _TSV, aliases=("kgx-tsv",), folder=True),
    Format("kgx-jsonl", "KGX nodes and edges, JSON lines", "kgx", _KGX, (), _JSONL, aliases=("kgx-json",), folder=True),
    Format("hpoa", "HPO annotations of diseases, as phenotype.hpoa", "hpoa",
           Holds(relations=PART, associations=PART, sources=ALL,
                 note="what is said of a disease and a term of HPO; no remarks in words"),
           (".hpoa",), _TSV, aliases=("phenotype.hpoa", "phenotype-hpoa"),
           options=(Option("date", "", "the day of the annotations, as 2026-01-31; the version without one"),)),
)  # fmt: skip

# --- terminology servers -------------------------------------------------------------------------------------------

_FHIR = Holds(
    NONE,
    ALL,
    ALL,
    ALL,
    PART,
    ALL,
    NONE,
    PART,
    NONE,
    "of terms of ours; synonyms: without their type in R4; sources: of terms and definitions",
)
_DATE = Option("date", "", "the date of publication, as 2026-11-28; with it, value sets come expanded")

_TERMINOLOGY: tuple[Format, ...] = (
    Format("fhir-r4", "FHIR R4: code system, value sets and concept maps, JSON", "fhir.bundle", _FHIR, (".json",),
           "application/fhir+json; fhirVersion=4.0", aliases=("fhir", "fhir-r4b"), ids="numeric", options=(_DATE,)),
    Format("fhir-r5", "FHIR R5: code system, value sets and concept maps, JSON", "fhir.bundle",
           _FHIR._replace(synonyms=ALL, note="of terms of ours; sources: of terms and definitions"), (".json",),
           "application/fhir+json; fhirVersion=5.0", ids="numeric", options=(_DATE,)),
)  # fmt: skip

# --- property graphs -----------------------------------------------------------------------------------------------

_PROPERTY_GRAPH = Holds(NONE, ALL, ALL, ALL, PART, ALL, ALL, PART, NONE,
                        "synonyms without type and sources; sources of terms, definitions and edges")  # fmt: skip

_PROPERTY_GRAPHS = (
    Format("graphml", "GraphML", "graphml", _PROPERTY_GRAPH, (".graphml",), "application/graphml+xml"),
    Format("cytoscape", "Cytoscape JSON", "cytoscape", _PROPERTY_GRAPH, (".cyjs",), "application/json",
           aliases=("cyjs", "cytoscape-json")),
    Format("neo4j", "Neo4j import CSV, with its command line", "neo4j", _PROPERTY_GRAPH, (), "text/csv",
           aliases=("neo4j-csv",), folder=True),
)  # fmt: skip

# --- tables and machine learning -----------------------------------------------------------------------------------

_TABLE = Holds(PART, ALL, ALL, ALL, ALL, ALL, ALL, ALL, NONE, "axioms: how many there are")

_EDGE_LIST = Holds(NONE, ALL, ALL, NONE, NONE, PART, PART, NONE, NONE,
                   "mappings on request; mappings and associations as edges without their data")  # fmt: skip
_SPLIT = (
    Option("valid", 0.1, "the share of edges to validate with"),
    Option("test", 0.1, "the share of edges to test with"),
    Option("seed", 0, "which edges these are"),
    Option("held_out", "all", "which edges are held out: any, or associations alone", ("all", "associations")),
    Option("mappings", False, "whether mappings to other vocabularies are edges"),
)

_TABLES = (
    Format("csv", "CSV tables, one for each kind", "tables", _TABLE, (), "text/csv", aliases=("tables",), folder=True),
    Format("parquet", "Parquet tables, one for each kind", "tables", _TABLE, (), "application/vnd.apache.parquet",
           folder=True, extra="cohort"),
    Format("pykeen", "edge lists to train on, by name, as PyKEEN reads them", "edge_lists", _EDGE_LIST, (), _TSV,
           folder=True, options=_SPLIT),
    Format("pyg", "edge lists to train on, by number, for PyTorch Geometric", "edge_lists", _EDGE_LIST, (), "text/csv",
           aliases=("edge-index",), folder=True, options=_SPLIT),
)  # fmt: skip

# --- cases ---------------------------------------------------------------------------------------------------------

_CASES: tuple[Format, ...] = (
    Format("phenopacket", "GA4GH Phenopacket 2 of a classified case", "phenopacket", Holds(), (".json",),
           "application/json", options=(
               Option("case", None, "a case, its classification, or the path of a case in JSON", needed=True),
               Option("edition", "2013", "the edition by which a case is classified"),
               Option("created", "", "the time of creation, as 2026-11-28T12:00:00Z; now if not given"),
           )),
)  # fmt: skip

# --- bridges to other ontologies -----------------------------------------------------------------------------------

_BRIDGES = (
    Format("bridge", "Axioms between ours and another ontology, with a report", "bridging.ontology",
           Holds(axioms=PART, mappings=PART, note="what exact and broad matches say, as far as the reasoner allows it"),
           (), "application/rdf+xml", folder=True, extra="reasoner", of_bridge=True),
    Format("term-requests", "Requests for new terms: ROBOT template and a page", "bridging.requests",
           Holds(PART, PART, NONE, PART, ALL, PART, NONE, PART, NONE,
                 "classes that the other ontology lacks: definition, parents there, synonyms, nearest terms"),
           (), "text/tab-separated-values", aliases=("requests",), folder=True, extra="reasoner", of_bridge=True),
)  # fmt: skip

FORMATS = Formats((*_ONTOLOGY, *_EXCHANGE, *_TERMINOLOGY, *_PROPERTY_GRAPHS, *_TABLES, *_CASES, *_BRIDGES))


def find(name: str) -> Format:
    """Return the format of a name or alias; case does not matter.

    :raises ExportError: with the nearest names

    >>> find("nt").title
    'N-Triples'
    """
    by_name = {alias: one for one in FORMATS.values() for alias in (one.name, *one.aliases)}
    found = by_name.get(name.lower()) if isinstance(name, str) else None
    if found is None:
        near = get_close_matches(str(name).lower(), by_name, 3)
        nearest = f"; nearest: {', '.join(near)}" if near else ""
        raise ExportError(f"no format is called {name!r}{nearest}; use one of: {', '.join(FORMATS)}")
    return found
