"""Set everything up on a fresh machine and run it: `python3 dev.py tour` or `python3 dev.py test`.

Needs Python 3.11 or newer with pip, nothing else: a virtual environment is made in `.venv`, the Java that the reasoner
needs comes as a Python package.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("DYSTONIA_KG_VENV", ROOT / ".venv"))
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


def run(*command: str) -> None:
    """Run a command of the virtual environment; stop at the first that fails."""
    print("$", " ".join(command), flush=True)
    program = BIN / command[0]
    code = subprocess.call([str(program), *command[1:]], cwd=ROOT)
    if code:
        sys.exit(code)


def set_up(*requirements: str) -> None:
    """Make the virtual environment and install this checkout with what is asked for."""
    if sys.version_info < (3, 11):
        sys.exit(f"dystonia_kg needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    if not (BIN / ("python.exe" if os.name == "nt" else "python")).exists():
        venv.create(VENV, with_pip=True)
    if requirements:  # dependency groups need a pip of 2025 or later
        run("python", "-m", "pip", "install", "--quiet", "--upgrade", "pip")
    run("python", "-m", "pip", "install", "--quiet", "--editable", ".", *requirements)


def tour() -> None:
    """Install the library and show what it does."""
    set_up()
    run("dystonia-kg", "tour")


def test() -> None:
    """Install everything and run every check and test; `--slow` adds the tests that take long, and Spark's."""
    options = [option for option in sys.argv[2:] if option != "--slow"]
    slow = "--slow" in sys.argv[2:]
    set_up("--group", "slow" if slow else "dev")
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")
    run("mypy")
    run("lint-imports")
    run("python", "-m", "pytest", "-n", "2", *([] if slow else ["-m", "not slow"]), *options)
    run("dystonia-kg", "check")
    run("mkdocs", "build", "--strict", "--quiet", "--site-dir", str(VENV / "site"))


if __name__ == "__main__":
    tasks = {"tour": tour, "test": test}
    if len(sys.argv) < 2 or sys.argv[1] not in tasks:
        sys.exit("usage: python3 dev.py tour | test [--slow] [pytest options]")
    tasks[sys.argv[1]]()
