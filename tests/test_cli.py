"""The command line: what comes out can be read back, the exit status tells the answer, errors are one message."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rdflib
from typer.testing import CliRunner

import dystonia_kg as dkg
from dystonia_kg import cli

if TYPE_CHECKING:
    from click.testing import Result

PROGRAM = Path(sys.executable).with_name("dystonia-kg")
LABELS = "SELECT ?x ?label { ?x rdfs:subClassOf dyst:WritersCramp ; rdfs:label ?label } ORDER BY ?label"
EXPECTED = [
    {"x": "https://w3id.org/dystonia-kg/DystonicWritersCramp", "label": "dystonic writer's cramp"},
    {"x": "https://w3id.org/dystonia-kg/SimpleWritersCramp", "label": "simple writer's cramp"},
]
MINE = "<http://e/s> <http://www.w3.org/2000/01/rdf-schema#label> 'my own thing' .\n"


def ask(*arguments: str, stdin: str | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, list(arguments), input=stdin)


def real(*arguments: str, stdin: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the installed program, far from the checkout."""
    return subprocess.run(
        [PROGRAM, *arguments],
        capture_output=True,
        text=True,
        input=stdin,
        cwd="/",
        env={**os.environ, "COLUMNS": "100", **env},
        timeout=120,
        check=False,
    )


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


# ---------------------------------------------------------------------- rows


def test_rows_can_be_read_back_in_every_format() -> None:
    assert json.loads(ask("query", LABELS, "--format", "json").stdout) == EXPECTED
    assert rows(ask("query", LABELS, "--format", "csv").stdout) == EXPECTED
    assert rows(ask("query", LABELS, "-f", "tsv").stdout, "\t") == EXPECTED
    table = ask("query", LABELS)
    assert table.exit_code == 0
    assert [line.split(maxsplit=1) for line in table.stdout.splitlines()] == [
        ["x", "label"],
        ["-------------------------", "-----------------------"],
        ["dyst:DystonicWritersCramp", "dystonic writer's cramp"],
        ["dyst:SimpleWritersCramp", "simple writer's cramp"],
        ["(2", "rows)"],
    ]


@pytest.mark.parametrize("command", [["syndromes", "region=neck"], ["search", "cervical dystonia"]])
def test_terms_can_be_read_back_in_every_format(kg: dkg.KnowledgeGraph, command: list[str]) -> None:
    terms = kg.syndromes(region="neck") if command[0] == "syndromes" else kg.search("cervical dystonia")
    found = json.loads(ask(*command, "--format", "json").stdout)
    assert [row["curie"] for row in found] == [term.curie for term in terms]
    assert [row["definition"] for row in found] == [term.definition or "" for term in terms]
    assert rows(ask(*command, "--format", "csv").stdout) == found
    assert rows(ask(*command, "--format", "tsv").stdout, "\t") == found
    table = ask(*command).stdout
    assert all(term.curie in table for term in terms), "a CURIE is never broken over lines"


def test_query_forms_and_exit_status() -> None:
    yes = ask("query", "ASK { dyst:WritersCramp rdfs:subClassOf dyst:FocalDystonia }")
    no = ask("query", "ASK { dyst:FocalDystonia rdfs:subClassOf dyst:WritersCramp }")
    assert [(yes.stdout, yes.exit_code), (no.stdout, no.exit_code)] == [("yes\n", 0), ("no\n", 1)]
    made = ask("query", "CONSTRUCT WHERE { dyst:PKAN rdfs:label ?label }").stdout
    assert [str(o) for o in rdflib.Graph().parse(data=made, format="turtle").objects()] == [
        "pantothenate kinase-associated neurodegeneration"
    ]
    assert ask("query", "-", stdin=LABELS).stdout == ask("query", LABELS).stdout
    assert ask("query", LABELS, "--timeout", "60").stdout == ask("query", LABELS).stdout


def test_bindings() -> None:
    query = "SELECT ?label { ?x rdfs:subClassOf ?sup ; rdfs:label ?label } ORDER BY ?label"
    done = ask("query", query, "sup=writers cramp", "--format", "csv")
    assert [row["label"] for row in rows(done.stdout)] == [row["label"] for row in EXPECTED]
    text = ask("query", "SELECT ?x { ?x rdfs:label ?name }", 'name=no" } term', "--format", "json")
    assert (text.exit_code, json.loads(text.stdout)) == (0, [])


def test_extra(tmp_path: Path) -> None:
    (tmp_path / "mine.nt").write_text(MINE.replace("'", '"'), encoding="utf-8")
    for command in (["query", "SELECT ?s { ?s rdfs:label 'my own thing' }"], ["search", "my own thing"]):
        assert "http://e/s" in ask(*command, "--extra", str(tmp_path / "mine.nt")).stdout


