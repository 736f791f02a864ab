"""What a target lacks of ours, found by mapping, and what of that is offered to it.

A row of ``ontology/exports/term_requests.tsv`` tells of a class, and of those below it, that it is offered to a target
or not, and why. The nearest rows count; where they differ, it is not offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.bridging.targets import find_target
from dystonia_kg.exports.mapping_tables import read_rows
from dystonia_kg.vocab import expand

if TYPE_CHECKING:
    from dystonia_kg.exports.bridging.targets import Target
    from dystonia_kg.exports.model import Model
    from dystonia_kg.exports.records import MappingRecord, TermRecord


class Decision(NamedTuple):
    """Whether a class is offered to a target, why, to which target instead, and where that was said."""

    offered: bool
    why: str
    instead: str | None
    reference: str | None


class Lacking(NamedTuple):
    """A class of ours of which the target has no equal.

    :param parents: IRIs, of the target's classes or of other classes of ours that are offered
    :param near: the mappings to classes of the target that are not the same
    :param elsewhere: the class in the other target that has it, where the decision names one
    """

    term: TermRecord
    decision: Decision
    parents: tuple[str, ...]
    near: tuple[MappingRecord, ...]
    elsewhere: str | None


class Gaps:
    """The gaps of one target.

    :raises ExportError: if nothing is known of what the target would take
    """

    def __init__(self, model: Model, target: Target) -> None:
        self._model = model
        self.target = target
        rows = [row for row in read_rows("term_requests") if row["bridge"] == target.name]
        if not rows:
            takers = ", ".join(sorted({row["bridge"] for row in read_rows("term_requests")}))
            raise ExportError(f"bridge={target.name!r}: there are no requests for new terms to it, but to {takers}")
        self._rules = {(expand(row["class"]), row["scope"]): row for row in rows}

    @cached_property
    def found(self) -> tuple[Lacking, ...]:
        """The classes that the target lacks, in order of their label."""
        lacking = [self._lacking(iri) for iri in self._decisions if self._equal(iri) is None]
        return tuple(sorted(lacking, key=lambda one: (one.term.label.lower(), one.term.iri)))

    def _lacking(self, iri: str) -> Lacking:
        term, decision = self._terms[iri], self._decisions[iri]
        near = tuple(m for m in term.mappings if self.target.owns(m.object))
        elsewhere = None
        if decision.instead:
            elsewhere = _equal(find_target(decision.instead), term)
        return Lacking(term, decision, self._parents(iri), near, elsewhere)

    @cached_property
    def _terms(self) -> dict[str, TermRecord]:
        """The classes of ours, by IRI in the store."""
        source = self._model.source
        found = ((source.original(term.iri), term) for term in self._model.terms())
        return {iri: term for iri, term in found if term.own and term.type == "class" and not term.deprecated}

    @cached_property
    def _decisions(self) -> dict[str, Decision]:
        found = {iri: self._decision(iri) for iri in self._terms}
        return {iri: decision for iri, decision in found.items() if decision is not None}

    def _decision(self, iri: str) -> Decision | None:
        above = self._model.hierarchy.above(iri)
        rules = {cls: rule for cls in {iri, *above} if (rule := self._rule(cls, iri)) is not None}
        nearest = [one for one in rules if not any(one in self._model.hierarchy.above(other) for other in rules)]
        rows = sorted((rules[cls] for cls in nearest), key=lambda row: (row["decision"], row["class"]))
        if not rows:
            return None
        row = rows[0]  # "decline" comes before "offer"
        return Decision(row["decision"] == "offer", row["why"], row["instead"] or None, row["reference"] or None)

    def _rule(self, cls: str, iri: str) -> dict[str, str] | None:
        """Return the row of a class that tells of another at or below it."""
        own = self._rules.get((cls, "this")) if cls == iri else None
        return own or self._rules.get((cls, "below"))

    # ------------------------------------------------------------------ what the target has

    def _equal(self, iri: str) -> str | None:
        term = self._terms.get(iri)
        return _equal(self.target, term) if term is not None else None

    def _parents(self, iri: str) -> tuple[str, ...]:
        words = self.target.parent_words
        mappings = (m for m in self._terms[iri].mappings if self.target.owns(m.object))
        told = {m.object for m in mappings if m.predicate == "broadMatch" or (words and words in (m.comment or ""))}
        found = told | set(self._climb(iri, set()))
        return tuple(sorted(found)) or ((self.target.root,) if self.target.root else ())

    def _climb(self, iri: str, seen: set[str]) -> Iterator[str]:
        """Yield the nearest classes above that the target has, or is offered too."""
        for parent in sorted(self._model.hierarchy.parents(iri) - seen):
            seen.add(parent)
            equal = self._equal(parent)
            decision = self._decisions.get(parent)
            if equal is not None or self.target.owns(parent):
                yield equal or parent
            elif decision is not None and decision.offered:
                yield self._model.source.iri(parent)
            else:
                yield from self._climb(parent, seen)


def _equal(target: Target, term: TermRecord) -> str | None:
    """Return the class of a target that is the same as ours, at the target's level, if a mapping names one."""
    words = target.present_words
    for mapping in filter(lambda one: target.owns(one.object), term.mappings):
        if mapping.predicate == "exactMatch" or (words and words in (mapping.comment or "")):
            return mapping.object
    return None
