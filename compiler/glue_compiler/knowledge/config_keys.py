"""The keys of ``dbt.config(...)`` as data: type, values, default, and what they do for a Python model on Glue.

Sources: dbt-core's ModelConfig and its published JSON schema of model configs (dbt 1.11), the
config reference of dbt-glue, and what this adapter itself reads.
"""

from __future__ import annotations

from typing import Any

from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS
from glue_compiler.knowledge.tables import (
    BATCH_SIZES,
    DEFAULT_FORMAT,
    SCHEMA_CHANGES,
    STRATEGIES,
    TABLE_FORMATS,
)

STRING: dict[str, Any] = {"type": "string"}
BOOLEAN: dict[str, Any] = {"type": "boolean"}
POSITIVE: dict[str, Any] = {"type": "integer", "minimum": 1}
NATURAL: dict[str, Any] = {"type": "integer", "minimum": 0}
STRINGS: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
}
COLUMNS: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": ["array", "tuple"], "items": {"type": "string"}}]
}
"""Keys that dbt hands over unseen may be tuples; its own list keys (tags, unique_key, ...) may not."""
MAPPING: dict[str, Any] = {"type": "object"}
HOOKS: dict[str, Any] = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "properties": {"sql": STRING, "transaction": BOOLEAN}},
        {"type": "array", "items": {"type": ["string", "object"]}},
    ]
}


