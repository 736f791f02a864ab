"""Building: impossible edits are named, placements are inferred, and what comes out is whole, the same each time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rdflib
from edits import edit
from rdflib import OWL, RDFS, BNode, URIRef

import dystonia_kg as dkg
from dystonia_kg import files
from dystonia_kg.build import release as release_module
from dystonia_kg.build.contiguity import judged_pairs, minimal_separators
from dystonia_kg.build.pipeline import build, reason
from dystonia_kg.build.release import write_release
from dystonia_kg.build.tables import read_table
from dystonia_kg.errors import BuildError, InconsistentError, UnsatisfiableError
from dystonia_kg.release import Release

if TYPE_CHECKING:
    from collections.abc import Callable

DYST = "https://w3id.org/dystonia-kg/"
FILES = {"dystonia-el.owl", "dystonia.nq", "dystonia.owl", "explanations.json", "manifest.json"}
PREFIXES = """@prefix dyst: <https://w3id.org/dystonia-kg/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


# ---------------------------------------------------------------------- edits that cannot be


@pytest.mark.slow
def test_an_unsatisfiable_edit_names_classes_and_axioms(sources: Path, tmp_path: Path) -> None:
    (sources / "modules" / "edit.ttl").write_text(
        PREFIXES + "dyst:WritersCramp rdfs:subClassOf [ a owl:Restriction ; owl:onProperty dyst:affects ;"
        " owl:someValuesFrom dyst:Neck ] .",
        encoding="utf-8",
    )
    release = old_release(tmp_path)
    with pytest.raises(UnsatisfiableError) as caught:
        build(sources, release)
    assert set(caught.value.classes) >= {"dyst:WritersCramp", "dyst:SimpleWritersCramp", "dyst:DystonicWritersCramp"}
    assert "dyst:CervicalDystonia" not in caught.value.classes
    text = str(caught.value)
    assert text.startswith("no instance is possible of: dyst:")
    assert "writer's cramp SubClassOf affects some neck region" in text
    is_whole(release)


@pytest.mark.slow
def test_an_inconsistent_edit_names_axioms(sources: Path, tmp_path: Path) -> None:
    (sources / "modules" / "edit.ttl").write_text(
        PREFIXES + "dyst:someone a owl:NamedIndividual , dyst:FocalDystonia , dyst:SegmentalDystonia ."
        " dyst:someone rdfs:label 'someone' .",
        encoding="utf-8",
    )
    release = old_release(tmp_path)
    with pytest.raises(InconsistentError) as caught:
        reason(sources, accessions=False)
    text = str(caught.value)
    assert text.startswith("the ontology is inconsistent")
    for axiom in ("someone Type", "focal dystonia", "segmental dystonia"):
        assert axiom in text
    is_whole(release)


# ---------------------------------------------------------------------- inferred, not asserted


def test_placements_are_inferred_not_asserted(
    kg: dkg.KnowledgeGraph,
    turtle: rdflib.Graph,
    cells: list,
    expand: Callable[[str], str],  # type: ignore[type-arg]
) -> None:
    """No assertion puts a named syndrome or a disorder below a value of the axes; the release puts them there."""
    values = {str(s) for s in turtle.subjects(URIRef(DYST + "isValueOf"))}
    values |= {expand(c.subject) for c in cells if c.template == "AI dyst:isValueOf"}
    named = {t.iri for kind in ("DystoniaSyndrome", "DystoniaDisorder") for t in kg.term(f"dyst:{kind}").descendants}
    named -= values
    assert len(values) > 40
    assert len(named) > 60
    stated = {(str(s), str(o)) for s, o in turtle.subject_objects(RDFS.subClassOf) if not isinstance(o, BNode)}
    stated |= {(str(s), str(o)) for s, o in turtle.subject_objects(OWL.equivalentClass) if not isinstance(o, BNode)}
    stated |= {(expand(c.subject), expand(c.value)) for c in cells if c.template == "SC %"}
    assert not {(sub, sup) for sub, sup in stated if sub in named and sup in values}
    placed = {iri: {t.iri for t in kg.term(iri).ancestors} & values for iri in named}
    assert sum(map(len, placed.values())) > 150
    for name, value in [
        ("WritersCramp", "FocalDystonia"),
        ("WritersCramp", "ActionSpecificDystonia"),
        ("CervicalDystonia", "FocalDystonia"),
        ("CranialDystonia", "SegmentalDystonia"),
        ("FaciobrachialDystonia", "MultifocalDystonia"),
        ("DYT_TOR1A", "AutosomalDominantDystonia"),
        ("PKAN", "DegenerativeDystonia"),
        ("DystonicCerebralPalsy", "AcquiredDystonia"),
    ]:
        assert DYST + value in placed[DYST + name], (name, value)


