"""Classifying one case: values, truths, reasons, what is missing, editions, conflicts; and tables of every kind."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import dystonia_kg as dkg
from dystonia_kg.classification.compile import compile_classifier, read_hpo_terms, to_bytes
from dystonia_kg.classification.model import classifier_bytes, default_model, model_of
from dystonia_kg.classification.owl import Owl, curie
from dystonia_kg.classification.table import classify_batch, output_schema, used_columns
from dystonia_kg.release import Release
from dystonia_kg.resources import ontology_dir, release_dir
from dystonia_kg.vocab import expand

CASE = dkg.Case(
    regions={"right hand"}, complete=True, age_at_onset=35, task="writing", features={"tremor"},
    excluded={"other movement disorder", "other manifestation"}, cause="unknown cause", family_history="familial",
)  # fmt: skip


@pytest.fixture(scope="module")
def answer(kg: dkg.KnowledgeGraph) -> dkg.Classification:
    return kg.classify(CASE)


@pytest.mark.parametrize(
    ("dimension", "value"),
    [
        ("age at onset", "early adulthood"),
        ("body distribution", "focal"),
        ("variability", "action-specific"),
        ("isolated or combined", "isolated"),
        ("inherited or acquired", "idiopathic"),
        ("occurrence of idiopathic dystonia", "familial"),
        ("pattern of inheritance", None),
        ("disease course", None),
    ],
)
def test_values(answer: dkg.Classification, dimension: str, value: str | None) -> None:
    assert answer.dimension(dimension).value == value


def test_truths(answer: dkg.Classification) -> None:
    assert answer.dimension("pattern of inheritance").truth == "false"  # nothing inherited where the cause is unknown
    assert answer.dimension("disease course").truth == "unknown"
    assert answer.dimension("Age at onset (2013)").truths["childhood"] == "false"
    assert answer.dimension("dyst:AgeAtOnset2013") is answer.dimension("age at onset")


def test_a_wider_dimension_joins_its_parts(answer: dkg.Classification) -> None:
    whole = answer.dimension("temporal pattern")
    assert whole.value == "action-specific"
    assert {"progressive", "diurnal"} <= set(whole.possible)
    assert whole.missing


def test_an_unknown_dimension_names_those_there_are(answer: dkg.Classification) -> None:
    with pytest.raises(dkg.ParameterError, match="body distribution"):
        answer.dimension("severity")


def test_reasons_name_findings_definition_and_sources(answer: dkg.Classification) -> None:
    (reason,) = answer.dimension("age at onset").why
    assert reason.because == ("onset at 35 years",)
    assert "decimal" in reason.axiom
    assert "ref:NFD-onset" in reason.sources
    focal = answer.dimension("body distribution").why[0]
    assert "right upper limb affected" in focal.because
    assert len(focal.because) == 9


def test_syndromes(answer: dkg.Classification) -> None:
    found = answer.syndromes
    assert "writer's cramp" in found.fit
    assert "cervical dystonia" in found.excluded
    assert "adult-onset dystonia" in answer.groups
    assert not set(found.fit) & set(found.may_fit) & set(found.excluded)


def test_missing_facts_and_the_one_that_decides_most(kg: dkg.KnowledgeGraph) -> None:
    known = {"upper face", "lower face", "larynx", "left arm", "right arm", "left leg"}
    found = kg.classify(dkg.Case(regions={"neck", "trunk"}, unaffected=known)).dimension("body distribution")
    assert [q.text for q in found.missing] == ["is right lower limb affected?"]
    outcomes = dict(found.missing[0].outcomes)
    assert outcomes["no"] == ("segmental",)
    assert "generalized with leg involvement" in outcomes["yes"]
    assert found.missing[0].decides == 1.0


def test_a_side_that_is_missing_is_asked_for(kg: dkg.KnowledgeGraph) -> None:
    case = dkg.Case(regions={"lower face", "left arm", "left leg"}, complete=True)
    assert kg.classify(case).dimension("body distribution").value == "multifocal"
    found = kg.classify(case, unsided="unknown").dimension("body distribution")
    assert found.value is None
    assert [q.text for q in found.missing] == ["on which side is lower face affected?"]


def test_nothing_is_missing_where_all_is_known(answer: dkg.Classification) -> None:
    assert answer.dimension("body distribution").missing == ()


def test_a_disorder_fills_axis_two(kg: dkg.KnowledgeGraph) -> None:
    found = kg.classify(dkg.Case(disorder="PKAN"))
    values = {d.name: d.value for d in found.dimensions}
    assert values["nervous system pathology"] == "degeneration"
    assert values["inherited or acquired"] == "inherited"
    assert values["pattern of inheritance"] == "autosomal recessive"


def test_a_gene_stands_for_its_disorders(kg: dkg.KnowledgeGraph) -> None:
    found = kg.classify(dkg.Case(gene="TOR1A"))
    assert found.dimension("pattern of inheritance").value == "autosomal dominant"
    assert "known_disorders" in found.conventions
    alone = kg.classify(dkg.Case(gene="TOR1A"), known_disorders=False)
    assert alone.dimension("pattern of inheritance").value is None
    assert alone.dimension("inherited or acquired").value == "inherited"


def test_evidence_decides_which_disorders_a_gene_stands_for(kg: dkg.KnowledgeGraph) -> None:
    """TOR1A: dominant in DYT-TOR1A, confirmed; recessive in a congenital arthrogryposis (OMIM:618947), reported."""
    case, data = dkg.Case(gene="TOR1A"), json.loads(classifier_bytes())
    found = kg.classify(case)
    assert "confirmed claim" in found.conventions["known_disorders"]
    assert found.conventions["known_disorders"] in kg.term("confirmed gene claim").conventions
    data["claims"]["disorders"] = {}
    unlike = model_of(json.dumps(data).encode())
    table = pl.DataFrame({"gene": ["TOR1A"]})
    for model, mode in ((default_model(), "autosomal dominant"), (unlike, None)):
        assert dkg.classify(case, model=model).dimension("pattern of inheritance").value == mode
        assert dkg.classify_table(table, model=model)["axis2_pattern_of_inheritance"].item() == mode


def test_names_of_ours_come_before_those_of_upstream() -> None:
    """HPO has "movement disorder" as a synonym of HP:0100022; a name of ours is left out of the import's synonyms."""
    vocabulary = default_model().vocabulary
    assert "movement disorder" not in map(str.lower, vocabulary.terms["HP:0100022"]["ux"])
    assert vocabulary.look("movement disorder", "features") == "dyst:MovementDisorder"
    assert vocabulary.look("Abnormality of movement", "features") == "HP:0100022"


