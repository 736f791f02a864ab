"""Edge lists to train on: the laws of the split, checked by a closure of our own, and the files."""

from __future__ import annotations

import csv
import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.edge_lists import rules_of
from dystonia_kg.exports.split import Rules, Split, Triple, split

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from dystonia_kg.graph import KnowledgeGraph

PARTS = ("train", "valid", "test")


def same_pair(triples: Iterable[Triple], rules: Rules) -> set[Triple]:
    """What triples say of the same two entities: by a wider relation, or the other way round."""
    found = set(triples)
    while True:
        new = {(t, inverse, h) for h, r, t in found for inverse in rules.inverse.get(r, ())}
        new |= {(h, wide, t) for h, r, t in found for wide, narrow in rules.narrower.items() if r in narrow}
        if new <= found:
            return found
        found |= new


def closure(triples: Iterable[Triple], rules: Rules) -> set[Triple]:
    """All that follows, in the plainest way: carry each triple along each step until nothing is new."""
    found = same_pair(triples, rules)
    while True:
        steps: dict[str, set[str]] = {}
        for head, relation, tail in found:
            if relation in rules.steps:
                steps.setdefault(head, set()).add(tail)
        down: dict[str, set[str]] = {}
        for low, highs in steps.items():
            for high in highs:
                down.setdefault(high, set()).add(low)
        new = {(h, r, high) for h, r, t in found for high in steps.get(t, ())}
        new |= {(low, r, t) for h, r, t in found for low in down.get(h, ())}
        if new <= found:
            return same_pair(found, rules)
        found |= new


def check(parts: Split, told: set[Triple], rules: Rules) -> None:
    held = {name: set(getattr(parts, name)) for name in PARTS}
    assert set().union(*held.values()) == told
    assert sum(len(part) for part in held.values()) == len(told)
    trained = {end for h, _, t in held["train"] for end in (h, t)}, {r for _, r, _ in held["train"]}
    for head, relation, tail in held["valid"] | held["test"]:
        assert {head, tail} <= trained[0]
        assert relation in trained[1]
    pairs = {name: {frozenset((h, t)) for h, _, t in part} for name, part in held.items()}
    for one, other in combinations(PARTS, 2):
        assert pairs[one].isdisjoint(pairs[other])
    for name in ("valid", "test"):
        others = set().union(*(part for other, part in held.items() if other != name))
        assert held[name].isdisjoint(closure(others, rules)), f"{name} follows from the others"


_NAMES = st.sampled_from("abcdefgh")
_RELATIONS = st.sampled_from(["sub", "part", "likes", "loves", "liked by", "near"])
_TRIPLES = st.sets(st.tuples(_NAMES, _RELATIONS, _NAMES), min_size=1, max_size=25)
_RULES = Rules(
    steps=frozenset({"sub", "part"}),
    narrower={"likes": frozenset({"loves"})},
    inverse={"likes": frozenset({"liked by"}), "liked by": frozenset({"likes"}), "near": frozenset({"near"})},
)
_ANY_RULES = st.builds(
    Rules,
    steps=st.frozensets(_RELATIONS, max_size=3),
    narrower=st.dictionaries(_RELATIONS, st.frozensets(_RELATIONS, max_size=2), max_size=3),
    inverse=st.dictionaries(_RELATIONS, st.frozensets(_RELATIONS, max_size=1), max_size=3),
)


@settings(max_examples=400, deadline=None)
@given(told=_TRIPLES, rules=st.just(_RULES) | _ANY_RULES, seed=st.integers(0, 3))
def test_nothing_leaks(told: set[Triple], rules: Rules, seed: int) -> None:
    parts = split(told, rules, valid=0.3, test=0.3, seed=seed)
    check(parts, told, rules)
    assert len(parts.valid) <= 0.3 * len(told)
    assert len(parts.test) <= 0.3 * len(told)


def test_what_is_turned_round_and_carried_along_can_be_turned_back() -> None:
    told = {("b", "likes", "c"), ("a", "likes", "a"), ("a", "sub", "a"), ("a", "sub", "b"), ("c", "sub", "a")}
    check(split(told, _RULES, valid=0.3, test=0.3), told, _RULES)


@settings(max_examples=50, deadline=None)
@given(told=_TRIPLES, seed=st.integers(0, 3), order=st.randoms())
def test_order_does_not_matter(told: set[Triple], seed: int, order: Any) -> None:
    shuffled = sorted(told)
    order.shuffle(shuffled)
    assert split(shuffled + shuffled[:3], _RULES, seed=seed) == split(told, _RULES, seed=seed)


def star(count: int) -> set[Triple]:
    return {(f"p{i}", "likes", f"q{j}") for i in range(count) for j in range(count)}


