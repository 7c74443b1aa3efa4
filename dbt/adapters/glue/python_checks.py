"""What is checked of a Python model before a session starts: the compiler's findings, its configs and references."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger
from dbt.adapters.events.types import AdapterEventWarning
from dbt_common.events.functions import warn_or_error
from dbt_common.exceptions import CompilationError, EventCompilationError
from glue_compiler import analyze
from glue_compiler.checks.check import check
from glue_compiler.findings.diagnostics import Diagnostic, Severity
from glue_compiler.project.load import ProjectError, load_project
from glue_compiler.project.settings import (
    Settings,
    SettingsError,
    find_settings_file,
    load_settings,
)
from glue_compiler.rules import rule_names
from glue_compiler.schemas.resolver import no_upstream
from glue_compiler.schemas.upstream import UpstreamModels
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Surroundings, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from glue_compiler.project.context import ProjectContext

__all__ = ["ModelChecks", "ModelFile", "check_config", "model_timeout", "shown"]

logger = AdapterLogger("Glue")

SUBMISSION_METHODS = ("glue_session",)
SYNTAX_ERROR = "GLU001"
UNKNOWN_REF = "GLU208"


@dataclass(frozen=True)
class ModelFile:
    """A Python model's file: its text with the white space that dbt strips, and its path as dbt shows it.

    With the text of the file itself, a line of a traceback is the line in the editor.
    """

    path: str
    text: str

    @classmethod
    def of(cls, parsed_model: Mapping[str, Any], project_root: str | None) -> ModelFile:
        """The file of a model of the root project, or what dbt has of it."""
        path = Path(str(parsed_model["original_file_path"])).as_posix()
        raw = str(parsed_model["raw_code"])
        if project_root:
            try:
                text = (Path(project_root) / path).read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                logger.debug(f"{path} is taken as dbt parsed it: {error}")
            else:
                if text.strip() == raw.strip():
                    return cls(path, text)
        return cls(path, raw)


class PythonModelRefused(CompilationError):
    """A model cannot run. The findings name its lines; the macros that asked for the checks are no part of it."""

    def process_stack(self) -> list[str]:
        return []


class ModelChecks:
    """The compiler's checks, with the project and its settings read once for a run of dbt."""

    def __init__(
        self,
        project_root: str,
        glue_version: str,
        packages: tuple[str, ...] = (),
        modules: tuple[str, ...] = (),
    ) -> None:
        """`packages` are requirements, `modules` further imports, that every session of the profile has."""
        self._root = Path(project_root)
        self._glue_version = glue_version
        self._packages = packages
        self._lock = threading.Lock()
        self._modules = modules
        self._told: set[tuple[str, str]] = set()

    def check(self, file: ModelFile, *, own: bool) -> None:
        """Raises CompilationError with all errors of a model; its warnings go to dbt's log."""
        self.check_all([(file, own)])

    def check_all(self, files: Iterable[tuple[ModelFile, bool]]) -> None:
        """Raises CompilationError with all errors of the models, else tells their warnings.

        `own`, beside each file, tells that it is of this project: a package's models are checked on
        their own, without the project around them. A file that is checked again repeats its errors,
        not its warnings. Under `--warn-error` the warnings are errors, and all of them are told.
        """
        errors: list[str] = []
        warnings: list[str] = []
        for file, own in files:
            source = SourceText(file.text)
            found = self._findings(file, source, own=own)
            with self._lock:
                told = (file.path, file.text) in self._told
                self._told.add((file.path, file.text))
            for finding in found:
                if finding.severity is Severity.ERROR:
                    errors.append(shown(finding, source, file.path))
                elif finding.severity is Severity.WARNING and not told:
                    warnings.append(shown(finding, source, file.path))
        if errors:
            raise PythonModelRefused("\n\n".join(errors))
        _warn(warnings)

    def refused_by_dbt(self, file: ModelFile) -> list[str]:
        """The errors of a model of this project for which dbt's parser stops, as people read them.

        Empty for a file that is no model of the project, and without references for a
        model that may be disabled: dbt does not look for what such a model refers to.
        """
        source = SourceText(file.text)
        found = self._findings(file, source, own=True)
        project = self._project
        node = project.node_at(file.path) if project is not None else None
        if node is None:
            return []
        return [
            shown(finding, source, file.path)
            for finding in found
            if finding.code == SYNTAX_ERROR
            or (node.enabled is True and finding.code == UNKNOWN_REF)
            if finding.severity is Severity.ERROR
        ]

    def _findings(
        self, file: ModelFile, source: SourceText, *, own: bool
    ) -> tuple[Diagnostic, ...]:
        with self._lock:
            settings = self._settings
            project = self._project if own else None
        around = Workspace(Surroundings(self._root, project, settings))
        upstream = UpstreamModels(around.text_of, around.facts) if own else no_upstream
        return check(
            analyze(source, settings.options),
            source,
            project,
            settings,
            path=file.path if own else None,
            upstream=upstream,
        )

    @property
    def project(self) -> ProjectContext | None:
        """The project that the models are of, None when it cannot be read."""
        with self._lock:
            return self._project

    @cached_property
    def _settings(self) -> Settings:
        """The project's settings; what its file leaves open is as in the profile."""
        path = find_settings_file(self._root)
        if path is None:
            settings = Settings(glue_version=self._glue_version)
        else:
            try:
                settings = load_settings(path, rule_names(), self._glue_version)
            except SettingsError as error:
                raise PythonModelRefused(str(error)) from error
        return replace(
            settings,
            packages=(*settings.packages, *self._packages),
            modules=(*settings.modules, *self._modules),
        )

    @cached_property
    def _project(self) -> ProjectContext | None:
        try:
            return load_project(self._root, schema_max_age=self._settings.schema_max_age)
        except ProjectError as error:
            logger.debug(f"models are checked without their project: {error}")
            return None


