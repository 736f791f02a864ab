"""What quality checks found: values that :mod:`dystonia_kg.build.check` makes and everything else reads.

>>> rule = Rule("missing_label", Severity.ERROR, "Missing label", "Add a label.")
>>> CheckReport(rules=(rule,), findings=()).ok
True
"""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from dystonia_kg.vocab import contract, is_iri

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WIDTH = 110


class Severity(StrEnum):
    """How bad a finding is, worst first: an ERROR or a WARN fails the report, an INFO does not."""

    ERROR = "ERROR"
    WARN = "WARN"
    INFO = "INFO"


_ORDER = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Rule:
    """What one check looks for: its name, how bad a finding is, and why it matters with what to do."""

    name: str
    severity: Severity
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect. ``entity``, ``property`` and ``value`` are IRIs or text, as in ROBOT's report; any may be absent."""

    check: str
    severity: Severity
    entity: str | None
    property: str | None
    value: str | None
    message: str


def _place(finding: Finding) -> tuple[int, str, str, str, str, str]:
    """Worst first, then by check and place, so that the same graph always gives the same report."""
    entity, prop, value = finding.entity or "", finding.property or "", finding.value or ""
    return (_ORDER[finding.severity], finding.check, entity, prop, value, finding.message)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings of one run, sorted, with the rules that ran and the labels of what is named in them."""

    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", tuple(sorted(set(self.findings), key=_place)))

    @property
    def ok(self) -> bool:
        """True if nothing is an ERROR or a WARN."""
        return all(finding.severity is Severity.INFO for finding in self.findings)

    @property
    def counts(self) -> dict[Severity, int]:
        """The number of findings of each severity, noughts included."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in Severity}

    @property
    def by_check(self) -> dict[str, int]:
        """The number of findings of each check that ran, noughts included."""
        found = Counter(finding.check for finding in self.findings)
        names = dict.fromkeys([*(rule.name for rule in self.rules), *found])
        return {name: found[name] for name in names}

    def to_dicts(self) -> list[dict[str, str | None]]:
        """Return the findings as plain dictionaries, for JSON and tables."""
        return [asdict(finding) | {"severity": finding.severity.value} for finding in self.findings]

    def format(self, limit: int = 10) -> str:
        """Return the report as text, with at most ``limit`` findings of each check."""
        return "\n".join([self._summary(), *self._body(limit)])

    def __str__(self) -> str:
        return self.format()

    def _summary(self) -> str:
        counts = ", ".join(f"{number} {severity}" for severity, number in self.counts.items())
        return f"{len(self.rules)} checks {'passed' if self.ok else 'failed'}: {counts}"

    def _body(self, limit: int) -> Iterator[str]:
        rules = {rule.name: rule for rule in self.rules}
        for severity, of_severity in groupby(self.findings, key=lambda finding: finding.severity):
            yield f"\n{severity}"
            for name, of_check in groupby(of_severity, key=lambda finding: finding.check):
                yield from self._section(name, rules.get(name), list(of_check), limit)

    def _section(self, name: str, rule: Rule | None, findings: list[Finding], limit: int) -> Iterator[str]:
        title = rule.title if rule else findings[0].message
        yield f"  {name} ({len(findings)}): {title}"
        if rule:
            yield textwrap.fill(rule.why, _WIDTH, initial_indent="    ", subsequent_indent="    ")
        for finding in findings[:limit]:
            yield f"    - {self._line(finding, title)}"
        if len(findings) > limit:
            yield f"    ... and {len(findings) - limit} more"

    def _line(self, finding: Finding, title: str) -> str:
        parts = [self._name(part) for part in (finding.entity, finding.property, finding.value) if part is not None]
        if finding.message != title:
            parts.append(finding.message)
        return " | ".join(parts)

    def _name(self, term: str) -> str:
        """Return an IRI as its CURIE and label; anything else on one line, with blanks at its edges visible."""
        label = self.labels.get(term)
        curie = contract(term) if is_iri(term) else None
        text = curie or (term if term == term.strip() and "\n" not in term else repr(term))
        return f"{text} ({label})" if label else text
