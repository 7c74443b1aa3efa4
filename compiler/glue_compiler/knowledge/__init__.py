"""What the compiler knows about other people's systems, as data: frame APIs, dbt configs, packages, the dbt object.

Accessors live in ``frames`` (API tables), ``functions`` (pyspark.sql.functions), ``config`` (keys of
dbt.config), ``packages`` (imports and requirements) and ``dbt_api``; they are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glue_compiler.knowledge.config import ConfigKey, config_key, nearest_key, value_problem
    from glue_compiler.knowledge.dbt_api import (
        DbtMember,
        dbt_member,
        dbt_members,
        missing_member,
        nearest_member,
    )
    from glue_compiler.knowledge.frames import (
        FRAME_KINDS,
        Api,
        Member,
        Parameter,
        api,
        frame_api,
        versions_of,
    )
    from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS, PANDAS_OF_GLUE, SPARK_OF_GLUE
    from glue_compiler.knowledge.packages import (
        distributions_for_import,
        dropped_since,
        foreign_import,
        glue_runtime,
        meant_distribution,
        parse_requirement,
        preinstalled,
        provision_of,
        satisfies,
        stdlib_modules,
        stdlib_until,
    )
    from glue_compiler.knowledge.suggestions import Suggestion

_HOME = {
    "glue_versions": ("GLUE_VERSIONS", "PANDAS_OF_GLUE", "SPARK_OF_GLUE"),
    "config": ("ConfigKey", "config_key", "nearest_key", "value_problem"),
    "dbt_api": ("DbtMember", "dbt_member", "dbt_members", "missing_member", "nearest_member"),
    "frames": (
        *("FRAME_KINDS", "Api", "Member", "Parameter"),
        *("api", "frame_api", "versions_of"),
    ),
    "packages": (
        *("distributions_for_import", "dropped_since", "foreign_import"),
        *("glue_runtime", "meant_distribution", "parse_requirement", "preinstalled"),
        *("provision_of", "satisfies", "stdlib_modules", "stdlib_until"),
    ),
    "suggestions": ("Suggestion",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "FRAME_KINDS",
    "GLUE_VERSIONS",
    "PANDAS_OF_GLUE",
    "SPARK_OF_GLUE",
    "Api",
    "ConfigKey",
    "DbtMember",
    "Member",
    "Parameter",
    "Suggestion",
    "api",
    "config_key",
    "dbt_member",
    "dbt_members",
    "distributions_for_import",
    "dropped_since",
    "foreign_import",
    "frame_api",
    "glue_runtime",
    "meant_distribution",
    "missing_member",
    "nearest_key",
    "nearest_member",
    "parse_requirement",
    "preinstalled",
    "provision_of",
    "satisfies",
    "stdlib_modules",
    "stdlib_until",
    "value_problem",
    "versions_of",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
