"""Exports as such: where they go, what is reported, and what happens when something stops them."""

from __future__ import annotations

import errno
import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from dystonia_kg.errors import ExportError
from dystonia_kg.exports import job as job_module
from dystonia_kg.exports.blank import stable_names
from dystonia_kg.exports.formats import Extent
from dystonia_kg.exports.registry import FORMATS, find
from dystonia_kg.exports.source import NUMERIC_BASE
from dystonia_kg.exports.target import folder_target
from dystonia_kg.portable import Portable
from dystonia_kg.vocab import GRAPH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dystonia_kg.graph import KnowledgeGraph

OLD = "what was there before"
OF_THE_GRAPH = [
    name for name, one in FORMATS.items() if one.extra is None and not any(option.needed for option in one.options)
]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file that an export would replace, alone in its folder."""
    path = tmp_path / "out.nt"
    path.write_text(OLD, "utf-8")
    return path


@pytest.fixture
def cli() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in a process of its own."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dystonia_kg.cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    return run


# ---------------------------------------------------------------------- what there is


def test_every_format_can_be_found_and_its_module_is_there() -> None:
    claimed: dict[str, str] = {}
    for name, one in FORMATS.items():
        assert find(name) is one
        for alias in (name, *one.aliases):
            assert alias == alias.lower()
            assert claimed.setdefault(alias, name) == name, f"{alias} is claimed twice"
            assert find(alias.upper()) is one
        module = pytest.importorskip(f"dystonia_kg.exports.{one.module}")
        assert callable(module.write)
        assert one.folder or all(suffix.startswith(".") for suffix in one.suffixes)
        partial = any(extent is Extent.PART for extent in one.holds[:-1])
        assert one.holds.note or not partial, f"{name}: what does part mean?"
        assert all(option.default in option.choices for option in one.options if option.choices)


def test_the_list_of_formats(kg: KnowledgeGraph, cli: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    assert kg.export_formats is FORMATS
    shown = repr(FORMATS)
    assert all(name in shown for name in FORMATS)
    listed = cli("export", "--list")
    assert listed.returncode == 0
    assert all(name in listed.stdout for name in FORMATS)


def test_an_unknown_format_names_the_nearest(kg: KnowledgeGraph) -> None:
    with pytest.raises(ExportError, match="no format is called 'ntripels'; nearest: ntriples"):
        kg.export("ntripels", io.BytesIO())


def test_unknown_options(kg: KnowledgeGraph) -> None:
    with pytest.raises(ExportError, match=r"has no option 'colour'; it has inferred, associations"):
        kg.export("ntriples", io.BytesIO(), colour="red")
    with pytest.raises(ExportError, match="inferred='some': use one of hierarchy, all, none"):
        kg.export("ntriples", io.BytesIO(), inferred="some")
    with pytest.raises(ExportError, match="ids='roman': use 'readable'"):
        kg.export("ntriples", io.BytesIO(), ids="roman")


# ---------------------------------------------------------------------- where it goes


def test_a_path_and_a_file_object_get_the_same(part: KnowledgeGraph, old: Path) -> None:
    report = part.export("ntriples", old)
    assert names(old.parent) == ["out.nt"]
    held = io.BytesIO()
    assert part.export("ntriples", held).written == report.written
    assert held.getvalue() == old.read_bytes()
    assert report.path == str(old)
    assert held.getvalue().count(b"\n") == report.written["triples"]


def test_standard_output_gets_the_same(
    kg: KnowledgeGraph, cli: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    held = io.BytesIO()
    kg.export("sssom", held)
    piped = cli("export", "sssom", "-o", "-")
    assert piped.returncode == 0
    assert piped.stdout.encode() == held.getvalue()
    assert "left out" in piped.stderr


def test_mode_and_links_stay(part: KnowledgeGraph, old: Path) -> None:
    old.chmod(0o640)
    link = old.with_name("link.nt")
    link.symlink_to(old)
    part.export("ntriples", link)
    assert link.is_symlink()
    assert old.read_text("utf-8") != OLD
    assert old.stat().st_mode & 0o777 == 0o640


def test_a_new_file_gets_the_usual_mode(part: KnowledgeGraph, tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    part.export("ntriples", tmp_path / "new.nt")
    assert (tmp_path / "new.nt").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_the_report(part: KnowledgeGraph) -> None:
    one, two = part.export("ntriples", io.BytesIO()), part.export("ntriples", io.BytesIO())
    assert one == two
    assert one.seconds > 0
    as_dict = one.to_dict()
    assert as_dict["format"] == "ntriples"
    assert as_dict["path"] is None
    assert {left["kind"] for left in as_dict["left_out"]} == {left.kind for left in one.left_out}
    lines = str(one).splitlines()
    assert lines[0].startswith("ntriples to a file object, ")
    assert len(lines) == 3 + len(one.written) + len(one.left_out)
    with pytest.raises(TypeError):
        one.written["triples"] = 0  # type: ignore[index]


def test_progress_tells_how_far_it_is(part: KnowledgeGraph) -> None:
    told: list[tuple[str, int, int | None]] = []
    report = part.export("ntriples", io.BytesIO(), progress=lambda *step: told.append(step))
    counts = [done for _, done, _ in told]
    assert counts == sorted(counts)
    assert len(counts) > 10
    assert told[-1] == ("triples", report.written["triples"], report.written["triples"])


# ---------------------------------------------------------------------- what stops it


class Stopped(Exception):
    pass


@pytest.mark.parametrize("error", [KeyboardInterrupt, Stopped, MemoryError, OSError(errno.EIO, "broken disk")])
def test_an_interruption_leaves_the_old_file(part: KnowledgeGraph, old: Path, error: BaseException) -> None:
    def stop(kind: str, done: int, total: int | None) -> None:
        if done >= 2000:
            raise error

    expected = ExportError if isinstance(error, OSError) else error
    with pytest.raises(expected):  # type: ignore[call-overload]
        part.export("ntriples", old, progress=stop)
    assert old.read_text("utf-8") == OLD
    assert names(old.parent) == ["out.nt"]


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C of a terminal is a signal")
def test_ctrl_c_on_the_command_line_leaves_the_old_file(old: Path) -> None:
    fifo = old.with_name("extra.nt")
    code = (
        "import sys, time, dystonia_kg as d\n"
        "def slow(*a): print('.', flush=True); time.sleep(0.05)\n"
        f"d.load().export('ntriples', {str(old)!r}, progress=slow)"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    _, error = child.communicate(timeout=60)
    assert b"KeyboardInterrupt" in error
    assert old.read_text("utf-8") == OLD
    assert names(old.parent) == ["out.nt"], fifo


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("a file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("name", OF_THE_GRAPH)
def test_a_full_disk_leaves_the_old_file(part: KnowledgeGraph, small_disk: Path, name: str) -> None:
    if FORMATS[name].folder:
        (small_disk / "out").mkdir()
    else:
        (small_disk / "out").write_text(OLD, "utf-8")
    (small_disk / "ballast").write_bytes(bytes(248 << 10))
    with pytest.raises(ExportError, match=r"cannot write .*: No space left on device; what stood there is unchanged"):
        part.export(name, small_disk / "out")
    assert names(small_disk) == ["ballast", "out"]
    if FORMATS[name].folder:
        assert not names(small_disk / "out")
    else:
        assert (small_disk / "out").read_text("utf-8") == OLD


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_device_that_is_full(part: KnowledgeGraph) -> None:
    with pytest.raises(ExportError, match="No space left"):
        part.export("ntriples", "/dev/full")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("missing/out.nt", "there is no folder .*missing: make it first"),
        (".", "is a folder: this format is one file"),
        ("out.nt/x.nt", "there is no folder"),
    ],
)
def test_a_bad_place(kg: KnowledgeGraph, old: Path, monkeypatch: pytest.MonkeyPatch, target: str, message: str) -> None:
    monkeypatch.chdir(old.parent)
    with pytest.raises(ExportError, match=message):
        kg.export("ntriples", target)
    assert names(old.parent) == ["out.nt"]


def test_a_folder_that_may_not_be_written(kg: KnowledgeGraph, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:  # root may write anywhere, so the system's answer is given by hand
        real = Path.open

        def refuse(self: Path, *arguments: object, **options: object) -> object:
            if self.parent == old.parent:
                raise PermissionError(errno.EACCES, "Permission denied")
            return real(self, *arguments, **options)  # type: ignore[arg-type,call-overload]

        monkeypatch.setattr(Path, "open", refuse)
    else:
        old.parent.chmod(0o500)
    with pytest.raises(ExportError, match=r"cannot write .*: Permission denied"):
        kg.export("ntriples", old)
    old.parent.chmod(0o700)
    monkeypatch.undo()
    assert old.read_text("utf-8") == OLD


def test_what_takes_no_bytes_is_refused(kg: KnowledgeGraph) -> None:
    for target in (io.StringIO(), 7, None):
        with pytest.raises(ExportError, match="takes no bytes"):
            kg.export("ntriples", target)


def test_a_reader_that_goes_away_is_no_error_of_ours(tmp_path: Path) -> None:
    command = f"{sys.executable} -m dystonia_kg.cli export ntriples -o - | head -c 100"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    assert len(done.stdout) == 100
    assert "Traceback" not in done.stderr


# ---------------------------------------------------------------------- folders


def write_folder(path: Path, *files: str) -> None:
    with folder_target(path) as folder:
        for name in files:
            with folder.open(name) as file:
                file.write(f"new {name}")


def test_a_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(out, "a.tsv", "below/b.tsv")
    assert (out / "below" / "b.tsv").read_text("utf-8") == "new below/b.tsv"
    (out / "a.tsv").write_text(OLD, "utf-8")
    write_folder(out, "a.tsv", "below/b.tsv")
    assert (out / "a.tsv").read_text("utf-8") == "new a.tsv"
    assert names(tmp_path) == ["out"]


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.doc").write_text(OLD, "utf-8")
    with pytest.raises(ExportError, match=r"holds 'thesis.doc', which this export would not write again"):
        write_folder(out, "a.tsv")
    assert names(out) == ["thesis.doc"]
    assert names(tmp_path) == ["out"]


def test_a_folder_that_is_interrupted_leaves_the_old_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(out, "a.tsv")

    def interrupted() -> None:
        with folder_target(out) as folder, folder.open("a.tsv") as file:
            file.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (out / "a.tsv").read_text("utf-8") == "new a.tsv"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("target", ["-", io.BytesIO()])
def test_several_files_need_a_folder(target: object) -> None:
    with pytest.raises(ExportError, match="give the path of a folder"), folder_target(target):
        pass


def test_a_file_is_no_folder(old: Path) -> None:
    with pytest.raises(ExportError, match="is a file"):
        write_folder(old, "a.tsv")
    assert old.read_text("utf-8") == OLD


# ---------------------------------------------------------------------- the same each time


ALL_TWICE = """
import sys
from pathlib import Path
from pyoxigraph import RdfFormat, Store
from dystonia_kg.portable import Portable

