"""Running an export: from a source, in a format, to a place, with a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from dystonia_kg.errors import ExportError
from dystonia_kg.exports.report import ExportReport, Tally
from dystonia_kg.exports.target import Folder, Output, Target, file_target, folder_target, place_of

if TYPE_CHECKING:
    from dystonia_kg.exports.bridging.bridge import Bridge
    from dystonia_kg.exports.formats import Format
    from dystonia_kg.exports.model import Model
    from dystonia_kg.exports.source import ExportSource

T = TypeVar("T")

#: Called now and then with what is being written, how many are done, and how many there are (None: not known).
Progress = Callable[[str, int, int | None], None]

_STEP = 500  # things between two calls of a progress function


class Exportable(Protocol):
    """What can be exported: a graph, or a part of one."""

    def _export_source(self) -> ExportSource: ...

    def _whole_source(self) -> ExportSource | None: ...


class Job:
    """One export under way: what a format's ``write(job)`` gets.

    A format of one file writes to ``output``, one of several opens them in ``folder``. ``options`` holds a value for
    each option of the format.
    """

    def __init__(self, format: Format, source: ExportSource, options: Mapping[str, Any], progress: Progress) -> None:  # noqa: A002
        self.format = format
        self.source = source
        self.options = options
        self.tally = Tally()
        self.bridge: str | None = None  # the name of the ontology that a format of a bridge is about
        self._progress = progress
        self._output: Output | None = None
        self._folder: Folder | None = None

    @property
    def model(self) -> Model:
        """What the source holds, as terms, associations, publications and a header."""
        return self.source.model

    @property
    def output(self) -> Output:
        """Where a format of one file writes."""
        assert self._output is not None, "this format is several files: open them in job.folder"
        return self._output

    @property
    def folder(self) -> Folder:
        """Where a format of several files opens them."""
        assert self._folder is not None, "this format is one file: write to job.output"
        return self._folder

    def track(self, things: Iterable[T], kind: str, total: int | None = None) -> Iterator[T]:
        """Pass things through, telling the progress; nothing is counted as written."""
        done = 0
        for done, thing in enumerate(things, 1):
            if done % _STEP == 0:
                self._progress(kind, done, total)
            yield thing
        self._progress(kind, done, total or done)


def export(
    owner: Exportable,
    format: str,  # noqa: A002
    target: Target,
    *,
    bridge: str | None = None,
    ids: str | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> ExportReport:
    """Write a graph or a part of one; see :meth:`dystonia_kg.KnowledgeGraph.export`."""
    from dystonia_kg.exports.registry import find

    chosen = find(format)
    given = _options(chosen, options)
    started = time.perf_counter()
    source, made = _source(owner, ids or chosen.ids, bridge, chosen)
    job = Job(chosen, source, given, progress or (lambda kind, done, total: None))
    job.bridge = bridge
    for one in made.left_out if made else ():
        job.tally.left_out(one.kind, one.why, one.count)
    if made and made.news:
        job.tally.wrote("new subsumptions in the target", len(made.news))
    module = import_module(f"dystonia_kg.exports.{chosen.module}")
    names = _run(job, module.write, target)
    return job.tally.report(chosen.name, place_of(target), names, time.perf_counter() - started)


def _run(job: Job, write: Callable[[Job], None], target: Target) -> tuple[str, ...]:
    if not job.format.folder:
        with file_target(target) as job._output:
            write(job)
        return ()
    with folder_target(target) as job._folder:
        write(job)
    return tuple(sorted(job._folder.names))


def _source(owner: Exportable, ids: str, bridge: str | None, chosen: Format) -> tuple[ExportSource, Bridge | None]:
    """Return what to read from and, where it is said in the identifiers of another ontology, the bridge to that."""
    if ids not in ("readable", "numeric"):
        raise ExportError(f"ids={ids!r}: use 'readable' (dyst:CervicalDystonia) or 'numeric' (DYST:0000012)")
    if bridge is None and chosen.of_bridge:
        raise ExportError(f"the format {chosen.name} is about another ontology: say which, such as bridge='mondo'")
    source, made = owner._export_source(), None
    whole = owner._whole_source() or source
    if chosen.of_bridge and whole is not source:
        raise ExportError(f"the format {chosen.name} tells of the whole graph: export it from there")
    if bridge is not None and not chosen.of_bridge:
        from dystonia_kg.exports.bridging.bridge import make_bridge
        from dystonia_kg.exports.bridging.module import in_terms_of

        made = make_bridge(whole, bridge)
        source = in_terms_of(source, made)
    return source.numeric() if ids == "numeric" else source, made


def _options(format: Format, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: A002
    """Return a value for each option of a format; text, as the command line has it, becomes a value of its type."""
    known = {option.name: option for option in format.options}
    for name in given:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise ExportError(f"the format {format.name} has no option {name!r}; {has}")
    for option in (each for each in format.options if each.needed and each.name not in given):
        raise ExportError(f"the format {format.name} needs {option.name}=...: {option.about}")
    values = {name: option.default for name, option in known.items()}
    for name, value in given.items():
        values[name] = _typed(format.name, name, value, known[name].default)
        choices = known[name].choices
        if choices and values[name] not in choices:
            raise ExportError(f"{format.name}: {name}={value!r}: use one of {', '.join(choices)}")
    return values


def _typed(format: str, name: str, value: Any, default: Any) -> Any:  # noqa: A002
    if not isinstance(value, str) or default is None or isinstance(default, str):
        return value
    words = {"true": True, "yes": True, "false": False, "no": False}
    try:
        return words[value.lower()] if isinstance(default, bool) else type(default)(value)
    except (KeyError, ValueError):
        raise ExportError(f"{format}: {name}={value!r} is not of the kind of {default!r}") from None