def test_the_shares_are_reached_where_nothing_speaks_against_it() -> None:
    told = star(20)
    parts = split(told, _RULES, valid=0.1, test=0.2)
    assert (len(parts.valid), len(parts.test)) == (40, 80)
    assert not parts.kept_back
    other = split(told, _RULES, valid=0.1, test=0.2, seed=1)
    assert set(other.test) != set(parts.test)


def test_a_graph_that_grows_keeps_most_of_its_split() -> None:
    before = split(star(20), _RULES).test
    after = split(star(20) | {("new", "likes", f"q{j}") for j in range(5)}, _RULES).test
    assert len(set(before) & set(after)) > 0.9 * len(before)


def test_inverse_symmetric_and_narrower_stay_together() -> None:
    told = {t for i in range(20) for t in ((f"a{i}", "near", f"b{i}"), (f"b{i}", "near", f"a{i}"))}
    told |= {t for i in range(20) for t in ((f"a{i}", "loves", f"c{i}"), (f"c{i}", "liked by", f"a{i}"))}
    told |= {("hub", "near", x) for i in range(20) for x in (f"a{i}", f"b{i}", f"c{i}")}
    told |= {("hub", "loves", "x"), ("x", "liked by", "hub"), ("hub", "likes", "y")}
    parts = split(told, _RULES, valid=0.2, test=0.2)
    check(parts, told, _RULES)
    assert parts.test
    assert parts.valid


def test_what_the_hierarchy_yields_is_trained_on() -> None:
    told = {("cat", "sub", "animal"), ("animal", "sub", "thing"), ("cat", "sub", "thing"), ("dog", "sub", "animal")}
    told |= {("animal", "likes", "food"), ("cat", "likes", "food"), ("dog", "likes", "food")}
    parts = split(told, _RULES, valid=0, test=0.5)
    held = set(parts.test)
    assert held.isdisjoint({("cat", "sub", "thing"), ("cat", "likes", "food"), ("dog", "likes", "food")})
    assert parts.kept_back["it follows from other triples"]


def test_what_is_to_be_trained_on_is() -> None:
    told = star(10)
    wanted = {triple for triple in told if triple[0] < "p5"}
    parts = split(told, _RULES, valid=0.2, test=0.2, trained=wanted)
    assert wanted <= set(parts.train)
    assert len(parts.test) == 20


# ---------------------------------------------------------------------- the release


