"""The documents: their examples run and give what they show, their links lead somewhere, nothing is missing."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dystonia_kg as dkg
from dystonia_kg.vocab import DYST, contract

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]\[]*\]\((?P<target>[^)\s]+)\)")
_COMMAND = re.compile(r"^\$ dystonia-kg (?P<arguments>.+)\n(?P<shown>(?:(?!\$ ).*\n)*)", re.MULTILINE)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[tuple[int, str]]:
    """Return the fenced blocks in a language, each with the line on which it begins."""
    text = page.read_text(encoding="utf-8")
    found = (match for match in _BLOCK.finditer(text) if match["language"] == language)
    return [(text.count("\n", 0, match.start("code")), match["code"]) for match in found]


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if blocks(page, language)]


@pytest.fixture(scope="module")
def kg() -> dkg.KnowledgeGraph:
    return dkg.load()


def by_pace(pages: list[Path]) -> list[object]:
    """The page that puts together the graph and the ontologies of others is slow."""
    return [pytest.param(page, marks=[pytest.mark.slow] * (page.stem == "bridges")) for page in pages]


@pytest.mark.parametrize("page", by_pace(pages_with("pycon")), ids=name)
def test_python_examples(page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    shared: dict[str, object] = {}
    for line, code in blocks(page, "pycon"):
        test = doctest.DocTestParser().get_doctest(code, shared, name(page), str(page), line)
        assert test.examples, f"{name(page)}:{line}: a pycon block without an example"
        runner.run(test, out=report.append, clear_globs=False)
        shared = test.globs
    assert not runner.failures, "".join(report)


def test_every_python_block_is_tested() -> None:
    loose = [f"{name(page)}:{line}" for page in PAGES for line, code in blocks(page, "python") if ">>>" in code]
    assert not loose, "blocks with >>> are 'pycon', so that they are tested"


@pytest.mark.parametrize("page", by_pace(pages_with("console")), ids=name)
def test_command_line_examples(page: Path, tmp_path: Path) -> None:
    """A command that is shown with output gives that output; the others are for maintainers and not run."""
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    for line, code in blocks(page, "console"):
        for match in _COMMAND.finditer(code):
            if not match["shown"].strip():
                continue
            command = f'"{sys.executable}" -m dystonia_kg.cli {match["arguments"]}'
            done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
            got = done.stdout + done.stderr
            what = f"{name(page)}, block at line {line}: dystonia-kg {match['arguments']}"
            same = doctest.OutputChecker().check_output(match["shown"], got, FLAGS)
            assert same, f"{what}\nshown:\n{match['shown']}got:\n{got}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files(page: Path) -> None:
    targets = [match["target"] for match in _LINK.finditer(page.read_text(encoding="utf-8"))]
    inside = [
        target.partition("#")[0]
        for target in targets
        if "://" not in target and not target.startswith(("#", "mailto:"))
    ]
    missing = [target for target in inside if not (page.parent / target).exists()]
    assert not missing


def test_readme_says_once_that_it_is_no_medical_device() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("For research and education; not a medical device.") == 1
    assert len(re.findall("medical device", text)) == 1


def test_readme_has_the_attributions() -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert "This product uses the Human Phenotype Ontology (version 2025-01-16)." in text
    for source in ("Orphanet", "OMIM", "Mondo", "HGNC", "Disease Ontology", "ChEBI", "Uberon", "Gene Ontology"):
        assert source in text


# ---------------------------------------------------------------------- the SPARQL page


def sparql_rows() -> list[tuple[str, str]]:
    """Return (property, pattern) for every row of the tables of properties."""
    rows = []
    for line in (DOCS / "sparql.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `") and cells[-1].endswith("`") and cells[-1].startswith("`"):
            rows.append((cells[0].strip("`"), cells[-1].removesuffix(" |").strip("`")))
    return rows


@pytest.mark.parametrize(("prop", "pattern"), sparql_rows(), ids=[prop for prop, _ in sparql_rows()])
def test_every_pattern_of_the_sparql_page_finds_something(kg: dkg.KnowledgeGraph, prop: str, pattern: str) -> None:
    assert prop in pattern
    assert kg.query(f"ASK {{ {pattern} }}") is True


def test_the_sparql_page_has_every_property_of_ours(kg: dkg.KnowledgeGraph) -> None:
    text = (DOCS / "sparql.md").read_text(encoding="utf-8")
    kinds = "owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty"
    rows = kg.query(f"SELECT DISTINCT ?p {{ VALUES ?kind {{ {kinds} }} ?p a ?kind }}")
    names = {contract(row.p) for row in rows if row.p.startswith(DYST)}
    assert not sorted(curie for curie in names if f"`{curie}`" not in text)


def test_the_sparql_page_has_every_kind(kg: dkg.KnowledgeGraph) -> None:
    text = (DOCS / "sparql.md").read_text(encoding="utf-8")
    rows = kg.query("SELECT DISTINCT ?class ?kind { ?class dyst:kindName ?kind }")
    assert not [row for row in rows if f"| {row.kind} | `{contract(row[0])}` |" not in text]


def test_the_tables_of_kinds_and_values_are_right_about_keywords(kg: dkg.KnowledgeGraph) -> None:
    """A keyword in the third column is the one that the ontology gives to the property."""
    for line in (DOCS / "sparql.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if line.startswith("| `") and len(cells) == 4 and cells[2]:
            rows = kg.query("SELECT DISTINCT ?k { ?p dyst:filterKeyword ?k }", p=kg.term(cells[0].strip("`")))
            assert [row.k for row in rows] == [cells[2]], cells[0]


# ---------------------------------------------------------------------- pages that follow the code


def test_the_page_of_the_command_line_has_every_command() -> None:
    from typer.main import get_command

    from dystonia_kg.cli import app

    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert not [command for command in commands if f"dystonia-kg {command}" not in text]


def test_the_api_page_has_every_public_name() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    assert not [public for public in dkg.__all__ if not re.search(rf"\b{public}\b", text)]


def test_generated_pages_name_every_query_and_every_check() -> None:
    sys.path.insert(0, str(DOCS))
    try:
        import hooks
    finally:
        sys.path.remove(str(DOCS))
    queries = hooks.named_queries_text()
    assert not [query for query in dkg.queries.named_queries() if f"## {query}" not in queries]
    formats = hooks.formats_text()
    assert not [one for one in dkg.exports.registry.FORMATS if f"**`{one}`**" not in formats]
    checks = hooks.checks_text()
    assert not [path.stem for path in (ROOT / "ontology/checks").glob("*.rq") if f"`{path.stem}`" not in checks]
