"""An ephemeral model as a query of its own: for Python models, into whose text dbt can put no CTE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.compiled import compiled_code
from dbt.adapters.glue.python_models.errors import PythonModelRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["compiled_query", "ephemeral_query"]


def ephemeral_query(resolver: Any, asked: Mapping[str, Any]) -> str:
    """The query of the ephemeral model that a Python model's ref names.

    `resolver` is dbt's own `ref` in the context of the Python model, which has asked it; `asked` is the `name`, `package`
    and `version` of the ref. Takes back that dbt is to write the model as a CTE before the Python source.
    Raises PythonModelRefused for an ephemeral model in Python, CompilationError as dbt does for the model's SQL.
    """
    model = resolver.model
    found = resolver.manifest.resolve_ref(
        model,
        asked["name"],
        asked.get("package"),
        asked.get("version"),
        resolver.current_project,
        model.package_name,
    )
    model.extra_ctes = [cte for cte in model.extra_ctes if cte.id != found.unique_id]
    return compiled_query(resolver.config, resolver.manifest, found)


def compiled_query(config: Any, manifest: Any, node: Any) -> str:
    """The SQL of an ephemeral node as dbt compiles it, with the ephemeral models that it reads as CTEs before it.

    `config` is dbt's RuntimeConfig. Raises as `ephemeral_query` does.
    """
    if node.language != "sql":
        raise PythonModelRefused(
            f"dbt.ref({node.name!r}): {node.original_file_path} is ephemeral, which in Python is nothing at all: dbt builds "
            "no table of it. Materialize it as a table"
        )
    return compiled_code(config, manifest, node)
