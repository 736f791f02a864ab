"""A classification as people read it: a short report, and HTML for a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dystonia_kg.classification.result import Classification, DimensionAnswer, Reason

_NAMED = 6  # syndromes that are named in the report; the others are counted


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
    """Return the report as HTML."""
    rows = []
    for dimension in classification.dimensions:
        shown = escape(dimension.value or dimension.note or "unknown")
        if not dimension.value and dimension.possible:
            shown += f"<br><small>possible: {escape(', '.join(dimension.possible))}</small>"
        why = "<br>".join(escape(", ".join(reason.because)) for reason in _main(dimension))
        sources = sorted({s.removeprefix("ref:") for reason in _main(dimension) for s in reason.sources})
        missing = "<br>".join(escape(q.text) for q in dimension.missing[:3]) if dimension.truth != "true" else ""
        other = "<br>".join(escape(str(a)) for a in dimension.alternatives if a.kind in ("also", "if", "alternative"))
        cells = (escape(dimension.name), shown, why, missing, other, escape(", ".join(sources)))
        rows.append("<tr>" + "".join(f"<td style='text-align:left'>{cell}</td>" for cell in cells) + "</tr>")
    head = "".join(
        f"<th>{name}</th>" for name in ("dimension", "value", "because", "missing", "other readings", "sources")
    )
    notes = "".join(f"<p>{escape(line)}</p>" for line in _syndromes(classification))
    notes += "".join(f"<p><b>Conflict:</b> {escape(text)}</p>" for text in classification.conflicts)
    title = f"<p><b>Classification of dystonia, edition {escape(classification.edition)}</b></p>"
    return f"{title}<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{notes}"
