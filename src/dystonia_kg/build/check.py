"""The quality checks of the ontology: SPARQL queries, SHACL shapes, and what a reasoner says of its OWL profile.

A check is a file ``NAME.rq`` that begins with comment lines (`# title:`, `# severity:`, `# why:` and, where it is to
see more than the ontology and its imports, `# scope: all`) and selects ``?entity ?property ?value``, one row for each
defect. What is checked stands in those files and in the shapes; nothing here knows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from dystonia_kg.build.report import CheckReport, Finding, Rule, Severity
from dystonia_kg.build.shapes import check_shapes
from dystonia_kg.errors import Problem, SourceError
from dystonia_kg.vocab import ASSERTED, IMPORTS, is_iri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Graph = NamedNode | BlankNode | DefaultGraph

#: The graphs that make up the OWL ontology; a plain file loads into the default graph.
ONTOLOGY_GRAPHS: tuple[Graph, ...] = (DefaultGraph(), NamedNode(ASSERTED), NamedNode(IMPORTS))

_COLUMNS = ("entity", "property", "value")
_LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_HEADER = re.compile(r"#\s*(?P<key>[a-z]+):\s*(?P<text>.*)")
_SCOPES = ("ontology", "all")
_PROFILE = Rule(
    "owl2_dl_profile",
    Severity.ERROR,
    "Not in OWL 2 DL",
    "Outside the profile a reasoner may refuse the ontology or answer wrongly. Change what is named.",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One check file: its rule, its query, and whether it sees the ontology only or all graphs."""

    rule: Rule
    query: str
    scope: str = "ontology"


def load_checks(folder: str | Path) -> tuple[Check, ...]:
    """Read and verify all check files of a folder, sorted by name.

    :raises SourceError: with every mistake of every file; also if there is no check at all
    """
    files = sorted(Path(folder).glob("*.rq"))
    problems: list[Problem] = []
    if not files:
        problems.append(Problem(str(folder), None, None, "no check (*.rq) here: point to the folder of the checks"))
    checks = [check for path in files if (check := _load(path, problems))]
    if problems:
        raise SourceError(problems)
    return tuple(checks)


def _load(path: Path, problems: list[Problem]) -> Check | None:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problems.append(Problem(str(path), None, None, f"not UTF-8 text: {error.reason} at byte {error.start}"))
        return None
    header = _header(text)
    found = [*_header_problems(header), *_query_problems(text)]
    problems.extend(Problem(str(path), line, None, message) for line, message in found)
    if found:
        return None
    rule = Rule(path.stem, Severity(header["severity"]), header["title"], header["why"])
    return Check(rule, text, header.get("scope", "ontology"))


def _header(text: str) -> dict[str, str]:
    """Return the `# key: text` lines before the query; a comment line without a key goes on with the text before it."""
    header: dict[str, str] = {}
    key = ""
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if match := _HEADER.fullmatch(line.rstrip()):
            key = match["key"]
            header[key] = match["text"]
        elif key:
            header[key] = f"{header[key]} {line.lstrip('#').strip()}".strip()
    return header


def _header_problems(header: dict[str, str]) -> list[tuple[int | None, str]]:
    problems: list[tuple[int | None, str]] = [
        (1, f"no line '# {key}: ...' at the beginning of the file: add one")
        for key in ("title", "severity", "why")
        if not header.get(key)
    ]
    severity = header.get("severity")
    if severity and severity not in list(Severity):
        problems.append((1, f"severity {severity!r} is not one of {', '.join(Severity)}"))
    scope = header.get("scope", "ontology")
    if scope not in _SCOPES:
        problems.append((1, f"scope {scope!r} is not one of {', '.join(_SCOPES)}"))
    return problems