class Graph(Portable):
    version = "0"
    _store = Store()

Graph._store.bulk_load(path=sys.argv[1], format=RdfFormat.N_QUADS)
for name in sys.argv[3:]:
    Graph().export(name, Path(sys.argv[2]) / name)
"""


@pytest.fixture(scope="module")
def twice(part: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Every format that needs no extra, written by two processes in which hashes and blank nodes differ."""
    folder = tmp_path_factory.mktemp("twice")
    part._store.dump(folder / "part.nq", format=RdfFormat.N_QUADS)
    for seed in ("1", "2"):
        (folder / seed).mkdir()
        command = [sys.executable, "-c", ALL_TWICE, str(folder / "part.nq"), str(folder / seed), *OF_THE_GRAPH]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed}, timeout=300)
    return folder / "1", folder / "2"


@pytest.mark.parametrize("name", OF_THE_GRAPH)
def test_the_same_graph_gives_the_same_bytes(twice: tuple[Path, Path], name: str) -> None:
    first, second = (folder / name for folder in twice)
    if FORMATS[name].folder:
        files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
        assert files
        assert [(first / file).read_bytes() for file in files] == [(second / file).read_bytes() for file in files]
    else:
        assert first.read_bytes() == second.read_bytes()
        assert first.stat().st_size > 500


