"""Where the files that come with the library lie: in the installed package, or in a checkout.

An installed wheel carries them in ``dystonia_kg/_data``; a checkout has them in ``ontology/`` and ``queries/``.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "_data"
_CHECKOUT = _PACKAGE.parent.parent


def ontology_dir() -> Path:
    """Return the folder of the ontology's sources, with the release in ``release/``."""
    return _INSTALLED / "ontology" if _INSTALLED.is_dir() else _CHECKOUT / "ontology"


def release_dir() -> Path:
    """Return the folder of the release."""
    return ontology_dir() / "release"


def queries_dir() -> Path:
    """Return the folder of the named queries."""
    return _INSTALLED / "queries" if _INSTALLED.is_dir() else _CHECKOUT / "queries"


def is_checkout() -> bool:
    """Tell whether the files are those of a checkout, which may be rebuilt in place."""
    return not _INSTALLED.is_dir()
