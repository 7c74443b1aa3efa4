"""How tables are stored and how they grow: the formats, strategies and changes of columns that there are."""

from __future__ import annotations

DEFAULT_FORMAT = "parquet"

FILE_FORMATS = ("parquet", "orc", "csv", "json", "text", "avro")
"""The formats that this adapter writes; every incremental strategy works on each, by copy-on-write."""

NATIVE_FORMATS = ("delta", "iceberg", "hudi", "s3tables")
"""Formats that have row-level changes of their own; dbt-glue writes them, this adapter does not yet."""

STRATEGIES = ("append", "insert_overwrite", "merge", "delete+insert")
"""What `incremental_strategy` may be, beside `default`."""

MERGING_STRATEGIES = frozenset({"merge", "delete+insert"})
"""The strategies that replace rows by unique_key; without one merge appends and delete+insert fails."""

FOLLOWING_CHANGES = ("append_new_columns", "sync_all_columns")
"""The values of `on_schema_change` with which an existing table follows the columns of the result."""

SCHEMA_CHANGES = ("ignore", "fail", *FOLLOWING_CHANGES)
"""What `on_schema_change` may be, dbt's four words; unset it is the first."""
