"""Following a relation to its end."""

from __future__ import annotations

TYPE_CHECKING = False  # typing costs as much time as the rest of this module, and every start pays for it
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def reached(start: str, step: Callable[[str], Iterable[str]]) -> set[str]:
    """Return what ``step``, taken again and again, leads to; the start only if a way leads back to it."""
    found: set[str] = set()
    todo = [start]
    while todo:
        for node in step(todo.pop()):
            if node not in found:
                found.add(node)
                todo.append(node)
    return found
