"""Starting over where a reasoner's search has gone astray.

HermiT tries alternatives in an order that differs from run to run, and the time that one and the same question takes
spreads widely with it: the whole ontology was classified in 11 seconds, and not in 10 minutes. So a search has a
limited time, after which it starts over in another order, with more time whenever that was of no use.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from dystonia_kg.reasoning.jvm import attach


def tries(first: float) -> Iterator[float]:
    """Yield the seconds that each try may take, without end: twice the same, then twice as much.

    >>> from itertools import islice
    >>> list(islice(tries(5), 5))
    [5, 5, 10, 10, 20]
    """
    for power in count():
        yield from [first * 2**power] * 2


@contextmanager
def interrupted_after(seconds: float, interrupt: Callable[[], None]) -> Iterator[None]:
    """Have ``interrupt`` called if the block takes longer, again and again: between two steps nobody hears it."""
    done = threading.Event()

    def watch() -> None:
        if not done.wait(seconds):
            attach()
            while not done.wait(0.02):
                interrupt()

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()
