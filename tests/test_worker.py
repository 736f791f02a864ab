"""Deadlines: a query that takes too long or brings down its process leaves ours as it was."""

from __future__ import annotations

import gzip
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from dystonia_kg import worker
from dystonia_kg.errors import DystoniaKGError, QueryError, QuerySyntaxError, QueryTimeout, WorkerCrashed
from dystonia_kg.results import Result, execute
from dystonia_kg.worker import Source, SourceFile, Worker, close_workers, run_with_deadline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module", autouse=True)
def end() -> Iterator[None]:
    yield
    close_workers()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("worker") / "data.nq"
    lines = [f'<http://e/s{i}> <http://e/p> "{i}" <http://e/g> .\n' for i in range(1000)]
    lines += ["<http://e/s> <http://e/q> _:b <http://e/g> .\n", '<http://e/s> <http://e/q> "ü"@de .\n']
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def source(path: Path) -> Source:
    return Source((SourceFile(str(path), "nq"),))


@pytest.mark.parametrize(
    "query",
    [
        COUNT,
        "ASK { ?s ?p ?o }",
        "ASK { ?s ?p <http://none> }",
        "SELECT ?s ?o ?none { ?s <http://e/p> ?o } ORDER BY ?s",
        "CONSTRUCT { ?s a ?o } WHERE { ?s <http://e/p> ?o FILTER(?o = '7') }",
        "SELECT (1.5 AS ?d) (true AS ?b) (1e0 AS ?f) ('a\\nb' AS ?t) { }",
        "SELECT ?o { ?s <http://e/q> ?o FILTER(isLiteral(?o)) }",
    ],
)
def test_answers_are_those_of_execute(source: Source, path: Path, query: str) -> None:
    store = ox.Store()
    store.bulk_load(path=path)
    assert run_with_deadline(source, query, 20) == execute(store, query)


def test_the_worker_stays_warm_until_the_deadline_passes(source: Source) -> None:
    run_with_deadline(source, COUNT, 20)
    warm = worker._worker_for(source).pid
    run_with_deadline(source, COUNT, 20)
    assert worker._worker_for(source).pid == warm
    started = time.monotonic()
    with pytest.raises(QueryTimeout, match=r"did not finish within 0\.3 s") as caught:
        run_with_deadline(source, ENDLESS, 0.3)
    assert time.monotonic() - started < 60
    assert caught.value.timeout == 0.3
    assert run_with_deadline(source, "ASK { ?s ?p ?o }", 20) is True
    assert worker._worker_for(source).pid not in (warm, None)
    with pytest.raises(ProcessLookupError):
        os.kill(warm or 0, 0)


def test_a_query_that_kills_the_process_is_a_clear_error(source: Source) -> None:
    hostile = "ASK { FILTER(" + "(" * 150_000 + "1" + ")" * 150_000 + ") }"  # the guard would refuse it
    with pytest.raises(WorkerCrashed, match=r"died \(signal 11\).*next query starts a new process"):
        run_with_deadline(source, hostile, 20)
    assert run_with_deadline(source, "ASK { ?s ?p ?o }", 20) is True


def test_a_worker_killed_while_idle_is_replaced(source: Source) -> None:
    run_with_deadline(source, COUNT, 20)
    pid = worker._worker_for(source).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.05)
    assert run_with_deadline(source, "ASK { ?s ?p ?o }", 20) is True


