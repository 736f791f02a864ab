"""Walking a JSON value while keeping account: what was looked at, and what nobody looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from dystonia_kg.cases.report import Ledger, shown

_HUMP = re.compile(r"(?<!^)([A-Z])")
MAX_ENTRIES = 2_000  # of what nobody looked at, in one report


class Node:
    """A value with its JSON path. Members are asked for in camelCase and found in snake_case too, as in protobuf."""

    __slots__ = ("_seen", "ledger", "path", "value")

    def __init__(self, value: Any, ledger: Ledger, path: str = "$", seen: set[str] | None = None) -> None:
        self.value = value
        self.ledger = ledger
        self.path = path
        self._seen: set[str] = set() if seen is None else seen

    def get(self, name: str) -> Node | None:
        """Return a member; None if there is none, if it is null, or if this is no object."""
        if not isinstance(self.value, dict):
            return None
        for key in (name, _HUMP.sub(lambda match: "_" + match[1].lower(), name)):
            if self.value.get(key) is not None:
                return Node(self.value[key], self.ledger, f"{self.path}.{key}", self._seen)
        return None

    def at(self, *names: str) -> Node | None:
        """Return a member of a member ..."""
        node: Node | None = self
        for name in names:
            node = None if node is None else node.get(name)
        return node

    def items(self, name: str) -> list[Node]:
        """Return the elements of a list; what is no list is reported as unused."""
        node = self.get(name)
        if node is None:
            return []
        if not isinstance(node.value, list):
            node.leave("a list is expected here")
            return []
        return [Node(each, self.ledger, f"{node.path}[{i}]", self._seen) for i, each in enumerate(node.value)]

    def text(self, *names: str) -> str | None:
        """Return a text, marked as looked at; what is no text is reported as unused."""
        node = self.at(*names)
        if node is None:
            return None
        if not isinstance(node.value, str):
            node.leave("text is expected here")
            return None
        node.mark()
        return node.value.strip() or None

    def mark(self) -> None:
        """Say that this and all below it has been looked at."""
        self._seen.add(self.path)

    def leave(self, reason: str) -> None:
        """Report this, with all below it, as unused."""
        self.mark()
        self.ledger.leave(self.path, self.summary(), reason)

    def use(self, remark: str) -> None:
        """Report this as used."""
        self.mark()
        self.ledger.use(self.path, self.summary(), remark)

    def summary(self) -> str:
        """Return the value in one line: an ontology class as its id and label, anything else as `shown` does."""
        if isinstance(self.value, dict):
            inner = self.value.get("type") or self.value.get("term") or self.value
            if isinstance(inner, dict) and isinstance(inner.get("id"), str):
                label = inner.get("label")
                return shown(f"{inner['id']} {label}" if isinstance(label, str) else inner["id"])
        return shown(self.value)

    def leave_rest(self, reason: Callable[[str], str]) -> None:
        """Report everything below that nobody looked at, in parts as large as possible.

        :param reason: tells from a path why it is not used
        """
        with_seen = {prefix for path in self._seen for prefix in _prefixes(path)}
        for count, node in enumerate(self._unseen(with_seen)):
            if count == MAX_ENTRIES:
                self.ledger.leave(self.path, "", "more of it is not used; the list is cut here")
                return
            node.leave(reason(node.path))

    def _unseen(self, with_seen: set[str]) -> Iterator[Node]:
        todo = [self]
        while todo:
            node = todo.pop()
            if node.path in self._seen:
                continue
            if node.path not in with_seen and node is not self:
                if node.value not in (None, "", [], {}):
                    yield node
            elif isinstance(node.value, dict):
                pairs = [(f"{node.path}.{shown(key)}", each) for key, each in node.value.items()]
                todo += [Node(each, self.ledger, path, self._seen) for path, each in reversed(pairs)]
            elif isinstance(node.value, list):
                numbered = [(f"{node.path}[{i}]", each) for i, each in enumerate(node.value)]
                todo += [Node(each, self.ledger, path, self._seen) for path, each in reversed(numbered)]


def _prefixes(path: str) -> Iterator[str]:
    """Yield a path and the paths of all that it lies in.

    >>> list(_prefixes("$.a[1].b"))
    ['$', '$.a', '$.a[1]', '$.a[1].b']
    """
    for match in re.finditer(r"[.\[]", path):
        yield path[: match.start()]
    yield path
