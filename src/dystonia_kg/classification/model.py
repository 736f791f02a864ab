"""The compiled ontology in memory: the classes that can be answered for, as formulas over what a case states."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from dystonia_kg.classification.ages import AgeSpace
from dystonia_kg.classification.formula import Formula, Known, Simplifier, Truth, decide, kleene, leaves
from dystonia_kg.classification.roles import Condition, Roles
from dystonia_kg.classification.space import RegionSpace
from dystonia_kg.classification.vocabulary import Vocabulary
from dystonia_kg.errors import ReleaseError

if TYPE_CHECKING:
    from pyoxigraph import Store

    from dystonia_kg.release import Release

FILE = "classifier.json"
_BY_VALUE = ("variability",)  # fields in which the name of a value may stand for what makes it hold


class Entry(NamedTuple):
    """A class: ``lower`` suffices for it (False where it has no definition), ``upper`` is what it asks for."""

    id: str
    label: str
    short: str | None
    kind: str
    about: str
    lower: Formula
    upper: Formula
    exact: bool
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """How the class is called where its dimension is understood."""
        return self.short or self.label


class Dimension(NamedTuple):
    """A dimension of an edition; ``values`` are classes."""

    id: str
    name: str
    label: str
    edition: str
    axis: str
    axis_label: str
    parent: str | None
    values: tuple[str, ...]
    data: Mapping[str, Any]


class Model:
    """Everything that is needed to classify.

    :param data: the content of ``classifier.json``
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.vocabulary = Vocabulary(data)
        self.space = RegionSpace(data["regions"])
        self.roles = Roles(data, self.vocabulary)
        self.ages = AgeSpace(_boundaries(data))
        self._make = Simplifier(self.space.all, self.ages.all)
        self._unfolded: dict[str, Formula] = {}
        self.base = self._make.joined("and", [self._formula(tree) for tree in data["base"]])
        self.entries = {iri: self._entry(iri) for iri in data["classes"]}
        self.exclusive, self.unevaluated = self._exclusive()
        self.roles.close(self.exclusive)
        self.entries = {iri: e._replace(exact=self._is_exact(e)) for iri, e in self.entries.items()}
        self.dimensions = tuple(
            Dimension(**{k: d[k] for k in Dimension._fields[:7]}, values=tuple(d["values"]), data=d)
            for d in data["dimensions"]
        )
        self.nothing_known = self._start()
        self._wordings = lru_cache(maxsize=64)(self._find_wordings)

    @property
    def version(self) -> str:
        """The version of the release."""
        return str(self.data["version"])

    @property
    def editions(self) -> tuple[str, ...]:
        """The editions of the classification."""
        return tuple(dict.fromkeys(dimension.edition for dimension in self.dimensions))

    def truth(self, iri: str, known: Known) -> Truth:
        """Tell whether a class holds: in every completion of what is known, in none (False), or either (None)."""
        entry = self.entries[iri]
        if self._holds(entry.lower, known, entry.exact) is True:
            return True
        return False if self._holds(entry.upper, known, entry.exact) is False else None

    def _holds(self, formula: Formula, known: Known, exact: bool) -> Truth:
        return kleene(formula, known) if exact else decide(formula, known, self.roles.closed)

    def reference(self, key: str) -> str:
        """Return the citation of a publication."""
        return str(self.data["references"].get(key, key))

    # ------------------------------------------------------------------ formulas

    def _start(self) -> Known:
        known = Known(self.space.all, self.ages.all)
        parts = self.base[1] if isinstance(self.base, tuple) and self.base[0] == "and" else [self.base]
        for kind, bits in (part for part in parts if isinstance(part, tuple)):
            known = known._replace(regions=bits) if kind == "r" else known._replace(ages=bits)
        return known

    def _entry(self, iri: str) -> Entry:
        data = self.data["classes"][iri]
        lower = False if data["definition"] is None else self._class(iri)
        upper = self._make.joined("and", [self._definition(iri), *(self._formula(t) for t in data["necessary"])])
        return Entry(iri, data["label"], data["short"], data["kind"], data["about"], lower, upper, False, data)

    def _definition(self, iri: str) -> Formula:
        return True if self.data["classes"][iri]["definition"] is None else self._class(iri)

    def _class(self, iri: str) -> Formula:
        if iri not in self._unfolded:
            entry = self.data["classes"].get(iri)
            tree = entry and entry["definition"]
            self._unfolded[iri] = self._formula(tree or ["open", iri])
        return self._unfolded[iri]

    def _formula(self, tree: list[Any]) -> Formula:
        match tree[0]:
            case "top":
                return True
            case "is":
                return self._class(tree[1])
            case "and" | "or":
                return self._make.joined(tree[0], [self._formula(part) for part in tree[1:]])
            case "not":
                return self._make.negated(self._formula(tree[1]))
            case "affects":
                return self._make.leaf("r", self.space.counted(tree[1], tree[2], tree[3]))
            case "age":
                return self._make.leaf("a", self.ages.facets(tree[1]))
            case "some" | "only":
                return "s", self.roles.number(Condition(tree[0], tree[1], tuple(tree[2]), tree[3]))
        return "s", self.roles.number(Condition("open", "", (tree[1],), tree[1]))

    def _exclusive(self) -> tuple[list[tuple[int, int]], list[str]]:
        pairs, rest = [], list(self.data["unevaluated"])
        for one, other in self.data["exclusive"]:
            found = [self.entries[iri].lower for iri in (one, other)]
            if all(isinstance(f, tuple) and f[0] == "s" for f in found):
                pairs.append((found[0][1], found[1][1]))
            else:
                rest.append(f"disjoint: {one}, {other}")
        return pairs, rest

    def _is_exact(self, entry: Entry) -> bool:
        """Tell whether Kleene's logic is exact for an entry: its leaves are independent of each other."""
        found = leaves(entry.upper)
        kinds = [kind for kind, _ in found]
        numbers = [number for kind, number in found if kind == "s"]
        if kinds.count("r") > 1 or kinds.count("a") > 1 or len(set(numbers)) < len(numbers):
            return False
        return not any(self.roles.related(one, other) for one, other in combinations(numbers, 2))

    # ------------------------------------------------------------------ look-up

    def dimensions_of(self, edition: str) -> tuple[Dimension, ...]:
        """Return the dimensions of an edition in order."""
        return tuple(d for d in self.dimensions if d.edition == edition)

    def answered_for(self, edition: str) -> tuple[Dimension, ...]:
        """Return the dimensions of an edition that have an answer of their own: not by their parts."""
        wholes = {d.parent for d in self.dimensions}
        return tuple(d for d in self.dimensions_of(edition) if d.values or d.id not in wholes)

    @cached_property
    def readings(self) -> tuple[Entry, ...]:
        """The classes that stand for a value as some source has it."""
        return tuple(entry for entry in self.entries.values() if entry.kind == "reading")

    def wordings(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups that are wider than kinds of one value alone; naming a part that is involved is none."""
        return self._wordings(values)

    def _find_wordings(self, values: tuple[str, ...]) -> tuple[str, ...]:
        groups = [e for e in self.entries.values() if e.kind == "group" and not _only_names_one(e.data["definition"])]
        others = {iri: e for iri, e in self.entries.items() if e.kind != "reading"}
        kinds = {v: {iri for iri, e in others.items() if iri == v or v in e.data["above"]} for v in values}
        top = [v for v in values if not set(self.entries[v].data["above"]) & set(values)]
        found = []
        for group in groups:
            below = {iri for iri, e in others.items() if group.id in e.data["above"]}
            near = [v for v in top if (below & kinds[v]) and group.id not in kinds[v]]
            if len(near) == 1 and self.kinds(group.id) == self.kinds(near[0]):
                found.append(group.id)
        return tuple(found)

    def siblings(self, field: str) -> frozenset[str]:
        """Return the values that answer for what a field of a case states, some of them by way of another field."""
        relations = self.data["fields"].get(field, ())
        found: set[str] = set()
        for dimension in self.dimensions:
            numbers = {n for iri in dimension.values for kind, n in leaves(self.entries[iri].upper) if kind == "s"}
            asked = {self.roles.conditions[n].relation for n in numbers}
            if field in _BY_VALUE and asked.intersection(relations):
                found.update(dimension.values)
        return frozenset(found)

    def is_dystonia(self, term: str) -> bool:
        """Tell whether a term that may be named as a feature is a dystonia itself: a class, or a sign of HPO."""
        return term in self.entries or not self.vocabulary.above(term).isdisjoint(self.data["signs"])

    def kinds(self, iri: str) -> frozenset[str]:
        """Return what a class is about: "r" regions, "a" age, "s" other relations."""
        return self._kinds[iri]

    @cached_property
    def _kinds(self) -> dict[str, frozenset[str]]:
        return {iri: frozenset(kind for kind, _ in leaves(e.upper)) for iri, e in self.entries.items()}

    @cached_property
    def closed_fields(self) -> frozenset[str]:
        """The fields of which a case holds one value, which is then the only one."""
        return frozenset({"course", "family_history", "inheritance", "pathology"})


def _only_names_one(tree: list[Any] | None) -> bool:
    """Tell whether a definition says no more than that a region is affected or that one thing is so."""
    parts = [part for part in (tree or [])[1:] if isinstance(part, list) and part != ["top"]]
    return len(parts) == 1 and (parts[0][0] == "some" or parts[0][:3] == ["affects", 1, None])


def _boundaries(data: Mapping[str, Any]) -> Iterable[float]:
    trees = list(data["base"])
    for entry in data["classes"].values():
        trees += [tree for tree in (entry["definition"], *entry["necessary"]) if tree]
    for tree in trees:
        yield from _ages(tree)


def _ages(tree: list[Any]) -> Iterable[float]:
    if tree[0] == "age":
        yield from (years for _, years in tree[1])
    elif tree[0] in ("and", "or", "not"):
        for part in tree[1:]:
            yield from _ages(part)


def parse_model(content: bytes) -> Model:
    """Return the model that the bytes of a ``classifier.json`` describe.

    :raises ReleaseError: if they do not
    """
    try:
        return Model(json.loads(content))
    except (ValueError, KeyError, TypeError) as error:
        raise ReleaseError(f"{FILE} cannot be read ({error}): run 'dystonia-kg build'") from None


@lru_cache(maxsize=4)
def model_of(content: bytes) -> Model:
    """Return the model of some bytes; the last few are kept."""
    return parse_model(content)


def released_classifier(release: Release) -> bytes:
    """Return the ``classifier.json`` of a release; one made before there was such a file is compiled now."""
    if FILE in release.files:
        return release.read(FILE)
    from dystonia_kg.classification.compile import compile_classifier, read_hpo_terms, to_bytes

    return to_bytes(compile_classifier(release.store(), release.version, read_hpo_terms(release.folder.parent)))


def compiled(release: Release, store: Store | None = None) -> Model:
    """Return the model of a release, or of a store that holds more than the release does."""
    if store is None:
        return model_of(released_classifier(release))
    from dystonia_kg.classification.compile import compile_classifier, read_hpo_terms

    return Model(compile_classifier(store, release.version, read_hpo_terms(release.folder.parent)))


@lru_cache(maxsize=1)
def classifier_bytes() -> bytes:
    """Return the ``classifier.json`` that comes with the library: what an executor needs instead of an ontology."""
    from dystonia_kg.release import Release
    from dystonia_kg.resources import release_dir

    return released_classifier(Release(release_dir()))


def default_model() -> Model:
    """Return the model of the bundled release."""
    return model_of(classifier_bytes())
