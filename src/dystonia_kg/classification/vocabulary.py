"""The names by which a case may speak of regions, tasks, features and the rest, and the hierarchy above each term."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from dystonia_kg.errors import AmbiguousTermError, UnknownPrefixError, UnknownTermError
from dystonia_kg.names import fold
from dystonia_kg.vocab import contract, expand, is_iri
from dystonia_kg.walk import reached

_SHOWN = 6


class Place(NamedTuple):
    """What a name of a region means: a class of regions, and the part of the body that was meant, if it is finer."""

    region: str
    part: str | None


class Vocabulary:
    """The terms of ``classifier.json``.

    :param data: its content
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.terms: Mapping[str, Mapping[str, Any]] = data["terms"]
        self.regions: Mapping[str, list[int]] = data["regions"]["classes"]
        self._sides: Mapping[str, list[str]] = data["regions"]["sides"]
        self._elements: list[tuple[str, str | None]] = [tuple(e) for e in data["regions"]["elements"]]
        self._parts: Mapping[str, list[str]] = data["parts"]
        self._classes: Mapping[str, Any] = data["classes"]
        self._onsets: Mapping[str, Mapping[str, Any]] = data["onsets"]
        self.domains = {name: frozenset(terms) for name, terms in data["domains"].items()}
        self.domains["stated"] = frozenset(data["classes"])
        self.domains["region"] = frozenset(self.regions)
        self.domains["part of a region"] = frozenset(self._parts)
        self._aliases = _aliases(data)
        self._indexes: dict[str, tuple[dict[str, set[str]], ...]] = {}

    def label(self, term: str) -> str:
        """Return the label of a term; the term itself where it has none."""
        return str(self.terms[term]["n"]) if term in self.terms else term

    def above(self, term: str) -> frozenset[str]:
        """Return a term and the classes above it."""
        return self._above.get(term) or frozenset([term])

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        return {term: frozenset([term, *reached(term, self._nearest_above)]) for term in self.terms}

    def _nearest_above(self, term: str) -> list[str]:
        return list(self.terms.get(term, {}).get("a", ()))

    def wholes(self, term: str) -> frozenset[str]:
        """Return what a part of the body belongs to, itself included."""
        return frozenset([term, *self.terms.get(term, {}).get("w", ())])

    def find(self, name: object, domain: str, called: str | None = None) -> str:
        """Return the term of a domain that a name means.

        :param domain: a field of a case, "region", "part of a region" or "stated"
        :param called: how messages call the domain
        :raises UnknownTermError: with the three nearest names
        :raises AmbiguousTermError: with the candidates
        """
        found = self._find(name, self.domains[domain], domain)
        if len(found) == 1:
            return next(iter(found))
        shown = called or domain.replace("_", " ")
        if found:
            raise AmbiguousTermError(str(name), [f"{self.label(term)} ({term})" for term in sorted(found)[:_SHOWN]])
        raise UnknownTermError(f"{str(name)[:100]} (as {shown})", self.nearest(str(name), domain))

    def look(self, name: object, domain: str) -> str | None:
        """Return the term of a domain that a name means; None if it means none, or several."""
        found = self._find(name, self.domains[domain], domain)
        return next(iter(found)) if len(found) == 1 else None

    def knows(self, name: object, domain: str) -> bool:
        """Tell whether a name means a term of a domain."""
        return self.look(name, domain) is not None

    def _find(self, name: object, among: frozenset[str], domain: str) -> set[str]:
        if not isinstance(name, str):
            return set()
        text = name.strip()
        if text in among:
            return {text}
        identifier = _identifier(text)
        if identifier in among:
            return {identifier}
        folded = fold(text)
        return next(filter(None, (index.get(folded) for index in self._index(domain))), set())

    def _index(self, domain: str) -> tuple[dict[str, set[str]], ...]:
        """Return the terms of each name, by rank: a name gives way to any of a rank before it."""
        if domain not in self._indexes:
            made: tuple[dict[str, set[str]], ...] = ({}, {}, {}, {})
            for term in self.domains[domain]:
                for index, names in zip(made, self._ranked(term, domain), strict=True):
                    for name in names:
                        index.setdefault(fold(name), set()).add(term)
            self._indexes[domain] = made
        return self._indexes[domain]

    def _ranked(self, term: str, domain: str) -> tuple[list[str], ...]:
        """Return our exact names of a term and our looser ones, then the exact and looser ones of upstream."""
        entry, foreign = self.terms[term], self.terms[term].get("u", False)
        loose = [*entry.get("r", ()), *self._aliases.get((domain, term), ())]
        upstream = [*([entry["n"]] if foreign else []), *entry.get("ux", ())]
        return [] if foreign else self.names(term), loose, upstream, [*entry.get("ur", ())]

    def names(self, term: str) -> list[str]:
        """Return the names that a term alone has: label, exact synonyms of ours, and its local name in words."""
        entry = self.terms[term]
        local = term.removeprefix("dyst:")
        return [entry["n"], *entry.get("x", ()), *([local, in_words(local)] if local != term else [])]

    def nearest(self, name: str, domain: str, count: int = 3) -> list[str]:
        """Return the labels of the terms whose names are most like a name."""
        from difflib import SequenceMatcher

        folded = fold(name[:100])
        best: dict[str, float] = {}
        for term in sorted(self.domains[domain]):
            entry = self.terms[term]
            for other in (*self.names(term), *(name for kind in ("r", "ux", "ur") for name in entry.get(kind, ()))):
                score = SequenceMatcher(None, folded, fold(other)).ratio()
                best[self.label(term)] = max(score, best.get(self.label(term), 0.0))
        return sorted(best, key=lambda label: (-best[label], label))[:count]

    # ------------------------------------------------------------------ regions and ages

    def place(self, name: object) -> Place:
        """Return the region that a name means: a region, a half of one, a part of one, or wider than one.

        :raises UnknownTermError: with the nearest names
        """
        found = self._place(name)
        if found is None:
            self.find(name, "region", "body region")  # raises, with the nearest
            raise UnknownTermError(f"{str(name)[:100]} (as body region)", self.nearest(str(name), "region"))
        return found

    def _place(self, name: object) -> Place | None:
        if self.knows(name, "region"):
            return Place(self.find(name, "region"), None)
        if self.knows(name, "part of a region"):
            part = self.find(name, "part of a region")
            return Place(self._parts[part][0], part) if len(self._parts[part]) == 1 else None
        return self._sided_place(name)

    def _sided_place(self, name: object) -> Place | None:
        words = fold(name).split() if isinstance(name, str) else []
        for side, names in self._sides.items():
            if len(words) > 1 and words[0] in (fold(n) for n in names):
                whole = self._place(" ".join(words[1:]))
                half = whole and self.half(whole.region, side)
                return Place(half, whole.part) if whole and half else None
        return None

    def half(self, region: str, side: str) -> str | None:
        """Return the class of a region's elements on one side, if it has a name."""
        wanted = {n for n in self.regions[region] if self._elements[n][1] == side}
        named = [name for name, members in self.regions.items() if set(members) == wanted]
        return min(named) if wanted and named else None

    def side(self, word: str) -> str | None:
        """Return the side of the body that a word means."""
        folded = fold(word)
        return next((side for side, names in self._sides.items() if folded in map(fold, names)), None)

    def onset(self, name: str) -> tuple[float, float | None] | None:
        """Return the first age of a period of life and the age before which it ends.

        Periods are HPO's onset terms, with "onset" or without, and the values of age at onset, which come first where
        a bare word is the name of both.
        """
        identifier = _identifier(name.strip())
        if identifier in self._onsets:
            return self._onsets[identifier]["from"], self._onsets[identifier]["before"]
        return self._periods.get(fold(name))

    @cached_property
    def _periods(self) -> dict[str, tuple[float, float | None]]:
        whole = {fold(entry["n"]): (entry["from"], entry["before"]) for entry in self._onsets.values()}
        bare = {name.removesuffix(" onset"): ages for name, ages in whole.items()}
        values = {}
        for entry in self._classes.values():
            facets = _only_ages(entry["definition"]) if entry["values_of"] else None
            if facets is not None:
                for name in (entry["label"], entry["short"]):
                    values[fold(name or "")] = facets.get(">=", 0.0), facets.get("<")
        return {**bare, **values, **whole}


