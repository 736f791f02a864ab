"""Namespaces, prefixes and CURIEs: a plain dict on the hot path, importing nothing heavy.

`PREFIXES` is what every query may use without declaring it. ICD-11's codes (8A02.0) are put below the identifier that
FHIR gives to that linearization; such an IRI names a code and does not resolve.
"""

from __future__ import annotations

import re

from dystonia_kg.errors import UnknownPrefixError

DYST = "https://w3id.org/dystonia-kg/"
REF = DYST + "reference/"
GRAPH = DYST + "graph/"
OBO = "http://purl.obolibrary.org/obo/"
XSD = "http://www.w3.org/2001/XMLSchema#"

ASSERTED = GRAPH + "asserted"
INFERRED = GRAPH + "inferred"
ASSOCIATIONS = GRAPH + "associations"
MAPPINGS = GRAPH + "mappings"
IMPORTS = GRAPH + "imports"

_OBO_PREFIXES = "HP MONDO UBERON DOID RO BFO IAO OMO CHEBI GO ECTO PATO NBO NCIT FMA"

PREFIXES: dict[str, str] = {
    "dyst": DYST,
    "ref": REF,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": XSD,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "sh": "http://www.w3.org/ns/shacl#",
    "obo": OBO,
    "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
    **{prefix: f"{OBO}{prefix}_" for prefix in _OBO_PREFIXES.split()},
    "ORPHA": "http://www.orpha.net/ORDO/Orphanet_",
    "MESH": "http://id.nlm.nih.gov/mesh/",
    "SCTID": "http://snomed.info/id/",
    "UMLS": "http://linkedlifedata.com/resource/umls/id/",
    "OMIM": "https://omim.org/entry/",
    "OMIMPS": "https://omim.org/phenotypicSeries/PS",
    "ICD10CM": "http://purl.bioontology.org/ontology/ICD10CM/",
    "ICD11.FOUNDATION": "http://id.who.int/icd/entity/",
    "ICD11": "http://id.who.int/icd/release/11/mms/",
    "HGNC": "http://identifiers.org/hgnc/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
    "PMID": "https://pubmed.ncbi.nlm.nih.gov/",
    "DOI": "https://doi.org/",
}

# What other sources call the same prefix; looked up in lower case, after the exact spelling.
_ALIASES: dict[str, str] = {
    **{prefix.lower(): prefix for prefix in PREFIXES},
    "orphanet": "ORPHA",
    "ordo": "ORPHA",
    "snomed": "SCTID",
    "snomedct": "SCTID",
    "mim": "OMIM",
    "mimps": "OMIMPS",
    "icd11f": "ICD11.FOUNDATION",
    "pubmed": "PMID",
    "oio": "oboInOwl",
    "dct": "dcterms",
}

_BY_BASE = sorted(((base, prefix) for prefix, base in PREFIXES.items()), key=lambda pair: -len(pair[0]))

# CURIEs look like IRIs ("HP:0001332"), so only schemes that are meant as such count.
_IRI = re.compile(r"""(?:[A-Za-z][A-Za-z0-9+.-]*://|urn:|mailto:|tag:|info:)[^\x00-\x20<>"{}|\\^`]+""")


def is_iri(text: str) -> bool:
    """Tell whether the text is an absolute IRI (and not a CURIE).

    >>> is_iri("http://purl.obolibrary.org/obo/HP_0001332"), is_iri("HP:0001332"), is_iri("http://a b")
    (True, False, False)
    """
    return _IRI.fullmatch(text) is not None


def expand(curie: str) -> str:
    """Return the IRI of a CURIE; other sources' spellings of a prefix are understood.

    >>> expand("HP:0001332")
    'http://purl.obolibrary.org/obo/HP_0001332'
    >>> expand("Orphanet:256") == expand("ORPHA:256")
    True
    """
    prefix, colon, local = curie.strip().partition(":")
    base = PREFIXES.get(prefix) or PREFIXES.get(_ALIASES.get(prefix.lower(), ""))
    if not colon or base is None:
        known = ", ".join(PREFIXES)
        what = f"prefix {prefix!r} of {curie!r} is not known" if colon else f"{curie!r} is not a CURIE (prefix:local)"
        raise UnknownPrefixError(f"{what}; write the full IRI or use one of: {known}")
    if base == PREFIXES["OMIMPS"]:  # written PS128100 as well as 128100
        local = local.removeprefix("PS")
    if not local or not is_iri(base + local):
        raise UnknownPrefixError(f"{curie!r} has no usable local part after its prefix; write it as prefix:local")
    return base + local


def contract(iri: str) -> str | None:
    """Return the CURIE of an IRI, by the longest base that fits; None if none does.

    >>> contract("http://purl.obolibrary.org/obo/MONDO_0000481")
    'MONDO:0000481'
    >>> contract("https://w3id.org/dystonia-kg/CervicalDystonia")
    'dyst:CervicalDystonia'
    >>> contract("http://example.org/x") is None
    True
    """
    for base, prefix in _BY_BASE:
        if len(iri) > len(base) and iri.startswith(base):
            return f"{prefix}:{iri[len(base) :]}"
    return None
