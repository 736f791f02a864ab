"""Laws of classification: exact unknowns, monotony, symmetry, reasons that hold; a table answers as its cases do."""

from __future__ import annotations

import operator
import random
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import dystonia_kg as dkg
from dystonia_kg.classification.findings import SINGLE
from dystonia_kg.classification.model import Model, default_model
from dystonia_kg.classification.result import word
from dystonia_kg.classification.table import column_name, value_column

if TYPE_CHECKING:
    from collections.abc import Iterator

MIDLINE = ("upper face", "lower face", "larynx", "neck", "trunk")
HALVED = ("upper face", "lower face", "neck", "trunk")
LIMBS = tuple(f"{side} {limb} limb" for limb in ("upper", "lower") for side in ("left", "right"))
REGIONS = (*MIDLINE, *LIMBS)
AGES = (0.0, 2.9, 3.0, 12.9, 13.0, 20.9, 21.0, 40.9, 41.0, 90.0)
COURSES = (None, "static", "progressive")


@pytest.fixture(scope="module")
def model() -> Model:
    return default_model()


def region_sets() -> Iterator[tuple[str, ...]]:
    for size in range(1, len(REGIONS) + 1):
        yield from combinations(REGIONS, size)


def some_case(chance: random.Random, known: float = 0.7) -> dict[str, Any]:
    """Return the findings of a case of which a good part is unknown."""
    found: dict[str, Any] = {"regions": set(), "unaffected": set(), "excluded": set()}
    for region in REGIONS:
        if chance.random() < known:
            half = region in HALVED and chance.random() < 0.3
            name = f"{chance.choice(('left', 'right'))} {region}" if half else region
            found["regions" if chance.random() < 0.5 else "unaffected"].add(name)
    options = {
        "age_at_onset": [*AGES, (1, 5), (13, 45), "18 mo"],
        "course": ["static", "progressive"],
        "variability": [{"diurnal"}, {"paroxysmal", "persistent"}],
        "task": [{"writing"}, {"typing"}, {"task"}],
        "features": [{"tremor"}, {"myoclonus"}, {"HP:0001300", "tremor"}],
        "gene": ["TOR1A", "PANK2", "SGCE"],
        "disorder": ["PKAN", "Wilson disease", "DYT-TOR1A"],
        "cause": ["drug", "unknown cause", "stroke"],
        "family_history": ["sporadic", "familial"],
        "inheritance": ["autosomal dominant", "autosomal recessive"],
        "pathology": ["degeneration", "static structural lesion", "none"],
    }
    for name, values in options.items():
        if chance.random() < 0.4:
            found[name] = chance.choice(values)
    if chance.random() < 0.3 and not found.get("features"):
        found["excluded"].add(chance.choice(["other movement disorder", "myoclonus", "other manifestation"]))
    if chance.random() < 0.2 and not found.get("variability"):
        found["excluded"].add("paroxysmal")
    found["complete"] = bool(found["regions"]) and chance.random() < 0.3
    return found


def made(findings: dict[str, Any]) -> dkg.Case | None:
    """Return the case, or None where the findings contradict each other."""
    try:
        return dkg.Case(**findings)
    except dkg.CaseError:
        return None


def some_cases(count: int, seed: int, known: float = 0.7) -> Iterator[dkg.Case]:
    chance = random.Random(seed)
    while count:
        case = made(some_case(chance, known))
        if case is not None:
            count -= 1
            yield case


def truths(answer: Any, model: Model) -> dict[str, str]:
    return {iri: answer.truth(iri) for iri in model.entries}


# ---------------------------------------------------------------------- exact unknowns


def holds(tree: list[Any], model: Model, state: frozenset[int], age: float, things: dict[str, set[str]]) -> bool:
    """Evaluate a class expression on one complete case, as its words say."""
    match tree[0]:
        case "top":
            return True
        case "is":
            return holds(model.data["classes"][tree[1]]["definition"], model, state, age, things)
        case "and":
            return all(holds(part, model, state, age, things) for part in tree[1:])
        case "or":
            return any(holds(part, model, state, age, things) for part in tree[1:])
        case "not":
            return not holds(tree[1], model, state, age, things)
        case "affects":
            number = len(state.intersection(tree[3]))
            return number >= tree[1] and (tree[2] is None or number <= tree[2])
        case "age":
            compare = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
            return all(compare[sign](age, years) for sign, years in tree[1])
    assert tree[0] == "some"
    above = model.vocabulary.above
    wanted = [relation for relation in things if tree[1] in (relation, *model.data["properties"][relation]["above"])]
    return any(set(tree[2]) <= above(thing) for relation in wanted for thing in things[relation])


