"""From the ontology to ``classifier.json``: all that is needed to classify, and no more.

Every class of presentations or disorders that has a definition, or is a named syndrome, becomes a tree over what can be
stated of a case. Nothing here knows a region, an age, a value or a disorder: all of it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from dystonia_kg.classification.owl import REGION, Node, Owl, Reader, curie
from dystonia_kg.names import is_foreign
from dystonia_kg.vocab import DYST, PREFIXES

_OWL, _RDFS, _DCT = PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["dcterms"]
_SUBCLASS, _EQUIVALENT, _DISJOINT = _RDFS + "subClassOf", _OWL + "equivalentClass", _OWL + "disjointWith"
_DEFINITION = PREFIXES["IAO"] + "0000115"
_PART_OF = PREFIXES["BFO"] + "0000050"
_DYSTONIA, _DISORDER = DYST + "Dystonia", DYST + "DystoniaDisorder"
_SYNDROME = DYST + "DystoniaSyndrome"
_NOTES = ("convention", "conflict", "alternative", "notEstablished")

# What a case states, and the relation that the statement is about. Fields of a case, not medicine.
FIELDS: dict[str, tuple[str, ...]] = {
    "course": (DYST + "hasCourse",),
    "variability": (DYST + "hasVariability",),
    "task": (DYST + "isEvokedBy",),
    "features": (DYST + "coOccursWith",),
    "signs": (DYST + "hasSign",),
    "triggers": (DYST + "isActivatedBy",),
    "parts": (DYST + "involves",),
    "family_history": (DYST + "hasFamilyOccurrence",),
    "gene": (PREFIXES["RO"] + "0004003",),
    "inheritance": (DYST + "hasInheritance",),
    "cause": (DYST + "isCausedBy", DYST + "hasEtiologicalStatus"),
    "pathology": (DYST + "hasPathology",),
}
# Phenotypes of HPO are manifestations too, though most stand beside the classes of the ontology.
_ALSO = {"features": (PREFIXES["HP"] + "0000118",)}


def compile_classifier(store: Store, version: str, hpo: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the content of ``classifier.json`` for an ontology with its inferred hierarchy.

    :param store: the named graphs of a release
    :param hpo: what terms of HPO say, as :func:`read_hpo_terms` gives it
    """
    owl = Owl(store)
    compiler = _Compiler(owl)
    classes = compiler.classes()
    domains = compiler.domains()
    wanted = {term for terms in domains.values() for term in terms} | set(compiler.region_terms())
    wanted |= set(compiler.candidates) | set(compiler.part_regions())
    found = {
        "version": version,
        "regions": compiler.region_table(),
        "parts": {curie(part): [curie(r) for r in regions] for part, regions in compiler.part_regions().items()},
        "base": compiler.base(),
        "classes": classes,
        "dimensions": compiler.dimensions(),
        "crosswalk": compiler.crosswalk(),
        "fields": {name: [curie(p) for p in props] for name, props in FIELDS.items()},
        "ranges": {curie(p): sorted(map(curie, compiler.ranges(p))) for props in FIELDS.values() for p in props},
        "domains": {name: sorted(map(curie, terms)) for name, terms in sorted(domains.items())},
        "properties": compiler.properties(),
        "terms": compiler.terms(wanted),
        "disjoint": compiler.disjoint(wanted),
        "exclusive": compiler.exclusive(),
        "disorders": compiler.disorders(),
        "claims": compiler.claims(),
        **(hpo or {"onsets": {}, "signs": []}),
        "unevaluated": sorted({text for entry in classes.values() for text in _open_parts(entry)}),
    }
    return {**found, "references": compiler.references(found)}


