"""The adapter's methods about Python models: what dbt and the macros call, each asked of PythonModels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import available

from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.python_models.configs import SUBMISSION_METHOD
from dbt.adapters.glue.python_models.ephemeral import ephemeral_query
from dbt.adapters.glue.python_models.inputs import python_input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.base.relation import BaseRelation
    from dbt.adapters.contracts.connection import AdapterResponse

    from dbt.adapters.glue.relation import GlueRelation

__all__ = ["PythonModelMethods"]


class PythonModelMethods(AdapterParts):
    """dbt's seams for Python models, and those of this adapter's macros."""

    @property
    def default_python_submission_method(self) -> str:
        return SUBMISSION_METHOD

    @property
    def python_submission_helpers(self) -> dict[str, Any]:
        """dbt's seam for jobs outside the connection; ours run in the model's own session."""
        return {}

    @available.parse(lambda _self, *_given: {})
    def python_input(
        self,
        model: Mapping[str, Any],
        name: str,
        relation: GlueRelation | str,
        query: str | None = None,
    ) -> dict[str, Any]:
        return python_input(model, name, relation, query)

    @available.parse_none
    def ephemeral_query(self, resolver: Any, asked: Mapping[str, Any]) -> str:
        return ephemeral_query(resolver, asked)

    @available.parse_none
    def check_python_model(
        self, model: Mapping[str, Any], references: Mapping[str, Any] | None = None
    ) -> str:
        return self.python_models.check(model, references or {})

    @available.parse_none
    def python_model_program(
        self,
        model: Mapping[str, Any],
        this: BaseRelation,
        target: BaseRelation,
        references: Mapping[str, Any],
        writer_options: Mapping[str, Any],
        is_incremental: bool,
    ) -> str:
        return self.python_models.program(
            model, this, target, references, writer_options, is_incremental
        )

    @available.parse_none
    def submit_python_job(
        self, parsed_model: dict[str, Any], compiled_code: str
    ) -> AdapterResponse:
        return self.python_models.submit(parsed_model, compiled_code)

    @available.parse_none
    def hold_python_rows(self, parsed_model: Mapping[str, Any], program: str) -> None:
        """Runs a model outside of a materialization; its rows wait for a query of this thread."""
        self.pre_model_hook(parsed_model["config"])
        self.python_models.submit(parsed_model, program)

    @available.parse_none
    def execute_python(self, code: str, timeout: float | None = None) -> str:
        return self.python_models.execute(code, timeout)