def test_memory_is_bounded(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_MEMORY", 600 * 2**20)
    steps = " ".join(f"BIND(CONCAT({', '.join([f'?a{i}'] * 100)}) AS ?a{i + 1})" for i in range(5))
    one = Worker(source)
    try:
        with pytest.raises(WorkerCrashed, match="its limit is 600 MB"):
            one.run(f"SELECT (STRLEN(?a5) AS ?n) {{ BIND('x' AS ?a0) {steps} }}", 30)
        assert one.run("ASK { ?s ?p ?o }", 20) is True
    finally:
        one.close()


def test_errors_come_back_with_their_place(source: Source) -> None:
    with pytest.raises(QuerySyntaxError, match="'zz' is not declared") as caught:
        run_with_deadline(source, "SELECT * {\n ?s zz:p ?o }", 20)
    assert (caught.value.line, caught.value.column) == (2, 5)
    assert str(caught.value).count("line 2") == 1
    with pytest.raises(QuerySyntaxError, match="line 1, column 10"):
        run_with_deadline(source, "ASK { VALUES ?s { 1 } ?s zz:p ?o }", 20, original="ASK { ?s zz:p ?o }")
    with pytest.raises(QueryError, match="custom function"):
        run_with_deadline(source, "SELECT (<http://f>(1) AS ?x) { }", 20)
    assert run_with_deadline(source, "ASK { }", float("inf")) is True
    for bad in (0, -1, float("nan")):
        with pytest.raises(QueryError, match="timeout is in seconds and more than 0"):
            run_with_deadline(source, COUNT, bad)


def test_sources(tmp_path: Path) -> None:
    turtle, zipped = tmp_path / "a.ttl", tmp_path / "b.nq.gz"
    turtle.write_text("<http://e/s> <http://e/p> 1 .")
    zipped.write_bytes(gzip.compress(b"<http://e/s> <http://e/p> <http://e/o> .\n"))
    source = Source((SourceFile(str(turtle), graph="http://e/mine"), SourceFile(str(zipped))))
    assert run_with_deadline(source, "SELECT ?g { GRAPH ?g { ?s ?p ?o } }", 20)[0].g == "http://e/mine"
    assert run_with_deadline(source, COUNT, 20)[0].n == 2
    # A file that changed is loaded anew.
    turtle.write_text("<http://e/s> <http://e/p> 1, 2, 3 .")
    assert run_with_deadline(source, COUNT, 20)[0].n == 4
    turtle.write_text("nonsense, which is longer")
    with pytest.raises(QueryError, match="cannot load the graph"):
        run_with_deadline(source, COUNT, 20)
    with pytest.raises(QueryError, match="cannot load the graph"):
        run_with_deadline(Source((SourceFile(str(tmp_path / "none.nq")),)), COUNT, 20)


def test_a_store_as_it_is_now() -> None:
    store = ox.Store()
    assert run_with_deadline(store, COUNT, 20)[0].n == 0
    store.add(ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o")))
    assert run_with_deadline(store, COUNT, 20)[0].n == 1


def test_few_workers_are_kept(tmp_path: Path) -> None:
    for number in range(worker.MAX_WORKERS + 2):
        quad = f'<http://e/s> <http://e/p> "{number}" .\n'.encode()
        assert run_with_deadline(Source(nquads=quad), "SELECT ?o { ?s ?p ?o }", 20)[0].o == str(number)
    assert len(worker._workers) == worker.MAX_WORKERS


def test_threads_share_a_worker(source: Source) -> None:
    outcomes: dict[int, object] = {}

    def ask(number: int) -> None:
        try:
            query = ENDLESS if number == 3 else f"SELECT ?s {{ ?s <http://e/p> '{number}' }}"
            answer = run_with_deadline(source, query, 0.5 if number == 3 else 20)
            assert isinstance(answer, Result)
            outcomes[number] = answer[0].s
        except DystoniaKGError as error:
            outcomes[number] = type(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected: dict[int, object] = {number: f"http://e/s{number}" for number in range(8)}
    assert outcomes == expected | {3: QueryTimeout}


def test_an_answer_that_is_too_big_is_an_error(source: Source) -> None:
    text = "x" * 100_000
    with pytest.raises(QueryError, match=r"the answer has \d+ MB, more than 256; add a LIMIT"):
        run_with_deadline(
            source,
            f"SELECT ('{text}' AS ?t) {{ ?a <http://e/p> ?b . {{ SELECT * {{ ?c <http://e/p> ?d }} LIMIT 3 }} }}",
            30,
        )
