"""The ``dbt`` object of a Python model: its members for hover and completion, and names that do not exist.

Source: ``py_script_postfix`` in dbt-adapters' python_model/python.sql (class dbtObj) and dbt-core's
parser of Python models, for what may be written as an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class DbtMember:
    """A member by its path, e.g. ``ref``, ``config.get`` or ``this.identifier``."""

    path: str
    kind: str
    """method or property."""
    signature: str
    result: str
    """``spark`` (a frame), ``str``, ``bool``, ``relation``, ``config`` or ``any``."""
    doc: str
    since: str = ""
    """The first dbt-core version that has it; empty for all that this adapter supports."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A member that people try and that dbt does not have."""

    path: str
    reason: str
    instead: str
    """The next step, as an imperative sentence without a full stop."""
    rename: str | None = None
    """A member of the same object that means the same, where only the name is wrong."""


MEMBERS: tuple[DbtMember, ...] = (
    DbtMember(
        "ref",
        "method",
        "(model_name: str, /, *, v: int | str | None = None, version: int | str | None = None)",
        "spark",
        "The frame of another model, seed or snapshot: dbt.ref('orders'), dbt.ref('package', 'orders'), "
        "dbt.ref('orders', v=2). dbt reads the call without running it, so arguments must be literals.",
    ),
    DbtMember(
        "source",
        "method",
        "(source_name: str, table_name: str, /)",
        "spark",
        "The frame of a source table: dbt.source('shop', 'orders'). Arguments must be literals.",
    ),
    DbtMember(
        "config",
        "method",
        "(**config)",
        "config",
        "Configures the model: dbt.config(materialized='incremental', unique_key='id'). Values must be "
        "literals; every call counts, also one under a condition that never holds.",
    ),
    DbtMember(
        "config.get",
        "method",
        "(key: str, default=None, /)",
        "any",
        "The value of a config of this model. The key must be a literal; the default must be "
        "positional, dbt ignores default=. A key that is not set gives None or the default.",
    ),
    DbtMember(
        "config.meta_get",
        "method",
        "(key: str, default=None, /)",
        "any",
        "The value of a key of the model's meta config. The key must be a literal.",
        since="1.11",
    ),
    DbtMember(
        "this",
        "property",
        "",
        "relation",
        "The table that this model builds; f'{dbt.this}' is its full name. Read it only when "
        "dbt.is_incremental holds: before the first run it does not exist.",
    ),
    DbtMember("this.database", "property", "", "str", "The database of this model's table."),
    DbtMember("this.schema", "property", "", "str", "The schema of this model's table."),
    DbtMember("this.identifier", "property", "", "str", "The name of this model's table."),
    DbtMember(
        "is_incremental",
        "property",
        "",
        "bool",
        "True when the table exists, the model is incremental and the run is not a full refresh.",
    ),
)

