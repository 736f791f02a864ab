"""What the documentation takes from the program when it is built, so that it cannot lag behind.

The lists of named queries and of quality checks replace a marker in their pages, and the documents of the top folder
become pages.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOP_PAGES = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
_RELATIVE_LINK = re.compile(r"\[(?P<text>[^\]\[]*)\]\((?!\w+:)(?P<target>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")


def on_files(files: Any, *, config: Any) -> Any:
    """Add the documents of the top folder as pages."""
    from mkdocs.structure.files import File

    for name in TOP_PAGES:
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=_RELATIVE_LINK.sub(_relink, text)))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Fill in the generated lists."""
    generated = {
        "<!-- named queries -->": named_queries_text,
        "<!-- checks -->": checks_text,
        "<!-- exceptions -->": exceptions_text,
        "<!-- export formats -->": formats_text,
    }
    for marker, text in generated.items():
        if marker in markdown:
            markdown = markdown.replace(marker, text())
    return markdown


def named_queries_text() -> str:
    """Return every named query with its title, parameters, the statements that it answers, and its text."""
    from dystonia_kg.queries import named_queries

    return "\n".join(_query_text(query) for query in named_queries().values())


def _query_text(query: Any) -> str:
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("#")).strip()
    lines = [f"## {query.name}", "", f"{query.title}", ""]
    lines += [f"> {statement}\n" for statement in query.answers]
    for parameter in query.parameters:
        default = "" if parameter.default is None else f", default `{parameter.default}`"
        lines.append(f"- `{parameter.name}` ({parameter.kind}{default}): {parameter.about}")
    return "\n".join([*lines, "", "```sparql", body, "```", ""])


def formats_text() -> str:
    """Return the table of the export formats: what each holds, and what it means by part."""
    from dystonia_kg.exports.formats import Holds
    from dystonia_kg.exports.registry import FORMATS

    kinds = list(Holds().kinds)
    lines = [f"| format | {' | '.join(kinds)} | needs |", "|---" * (len(kinds) + 2) + "|"]
    for one in FORMATS.values():
        extents = ("" if extent == "none" else extent for extent in one.holds.kinds.values())
        lines.append(f"| `{one.name}` | {' | '.join(extents)} | {f'`[{one.extra}]`' if one.extra else ''} |")
    for one in FORMATS.values():
        names = ", ".join(f"`{alias}`" for alias in one.aliases)
        about = f"{one.title}; {'a folder' if one.folder else ', '.join(f'`{s}`' for s in one.suffixes)}"
        lines.append(f"\n**`{one.name}`**: {about}{f'; also {names}' if names else ''}. {_sentence(one.holds.note)}\n")
        lines += [f"- option `{o.name}`: {o.about} (default `{o.default}`)" for o in one.options]
    return "\n".join(lines)


def _sentence(note: str) -> str:
    return f"{note[0].upper()}{note[1:]}." if note else ""


def checks_text() -> str:
    """Return the table of the quality checks."""
    from dystonia_kg.build.check import load_checks

    rows = [
        f"| `{check.rule.name}` | {check.rule.severity} | {check.rule.title} | {check.rule.why} |"
        for check in load_checks(ROOT / "ontology" / "checks")
    ]
    return "\n".join(["| check | severity | what it finds | why, and what to do |", "|---|---|---|---|", *rows])


def exceptions_text() -> str:
    """Return the table of the upstream rows that were not taken over as they stand, by table, outcome and reason."""
    import csv

    groups: dict[tuple[str, str, str], dict[str, int]] = {}
    with (ROOT / "ontology" / "mappings" / "exceptions.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            concepts = groups.setdefault((row["table"], row["outcome"], row["reason"]), {})
            concepts[row["concept"]] = concepts.get(row["concept"], 0) + 1
    rows = [
        f"| `{table}` | {outcome} | {reason} | {sum(concepts.values())} | {'; '.join(concepts)} |"
        for (table, outcome, reason), concepts in sorted(groups.items())
    ]
    head = "| upstream table | outcome | why | rows | concepts |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def _relink(match: re.Match[str]) -> str:
    """Keep a link to another page, as seen from the folder of pages; of any other link keep the text."""
    target, anchor = match["target"], match["anchor"] or ""
    if target in TOP_PAGES:
        return f"[{match['text']}]({target}{anchor})"
    if target.startswith("docs/") and target.endswith(".md"):
        return f"[{match['text']}]({target.removeprefix('docs/')}{anchor})"
    return match["text"]