# ---------------------------------------------------------------------- named queries


def test_named_queries(kg: dkg.KnowledgeGraph) -> None:
    listed = ask("queries")
    assert listed.exit_code == 0
    assert all(name in listed.stdout and query.title in listed.stdout for name, query in kg.queries.items())
    name = "focal-syndromes"
    assert ask("queries", name).stdout == kg.queries[name].text
    found = json.loads(ask("run", name, "region=neck", "--format", "json").stdout)
    assert [row["label"] for row in found] == ["cervical dystonia"]
    assert [row["label"] for row in found] == kg.run(name, region="neck").column("label")


# ---------------------------------------------------------------------- terms


def test_term(kg: dkg.KnowledgeGraph) -> None:
    shown = ask("term", "Writers Cramp")
    assert shown.exit_code == 0
    term = kg.term("writer's cramp")
    for part in (term.label, term.curie, term.accession, term.definition, "scrivener's palsy", "focal hand dystonia"):
        assert part is not None
        assert part in shown.stdout
    data = json.loads(ask("term", "writers cramp", "--json").stdout)
    assert data["iri"] == term.iri
    assert data["parents"] == [parent.curie for parent in term.parents]
    assert {"predicate": "exact", "id": "SCTID:52008007"} in data["mappings"]
    assert {s["text"] for s in data["synonyms"]} == {s.text for s in term.synonyms}
    assert all(source in {s.key for s in term.sources} for source in data["sources"])
    old = json.loads(ask("term", "primary dystonia", "--json").stdout)
    assert old["deprecated"] is True
    assert "dyst:IsolatedDystonia" in old["replaced_by"]


def test_is_a() -> None:
    for sub, sup, answer in [
        ("writer's cramp", "focal dystonia", ("yes\n", 0)),
        ("Meige syndrome", "focal dystonia", ("no\n", 1)),
    ]:
        done = ask("is-a", sub, sup)
        assert (done.stdout, done.exit_code) == answer


def test_explain() -> None:
    done = ask("explain", "writer's cramp", "focal dystonia")
    assert done.exit_code == 0
    assert "affects" in done.stdout
    data = json.loads(ask("explain", "writer's cramp", "focal dystonia", "--json").stdout)
    assert (data["sub"], data["sup"], data["holds"]) == ("dyst:WritersCramp", "dyst:FocalDystonia", True)
    assert len(data["because"]) >= 2
    assert all(reason["axiom"] and reason["sources"] for reason in data["because"])
    assert ask("explain", "Meige syndrome", "focal dystonia").exit_code == 1


def test_paths() -> None:
    done = ask("paths", "DYT1", "TOR1A", "--limit", "1")
    assert done.stdout == "DYT-TOR1A dystonia --has material basis in germline mutation in--> TOR1A\n"
    nothing = ask("paths", "PKAN", "ref:seed")
    assert (nothing.stdout, nothing.exit_code) == ("", 1)


@pytest.mark.parametrize("kind", ["syndromes", "disorders", "genes", "causes"])
def test_filters(kg: dkg.KnowledgeGraph, kind: str) -> None:
    found = json.loads(ask(kind, "--format", "json").stdout)
    assert [row["curie"] for row in found] == [term.curie for term in getattr(kg, kind)()]
    none = ask(kind, "gene=TOR1A", "gene=THAP1", "inheritance=mitochondrial")
    assert (none.stdout.strip(), none.exit_code) == ("none", 1)


def test_a_name_given_twice_means_either() -> None:
    found = json.loads(ask("genes", "gene=TOR1A", "gene=THAP1", "--format", "json").stdout)
    assert [row["label"] for row in found] == ["THAP1", "TOR1A"]


# ---------------------------------------------------------------------- help

COMMANDS = ["query", "run", "queries", "term", "search", "is-a", "explain", "paths"]
COMMANDS += ["syndromes", "disorders", "genes", "causes"]


def plain(text: str) -> str:
    return " ".join(re.sub(r"\x1b\[[0-9;]*m|[│╭╮╰╯─]", " ", text).split())


