"""The bridge of a graph to a target: the axioms that stand, and what became of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dystonia_kg.exports.bridging.candidates import EQUIVALENT, candidates
from dystonia_kg.exports.bridging.check import check
from dystonia_kg.exports.bridging.targets import find_target

if TYPE_CHECKING:
    from dystonia_kg.exports.bridging.candidates import BridgeAxiom
    from dystonia_kg.exports.bridging.check import Finding
    from dystonia_kg.exports.bridging.targets import Target
    from dystonia_kg.exports.report import LeftOut
    from dystonia_kg.exports.source import ExportSource


class Bridge(NamedTuple):
    """A bridge.

    :param axioms: those that stand, by class of ours
    :param left_out: those that do not, and why
    :param conflicts: what the reasoner found against some of them
    :param news: what follows between two classes of the target that its own hierarchy does not have
    """

    target: Target
    axioms: tuple[BridgeAxiom, ...]
    left_out: tuple[LeftOut, ...]
    conflicts: tuple[Finding, ...]
    news: tuple[Finding, ...]

    @property
    def names(self) -> dict[str, str]:
        """The classes of ours that are the same as one of the target, with that."""
        return {axiom.ours: axiom.theirs for axiom in self.axioms if axiom.predicate == EQUIVALENT}


def make_bridge(source: ExportSource, name: str) -> Bridge:
    """Return the bridge of a graph to a target, checked by the reasoner.

    :raises ExportError: if there is no such target
    :raises MissingExtraError: if the reasoner is not installed
    """
    target = find_target(name)
    tried = candidates(source.model, target)
    result = check(source.store, target, tried.axioms)
    left = tuple(sorted((*tried.left_out, *result.left_out)))
    return Bridge(target, result.axioms, left, result.conflicts, result.news)