def _aliases(data: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Return the names of the values that are defined by one statement, as names of what is stated: "paroxysmal"."""
    fields = {prop: name for name, props in data["fields"].items() for prop in props}
    found: dict[tuple[str, str], list[str]] = {}
    for term, entry in data["classes"].items():
        parts = (entry["definition"] or [None])[1:]
        stated = [part for part in parts if part[0] == "some" and len(part[2]) == 1]
        plain = all(part[0] in ("some", "top", "is") for part in parts)
        if entry["values_of"] and len(stated) == 1 and plain and stated[0][1] in fields:
            other = data["terms"].get(term, {})
            names = [n for n in (entry["short"], entry["label"], *other.get("x", ()), *other.get("r", ())) if n]
            found.setdefault((fields[stated[0][1]], stated[0][2][0]), []).extend(names)
    return found


def _only_ages(tree: list[Any] | None) -> dict[str, float] | None:
    """Return the bounds of a definition that asks for nothing but an age."""
    parts = [part for part in (tree or [])[1:] if part != ["top"]]
    return dict(parts[0][1]) if len(parts) == 1 and parts[0][0] == "age" else None


def in_words(name: str) -> str:
    """Return a local name in words.

    >>> in_words("LeftUpperLimb"), in_words("DYT_TOR1A")
    ('left upper limb', 'DYT TOR1A')
    """
    if "_" in name or name.isupper():
        return name.replace("_", " ")
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def _identifier(text: str) -> str:
    """Return the CURIE that an IRI or a CURIE in any spelling of its prefix means; the text itself otherwise."""
    if is_iri(text):
        return contract(text) or text
    if ":" in text and " " not in text:
        try:
            return contract(expand(text)) or text
        except (UnknownPrefixError, ValueError):
            return text
    return text
