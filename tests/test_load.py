"""Loading: a damaged release is refused before a triple is read; a user's file comes in whole or not at all."""

from __future__ import annotations

import gzip
import json
import shutil
from typing import TYPE_CHECKING

import pytest

import dystonia_kg as dkg
from dystonia_kg.errors import InputError, ReleaseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

MINE = """@prefix dyst: <https://w3id.org/dystonia-kg/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<http://example.org/DartsCramp> a owl:Class ; rdfs:label "dart player's cramp" ; rdfs:subClassOf dyst:WritersCramp .
"""
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rdf [<!ENTITY a0 "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    + ']><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="http://e/s"><p xmlns="http://e/">&a11;</p></rdf:Description></rdf:RDF>'
)


@pytest.fixture
def release(tmp_path: Path, ontology: Path) -> Path:
    return shutil.copytree(ontology / "release", tmp_path / "release")


def test_a_copy_of_the_release_is_the_release(release: Path, kg: dkg.KnowledgeGraph) -> None:
    copy = dkg.load(release)
    assert (copy.version, len(copy)) == (kg.version, len(kg))
    assert copy.version == json.loads((release / "manifest.json").read_text("utf-8"))["version"]
    lines = (release / "dystonia.nq").read_text("utf-8").splitlines()
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    assert len(lines) == sum(manifest["triples"].values())
    assert len(kg) == len(lines) + manifest["deferred"]["triples"]


def drop_the_folder(release: Path) -> None:
    shutil.rmtree(release)


def drop_the_graph(release: Path) -> None:
    (release / "dystonia.nq").unlink()


def drop_the_manifest(release: Path) -> None:
    (release / "manifest.json").unlink()