def states(model: Model, case: dkg.Case) -> list[frozenset[int]]:
    """Return the complete states of regions that a case leaves possible, by its words."""
    space = model.space
    found = []
    stated = {r: set(space.classes[r]) for r in (*case.regions, *case.unaffected)}
    listed = {e for r in case.regions for e in stated[r]}
    for choice in product(*([None, *options] for options in space.options)):
        state = frozenset(e for e in choice if e is not None)
        fits = all(state & stated[r] for r in case.regions) and not any(state & stated[r] for r in case.unaffected)
        closed = not case.complete or state <= listed
        if state and fits and closed and all(unsided(space, case, e, stated) for e in state):
            found.append(state)
    return found


def unsided(space: Any, case: dkg.Case, element: int, stated: dict[str, set[int]]) -> bool:
    """By convention a region named without a side is not affected on one side alone."""
    region, side = space.elements[element]
    whole = region in case.regions
    named = any(e in stated[r] for r in case.regions if r != region for e in [element])
    return not (whole and side is not None and len(space.options[space.regions.index(region)]) > 1 and not named)


def test_unknowns_about_regions_and_age_are_exact(kg: dkg.KnowledgeGraph, model: Model) -> None:
    """True (false) exactly if so in every completion, by trying all of them."""
    for case in some_cases(60, seed=1, known=0.85):
        answer = kg.classify(case)
        possible = states(model, case)
        ages = [a for a in (*AGES, 1.5, 50.0, 5.0) if in_range(case.age_at_onset, a)]
        for iri, entry in model.entries.items():
            if entry.about == "presentation" and "s" not in model.kinds(iri):
                tree = entry.data["definition"]
                found = {
                    holds(tree, model, s, a, {}) for s in possible for a in (ages if "a" in model.kinds(iri) else [1.0])
                }
                expected = word(found.pop() if len(found) == 1 else None)
                assert answer.truth(iri) == expected, (case, iri)


def in_range(age: Any, candidate: float) -> bool:
    if age is None or isinstance(age, float):
        return age is None or age == candidate
    return age.low <= candidate <= age.high and not (age.below and candidate == age.high)


@pytest.mark.parametrize(("field", "relation"), [("features", "dyst:coOccursWith"), ("task", "dyst:isEvokedBy")])
def test_unknowns_about_relations_are_exact(kg: dkg.KnowledgeGraph, model: Model, field: str, relation: str) -> None:
    """The worlds are all sets of at most two more things of the kind; the answer is what they agree on."""
    domain = sorted(model.vocabulary.domains[field] - model.entries.keys())  # ruling these out says more
    above = model.vocabulary.above
    chance = random.Random(2)
    asked = [iri for iri, e in model.entries.items() if e.lower and asks_only(e.data["definition"], model, relation)]
    assert asked
    trees = [model.entries[iri].data["definition"] for iri in asked]
    spoken_of = {term for tree in trees for term in classes_of(tree, model)}
    near = sorted(spoken_of & set(domain)) + alike(domain, spoken_of, model)
    for _ in range(40):
        present = set(chance.sample(chance.choice((domain, near)), chance.choice((0, 0, 1))))
        absent = set(chance.sample(chance.choice((domain, near)), chance.choice((0, 1, 2))))
        if any(absent & above(term) for term in present):
            continue
        answer = kg.classify(dkg.Case(**{field: present, "excluded": absent}))
        allowed = alike([term for term in domain if not absent & above(term)], spoken_of, model)
        more = [(), *((one,) for one in allowed), *combinations(allowed, 2)]
        for iri, tree in zip(asked, trees, strict=True):
            found = {holds(tree, model, frozenset(), 1.0, {relation: present | set(one)}) for one in more}
            assert answer.truth(iri) == word(found.pop() if len(found) == 1 else None), (present, absent, iri)


def alike(terms: list[str], spoken_of: set[str], model: Model) -> list[str]:
    """Return one term for all that no definition tells apart, so that every world can be tried."""
    return sorted({model.vocabulary.above(term) & spoken_of: term for term in terms}.values())


