"""Reading a release: its files are checked against its manifest before a single triple is parsed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store

from dystonia_kg.errors import ReleaseError

TYPE_CHECKING = False  # typing costs as much time as the rest of this module, and every start pays for it
if TYPE_CHECKING:
    from typing import Any

    from dystonia_kg.deferred import Signature

DEFERRED = "annotations.ttl"
_REBUILD = "reinstall dystonia_kg, or run 'dystonia-kg build' in a checkout"


class Release:
    """The files of one release.

    :param folder: the folder that ``dystonia-kg build`` wrote
    :raises ReleaseError: if the manifest is missing or cannot be read
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
            self.version = str(self.manifest["version"])
            self._files = {
                name: (int(facts["bytes"]), str(facts["sha256"])) for name, facts in self.manifest["files"].items()
            }
        except OSError as error:
            raise ReleaseError(f"no release in {folder} ({error.strerror}): {_REBUILD}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReleaseError(f"{folder / 'manifest.json'} cannot be read ({error!r}): {_REBUILD}") from None

    @property
    def files(self) -> set[str]:
        """The names of the released files."""
        return set(self._files)

    def read(self, name: str) -> bytes:
        """Return the content of one file, proved to be what was released.

        :raises ReleaseError: if the file is missing, truncated or altered
        """
        path = self.folder / name
        if name not in self._files:
            raise ReleaseError(f"the release in {self.folder} has no file {name}: {_REBUILD}")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ReleaseError(f"{path} cannot be read ({error.strerror}): {_REBUILD}") from None
        size, checksum = self._files[name]
        if len(content) != size:
            raise ReleaseError(f"{path} has {len(content)} bytes where {size} were released: {_REBUILD}")
        if hashlib.sha256(content).hexdigest() != checksum:
            raise ReleaseError(f"{path} is not the released file (its checksum differs): {_REBUILD}")
        return content

    @property
    def deferred(self) -> Signature | None:
        """What tells the part that is loaded when it is first asked for; None if the release has none."""
        facts = self.manifest.get("deferred")
        if facts is None:
            return None
        from dystonia_kg.deferred import Signature

        return Signature(facts)

    @property
    def deferred_size(self) -> int:
        """The number of quads in the deferred part."""
        return int(self.manifest.get("deferred", {}).get("triples", 0))

    @property
    def graph_files(self) -> list[tuple[Path, str]]:
        """The files that hold all of the graph, each with the named graph that it belongs into if it does not say."""
        deferred = self.manifest.get("deferred")
        more = [(self.folder / DEFERRED, str(deferred["graph"]))] if deferred else []
        return [(self.folder / "dystonia.nq", ""), *more]

    def load_deferred(self, store: Store) -> None:
        """Load the deferred part into a store."""
        graph = NamedNode(self.manifest["deferred"]["graph"])
        store.bulk_load(input=self.read(DEFERRED), format=RdfFormat.TURTLE, to_graph=graph, lenient=True)

    def store(self) -> Store:
        """Return a store that holds every named graph of the release but for the deferred part."""
        store = Store()
        # The checksum vouches for the syntax, so the IRIs need not be checked one by one: that halves the time.
        store.bulk_load(input=self.read("dystonia.nq"), format=RdfFormat.N_QUADS, lenient=True)
        return store