def read_hpo_terms(root: Path) -> dict[str, Any]:
    """Return what the table below ``root/cases`` says of terms of HPO.

    ``onsets`` are periods of life: label, first age, and the age before which they end; ``signs`` are the terms that
    say more of a dystonia than that there is one.
    """
    table = root / "cases" / "hp_reading.tsv"
    lines = table.read_text(encoding="utf-8").splitlines() if table.is_file() else ["term"]
    header, *rest = [line.split("\t") for line in lines if not line.startswith("#")]
    rows = [dict(zip(header, line, strict=False)) for line in rest]
    return {
        "onsets": {
            row["term"]: {"n": row["label"], "from": float(row["from_years"]), "before": _number(row["before_years"])}
            for row in rows
            if row["from_years"]
        },
        "signs": sorted(row["term"] for row in rows if row["says"] and row["says"] != curie(_DYSTONIA)),
    }


def _number(text: str) -> float | None:
    return float(text) if text else None


def as_classifier(graphs: Mapping[str, Iterable[Triple]], version: str, root: Path) -> bytes:
    """Return the bytes of ``classifier.json`` for the named graphs of a release.

    :param root: the folder of the sources
    """
    store = Store()
    for name, triples in graphs.items():
        store.extend(Quad(t.subject, t.predicate, t.object, NamedNode(name)) for t in triples)
    return to_bytes(compile_classifier(store, version, read_hpo_terms(root)))


def to_bytes(data: Mapping[str, Any]) -> bytes:
    """Return compiled content as JSON, one part a line, the same each time."""
    parts = (f"{json.dumps(k)}:{json.dumps(v, ensure_ascii=False, separators=(',', ':'))}" for k, v in data.items())
    return ("{" + ",\n".join(parts) + "}\n").encode()


def _open_parts(entry: dict[str, Any]) -> Iterable[str]:
    for tree in (entry["definition"], *entry["necessary"]):
        if tree:
            yield from _leaves(tree)


def _leaves(tree: Node) -> Iterable[str]:
    if tree[0] == "open":
        yield tree[1]
    elif tree[0] in ("and", "or", "not"):
        for part in tree[1:]:
            yield from _leaves(part)


def _youngest(entry: dict[str, Any]) -> float:
    """Return the lowest age that a definition names, so that periods of life come in their order."""
    ages = [part for part in (entry["definition"] or [])[1:] if isinstance(part, list) and part[0] == "age"]
    return min((years for part in ages for facet, years in part[1] if facet[0] == ">"), default=0.0)


