"""The state of one client: its abilities and settings, open documents, projects and analyses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from glue_compiler.text.shift import Shift
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Workspace

from glue_lsp.analyses import Analyses, Pending
from glue_lsp.analysis_process import LONG
from glue_lsp.capabilities import ClientFeatures
from glue_lsp.configuration import EditorSettings
from glue_lsp.documents import Document, Documents
from glue_lsp.positions import to_offset
from glue_lsp.roots import Root
from glue_lsp.views import StaleView, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.project.surroundings import Surroundings
    from glue_compiler.text.source import PositionEncoding
    from glue_compiler.workspace import Checked
    from lsprotocol import types


class Session:
    """What the server knows of its client and of the projects in its folders."""

    def __init__(self, on_root_change: Callable[[Root], None]) -> None:
        self.client = ClientFeatures()
        self.encoding: PositionEncoding = "utf-16"
        self.editor = EditorSettings()
        self.editors: dict[Path, EditorSettings] = {}
        self.documents = Documents()
        self.analyses = Analyses()
        self.folders: list[Path] = []
        self.lens_commands: tuple[str, ...] = ()
        self.problems: list[str] = []
        self._roots: dict[Path | None, Root] = {}
        self._root_of_folder: dict[Path, Path | None] = {}
        self._good: dict[str, Checked] = {}
        self._on_root_change = on_root_change
        # Projects are read here and never on the pool that pygls reads its input with.
        self._executor = ThreadPoolExecutor(1, "dbt-glue-project")

    def close(self) -> None:
        """Give up the work that has not begun."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        self.analyses.close()

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
        self._good.pop(uri, None)

    def view(self, uri: str) -> View | None:
        """The model that is open under a URI; None for other files, and before its project is read."""
        document = self.documents.get(uri)
        if document is None:
            return None
        surroundings = self.root_of(document.path).surroundings
        return None if surroundings is None else self._view(document, surroundings)

    def view_at(self, uri: str, position: types.Position) -> View | None:
        """The same, for a question about a position.

        Of a long text that was edited a moment ago, or is broken, it is the view through the edits
        where they did not touch the position: the answer need not wait for another analysis.
        """
        try:
            view = self.view(uri)
        except Pending:
            stale = self._stale_view(uri, position)
            if stale is None:
                raise
            return stale
        if view is not None and view.broken and len(view.source) > LONG:
            return self._stale_view(uri, position) or view
        return view

    def _stale_view(self, uri: str, position: types.Position) -> View | None:
        document = self.documents.get(uri)
        good = self._good.get(uri)
        surroundings = None if document is None else self.root_of(document.path).surroundings
        if document is None or good is None or surroundings is None:
            return None
        shift = Shift(good.source, document.source)
        if not shift.untouched(to_offset(document.source, position, self.encoding)):
            return None
        return self._view_of(document, surroundings, good, shift)

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

    def _view(self, document: Document, surroundings: Surroundings) -> View | None:
        if not _is_model(document, surroundings):
            return None
        path = None if document.path is None else surroundings.relative(document.path)
        analysis = self.analyses.of(document.source, path, self.workspace(surroundings))
        if analysis.parsed:
            self._good[document.uri] = analysis
        return self._view_of(document, surroundings, analysis)

    def _view_of(
        self,
        document: Document,
        surroundings: Surroundings,
        analysis: Checked,
        shift: Shift | None = None,
    ) -> View:
        path = None if document.path is None else surroundings.relative(document.path)
        good = self._good.get(document.uri)
        workspace = self.workspace(surroundings)
        parts = (document, workspace, path, analysis, good, self.encoding)
        return View(*parts) if shift is None else StaleView(*parts, shift)

    def workspace(self, surroundings: Surroundings) -> Workspace:
        """The workspace of a project whose open documents count before its files."""
        return Workspace(
            surroundings,
            facts_of=self.analyses.facts,
            text_of=lambda path: self.text_of(surroundings, path),
        )

    def facts_of(self, surroundings: Surroundings, path: str) -> ModelFacts | None:
        """The facts of a Python file of the project, as it is open or on disk."""
        source = self.text_of(surroundings, path)
        if source is None:
            return None
        return self.analyses.facts(source, surroundings.settings.options)

    def text_of(self, surroundings: Surroundings, path: str) -> SourceText | None:
        """The text of a file of the project, as it is open or on disk; None when there is none."""
        if surroundings.root is None:
            return None
        file = surroundings.root / path
        document = self.documents.at(file)
        if document is not None:
            return document.source
        try:
            return SourceText.from_bytes(file.read_bytes())
        except OSError:
            return None

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


def _is_model(document: Document, surroundings: Surroundings) -> bool:
    """By its place in a project; outside of projects by what it looks like."""
    if document.language != "python":
        return False
    if document.path is not None and surroundings.root is not None:
        return surroundings.is_model(document.path)
    return "def model(" in document.source.text
