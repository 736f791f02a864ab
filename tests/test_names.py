"""Names: every spelling that people type finds its term; what finds none, or several, says so and suggests."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import dystonia_kg as dkg
from dystonia_kg.errors import AmbiguousTermError, UnknownTermError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "curie"),
    [
        ("writer's cramp", "dyst:WritersCramp"),
        ("Writers Cramp", "dyst:WritersCramp"),
        ("WRITER’S-CRAMP", "dyst:WritersCramp"),
        ("  wríter`s   cràmp ", "dyst:WritersCramp"),
        ("scrivener's palsy", "dyst:WritersCramp"),
        ("dyst:WritersCramp", "dyst:WritersCramp"),
        ("WritersCramp", "dyst:WritersCramp"),
        ("https://w3id.org/dystonia-kg/WritersCramp", "dyst:WritersCramp"),
        ("<https://w3id.org/dystonia-kg/WritersCramp>", "dyst:WritersCramp"),
        ("MONDO:0000481", "dyst:CervicalDystonia"),
        ("mondo:0000481", "dyst:CervicalDystonia"),
        ("http://purl.obolibrary.org/obo/MONDO_0000481", "dyst:CervicalDystonia"),
        ("OMIM:128100", "dyst:DYT_TOR1A"),
        ("Orphanet:256", "dyst:DYT_TOR1A"),
        ("DYT1", "dyst:DYT_TOR1A"),
        ("DYT-TOR1A", "dyst:DYT_TOR1A"),
        ("dyt tor1a", "dyst:DYT_TOR1A"),
        ("DYT6", "dyst:DYT_THAP1"),
        ("TOR1A", "HGNC:3098"),
        ("torsin family 1 member A", "HGNC:3098"),
        ("HGNC:3098", "HGNC:3098"),
        ("PKAN", "dyst:PKAN"),
        ("PLAN", "dyst:PLAN"),
        ("spasmodic dysphonia", "dyst:LaryngealDystonia"),
        ("spasmodic torticollis", "dyst:CervicalDystonia"),
        ("wry neck", "dyst:CervicalDystonia"),
        ("Meige syndrome", "dyst:CranialDystonia"),
        ("geste antagoniste", "dyst:SensoryTrick"),
        ("focal", "dyst:FocalDystonia"),
        ("basal ganglia", "UBERON:0010011"),
    ],
)
def test_a_name_finds_its_term(kg: dkg.KnowledgeGraph, name: str, curie: str) -> None:
    assert kg.term(name).curie == curie


def test_every_accession_finds_its_term(kg: dkg.KnowledgeGraph, ontology: Path) -> None:
    rows = [line.split("\t") for line in (ontology / "accessions.tsv").read_text("utf-8").splitlines()[1:]]
    assert len(rows) > 300
    for accession, curie in rows:
        found = kg.term(accession)
        assert (found.curie, found.accession) == (curie, accession)
        assert kg.term(accession.lower()) == found


def test_every_label_finds_its_term_but_the_two_that_are_ambiguous_on_purpose(kg: dkg.KnowledgeGraph) -> None:
    unclear = {}
    for iri, label in labels(kg).items():
        try:
            assert kg.term(label).iri == iri
        except AmbiguousTermError as error:
            unclear[label] = error.candidates
    assert unclear == {
        "torticollis": ("cervical dystonia (dyst:CervicalDystonia)", "torticollis (dyst:Torticollis)"),
        "PNKD": (
            "paroxysmal nonkinesigenic dyskinesia (dyst:ParoxysmalNonkinesigenicDyskinesia)",
            "PNKD (HGNC:9153)",
        ),
    }


def test_an_ambiguous_name_lists_its_candidates(kg: dkg.KnowledgeGraph) -> None:
    with pytest.raises(AmbiguousTermError) as caught:
        kg.term("Torticollis")
    assert str(caught.value) == (
        "'Torticollis' may be any of: cervical dystonia (dyst:CervicalDystonia), torticollis (dyst:Torticollis); "
        "use a CURIE or IRI"
    )
    assert {kg.term(c.rpartition("(")[2].rstrip(")")).label for c in caught.value.candidates} == {
        "cervical dystonia",
        "torticollis",
    }


@pytest.mark.parametrize("name", ["cervcal dystonia", "DYT999", "xx:1", "dyst:NoSuchTerm", "http://e/x y", "", "[]{}"])
def test_an_unknown_name_brings_three_suggestions(kg: dkg.KnowledgeGraph, name: str) -> None:
    with pytest.raises(UnknownTermError) as caught:
        kg.term(name)
    assert caught.value.name == name
    assert len(set(caught.value.suggestions)) == 3
    assert str(caught.value).startswith(f"no term is called {name!r}; nearest: ")


def test_suggestions_are_near(kg: dkg.KnowledgeGraph) -> None:
    for wrong, right in [
        ("cervcal dystonia", "cervical dystonia"),
        ("blefarospasm", "blepharospasm"),
        ("TOR1B", "TOR1A"),
    ]:
        with pytest.raises(UnknownTermError) as caught:
            kg.term(wrong)
        assert caught.value.suggestions[0] == right
    for no_name in (5, None, b"PKAN"):
        with pytest.raises(UnknownTermError):
            kg.term(no_name)  # type: ignore[arg-type]


@st.composite
def spellings(draw: st.DrawFn, text: str) -> str:
    """The text as someone else types it: case, accents, apostrophes, hyphens, spaces."""
    out = []
    for char in text:
        if char in "'’":
            out.append(draw(st.sampled_from(["'", "’", "`", "´", ""])))
        elif char == " ":
            out.append(draw(st.sampled_from([" ", "  ", "-", " - ", "_", ", ", "\t", "\u00a0"])))
        elif char == "-":
            out.append(draw(st.sampled_from(["-", " ", "–", "_", "/"])))
        elif char.isascii() and char.isalpha():
            accent = draw(st.sampled_from(["", "", "", "\u0301", "\u0308"]))
            cased = draw(st.sampled_from([char, char.upper(), char.lower()]))
            out.append(unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), cased + accent))
        else:
            out.append(char)
    return draw(st.sampled_from(["", " ", "\n"])) + "".join(out) + draw(st.sampled_from(["", " ", ".", "?"]))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_spelling_does_not_matter(data: st.DataObject) -> None:
    kg = _kg()
    iri, label = data.draw(st.sampled_from(_labels()))
    typed = data.draw(spellings(label))
    if label in ("torticollis", "PNKD"):
        with pytest.raises(AmbiguousTermError):
            kg.term(typed)
    else:
        assert kg.term(typed).iri == iri


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
@example("\ud800")
@example("dyst:\x00")
@example("://")
@example("https://[")
def test_whatever_is_typed_gives_a_term_or_an_error_of_ours(text: str) -> None:
    kg = _kg()
    with suppress(UnknownTermError, AmbiguousTermError):
        assert kg.term(text).label


def _kg() -> dkg.KnowledgeGraph:  # hypothesis wants no function-scoped values; this one is made once
    if not _KG:
        _KG.append(dkg.load())
    return _KG[0]


_KG: list[dkg.KnowledgeGraph] = []


@cache
def _labels() -> list[tuple[str, str]]:
    return sorted(labels(_kg()).items())


def labels(kg: dkg.KnowledgeGraph) -> dict[str, str]:
    """The labels of what is ours or was chosen; what only an upstream release uses gives way to it."""
    rows = kg.query("""SELECT ?term ?label { ?term rdfs:label ?label FILTER(isIRI(?term))
        FILTER EXISTS { { GRAPH ?g { ?term a ?type } FILTER(?g != <https://w3id.org/dystonia-kg/graph/imports>) }
                        UNION { ?term IAO:0000412 ?from } } }""")
    return {str(row.term): row.label for row in rows}


def test_a_name_of_upstream_finds_its_term_unless_one_of_ours_has_it(kg: dkg.KnowledgeGraph) -> None:
    ours = {label.casefold() for label in labels(kg).values()}
    rows = kg.query(
        "SELECT ?term ?label { GRAPH <https://w3id.org/dystonia-kg/graph/imports> { ?term rdfs:label ?label } }"
    )
    checked = 0
    for row in list(rows)[::23]:
        if row.label.casefold() not in ours:
            with suppress(AmbiguousTermError):  # a synonym of another one
                assert row.label.casefold() in {s.text.casefold() for s in kg.term(row.label).synonyms} | {
                    kg.term(row.label).label.casefold()
                }
                checked += 1
    assert checked > 100
    assert kg.term("Hepatic steatosis").curie == "HP:0001397"
    assert kg.term("focal").curie == "dyst:FocalDystonia"  # HPO has a modifier of that name


def test_search_ranks(kg: dkg.KnowledgeGraph) -> None:
    for words, first in [
        ("wry neck", "cervical dystonia"),
        ("cramp writer", "writer's cramp"),
        ("blepharo", "blepharospasm"),
        ("Meige", "cranial dystonia"),
        ("neurodegeneration iron", "neurodegeneration with brain iron accumulation"),
    ]:
        assert kg.search(words)[0].label == first
    assert len(kg.search("dystonia", limit=4)) == 4
    assert kg.search("dystonia")[0].label == "dystonia", "the very name first"
    assert kg.search("qqqq zzzz") == ()
    assert kg.search("") == ()
    with pytest.raises(ValueError, match="at least 1"):
        kg.search("dystonia", limit=0)
