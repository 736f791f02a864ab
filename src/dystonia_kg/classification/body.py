"""A drawing of the body (SVG): which regions are affected, not affected, unknown.

The outlines are the ontology's (``dyst:drawnAs`` on each region), so a region that is added there is drawn here. State
shows by colour and by pattern, and in words for those who do not see it: each region has a title, the drawing a
description.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from dystonia_kg.errors import ParameterError, ReleaseError

if TYPE_CHECKING:
    from dystonia_kg.graph import KnowledgeGraph

STATES = ("affected", "unaffected", "unknown")
_IN_WORDS = {"affected": "affected", "unaffected": "not affected", "unknown": "not known"}
# Colours that the colour-blind can tell apart (Okabe and Ito), and a pattern for what is not known.
_FILLS = {"affected": "#D55E00", "unaffected": "#CFE3F1", "unknown": "url(#{id}-unknown)"}
_WIDTH, _HEIGHT, _LEGEND = 200, 400, 62

_OUTLINES = """
SELECT ?region ?label ?path ?whole ?side WHERE {
  ?region dyst:drawnAs ?path ; rdfs:label ?label .
  OPTIONAL { ?region rdfs:subClassOf ?whole . ?whole dyst:drawnAs ?any FILTER(?whole != ?region) }
  OPTIONAL { ?region dyst:hasSide ?sideClass . ?sideClass dyst:shortName ?side }
} ORDER BY ?region
"""


class Outline(NamedTuple):
    """The outline of a region; ``whole`` is the midline region of which it is one half, on ``side``."""

    region: str
    label: str
    path: str
    whole: str | None
    side: str | None


@lru_cache(maxsize=1)
def _bundled() -> tuple[Outline, ...]:
    from dystonia_kg.graph import load

    return outlines(load())


def outlines(kg: KnowledgeGraph | None = None) -> tuple[Outline, ...]:
    """Return the outlines of the regions of a knowledge graph; of the one that comes with the library if not given.

    :raises ReleaseError: if no region has one
    """
    if kg is None:
        return _bundled()
    rows = kg.query(_OUTLINES)
    found = tuple(
        Outline(row.region.curie, row.label, row.path, row.whole and row.whole.curie, row.side)
        for row in rows.rows  # type: ignore[union-attr]
    )
    if not found:
        raise ReleaseError("no region of this release is drawn (dyst:drawnAs): run 'dystonia-kg build'")
    return found


def body_svg(
    states: Mapping[str, str],
    kg: KnowledgeGraph | None = None,
    *,
    title: str = "Body regions with dystonia",
    identifier: str = "body",
) -> str:
    """Return an SVG drawing of the body.

    :param states: region (CURIE or label) -> "affected", "unaffected", "unknown", or "left" or "right" where one half
        alone of a midline region is affected; regions that are left out are unknown. A classification's
        ``region_states()`` are such
    :param identifier: prefix of the ids within the drawing; it has to differ between drawings on one page
    :raises ParameterError: for a region that is not drawn, or another state
    """
    title = "".join(char if char.isprintable() else " " for char in title)
    identifier = escape(identifier, quote=True)
    drawn = outlines(kg)
    wholes = [outline for outline in drawn if outline.whole is None]
    halves = {(outline.whole or "", outline.side): outline for outline in drawn if outline.whole is not None}
    states = _checked(states, wholes, halves)
    body: list[str] = []
    said: dict[str, list[str]] = {state: [] for state in STATES}
    for outline in wholes:
        state = states.get(outline.region, "unknown")
        half = halves.get((outline.region, state))
        body.append(_shape(outline, "unaffected" if half else state, identifier))
        if half is not None:
            body.append(_shape(half, "affected", identifier))
            said["affected"].append(half.label)
        else:
            said[state].append(outline.label)
    description = "; ".join(f"{_IN_WORDS[state]}: {', '.join(said[state]) or 'none'}" for state in STATES)
    return _frame(title, description, body, identifier)


def _checked(
    states: Mapping[str, str], wholes: Iterable[Outline], halves: Mapping[tuple[str, str | None], Outline]
) -> dict[str, str]:
    """Return the states by CURIE."""
    known = {name: outline.region for outline in wholes for name in (outline.region, outline.label)}
    found = {}
    for name, state in states.items():
        if name not in known:
            raise ParameterError(f"no region {name!r} is drawn; there are: {', '.join(o.label for o in wholes)}")
        region = known[name]
        if state not in STATES and (region, state) not in halves:
            raise ParameterError(f"{name}: the state {state!r} is none of {', '.join(STATES)}, or a side that it has")
        found[region] = state
    return found


def _shape(outline: Outline, state: str, identifier: str) -> str:
    label = f"{outline.label}: {_IN_WORDS[state]}"
    return (
        f'<path class="{state}" d="{escape(outline.path, quote=True)}" fill="{_FILLS[state].format(id=identifier)}" '
        f'fill-rule="evenodd" stroke="#333" stroke-width="1.2" stroke-linejoin="round">'
        f"<title>{escape(label)}</title></path>"
    )


def _frame(title: str, description: str, body: Iterable[str], identifier: str) -> str:
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT + _LEGEND}" width="{_WIDTH}" '
        f'height="{_HEIGHT + _LEGEND}" role="img" aria-labelledby="{identifier}-title {identifier}-desc">',
        f'<title id="{identifier}-title">{escape(title)}</title>',
        f'<desc id="{identifier}-desc">{escape(description)}</desc>',
        f'<defs><pattern id="{identifier}-unknown" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/>'
        '<line x1="0" y1="0" x2="0" y2="6" stroke="#999" stroke-width="2"/></pattern></defs>',
        '<g font-family="sans-serif" font-size="11" fill="#333">',
        # The figure faces the viewer, so its right is drawn at the viewer's left.
        '<text x="8" y="20">right</text><text x="168" y="20">left</text>',
        *body,
    ]
    for number, state in enumerate(STATES):
        y = _HEIGHT + 6 + 18 * number
        fill = _FILLS[state].format(id=identifier)
        parts.append(f'<rect x="50" y="{y}" width="14" height="12" fill="{fill}" stroke="#333"/>')
        parts.append(f'<text x="72" y="{y + 10}">{_IN_WORDS[state]}</text>')
    return "".join([*parts, "</g></svg>"])
