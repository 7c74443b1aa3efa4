"""What a node's `catalog_name` means: the configs of this adapter's that the catalog stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.catalogs import (  # type: ignore[attr-defined]
    DbtCatalogIntegrationNotFoundError,
)
from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.replacement import join_location
from dbt.adapters.glue.session_meta import meta_location

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from dbt.adapters.glue.catalog_integrations import GlueIntegration
    from dbt.adapters.glue.credentials import GlueCredentials

__all__ = ["CatalogConfigs"]

_PLACES = ("custom_location", "location", "location_root")
_PROPERTIES = ("table_properties", "tblproperties")
_SHOWN = 5


class CatalogConfigs:
    """`integration` gives a catalog by its name, and raises DbtCatalogIntegrationNotFoundError.

    `parsing` says whether dbt is reading the project: what it reads then is kept, and used again under another catalogs.yml.
    """

    def __init__(
        self,
        integration: Callable[[str], Any],
        credentials: Callable[[], GlueCredentials],
        parsing: Callable[[], bool],
    ) -> None:
        self._integration = integration
        self._credentials = credentials
        self._parsing = parsing

    def settle(self, node: Any) -> str | None:
        """The `file_format` of a node: its own, else its catalog's, all of whose configs the node has from then on.

        One that `check` refuses is left as it is.
        """
        config = node.config
        name = config.get("catalog_name")
        if not name:
            return config.get("file_format")  # type: ignore[no-any-return]
        try:
            found = self._integration(str(name))
        except DbtCatalogIntegrationNotFoundError:
            return config.get("file_format")  # type: ignore[no-any-return]
        if _contradicts(config, found):
            return str(config.get("file_format"))
        if not self._parsing():
            for key, value in self._configs(config, found, str(node.schema)).items():
                config[key] = value
        return str(found.stored_as)

    def check(self, config: Mapping[str, Any]) -> None:
        """Raises CompilationError for the name of no catalog, and for a catalog that a config contradicts."""
        told = self._problem(config)
        if told:
            raise CompilationError(told)

    def check_all(self, nodes: Iterable[Any], selected: Collection[str]) -> None:
        """The same for all of dbt's nodes that a command selected, at once."""
        found: dict[str, list[str]] = {}
        for node in nodes:
            told = self._problem(node.config) if node.unique_id in selected else None
            if told:
                found.setdefault(told, []).append(str(node.original_file_path))
        if found:
            lines = []
            for told, paths in found.items():
                more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
                lines.append(f"  {', '.join(sorted(paths)[:_SHOWN])}{more}: {told}")
            raise CompilationError("nothing was built:\n" + "\n".join(lines))

    def _problem(self, config: Any) -> str | None:
        get = getattr(config, "get", None)
        name = get("catalog_name") if callable(get) else None
        if not name:
            return None
        try:
            found = self._integration(str(name))
        except DbtCatalogIntegrationNotFoundError as error:
            known = str(error.msg).rpartition("Expected one of: ")[2].rstrip("?")
            return (
                f"`catalog_name: {name}` names no catalog; those of catalogs.yml, and the two that are always there, "
                f"are: {known}"
            )
        if _contradicts(config, found):
            return (
                f"`catalog_name: {name}` makes the table {found.stored_as}, and `file_format` says {config['file_format']}: "
                "leave one of them out"
            )
        return None

    def _configs(self, config: Any, found: GlueIntegration, schema: str) -> dict[str, Any]:
        """The configs that a catalog stands for, without those that the node has itself."""
        configs: dict[str, Any] = {"file_format": found.stored_as}
        if (
            found.external_volume
            and not any(config.get(key) for key in _PLACES)
            and not meta_location(config)
        ):
            volume = str(found.external_volume)
            below = self._credentials().root_location
            configs["location_root"] = volume if below else join_location(volume, schema)
        given = {name for key in _PROPERTIES for name in config.get(key) or {}}
        more = {key: value for key, value in found.properties().items() if key not in given}
        if more:
            configs["table_properties"] = {**(config.get("table_properties") or {}), **more}
        return configs


def _contradicts(config: Any, found: GlueIntegration) -> bool:
    own = config.get("file_format")
    return bool(own) and str(own).lower() != found.stored_as
