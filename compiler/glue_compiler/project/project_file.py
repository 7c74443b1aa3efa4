"""What dbt_project.yml and .dbtignore say, as far as a check needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The parts of dbt_project.yml that matter to a check."""

    name: str
    model_paths: tuple[str, ...]
    seed_paths: tuple[str, ...]
    snapshot_paths: tuple[str, ...]
    target_path: str
    packages_path: str
    resource_configs: dict[str, Any]
    other_paths: tuple[str, ...] = ("analyses", "macros", "tests")
    """Folders with files that name models and define none: analyses, macros, tests."""
    variables: dict[str, Any] = field(default_factory=dict)
    """The project's `vars`, its own scope before those of all projects."""
    ignored: tuple[str, ...] = ()
    """The lines of .dbtignore beside it."""

    @property
    def resource_paths(self) -> tuple[str, ...]:
        """All folders that hold models, seeds or snapshots."""
        return (*self.model_paths, *self.seed_paths, *self.snapshot_paths)
