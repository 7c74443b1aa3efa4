"""Sessions of a size of their own for single nodes, by their `meta`, and by the configs that name a session's parts.

dbt-glue takes each of 35 words in `meta` for a field of the profile. Here each works, or is told to change nothing,
or is an error by name; but a value that the field could not have is the user's own word, and left alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from dbt_common.exceptions import CompilationError
from glue_compiler.project.profile_values import parse_conf

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.profile_fields import CHECKS, WITHOUT_EFFECT
from dbt.adapters.glue.sessions.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "META_FIELDS",
    "MetaWord",
    "environment_with",
    "meta_location",
    "meta_refusals",
    "meta_without_effect",
    "seed_field",
    "session_conf",
    "session_overrides",
]


class HasGet(Protocol):
    """A mapping, or what dbt hands over in place of one."""

    def get(self, key: str, /) -> Any: ...


READ, SOMETIMES, TOLD, REFUSED = "read", "where it is a value of the field", "told", "refused"


class MetaWord(NamedTuple):
    """`how` a field of the profile is taken in a node's `meta`, and, where it changes nothing, `why`."""

    how: str
    why: str = ""


_PROFILE = "it is one for the whole run: write it in the profile"

META_FIELDS: dict[str, MetaWord] = {
    # what a session is made of
    "workers": MetaWord(READ),
    "worker_type": MetaWord(READ),
    "glue_version": MetaWord(READ),
    "idle_timeout": MetaWord(READ),
    "query_timeout_in_minutes": MetaWord(READ),
    "conf": MetaWord(READ),
    "default_arguments": MetaWord(READ),
    "extra_jars": MetaWord(READ),
    "extra_py_files": MetaWord(READ),
    "datalake_formats": MetaWord(READ),
    "security_configuration": MetaWord(READ),
    "group_session_id": MetaWord(READ),
    "role_arn": MetaWord(SOMETIMES),
    "connections": MetaWord(SOMETIMES),
    "tags": MetaWord(SOMETIMES),
    "glue_session_id": MetaWord(READ),
    "enable_session_per_model": MetaWord(READ),
    # where a table is, and how a seed is stored
    "location": MetaWord(SOMETIMES),
    "seed_format": MetaWord(READ),
    "seed_mode": MetaWord(READ),
    # one for all nodes
    "region": MetaWord(REFUSED),
    "use_interactive_session_role_for_api_calls": MetaWord(REFUSED),
    "glue_session_reuse": MetaWord(TOLD, _PROFILE),
    "session_provisioning_timeout_in_seconds": MetaWord(TOLD, _PROFILE),
    "statement_poll_interval": MetaWord(TOLD, _PROFILE),
    "boto_retry_mode": MetaWord(TOLD, _PROFILE),
    "boto_retry_max_attempts": MetaWord(TOLD, _PROFILE),
    "temp_schema": MetaWord(TOLD, _PROFILE),
    "schema": MetaWord(TOLD, "where a table is built says the config `schema`"),
    "packages": MetaWord(TOLD, "dbt-glue reads it nowhere; write the config `packages`"),
    "lf_tags": MetaWord(TOLD, "dbt-glue reads it nowhere, and no tag is set"),
    **{
        name: MetaWord(TOLD, WITHOUT_EFFECT[name].removeprefix("has no effect").lstrip(";:, "))
        for name in (
            "delta_athena_prefix",
            "iceberg_glue_commit_lock_table",
            "use_arrow",
            "enable_spark_seed_casting",
        )
    },
}
"""Each word of dbt-glue's `_connection_keys()`."""

# Words of these are other people's too: `tags` of a model, `location: Paris`. dbt-glue has texts in them alone.
_TEXTS = frozenset({"role_arn", "connections", "tags", "location", "region", "schema", "packages"})
_NOT_OF_SESSIONS = frozenset({"location", "seed_format", "seed_mode"})
_OF_CONFIGS = ("workers", "worker_type", "glue_version", "conf", "group_session_id")