def test_help_shows_every_command_and_completion() -> None:
    text = plain(real("--help").stdout)
    for name in [*COMMANDS, "build", "check", "tour", "--install-completion", "--show-completion", "--version"]:
        assert name in text
    assert "not a medical device" in text
    assert real("--version").stdout == f"dystonia_kg {dkg.__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_the_help_run(name: str) -> None:
    callback = next(c.callback for c in cli.app.registered_commands if (c.name or c.callback.__name__) == name)  # type: ignore[union-attr]
    examples = re.findall(r"`dystonia-kg ([^`]+)`", callback.__doc__ or "")
    assert examples, f"{name} shows no example"
    text = plain(real(name, "--help", COLUMNS="300").stdout)
    for example in examples:
        assert plain(example) in text
        done = ask(*shlex.split(example))
        assert done.exit_code == 0, (example, done.output)
        assert done.stdout.strip()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell: str) -> None:
    script = real("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert script.returncode == 0, script.stderr
    assert "dystonia-kg" in script.stdout
    if shell == "bash":
        done = real(_DYSTONIA_KG_COMPLETE="complete_bash", COMP_WORDS="dystonia-kg se", COMP_CWORD="1")
        assert done.stdout.split() == ["search"]


# ---------------------------------------------------------------------- errors

BAD = [
    (["term", "torticollis"], "may be any of: cervical dystonia (dyst:CervicalDystonia), torticollis"),
    (["term", "cervcal dystonia"], "no term is called 'cervcal dystonia'; nearest: cervical dystonia"),
    (["is-a", "PKAN", "no such thing"], "no term is called"),
    (["query", "SELECT ?x {"], "line 1, column 11"),
    (["query", "DROP ALL"], "is an update"),
    (["query", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"], "would ask another host"),
    (["query", "ASK { ?s ?p ?o }", "y=1"], "has no variable ?y"),
    (
        ["query", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--timeout", "0.2"],
        "0.2 s",
    ),
    (["query", "ASK { " + "(" * 5000, "--format", "csv"], "nests deeper"),
    (["run", "focal-syndrome"], "focal-syndromes"),
    (["run", "focal-syndromes", "colour=red"], "has no parameter 'colour'"),
    (["queries", "nothing-like-it"], "no named query is called"),
    (["genes", "colour=red"], "unknown filter 'colour'"),
    (["genes", "gene=TOR1X"], "TOR1X (as gene)"),
    (["syndromes", "neck"], "write name=value"),
    (["search"], "Missing argument"),
    (["search", "neck", "--limit", "0"], "--limit"),
    (["query", "ASK {}", "--format", "xml"], "--format"),
    (["nonsense"], "No such command"),
    (["term", "PKAN", "--extra", "/no/such/file.ttl"], "cannot be read: No such file"),
    (["build", "--sources", "/no/such/folder"], "no folder 'modules' here"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=lambda value: str(value)[:50])
def test_bad_use_is_one_message_and_status_2(arguments: list[str], message: str) -> None:
    done = real(*arguments, COLUMNS="200")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr) < 5000


def test_every_mistake_of_the_sources_is_listed(sources: Path, tmp_path: Path) -> None:
    (sources / "modules" / "a.ttl").write_text("nonsense", encoding="utf-8")
    (sources / "tables" / "b.tsv").write_text("one\nLABEL\n", encoding="utf-8")
    done = real("build", "--sources", str(sources), "--output", str(tmp_path / "release"), COLUMNS="80")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{sources}/modules/a.ttl:1:" in done.stderr
    assert f"{sources}/tables/b.tsv:2:1: the first column must have the template ID" in done.stderr
    assert not (tmp_path / "release").exists()


def test_a_damaged_release_is_one_message(tmp_path: Path) -> None:
    code = "import sys, dystonia_kg.graph as g; g.release_dir = lambda: __import__('pathlib').Path('/none')\n"
    code += "from dystonia_kg import cli; sys.argv = ['dystonia-kg', 'term', 'PKAN']; cli.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert "error: no release in /none" in done.stderr
    assert "Traceback" not in done.stderr


def test_names_from_outside_are_not_markup() -> None:
    done = real("term", "[red]x[/red] [/nothing]")
    assert done.returncode == 2
    assert "'[red]x[/red] [/nothing]'" in done.stderr


def test_no_colour_where_there_is_no_terminal() -> None:
    for arguments in (["term", "PKAN"], ["queries"], ["genes"], ["term", "no such term"]):
        done = real(*arguments)
        assert "\x1b" not in done.stdout + done.stderr


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = (
        f"{shlex.quote(str(PROGRAM))} query 'SELECT * {{ ?a ?b ?c }}' --format csv | head -n 1; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["a,b,c", "0"]
    assert done.stderr == ""


def test_tour() -> None:
    done = real("tour")
    assert done.returncode == 0, done.stderr
    for part in ("writer's cramp", "cervical dystonia", "PANK2", "TOR1A", "not a medical device"):
        assert part in done.stdout
