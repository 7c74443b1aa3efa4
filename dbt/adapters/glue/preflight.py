"""Checks the selected Python models of a dbt command together, before its first session is made."""

from __future__ import annotations

import ast
import inspect
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from glue_compiler.project.profile_values import parse_names

from dbt.adapters.glue.python_checks import ModelChecks, ModelFile, PythonModelRefused
from dbt.adapters.glue.python_packages import profile_requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dbt.adapters.glue.impl import GlueAdapter

__all__ = ["check_selected", "check_unparsed", "is_parsing", "selected_ids"]


_CHECKS_LOCK = threading.Lock()
_checks: WeakKeyDictionary[Any, ModelChecks] = WeakKeyDictionary()

# What `--datalake-formats` puts on the path of a session (AWS Glue's "Using data lake frameworks").
MODULES_OF_FORMATS = {"delta": "delta"}


def adapter_checks(adapter: GlueAdapter) -> ModelChecks:
    """The checks of the adapter's project, which are set up once."""
    with _CHECKS_LOCK:
        checks = _checks.get(adapter)
        if checks is None:
            checks = _checks[adapter] = new_checks(adapter)
        return checks


def new_checks(adapter: GlueAdapter) -> ModelChecks:
    """Checks that read the adapter's project anew."""
    formats = parse_names(adapter.credentials.datalake_formats)
    return ModelChecks(
        str(adapter.config.project_root),
        adapter.credentials.glue_version,
        profile_requirements(adapter.credentials),
        tuple(MODULES_OF_FORMATS[name] for name in formats if name in MODULES_OF_FORMATS),
    )


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
    selected = selected_ids()
    if not selected:
        return
    wanted = selected | _tested_by(adapter.get_macro_resolver(), selected)
    models = [node for node in nodes if _is_python_model(node) and node.unique_id in wanted]
    files: list[tuple[ModelFile, bool]] = []
    for node in sorted(models, key=lambda node: str(node.original_file_path)):
        parsed = {
            "original_file_path": node.original_file_path,
            "raw_code": node.raw_code,
        }
        file = ModelFile.of(parsed, str(adapter.config.project_root))
        files.append((file, node.package_name == adapter.config.project_name))
    adapter_checks(adapter).check_all(files)


def is_parsing() -> bool:
    """Whether dbt-core is about to parse the project, and calls the adapter for the last time before.

    That is `parse_manifest` (dbt/parser/manifest.py), which sets the adapter's macro context first.
    With a manifest from elsewhere, files are not looked at.
    """
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name == "parse_manifest":
            return True
        frame = frame.f_back
    return False


def check_unparsed(adapter: GlueAdapter) -> None:
    """Raises CompilationError for Python models that dbt's parser is about to refuse in fewer words.

    dbt would name neither the path of a syntax error nor the line of a reference to nothing. A file
    is looked at closely only where it does not compile, or refers by a name that no file has.
    With a .dbtignore, which models there are is for dbt alone to say.
    """
    root = Path(str(adapter.config.project_root))
    if (root / ".dbtignore").exists():
        return
    python = [file for path in adapter.config.model_paths for file in (root / path).rglob("*.py")]
    if not python:
        return
    paths = [
        *adapter.config.model_paths,
        *adapter.config.seed_paths,
        *adapter.config.snapshot_paths,
    ]
    known = {file.stem for path in paths for file in (root / path).rglob("*")}
    suspects = []
    for file in sorted(python):
        try:
            model = ModelFile(file.relative_to(root).as_posix(), file.read_bytes().decode("utf-8"))
        except (OSError, UnicodeDecodeError):
            continue  # dbt says what is wrong with it
        if not _is_plain(model.text, known):
            suspects.append(model)
    if not suspects:
        return
    checks = new_checks(adapter)  # not the run's own: the manifest that it reads is yet to be made
    refused = [message for model in suspects for message in checks.refused_by_dbt(model)]
    if refused:
        raise PythonModelRefused("\n\n".join(refused))


def _is_plain(text: str, known: set[str]) -> bool:
    """Whether a text compiles and each literal `....ref("name")` in it may be one of `known`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "ref"
            and call.args
            and isinstance(call.args[-1], ast.Constant)
            and call.args[-1].value not in known
        ):
            return False
    return True


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