def test_conflicts_are_named(kg: dkg.KnowledgeGraph) -> None:
    found = kg.classify(dkg.Case(gene="TOR1A", cause="unknown cause"))
    assert found.conflicts
    assert found.dimension("inherited or acquired").truth == "unknown"
    other = kg.classify(dkg.Case(gene="TOR1A", disorder="PKAN"))
    assert "PANK2" in other.conflicts[0]
    stated = kg.classify(dkg.Case(regions={"neck", "trunk"}, stated={"focal dystonia"}))
    assert "regions exclude each other" in stated.conflicts[0]
    assert stated.dimension("body distribution").truth == "unknown"


def test_what_is_stated_counts(kg: dkg.KnowledgeGraph) -> None:
    found = kg.classify(dkg.Case(stated={"generalized dystonia", "paroxysmal dystonia"}))
    assert found.dimension("body distribution").value == "generalized"
    assert found.dimension("variability").value == "paroxysmal"
    assert found.truth("dystonia involving the trunk") == "true"


def test_the_edition_of_2025_establishes_isolated_and_combined_alone(kg: dkg.KnowledgeGraph) -> None:
    found = kg.classify(CASE, edition="2025")
    assert len(found.dimensions) == 10
    established = [d.name for d in found.dimensions if d.answers]
    assert established == ["isolated or combined"]
    assert all(d.value is None and d.truth == "unknown" for d in found.dimensions if d.name not in established)
    note = found.dimension("body distribution").note
    assert note == "value not established for this edition; 2013 value (body distribution): focal"
    assert found.dimension("phenomenology").note == "value not established for this edition"
    with pytest.raises(dkg.ParameterError, match="2013, 2025"):
        kg.classify(CASE, edition="2019")


