"""A dbt project as dbt reads it: its manifest, parsed again when files changed, and an adapter that stays."""

from __future__ import annotations

import os
from argparse import Namespace
from copy import deepcopy
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dbt_common.exceptions import DbtBaseException, DbtRuntimeError
from glue_compiler.project.load import CACHE_FOLDER
from glue_compiler.project.profiles import profiles_file
from glue_compiler.workspace import Overrides

from dbt.adapters.glue.functions import ProjectFunctions
from dbt.adapters.glue.python_models.packages import ModelPackages
from dbt.adapters.glue.python_models.project import RunningProject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dbt.adapters.base.relation import BaseRelation
    from dbt.contracts.graph.manifest import Manifest
    from glue_compiler.workspace import Workspace

    from dbt.adapters.glue.impl import GlueAdapter

__all__ = ["DbtProject", "Located", "NoSuchModel"]

_READ = frozenset({".py", ".sql", ".yml", ".yaml", ".csv", ".md"})
_SKIPPED = frozenset(
    {"__pycache__", "node_modules", "target", "logs", ".git", ".venv", CACHE_FOLDER}
)


class NoSuchModel(DbtRuntimeError):
    """The project has no Python model at a path."""


@dataclass(frozen=True)
class Located:
    """Something that a model reads, by the project's name for it (`ref:shop.orders`), and its relation.

    An `ephemeral` model has no table of that name; it is dbt's node.
    """

    key: str
    relation: BaseRelation
    ephemeral: Any = None


