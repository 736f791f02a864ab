"""Why one class is below another, or related to it: what an explanation is, and how it reads."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from dystonia_kg.names import with_article
from dystonia_kg.reasoning.english import Clause, combine

if TYPE_CHECKING:
    from dystonia_kg.facts import Source
    from dystonia_kg.terms import Term

_NOTHING = "http://www.w3.org/2002/07/owl#Nothing"


class Reason(NamedTuple):
    """One axiom of a justification.

    ``text`` is the axiom in Manchester syntax with labels (a comment instead, where one that was generated is too long
    to read; ``full`` is the axiom itself), ``sources`` the publications on which it rests, ``place`` the file and line
    where it stands, ``clause`` what it says in words, ``functional`` the exact axiom in OWL's functional syntax.
    """

    text: str
    sources: tuple[Source, ...]
    place: str | None = None
    clause: Clause | None = None
    full: str = ""
    functional: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        data = {"axiom": self.text, "sources": [source.key for source in self.sources], "place": self.place}
        return data if self.full in ("", self.text) else {**data, "full": self.full}


class Explanation(NamedTuple):
    """Minimal sets of axioms from which a placement, or a relation, follows. Falsy if it does not follow.

    ``justifications`` holds all sets that were asked for, smallest first; ``reasons`` is the first of them. Without a
    ``predicate`` it is explained that ``sub`` is a subclass of ``sup``, with one that ``sub`` stands in it to ``sup``.
    """

    sub: Term
    sup: Term
    holds: bool
    reasons: tuple[Reason, ...]
    justifications: tuple[tuple[Reason, ...], ...] = ()
    predicate: Term | None = None

    def __bool__(self) -> bool:
        return self.holds

    @property
    def axioms(self) -> tuple[str, ...]:
        """The axioms of the first justification alone."""
        return tuple(reason.text for reason in self.reasons)

    @property
    def sources(self) -> tuple[Source, ...]:
        """All publications on which the axioms of the first justification rest."""
        return tuple(dict.fromkeys(source for reason in self.reasons for source in reason.sources))

    @property
    def claim(self) -> str:
        """What is explained, in words."""
        if self.sup.iri == _NOTHING:
            return f"nothing can be {with_article(self.sub.label)}"
        if self.predicate is not None:
            return f"every {self.sub.label} {self.predicate.label} some {self.sup.label}"
        return f"every {self.sub.label} is {with_article(self.sup.label)}"

    @property
    def in_words(self) -> str:
        """How the axioms of the first justification lead there, in one line of plain English."""
        return words_of(self.reasons, self.sub.iri, self.sup.iri)

    @property
    def sentence(self) -> str:
        """The explanation in one line of axioms."""
        if not self.holds:
            return f"It does not follow that {self.claim}."
        if not self.reasons:
            return f"{self.sub.label} and {self.sup.label} are the same."
        return f"{_capital(self.claim)}, because " + "; ".join(self.axioms) + "."

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: CURIEs, axioms with their sources and places, what they say in words."""
        data: dict[str, Any] = {
            "sub": self.sub.curie,
            "sup": self.sup.curie,
            "holds": self.holds,
            "because": [reason.to_dict() for reason in self.reasons],
            "in_words": self.in_words,
        }
        if self.predicate is not None:
            data["predicate"] = self.predicate.curie
        if len(self.justifications) > 1:
            data["justifications"] = [[reason.to_dict() for reason in group] for group in self.justifications]
        return data

    def __str__(self) -> str:
        if not self.holds or not self.reasons:
            return self.sentence
        lines = [f"{_capital(self.claim)}, because:"]
        for number, group in enumerate(self.justifications or (self.reasons,)):
            lines += [f"or, number {number + 1}:"] if number else []
            lines += _lines(group, self.sub.iri, self.sup.iri)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self.reasons:
            return f"<p>{escape(self.sentence)}</p>"
        items = "".join(
            f"<li>{escape(r.text)} <small>{escape(', '.join(s.key for s in r.sources))}</small></li>"
            for r in self.reasons
        )
        return f"<p>{escape(_capital(self.claim))}, because:</p><ol>{items}</ol><p>{escape(self.in_words)}</p>"


def words_of(reasons: tuple[Reason, ...], sub: str, sup: str) -> str:
    """Return what a justification says in words, in the order in which it leads from ``sub`` to ``sup``."""
    return combine((reason.clause for reason in reasons if reason.clause is not None), sub, sup)


def _lines(group: tuple[Reason, ...], sub: str, sup: str) -> list[str]:
    lines = []
    for number, reason in enumerate(group, 1):
        lines.append(f"  {number}. {reason.text}")
        notes = [f"sources: {', '.join(source.key for source in reason.sources)}"] if reason.sources else []
        notes += [reason.place] if reason.place else []
        if notes:
            lines.append(f"     {' | '.join(notes)}")
    words = words_of(group, sub, sup)
    return [*lines, f"  In words: {words}"] if words else lines


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
