"""The adapter's methods that look at the configs of nodes before anything is built of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import available
from dbt.adapters.events.logging import AdapterLogger
from dbt.adapters.events.types import ConstraintNotSupported
from dbt_common.events.functions import warn_or_error
from dbt_common.exceptions import CompilationError

from dbt.adapters.glue import constraints, default_strategy, model_config, unread_configs
from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.catalog import data_location
from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.locations import check_locations
from dbt.adapters.glue.relation import name_of
from dbt.adapters.glue.replacement import in_version_folder
from dbt.adapters.glue.session_meta import session_conf

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from dbt.adapters.glue.relation import GlueRelation

__all__ = ["ConfigMethods"]

logger = AdapterLogger("Glue")


class ConfigMethods(AdapterParts):
    """No config passes unread: each works, is told to change nothing, or is an error by name."""

    @available.parse_none
    def check_model_config(self, model: Mapping[str, Any]) -> None:
        """Raises CompilationError for configs of a table that cannot work, or must not pass unread."""
        model_config.check(model)
        check_locations(model.get("config", {}), str(model.get("name")))
        self.check_unread(model)

    @available.parse_none
    def check_unread(self, model: Mapping[str, Any]) -> None:
        """Raises CompilationError for configs that must not pass unread, and tells of others, whatever the node makes."""
        config, language = model.get("config", {}), model.get("language")
        unread_configs.check_unread(config, language, self.credentials)
        self.catalog_configs.check(config)
        self._tell_ignored(model)
        self._tell_constraints(model)

    @available.parse_none
    def constraint_guard(self, model: Mapping[str, Any], relation: GlueRelation) -> str | None:
        """The condition that holds a model's rows to its constraints while they are written; None without any."""
        return constraints.guard(model, f"{relation.schema}.{relation.identifier}")

    def check_selected_configs(self, nodes: Iterable[Any], selected: Collection[str]) -> None:
        """The one look at all nodes that a command is about to build; raises CompilationError."""
        if getattr(self.config.args, "which", None) not in unread_configs.BUILDING_COMMANDS:
            return
        nodes = list(nodes)
        self.catalog_configs.check_all(nodes, selected)
        self._told |= unread_configs.check_unread_of_all(
            nodes, selected, self.credentials, logger.warning
        )
        self.database_tags.learn(nodes, selected)
        self._tell_appending(default_strategy.appending(nodes, selected))

    @available.parse_none
    def check_default_strategy(
        self, model: Mapping[str, Any], relation: GlueRelation, existing: GlueRelation | None
    ) -> None:
        """Raises CompilationError where a model names no strategy and its table was made by one that takes another.

        A table of this adapter's is in a folder of its version; of one in a table bucket nobody can tell. Where both
        overwrite, and only dbt-glue the whole table, that is a warning.
        """
        config, language = model.get("config", {}), str(model.get("language"))
        conf = session_conf(config, self.credentials)
        differs = default_strategy.differs_from(config, language, relation.table_format)
        whole = default_strategy.replaced_whole(config, language, relation.table_format, conf)
        if (differs is not None or whole) and self._is_anothers(relation, existing):
            name = f"{relation.schema}.{relation.identifier}"
            if differs is not None:
                project = str(self.config.project_name)
                raise CompilationError(default_strategy.ask_which(name, *differs, project))
            logger.warning(default_strategy.tell_partitions_stay(name))
        if differs is not None and differs[0] == "append":
            self._tell_appending([str(model["original_file_path"])])

    def _is_anothers(self, relation: GlueRelation, existing: GlueRelation | None) -> bool:
        """Whether the table that is there was made by another tool, as far as its place tells."""
        known = open_format(relation.table_format)
        return (
            existing is not None
            and existing.is_table
            and not (known is not None and known.places_tables)
            and not in_version_folder(data_location(self.data_catalog.table(*name_of(existing))))
        )

    def _tell_appending(self, paths: Collection[str]) -> None:
        command = getattr(self.config.args, "which", None)
        told = default_strategy.tell_appending(paths, command, str(self.config.project_name))
        if told and "incremental_strategy" not in self._told:
            self._told.add("incremental_strategy")
            logger.warning(told)

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
        """dbt's own warning, once for each kind of constraint to which nothing holds the model's rows."""
        for kind in sorted(constraints.untold(model)):
            warn_or_error(ConstraintNotSupported(constraint=kind, adapter=self.type()))
