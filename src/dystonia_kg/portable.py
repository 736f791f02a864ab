"""What can be exported: a graph, or a part of one."""

from __future__ import annotations

TYPE_CHECKING = False  # typing costs as much time as the rest of this module, and every start pays for it
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pyoxigraph import Store

    from dystonia_kg.exports.formats import Formats
    from dystonia_kg.exports.job import Progress
    from dystonia_kg.exports.report import ExportReport
    from dystonia_kg.exports.source import ExportSource
    from dystonia_kg.exports.target import Target
    from dystonia_kg.subset import Subset
    from dystonia_kg.terms import Term


class Portable:
    """Gives ``export`` to what holds a store; what is called otherwise outside says so in ``_export_source``."""

    if TYPE_CHECKING:

        @property
        def _store(self) -> Store: ...

    @property
    def version(self) -> str:
        """The version of the release."""
        raise NotImplementedError

    def _export_source(self) -> ExportSource:
        from dystonia_kg.exports.source import ExportSource

        return ExportSource(self._store, self.version)

    def _whole_source(self) -> ExportSource | None:
        """Return what a part is a part of; None for what is whole."""
        return None

    @property
    def export_formats(self) -> Formats:
        """The formats by name, with what each can hold; prints as a table."""
        from dystonia_kg.exports.registry import FORMATS

        return FORMATS

    def export(
        self,
        format: str,  # noqa: A002
        path: Target,
        /,
        *,
        bridge: str | None = None,
        ids: str | None = None,
        progress: Progress | None = None,
        **options: Any,
    ) -> ExportReport:
        """Write the graph in a form of others; the report tells what was written and what the format cannot hold.

        :param format: a name or alias from :attr:`export_formats`
        :param path: a file, or a folder for a format of several files; ``-`` for standard output; or a binary file
            object. A file or folder is put in place when it is whole: until then the old one stays
        :param bridge: another ontology, in whose identifiers it is to be said
        :param ids: ``readable`` (dyst:CervicalDystonia) or ``numeric`` (DYST:0000012); by default what is usual for
            the format
        :param progress: called now and then with what is written, how many are done, and how many there are
        :param options: as the format has them
        :raises ExportError: for an unknown format or option, a place that cannot be written, or a value that the
            format cannot hold
        :raises MissingExtraError: if the format needs an extra that is not installed

        >>> import dystonia_kg as dkg, io
        >>> dkg.load().export("ntriples", io.BytesIO()).left_out[0].kind
        'inferred relations'
        """
        from dystonia_kg.exports.job import export

        return export(self, format, path, bridge=bridge, ids=ids, progress=progress, **options)


class Divisible(Portable):
    """Gives ``subset`` as well; whoever inherits is a graph."""

    def subset(self, terms: str | Term | Iterable[str | Term], /, method: str = "star") -> Subset:
        """Return the part of the graph around some terms; it can be exported as the whole can.

        In it are the axioms by the method, what is said of each term in it, the statements and mappings of which one
        is the subject, and the publications behind them.

        :param terms: one or several, by any of their names
        :param method: ``star``: the axioms that say all that the whole says with the terms, the classes above them
            and what they relate to (needs the reasoner); ``mireot``: the terms and the classes above them, with the
            hierarchy and no other axiom; ``slim``: the terms with their own axioms, and what they relate to directly
        :raises UnknownTermError, AmbiguousTermError: for a name of no or of several terms
        :raises ParameterError: for an unknown method, or no term
        :raises MissingExtraError: if ``star`` is asked for and the reasoner is not installed

        >>> import dystonia_kg as dkg
        >>> [term.label for term in dkg.load().subset("dyst:Neck", method="mireot").terms]
        ['anatomical entity', 'body region', 'neck region']
        """
        from dystonia_kg.subset import make_subset

        return make_subset(self, terms, method)  # type: ignore[arg-type]  # every instance is a KnowledgeGraph