def truncate(release: Path) -> None:
    content = (release / "dystonia.nq").read_bytes()
    end = content.index(b"\n", len(content) // 2) + 1  # at a line end: what is left is valid N-Quads
    (release / "dystonia.nq").write_bytes(content[:end])


def alter_a_byte(release: Path) -> None:
    content = (release / "dystonia.nq").read_bytes()
    assert content.count(b"cervical dystonia") > 1
    (release / "dystonia.nq").write_bytes(content.replace(b"cervical dystonia", b"cervical dystonla", 1))


def corrupt_the_manifest(release: Path) -> None:
    (release / "manifest.json").write_text('{"version": "0.1.0", "files": {', encoding="utf-8")


def empty_the_manifest(release: Path) -> None:
    (release / "manifest.json").write_text("{}", encoding="utf-8")


def a_manifest_of_another_shape(release: Path) -> None:
    (release / "manifest.json").write_text("[1, 2]", encoding="utf-8")


def a_manifest_without_the_graph(release: Path) -> None:
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    del manifest["files"]["dystonia.nq"]
    (release / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def a_manifest_without_checksums(release: Path) -> None:
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    manifest["files"]["dystonia.nq"] = {}
    (release / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def a_file_in_its_place(release: Path) -> None:
    shutil.rmtree(release)
    release.write_text("not a folder", encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (drop_the_folder, "no release in"),
        (drop_the_manifest, "no release in"),
        (drop_the_graph, r"dystonia\.nq cannot be read \(No such file"),
        (truncate, r"dystonia\.nq has \d+ bytes where \d+ were released"),
        (alter_a_byte, r"dystonia\.nq is not the released file \(its checksum differs\)"),
        (corrupt_the_manifest, r"manifest\.json cannot be read"),
        (empty_the_manifest, r"manifest\.json cannot be read"),
        (a_manifest_of_another_shape, r"manifest\.json cannot be read"),
        (a_manifest_without_the_graph, r"has no file dystonia\.nq"),
        (a_manifest_without_checksums, r"manifest\.json cannot be read"),
        (a_file_in_its_place, "no release in"),
    ],
)
def test_a_damaged_release_is_refused(release: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(release)
    with pytest.raises(ReleaseError, match=message) as caught:
        dkg.load(release)
    assert "dystonia-kg build" in str(caught.value), "the next step"


def test_extra_files_stand_beside_ours(tmp_path: Path, kg: dkg.KnowledgeGraph) -> None:
    (tmp_path / "mine.ttl").write_text(MINE, encoding="utf-8")
    (tmp_path / "more.nt.gz").write_bytes(gzip.compress(b"<http://example.org/a> <http://example.org/b> _:c .\n"))
    mine = dkg.load(extra=[tmp_path / "mine.ttl", str(tmp_path / "more.nt.gz")])
    assert len(mine) == len(kg) + 4
    assert mine.is_a("dart player's cramp", "focal dystonia"), "through what the release infers"
    rows = mine.query("SELECT (COUNT(*) AS ?n) { GRAPH dyst:graph\\/user { ?s ?p ?o } }")
    assert rows[0].n == 4
    assert mine.query('ASK { ?x rdfs:subClassOf dyst:WritersCramp ; rdfs:label "dart player\'s cramp" }') is True
    assert "http://example.org/DartsCramp" in [term.iri for term in mine.term("writer's cramp").descendants]
    with pytest.raises(dkg.UnknownTermError):
        kg.term("dart player's cramp")


def test_named_graphs_of_a_users_file_do_not_get_among_ours(tmp_path: Path, kg: dkg.KnowledgeGraph) -> None:
    quad = "<http://e/s> <http://e/p> <http://e/o> <https://w3id.org/dystonia-kg/graph/asserted> .\n"
    (tmp_path / "sly.nq").write_text(quad, encoding="utf-8")
    mine = dkg.load(extra=[tmp_path / "sly.nq"])
    count = "SELECT (COUNT(*) AS ?n) { GRAPH dyst:graph\\/asserted { ?s ?p ?o } }"
    assert mine.query(count) == kg.query(count)
    assert len(mine) == len(kg) + 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mine.ttl", MINE[: MINE.index("dyst:WritersCramp")], r"mine\.ttl:3:\d+: .*Unexpected end"),
        ("mine.ttl", MINE.replace("dyst:WritersCramp", "unknown:WritersCramp"), r"mine\.ttl:3:\d+: .*unknown"),
        ("mine.docx", MINE, "the format 'docx' is not known"),
        ("mine.ttl.gz", MINE, "cannot be read: Compressed file ended"),
        ("mine.rdf", BOMB, "the entity 'a1' is not plain text"),
        ("mine.jsonld", '{"@context": "http://example.org/c", "@id": "x"}', "a remote @context"),
    ],
)
def test_a_bad_extra_file_is_an_error_with_its_place(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / "good.ttl").write_text(MINE, encoding="utf-8")
    (tmp_path / name).write_text(content, encoding="utf-8")
    if name == "mine.ttl.gz":
        (tmp_path / name).write_bytes(gzip.compress(content.encode())[:-20])
    with pytest.raises(InputError, match=message) as caught:
        dkg.load(extra=[tmp_path / "good.ttl", tmp_path / name])
    assert caught.value.problems[0].file == str(tmp_path / name)


def test_a_missing_extra_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.ttl: cannot be read: No such file"):
        dkg.load(extra=[tmp_path / "none.ttl"])


def test_nothing_of_a_half_written_file_is_taken(tmp_path: Path, kg: dkg.KnowledgeGraph) -> None:
    """The reading of quads is all or nothing, so the store never sees the good half."""
    from dystonia_kg.graph import _add_file

    mine = dkg.load()
    (tmp_path / "half.nt").write_text('<http://e/s> <http://e/p> "1" .\n' * 5 + "<http://e/s> <http", encoding="utf-8")
    with pytest.raises(InputError, match=r"half\.nt:6"):
        _add_file(mine, tmp_path / "half.nt")
    assert len(mine) == len(kg)


def test_an_entity_bomb_does_not_end_the_process(tmp_path: Path, python: Callable[..., CompletedProcess[str]]) -> None:
    (tmp_path / "bomb.rdf").write_text(BOMB, encoding="utf-8")
    code = (
        "import sys, resource, dystonia_kg as d\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30,) * 2)\n"
        "try: d.load(extra=[sys.argv[1]])\n"
        "except d.InputError as error: print('refused', d.load().is_a('blepharospasm', 'focal dystonia'))\n"
    )
    done = python(code, tmp_path / "bomb.rdf")
    assert (done.returncode, done.stdout) == (0, "refused True\n"), done.stderr