@pytest.mark.parametrize(
    ("features", "excluded", "value", "before"),
    [
        ({"dementia"}, {"other movement disorder"}, "combined", "isolated"),  # widened: A2025-abs
        ({"parkinsonism"}, set(), "combined", "combined"),
        (set(), {"movement disorder", "other manifestation"}, "isolated", "isolated"),
        ({"tremor"}, {"other movement disorder", "other manifestation"}, None, "isolated"),  # not established
        (set(), set(), None, None),
    ],
)
def test_combined_is_wider_in_2025(
    kg: dkg.KnowledgeGraph, features: set[str], excluded: set[str], value: str | None, before: str | None
) -> None:
    case = dkg.Case(features=features, excluded=excluded)
    now = kg.classify(case, edition="2025").dimension("isolated or combined")
    assert now.value == value
    assert f"2013 value (isolated or combined): {before or 'unknown'}" in (now.note or "")
    assert kg.classify(case).dimension("isolated or combined").value == before
    table = pl.DataFrame({"features": ["|".join(features) or None], "excluded": ["|".join(excluded) or None]})
    found = kg.classify_table(table.cast(pl.String), edition="2025")
    assert found["axis1_isolated_or_combined_2025"].to_list() == [value]


def test_a_class_that_is_ruled_out(kg: dkg.KnowledgeGraph) -> None:
    found = kg.classify(dkg.Case(regions={"neck"}, excluded={"focal dystonia", "generalized dystonia"}))
    answer = found.dimension("body distribution")
    assert set(answer.possible) == {"segmental", "multifocal"}
    assert found.reason("focal dystonia").because == ("ruled out: focal dystonia",)
    assert kg.classify(dkg.Case(excluded={"inherited dystonia"})).truth("autosomal dominant dystonia") == "false"
    with pytest.raises(dkg.CaseError, match="excluded"):
        dkg.Case(stated={"left hemidystonia"}, excluded={"hemidystonia"})


def test_one_mode_of_inheritance_excludes_the_others_unless_several_are_known(kg: dkg.KnowledgeGraph) -> None:
    mode = "pattern of inheritance"
    one = kg.classify(dkg.Case(gene="TOR1A", inheritance="autosomal dominant")).dimension(mode)
    assert one.value == "autosomal dominant"
    assert one.possible == ()
    wide = kg.classify(dkg.Case(gene="TOR1A", inheritance="X-linked"), known_disorders=False).dimension(mode)
    assert set(wide.possible) == {"X-linked recessive", "X-linked dominant"}


def test_what_is_missing_is_told_beside_a_conflict(kg: dkg.KnowledgeGraph) -> None:
    found = kg.classify(dkg.Case(regions={"neck", "left arm"}, gene="TOR1A", cause="unknown cause"))
    assert found.conflicts
    assert found.dimension("body distribution").missing[0].text == "is trunk region affected?"
    assert found.dimension("inherited or acquired").missing == ()


def test_print_json_and_html(answer: dkg.Classification) -> None:
    text = str(answer)
    assert "body distribution: focal" in text
    assert "Fits: " in text
    data = json.loads(answer.to_json())
    assert data["dimensions"][0]["value"] == "early adulthood"
    assert dkg.Case.from_dict(data["case"]) == CASE
    html = answer._repr_html_()
    assert "<table" in html
    assert "early adulthood" in html
    assert "right upper limb: affected" in html
    again = answer._repr_html_()
    assert re.search(r'<svg[^>]*aria-labelledby="([^" ]+)', html)[1] not in again, "two drawings on a page share no id"  # type: ignore[index]


def test_html_is_escaped(kg: dkg.KnowledgeGraph) -> None:
    assert "<script" not in kg.classify(dkg.Case(id="<script>", regions={"neck"}))._repr_html_()


# ---------------------------------------------------------------------- the ontology decides


