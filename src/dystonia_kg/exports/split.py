"""A split of triples for machine learning from which nothing leaks: no held-out triple can be read off the others.

A triple is held out only if it does not follow from those between other pairs of entities. What may follow from what is
told by :class:`Rules`, and is taken widely: rather a triple too few is held out than one that leaks.

- All triples between the same two entities, in either direction, stay together, so that neither an inverse, a symmetric
  relation, a duplicate nor a narrower relation gives one away.
- A triple which follows along the hierarchy is trained on: from a class above (what every focal dystonia has, cervical
  dystonia has), to a class above (what affects the neck affects a body region), along a transitive relation or a chain.
- Each entity and each relation that is held out is in the training part too.

Which triples are held out is settled by a hash of the seed and the triple, not by chance or order: the same graph gives
the same split everywhere, and a graph that grows keeps most of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Rules:
    """What may follow from what.

    :param steps: relations along which another triple may be carried: the hierarchy, transitive relations, parts of
        chains
    :param narrower: for a relation, those from which it may follow; itself need not be among them
    :param inverse: for a relation, those that say the same the other way round; a symmetric one is its own inverse
    """

    steps: frozenset[str] = frozenset()
    narrower: Mapping[str, frozenset[str]] = field(default_factory=dict)
    inverse: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Split:
    """The parts; ``kept_back`` counts triples that no part but the training one may have, by the reason."""

    train: tuple[Triple, ...]
    valid: tuple[Triple, ...]
    test: tuple[Triple, ...]
    kept_back: Mapping[str, int]


def split(
    triples: Iterable[Triple],
    rules: Rules,
    *,
    valid: float = 0.1,
    test: float = 0.1,
    seed: int = 0,
    trained: Collection[Triple] = (),
) -> Split:
    """Return the parts of a set of triples; each holds at most its share, and less where more would leak.

    :param valid: the share of triples that are wanted for validation, from 0 to 1
    :param test: the share that is wanted for testing
    :param trained: triples that are in the training part in any case

    >>> parts = split([("a", "likes", "b"), ("b", "likes", "a"), ("a", "likes", "c"), ("c", "likes", "b")], Rules())
    >>> len(parts.train) + len(parts.valid) + len(parts.test)
    4
    """
    told = sorted(set(triples))
    trained = frozenset(trained)
    derivations = _Derivations(told, rules)
    degree = Counter(end for head, _, tail in told for end in (head, tail))
    uses = Counter(relation for _, relation, _ in told)
    wanted = {"test": int(len(told) * test), "valid": int(len(told) * valid)}
    parts: dict[str, list[Triple]] = {"train": [], "test": [], "valid": []}
    kept_back: Counter[str] = Counter()
    for group in sorted(_groups(told), key=lambda group: _rank(seed, group)):
        part = next((name for name, most in wanted.items() if len(parts[name]) + len(group) <= most), None)
        if part is not None and (reason := _reason(group, derivations, degree, uses, trained)):
            kept_back[reason] += len(group)
            part = None
        if part is not None:
            degree.subtract(end for head, _, tail in group for end in (head, tail))
            uses.subtract(relation for _, relation, _ in group)
        parts[part or "train"].extend(group)
    train, validation, testing = (tuple(sorted(parts[name])) for name in ("train", "valid", "test"))
    return Split(train, validation, testing, dict(sorted(kept_back.items())))


def _groups(told: Iterable[Triple]) -> list[list[Triple]]:
    """Put together what stands between the same two entities."""
    found: dict[tuple[str, str], list[Triple]] = {}
    for triple in told:
        head, _, tail = triple
        found.setdefault((min(head, tail), max(head, tail)), []).append(triple)
    return list(found.values())


def _rank(seed: int, group: list[Triple]) -> bytes:
    """Return where a group comes in the order; it depends on the two entities alone."""
    head, _, tail = group[0]
    return blake2b(f"{seed}\n{min(head, tail)}\n{max(head, tail)}".encode(), digest_size=16).digest()


def _reason(
    group: list[Triple],
    derivations: _Derivations,
    degree: Counter[str],
    uses: Counter[str],
    trained: frozenset[Triple],
) -> str | None:
    """Return why a group may not be held out; None if it may."""
    if not trained.isdisjoint(group):
        return "it, or another one between the same two, is to be trained on"
    ends = Counter(end for head, _, tail in group for end in (head, tail))
    if any(degree[end] - count < 1 for end, count in ends.items()):
        return "an entity would have no triple to train on"
    if any(uses[name] - count < 1 for name, count in Counter(r for _, r, _ in group).items()):
        return "a relation would have no triple to train on"
    if any(derivations.follows(triple) for triple in group):
        return "it follows from other triples"
    return None


class _Derivations:
    """What may follow from triples between other pairs of entities."""

    def __init__(self, told: list[Triple], rules: Rules) -> None:
        self._rules = rules
        self._wider: dict[str, set[str]] = {}
        for wide, narrow in rules.narrower.items():
            for relation in narrow:
                self._wider.setdefault(relation, set()).add(wide)
        self._says: dict[str, frozenset[tuple[str, bool]]] = {}
        self._next: dict[str, set[str]] = {}
        self._tails: dict[tuple[str, str], set[str]] = {}
        self._above: dict[str, frozenset[str]] = {}
        for head, relation, tail in told:
            for name, turned in self._same(relation):
                self._add(tail, name, head) if turned else self._add(head, name, tail)
        for name in {name for says in tuple(self._says.values()) for name, _ in says}:
            self._same(name)  # what was turned round may be turned back once it was carried along

    def _add(self, head: str, relation: str, tail: str) -> None:
        self._tails.setdefault((head, relation), set()).add(tail)
        if relation in self._rules.steps:
            self._next.setdefault(head, set()).add(tail)

    def _same(self, relation: str) -> frozenset[tuple[str, bool]]:
        """Return what a triple of a relation says of the same two entities, and whether the other way round."""
        if relation not in self._says:
            found, todo = {(relation, False)}, [(relation, False)]
            while todo:
                name, turned = todo.pop()
                new = {(wide, turned) for wide in self._wider.get(name, ())}
                new |= {(inverse, not turned) for inverse in self._rules.inverse.get(name, ())}
                todo.extend(new - found)
                found |= new
            self._says[relation] = frozenset(found)
        return self._says[relation]

    def follows(self, triple: Triple) -> bool:
        """Tell whether a triple, or the same the other way round, may follow from those of other pairs."""
        head, relation, tail = triple
        turned = [name for name, says in self._says.items() if (relation, True) in says]
        return self._derived(head, relation, tail) or any(self._derived(tail, name, head) for name in turned)

    def _derived(self, head: str, relation: str, tail: str) -> bool:
        """Look for: head, any steps, a triple of the relation, any steps, tail."""
        pair = {head, tail}
        for start in self.above(head):
            for end in self._tails.get((start, relation), ()):
                if {start, end} != pair and tail in self.above(end):
                    return True
        return False

    def above(self, entity: str) -> frozenset[str]:
        """Return an entity and all to which steps lead from it."""
        if entity not in self._above:
            found, todo = {entity}, [entity]
            while todo:
                new = self._next.get(todo.pop(), set()) - found
                found |= new
                todo.extend(new)
            self._above[entity] = frozenset(found)
        return self._above[entity]