class _Compiler:
    def __init__(self, owl: Owl) -> None:
        self.owl = owl
        self.genera = set(owl.above(_DYSTONIA) | owl.above(_DISORDER)) | {_SYNDROME}
        self.reader = Reader(owl, self.genera)
        self.candidates = self._candidates()

    def _candidates(self) -> list[str]:
        """Return the classes that are answered for: defined ones and named syndromes."""
        below = self.owl.below(_DYSTONIA) | self.owl.below(_DISORDER)
        named = self.owl.below(_SYNDROME) - {_SYNDROME}
        defined = {iri for iri in below if self.owl.objects(iri, _EQUIVALENT)}
        alive = {iri for iri in defined | named if not self.owl.texts(iri, _OWL + "deprecated")}
        return sorted(alive - self.genera)

    def classes(self) -> dict[str, Any]:
        return {curie(iri): self._class(iri) for iri in self.candidates}

    def _class(self, iri: str) -> dict[str, Any]:
        owl = self.owl
        equivalents = owl.objects(iri, _EQUIVALENT)
        trees = [self.reader.read(node) for node in equivalents]
        entry: dict[str, Any] = {
            "label": owl.label(iri),
            "kind": self._kind(iri),
            "about": "disorder" if _DISORDER in owl.above(iri) else "presentation",
            "definition": None if not trees else trees[0] if len(trees) == 1 else ["and", *trees],
            "axiom": " and ".join(self.reader.text(node) for node in equivalents),
            "necessary": self._necessary(iri),
            "values_of": [curie(d) for d in owl.named(iri, DYST + "isValueOf")],
            "above": [curie(c) for c in sorted(owl.above(iri) - self.genera - {iri}) if c in self.candidates],
            "sources": [curie(s) for s in owl.named(iri, _DCT + "source")],
            "words": next(iter(owl.texts(iri, _DEFINITION)), ""),
            "order": next(iter(owl.texts(iri, _DCT + "identifier")), ""),
        }
        reading = [curie(value) for value in owl.named(iri, DYST + "readingOf")]
        short = max(owl.texts(iri, DYST + "shortName"), key=len, default=None)  # the others abbreviate it
        notes = {name: owl.texts(iri, DYST + name) for name in _NOTES}
        return {**entry, "short": short, **{k: v for k, v in {**notes, "reading_of": reading}.items() if v}}

    def _kind(self, iri: str) -> str:
        if self.owl.objects(iri, DYST + "isValueOf"):
            return "value"
        if self.owl.objects(iri, DYST + "readingOf"):
            return "reading"
        return "syndrome" if _SYNDROME in self.owl.above(iri) else "group"

    def _necessary(self, iri: str) -> list[Node]:
        """Return what the superclass axioms of a class ask for beside its definition."""
        found = [self.reader.read(t) for t in self.owl.objects(iri, _SUBCLASS) if isinstance(t, BlankNode)]
        if not self.owl.objects(iri, _EQUIVALENT):
            above = sorted(self.owl.above(iri) - {iri} - self.genera)
            found += [["is", curie(sup)] for sup in above if sup in self.candidates]
        return sorted(found, key=repr)

    def base(self) -> list[Node]:
        """Return what holds of every presentation, beside each region being affected at most once."""
        trees = [self.reader.read(t) for t in self.owl.objects(_DYSTONIA, _SUBCLASS) if isinstance(t, BlankNode)]
        return sorted((tree for tree in trees if not (tree[0] == "affects" and tree[1] == 0)), key=repr)

    # ------------------------------------------------------------------ regions

    def region_terms(self) -> list[str]:
        """Return every class of regions that a case may name."""
        return sorted(self.owl.below(REGION) - {REGION})

    def region_table(self) -> dict[str, Any]:
        reader = self.reader.regions
        named = {curie(iri): reader.members(NamedNode(iri)) for iri in [REGION, *self.region_terms()]}
        return {
            "regions": [curie(region) for region in reader.regions],
            "sides": {curie(side): self._side_names(side) for side in reader.sides},
            "elements": [[curie(region), side and curie(side)] for region, side in reader.elements],
            "classes": {name: members for name, members in sorted(named.items()) if members},
        }

    def _side_names(self, side: str) -> list[str]:
        return [*self.owl.texts(side, DYST + "shortName"), self.owl.label(side)]

    def part_regions(self) -> dict[str, list[str]]:
        """Return the parts of the body that lie within a region, and the narrowest classes of regions for each."""
        regions = set(self.region_terms())
        found: dict[str, set[str]] = {}
        for region in regions:
            for part in self.owl.subjects(_PART_OF, region):
                if part not in regions:
                    found.setdefault(part, set()).add(region)
        return {part: sorted(self._narrowest(wholes)) for part, wholes in sorted(found.items())}

    def _narrowest(self, classes: set[str]) -> set[str]:
        return {one for one in classes if not any(one in self.owl.above(other) - {other} for other in classes)}

    # ------------------------------------------------------------------ the scheme

    def dimensions(self) -> list[dict[str, Any]]:
        found = []
        for iri in self.owl.subjects(PREFIXES["rdf"] + "type", DYST + "Dimension"):
            axis = self.owl.named(iri, DYST + "onAxis")[0]
            edition = self.owl.named(axis, DYST + "ofEdition")[0]
            parent = next(iter(self.owl.named(iri, DYST + "subDimensionOf")), None)
            short = self.owl.texts(iri, DYST + "shortName")
            label, year = self.owl.label(iri), self.owl.texts(edition, DYST + "shortName")[0]
            found.append({
                "id": curie(iri), "label": label, "name": short[0] if short else label.removesuffix(f" ({year})"),
                "edition": year, "axis": curie(axis), "axis_label": self.owl.label(axis),
                "parent": parent and curie(parent), "order": self._order(iri, axis, parent),
                "values": self._values(iri), "words": next(iter(self.owl.texts(iri, _DEFINITION)), ""),
                **{name: self.owl.texts(iri, DYST + name) for name in _NOTES if self.owl.texts(iri, DYST + name)},
            })  # fmt: skip
        return sorted(found, key=lambda d: (d["edition"], d["order"]))

    def _order(self, iri: str, axis: str, parent: str | None) -> list[int]:
        nodes = [axis, parent, iri] if parent else [axis, iri]
        return [int(next(iter(self.owl.texts(node, DYST + "position")), "0")) for node in nodes]

    def _values(self, iri: str) -> list[str]:
        values = self.owl.subjects(DYST + "isValueOf", iri)
        return [curie(v) for v in sorted(values, key=lambda v: (_youngest(self._class(v)), self._class(v)["order"], v))]

    def crosswalk(self) -> list[dict[str, str]]:
        found = []
        for iri in self.owl.subjects(DYST + "associationPredicate", DYST + "crosswalkTo"):
            ends = [self.owl.named(iri, DYST + "association" + end)[0] for end in ("Subject", "Object")]
            relation, text = (self.owl.texts(iri, DYST + p)[0] for p in ("crosswalkRelation", "statementText"))
            found.append({"from": curie(ends[0]), "to": curie(ends[1]), "relation": relation, "text": text})
        return found

    # ------------------------------------------------------------------ what cases may name

    def domains(self) -> dict[str, set[str]]:
        """Return, for each field of a case, the terms that it may hold."""
        found = {}
        for field, properties in FIELDS.items():
            roots = [root for prop in properties for root in self.ranges(prop)] + list(_ALSO.get(field, ()))
            found[field] = {term for root in roots for term in self.owl.below(root)}
        found["disorder"] = set(self.owl.below(_DISORDER)) - {_DISORDER}
        return found

    def ranges(self, prop: str) -> list[str]:
        """Return the classes whose members a relation leads to."""
        found: list[str] = []
        for target in self.owl.objects(prop, _RDFS + "range") or self.owl.objects(prop, DYST + "valueRoot"):
            union = self.owl.one(target, _OWL + "unionOf") if isinstance(target, BlankNode) else None
            members = [target] if union is None else self.owl.members(union)
            found.extend(member.value for member in members if isinstance(member, NamedNode))
        return found or self.owl.named(prop, DYST + "valueRoot")

    def properties(self) -> dict[str, Any]:
        """Return label and wider relations of each relation that a case or a definition speaks of."""
        used = {prop for properties in FIELDS.values() for prop in properties}
        sub = _RDFS + "subPropertyOf"
        return {
            curie(p): {"label": self.owl.label(p), "above": sorted(map(curie, self.owl.above(p, sub) - {p}))}
            for p in sorted(used)
        }

    def terms(self, wanted: set[str]) -> dict[str, Any]:
        """Return each term's names, nearest classes above (``a``), and the wholes of a part of the body (``w``).

        Names: ``n`` the label, ``x`` exact, ``r`` looser ones; ``ux`` and ``ur`` such as upstream gives. ``u``: the
        label too is upstream's, as the term stands here only because an upstream release uses it.
        """
        found = {}
        for iri in sorted(wanted):
            wholes = sorted(curie(w) for w in self.owl.named(iri, _PART_OF) if w in wanted)
            exact, upstream_exact = self.owl.synonyms(iri, ("Exact",))
            loose, upstream_loose = self.owl.synonyms(iri, ("Related", "Broad", "Narrow"))
            entry = {
                "n": self.owl.label(iri), "u": is_foreign(self.owl.store, iri), "x": sorted(exact),
                "ux": sorted(upstream_exact - exact), "r": sorted(loose | {*self.owl.texts(iri, DYST + "shortName")}),
                "ur": sorted(upstream_loose - loose), "a": sorted(map(curie, self.owl.nearest_above(iri, wanted))),
                "w": wholes,
            }  # fmt: skip
            found[curie(iri)] = {key: value for key, value in entry.items() if value}
        return found

    def disjoint(self, wanted: set[str]) -> list[list[str]]:
        """Return the pairs of terms that nothing can belong to both of, as stated."""
        pairs = {(iri, other) for iri in wanted for other in self.owl.named(iri, _DISJOINT)}
        for group in self._disjoint_groups():
            pairs |= {(one, other) for one in group for other in group if one < other}
        relevant = {a for iri in wanted for a in self.owl.above(iri)}
        return sorted([curie(a), curie(b)] for a, b in pairs if a in relevant and b in relevant)

    def _disjoint_groups(self) -> Iterable[list[str]]:
        kind = NamedNode(_OWL + "AllDisjointClasses")
        for quad in self.owl.store.quads_for_pattern(None, NamedNode(PREFIXES["rdf"] + "type"), kind):
            head = self.owl.one(quad.subject, _OWL + "members")
            yield [member.value for member in self.owl.members(head) if isinstance(member, NamedNode)]

    def exclusive(self) -> list[list[str]]:
        """Return the pairs of compiled classes that are stated to be disjoint."""
        known = set(self.candidates)
        pairs = {(iri, other) for iri in known for other in self.owl.named(iri, _DISJOINT) if other in known}
        return sorted([curie(a), curie(b)] for a, b in pairs)

    def disorders(self) -> dict[str, Any]:
        """Return what holds of each disorder in every case: (relation, class, sources) by disorder."""
        found = {}
        roles = {prop for properties in FIELDS.values() for prop in properties}
        for iri in sorted(self.owl.below(_DISORDER) - set(self.candidates) - {_DISORDER}):
            facts = {
                (curie(prop), curie(filler)): [curie(s) for s in self.owl.named(holder, _DCT + "source")]
                for holder in sorted(self.owl.above(iri))
                for prop, filler in self._existentials(holder)
                if prop in roles
            }
            found[curie(iri)] = [[prop, filler, sources] for (prop, filler), sources in sorted(facts.items())]
        return found

    def claims(self) -> dict[str, Any]:
        """Return the disorders that a gene alone stands for, by gene, and the convention that chose them."""
        owl, chosen = self.owl, Literal("true", datatype=NamedNode(PREFIXES["xsd"] + "boolean"))
        levels = owl.subjects(DYST + "standsForItsGene", chosen)
        found: dict[str, set[str]] = {}
        for claim in (claim for level in levels for claim in owl.subjects(DYST + "evidenceLevel", NamedNode(level))):
            for gene in owl.named(claim, DYST + "associationObject"):
                found.setdefault(curie(gene), set()).update(map(curie, owl.named(claim, DYST + "associationSubject")))
        said = [text for level in levels for text in owl.texts(level, DYST + "convention")]
        return {"convention": " ".join(said), "disorders": {gene: sorted(found[gene]) for gene in sorted(found)}}

    def _existentials(self, iri: str) -> Iterable[tuple[str, str]]:
        for target in self.owl.objects(iri, _SUBCLASS):
            if isinstance(target, BlankNode):
                prop, filler = (self.owl.one(target, _OWL + name) for name in ("onProperty", "someValuesFrom"))
                if isinstance(prop, NamedNode) and isinstance(filler, NamedNode):
                    yield prop.value, filler.value

    def references(self, found: dict[str, Any]) -> dict[str, str]:
        """Return the citation of each publication that a class or a disorder names."""
        used = {s for entry in found["classes"].values() for s in entry["sources"]}
        used |= {s for facts in found["disorders"].values() for _, _, sources in facts for s in sources}
        cited = PREFIXES["dcterms"] + "bibliographicCitation"
        made = {}
        for ref in sorted(used):
            iri = PREFIXES["ref"] + ref.removeprefix("ref:")
            made[ref] = next(iter(self.owl.texts(iri, cited)), self.owl.label(iri))
        return made