def test_another_boundary_of_age_in_the_ontology_is_followed(kg: dkg.KnowledgeGraph) -> None:
    """Change the axiom, and every engine follows without a line of code."""
    data = json.loads(classifier_bytes())
    text = json.dumps(data).replace('[">=", 13.0]', '[">=", 14.0]').replace('["<", 13.0]', '["<", 14.0]')
    model = model_of(text.encode())
    case = dkg.Case(age_at_onset=13.5)
    assert dkg.classify(case).dimension("age at onset").value == "adolescence"
    assert dkg.classify(case, model=model).dimension("age at onset").value == "childhood"
    found = dkg.classify_table(pl.DataFrame({"age_at_onset": [13.5]}), model=model)
    assert found["axis1_age_at_onset"].item() == "childhood"


def test_everything_in_the_ontology_can_be_evaluated() -> None:
    model = default_model()
    assert model.unevaluated == []
    assert all(entry.exact for entry in model.entries.values())


def test_compiling_twice_gives_the_same_bytes() -> None:
    release = Release(release_dir())
    made = [
        to_bytes(compile_classifier(release.store(), release.version, read_hpo_terms(ontology_dir()))) for _ in range(2)
    ]
    assert made[0] == made[1]
    assert len(made[0]) < 1_500_000  # names and direct parents of some 5,000 phenotypes that a case may name
    data = json.loads(made[0])
    vocabulary, hierarchy = default_model().vocabulary, Owl(release.store())
    assert all(len(entry.get("a", ())) < 20 for entry in data["terms"].values()), "what is implied is not stored"
    for term in data["terms"]:
        above = {curie(one) for one in hierarchy.above(expand(term))}
        assert vocabulary.above(term) == above & data["terms"].keys(), term


# ---------------------------------------------------------------------- tables

TABLE: dict[str, list[Any]] = {
    "id": [1, 2, 3], "neck": [True, False, None], "Left arm": ["yes", None, "left"], "complete": [True, False, None],
    "onset": [45, None, 8], "myoclonus": [False, True, None], "course": ["progressive", None, "static"],
}  # fmt: skip
COLUMNS = {"onset": "age_at_onset"}


def test_kinds_of_tables_come_back_as_they_were(kg: dkg.KnowledgeGraph, tmp_path: Path) -> None:
    frame = pl.DataFrame(TABLE)
    expected = kg.classify_table(frame, COLUMNS)
    assert expected["axis1_body_distribution"].to_list() == ["segmental", None, None]
    assert expected["axis1_age_at_onset"].to_list() == ["late adulthood", None, "childhood"]
    assert expected["axis1_isolated_or_combined"].to_list() == [None, "combined", None]
    text = expected.with_columns(pl.col(pl.Enum).cast(pl.String))

    def same(other: pl.DataFrame) -> bool:
        found = other.with_columns(pl.selectors.categorical().cast(pl.String), pl.selectors.enum().cast(pl.String))
        return found.select(text.columns).rows() == text.rows()

    from_pandas = kg.classify_table(frame.to_pandas(), COLUMNS)
    assert isinstance(from_pandas, pd.DataFrame)
    assert list(from_pandas["axis1_disease_course"].astype(object).fillna("")) == ["progressive", "", "static"]
    from_arrow = kg.classify_table(frame.to_arrow(), COLUMNS)
    assert isinstance(from_arrow, pa.Table)
    assert same(pl.from_arrow(from_arrow))
    batch = classify_batch(frame.to_arrow().to_batches()[0], COLUMNS, classifier=classifier_bytes())
    assert isinstance(batch, pa.RecordBatch)
    assert same(pl.from_arrow(pa.Table.from_batches([batch])))
    path = tmp_path / "cohort.parquet"
    frame.write_parquet(path)
    lazy = kg.classify_table(path, COLUMNS)
    assert isinstance(lazy, pl.LazyFrame)
    lazy.sink_parquet(tmp_path / "out.parquet")
    assert same(pl.read_parquet(tmp_path / "out.parquet"))
    frame.write_csv(tmp_path / "cohort.tsv", separator="\t")
    assert same(kg.classify_table(str(tmp_path / "cohort.tsv"), COLUMNS).collect())


