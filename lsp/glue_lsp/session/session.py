"""The state of one client: its abilities and settings, open documents, projects and analyses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from glue_compiler.text.shift import Shift

from glue_lsp.session.analyses import Analyses
from glue_lsp.session.capabilities import ClientFeatures
from glue_lsp.session.configuration import EditorSettings
from glue_lsp.session.open_project import OpenProject
from glue_lsp.session.pace import Pace
from glue_lsp.session.roots import Root
from glue_lsp.session.snapshot import Snapshot, StaleSnapshot
from glue_lsp.text.documents import Document, Documents
from glue_lsp.text.positions import to_offset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from glue_compiler.text.source import PositionEncoding
    from glue_compiler.workspace import Checked
    from lsprotocol import types

    from glue_lsp.session.validations import Validation

_LONG = 12_000
"""Texts of more code points are not repaired for a question about a line that is whole: about 250 lines."""


class Session:
    """What the server knows of its client and of the projects in its folders."""

    def __init__(self, on_root_change: Callable[[Root], None]) -> None:
        self.client = ClientFeatures()
        self.encoding: PositionEncoding = "utf-16"
        self.editor = EditorSettings()
        self.editors: dict[Path, EditorSettings] = {}
        self.documents = Documents()
        self.analyses = Analyses(self.documents)
        self.pace = Pace()
        self.validations: dict[str, Validation] = {}
        self.folders: list[Path] = []
        self.lens_commands: tuple[str, ...] = ()
        self.problems: list[str] = []
        self._roots: dict[Path | None, Root] = {}
        self._root_of_folder: dict[Path, Path | None] = {}
        self._last: dict[str, Checked] = {}
        self._good: dict[str, Checked] = {}
        self._on_root_change = on_root_change
        # Projects are read here and never on the pool that pygls reads its input with.
        self._executor = ThreadPoolExecutor(1, "dbt-glue-project")

    def close(self, *, wait: bool = False) -> None:
        """Give up the work that has not begun; with `wait`, what has begun has ended afterwards."""
        self._executor.shutdown(wait=wait, cancel_futures=True)

    def editor_of(self, root: Path | None) -> EditorSettings:
        """What the editor's user has set for a project: for its folder, else for everything."""
        return self.editor if root is None else self.editors.get(root, self.editor)

    @property
    def roots(self) -> tuple[Root, ...]:
        """The projects that were met so far."""
        return tuple(root for path, root in self._roots.items() if path is not None)

    def root_of(self, path: Path | None) -> Root:
        """The project around a file, or the root that stands for no project."""
        return self._root(None if path is None else self._find(path.parent))

    def concerns(self, path: Path) -> bool:
        """Whether a file is in the client's folders, or in a project that was met through a document."""
        places = [*self.folders, *(root.path for root in self.roots if root.path is not None)]
        return any(path.is_relative_to(place) for place in places)

    def discover(self) -> Iterator[Root]:
        """The projects in the client's folders: at their top, or one or two folders below."""
        for folder in self.folders:
            for pattern in ("dbt_project.yml", "*/dbt_project.yml", "*/*/dbt_project.yml"):
                for found in sorted(folder.glob(pattern)):
                    if not {"dbt_packages", "node_modules", ".venv"} & set(found.parts):
                        yield self._root(found.parent)

    def reload(self) -> None:
        """Read every project again."""
        for root in self._roots.values():
            root.reload()

    def drop_roots_outside(self) -> None:
        """Forget the projects that are in none of the client's folders and have no open document."""
        needed = {self.root_of(document.path).path for document in self.documents}
        for path in [path for path in self._roots if path is not None and path not in needed]:
            if not any(path.is_relative_to(folder) for folder in self.folders):
                del self._roots[path]

    def forget_places(self) -> None:
        """Look for projects anew: a dbt_project.yml came or went."""
        self._root_of_folder.clear()

    def forget_document(self, uri: str) -> None:
        """Close a document."""
        self.documents.close(uri)
        self._last.pop(uri, None)
        self._good.pop(uri, None)
        self.validations.pop(uri, None)
        self.pace.forget(uri)

    def snapshot(self, uri: str) -> Snapshot | None:
        """The model that is open under a URI; None for other files, and before its project is read."""
        document = self.documents.get(uri)
        project = None if document is None else self.open_project(document)
        if document is None or project is None or not project.is_model(document):
            return None
        analysis = project.checked(project.path_of(document), document.source)
        last = self._last.get(uri)
        if last is not None and last.analysed and last.parsed:
            self._good[uri] = last
        self._last[uri] = analysis
        return Snapshot(
            document=document,
            open_project=project,
            analysis=analysis,
            before=self._good.get(uri),
            validation=self.validations.get(uri),
            client=self.client,
            encoding=self.encoding,
        )

    def measured_snapshot(self, uri: str) -> Snapshot | None:
        """The same; how long its analysis takes decides how soon the text is analysed after an edit."""

        def snapshot() -> Snapshot | None:
            found = self.snapshot(uri)
            if found is not None:
                _ = found.diagnostics
            return found

        return self.pace.measure(uri, snapshot)

    def snapshot_at(self, uri: str, position: types.Position) -> Snapshot | None:
        """The same, for a question about a position.

        Of a long text that is broken it is the last whole one that shows through the edits, where they did
        not touch the position: the answer need not wait until the text is repaired.
        """
        found = self.snapshot(uri)
        if found is None or len(found.source) <= _LONG:
            return found
        if found.broken_line is not None:
            return self._stale_snapshot(uri, position) or found
        return found

    def _stale_snapshot(self, uri: str, position: types.Position) -> StaleSnapshot | None:
        document = self.documents.get(uri)
        good = self._good.get(uri)
        project = None if document is None else self.open_project(document)
        if document is None or good is None or project is None:
            return None
        shift = Shift(good.source, document.source)
        if not shift.untouched(to_offset(document.source, position, self.encoding)):
            return None
        return StaleSnapshot(
            document=document,
            open_project=project,
            analysis=good,
            before=good,
            validation=self.validations.get(uri),
            client=self.client,
            encoding=self.encoding,
            shift=shift,
        )

    def open_project(self, document: Document) -> OpenProject | None:
        """The project around a document with what is open of it; None before it is read."""
        surroundings = self.root_of(document.path).surroundings
        if surroundings is None:
            return None
        return OpenProject(surroundings, self.documents, self.analyses)

    async def ready(self, uri: str | None) -> None:
        """Wait until the project around a document (None: every project) has been read once."""
        if uri is None:
            for root in tuple(self._roots.values()):
                await root.ready()
            return
        document = self.documents.get(uri)
        if document is not None:
            await self.root_of(document.path).ready()

    def version_of(self, uri: str | None) -> int | None:
        """The version of an open document."""
        document = None if uri is None else self.documents.get(uri)
        return None if document is None else document.version

    def _root(self, path: Path | None) -> Root:
        root = self._roots.get(path)
        if root is None:
            root = Root(path, self._executor, lambda: self.editor_of(path), self._on_root_change)
            self._roots[path] = root
            root.reload()
        return root

    def _find(self, folder: Path) -> Path | None:
        if folder not in self._root_of_folder:
            found = None
            for parent in (folder, *folder.parents):
                if (parent / "dbt_project.yml").is_file():
                    found = parent
                    break
            self._root_of_folder[folder] = found
        return self._root_of_folder[folder]
