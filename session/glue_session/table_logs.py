"""What tables say of themselves where the Data Catalog does not: their columns, comments and last changes, from their own logs."""

from __future__ import annotations

from typing import Any

from glue_session.answers import error_answer, print_answer
from glue_session.state import spark


def describe_tables(packed: str) -> None:
    """Tells of tables by their names: `schema` as Spark's JSON, and `comment`; or the `error` of one that cannot be read."""
    print_answer(packed, _described)


def last_changes(packed: str) -> None:
    """When tables last changed, `seconds` since 1970, by the first row's `timestamp` of a statement for each name; or `error`."""
    print_answer(packed, _changes)


def _described(request: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in request["tables"]:
        try:
            found[name] = {
                "schema": spark().table(name).schema.jsonValue(),
                "comment": _comment(name),
            }
        except Exception as error:  # noqa: BLE001, PERF203 - one table's error is not another's
            found[name] = error_answer(error)
    return {"rows": [], "next": None, "tables": found}


def _comment(name: str) -> str | None:
    rows = spark().sql(f"DESCRIBE TABLE EXTENDED {name}").collect()
    headings = [i for i, row in enumerate(rows) if row[0].startswith("# Detailed Table Info")]
    told = rows[headings[-1] :] if headings else []
    return next((str(row[1]) for row in told if row[0] == "Comment"), None)


def _changes(request: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, statement in request["statements"].items():
        try:
            row = spark().sql(statement).first()
            found[name] = {"seconds": None if row is None else row["timestamp"].timestamp()}
        except Exception as error:  # noqa: BLE001, PERF203 - one table's error is not another's
            found[name] = error_answer(error)
    return {"rows": [], "next": None, "changes": found}