def test_columns_are_as_announced(kg: dkg.KnowledgeGraph) -> None:
    frame = pl.DataFrame(TABLE)
    for edition in ("2013", "2025"):
        for values in (False, True):
            added = kg.classify_table(frame, COLUMNS, edition=edition, values=values).columns[frame.width :]
            assert added == list(output_schema(edition, values=values))


def test_what_cannot_be_used_of_a_row_is_said(kg: dkg.KnowledgeGraph) -> None:
    frame = pl.DataFrame(
        {
            "neck": ["sideways", "left", None],
            "age_at_onset": [-1.0, float("nan"), 200.0],
            "gene": ["XYZ", None, "TOR1A"],
            "cause": [None, None, "unknown cause"],
            "larynx": [None, "no", "?"],
        }
    )
    problems = kg.classify_table(frame)["problems"].to_list()
    assert "neck" in problems[0]
    assert "gene" in problems[0]
    assert all("age_at_onset" in text for text in problems)
    assert "contradict" in problems[2]
    assert "larynx" in problems[2]
    assert "neck" not in problems[1]


@pytest.mark.parametrize(
    ("column", "cell"),
    [("features", "HP:0000473"), ("features", "isolated dystonia|tremor"), ("excluded", "focal dystonia")],
)
def test_a_table_says_which_cells_name_a_dystonia_itself(kg: dkg.KnowledgeGraph, column: str, cell: str) -> None:
    found = kg.classify_table(pl.DataFrame({"neck": [True], column: [cell]}))
    assert f"{column}" in found["problems"].item()
    with pytest.raises(dkg.ParameterError, match="'HP:0000473' is a dystonia itself"):
        kg.classify_table(pl.DataFrame({"neck": [True], "sign": [True]}), columns={"sign": "HP:0000473"})


def test_empty_and_strange_tables(kg: dkg.KnowledgeGraph) -> None:
    assert kg.classify_table(pl.DataFrame({"neck": []}, schema={"neck": pl.Boolean})).height == 0
    assert kg.classify_table(pl.DataFrame({"course": []}, schema={"course": pl.String})).height == 0
    alone = kg.classify_table(pl.DataFrame({"id": [1, 2]}))
    assert alone["axis1_body_distribution"].null_count() == 2
    nulls = kg.classify_table(pl.DataFrame({"neck": [None], "course": [None], "age_at_onset": [None]}))
    assert nulls["problems"].to_list() == [None]
    whole = kg.classify_table(
        pl.DataFrame({"neck": [1, 0], "age_at_onset": [4, 5], "task": [["writing"], ["writing", "typing"]]})
    )
    assert whole["axis1_age_at_onset"].to_list() == ["childhood"] * 2
    assert whole["axis1_variability"].to_list() == ["action-specific"] * 2
    none = kg.classify_table(pl.DataFrame({region: [False] for region in ("neck", "trunk")} | {"complete": [True]}))
    assert none["problems"].item() == "no region is affected"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"nowhere": "neck"}, "no column"),
        ({"a": "nek"}, "nearest"),
        ({"a": "neck", "b": "neck"}, "both state"),
        ({"a": "upper limb"}, "not one region"),
        ({"a": "regions"}, "one column for each region"),
    ],
)
def test_wrong_columns(columns: dict[str, str], message: str) -> None:
    with pytest.raises(dkg.ParameterError, match=message):
        dkg.classify_table(pl.DataFrame({"a": [True], "b": [True]}), columns)


def test_columns_can_be_left_out() -> None:
    frame = pl.DataFrame({"neck": [True], "upper_limb": [True]})
    with pytest.raises(dkg.ParameterError, match="upper_limb"):
        dkg.classify_table(frame)
    assert [use.column for use in used_columns(frame, {"upper_limb": None})] == ["neck"]


def test_other_things_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(dkg.ParameterError):
        dkg.classify_table([1, 2])
    with pytest.raises(dkg.InputError):
        dkg.classify_table(tmp_path / "none.parquet")
    (tmp_path / "x.docx").write_text("")
    with pytest.raises(dkg.InputError):
        dkg.classify_table(tmp_path / "x.docx")
