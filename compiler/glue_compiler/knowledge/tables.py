"""How tables are stored and how they grow: the formats, strategies and changes of columns that there are."""

from __future__ import annotations

DEFAULT_FORMAT = "parquet"

FILE_FORMATS = ("parquet", "orc", "csv", "json", "text", "avro")
"""Formats of files; every incremental strategy works on each, by copy-on-write."""

ICEBERG = "iceberg"

S3_TABLES = "s3tables"
"""Iceberg's format too, but in a table bucket: what dbt-glue calls Amazon S3 Tables."""

DELTA = "delta"

HUDI = "hudi"

OPEN_FORMATS = (ICEBERG, S3_TABLES, DELTA, HUDI)
"""Table formats that this adapter writes with their own row-level changes: nothing is staged, each change is a commit."""

TABLE_FORMATS = (*FILE_FORMATS, *OPEN_FORMATS)
"""What `file_format` may be."""

MICROBATCH = "microbatch"
"""The strategy whose runs dbt cuts into batches of a time."""

BATCH_SIZES = ("hour", "day", "month", "year")
"""What `batch_size` may be, dbt's four words."""

STRATEGIES = ("append", "insert_overwrite", "merge", "delete+insert", MICROBATCH)
"""What `incremental_strategy` may be, beside `default`."""

WITH_PARTITIONS_OF_BATCHES = (*FILE_FORMATS, HUDI)
"""Formats of which a batch replaces partitions, so that `microbatch` needs `partition_by`."""

MERGING_STRATEGIES = frozenset({"merge", "delete+insert"})
"""The strategies that replace rows by unique_key; without one merge appends and delete+insert fails."""

FOLLOWING_CHANGES = ("append_new_columns", "sync_all_columns")
"""The values of `on_schema_change` with which an existing table follows the columns of the result."""

SCHEMA_CHANGES = ("ignore", "fail", *FOLLOWING_CHANGES)
"""What `on_schema_change` may be, dbt's four words; unset it is the first."""
