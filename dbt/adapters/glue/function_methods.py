"""The adapter's methods about the project's functions: what the macros of dbt's materialization `function` call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import available
from dbt.adapters.contracts.connection import AdapterResponse
from dbt.adapters.events.types import SQLQuery
from dbt_common.events.contextvars import get_node_info
from dbt_common.events.functions import fire_event
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.adapter_parts import AdapterParts

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FunctionMethods"]


class FunctionMethods(AdapterParts):
    """Functions are made in sessions; dbt's run of one makes it in its own, where its errors are told."""

    @available.parse(lambda *_given: AdapterResponse("OK"))
    def make_function(self, model: Mapping[str, Any], declaration: str) -> AdapterResponse:
        """Makes a function in the thread's session. `declaration` is what the log shows of it.

        Raises DbtRuntimeError where the function cannot be made.
        """
        functions = self.functions.built(model)
        name = self.connections.get_thread_connection().name or ""
        fire_event(SQLQuery(conn_name=name, sql=declaration, node_info=get_node_info()))
        answer = self.connections.handle().use_functions(functions)
        return AdapterResponse("OK", code="OK", query_id=answer.query_id)

    @available.parse_none
    def check_view_functions(self, model: Mapping[str, Any], sql: str) -> None:
        """Raises DbtRuntimeError for a view that calls a function: who reads the view has no such session."""
        called = self.functions.called_in(sql)
        if called:
            names = ", ".join(each["name"] for each in called)
            raise DbtRuntimeError(
                f"{model['original_file_path']} is a view, and calls {names}: functions of the project are in dbt's sessions "
                "alone, and nobody could read the view. Materialize it as a table"
            )

    def prepare_functions(self, unique_id: str) -> None:
        """Gives the thread's connection the packages of the functions that a node calls, before its first statement."""
        node: Any = getattr(self.get_macro_resolver(), "nodes", {}).get(unique_id)
        sql = getattr(node, "compiled_code", None)
        if sql and node.language == "sql":
            handle = self.connections.handle()
            called = self.functions.called_in(sql)
            handle.environment = self.functions.environment_of(called, handle.environment)