MISSING: tuple[Missing, ...] = (
    Missing(
        "var",
        "dbt offers no vars to Python models",
        "Set a config from the var in YAML (config: {start: \"{{ var('start') }}\"}) and read it with "
        "dbt.config.get('start')",
    ),
    Missing(
        "env_var",
        "dbt offers no environment variables to Python models",
        "Set a config from env_var in YAML and read it with dbt.config.get(...)",
    ),
    Missing("get_config", "the method belongs to dbt.config", "Write dbt.config.get(...)"),
    Missing("config_get", "the method belongs to dbt.config", "Write dbt.config.get(...)"),
    Missing("meta_get", "the method belongs to dbt.config", "Write dbt.config.meta_get(...)"),
    Missing("get", "the method belongs to dbt.config", "Write dbt.config.get(...)"),
    Missing("meta", "meta is a config", "Write dbt.config.meta_get(key)"),
    Missing("refs", "it is ref, one call for each model", "Write dbt.ref(...)", "ref"),
    Missing("sources", "it is source, one call for each table", "Write dbt.source(...)", "source"),
    Missing("table", "it is ref for models, source for sources", "Write dbt.ref(...)"),
    Missing("configs", "it is config", "Write dbt.config(...)", "config"),
    Missing("incremental", "it is is_incremental", "Write dbt.is_incremental", "is_incremental"),
    Missing("isIncremental", "it is is_incremental", "Write dbt.is_incremental", "is_incremental"),
    Missing("adapter", "macros and the adapter exist in SQL models only", "Use session.catalog"),
    Missing(
        "run_query",
        "macros exist in SQL models only",
        "Use session.sql(...) on the model's second argument",
    ),
    Missing("sql", "dbt runs no SQL for a Python model", "Use session.sql(...)"),
    Missing("session", "the session is the second argument of model()", "Use that argument"),
    Missing("spark", "the session is the second argument of model()", "Use that argument"),
    Missing(
        "target", "the target exists in SQL models only", "Use dbt.this.schema or dbt.this.database"
    ),
    Missing("schema", "the schema belongs to dbt.this", "Write dbt.this.schema"),
    Missing("database", "the database belongs to dbt.this", "Write dbt.this.database"),
    Missing("name", "the model's name belongs to dbt.this", "Write dbt.this.identifier"),
    Missing("model", "the node exists in SQL models only", "Use dbt.this and dbt.config.get(...)"),
    Missing("graph", "the graph exists in SQL models only", "Pass what you need as a config"),
    Missing("invocation_id", "it exists in SQL models only", "Pass it as a config from YAML"),
    Missing("run_started_at", "it exists in SQL models only", "Use datetime.now(timezone.utc)"),
    Missing("flags", "flags exist in SQL models only", "Use dbt.is_incremental"),
    Missing("log", "dbt has no log for Python models", "Use print(...): it arrives in dbt's log"),
    Missing(
        "print", "dbt has no print for Python models", "Use print(...): it arrives in dbt's log"
    ),
    Missing("exceptions", "it exists in SQL models only", "Raise an exception"),
    Missing("macro", "macros exist in SQL models only", "Write a Python function"),
    Missing(
        "function", "UDFs are called from SQL only", "Use session.sql(...) or a Python function"
    ),
    Missing("config.require", "configs have get only", "Write dbt.config.get(...)", "get"),
    Missing("config.set", "configs are set by calling", "Write dbt.config(key=value)"),
    Missing("config.meta", "meta is read by key", "Write dbt.config.meta_get(key)"),
    Missing("config.get_meta", "it is meta_get", "Write dbt.config.meta_get(key)", "meta_get"),
    Missing(
        "config.meta_require", "configs have get only", "Write dbt.config.meta_get(key)", "meta_get"
    ),
    Missing(
        "this.name",
        "the table's name is called identifier",
        "Write dbt.this.identifier",
        "identifier",
    ),
    Missing(
        "this.table",
        "the table's name is called identifier",
        "Write dbt.this.identifier",
        "identifier",
    ),
    Missing(
        "this.alias",
        "the table's name is called identifier",
        "Write dbt.this.identifier",
        "identifier",
    ),
    Missing("this.render", "the full name is its text", "Write str(dbt.this)"),
    Missing(
        "this.include",
        "relations have no methods here",
        "Use dbt.this.schema and dbt.this.identifier",
    ),
    Missing(
        "this.type", "relations have no type here", "Use session.catalog.getTable(str(dbt.this))"
    ),
    Missing(
        "this.is_view", "relations have no type here", "Use session.catalog.getTable(str(dbt.this))"
    ),
)

RESERVED_GLOBALS: frozenset[str] = frozenset(
    {"ref", "source", "config", "config_dict", "meta_dict", "this", "dbtObj"}
)
"""Module globals that dbt's generated code overwrites."""


@lru_cache(maxsize=1)
def _members() -> dict[str, DbtMember]:
    return {member.path: member for member in MEMBERS}


@lru_cache(maxsize=1)
def _missing() -> dict[str, Missing]:
    return {missing.path: missing for missing in MISSING}


def dbt_member(path: str) -> DbtMember | None:
    """The member at a path below ``dbt``: ``ref``, ``config.get``, ``this.schema``, ..."""
    return _members().get(path)


def dbt_members(prefix: str = "") -> tuple[DbtMember, ...]:
    """The members directly below ``dbt`` (no prefix), ``config`` or ``this``; empty below anything else."""
    depth = prefix.count(".") + 1 if prefix else 0
    start = f"{prefix}." if prefix else ""
    return tuple(m for m in MEMBERS if m.path.startswith(start) and m.path.count(".") == depth)


def missing_member(path: str) -> Missing | None:
    """What to do instead of a member that is often tried and does not exist; None for all others."""
    return _missing().get(path)


def nearest_member(path: str) -> str | None:
    """The member of the same object that a misspelt path was probably meant to be."""
    from glue_compiler.text.similar import closest

    prefix, _, name = path.rpartition(".")
    near = closest(name, [member.path.rpartition(".")[2] for member in dbt_members(prefix)])
    return (f"{prefix}.{near}" if prefix else near) if near else None