ROW = "dyst:association/contiguity-UpperFace-LowerFace"


@pytest.mark.slow
def test_without_one_contiguity_the_classification_changes(sources: Path, kg: dkg.KnowledgeGraph) -> None:
    before = {t.iri for t in kg.term("cranial dystonia").ancestors}
    assert DYST + "SegmentalDystonia" in before
    assert DYST + "MultifocalDystonia" not in before
    table = sources / "tables" / "contiguity.tsv"
    row = next(line for line in table.read_text("utf-8").splitlines() if line.startswith(ROW))
    edit(table, row, row.replace("\ttrue\t", "\tfalse\t"))
    above = reason(sources, accessions=False).classification.superclasses
    for syndrome in ("CranialDystonia", "CraniocervicalDystonia"):
        assert DYST + "MultifocalDystonia" in above[DYST + syndrome]
        assert DYST + "SegmentalDystonia" not in above[DYST + syndrome]
    assert DYST + "SegmentalDystonia" in above[DYST + "BibrachialDystonia"], "the other pairs stand"
    assert DYST + "FocalDystonia" in above[DYST + "WritersCramp"]


def test_a_judgement_taken_away_is_as_good_as_denied(sources: Path) -> None:
    table = sources / "tables" / "contiguity.tsv"

    def clauses() -> list[tuple[str, str, tuple[str, ...]]]:
        return minimal_separators(judged_pairs(read_table(table).triples))

    whole = clauses()
    row = next(line for line in table.read_text("utf-8").splitlines() if line.startswith(ROW))
    edit(table, row, row.replace("\ttrue\t", "\tfalse\t"))
    denied = clauses()
    edit(table, row.replace("\ttrue\t", "\tfalse\t") + "\n", "")
    assert clauses() == denied != whole


# ---------------------------------------------------------------------- the release


