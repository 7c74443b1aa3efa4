"""What tables say of themselves where the Data Catalog does not: their columns and comments, from their own logs."""

from __future__ import annotations

from typing import Any

from glue_session.answers import error_answer, print_answer
from glue_session.state import spark


def describe_tables(packed: str) -> None:
    """Tells of tables by their names: `schema` as Spark's JSON, and `comment`; or the `error` of one that cannot be read."""
    print_answer(packed, _described)


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