def classes_of(tree: list[Any], model: Model) -> set[str]:
    """Return the classes that a class expression names."""
    if tree[0] == "is":
        return classes_of(model.data["classes"][tree[1]]["definition"], model)
    if tree[0] in ("and", "or", "not"):
        return {term for part in tree[1:] for term in classes_of(part, model)}
    return set(tree[2]) if tree[0] == "some" else set()


def asks_only(tree: list[Any], model: Model, relation: str) -> bool:
    if tree[0] in ("and", "or", "not"):
        return all(asks_only(part, model, relation) for part in tree[1:])
    if tree[0] == "is":
        definition = model.data["classes"][tree[1]]["definition"]
        return definition is not None and asks_only(definition, model, relation)
    return tree[0] == "top" or (tree[0] == "some" and tree[1] == relation and not any("!" in t for t in tree[2]))


# ---------------------------------------------------------------------- monotony, symmetry, reasons


def test_one_more_fact_never_turns_an_answer_round(kg: dkg.KnowledgeGraph, model: Model) -> None:
    chance = random.Random(3)
    for case in some_cases(60, seed=4, known=0.4):
        more = some_case(chance, known=0.15)
        findings = {name: getattr(case, name) for name in case.to_dict()}
        for name, value in more.items():
            findings[name] = (
                value | findings.get(name, set()) if isinstance(value, set) else findings.get(name) or value
            )
        wider = made(findings)
        if wider is None or kg.classify(case).conflicts or kg.classify(wider).conflicts:
            continue
        before, after = (truths(kg.classify(c, known_disorders=False), model) for c in (case, wider))
        changed = [iri for iri in before if before[iri] != after[iri]]
        stated_sides = case.regions != wider.regions  # a side that is added takes the place of the convention
        assert all(before[iri] == "unknown" for iri in changed) or stated_sides, (case, wider)


def test_left_and_right_mirror(kg: dkg.KnowledgeGraph, model: Model) -> None:
    def mirror(text: str) -> str:
        return text.replace("Left", "\0").replace("Right", "Left").replace("\0", "Right")

    for case in some_cases(80, seed=5):
        findings = case.to_dict()
        other = dkg.Case.from_dict(
            {**findings, **{k: [mirror(t) for t in findings.get(k, [])] for k in ("regions", "unaffected")}}
        )
        one, two = truths(kg.classify(case), model), truths(kg.classify(other), model)
        assert one == {mirror(iri): truth for iri, truth in two.items()}


def test_every_label_has_a_reason_that_holds(kg: dkg.KnowledgeGraph) -> None:
    """The findings that a reason names, alone, lead to the same truth; without one of them they do not."""
    for case in some_cases(40, seed=6):
        answer = kg.classify(case)
        for dimension in answer.dimensions:
            for reason in dimension.why:
                alone = kg.classify(from_findings(reason.findings))
                assert alone.truth(reason.class_id) == word(reason.holds), (case, reason)
                assert reason.axiom
                assert reason.sources
            if dimension.truth == "true":
                assert {r.class_id for r in dimension.why} == {a.id for a in dimension.answers if a.truth == "true"}


def from_findings(findings: tuple[tuple[str, Any], ...]) -> dkg.Case:
    found: dict[str, Any] = {}
    for field, value in findings:
        if field in ("age_at_onset", "disorder", *SINGLE):
            found[field] = value
        else:
            found.setdefault("unaffected" if field == "complete" else field, set()).add(value)
    return dkg.Case(**found)


def test_reasons_are_minimal(kg: dkg.KnowledgeGraph) -> None:
    for case in some_cases(15, seed=7):
        answer = kg.classify(case, known_disorders=False)
        for reason in answer.dimension("body distribution").why:
            for left_out, (field, _) in enumerate(reason.findings):
                if field == "regions":  # that some region is affected holds of every dystonia, and may say it already
                    continue
                rest = tuple(f for n, f in enumerate(reason.findings) if n != left_out)
                assert kg.classify(from_findings(rest)).truth(reason.class_id) != word(reason.holds)


# ---------------------------------------------------------------------- one case and a table


