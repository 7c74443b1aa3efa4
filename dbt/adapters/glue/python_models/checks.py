"""The compiler's findings in Python models as dbt tells them: errors refuse the models, warnings are told once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from dbt.adapters.events.logging import AdapterLogger
from dbt.adapters.events.types import AdapterEventWarning
from dbt_common.events.functions import warn_or_error
from dbt_common.exceptions import EventCompilationError
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.findings.render import render_brief, to_text

from dbt.adapters.glue.python_models.errors import PythonModelRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.workspace import Workspace

    from dbt.adapters.glue.python_models.model_file import ModelFile

__all__ = ["ModelChecks"]

logger = AdapterLogger("Glue")

SYNTAX_ERROR = "GLU001"
UNKNOWN_REF = "GLU208"


class ModelChecks:
    """The findings of one run of dbt in the models of one workspace.

    Raises PythonModelRefused for settings that cannot be used: by others, models would be judged wrongly.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._lock = threading.Lock()
        self._told: set[tuple[str, str]] = set()
        if workspace.around.settings_problems:
            raise PythonModelRefused("\n\n".join(workspace.around.settings_problems))
        for problem in workspace.around.project_problems:
            logger.debug(problem)

    def workspace_of(self, file: ModelFile) -> Workspace:
        """A package's models are checked and planned on their own, without the project around them."""
        return self.workspace if file.own else self.workspace.without_project()

    def check(self, files: Iterable[ModelFile]) -> None:
        """Raises PythonModelRefused with all errors of the models, else tells their warnings.

        A file that is checked again repeats its errors, not its warnings. Under `--warn-error` the
        warnings are errors, and all of them are told.
        """
        errors: list[str] = []
        warnings: list[str] = []
        for file in files:
            found = self._findings(file)
            errors += _texts(file, found, Severity.ERROR)
            with self._lock:
                key = (file.path, file.source.hash)
                if key not in self._told:
                    warnings += _texts(file, found, Severity.WARNING)
                    self._told.add(key)
        if errors:
            raise PythonModelRefused("\n\n".join(errors))
        _warn(warnings)

    def refused_by_dbt(self, file: ModelFile) -> list[str]:
        """The errors of a model of this project for which dbt's parser stops, as people read them.

        Empty for a file that is no model of the project, and without references for a
        model that may be disabled: dbt does not look for what such a model refers to.
        """
        project = self.workspace.project
        node = None if project is None else project.node_at(file.path)
        if node is None:
            return []
        codes = {SYNTAX_ERROR, UNKNOWN_REF} if node.enabled is True else {SYNTAX_ERROR}
        found = [finding for finding in self._findings(file) if finding.code in codes]
        return _texts(file, found, Severity.ERROR)

    def _findings(self, file: ModelFile) -> tuple[Diagnostic, ...]:
        path = file.path if file.own else None
        return self.workspace_of(file).findings(path, file.source)


def _texts(file: ModelFile, found: Iterable[Diagnostic], severity: Severity) -> list[str]:
    return [
        to_text(render_brief(file.source, finding, file.path))
        for finding in found
        if finding.severity is severity
    ]


def _warn(warnings: Iterable[str]) -> None:
    refused: list[str] = []
    for message in warnings:
        try:
            warn_or_error(AdapterEventWarning(name="Glue", base_msg="{}", args=[message]))
        except EventCompilationError:  # noqa: PERF203 - the others are to be told as well
            refused.append(message)
    if refused:
        raise PythonModelRefused("\n\n".join(refused))