def test_blank_nodes_of_a_user_are_named_by_their_content(part: KnowledgeGraph) -> None:
    mine = "@prefix e: <http://my.org/> . e:a e:p [ e:q 1 ; e:r [ e:q 2 ] ] , [ e:q 3 ] . [] e:q 4 ."

    class Graph(Portable):
        version = "0"  # type: ignore[assignment]

        def __init__(self, turtle: str) -> None:
            self._store = Store()
            self._store.bulk_extend(part._store)
            self._store.load(turtle.encode(), RdfFormat.TURTLE, to_graph=NamedNode(GRAPH + "user"))

    written = []
    for turtle in (mine, mine, ""):
        out = io.BytesIO()
        Graph(turtle).export("ntriples", out)
        written.append(out.getvalue())
    assert written[0] == written[1]
    new = set(written[0].splitlines()) - set(written[2].splitlines())
    assert len(new) == 7, "the nodes of others keep their names"


# ---------------------------------------------------------------------- identifiers


def test_numeric_identifiers_are_one_to_one(kg: KnowledgeGraph, part: KnowledgeGraph, ontology: Path) -> None:
    rows = (ontology / "accessions.tsv").read_text("utf-8").splitlines()[1:]
    register = {iri_or_curie: number for number, iri_or_curie, *_ in (row.split("\t") for row in rows)}
    source = kg._export_source()
    numbers = source.accessions
    assert len(set(numbers.values())) == len(numbers) > 500
    by_curie = {source.curie(iri): number.replace(NUMERIC_BASE, "DYST:") for iri, number in numbers.items()}
    assert by_curie.items() <= register.items()
    readable, numeric = io.BytesIO(), io.BytesIO()
    part.export("ntriples", readable)
    part.export("ntriples", numeric, ids="numeric")
    names_of = {number: iri for iri, number in numbers.items()}
    found = set(re.findall(r"<([^<>\s]+)>", numeric.getvalue().decode()))
    assert not found & numbers.keys()
    assert len(found & names_of.keys()) > 50
    back = re.sub(r"<([^<>\s]+)>", lambda m: f"<{names_of.get(m[1], m[1])}>", numeric.getvalue().decode())
    assert sorted(back.splitlines()) == sorted(readable.getvalue().decode().splitlines())


