"""Files of cases: JSON, JSON lines, YAML, gzipped or not; what is bad is refused with its place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from dystonia_kg.cases.phenopackets import read_phenopacket, read_phenopackets
from dystonia_kg.cases.report import Read, Rejected
from dystonia_kg.errors import InputError

TORTICOLLIS, ARM = "HP:0000473", "HP:0031960"


def feature(term: str, **more: Any) -> dict[str, Any]:
    return {"type": {"id": term}, **more}


def packet(*features: Any) -> dict[str, Any]:
    return {"id": "p", "phenotypicFeatures": list(features), "metaData": {"phenopacketSchemaVersion": "2.0.2"}}


def test_json_lines_json_arrays_yaml_and_gzip_are_one(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    whole = packet(feature(ARM, modifiers=[{"id": "HP:0012835"}]), feature("HP:0002072", excluded=True))
    files = {
        "a.json": json.dumps(whole, indent=1),
        "b.jsonl": json.dumps(whole) + "\n",
        "c.json": json.dumps([whole]),
        "d.yaml": _as_yaml(whole),
    }
    cases = []
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
        cases.append(read_phenopacket(tmp_path / name).case)
    (tmp_path / "e.json.gz").write_bytes(gzip.compress(files["a.json"].encode()))
    cases.append(read_phenopacket(tmp_path / "e.json.gz").case)
    assert len(set(cases)) == 1
    assert cases[0].regions == {"dyst:LeftUpperLimb"}


def _as_yaml(value: Any) -> str:
    import yaml

    return str(yaml.safe_dump(value))


def test_yaml_dates_stay_text() -> None:
    pytest.importorskip("yaml")
    text = (
        "subject: {dateOfBirth: 2000-01-01T00:00:00Z}\n"
        "phenotypicFeatures:\n- type: {id: HP:0001332}\n  onset: {timestamp: 2010-01-01T00:00:00Z}\n"
    )
    found = [each for each in read_phenopackets(text.encode(), format="yaml") if isinstance(each, Read)]
    assert found[0].case.age_at_onset == pytest.approx(10, abs=0.01)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{" * 100_000, "json"),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, "json"),
        ("[" * 5_000, "yaml"),
        ("a: &a [x]\nb: *a\n", "yaml"),
        ("!!python/object/apply:os.system ['true']", "yaml"),
        ("a: [\n", "yaml"),
        ("a: .nan", "yaml"),
        ("1: 2", "yaml"),
        ('{"a": NaN}', "json"),
        ('{"a": 1, "a": 2}', "json"),
        ("{a: 1}", "json"),
        ('{"phenotypicFeatures": []', "json"),
        (f'{{"n": {"9" * 5_000}}}', "json"),
        ("a: 1\na: 2", "yaml"),
        ("a: 9999-99-99\nb: 0777777777777777777777777777777778", "yaml"),
    ],
)
def test_bad_files_are_refused(text: str, kind: str) -> None:
    if kind == "yaml":
        pytest.importorskip("yaml")
    with pytest.raises(InputError):
        list(_all(read_phenopackets(text.encode(), format=kind)))


def _all(found: Any) -> Any:
    for each in found:
        if isinstance(each, Rejected):
            raise InputError([])
        yield each


def test_a_bad_line_is_rejected_and_the_others_are_read() -> None:
    good = json.dumps(packet(feature(TORTICOLLIS)))
    found = list(read_phenopackets("\n".join([good, "{", "", "[]", good]).encode(), format="jsonl"))
    assert [type(each).__name__ for each in found] == ["Read", "Rejected", "Rejected", "Read"]
    assert [each.row for each in found] == [1, 2, 4, 5]


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_phenopackets(tmp_path / "none.json")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        read_phenopackets(tmp_path / "b.json")