def test_the_release_is_what_the_sources_give_without_any_java(sources: Path, tmp_path: Path, ontology: Path) -> None:
    """Byte for byte, in a process that knows of no Java, from a copy elsewhere and with another order of hashes."""
    (tmp_path / "bin").mkdir()
    env = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), "PYTHONHASHSEED": "12345"}
    assert shutil.which("java", path=env["PATH"]) is None
    command = [sys.executable, "-m", "dystonia_kg.cli", "build", "--sources", str(sources), "--output"]
    done = subprocess.run(
        [*command, str(tmp_path / "out")], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("release 0.1.0 in ")
    names = sorted(path.name for path in (ontology / "release").iterdir())
    assert set(names) >= FILES
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    differing = [n for n in names if (tmp_path / "out" / n).read_bytes() != (ontology / "release" / n).read_bytes()]
    assert not differing, "run 'dystonia-kg build', or find what is not deterministic"


def test_the_released_files_are_well_formed(ontology: Path) -> None:
    folder = ontology / "release"
    lines = (folder / "dystonia.nq").read_text("utf-8").splitlines()
    assert lines == sorted(set(lines))
    whole = rdflib.Graph().parse(folder / "dystonia-el.owl", format="xml")
    assert URIRef(DYST + "dystonia.owl") in set(whole.subjects(rdflib.RDF.type, OWL.Ontology))
    assert (URIRef(DYST + "WritersCramp"), RDFS.subClassOf, URIRef(DYST + "FocalDystonia")) in whole
    assert not list(whole.triples((None, OWL.complementOf, None))), "EL has no negation"
    assert not list(whole.triples((None, OWL.unionOf, None)))


def old_release(tmp_path: Path) -> Path:
    folder = tmp_path / "release"
    write_release(folder, {"dystonia.nq": b"<http://e/s> <http://e/p> <http://e/o> .\n"}, {"version": "old"})
    return folder


def is_whole(folder: Path, version: str = "old") -> None:
    release = Release(folder)
    assert release.version == version
    assert all(release.read(name) for name in release.files)
    assert sorted(path.name for path in folder.iterdir()) == ["dystonia.nq", "manifest.json"]


NEW = {"dystonia.nq": b"<http://e/new> <http://e/p> <http://e/o> .\n"}


def test_a_release_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    folder = old_release(tmp_path)
    write_release(folder, NEW, {"version": "new"})
    is_whole(folder, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["release"], "nothing is left beside"


@pytest.mark.parametrize("step", ["write_synced", "exchange", "_swap", "as_json"])
def test_a_build_that_fails_leaves_the_old_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    folder = old_release(tmp_path)

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(files if step == "_swap" else release_module, step, fail)
    with pytest.raises(BuildError, match=r"cannot be written to .*no space"):
        write_release(folder, NEW, {"version": "new"})
    is_whole(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


@pytest.mark.parametrize("fails", [False, True])
def test_where_the_system_cannot_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    folder = old_release(tmp_path)
    monkeypatch.setattr(files, "_swap", lambda *_: False)
    if fails:
        rename = Path.rename

        def sometimes(self: Path, target: Path) -> Path:
            if target == folder and not self.name.startswith("release"):
                raise OSError("interrupted")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", sometimes)
        with pytest.raises(BuildError, match="interrupted; the old one stays"):
            write_release(folder, NEW, {"version": "new"})
    else:
        write_release(folder, NEW, {"version": "new"})
    is_whole(folder, "old" if fails else "new")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(BuildError, match="cannot be written to"):
        write_release(tmp_path / "file" / "release", NEW, {"version": "new"})


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere two steps may be needed")
def test_there_is_no_moment_without_a_release(tmp_path: Path) -> None:
    folder = old_release(tmp_path)
    missing, stop = [], threading.Event()

    def watch() -> None:
        while not stop.is_set():
            if not os.path.exists(folder / "manifest.json"):
                missing.append(time.monotonic())

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(100):
        write_release(folder, NEW, {"version": str(number)})
    stop.set()
    watcher.join()
    assert not missing
    is_whole(folder, "99")


SLOW_WRITER = """
import sys, time
from pathlib import Path
from dystonia_kg.build import release
write = release.write_synced
def half(path, content):
    if path.name == 'manifest.json':
        write(path, content[: len(content) // 2])
        print('in the middle', flush=True)
        time.sleep(60)
    write(path, content)
release.write_synced = half
files = {'dystonia.nq': b'<http://e/new> <http://e/p> <http://e/o> .\\n'}
release.write_release(Path(sys.argv[1]), files, {'version': 'new'})
"""


def test_a_build_killed_while_it_writes_leaves_the_old_release(tmp_path: Path) -> None:
    folder = old_release(tmp_path)
    with subprocess.Popen([sys.executable, "-c", SLOW_WRITER, str(folder)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "in the middle\n"
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    is_whole(folder)
    write_release(folder, NEW, {"version": "new"})
    is_whole(folder, "new")


def test_a_build_killed_while_it_reasons_leaves_the_old_release(tmp_path: Path, sources: Path) -> None:
    folder = old_release(tmp_path)
    command = [sys.executable, "-m", "dystonia_kg.cli", "build", "--sources", str(sources), "--output", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        shown = ""
        for line in child.stderr:
            shown += line
            if "classifying" in line:
                break
        child.send_signal(signal.SIGKILL)
    assert "classifying" in shown, shown
    assert child.returncode == -signal.SIGKILL
    is_whole(folder)