def read_names(folder: Path, part: str) -> set[Triple]:
    """As PyKEEN reads it: three columns, no header, no quoting."""
    frame = pl.read_csv(folder / f"{part}.tsv", separator="\t", has_header=False, quote_char=None, infer_schema=False)
    return set(frame.rows())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(kg: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("edges")
    kg.export("pykeen", path / "pykeen")
    return path


@pytest.mark.parametrize("source", ["part", pytest.param("kg", marks=pytest.mark.slow)])
def test_the_graph_does_not_leak(request: pytest.FixtureRequest, tmp_path: Path, source: str) -> None:
    graph = request.getfixturevalue(source)
    graph.export("pykeen", tmp_path / "pykeen")
    held = {part: read_names(tmp_path / "pykeen", part) for part in PARTS}
    told = set().union(*held.values())
    parts = Split(*(tuple(held[part]) for part in PARTS), {})
    check(parts, told, rules_of(graph._export_source().model))
    assert len(parts.test) > 0.05 * len(told)
    assert len(parts.valid) > 0.05 * len(told)


def test_the_rules_are_those_of_the_ontology(kg: KnowledgeGraph) -> None:
    rules = rules_of(kg._export_source().model)
    transitive = kg.query("SELECT ?p WHERE { ?p a owl:TransitiveProperty }")
    symmetric = kg.query("SELECT ?p WHERE { ?p a owl:SymmetricProperty }")
    below = kg.query("SELECT ?q ?p WHERE { ?q rdfs:subPropertyOf ?p FILTER(ISIRI(?q) && ISIRI(?p)) }")
    names = kg._export_source().curie
    assert transitive
    assert {names(str(p)) for (p,) in transitive} <= rules.steps
    assert all(names(str(p)) in rules.inverse[names(str(p))] for (p,) in symmetric)
    stated = {(names(str(q)), names(str(p))) for q, p in below if str(q) != str(p)}
    assert all(q in rules.narrower.get(p, ()) for q, p in stated if q.startswith("dyst:") and p.startswith("dyst:"))


def test_the_edges_are_those_of_the_graph(kg: KnowledgeGraph, folder: Path) -> None:
    told = set().union(*(read_names(folder / "pykeen", part) for part in PARTS))
    names = kg._export_source().curie
    stated = kg.query(
        """SELECT ?s ?p ?o WHERE { ?a dyst:associationSubject ?s ; dyst:associationPredicate ?p ;
        dyst:associationObject ?o .
        FILTER(?p NOT IN (dyst:lacksFeature, dyst:excludesPhenotype, dyst:contiguousWith)) }"""
    )
    wanted = {tuple(names(str(part)) for part in row) for row in stated}
    assert wanted <= told
    negatives = read_names(folder / "pykeen", "negatives")
    assert negatives
    assert negatives.isdisjoint(told)
    lacking = kg.query(
        """SELECT ?s ?o WHERE { ?a dyst:associationSubject ?s ; dyst:associationPredicate dyst:lacksFeature ;
        dyst:associationObject ?o }"""
    )
    assert {(names(str(s)), "dyst:mayHaveFeature", names(str(o))) for s, o in lacking} <= negatives | told


def test_numbers_and_names_say_the_same(part: KnowledgeGraph, tmp_path: Path) -> None:
    folder = tmp_path
    for form in ("pykeen", "pyg"):
        part.export(form, folder / form)
    entities = pl.read_csv(folder / "pyg" / "entities.csv", infer_schema_length=None)
    relations = pl.read_csv(folder / "pyg" / "relations.csv", infer_schema_length=None)
    assert entities["number"].to_list() == list(range(len(entities)))
    assert entities["entity"].n_unique() == len(entities)
    for name in (*PARTS, "negatives"):
        frame = pl.read_csv(folder / "pyg" / f"{name}.csv")
        assert frame.columns == ["head", "relation", "tail"]
        named = {(entities["entity"][h], relations["relation"][r], entities["entity"][t]) for h, r, t in frame.rows()}
        assert named == read_names(folder / "pykeen", name)
    assert (folder / "pyg" / "entities.csv").read_bytes() == (folder / "pykeen" / "entities.csv").read_bytes()
    assert entities["kind"].n_unique() > 5


def test_associations_alone_can_be_held_out(part: KnowledgeGraph, kg: KnowledgeGraph, tmp_path: Path) -> None:
    part.export("pykeen", tmp_path / "out", held_out="associations", valid=0.02, test=0.02, mappings=True)
    stated = kg.query("SELECT ?p WHERE { ?a dyst:associationPredicate ?p }")
    names = {kg._export_source().curie(str(p)) for (p,) in stated}
    for name in ("valid", "test"):
        triples = read_names(tmp_path / "out", name)
        assert triples
        assert {relation for _, relation, _ in triples} <= names
    assert "skos:exactMatch" in {relation for _, relation, _ in read_names(tmp_path / "out", "train")}
    about = json.loads((tmp_path / "out" / "split.json").read_text("utf-8"))
    assert about["options"]["held_out"] == "associations"
    assert about["edges"]["test"] == len(read_names(tmp_path / "out", "test"))


def test_what_is_excluded_is_a_negative(records: Any, tmp_path: Path) -> None:
    records.export("pykeen", tmp_path / "out", valid=0, test=0)
    negatives, train = (read_names(tmp_path / "out", part) for part in ("negatives", "train"))
    assert ("dyst:MadeUp", "dyst:hasPhenotype", "HP:0001250") in negatives
    assert ("dyst:MadeUp", "dyst:mayHaveFeature", "HP:0001337") in negatives
    assert {tail for _, relation, tail in train if relation == "dyst:hasPhenotype"} == {
        "HP:0001332", "HP:0001337", "HP:0001257",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"valid": -0.1}, "valid=-0.1: give a share"),
        ({"test": 1.0}, "test=1.0: give a share"),
        ({"valid": 0.5, "test": 0.5}, "leave nothing to train on"),
        ({"held_out": "some"}, "use one of all, associations"),
    ],
)
def test_bad_shares(kg: KnowledgeGraph, tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ExportError, match=message):
        kg.export("pykeen", tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_label_of_any_kind_stays_in_its_cell(exported: Any, tmp_path: Path) -> None:
    label = '=cmd() "x",\r\n\u202ey'
    graph = exported.of(
        "@prefix d: <https://w3id.org/dystonia-kg/> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> . "
        "@prefix o: <http://www.w3.org/2002/07/owl#> . d:B a o:Class . d:A a o:Class ; r:subClassOf d:B ; "
        f"r:label {json.dumps(label)} ."
    )
    graph.export("pyg", tmp_path / "out")
    with (tmp_path / "out" / "entities.csv").open(encoding="utf-8", newline="") as file:
        assert next(row for row in csv.DictReader(file) if row["entity"] == "dyst:A")["label"] == label
