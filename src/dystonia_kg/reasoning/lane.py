"""Time limits, cancellation and threads for work in Java.

Each ontology has a lane: one thread, attached to the JVM, that does one task after the other. So any thread may ask,
reasoners are never used by two at once, the caller's thread can be interrupted (Ctrl-C, Jupyter's stop button), and a
task whose time is up is told to stop. Java offers no way to kill a thread; a task that does not heed the order is left
behind in its thread, and the lane goes on with a new one.
"""

from __future__ import annotations

import queue
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from dystonia_kg.errors import BuildError, ReasoningTimeout
from dystonia_kg.reasoning.jvm import attach, java, start

T = TypeVar("T")

_STACK = 256 * 2**20  # virtual; HermiT and the OWL API recurse on deep expressions
_GRACE = 5.0  # seconds that a task gets to heed the order to stop
_TURN = 0.1  # seconds between two looks for Ctrl-C
_stack_lock = threading.Lock()


class Deadline:
    """When a task has to end, and how to stop what it is doing."""

    def __init__(self, seconds: float | None = None) -> None:
        if seconds is not None and not seconds > 0:
            raise ValueError(f"timeout must be positive, not {seconds!r}")
        self.seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds
        self._stopped = False
        self._stops: list[Callable[[], None]] = []

    def remaining(self) -> float | None:
        """Return the seconds that are left, None for no limit."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    def check(self) -> None:
        """Raise if the time is up or the task was cancelled.

        :raises ReasoningTimeout: then
        """
        if self._stopped or (self._end is not None and time.monotonic() >= self._end):
            raise self.error()

    def error(self) -> ReasoningTimeout:
        """Return the error of a task that had to stop."""
        if self.seconds is None:
            return ReasoningTimeout("reasoning was cancelled")
        return ReasoningTimeout(
            f"the reasoner did not finish within {self.seconds:g} s; raise timeout=, or reason over fewer axioms"
        )

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """Have ``stop`` called if the time is up while the block runs."""
        self.check()
        self._stops.append(stop)
        try:
            yield
        finally:
            self._stops.remove(stop)

    def stop(self) -> None:
        """Cancel the task."""
        self._stopped = True
        for stop in list(self._stops):
            stop()


class _Job(Generic[T]):
    def __init__(self, task: Callable[[Deadline], T], deadline: Deadline) -> None:
        self.task = task
        self.deadline = deadline
        self.done = threading.Event()
        self.value: T
        self.error: BaseException | None = None

    def run(self) -> None:
        import jpype

        try:
            attach()
            self.deadline.check()
            self.value = self.task(self.deadline)
        except jpype.JException as error:
            self.error = _translate(error, self.deadline)
        except BaseException as error:
            self.error = error
        finally:
            self.done.set()


class Lane:
    """A thread of its own for Java work."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._current: Deadline | None = None
        self._lock = threading.Lock()

    def run(self, task: Callable[[Deadline], T], timeout: float | None = None) -> T:
        """Do a task and return what it returns.

        :param timeout: seconds, the wait for earlier tasks included; None for no limit
        :raises ReasoningTimeout: if the time is up
        """
        if threading.current_thread() is self._thread:  # a task that asks for another one
            import jpype

            deadline = self._current or Deadline()
            try:
                return task(deadline)
            except jpype.JException as error:
                raise _translate(error, deadline) from None
        start()
        job = _Job(task, Deadline(timeout))
        self._begin()
        self._jobs.put(job)
        try:
            self._wait(job)
        except BaseException:  # Ctrl-C: stop Java too
            self._end(job)
            raise
        if not job.done.is_set():
            self._end(job)
        if job.error is not None:
            raise job.error
        return job.value

    @staticmethod
    def _wait(job: _Job[Any]) -> None:
        """Wait for a task until its time is up, in short turns: Ctrl-C may come to another thread and wake nobody."""
        left = job.deadline.remaining()
        while not job.done.wait(_TURN if left is None else min(_TURN, left)) and left != 0:
            left = job.deadline.remaining()

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._jobs = queue.SimpleQueue()
                self._thread = _start_thread(_work, self._jobs, weakref.ref(self))
                weakref.finalize(self, self._jobs.put, None)

    def _end(self, job: _Job[Any]) -> None:
        """Order a task to stop, and give it up if it does not."""
        # The order goes through Java, which may be busy clearing its memory, so the caller does not wait for it.
        threading.Thread(target=_keep_stopping, args=(job,), daemon=True).start()
        if not job.done.wait(_GRACE):
            with self._lock:
                self._jobs.put(None)
                self._thread = None
            raise job.deadline.error()


def _keep_stopping(job: _Job[Any]) -> None:
    """Order a task to stop, again and again: a reasoner between two steps does not hear it."""
    attach()
    while not job.done.wait(0.02):
        job.deadline.stop()


def _work(jobs: queue.SimpleQueue[_Job[Any] | None], owner: weakref.ref[Lane]) -> None:
    while (job := jobs.get()) is not None:
        if (lane := owner()) is not None:
            lane._current = job.deadline
        del lane
        job.run()
        del job


def _start_thread(target: Callable[..., None], *args: object) -> threading.Thread:
    with _stack_lock:
        before = threading.stack_size(_STACK)
        try:
            thread = threading.Thread(target=target, args=args, name="dystonia-kg reasoner", daemon=True)
            thread.start()
        finally:
            threading.stack_size(before)
    return thread


def is_interruption(error: BaseException) -> bool:
    """Tell whether an error of Java's says that a reasoner had to stop."""
    names = ("ReasonerInterruptedException", "TimeOutException")
    return any(isinstance(error, java(f"org.semanticweb.owlapi.reasoner.{name}")) for name in names)


def _translate(error: Any, deadline: Deadline) -> Exception:
    """Return our error for one of Java's."""
    import jpype

    if is_interruption(error):
        return deadline.error()
    if isinstance(error, jpype.JClass("java.lang.OutOfMemoryError")):
        return BuildError(
            "the reasoner ran out of memory: set DYSTONIA_KG_HEAP_MB before it starts, or use fewer axioms"
        )
    text = str(error.getMessage() or error).strip().splitlines()[0]
    return BuildError(f"the reasoner refuses the ontology: {text}")
