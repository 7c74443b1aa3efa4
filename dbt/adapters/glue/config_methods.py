"""The adapter's methods that look at the configs of nodes before anything is built of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import available
from dbt.adapters.events.logging import AdapterLogger
from dbt.adapters.events.types import ConstraintNotSupported
from dbt_common.events.functions import warn_or_error

from dbt.adapters.glue import model_config, unread_configs
from dbt.adapters.glue.adapter_parts import AdapterParts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = ["ConfigMethods"]

logger = AdapterLogger("Glue")


class ConfigMethods(AdapterParts):
    """No config passes unread: each works, is told to change nothing, or is an error by name."""

    @available.parse_none
    def check_model_config(self, model: Mapping[str, Any]) -> None:
        """Raises CompilationError for configs of a table that cannot work, or must not pass unread."""
        model_config.check(model)
        self.check_unread(model)

    @available.parse_none
    def check_unread(self, model: Mapping[str, Any]) -> None:
        """Raises CompilationError for configs that must not pass unread, and tells of others, whatever the node makes."""
        unread_configs.check_unread(model.get("config", {}), model.get("language"))
        self._tell_ignored(model)
        self._tell_constraints(model)

    def check_selected_configs(self, nodes: Iterable[Any], selected: Collection[str]) -> None:
        """The one look at all nodes that a command is about to build; raises CompilationError."""
        if getattr(self.config.args, "which", None) not in unread_configs.BUILDING_COMMANDS:
            return
        told = unread_configs.check_unread_of_all(nodes, selected, logger.warning)
        self._told |= told

    @cached_property
    def _told(self) -> set[str]:
        """The configs of which the user knows that they change nothing: once is enough."""
        return set()

    def _tell_ignored(self, model: Mapping[str, Any]) -> None:
        for key, why in unread_configs.ignored(model.get("config", {}), model.get("language")):
            if key not in self._told:
                self._told.add(key)
                logger.warning(f"the config `{key}` has no effect: {why}")

    def _tell_constraints(self, model: Mapping[str, Any]) -> None:
        """dbt's own warning, once for each kind of constraint: neither Spark nor a format holds rows to one."""
        constraints = [
            *(model.get("constraints") or ()),
            *(
                each
                for column in (model.get("columns") or {}).values()
                for each in column.get("constraints") or ()
            ),
        ]
        told = {
            str(getattr(each["type"], "value", each["type"]))
            for each in constraints
            if each.get("warn_unsupported", True)
        }
        for kind in sorted(told):
            warn_or_error(ConstraintNotSupported(constraint=kind, adapter=self.type()))
