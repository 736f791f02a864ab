"""A deadline for queries: they run in a warm child process, which is ended when the time is up.

The engine has no time-out, and a query cannot be stopped from within its process. So a worker (this module run as a
program) loads the same data once and answers one query after the other, until one takes too long or brings it down;
the next call then starts a new one. Its memory is bounded too, where the system can do that.

Both sides talk through pipes in messages of two frames, a JSON header and a body, each behind its length (4 bytes).
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from dystonia_kg.errors import DystoniaKGError, QueryError, QuerySyntaxError, QueryTimeout, WorkerCrashed
from dystonia_kg.results import Result, evaluate

if TYPE_CHECKING:
    import subprocess

MAX_MEMORY = 4 * 2**30  # of a worker, in bytes
MAX_ANSWER = 256 * 2**20  # serialised, in bytes
START_LIMIT = 60.0  # seconds to start and load, which do not count for a query's deadline
MAX_WORKERS = 4  # kept warm, one per source; the one not used for longest goes first


class SourceFile(NamedTuple):
    """A file to load: format as a file extension ("nq"), told by the name if empty; `graph` for formats without."""

    path: str
    format: str = ""
    graph: str = ""


class Source(NamedTuple):
    """What a worker loads: trusted files (gzip or not), or N-Quads in memory. Files that change are loaded anew."""

    files: tuple[SourceFile, ...] = ()
    nquads: bytes = b""

    @classmethod
    def of(cls, store: Store) -> Source:
        """Describe a store by its content, as it is now."""
        return cls(nquads=store.dump(format=RdfFormat.N_QUADS) or b"")

    def fingerprint(self) -> tuple[object, ...]:
        """Return what tells whether a worker has the present content."""
        states = [(os.stat(file.path).st_mtime_ns, os.stat(file.path).st_size) for file in self.files]
        return (*self.files, *states, hash(self.nquads), len(self.nquads))


def run_with_deadline(
    source: Source | Store, query: str, timeout: float, *, original: str | None = None
) -> bool | Result | list[Triple]:
    """Answer a (checked, bound) query within `timeout` seconds; the result is that of `results.execute`.

    :param source: what to ask; a Store is copied to the worker when it changed since the last call, which takes some
        0.1 s per 100,000 quads at each call to find out: prefer a Source of files
    :param original: the query as its author wrote it, if variables were bound since; errors show places in it
    :raises QueryTimeout: if the time is up; the worker is ended
    :raises WorkerCrashed: if the worker died of the query
    :raises QueryError: as execute does
    """
    if not timeout > 0:
        raise QueryError(f"timeout is in seconds and more than 0, not {timeout!r}")
    described = Source.of(source) if isinstance(source, Store) else source
    return _worker_for(described).run(query, timeout, original)


class Worker:
    """One child process with one source; starts with the first query. Safe to share between threads."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, None if it does not run."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def run(self, query: str, timeout: float, original: str | None = None) -> bool | Result | list[Triple]:
        """Answer a query within `timeout` seconds, the wait for another thread's query included."""
        end = time.monotonic() + timeout
        if not self._lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX)):
            raise QueryTimeout(timeout)
        try:
            if self.pid is None:
                started = time.monotonic()
                self._start()
                end += time.monotonic() - started
            header, body = self._ask({"query": query, "original": original}, b"", end - time.monotonic(), timeout)
        finally:
            self._lock.release()
        return _read_answer(header, body)

    def close(self) -> None:
        """End the process; a query under way fails with WorkerCrashed."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                _close_quietly(pipe)

    def _start(self) -> None:
        import subprocess

        self.close()
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(  # -P keeps the working directory off its path
            [sys.executable, "-P", "-m", "dystonia_kg.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        load = {"files": self._source.files, "memory": MAX_MEMORY}
        try:
            header, _ = self._ask(load, self._source.nquads, START_LIMIT)
        except (QueryTimeout, WorkerCrashed) as error:
            raise WorkerCrashed(f"the process for queries with a timeout did not start and load: {error}") from None
        if "error" in header:
            self.close()
            raise QueryError(f"the worker cannot load the graph: {header['error'][1]}")

    def _ask(
        self, header: dict[str, Any], body: bytes, seconds: float, timeout: float | None = None
    ) -> tuple[dict[str, Any], bytes]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise WorkerCrashed("the worker was closed while the query ran")
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()  # what is read below then ends

        timer = threading.Timer(min(max(seconds, 0.0), threading.TIMEOUT_MAX), stop)
        timer.daemon = True
        timer.start()
        try:
            _send(process.stdin, header, body)
            return _receive(process.stdout)
        except (EOFError, OSError, ValueError):
            code = process.wait()
            self.close()
            if late.is_set():
                raise QueryTimeout(seconds if timeout is None else timeout) from None
            raise WorkerCrashed(_cause(code)) from None
        except BaseException:  # such as Ctrl-C: the answer would be taken for that of the next query
            self.close()
            raise
        finally:
            timer.cancel()
            timer.join()  # else it might still kill the process under the next query
            if late.is_set():
                self.close()


def _cause(code: int) -> str:
    how = f"signal {-code}" if code < 0 else f"exit status {code}"
    return (
        f"the process that ran the query died ({how}), most likely for want of memory (its limit is "
        f"{MAX_MEMORY // 2**20:,} MB); make the query narrower. The next query starts a new process"
    )


def _close_quietly(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except OSError:
        pass


def _read_answer(header: dict[str, Any], body: bytes) -> bool | Result | list[Triple]:
    kind = header.get("kind")
    if kind == "boolean":
        return bool(header["value"])
    if kind == "solutions":
        solutions = parse_query_results(body, QueryResultsFormat.JSON)
        assert isinstance(solutions, QuerySolutions)
        return Result.from_solutions(solutions)
    if kind == "triples":
        return [Triple(quad.subject, quad.predicate, quad.object) for quad in parse(body, RdfFormat.N_TRIPLES)]
    name, message, line, column = header["error"]
    error = QuerySyntaxError(message) if name == "QuerySyntaxError" else QueryError(message)
    if isinstance(error, QuerySyntaxError):
        error.line, error.column = line, column
    raise error


# --- one warm worker per source ------------------------------------------------------------------------------------

_workers: dict[tuple[object, ...], Worker] = {}
_workers_lock = threading.Lock()


def _worker_for(source: Source) -> Worker:
    try:
        key = source.fingerprint()
    except OSError as error:
        raise QueryError(f"the worker cannot load the graph: {error}") from None
    with _workers_lock:
        worker = _workers.pop(key, None) or Worker(source)
        _workers[key] = worker  # the last one is the one used last
        surplus = [_workers.pop(old) for old in list(_workers)[:-MAX_WORKERS]]
    for old in surplus:
        old.close()
    return worker


def close_workers() -> None:
    """End all workers; done by itself at exit."""
    with _workers_lock:
        workers = list(_workers.values())
        _workers.clear()
    for worker in workers:
        worker.close()


def _forget() -> None:
    """After a fork the pipes belong to the parent: the child starts workers of its own."""
    global _workers, _workers_lock
    _workers, _workers_lock = {}, threading.Lock()


def _register() -> None:
    import atexit

    atexit.register(close_workers)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget)


# --- messages ------------------------------------------------------------------------------------------------------


def _send(pipe: IO[bytes], header: dict[str, Any], body: bytes = b"") -> None:
    for frame in (json.dumps(header).encode(), body):
        pipe.write(len(frame).to_bytes(4, "big"))
        pipe.write(frame)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    header = json.loads(_frame(pipe))
    return header, _frame(pipe)


def _frame(pipe: IO[bytes]) -> bytes:
    size = pipe.read(4)
    frame = pipe.read(int.from_bytes(size, "big")) if len(size) == 4 else b""
    if len(size) < 4 or len(frame) < int.from_bytes(size, "big"):
        raise EOFError
    return frame


# --- the child -----------------------------------------------------------------------------------------------------


def main() -> None:
    """Serve queries from standard input until it ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write between the frames
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    try:
        header, body = _receive(requests)
        _limit_memory(header["memory"])
        store = _load(header["files"], body)
    except EOFError:
        return
    except (OSError, ValueError, SyntaxError) as error:
        _send(answers, {"error": ["QueryError", str(error), None, None]})
        return
    _send(answers, {})
    while True:
        try:
            header, _ = _receive(requests)
        except EOFError:
            return
        _send(answers, *_answer(store, header["query"], header["original"]))


