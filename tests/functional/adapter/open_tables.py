"""What the tests of each open table format build twice: models, their rows before and after, and who looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3

from tests.local_target import client_parameters

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

OLD = [(1, "one", "x"), (2, "two", "y"), (None, "none", "z")]
NEW = [(2, "TWO", "y"), (3, "three", "z"), (None, "NONE", "z")]
MERGED = [OLD[0], *NEW]
CHANGED = {
    "appended": [*OLD, *NEW],
    "merged": MERGED,
    "some_columns": [(1, "one", "x"), (2, "two", "y"), (3, "three", "z"), (None, "none", "z")],
    "other_columns": [(1, "one", "x"), (2, "two", "y"), (3, "three", "z"), (None, "none", "z")],
    "predicated": [OLD[0], *NEW, OLD[2]],
    "replaced": MERGED,
    "overwritten": MERGED,
    "overwritten_whole": NEW,
    "python_merged": MERGED,
    "python_appended": [*OLD, *NEW],
    "python_replaced": MERGED,
    "python_overwritten": MERGED,
}
"""The rows of each of `changing_models` after the second run; after the first they are OLD."""

SEED = "id,name,at\n1,one,2026-01-02\n2,,2026-01-03\n"
SEEDED = [(1, "one", "2026-01-02"), (2, None, "2026-01-03")]
PLAIN = "{{ config(materialized='table', file_format='parquet') }} select 1 as id, 'p' as name"
SEEN = (
    "{{ config(materialized='view') }} "
    "select m.id, p.name from {{ ref('made') }} m join {{ ref('plain') }} p using (id)"
)


def values(rows: list[tuple[Any, ...]]) -> str:
    """A query of rows of (id, name, part)."""

    def literal(value: object, kind: str) -> str:
        return f"cast(null as {kind})" if value is None else repr(value)

    listed = ", ".join(
        f"({literal(key, 'int')}, {literal(name, 'string')}, {part!r})" for key, name, part in rows
    )
    return f"select * from values {listed} as t(id, name, part)"


def incremental(
    file_format: str, config: str, old: str = values(OLD), new: str = values(NEW)
) -> str:
    """An incremental SQL model of one query at first, and of another one then."""
    return (
        f"{{{{ config(materialized='incremental', file_format='{file_format}', {config}) }}}}\n"
        f"{{% if is_incremental() %}}{new}{{% else %}}{old}{{% endif %}}"
    )


def python_incremental(
    file_format: str, strategy: str, old: str = values(OLD), new: str = values(NEW)
) -> str:
    """The same in Python, partitioned by `part`; it leaves a setting behind that must not count for others."""
    return f"""
def model(dbt, session):
    dbt.config(
        materialized="incremental", file_format={file_format!r}, incremental_strategy={strategy!r},
        unique_key="id", partition_by=["part"],
    )
    session.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    return session.sql({new!r} if dbt.is_incremental else {old!r})
"""


def changing_models(file_format: str) -> dict[str, str]:
    """A model for each key of CHANGED."""
    configs = {
        "appended": "incremental_strategy='append'",
        "merged": "incremental_strategy='merge', unique_key='id'",
        "some_columns": "incremental_strategy='merge', unique_key='id', merge_update_columns=['part']",
        "other_columns": "incremental_strategy='merge', unique_key='id', merge_exclude_columns=['name']",
        "predicated": "incremental_strategy='merge', unique_key='id', "
        "incremental_predicates=[\"DBT_INTERNAL_DEST.part = 'y'\"]",
        "replaced": "incremental_strategy='delete+insert', unique_key=['id', 'part']",
        "overwritten": "incremental_strategy='insert_overwrite', partition_by=['part']",
        "overwritten_whole": "incremental_strategy='insert_overwrite'",
    }  # fmt: skip
    strategies = {
        "python_merged": "merge",
        "python_appended": "append",
        "python_replaced": "delete+insert",
        "python_overwritten": "insert_overwrite",
    }
    return {
        **{f"{name}.sql": incremental(file_format, config) for name, config in configs.items()},
        **{f"{name}.py": python_incremental(file_format, how) for name, how in strategies.items()},
    }


def in_order(rows: Any) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in rows), key=repr)


def client_of(endpoint: EndpointHandle, service: str = "glue") -> Any:
    """boto3's client of a service of the endpoint."""
    return boto3.client(service, **client_parameters(endpoint))  # type: ignore[call-overload]


def tables_of(glue: Any, schema: str, **more: str) -> list[dict[str, Any]]:
    """The tables of a schema, of all pages: on AWS the first one may be empty."""
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=schema, **more)
    return [found for page in pages for found in page["TableList"]]


def versions_of(glue: Any, schema: str, table: str) -> list[dict[str, Any]]:
    """All that a table has been, as Glue's `Table`: one at least. Of all pages, as above."""
    asked = {"DatabaseName": schema, "TableName": table}
    pages = glue.get_paginator("get_table_versions").paginate(**asked)
    found = [version["Table"] for page in pages for version in page["TableVersions"]]
    assert found
    return found


def names_of_tables(glue: Any, schema: str) -> set[str]:
    return {found["Name"] for found in tables_of(glue, schema)}
