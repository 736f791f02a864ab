"""Justifications by analogy: what is explained of one class explains the same of another that is built alike.

If the axioms of a justification, with some names exchanged one to one for others, stand in the ontology too, they
justify the statement with those names exchanged, and as minimally: entailment does not depend on names. Hundreds of
disorders that differ in their gene alone need the reasoner once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

_NAME = re.compile(r"<[^>]*>")
_ON_A_CLASS = ("SubClassOf(<", "EquivalentClasses(<")


class _Known(NamedTuple):
    sub: str
    axioms: list[str]


class Analogies:
    """The justifications that were found in an ontology, and what they say of other classes.

    :param axioms: the axioms of the ontology, in functional syntax without annotations
    """

    def __init__(self, axioms: Iterable[str]) -> None:
        self._axioms = list(axioms)
        self._numbers = {text: number for number, text in enumerate(self._axioms)}
        self._by_name: dict[str, list[str]] = {}
        for text in self._axioms:
            if text.startswith(_ON_A_CLASS):
                self._by_name.setdefault(_NAME.findall(text)[0], []).append(text)
        self._known: dict[str, list[_Known]] = {}

    def find(self, axiom: Any) -> list[int] | None:
        """Return the numbers of the axioms that justify a subclass axiom; None if nothing like it is known."""
        text = str(axiom.toString())
        if text in self._numbers:
            return [self._numbers[text]]
        sub, key = _key(text)
        for known in self._known.get(key, ()):
            renamed = self._renamed(known, sub, key)
            if renamed is not None:
                return [self._numbers[one] for one in renamed]
        return None

    def keep(self, axiom: Any, justification: Iterable[Any]) -> None:
        """Remember a justification."""
        sub, key = _key(str(axiom.toString()))
        texts = [str(one.getAxiomWithoutAnnotations().toString()) for one in justification]
        self._known.setdefault(key, []).append(_Known(sub, texts))

    def _renamed(self, known: _Known, sub: str, key: str) -> list[str] | None:
        names = {known.sub: sub}
        for text in known.axioms:
            if known.sub in text and not self._match(text, known.sub, sub, names):
                return None
        fixed = set(_NAME.findall(key))
        inside = {name for text in known.axioms for name in _NAME.findall(text)}
        one_to_one = len(set(names.values())) == len(names) and not set(names.values()) & (inside - set(names))
        if not one_to_one or fixed & {*names, *names.values()}:
            return None
        renamed = [_NAME.sub(lambda match: names.get(match[0], match[0]), text) for text in known.axioms]
        return renamed if all(text in self._numbers for text in renamed) else None

    def _match(self, text: str, old: str, new: str, names: dict[str, str]) -> bool:
        """Find the axiom on ``new`` that is built like one on ``old``, and what its other names stand for."""
        if _NAME.sub(lambda match: names.get(match[0], match[0]), text) in self._numbers:
            return True
        skeleton, ours = _NAME.sub("<>", text), _NAME.findall(text)
        for other in self._by_name.get(new, ()):
            if _NAME.sub("<>", other) != skeleton:
                continue
            different = {(a, b) for a, b in zip(ours, _NAME.findall(other), strict=True) if names.get(a, a) != b}
            olds = [a for a, _ in different]
            if len(set(olds)) == len(olds) and not set(olds) & set(names):
                names.update(different)
                return True
        return False


def _key(text: str) -> tuple[str, str]:
    """Return the subclass of an axiom, and the axiom without it."""
    sub = _NAME.findall(text)[0]
    return sub, text.replace(sub, "<>", 1)