def as_row(case: dkg.Case) -> dict[str, Any]:
    """Return a case as the row of a table."""
    row: dict[str, Any] = dict.fromkeys(REGIONS)
    for name, answer in (("regions", "yes"), ("unaffected", "no")):
        for term in getattr(case, name):
            words = default_model().vocabulary.names(term)[-1]
            side, _, rest = words.partition(" ")
            row |= {words: answer} if words in REGIONS else {rest: side}
    for field in ("course", "family_history", "gene", "disorder", "inheritance", "cause", "pathology", "complete"):
        row[field] = getattr(case, field)
    for field in ("variability", "task", "features", "excluded"):
        row[field] = "|".join(sorted(getattr(case, field))) or None
    age = case.age_at_onset
    return {**row, "age_at_onset": age if isinstance(age, float) else None}


def is_row(case: dkg.Case) -> bool:
    halves = {r for r in case.unaffected if default_model().vocabulary.names(r)[-1] not in REGIONS}
    twice = {r.removeprefix("dyst:Left").removeprefix("dyst:Right").removeprefix("dyst:") for r in case.regions}
    return not halves and isinstance(case.age_at_onset, float | None) and not case.stated and bool(twice)


def test_a_table_gives_the_answers_of_its_cases(kg: dkg.KnowledgeGraph, model: Model) -> None:
    cases = [case for case in some_cases(700, seed=8) if is_row(case)]
    assert len(cases) > 60
    syndromes = [e.label for e in model.entries.values() if e.kind == "syndrome"]
    table = kg.classify_table(
        pl.DataFrame([as_row(c) for c in cases], infer_schema_length=None), values=True, classes=syndromes
    )
    for case, row in zip(cases, table.to_dicts(), strict=True):
        answer = kg.classify(case)
        for dimension in model.dimensions_of("2013"):
            if dimension.values:
                mine = answer.dimension(dimension.id)
                name = column_name(dimension)
                assert row[name] == mine.value, (case, name)
                assert row[f"{name}_possible"] == ("|".join(mine.possible) or None) or answer.conflicts
                for given in mine.answers:
                    truth = row[value_column(model, dimension, given.id)]
                    assert word(truth) == given.truth, (case, given)
        assert all(word(row[label]) == answer.truth(label) for label in syndromes), case
        assert bool(row["problems"]) == bool(answer.conflicts)


def test_all_complete_region_sets_ages_and_courses(kg: dkg.KnowledgeGraph) -> None:
    sets = list(region_sets())
    assert len(sets) == 511
    rows = [(s, age, course) for s in sets for age in AGES for course in COURSES]
    data = {region: [region in s for s, _, _ in rows] for region in REGIONS}
    table = pl.DataFrame({**data, "age_at_onset": [a for _, a, _ in rows], "course": [c for _, _, c in rows]})
    found = kg.classify_table(table)
    names = {"body distribution": 1, "age at onset": 0, "disease course": 2}
    columns = [found["axis1_" + name.replace(" ", "_")].to_list() for name in names]
    assert found["problems"].null_count() == len(rows)
    chance = random.Random(9)
    for n in [*range(0, len(rows), len(AGES) * len(COURSES)), *chance.sample(range(len(rows)), 1500)]:
        regions, age, course = rows[n]
        answer = kg.classify(dkg.Case(regions=set(regions), complete=True, age_at_onset=age, course=course))
        assert [column[n] for column in columns] == [answer.dimension(name).value for name in names]
    count = found.filter(pl.col("age_at_onset") == 3, pl.col("course").is_null())[
        "axis1_body_distribution"
    ].value_counts()
    expected = {
        "focal": 9, "hemidystonia": 2, "segmental": 33, "multifocal": 220,
        "generalized with leg involvement": 190, "generalized without leg involvement": 57,
    }  # fmt: skip
    assert dict(count.rows()) == expected


def test_order_and_chunks_change_nothing(kg: dkg.KnowledgeGraph) -> None:
    rows = [as_row(case) for case in some_cases(200, seed=10) if is_row(case)]
    table = pl.DataFrame(rows, infer_schema_length=None).with_row_index()
    whole = kg.classify_table(table)
    shuffled = table.sample(fraction=1.0, shuffle=True, seed=1).select(sorted(table.columns, reverse=True))
    pieces = pl.concat([table[n : n + 7] for n in range(0, table.height, 7)], rechunk=False)
    for other in (shuffled, pieces):
        found = kg.classify_table(other).sort("index").select(whole.columns)
        assert found.equals(whole)
    assert kg.classify_table(table.lazy()).collect(engine="streaming").sort("index").equals(whole)
