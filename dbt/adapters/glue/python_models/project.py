"""What a run of dbt says of the project whose Python models it runs, and the compiler's workspace around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_compiler.project.profiles import Target
from glue_compiler.workspace import Overrides, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = ["RunningProject"]


@dataclass(frozen=True)
class RunningProject:
    """The root project of a run.

    `root` is its folder, `target` the one that dbt writes to. `model_folders` and `data_folders`
    (of seeds and snapshots) are paths from the root. `variables` are the project's, those of
    `--vars` before them. `command` is that of dbt, such as `compile`.
    """

    root: Path
    name: str
    target: Path
    model_folders: tuple[str, ...] = ("models",)
    data_folders: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    command: str | None = None

    @classmethod
    def of(cls, config: Any) -> RunningProject:
        """The project of dbt's RuntimeConfig."""
        root = Path(str(config.project_root))
        variables = config.vars.to_dict()
        own = variables.get(config.project_name) or {}
        return cls(
            root=root,
            name=str(config.project_name),
            target=root / str(config.target_path),
            model_folders=tuple(config.model_paths),
            data_folders=(*config.seed_paths, *config.snapshot_paths),
            variables={**variables, **own, **config.cli_vars},
            command=getattr(config.args, "which", None),
        )

    def owns(self, package_name: object) -> bool:
        """Whether a node of this package is the project's own, and none of a package that it uses."""
        return package_name == self.name

    def open_workspace(
        self, credentials: GlueCredentials, overrides: Overrides | None = None
    ) -> Workspace:
        """What is known around the project's models: read anew, with what dbt rendered of the profile."""
        return Workspace.open(
            self.root,
            overrides,
            target=Target.of(vars(credentials)),
            variables=self.variables,
        )
