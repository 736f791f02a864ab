"""Tables of cases: good rows are read, bad ones rejected with row, column and reason."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dystonia_kg.cases.age import AgeRange
from dystonia_kg.cases.case import Case
from dystonia_kg.cases.report import Read, Rejected, rejections_json
from dystonia_kg.cases.tables import Table, read_table
from dystonia_kg.errors import DystoniaKGError, InputError


def table(text: str, columns: Mapping[str, str | None] | None = None, format: str = "csv") -> Table:  # noqa: A002
    return read_table(text.encode(), columns, format=format)


def only(text: str, columns: Mapping[str, str | None] | None = None) -> Case:
    (row,) = table(text, columns).rows
    assert isinstance(row, Read), row
    return row.case


def rejected(text: str) -> Rejected:
    (row,) = table(text).rows
    assert isinstance(row, Rejected), row
    return row


def test_a_column_may_be_a_field_a_region_or_a_feature() -> None:
    case = only(
        "id,age_at_onset,neck,left upper limb,trunk,tremor,HP:0001336,course\np1,8,yes,1,no,TRUE,absent,progressive\n"
    )
    assert case == Case(  # type: ignore[call-arg]
        regions={"neck", "left upper limb"}, unaffected={"trunk"}, features={"tremor"}, excluded={"HP:0001336"},
        age_at_onset=8, course="progressive",
    )  # type: ignore[arg-type]  # fmt: skip
    assert case.id == "p1"


def test_columns_are_mapped_and_others_are_named() -> None:
    found = table("who,onset,centre,neck\nx,P8Y,Berlin,y\n", {"who": "id", "onset": "age_at_onset", "neck": None})
    (row,) = found.rows
    assert isinstance(row, Read)
    assert (row.case.id, row.case.age_at_onset, row.case.regions) == ("x", 8.0, frozenset())
    assert found.unused == ("centre", "neck")
    assert any("centre" in entry.value for entry in row.report.unused)


@pytest.mark.parametrize("mapping", [{"none": "id"}, {"a": "tail"}])
def test_a_mapping_that_cannot_be_followed_is_refused(mapping: dict[str, str | None]) -> None:
    with pytest.raises(InputError, match=r"none|tail"):
        table("a,neck\n1,yes\n", mapping)


@pytest.mark.parametrize(
    ("column", "cell", "regions", "unaffected"),
    [
        ("neck", "left", {"dyst:LeftNeck"}, set()),
        ("neck", "both", {"dyst:Neck"}, set()),
        ("upper limb", "Right", {"dyst:RightUpperLimb"}, set()),
        ("upper limb", "both", {"dyst:LeftUpperLimb", "dyst:RightUpperLimb"}, set()),
        ("upper limb", "yes", {"dyst:UpperLimb"}, set()),
        ("upper limb", "none", set(), {"dyst:UpperLimb"}),
        ("larynx", "unknown", set(), set()),
        ("larynx", "", set(), set()),
        ("regions", "neck; trunk|left hand", {"dyst:Neck", "dyst:Trunk", "dyst:LeftUpperLimb"}, set()),
        ("unaffected", "neck", set(), {"dyst:Neck"}),
    ],
)
def test_cells_of_regions(column: str, cell: str, regions: set[str], unaffected: set[str]) -> None:
    case = only(f"id,{column}\nx,{cell}\n")
    assert case.regions == regions
    assert case.unaffected == unaffected


@pytest.mark.parametrize(
    ("cell", "age"),
    [
        ("8", 8.0),
        ("8.5", 8.5),
        ("18 mo", 1.5),
        ("P1Y6M", 1.5),
        ("3-12", AgeRange(3, 12)),
        ("3 to 12", AgeRange(3, 12)),
        ("NA", None),
    ],
)
def test_cells_of_ages(cell: str, age: Any) -> None:
    assert only(f"id,age_at_onset\nx,{cell}\n").age_at_onset == age


def test_hpo_terms_of_a_row_are_read_together() -> None:
    case = only("id,hpo,hpo_excluded\nx,HP:0031960;HP:0001337,HP:0002451|HP:0001336\n")
    assert case.regions == {"dyst:UpperLimb"}
    assert not case.unaffected
    assert (case.features, case.excluded) == ({"HP:0001337"}, {"HP:0001336"})


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("id,age_at_onset\nx,-1\n", "age_at_onset", "negative"),
        ("id,age_at_onset\nx,old\n", "age_at_onset", "give years"),
        ("id,regions\nx,tail\n", "regions", "tail"),
        ("id,neck\nx,perhaps\n", "neck", "yes or no"),
        ("id,larynx\nx,left\n", "larynx", "no left side"),
        ("id,complete\nx,perhaps\n", "complete", "yes or no"),
        ("id,course\nx,upwards\n", "course", "upwards"),
        ("id,neck\nx\n", None, "1 cells where the header has 2"),
        ("id,neck\nx,yes,no\n", None, "3 cells where the header has 2"),
        ("id,regions,unaffected\nx,neck,neck\n", "unaffected", "contradicts"),
        ("id,tremor,excluded\nx,yes,tremor\n", "features", "excluded"),
        ('id,neck\nx,"yes\n', None, "not a row"),
    ],
)
def test_a_bad_row_names_its_column_and_the_reason(text: str, column: str | None, reason: str) -> None:
    found = rejected(text)
    assert (found.row, found.column) == (1, column)
    assert reason in found.reason


def test_good_rows_are_read_beside_bad_ones_and_rows_count_from_one() -> None:
    rows = list(table("id,age_at_onset\na,1\nb,x\n\nc,3\n").rows)
    assert [(type(row).__name__, row.row) for row in rows] == [("Read", 1), ("Rejected", 2), ("Read", 3)]
    report = json.loads(rejections_json([row for row in rows if isinstance(row, Rejected)], read=2, name="t.csv"))
    assert report["rejected"] == [{"row": 2, "column": "age_at_onset", "value": "x", "reason": rows[1].reason}]  # type: ignore[union-attr]


def test_a_cell_that_is_not_utf_8_rejects_its_row_only() -> None:
    data = b"id,course\na,progressive\nb,caf\xe9\n"
    rows = list(read_table(data, format="csv").rows)
    assert isinstance(rows[0], Read)
    assert isinstance(rows[1], Rejected)
    assert "UTF-8" in rows[1].reason


def test_separators_byte_order_marks_and_gzip(tmp_path: Path) -> None:
    texts = {
        "a.csv": "id,neck\nx,yes\n",
        "b.csv": "\ufeffid;neck\nx;yes\n",
        "c.tsv": "id\tneck\nx\tyes\n",
        "d.csv": 'id,neck\r\n"x","yes"\r\n',
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    (tmp_path / "e.csv.gz").write_bytes(gzip.compress(texts["a.csv"].encode()))
    for path in sorted(tmp_path.iterdir()):
        (row,) = read_table(path).rows
        assert isinstance(row, Read), path
        assert row.case == Case(regions={"neck"})  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "\n", "a,a\n1,2\n", ",,\n", '"a\n', ",".join(f"c{i}" for i in range(3_000))])
def test_what_has_no_header_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        table(text)


def test_parquet_has_types_and_null_is_unknown(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(
        {
            "id": ["a", "b", "c"], "age_at_onset": [8.0, None, float("nan")], "neck": [True, None, False],
            "regions": [["trunk"], [], None], "sex": ["F", "M", None],
        }
    )  # fmt: skip
    frame.write_parquet(tmp_path / "t.parquet")
    found = read_table(tmp_path / "t.parquet")
    rows = [row for row in found.rows if isinstance(row, Read)]
    assert found.unused == ("sex",)
    assert [row.case for row in rows] == [
        Case(regions={"neck", "trunk"}, age_at_onset=8), Case(), Case(unaffected={"neck"}),  # type: ignore[arg-type]
    ]  # fmt: skip


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "t.parquet").write_bytes(b"PAR1" + b"\x00" * 40 + b"PAR1")
    for source in (tmp_path / "t.parquet", tmp_path / "none.parquet"):
        with pytest.raises(InputError):
            read_table(source)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.binary(max_size=60))
def test_any_bytes_give_rows_or_an_error_of_ours(text: str, data: bytes) -> None:
    for source in (data, b"id,age_at_onset,neck,regions,hpo\n" + text.encode("utf-8", "surrogatepass") + data):
        for kind in ("csv", "tsv"):
            try:
                for row in read_table(source, format=kind).rows:
                    str(row).encode("utf-8", "surrogatepass")
            except DystoniaKGError:
                pass