class DbtProject:
    """One project of one target. Used by one thread at a time.

    dbt writes what it remembers of a parse into the project's cache folder, so that neither its
    `target` folder nor a run of dbt beside it notices.
    """

    def __init__(self, root: Path, profiles_dir: str | None, target: str | None) -> None:
        self.root = root
        self._profiles_dir = profiles_dir
        self._target = target
        self._stamp: tuple[tuple[str, int, int], ...] | None = None
        self._manifest: Manifest | None = None
        self._adapter: GlueAdapter | None = None
        self._profile_stamp: object = None
        self.settings: Mapping[str, Any] = {}
        """What an editor sets over the project's settings: keys of a [tool.dbt-glue] table."""

    @property
    def adapter(self) -> GlueAdapter:
        """The adapter of the profile; sessions start when they are first used. Call `refresh` before."""
        if self._adapter is None:
            raise DbtRuntimeError("the project has not been read")
        return self._adapter

    @property
    def packages(self) -> ModelPackages:
        """What models need in a session beside their text."""
        return ModelPackages(self.adapter.credentials, self.root)

    def functions_named_in(self, source: str) -> list[dict[str, Any]]:
        """The definitions of the project's functions of which a Python model has the names."""
        functions = ProjectFunctions(
            lambda: self.manifest, self.adapter.config, lambda _, base: base
        )
        return functions.named_in(source)

    def open_workspace(self) -> Workspace:
        """What the compiler knows around the models: the project's files and remembered schemas as they are now."""
        running = RunningProject.of(self.adapter.config)
        overrides = Overrides(self.settings, "editor settings")
        return running.open_workspace(self.adapter.credentials, overrides)

    @property
    def manifest(self) -> Manifest:
        """The project as dbt parsed it last."""
        if self._manifest is None:
            raise DbtRuntimeError("the project has not been read")
        return self._manifest

    def refresh(self) -> bool:
        """Reads what changed since the last time; returns whether anything did.

        Raises DbtRuntimeError with dbt's own message when the project or its profile cannot be read.
        """
        stamp = tuple(sorted(self._files()))
        if stamp == self._stamp:
            return False
        # The profile of Glue reads local libraries by paths that are relative to the project.
        os.chdir(self.root)
        self._manifest = self._parsed()
        self._make_adapter()
        self.adapter.table_formats.learn(self._manifest.nodes.values(), (), {})
        self._stamp = stamp
        return True

    def node(self, path: str) -> Any:
        """dbt's node of the Python model in a file; `path` is relative to the project.

        Raises NoSuchModel for a file that dbt does not know.
        """
        wanted = Path(path).as_posix()
        node: Any
        for node in self.manifest.nodes.values():
            if Path(node.original_file_path).as_posix() == wanted and node.resource_type == "model":
                if str(node.language) != "python":
                    raise NoSuchModel(f"{path} is an SQL model; dbt-glue validates Python models")
                if node.package_name == self.adapter.config.project_name:
                    return node
        raise NoSuchModel(f"dbt knows no model in {path}: is it disabled, or not saved yet?")

    def relation_of(self, node: Any) -> BaseRelation:
        """The relation of a model, seed, snapshot or source table."""
        return self.adapter.Relation.create_from(self.adapter.config, node)

    def ref(self, node: Any, name: str, package: str | None, version: str | None) -> Located:
        """What a ref of a model names. Raises DbtRuntimeError where there is no such thing."""
        found: Any = self.manifest.resolve_ref(
            node, name, package, version, self.adapter.config.project_name, node.package_name
        )
        if found is None or not hasattr(found, "unique_id"):
            why = "is disabled" if found is not None else "is not in this project"
            raise DbtRuntimeError(f"dbt.ref({name!r}) {why}")
        suffix = "" if getattr(found, "version", None) is None else f".v{found.version}"
        key = f"ref:{found.package_name}.{found.name}{suffix}"
        ephemeral = getattr(found.config, "materialized", None) == "ephemeral"
        return Located(key, self.relation_of(found), found if ephemeral else None)

    def query_of(self, ephemeral: Any) -> str:
        """The SQL of an ephemeral model's node, as dbt compiles it. Raises DbtRuntimeError where dbt cannot."""
        from dbt.cli.main import dbtRunner

        selected = f"fqn:{'.'.join(ephemeral.fqn)}"
        result = dbtRunner(deepcopy(self.manifest)).invoke(
            ["compile", "--select", selected, *self._arguments()]
        )
        results = getattr(result.result, "results", None)
        if not result.success or not results:
            error = result.exception
            said = getattr(error, "msg", None) or str(error or "dbt compile failed")
            raise DbtRuntimeError(f"{ephemeral.original_file_path}: {said}") from error
        return str(results[0].node.compiled_code)

    def source(self, node: Any, source: str, table: str) -> Located:
        """The table of a source. Raises DbtRuntimeError where there is no such thing."""
        found: Any = self.manifest.resolve_source(
            source, table, self.adapter.config.project_name, node.package_name
        )
        if found is None or not hasattr(found, "unique_id"):
            raise DbtRuntimeError(f"dbt.source({source!r}, {table!r}) is not in this project")
        self.adapter.table_formats.look_up([found])
        return Located(f"source:{source}.{table}", self.relation_of(found))

    def named(self, name: str) -> Located | None:
        """The model, seed, snapshot or source table (`source.table`) of a name; None for none."""
        key = f"source:{name}"
        for item in self.everything():
            is_ref = item.key.startswith("ref:") and item.key.partition(".")[2] == name
            if item.key == key or is_ref:
                return item
        return None

    def everything(self) -> Iterator[Located]:
        """All models, seeds, snapshots and source tables that have a relation."""
        node: Any
        for node in self.manifest.nodes.values():
            if node.resource_type in ("model", "seed", "snapshot"):
                if getattr(node.config, "materialized", None) == "ephemeral":
                    continue
                suffix = "" if getattr(node, "version", None) is None else f".v{node.version}"
                yield Located(
                    f"ref:{node.package_name}.{node.name}{suffix}", self.relation_of(node)
                )
        self.adapter.table_formats.look_up(self.manifest.sources.values())
        for table in self.manifest.sources.values():
            yield Located(f"source:{table.source_name}.{table.name}", self.relation_of(table))

    def close(self) -> None:
        """Stops the sessions that were started for the project."""
        if self._adapter is not None:
            self._adapter.connections.cleanup_all()

    # Reading

    def _arguments(self) -> list[str]:
        cache = self.root / CACHE_FOLDER
        found = ["--project-dir", str(self.root), "--target-path", str(cache / "dbt")]
        found += ["--log-path", str(cache / "dbt"), "--no-write-json"]
        found += [
            "--no-send-anonymous-usage-stats",
            "--log-level",
            "none",
            "--log-level-file",
            "none",
        ]
        if self._profiles_dir:
            found += ["--profiles-dir", self._profiles_dir]
        if self._target:
            found += ["--target", self._target]
        return found

    def _parsed(self) -> Manifest:
        from dbt.cli.main import dbtRunner

        result = dbtRunner().invoke(["parse", *self._arguments()])
        if not result.success or result.result is None:
            error = result.exception
            said = getattr(error, "msg", None) or str(error or "dbt parse failed")
            raise DbtRuntimeError(f"dbt cannot read the project: {said}") from error
        return cast("Manifest", result.result)

    def _make_adapter(self) -> None:
        from dbt.config.runtime import RuntimeConfig, load_profile, load_project
        from dbt.flags import set_from_args

        arguments = Namespace(
            project_dir=str(self.root),
            profiles_dir=self._profiles_folder(),
            profile=None,
            target=self._target,
            vars={},
            send_anonymous_usage_stats=False,
        )
        set_from_args(arguments, None)
        try:
            profile = load_profile(str(self.root), {}, None, self._target)
            project = load_project(str(self.root), False, profile, {})
            config = RuntimeConfig.from_parts(project, profile, arguments)
        except DbtBaseException as error:
            raise DbtRuntimeError(f"dbt cannot read the profile: {error}") from error
        if config.credentials.type != "glue":
            raise DbtRuntimeError(
                f"the target {config.target_name!r} is of the type {config.credentials.type!r}; models are validated in sessions of `type: glue`"
            )
        described = repr(config.credentials.to_dict())
        if self._adapter is not None and self._profile_stamp == described:
            self._adapter.config = config
            return
        from dbt.adapters.glue.impl import GlueAdapter

        self.close()
        self._profile_stamp = described
        self._adapter = GlueAdapter(config, get_context("spawn"))

    def _profiles_folder(self) -> str | None:
        """Where dbt finds profiles.yml for this project; None where there is none, which dbt tells."""
        found = profiles_file(self.root, self._profiles_dir)
        return self._profiles_dir if found is None else str(found.parent)

    def _files(self) -> Iterator[tuple[str, int, int]]:
        """The files that a parse reads, with what tells that they changed."""
        profiles = profiles_file(self.root, self._profiles_dir)
        if profiles is not None:
            stat = profiles.stat()
            yield str(profiles), stat.st_mtime_ns, stat.st_size
        for current, names, files in os.walk(self.root):
            names[:] = [name for name in names if name not in _SKIPPED and not name.startswith(".")]
            for name in files:
                path = Path(current, name)
                if path.suffix in _READ:
                    stat = path.stat()
                    yield str(path), stat.st_mtime_ns, stat.st_size
