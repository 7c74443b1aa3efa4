"""PythonModels: everything that the adapter is asked about Python models, in one object."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.program.emit import nonce_of, statements_of
from glue_compiler.program.transport import MAX_CODE

from dbt.adapters.glue.errors import StatementTimeout
from dbt.adapters.glue.python_models.checks import ModelChecks
from dbt.adapters.glue.python_models.configs import (
    check_configs,
    model_timeout,
)
from dbt.adapters.glue.python_models.contracts import contract_of
from dbt.adapters.glue.python_models.errors import PythonModelRefused
from dbt.adapters.glue.python_models.model_file import ModelFile
from dbt.adapters.glue.python_models.packages import ModelPackages
from dbt.adapters.glue.python_models.programs import (
    run_request,
    with_inputs,
    write_expected,
    write_plan,
)
from dbt.adapters.glue.python_models.runs import answer_text, model_response
from dbt.adapters.glue.python_models.selection import selected_files, suspect_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from dbt.adapters.base.relation import BaseRelation
    from glue_compiler.plan.planner import Plan
    from glue_compiler.plan.preview import PlannedProgram
    from glue_compiler.program.emit import ProgramRequest

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.cursor import GlueHandle
    from dbt.adapters.glue.python_models.project import RunningProject
    from dbt.adapters.glue.python_models.runs import PythonModelResponse

__all__ = ["PythonModels"]

logger = AdapterLogger("Glue")


class PythonModels:
    """The Python models of one run of dbt. `handle` gives the calling thread's connection to its session."""

    def __init__(
        self,
        project: RunningProject,
        credentials: GlueCredentials,
        handle: Callable[[], GlueHandle],
    ) -> None:
        self._project = project
        self._credentials = credentials
        self._handle = handle
        self.packages = ModelPackages(credentials, project.root)
        self._lock = threading.Lock()
        self._made_checks: ModelChecks | None = None
        self._plans: dict[str, Plan] = {}

    @property
    def _checks(self) -> ModelChecks:
        """The run's checks and their workspace: read once, and not before the manifest that they rest on is made."""
        with self._lock:
            if self._made_checks is None:
                self._made_checks = self._new_checks()
            return self._made_checks

    def _new_checks(self) -> ModelChecks:
        return ModelChecks(self._project.open_workspace(self._credentials))

    def _file_of(self, parsed_model: Mapping[str, Any]) -> ModelFile:
        own = self._project.owns(parsed_model.get("package_name"))
        return ModelFile.of(parsed_model, self._project.root, own=own)

    # Before anything runs

    def check_unparsed(self) -> None:
        """Raises PythonModelRefused for models that dbt's parser is about to refuse in fewer words.

        dbt would name neither the path of a syntax error nor the line of a reference to nothing.
        """
        suspects = suspect_files(self._project)
        if not suspects:
            return
        checks = self._new_checks()  # of the files as they are: the manifest is yet to be made
        refused = [message for file in suspects for message in checks.refused_by_dbt(file)]
        if refused:
            raise PythonModelRefused("\n\n".join(refused))

    def check_selected(
        self, nodes: Iterable[Any], selected: Collection[str], manifest: Any
    ) -> None:
        """Raises PythonModelRefused with every error of every selected model among dbt's nodes.

        `selected` are the unique ids that the command selected; a test counts for what it tests.
        """
        files = selected_files(self._project, nodes, selected, manifest)
        if files:
            self._checks.check(files)

    def check(self, parsed_model: Mapping[str, Any], references: Mapping[str, Any]) -> str:
        """What `dbt compile` adds to a model's source: nothing that runs. Checks the model first.

        The command `dbt compile` also gets the expected program and plan, in files beside the compiled model.
        Raises CompilationError with every finding that would make the run fail or lie.
        """
        check_configs(parsed_model)
        contract_of(parsed_model)
        file = self._file_of(parsed_model)
        self._checks.check([file])
        if self._project.command == "compile":
            expected = with_inputs(self._planned(file), references)
            write_expected(self._project, parsed_model, expected)
        return f"# Checked by dbt-glue-python. target/run/.../{Path(file.path).name} is the program that runs in Glue."

    # The run

    def program(
        self,
        parsed_model: Mapping[str, Any],
        this: BaseRelation,
        target: BaseRelation,
        references: Mapping[str, Any],
        writer_options: Mapping[str, Any],
        is_incremental: bool,
    ) -> str:
        """The text of the program that runs a model and leaves its result in `target`; see `run_request`.

        Raises DbtRuntimeError for an `optimize` config or variable that means nothing.
        """
        file = self._file_of(parsed_model)
        run = run_request(
            file,
            parsed_model,
            this,
            target,
            references,
            writer_options,
            is_incremental=is_incremental,
            database=self._credentials.schema,
        )
        made = self._planned(file, run)
        logger.debug(f"{file.path}: {made.plan.summary()}")
        write_plan(self._project, parsed_model, made.plan)
        self._plans[str(parsed_model["unique_id"])] = made.plan
        return made.text

    def _planned(self, file: ModelFile, run: ProgramRequest | None = None) -> PlannedProgram:
        workspace = self._checks.workspace_of(file)
        try:
            return workspace.program(file.path, file.source, run=run)
        except ValueError as error:
            raise DbtRuntimeError(f"{file.path}: {error}") from error

    def submit(self, parsed_model: Mapping[str, Any], program: str) -> PythonModelResponse:
        """Runs a program in the thread's session and reports what the model printed, warned and wrote.

        Raises PythonModelError in the author's terms when the model fails, StatementTimeout when it
        runs longer than its `timeout`; the statement is cancelled then, as on Ctrl-C.
        """
        config = parsed_model.get("config") or {}
        path = Path(str(parsed_model["original_file_path"])).as_posix()
        text = program.strip() + "\n"
        timeout = model_timeout(config)
        handle = self._handle()
        # Also of the statements that follow: rows that wait for one are in the session that made them.
        handle.environment = self.packages.environment_of(config, handle.environment)
        handle.use_functions_named(str(parsed_model.get("raw_code") or ""))
        try:
            result = handle.run(
                self.packages.with_modules(config, statements_of(text)), timeout=timeout
            )
        except StatementTimeout as error:
            if timeout is None:
                raise
            raise StatementTimeout(
                f"{path}: the model ran longer than its timeout of {timeout:g} s and was cancelled ({error.msg})"
            ) from error
        plan = self._plans.pop(str(parsed_model.get("unique_id")), None)
        return model_response(result, nonce_of(text), str(parsed_model["name"]), path, plan)

    def execute(self, code: str, timeout: float | None = None) -> str:
        """Runs Python code in the thread's session, as one statement; returns what it printed and its last value.

        Raises DbtRuntimeError with the session's traceback when the code fails.
        """
        if len(code) > MAX_CODE:
            raise DbtRuntimeError(
                f"the code has {len(code):,} characters, a Glue statement at most {MAX_CODE:,}"
            )
        return answer_text(self._handle().run([code], timeout=timeout))