def session_overrides(config: HasGet, node: str = "") -> dict[str, Any]:
    """The fields of the profile that a node sets anew for its session; `node` is its unique id.

    Values are as written, for `environment_with` to look at.
    """
    meta = config.get("meta") or {}
    overrides = {
        name: meta[name]
        for name, word in META_FIELDS.items()
        if word.how in (READ, SOMETIMES) and name not in _NOT_OF_SESSIONS and _is_meant(name, meta)
    }
    # dbt's own object of a node's configs has nothing but `get`, which warns of names that are in `meta`.
    asked = [name for name in _OF_CONFIGS if name not in meta]
    overrides.update({name: value for name in asked if (value := config.get(name))})
    named = overrides.pop("glue_session_id", None)
    alone = overrides.pop("enable_session_per_model", None)
    group = named or (node.replace(".", "_") if alone else None)
    if group and "group_session_id" not in overrides:
        overrides["group_session_id"] = group
    return overrides


def _is_meant(name: str, meta: Mapping[str, Any]) -> bool:
    """Whether `meta` has a word that can be the field's; of those that are nobody else's, whatever it holds."""
    value = meta.get(name)
    if not value or (name in _TEXTS and not isinstance(value, str)):
        return False
    check: Callable[[Any], str | None] | None = CHECKS.get(name)
    return name not in _TEXTS or check is None or check(value) is None


def meta_without_effect(meta: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(`meta.<word>`, why it changes nothing) of each word of dbt-glue's that is told."""
    return [
        (f"meta.{name}", word.why)
        for name, word in META_FIELDS.items()
        if word.how == TOLD and _is_meant(name, meta)
    ]


def meta_refusals(meta: Mapping[str, Any], credentials: GlueCredentials) -> list[tuple[str, str]]:
    """(`meta.<word>`, what to say of it) of each word that would make a node run elsewhere, or as somebody else."""
    return [
        (
            f"meta.{name}",
            (
                f"is {meta[name]!r}, and the profile's {name} is {getattr(credentials, name)!r}: one run of dbt has "
                "one. Next: build the node with a target of its own (dbt build --target … -s …), and remove this"
            ),
        )
        for name, word in META_FIELDS.items()
        if word.how == REFUSED
        and name in meta
        and meta[name] != getattr(credentials, name)
        and (_is_meant(name, meta) or isinstance(meta[name], bool))
    ]


def session_conf(config: HasGet, credentials: GlueCredentials) -> dict[str, str]:
    """The Spark settings that a node's session is asked for: its own, if they can be, else the profile's."""
    own = session_overrides(config).get("conf")
    fits = own and CHECKS["conf"](own) is None
    return parse_conf(own) if fits else credentials.session_conf()


def meta_location(config: Mapping[str, Any]) -> str | None:
    """The root of a node's tables by its `meta`, in place of the profile's `location`; None where that is no place."""
    meta = config.get("meta") or {}
    return str(meta["location"]) if _is_meant("location", meta) else None


def seed_field(name: str, meta: Mapping[str, Any], credentials: GlueCredentials) -> str:
    """`seed_format` or `seed_mode` of a seed: its `meta`'s, or the profile's. Raises CompilationError for a bad one."""
    value = meta.get(name)
    if not value:
        return str(getattr(credentials, name))
    problems = GlueCredentials.problems_of({name: value})
    if problems:
        raise CompilationError("meta: " + "; ".join(problems))
    return str(value)


def environment_with(credentials: GlueCredentials, overrides: Mapping[str, Any]) -> Environment:
    """The environment of the profile with these fields changed. Raises CompilationError for a bad value."""
    problems = GlueCredentials.problems_of(overrides)
    if problems:
        raise CompilationError("meta: " + "; ".join(problems))
    return Environment.of(replace(credentials, **overrides))
