"""New-term requests: what a target lacks, as a ROBOT template and as a page to paste into its tracker."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from dystonia_kg.exports.bridging.targets import find_target
from dystonia_kg.exports.bridging.wanted import Gaps, Lacking
from dystonia_kg.exports.hostile import refuse, tsv_cell
from dystonia_kg.exports.source import curie

if TYPE_CHECKING:
    from dystonia_kg.exports.bridging.targets import Target
    from dystonia_kg.exports.job import Job

_TEMPLATE = (
    ("identifier", "ID"),
    ("label", "LABEL"),
    ("type", "TYPE"),
    ("definition", "A IAO:0000115"),
    ("references", ">A oboInOwl:hasDbXref SPLIT=|"),
    ("exact", "A oboInOwl:hasExactSynonym SPLIT=|"),
    ("broad", "A oboInOwl:hasBroadSynonym SPLIT=|"),
    ("narrow", "A oboInOwl:hasNarrowSynonym SPLIT=|"),
    ("related", "A oboInOwl:hasRelatedSynonym SPLIT=|"),
    ("parents", "SC % SPLIT=|"),
    ("parent_labels", ""),
    ("logic", ""),
)


def write(job: Job) -> None:
    """Write ``template.tsv``, ``requests.md`` and, for a target that has a table for many of them, ``bulk.tsv``."""
    from dystonia_kg.reasoning.definitions import manchester_definitions
    from dystonia_kg.reasoning.session import axioms_of

    gaps = Gaps(job.model, find_target(job.bridge or ""))
    offered = [one for one in gaps.found if one.decision.offered]
    iris = [job.source.original(one.term.iri) for one in offered]
    page = _Page(job, gaps.target, manchester_definitions(axioms_of(job.source.store), iris) if iris else {})
    with job.folder.open("template.tsv") as file:
        heads = ["\t".join(column) for column in zip(*_TEMPLATE, strict=True)]
        file.write("\n".join((*heads, *page.rows(offered, [field for field, _ in _TEMPLATE]))) + "\n")
    if gaps.target.bulk:
        with job.folder.open("bulk.tsv") as file:
            head = "\t".join(header for header, _ in gaps.target.bulk)
            file.write("\n".join((head, *page.rows(offered, [field for _, field in gaps.target.bulk]))) + "\n")
    with job.folder.open("requests.md") as file:
        file.write("\n".join(page.report(gaps.found)) + "\n")
    job.tally.wrote("requests", len(offered))
    for one in gaps.found:
        if not one.decision.offered:
            job.tally.left_out("requests", one.decision.why)


class _Page:
    def __init__(self, job: Job, target: Target, logic: dict[str, tuple[str, ...]]) -> None:
        self._job = job
        self._target = target
        self._logic = logic
        self._model = job.model

    # ------------------------------------------------------------------ tables

    def rows(self, lacking: list[Lacking], fields: list[str]) -> Iterator[str]:
        """Yield a line of a table for each class."""
        children = self._children(lacking)
        for one in lacking:
            cells = self._cells(one, children.get(one.term.iri, []))
            yield "\t".join(tsv_cell(cells.get(field, ""), f"request for {one.term.curie}") for field in fields)

    def _cells(self, one: Lacking, children: list[Lacking]) -> dict[str, str]:
        term, logic = one.term, self._logic.get(self._job.source.original(one.term.iri), ())
        scopes = ("exact", "broad", "narrow", "related")
        synonyms = {scope: [s.text for s in term.synonyms if s.scope == scope] for scope in scopes}
        return {
            "id": term.curie,
            "identifier": term.curie,
            "label": term.label,
            "type": "owl:Class",
            "definition": term.definition or "",
            "references": self._joined(self.references(one), one),
            "synonyms": self._joined(synonyms["exact"], one),
            **{scope: self._joined(texts, one) for scope, texts in synonyms.items()},
            "parents": self._joined([curie(iri) for iri in one.parents], one),
            "parent_labels": self._joined([self.label(iri) for iri in one.parents], one),
            "children": self._joined([child.term.curie for child in children], one),
            "children_labels": self._joined([child.term.label for child in children], one),
            "logic": "; ".join(logic),
            "remarks": "; ".join(logic),
        }

    def _joined(self, values: list[str], one: Lacking) -> str:
        for value in values:
            if "|" in value:
                raise refuse(value, "holds a |", f"request for {one.term.curie}")
        return "|".join(values)

    def _children(self, lacking: list[Lacking]) -> dict[str, list[Lacking]]:
        found: dict[str, list[Lacking]] = {}
        for one in lacking:
            for parent in one.parents:
                found.setdefault(parent, []).append(one)
        return found

    # ------------------------------------------------------------------ the page

    def report(self, found: tuple[Lacking, ...]) -> Iterator[str]:
        """Yield the lines of the page."""
        offered = [one for one in found if one.decision.offered]
        yield f"# New terms for {self._target.title}"
        yield ""
        yield f"Concepts of the dystonia ontology ({self._job.source.version}) of which it has no equal, by mapping."
        yield f"Requests go to {self._target.tracker}, one section each; `template.tsv` has them as a ROBOT template."
        for one in offered:
            yield from ("", *self._section(one))
        others = [one for one in found if not one.decision.offered]
        if others:
            yield from ("", "## Not requested", "", "| class | why | elsewhere |", "|---|---|---|")
            yield from map(self._refusal, others)

    def _section(self, one: Lacking) -> Iterator[str]:
        term = one.term
        yield f"## {_text(term.label)}"
        yield ""
        yield f"- **Identifier here:** {term.curie}" + (f" ({term.accession})" if term.accession else "")
        yield f"- **Definition:** {_text(term.definition or 'none')}"
        yield f"- **References:** {', '.join(self.references(one)) or 'none'}"
        yield f"- **Parents:** {', '.join(f'{_text(self.label(iri))} ({curie(iri)})' for iri in one.parents) or 'none'}"
        for line in self._logic.get(self._job.source.original(term.iri), ()):
            yield f"- **Logical definition:** `{line.replace('`', '')}`"
        if term.synonyms:
            yield "- **Synonyms:** " + "; ".join(f"{_text(s.text)} ({s.scope})" for s in term.synonyms)
        for mapping in one.near:
            remark = f": {_text(mapping.comment)}" if mapping.comment else ""
            what = f"{curie(mapping.object)}, {mapping.predicate}"
            yield f"- **Nearest there:** {_text(mapping.object_label or '')} ({what}){remark}"

    def _refusal(self, one: Lacking) -> str:
        why = _text(one.decision.why) + (f" ({one.decision.reference})" if one.decision.reference else "")
        elsewhere = ""
        if one.decision.instead:
            title = find_target(one.decision.instead).title
            has = f"has it: {curie(one.elsewhere)}" if one.elsewhere else "is offered it"
            elsewhere = f"{title} {has}"
        return f"| {_text(one.term.label)} ({one.term.curie}) | {why} | {elsewhere} |"

    def references(self, one: Lacking) -> list[str]:
        """Return what the publications behind a definition are known by elsewhere: PMID, DOI ..."""
        known = set(self._model.publication_iris)
        sources = one.term.definition_sources or one.term.sources
        found = {self._model.publication(iri).reference for iri in sources if iri in known}
        return sorted(name for name in found if not name.startswith("ref:"))

    def label(self, iri: str) -> str:
        """Return the label of a class of ours or of the target."""
        label = self._model.label(self._job.source.original(iri))
        if label != curie(iri):
            return label
        return self._target.labels().get(iri) or self._mapped.get(iri) or label

    @cached_property
    def _mapped(self) -> dict[str, str]:
        return {m.object: m.object_label for m in self._model.mappings() if m.object_label}


def _text(text: str) -> str:
    """Return a text as Markdown shows it, in one line."""
    shown = " ".join(text.split())
    for char in "\\`*_[]<>|":
        shown = shown.replace(char, "\\" + char)
    return shown
