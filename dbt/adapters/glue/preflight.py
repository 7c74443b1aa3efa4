"""Checks the selected Python models of a dbt command together, before its first session is made."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.python_checks import ModelFile, PythonModelRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dbt.adapters.glue.impl import GlueAdapter

__all__ = ["check_selected", "selected_ids"]


def selected_ids() -> frozenset[str] | None:
    """The unique ids that the running command selected; None outside of `before_run`.

    dbt-core asks the adapter for its cache in `before_run(adapter, selected_uids)`
    (dbt/task/runnable.py, run.py) and hands on the schemas alone. It is the only moment before all
    nodes, so this reads the argument from the caller's frame. Where a later dbt-core has no such
    frame, each model is still checked when its own turn comes.
    """
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name == "before_run" and "selected_uids" in frame.f_locals:
            return frozenset(frame.f_locals["selected_uids"])
        frame = frame.f_back
    return None


def check_selected(adapter: GlueAdapter, nodes: Iterable[Any]) -> None:
    """Raises CompilationError with every error of every selected Python model among `nodes`.

    A selected test counts for the models that it tests.
    """
    from dbt.adapters.glue.python_models import adapter_checks

    selected = selected_ids()
    if not selected:
        return
    wanted = selected | _tested_by(adapter.get_macro_resolver(), selected)
    models = [node for node in nodes if _is_python_model(node) and node.unique_id in wanted]
    refused: list[str] = []
    for node in sorted(models, key=lambda node: str(node.original_file_path)):
        parsed = {
            "original_file_path": node.original_file_path,
            "raw_code": node.raw_code,
        }
        file = ModelFile.of(parsed, str(adapter.config.project_root))
        try:
            own = node.package_name == adapter.config.project_name
            adapter_checks(adapter).check(file, own=own)
        except PythonModelRefused as error:
            refused.append(str(error.msg))
    if refused:
        raise PythonModelRefused("\n\n".join(refused))


def _is_python_model(node: Any) -> bool:
    return (
        getattr(node, "language", None) == "python"
        and str(getattr(node, "resource_type", "")) == "model"
    )


def _tested_by(manifest: Any, selected: frozenset[str]) -> frozenset[str]:
    """The nodes that the selected tests depend on."""
    nodes: Mapping[str, Any] = getattr(manifest, "nodes", None) or {}
    return frozenset(
        parent
        for name in selected
        if name.startswith("test.") and name in nodes
        for parent in nodes[name].depends_on.nodes
    )
