"""Putting files and folders in place at once: a reader sees the old one or the new one, never a part."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path


def write_synced(path: Path, content: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def exchange(staging: Path, folder: Path) -> None:
    """Put ``staging`` where ``folder`` is, in one step where the system can; what stood there is removed after."""
    if not folder.exists():
        staging.rename(folder)
    elif _swap(staging, folder):
        shutil.rmtree(staging, ignore_errors=True)
    else:
        _exchange_by_renaming(staging, folder)


def _exchange_by_renaming(staging: Path, folder: Path) -> None:
    """Exchange in two steps: a crash in between leaves the old folder beside, named ``.old-...``."""
    old = Path(tempfile.mkdtemp(prefix=f".old-{folder.name}-", dir=folder.parent))
    folder.rename(old / folder.name)
    try:
        staging.rename(folder)
    except OSError:
        (old / folder.name).rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _swap(one: Path, other: Path) -> bool:
    """Let two folders change places at once; False where the system or the file system cannot."""
    import ctypes

    here = -2 if sys.platform == "darwin" else -100  # AT_FDCWD
    names = {"linux": "renameat2", "darwin": "renameatx_np"}
    try:
        function = getattr(ctypes.CDLL(None), names[sys.platform])
        return bool(function(here, os.fsencode(one), here, os.fsencode(other), 2) == 0)  # 2: exchange
    except (KeyError, OSError, AttributeError, TypeError):
        return False