def _warn(warnings: Iterable[str]) -> None:
    refused: list[str] = []
    for message in warnings:
        try:
            warn_or_error(AdapterEventWarning(name="Glue", base_msg="{}", args=[message]))
        except EventCompilationError:  # noqa: PERF203 - the others are to be told as well
            refused.append(message)
    if refused:
        raise PythonModelRefused("\n\n".join(refused))


def shown(finding: Diagnostic, source: SourceText, path: str) -> str:
    """A finding with its place, the line it is in, and what to do next."""
    line, column = source.line_column(finding.span.start)
    text = source.line_text(line)
    indent = len(text) - len(text.lstrip())
    end = min(finding.span.end, source.line_span(line).end)
    marks = "^" * max(end - finding.span.start, 1)
    rows = [
        f"{path}:{line}:{column + 1} {finding.code} {finding.message}",
        f"    {text.strip()}",
        f"    {' ' * max(column - indent, 0)}{marks}",
    ]
    if finding.help:
        rows.append(f"    {finding.help}")
    return "\n".join(rows)


def check_config(parsed_model: Mapping[str, Any], references: Mapping[str, Any]) -> None:
    """Raises CompilationError for configs and references that a Python model cannot have on Glue."""
    config = parsed_model.get("config") or {}
    path = parsed_model["original_file_path"]
    method = config.get("submission_method")
    if method is not None and method not in SUBMISSION_METHODS:
        raise PythonModelRefused(
            f"{path}: submission_method {method!r} does not exist on Glue; Python models run in the "
            f"interactive session that SQL models use. Remove the config, or write {SUBMISSION_METHODS[0]!r}"
        )
    model_timeout(config)
    ephemeral = references.get("ephemeral") or ()
    if ephemeral:
        names = ", ".join(f"dbt.ref({name!r})" for name in ephemeral)
        raise PythonModelRefused(
            f"{path}: {names} is ephemeral: it exists only as SQL inside other SQL models, and a Python model has none. "
            "Materialize it as a view or a table"
        )


def model_timeout(config: Mapping[str, Any]) -> float | None:
    """The seconds that a model may run, or None. Raises CompilationError for what is no such number."""
    value = config.get("timeout")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise PythonModelRefused(f"timeout must be a number of seconds above 0, not {value!r}")
    return float(value)
