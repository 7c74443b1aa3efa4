"""What is known of the dbt project around a model, read without dbt."""

from __future__ import annotations

from glue_compiler.project.context import (
    Column,
    Node,
    Place,
    ProjectContext,
    RefMatch,
    RelationColumns,
    SourceTable,
)

__all__ = [
    "Column",
    "Node",
    "Place",
    "ProjectContext",
    "RefMatch",
    "RelationColumns",
    "SourceTable",
]