def _one_of(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def _maintenance(*options: str) -> dict[str, Any]:
    numbers = {name: {"type": "number", "minimum": 0} for name in options}
    return {
        "anyOf": [
            BOOLEAN,
            {"type": "object", "properties": numbers, "additionalProperties": False},
        ]
    }


EFFECTIVE: dict[str, tuple[dict[str, Any], object, str]] = {
    # what is built
    "materialized": (
        {**_one_of("table", "incremental"), "x-deprecated": {"python_model": "table"}},
        "table",
        "How the result is stored: a table built anew, or one that grows.",
    ),
    "alias": (STRING, None, "The name of the table, when it is not the name of the file."),
    "schema": (STRING, None, "The schema suffix, or the schema, as generate_schema_name decides."),
    "database": (STRING, None, "The database; on Glue a schema is a database of the Data Catalog."),
    "enabled": (BOOLEAN, True, "False takes the model out of the project."),
    "tags": (STRINGS, [], "Tags for selection, e.g. --select tag:daily."),
    "meta": (MAPPING, {}, "Free values; read them with dbt.config.meta_get(key)."),
    "group": (STRING, None, "The group that owns the model."),
    "access": (_one_of("private", "protected", "public"), "protected", "Who may ref the model."),
    "docs": (
        {
            "type": "object",
            "properties": {"show": BOOLEAN, "node_color": STRING},
            "additionalProperties": False,
        },
        {"show": True},
        "Whether and in which colour the docs show the model.",
    ),
    "description": (STRING, None, "What the model is; usually written in YAML."),
    "event_time": (STRING, None, "The column that says when a row happened."),
    "freshness": (MAPPING, None, "When the model counts as stale."),
    # how an incremental model grows
    "incremental_strategy": (
        _one_of(*STRATEGIES, "default"),
        None,
        (
            "How new rows enter the table. Unset: merge with a unique_key, insert_overwrite with "
            "partition_by, else append. delete+insert needs unique_key; merge without one appends; "
            "microbatch needs event_time, begin and batch_size."
        ),
    ),
    "batch_size": (_one_of(*BATCH_SIZES), None, "The time that a batch of microbatch is of."),
    "begin": (STRING, None, "The time from which microbatch builds the table, in ISO's format."),
    "lookback": (NATURAL, 1, "Batches before the latest that each run of microbatch does again."),
    "concurrent_batches": (BOOLEAN, None, "Whether batches of microbatch may run side by side."),
    "unique_key": (
        STRINGS,
        None,
        "The column or columns that identify a row for merge and delete+insert.",
    ),
    "incremental_predicates": (
        COLUMNS,
        None,
        "SQL conditions on DBT_INTERNAL_DEST that narrow the merge.",
    ),
    "predicates": (COLUMNS, None, "The older name of incremental_predicates."),
    "merge_update_columns": (COLUMNS, None, "The only columns that a matched row may change."),
    "merge_exclude_columns": (COLUMNS, None, "The columns that a matched row keeps."),
    "on_schema_change": (
        _one_of(*SCHEMA_CHANGES),
        SCHEMA_CHANGES[0],
        "What happens when the result has other columns than the existing table.",
    ),
    "full_refresh": (
        BOOLEAN,
        None,
        "True always rebuilds, False never does, whatever the flag says.",
    ),
    # how the table is laid out
    "file_format": (
        {**_one_of(*TABLE_FORMATS), "x-ignore-case": True},
        DEFAULT_FORMAT,
        "The format of the table, or of its files.",
    ),
    "catalog_name": (
        STRING,
        None,
        "An entry of catalogs.yml, which says the table's format and place; file_format may not say otherwise.",
    ),
    "partition_by": (
        COLUMNS,
        None,
        "The columns (Iceberg: also transforms) that partition the table.",
    ),
    "clustered_by": (COLUMNS, None, "The columns that spread rows over buckets; needs buckets."),
    "buckets": (POSITIVE, None, "How many buckets clustered_by makes."),
    "custom_location": (
        STRING,
        None,
        "The S3 folder of this table, instead of <location>/<schema>/<name>.",
    ),
    "location": (STRING, None, "The S3 folder of this table; the same as custom_location."),
    "location_root": (
        STRING,
        None,
        "The S3 folder under which the table gets a folder of its name.",
    ),
    "table_properties": (MAPPING, None, "TBLPROPERTIES of the table."),
    "tblproperties": (MAPPING, None, "The same as table_properties, as dbt-spark spells it."),
    "options": (MAPPING, None, "Options of the format, as in CREATE TABLE ... OPTIONS."),
    "matched_condition": (
        STRING,
        None,
        "In an open format, merge updates a matched row only where this holds.",
    ),
    "not_matched_condition": (
        STRING,
        None,
        "In an open format, merge inserts a new row only where this holds.",
    ),
    "old_version_retention_in_minutes": (
        {"type": "number", "minimum": 0},
        None,
        "How long data that was replaced stays for queries that read it; 60 where the profile says nothing, 0: not at all.",
    ),
    "expire_snapshots": (
        _maintenance("older_than_days", "retain_last"),
        None,
        "Iceberg: old snapshots expire after the run.",
    ),
    "remove_orphan_files": (
        _maintenance("older_than_days"),
        None,
        "Iceberg: files that no snapshot names are removed after the run.",
    ),
    "hudi_options": (
        MAPPING,
        None,
        "Hudi's options of a table in that format, such as hoodie.datasource.write.table.type.",
    ),
    "iceberg_expire_snapshots": (
        {"anyOf": [BOOLEAN, {"type": "string"}]},
        False,
        "dbt-glue's: every snapshot but the current one expires after each run.",
    ),
    "as_of": (
        {
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    {"type": "string"},
                    {
                        "type": "object",
                        "properties": {"version": {"type": ["integer", "string"]}},
                        "required": ["version"],
                        "additionalProperties": False,
                    },
                ]
            },
        },
        None,
        "Refs and sources as they were, by name: {'events': '2026-11-01 00:00:00', 'raw.events': {'version': 7}}.",
    ),
    "unfiltered": (
        COLUMNS,
        [],
        "Refs and sources, by name, of which --empty, --sample and batches leave all rows: ['users', 'raw.events'].",
    ),
    # around the model
    "pre_hook": (HOOKS, [], "SQL run before the model."),
    "post_hook": (HOOKS, [], "SQL run after the model."),
    "persist_docs": (
        {"type": "object", "properties": {"relation": BOOLEAN, "columns": BOOLEAN}},
        {},
        "Writes descriptions into the Data Catalog.",
    ),
    "grants": (
        MAPPING,
        {},
        "Lake Formation's permissions on the table: {'select': ['arn:aws:iam::123456789012:role/analyst']}.",
    ),
    "contract": (
        {
            "type": "object",
            "properties": {"enforced": BOOLEAN, "alias_types": BOOLEAN},
            "additionalProperties": False,
        },
        {"enforced": False},
        "dbt refuses enforced contracts on Python models; use columns_contract.",
    ),
    "columns_contract": (
        _one_of("off", "warn", "enforce"),
        "off",
        "Holds the result to the columns and types that YAML declares, before anything is written.",
    ),
    "lf_tags_config": (
        MAPPING,
        None,
        "Lake Formation's tags: enabled, drop_existing, tags_database, tags_table, tags_columns.",
    ),
    "lf_grants": (
        MAPPING,
        None,
        "Lake Formation's data cell filters: which rows and columns whom is shown, in data_cell_filters.",
    ),
    # how Python runs
    "packages": (
        STRINGS,
        [],
        "Requirements to install in the session, e.g. ['scikit-learn==1.5.2'].",
    ),
    "additional_libs": (COLUMNS, [], "Wheels, zips or .py files, local or on S3, for the session."),
    "python_modules": (COLUMNS, [], "Folders or files of the project to ship with the model."),
    "submission_method": (_one_of("glue_session"), "glue_session", "How the model reaches Glue."),
    "timeout": (POSITIVE, 3600, "Seconds until the model's statement is cancelled."),
    "optimize": (
        {
            "anyOf": [
                BOOLEAN,
                {"enum": ["strict"]},
                {
                    "type": "object",
                    "properties": {"disable": STRINGS, "strict": BOOLEAN, "pure_udfs": BOOLEAN},
                },
            ]
        },
        True,
        "False runs the source as written; strict keeps errors too; {'disable': [...]} leaves out some rewrites.",
    ),
    "optimize_actions": (BOOLEAN, False, "Drops debug actions such as show() from the program."),
    "glue_version": (_one_of(*GLUE_VERSIONS), None, "The Glue version of the session."),
    "worker_type": (
        _one_of(
            *("Standard", "G.025X", "G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X"),
            *("R.1X", "R.2X", "R.4X", "R.8X", "Z.2X"),
        ),
        None,
        "The worker type of the session.",
    ),
    "workers": (POSITIVE, None, "The number of workers of the session."),
    "conf": (STRING, None, "Spark configuration of the session."),
    "group_session_id": (STRING, None, "Models with the same value share a session."),
    "static_analysis": (
        STRING,
        None,
        "Read by dbt v2 only; Python models are never analysed there.",
    ),
}
"""key -> (JSON schema of the value, default, one line of documentation)."""

WITHOUT_EFFECT: dict[str, str] = {
    "add_iceberg_timestamp": "add the column in the model",
    "column_types": "column types are those of seeds; cast in the model or use columns_contract",
    "custom_temp_suffix": "this adapter names its own staging tables",
    "enable_spark_seed_casting": "it is a setting of seeds",
    "on_configuration_change": "it is for materialized views",
    "purge_dropped_iceberg_data": "the data of a table that is dropped or replaced goes with it",
    "quoting": "Glue has no case-sensitive identifiers to quote",
    "sql_header": "a Python model has no SQL to put it before; use pre_hook",
    "substitute_variables": "Python code can compute its values",
    "use_iceberg_temp_views": "a Python result is staged by the adapter",
    "write_options": "it is dbt-glue's for Delta tables; use options, or table_properties",
}
"""Keys that dbt or dbt-glue know, without effect on a Python model, and why."""
