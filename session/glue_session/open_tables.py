"""Tables in an open format: partitions replaced by the rows of a query, and comments, which SQL has no one statement for."""

from __future__ import annotations

from typing import Any

from glue_session.answers import print_answer
from glue_session.held import settings_of_held
from glue_session.state import spark
from glue_session.texts import quote_name, sql_text


def overwrite_partitions(packed: str) -> None:
    """Replaces the partitions of a table that the rows of a query are in, in one commit; all rows where it has none."""
    print_answer(packed, _overwrite)


def write_comments(packed: str) -> None:
    """Gives a table and its columns their comments, in one commit each where the format's library is at hand."""
    print_answer(packed, _comment)


def _overwrite(request: dict[str, Any]) -> dict[str, Any]:
    # By writeTo, whose overwrite is always that of partitions: INSERT OVERWRITE asks a setting which it is.
    with settings_of_held(request["sql"]):
        spark().sql(request["sql"]).writeTo(request["table"]).overwritePartitions()
    return {"rows": [], "next": None}


def _comment(request: dict[str, Any]) -> dict[str, Any]:
    table, columns, comment = request["table"], request["columns"], request["comment"]
    iceberg = _iceberg_table(table)
    if iceberg is None:
        for name, text in columns.items():
            column = quote_name(name)
            spark().sql(f"ALTER TABLE {table} ALTER COLUMN {column} COMMENT {sql_text(text)}")
    elif columns:
        update = iceberg.updateSchema()
        for name, text in columns.items():
            update.updateColumnDoc(name, text)
        update.commit()
    if comment is not None:
        spark().sql(f"COMMENT ON TABLE {table} IS {sql_text(comment)}")
    return {"rows": [], "next": None}


def _iceberg_table(table: str) -> Any:
    """Iceberg's own object of a table; None where its library cannot be reached from Python."""
    session = spark()
    try:
        load = session._jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable
        return load(session._jsparkSession, table)
    except Exception:  # noqa: BLE001 - no such class, or a session that has no py4j: SQL does the same
        return None
