"""`dystonia-kg classify`: kinds of input, forms of output, exit statuses, what was rejected."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dystonia_kg.cases.case import Case

DEV = Path(__file__).parent / "data" / "dev.jsonl.gz"
PACKET = {
    "id": "p1",
    "metaData": {"phenopacketSchemaVersion": "2.0"},
    "phenotypicFeatures": [
        {"type": {"id": "HP:0000473", "label": "Torticollis"}, "onset": {"age": {"iso8601duration": "P45Y"}}},
        {"type": {"id": "HP:0001336", "label": "Myoclonus"}},
    ],
}
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cli(tmp_path: Path) -> Run:
    """Run the command as a user does, in a folder of its own."""

    def run(*arguments: object, given: bytes | None = None) -> subprocess.CompletedProcess[str]:
        code = "from dystonia_kg.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code, "classify", *map(str, arguments)],
            input=given,
            capture_output=True,
            cwd=tmp_path,
            timeout=120,
            check=False,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return run


def values(answer: dict[str, Any]) -> dict[str, Any]:
    return {each["dimension"]: each["value"] for each in answer["classification"]["dimensions"]}


def test_a_phenopacket_gives_a_report(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps(PACKET))
    done = cli("p.json")
    assert done.returncode == 0
    assert "age at onset: late adulthood" in done.stdout
    assert "isolated or combined: combined" in done.stdout
    assert "because" in done.stdout
    explained = cli("p.json", "--explain").stdout
    assert len(explained) > len(done.stdout)
    assert "missing:" in explained
    assert "used $.phenotypicFeatures[0]" in explained


@pytest.mark.parametrize("name", ["p.json", "p.jsonl", "p.yaml", "p.json.gz"])
def test_files_are_told_by_their_names(name: str, cli: Run, tmp_path: Path) -> None:
    data = json.dumps(PACKET).encode()
    if name == "p.yaml":
        yaml = pytest.importorskip("yaml")
        data = yaml.safe_dump(PACKET).encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    done = cli(name, "--format", "json")
    answer = json.loads(done.stdout)
    assert values(answer[0] if isinstance(answer, list) else answer)["age at onset"] == "late adulthood"


def test_a_case_is_read_from_standard_input(cli: Run) -> None:
    case = Case(regions={"neck", "left upper limb"}, complete=True, id="c")  # type: ignore[arg-type]
    done = cli("-", "--format", "json", given=case.to_json().encode())
    assert done.returncode == 0
    assert values(json.loads(done.stdout))["body distribution"] == "segmental"


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(PACKET).encode(),
        json.dumps([PACKET, PACKET]).encode(),
        b"\n".join([json.dumps(PACKET).encode()] * 2),
        b"id,age_at_onset,neck,HP:0001336\np1,45,yes,yes\n",
        b"id\tage_at_onset\tneck\tHP:0001336\np1\t45\tyes\tyes\n",
        b"age_at_onset: 45\nregions: [neck]\nfeatures: [myoclonus]\n",
    ],
)
def test_standard_input_is_told_by_what_it_holds(data: bytes, cli: Run) -> None:
    if data.startswith(b"age"):
        pytest.importorskip("yaml")
    done = cli("-", "-f", "json", given=data)
    answer = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    first = values(answer[0] if isinstance(answer, list) else answer)
    assert (first["age at onset"], first["isolated or combined"]) == ("late adulthood", "combined")


def test_a_table_is_classified_row_by_row_and_bad_rows_are_reported(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("who,onset,neck,centre\na,8,yes,B\nb,-1,yes,B\nc,70,no,B\n")
    mapping = ("--column", "who=id", "--column", "onset=age_at_onset")
    done = cli("t.csv", "-f", "csv", *mapping, "--rejected", "r.json")
    assert done.returncode == 1
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["row"], row["id"], row["axis1_age_at_onset"]) for row in rows] == [
        ("1", "a", "childhood"),
        ("3", "c", "late adulthood"),
    ]
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["read"] == 2
    assert [(each["row"], each["column"], each["value"]) for each in report["rejected"]] == [(2, "onset", "-1")]
    assert "negative" in done.stderr
    assert "centre" in done.stderr


def test_tab_separated_output_and_text(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("id\tage_at_onset\na\t8\n")
    assert cli("t.tsv", "-f", "tsv").stdout.splitlines()[1].startswith("1\ta\tchildhood\t")
    text = cli("t.tsv").stdout
    assert "childhood" in text
    assert "Unknown in all rows: body distribution" in text


def test_every_published_case_is_classified(cli: Run) -> None:
    done = cli(DEV, "-f", "json")
    assert done.returncode == 0
    answers = json.loads(done.stdout)
    assert len(answers) == 100
    assert sum(values(each)["isolated or combined"] == "combined" for each in answers) == 16
    assert all(each["read"]["unused"] for each in answers)


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (("none.json",), None),
        (("file.unknown",), None),
        (("-",), b""),
        (("-",), b"{"),
        (("-",), b"{}"),
        (("-",), b'{"regions": ["tail"]}'),
        (("-",), b"\xff\xfe\x00"),
        (("-",), b"PAR1"),
        (("-", "--edition", "1984"), b'{"regions": ["neck"]}'),
        (("-", "--column", "a"), b"a\n1\n"),
        (("-", "--column", "a=tail", "--input", "csv"), b"a\n1\n"),
        (("-", "--format", "xml"), b"{}"),
    ],
)
def test_bad_use_and_bad_input_end_with_status_2(arguments: tuple[str, ...], given: bytes | None, cli: Run) -> None:
    done = cli(*arguments, given=given)
    assert done.returncode == 2, done.stdout
    assert done.stderr.strip()


@pytest.mark.parametrize("name", ["out.parquet", "out.csv", "out.tsv"])
def test_a_whole_table_is_written_with_its_answers(name: str, cli: Run, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"age_at_onset": [8.0, -1.0, 70.0], "neck": [True, None, True], "complete": [True] * 3})
    frame.write_parquet(tmp_path / "t.parquet")
    done = cli("t.parquet", "--output", name, "--rejected", "r.json")
    assert done.returncode == 1, done.stderr
    separator = "\t" if name.endswith("tsv") else ","
    path = tmp_path / name
    found = polars.read_parquet(path) if name.endswith("parquet") else polars.read_csv(path, separator=separator)
    assert found["axis1_age_at_onset"].to_list() == ["childhood", None, "late adulthood"]
    assert found["axis1_body_distribution"].to_list() == ["focal", None, "focal"]
    report = json.loads((tmp_path / "r.json").read_text())
    assert {(each["row"], each["column"]) for each in report["rejected"]} >= {(2, "age_at_onset")}
    assert report["read"] == 2