@pytest.mark.parametrize("name", ["nquads", "trig", "ntriples"])
def test_quads_in_no_graph_are_written_too(name: str) -> None:
    class Loose(Portable):
        version = "0"  # type: ignore[assignment]
        _store = Store()

    Loose._store.load(b"<http://e/s> <http://e/p> <http://e/o> .", RdfFormat.N_TRIPLES)
    out = io.BytesIO()
    Loose().export(name, out)
    (quad,) = parse(out.getvalue(), format={"trig": RdfFormat.TRIG}.get(name, RdfFormat.N_QUADS))
    assert str(quad.predicate) == "<http://e/p>"


def circle(*order: int) -> bytes:
    nodes = "\n".join(f"_:n{i} <http://e/next> _:n{(i + 1) % 3} ." for i in order)
    store = Store()
    store.load(nodes.encode(), RdfFormat.N_TRIPLES)
    out = io.BytesIO()
    names = stable_names(store)
    assert len(set(names.values())) == 3
    return out.getvalue()


def test_a_circle_of_blank_nodes_ends() -> None:
    assert circle(0, 1, 2) == circle(2, 0, 1)


def test_time_is_told(part: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 12.5])
    monkeypatch.setattr(job_module.time, "perf_counter", lambda: next(clock))
    assert part.export("ntriples", io.BytesIO()).seconds == 2.5
    assert time.perf_counter
