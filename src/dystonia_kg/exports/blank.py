"""Names for blank nodes that depend on what they say alone.

A store names blank nodes at random. Here the name of one is a digest of its content and of where it is used, so the
same graph gives the same file, and a change of one axiom changes the names of its own nodes only.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator

from pyoxigraph import BlankNode, Store

Edges = dict[BlankNode, list[tuple[str, object]]]


def stable_names(store: Store) -> dict[BlankNode, BlankNode]:
    """Return a new name for each blank node of a store.

    Nodes that say the same at the same place are told apart by a number: they are interchangeable. In a circle of blank
    nodes, which OWL does not have, the names are still different from each other, but may not be the same each time.
    """
    content, uses = _edges(store)
    digests = _digests(content)
    taken: Counter[str] = Counter()
    names: dict[BlankNode, BlankNode] = {}
    for node in _parents_first(content, uses, digests):
        places = sorted(f"{_shown(user, names)} {predicate}" for predicate, user in uses.get(node, ()))
        name = _digest([digests[node], *places])
        taken[name] += 1
        names[node] = BlankNode(f"b{name}" if taken[name] == 1 else f"b{name}n{taken[name]}")
    return names


def _edges(store: Store) -> tuple[Edges, Edges]:
    """Return what blank nodes say, and where they are used."""
    content: Edges = defaultdict(list)
    uses: Edges = defaultdict(list)
    for quad in store:
        predicate = f"{quad.predicate} {quad.graph_name}"
        if isinstance(quad.subject, BlankNode):
            content[quad.subject].append((predicate, quad.object))
        if isinstance(quad.object, BlankNode):
            uses[quad.object].append((predicate, quad.subject))
    for node in uses:
        content.setdefault(node, [])
    return content, uses


def _digests(content: Edges) -> dict[BlankNode, str]:
    """Return a digest of what each node says, down to the leaves; the node that closes a circle counts as a leaf."""
    found: dict[BlankNode, str] = {}
    for start in content:
        stack, open_ = [start], set()
        while stack:
            node = stack[-1]
            inner = [o for _, o in content[node] if isinstance(o, BlankNode) and o not in found and o not in open_]
            if node not in open_ and node not in found and inner:
                open_.add(node)
                stack.extend(inner)
                continue
            stack.pop()
            open_.discard(node)
            if node not in found:
                found[node] = _digest(sorted(f"{p} {_shown(o, found)}" for p, o in content[node]))
    return found


def _shown(term: object, known: dict[BlankNode, str] | dict[BlankNode, BlankNode]) -> str:
    return str(known.get(term, "_")) if isinstance(term, BlankNode) else str(term)


def _parents_first(content: Edges, uses: Edges, digests: dict[BlankNode, str]) -> Iterator[BlankNode]:
    """Yield every node after those that use it, in an order that the content decides."""
    waiting = {node: sum(isinstance(user, BlankNode) for _, user in uses.get(node, ())) for node in content}
    order = sorted(content, key=lambda node: digests[node])
    todo = [node for node in reversed(order) if not waiting[node]]
    done: set[BlankNode] = set()
    while todo or len(done) < len(content):
        if not todo:  # only circles are left
            todo.append(next(node for node in order if node not in done))
        node = todo.pop()
        if node in done:
            continue
        done.add(node)
        yield node
        for _, inner in sorted(content[node], key=lambda edge: (edge[0], _shown(edge[1], digests)), reverse=True):
            if isinstance(inner, BlankNode):
                waiting[inner] -= 1
                if not waiting[inner]:
                    todo.append(inner)


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
