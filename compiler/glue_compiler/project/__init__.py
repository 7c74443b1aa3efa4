"""What is known of the dbt project around a model, read without dbt."""

from __future__ import annotations

from glue_compiler.project.context import (
    FileLine,
    Node,
    ProjectContext,
    RefMatch,
    RelationColumn,
    RelationColumns,
    SourceTable,
)

__all__ = [
    "FileLine",
    "Node",
    "ProjectContext",
    "RefMatch",
    "RelationColumn",
    "RelationColumns",
    "SourceTable",
]
