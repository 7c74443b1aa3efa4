"""A table in an open format that is replaced where it is: by Spark's DataFrame writer at its path, in one commit.

Delta 3.3 on Spark 3.5.6 fails at CREATE OR REPLACE TABLE AS SELECT (delta-io/delta, issue 4671); this works on each.
"""

from __future__ import annotations

from typing import Any

from glue_session.answers import print_answer
from glue_session.state import spark
from glue_session.texts import quote_name, sql_text


def overwrite_table(packed: str) -> None:
    """Gives a table that is there the rows, columns and partitions of a query."""
    print_answer(packed, _run)


def _run(request: dict[str, Any]) -> dict[str, Any]:
    replace_table(spark().sql(request["sql"]), request["target"])
    return {"rows": [], "next": None}


def replace_table(frame: Any, target: dict[str, Any]) -> None:
    """Gives the table `relation`, whose data is at `location`, the rows, columns and partitions of a frame.

    Columns that stay keep their comments. Of `table_properties` those are set, by a commit of their own, that the
    table does not have.
    """
    session = frame.sparkSession
    comments = _comments(session, target["relation"])
    writer = (
        _with_comments(frame, comments)
        .write.format(target["file_format"])
        .mode("overwrite")
        .options(**target["options"])
    )
    if target["partition_by"]:
        writer = writer.partitionBy(*target["partition_by"])
    writer.save(target["location"])
    session.catalog.refreshTable(target["relation"])
    _set_properties(session, target["relation"], target["table_properties"])


def _comments(session: Any, relation: str) -> dict[str, str]:
    """The comments of a table's columns, by their names in lower case."""
    try:
        fields = session.table(relation).schema.fields
    except Exception:  # noqa: BLE001 - its files are gone, or its log is broken: then it is made anew where it was
        return {}
    return {f.name.lower(): f.metadata["comment"] for f in fields if f.metadata.get("comment")}


def _with_comments(frame: Any, comments: dict[str, str]) -> Any:
    from pyspark.sql import functions

    if not any(name.lower() in comments for name in frame.columns):
        return frame
    columns = []
    for field in frame.schema.fields:
        column = functions.col(quote_name(field.name))
        comment = comments.get(field.name.lower())
        if comment is not None:
            column = column.alias(field.name, metadata={**field.metadata, "comment": comment})
        columns.append(column)
    return frame.select(*columns)


def _set_properties(session: Any, relation: str, wanted: dict[str, str]) -> None:
    if not wanted:
        return
    there = {row[0]: row[1] for row in session.sql(f"SHOW TBLPROPERTIES {relation}").collect()}
    missing = {key: value for key, value in wanted.items() if there.get(key) != value}
    if missing:
        pairs = ", ".join(f"{sql_text(key)} = {sql_text(value)}" for key, value in missing.items())
        session.sql(f"ALTER TABLE {relation} SET TBLPROPERTIES ({pairs})")
