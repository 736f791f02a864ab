"""A classification as people read it: a short report, and HTML for a notebook."""

from __future__ import annotations

from html import escape
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dystonia_kg.classification.result import Classification, DimensionAnswer, Reason

_NAMED = 6  # syndromes, and findings of a reason, that are named; the others are counted
_ASKED = 3  # missing facts that are shown for a dimension in HTML
_COLUMNS = ("dimension", "value", "because", "missing", "other readings", "sources")
# A light page of its own, so that the drawing and its legend can be read in a dark notebook too.
_PAGE = "font-family:system-ui,sans-serif;font-size:14px;line-height:1.35;color:#222;background:#fff;padding:12px"
_TITLE = "margin:0 0 8px;font-size:17px;font-weight:600"
_CELL = "text-align:left;vertical-align:top;padding:4px 10px 4px 0;border-bottom:1px solid #ddd"
_AXIS = "text-align:left;padding:10px 0 4px;border-bottom:2px solid #666"
_drawings = count()  # two drawings on a page must not share an id


def as_text(classification: Classification) -> str:
    """Return the short report."""
    lines = [f"Classification of dystonia, edition {classification.edition}"]
    axis = ""
    for dimension in classification.dimensions:
        if dimension.axis != axis:
            axis = dimension.axis
            lines.append(axis)
        lines.append(f"  {dimension}")
        if dimension.value:
            lines += [f"      because {', '.join(reason.because)}" for reason in _main(dimension)]
    best = classification.most_informative
    if best is not None:
        lines.append(f"Would decide most: {best.text}")
    lines += _syndromes(classification)
    lines += [f"Conflict: {text}" for text in classification.conflicts]
    return "\n".join(lines)


def _main(dimension: DimensionAnswer) -> list[Reason]:
    shown = set(dimension.values)
    ids = {answer.id for answer in dimension.answers if answer.name in shown}
    return [reason for reason in dimension.why if reason.class_id in ids and reason.because]


def _syndromes(classification: Classification) -> list[str]:
    found = classification.syndromes
    lines = []
    for title, names in (("Fits", found.fit), ("May fit", found.may_fit)):
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            lines.append(f"{title}: {', '.join(names[:_NAMED])}{more}")
    return lines


def as_html(classification: Classification) -> str:
    """Return the report as HTML, with the drawing of the body: what a notebook shows."""
    made = [f"<div style='{_PAGE}'>", f"<p style='{_TITLE}'>Classification of dystonia, edition "]
    made.append(f"{escape(classification.edition)}</p>")
    if classification.case.id:
        made.append(f"<p style='margin:0 0 8px'>case {escape(classification.case.id)}</p>")
    made += [_box(f"<b>Conflict:</b> {escape(text)}") for text in classification.conflicts]
    made.append("<div style='display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start'>")
    made.append(f"<div style='flex:0 0 auto'>{_body(classification)}</div>")
    beside = _table(classification) + _notes(classification)
    made.append(f"<div style='flex:1 1 480px;min-width:0;overflow-x:auto'>{beside}</div>")
    return "".join([*made, "</div></div>"])


def _body(classification: Classification) -> str:
    from dystonia_kg.classification.body import body_svg, outlines

    drawn = {outline.region for outline in outlines()}
    states = {region: state for region, state in classification.region_states().items() if region in drawn}
    return body_svg(states, identifier=f"dystonia-kg-{next(_drawings)}")


def _table(classification: Classification) -> str:
    found = [_cells(dimension) for dimension in classification.dimensions]
    shown = [place for place in range(len(_COLUMNS)) if any(cells[place] for cells in found)]
    rows, axis = [], ""
    for dimension, cells in zip(classification.dimensions, found, strict=True):
        if dimension.axis != axis:
            axis = dimension.axis
            rows.append(f"<tr><th colspan='{len(shown)}' scope='rowgroup' style='{_AXIS}'>{escape(axis)}</th></tr>")
        name = f"<th scope='row' style='{_CELL};font-weight:normal'>{cells[0]}</th>"
        rows.append(f"<tr>{name}" + "".join(f"<td style='{_CELL}'>{cells[n]}</td>" for n in shown[1:]) + "</tr>")
    head = "".join(f"<th scope='col' style='{_CELL}'>{_COLUMNS[n]}</th>" for n in shown)
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f"<table style='border-collapse:collapse;width:100%;font-size:13px'>{body}</table>"


def _cells(dimension: DimensionAnswer) -> tuple[str, ...]:
    """Return name, value, reasons, missing facts, other readings and sources of a dimension."""
    main = _main(dimension)
    why = "<br>".join(escape(_shortened(reason.because)) for reason in main)
    sources = sorted({source.removeprefix("ref:") for reason in main for source in reason.sources})
    missing = "<br>".join(escape(question.text) for question in dimension.missing[:_ASKED])
    other = "<br>".join(escape(str(a)) for a in dimension.alternatives if a.kind in ("also", "if", "alternative"))
    return escape(dimension.name), _value(dimension), why, missing, other, escape(", ".join(sources))


def _value(dimension: DimensionAnswer) -> str:
    if dimension.value:
        return f"<b>{escape(dimension.value)}</b>"
    if dimension.note and not dimension.answers:
        return f"<i>{escape(dimension.note)}</i>"
    possible = f"<br><small>possible: {escape(', '.join(dimension.possible))}</small>" if dimension.possible else ""
    return f"<i>{'none' if dimension.truth == 'false' else 'unknown'}</i>{possible}"


def _shortened(because: tuple[str, ...]) -> str:
    more = len(because) - _NAMED
    return ", ".join(because[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _notes(classification: Classification) -> str:
    best = classification.most_informative
    said = [f"<b>Would decide most:</b> {escape(best.text)}"] if best is not None else []
    for line in _syndromes(classification):
        title, _, names = line.partition(": ")
        said.append(f"<b>{escape(title)}:</b> {escape(names)}")
    said += [
        f"<b>{escape(name.replace('_', ' '))}:</b> {escape(text)}" for name, text in classification.conventions.items()
    ]
    return "".join(f"<p style='margin:8px 0 0;font-size:13px'>{text}</p>" for text in said)


def _box(text: str) -> str:
    return f"<p style='margin:0 0 8px;padding:6px 10px;border-left:4px solid #D55E00;background:#fdf1e7'>{text}</p>"
