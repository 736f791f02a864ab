"""Where an export goes: a file, a folder, standard output or a file object.

A file or folder is written beside its place under another name, and moved there when it is whole and on the disk. If
anything stops it, what stood there before still does, and nothing is left beside.
"""

from __future__ import annotations

import io
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from dystonia_kg.errors import ExportError
from dystonia_kg.files import exchange

#: What an export takes as its place: a path, ``-`` for standard output, or a binary file object.
Target = Any


class Output:
    """A binary stream which knows where it goes; text goes out as UTF-8."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, content: bytes | str) -> int:
        """Write bytes, or text as UTF-8."""
        return self._file.write(content.encode() if isinstance(content, str) else content)

    def flush(self) -> None:
        """Hand on what is buffered."""
        self._file.flush()

    @property
    def binary(self) -> IO[bytes]:
        """The binary file itself, for libraries that want one."""
        return self._file


class Folder:
    """A folder under way; :meth:`open` makes its files, of which :attr:`names` keeps the names."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: list[str] = []

    @contextmanager
    def open(self, name: str) -> Iterator[Output]:
        """Open one file of the folder for writing.

        :param name: the file's name, with ``/`` where it lies in a folder below
        """
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.names.append(name)
        with path.open("xb") as file:
            yield Output(file)
            _sync(file)


def place_of(target: Target) -> str | None:
    """Return what to call a target in messages and reports."""
    if isinstance(target, str | os.PathLike):
        return "standard output" if target == "-" else os.fspath(target)
    name = getattr(target, "name", None)
    return name if isinstance(name, str) else None


@contextmanager
def file_target(target: Target) -> Iterator[Output]:
    """Open the place of a format that is one file.

    :raises ExportError: if it cannot be written; what stood there is still there
    """
    if isinstance(target, str | os.PathLike) and target != "-":
        with _told(target), _beside(Path(target)) as file:
            yield Output(file)
        return
    file = sys.stdout.buffer if isinstance(target, str) else target
    if not callable(getattr(file, "write", None)) or isinstance(file, io.TextIOBase):
        raise ExportError(f"{target!r} takes no bytes: give a path, '-', or a file opened in binary mode")
    with _told(target):
        yield Output(file)
        file.flush()


@contextmanager
def folder_target(target: Target) -> Iterator[Folder]:
    """Open the place of a format that is several files: a new or empty folder, or one that holds the same files.

    :raises ExportError: if it cannot be written; what stood there is still there
    """
    if target == "-" or not isinstance(target, str | os.PathLike):
        raise ExportError("this format is several files: give the path of a folder to put them in")
    path = Path(os.path.realpath(target))
    with _told(target):
        _need_parent(path)
        if path.exists() and not path.is_dir():
            raise ExportError(f"{target} is a file: this format is several files, give the path of a folder")
        staging = _name_beside(path)
        staging.mkdir()
        try:
            folder = Folder(staging)
            yield folder
            _refuse_strangers(path, folder)
            if path.exists():
                staging.chmod(stat.S_IMODE(path.stat().st_mode))
            exchange(staging, path)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _refuse_strangers(path: Path, folder: Folder) -> None:
    """Never remove what is not ours: a folder that holds other files is no place for an export."""
    here = {str(file.relative_to(path)) for file in path.rglob("*") if not file.is_dir()} if path.is_dir() else set()
    others = sorted(here - {os.path.normpath(name) for name in folder.names})
    if others:
        raise ExportError(
            f"{path} holds {others[0]!r}, which this export would not write again: give a new or an empty folder"
        )


@contextmanager
def _told(target: Target) -> Iterator[None]:
    """Tell failures of the system in our words."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        where = place_of(target) or "the file object"
        raise ExportError(
            f"cannot write {where}: {error.strerror or error}; what stood there is unchanged. "
            "Free space or choose another place"
        ) from error


@contextmanager
def _beside(target: Path) -> Iterator[IO[bytes]]:
    path = Path(os.path.realpath(target))  # a link stays a link
    if path.is_dir():
        raise ExportError(f"{target} is a folder: this format is one file, give its path")
    _need_parent(path)
    if path.exists() and not path.is_file():  # a pipe or a device is written to as it is
        with path.open("wb") as file:
            yield file
        return
    if path.exists() and not os.access(path, os.W_OK):
        raise ExportError(f"{target} is write-protected: choose another place, or allow writing")
    staging = _name_beside(path)
    try:
        with staging.open("xb", buffering=1 << 16) as file:
            yield file
            _sync(file)
        if path.exists():
            staging.chmod(stat.S_IMODE(path.stat().st_mode))
        staging.replace(path)
    finally:
        staging.unlink(missing_ok=True)


def _name_beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:100]}-{secrets.token_hex(6)}.part")


def _need_parent(path: Path) -> None:
    if not path.parent.is_dir():
        raise ExportError(f"there is no folder {path.parent}: make it first, or choose another place")


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
