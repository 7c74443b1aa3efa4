"""Descriptions of tables and columns, as the Data Catalog takes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.catalog import SCHEMA, hive_columns, spark_schema, table_input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.glue.catalog import Table

__all__ = ["comment_text", "description_text", "with_comments"]

SCHEMA_PART = 4000


def comment_text(text: str) -> str:
    """A column's comment as Glue takes it: one line (botocore: CommentString) of at most 255 bytes in UTF-8."""
    return _cut(" ".join(text.split()), 255)


def description_text(text: str) -> str:
    """A table's description as Glue takes it: at most 2,048 bytes in UTF-8."""
    return _cut(text, 2048)


def _cut(text: str, size: int) -> str:
    """As much of a text as has so many bytes: AWS's guide counts those, and its API's model characters."""
    return text.encode("utf-8", "surrogatepass")[:size].decode("utf-8", "ignore")


def with_comments(
    table: Mapping[str, Any], description: str | None, comments: Mapping[str, str]
) -> Table:
    """A TableInput with a description and with comments of columns (by name in lower case)."""
    changed = json.loads(json.dumps(table_input(table), default=str))
    for key in ("LastAccessTime", "LastAnalyzedTime"):
        changed.pop(key, None)
    parameters = changed.setdefault("Parameters", {})
    if description:
        changed["Description"] = description_text(description)
        parameters["comment"] = description
    for column in [*hive_columns(changed), *(changed.get("PartitionKeys") or ())]:
        comment = comments.get(column["Name"].lower())
        if comment is not None:
            column["Comment"] = comment_text(comment)
    schema = spark_schema(table)
    if schema is not None and comments:
        for field in schema["fields"]:
            comment = comments.get(field["name"].lower())
            if comment is not None:
                field.setdefault("metadata", {})["comment"] = comment
        for key in [
            key
            for key in parameters
            if key == SCHEMA or key.startswith((f"{SCHEMA}.part.", f"{SCHEMA}.numParts"))
        ]:
            del parameters[key]
        text = json.dumps(schema, separators=(",", ":"))
        parts = [text[start : start + SCHEMA_PART] for start in range(0, len(text), SCHEMA_PART)]
        if len(parts) == 1:
            parameters[SCHEMA] = text
        else:
            parameters[f"{SCHEMA}.numParts"] = str(len(parts))
            parameters.update({f"{SCHEMA}.part.{n}": part for n, part in enumerate(parts)})
    return dict(changed)