def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for kind, value in ((resource.RLIMIT_AS, limit), (resource.RLIMIT_CORE, 0)):
        try:
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
        except (ValueError, OSError):  # a system that has no such limit
            continue


def _load(files: list[list[str]], nquads: bytes) -> Store:
    import gzip

    store = Store()
    if nquads:
        store.bulk_load(nquads, RdfFormat.N_QUADS)
    for path, extension, graph in files:
        kind = RdfFormat.from_extension(extension or path.removesuffix(".gz").rpartition(".")[2])
        if kind is None:
            raise ValueError(f"the format of {path} is not known")
        with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
            store.bulk_load(file.read(), kind, to_graph=NamedNode(graph) if graph else None)
    return store


def _answer(store: Store, query: str, original: str | None) -> tuple[dict[str, Any], bytes]:
    try:
        header, body = evaluate(store, query, _serialise, source=original)
    except MemoryError:
        return {"error": ["QueryError", "the answer does not fit into memory; add a LIMIT", None, None]}, b""
    except DystoniaKGError as error:
        place = [getattr(error, "line", None), getattr(error, "column", None)]
        return {"error": [type(error).__name__, str(error), *place]}, b""
    if len(body) > MAX_ANSWER:
        message = f"the answer has {len(body) // 2**20:,} MB, more than {MAX_ANSWER // 2**20:,}; add a LIMIT"
        return {"error": ["QueryError", message, None, None]}, b""
    return header, body


def _serialise(answer: Any) -> tuple[dict[str, Any], bytes]:
    if isinstance(answer, QueryBoolean):
        return {"kind": "boolean", "value": bool(answer)}, b""
    if isinstance(answer, QuerySolutions):
        return {"kind": "solutions"}, answer.serialize(format=QueryResultsFormat.JSON) or b""
    return {"kind": "triples"}, answer.serialize(format=RdfFormat.N_TRIPLES) or b""


if __name__ == "__main__":
    main()
else:
    _register()
