"""Room to recurse: the engine runs on a stack that holds whatever the guard lets pass."""

from __future__ import annotations

from _thread import allocate_lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_DEEP_STACK = 128 * 2**20  # reserved, not used: only what is touched takes memory
_STACK_SIZE_LOCK = allocate_lock()


def call_deep(function: Callable[[], T], *, shallow: bool = False) -> T:
    """Call a function on a stack that holds whatever the guard lets pass.

    The engine recurses per bracket and per operator, and a stack that ends there ends the process; threads may have
    as little as 256 KB. So it runs in a thread of its own, which costs 0.1 ms, except for what is `shallow` in the
    main thread.
    """
    import threading

    if shallow and threading.current_thread() is threading.main_thread():
        return function()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(function())
        except BaseException as error:
            failure.append(error)

    with _STACK_SIZE_LOCK:  # the size is a setting of the whole process
        before = threading.stack_size(_DEEP_STACK)
        try:
            thread = threading.Thread(target=run, name="dystonia_kg", daemon=True)
            thread.start()
        finally:
            threading.stack_size(before)
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]
