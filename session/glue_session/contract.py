"""Declared columns against those of a frame, in the session: names and types as Spark itself reads them."""

from __future__ import annotations

from typing import Any

from glue_session.column_types import type_of_text
from glue_session.errors import ModelError
from glue_session.state import reaches_jvm

_TEXT = ("varchar", "char", "string", "text")


class ContractError(ModelError):
    """The model does not return the columns that are declared for it. Nothing was written."""


def differences(frame: Any, declared: list[dict[str, Any]], spark: Any) -> list[dict[str, Any]]:
    """What of the declared columns (name, type or None) a frame does not keep, in the order of the declaration.

    Each is `{column, what, declared, returned}`; `what` is missing, type or extra. Names are
    compared without case, as Spark does; types without their nullability. A type that Spark does
    not know is a difference of its own, `what` is unknown.
    """
    returned = {field.name.lower(): field for field in frame.schema.fields}
    found: list[dict[str, Any]] = []

    def add(column: str, what: str, said: Any, have: Any) -> None:
        found.append({"column": column, "what": what, "declared": said, "returned": have})

    for column in declared:
        field = returned.pop(column["name"].lower(), None)
        said = column["type"]
        if field is None:
            add(column["name"], "missing", said, None)
            continue
        if said is None:
            continue
        have = field.dataType.simpleString()
        wanted = _simple_type(said, spark)
        if wanted is None:
            add(field.name, "unknown", said, have)
        elif not _is_same_type(wanted, said, have):
            add(field.name, "type", said, have)
    for field in frame.schema.fields:
        if field.name.lower() in returned:
            add(field.name, "extra", None, field.dataType.simpleString())
    return found


def check_contract(
    frame: Any, contract: dict[str, Any] | None, spark: Any, notes: list[str]
) -> None:
    """Holds a frame to a contract `{mode, columns}` before it is written.

    Raises ContractError with a table of the differences where the mode is enforce; where it is
    warn, the table is a note.
    """
    if contract is None:
        return
    found = differences(frame, contract["columns"], spark)
    if not found:
        return
    text = f"the returned columns are not those that are declared for the model:\n{_table(found)}"
    if contract["mode"] == "enforce":
        raise ContractError(
            f"{text}\nNothing was written. Correct the model or its YAML; `columns_contract: warn` only warns"
        )
    notes.append(text)


def _table(found: list[dict[str, Any]]) -> str:
    """Differences as aligned rows: column, declared, returned."""
    rows = [("column", "declared", "returned", "")]
    rows += [
        (
            str(item["column"]),
            "-" if item["what"] == "extra" else item["declared"] or "any type",
            item["returned"] or "-",
            _WORDS[item["what"]],
        )
        for item in found
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    return "\n".join(
        "  " + "  ".join([*(row[n].ljust(widths[n]) for n in range(3)), row[3]]).rstrip()
        for row in rows
    )


_WORDS = {
    "missing": "not returned",
    "extra": "not declared",
    "type": "another type",
    "unknown": "the declared type is none of Spark's",
}


def _simple_type(said: str, spark: Any) -> str | None:
    """A declared type as Spark's simple string; None for what Spark does not read as a type."""
    if said.strip().lower() == "text":
        return "string"
    if not reaches_jvm():
        kind = type_of_text(spark, said)
        return None if kind is None else str(kind.simpleString())
    parser = spark._jsparkSession.sessionState().sqlParser()
    try:
        return str(parser.parseDataType(said).simpleString())
    except Exception:  # noqa: BLE001 - whatever the parser raises, the text is no type
        return None


def _is_same_type(wanted: str, said: str, have: str) -> bool:
    if wanted == have:
        return True
    if wanted.startswith(_TEXT) and have.startswith(_TEXT):
        return True
    # A decimal without precision takes any.
    return said.strip().lower() in ("decimal", "numeric", "dec") and have.startswith("decimal")