def _query_problems(text: str) -> list[tuple[int | None, str]]:
    try:
        answer = Store().query(text)
    except SyntaxError as error:
        message = str(error.msg).splitlines()[0]
        place = re.search(r"\bat (\d+):\d+", message)
        return [(error.lineno or (int(place[1]) if place else None), f"not a SPARQL query: {message}")]
    columns = [variable.value for variable in answer.variables] if isinstance(answer, QuerySolutions) else []
    if sorted(columns) != sorted(_COLUMNS):
        selected = " ".join(f"?{column}" for column in columns) or "nothing"
        return [(None, f"a check selects ?entity ?property ?value, this one {selected}")]
    return []


def check_graph(
    data: Store | Iterable[Quad | Triple],
    checks_dir: str | Path,
    shapes_dir: str | Path | None = None,
    *,
    ontology_graphs: Sequence[Graph] = ONTOLOGY_GRAPHS,
    profile_violations: Iterable[str] | Callable[[], Iterable[str]] | None = None,
    more: tuple[Iterable[Rule], Iterable[Finding]] = ((), ()),
) -> CheckReport:
    """Run all checks over a graph.

    :param data: a store, or quads or triples
    :param checks_dir: the folder of the SPARQL checks (``*.rq``)
    :param shapes_dir: the folder of the SHACL shapes (``*.ttl``), which see all graphs; None leaves them out
    :param ontology_graphs: what a check whose scope is the ontology sees; others see all graphs
    :param profile_violations: what a reasoner reports against OWL 2 DL, or a callable that asks it
    :param more: rules that were checked elsewhere, and what was found
    :raises SourceError: if a check or a shape is malformed, or there is nothing to check
    :raises MissingExtraError: if shapes are to be checked and pyshacl is not installed
    """
    checks = load_checks(checks_dir)
    store = _as_store(data)
    if not len(store):
        raise SourceError([Problem("", None, None, "the graph to check is empty: load the ontology first")])
    rules = [check.rule for check in checks]
    findings = [finding for check in checks for finding in _run(check, store, ontology_graphs)]
    if shapes_dir is not None:
        shape_rules, shape_findings = check_shapes(store, Path(shapes_dir))
        rules += shape_rules
        findings += shape_findings
    if profile_violations is not None:
        texts = profile_violations() if callable(profile_violations) else profile_violations
        rules.append(_PROFILE)
        findings += [Finding(_PROFILE.name, _PROFILE.severity, None, None, None, text) for text in texts]
    rules += more[0]
    findings += more[1]
    return CheckReport(tuple(rules), tuple(findings), _labels(store, findings))


def _as_store(data: Store | Iterable[Quad | Triple]) -> Store:
    if isinstance(data, Store):
        return data
    store = Store()
    store.bulk_extend(item if isinstance(item, Quad) else Quad(*item) for item in data)
    return store


def _run(check: Check, store: Store, ontology_graphs: Sequence[Graph]) -> list[Finding]:
    """Return the rows of one check as findings."""
    if check.scope == "all":
        answer = store.query(check.query, use_default_graph_as_union=True)
    else:
        answer = store.query(check.query, default_graph=list(ontology_graphs))
    assert isinstance(answer, QuerySolutions)  # load_checks has made sure
    rule = check.rule
    findings = []
    for row in answer:
        entity, prop, value = (_text(row[column]) for column in _COLUMNS)
        findings.append(Finding(rule.name, rule.severity, entity, prop, value, rule.title))
    return findings


def _text(term: object) -> str | None:
    """Return a term as text. Blank nodes have no name that lasts, so they all read the same."""
    if isinstance(term, NamedNode | Literal):
        return term.value
    return None if term is None else "[anonymous]"


def _labels(store: Store, findings: Iterable[Finding]) -> dict[str, str]:
    """Return the labels of the entities and values that the findings name."""
    named = {term for finding in findings for term in (finding.entity, finding.value) if term}
    labels: dict[str, str] = {}
    for iri in filter(is_iri, sorted(named)):
        found = sorted(
            quad.object.value
            for quad in store.quads_for_pattern(NamedNode(iri), _LABEL, None)
            if isinstance(quad.object, Literal)
        )
        if found:
            labels[iri] = found[0]
    return labels
