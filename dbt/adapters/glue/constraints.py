"""Constraints of a model's contract: a condition that its rows meet while they are written, and which kinds there are none for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.base.impl import ConstraintSupport
from dbt_common.contracts.constraints import ConstraintType

from dbt.adapters.glue.literals import quoted_name, string_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["SUPPORT", "guard", "untold"]

SUPPORT = {
    ConstraintType.not_null: ConstraintSupport.ENFORCED,
    ConstraintType.check: ConstraintSupport.ENFORCED,
    ConstraintType.unique: ConstraintSupport.NOT_SUPPORTED,
    ConstraintType.primary_key: ConstraintSupport.NOT_SUPPORTED,
    ConstraintType.foreign_key: ConstraintSupport.NOT_SUPPORTED,
}
"""By kind: no format holds rows to the others, and to look for equal rows would take a pass over the table."""

_MADE_OF_ROWS = frozenset({"table", "incremental"})


def guard(model: Mapping[str, Any], relation: str) -> str | None:
    """A condition of SQL that is true of rows which meet the model's constraints, and of others an error that ends the write.

    None where the model has none that are held. `relation` is the table's name, for the errors.
    """
    if not _is_held(model):
        return None
    cases = list(dict.fromkeys(_cases(model, relation)))
    if not cases:
        return None
    # Spark moves a condition that is the same each time to where rows are read, also those that a join leaves out. This one
    # differs by the partition, so that it stays; `rand() >= 0` does not, because Spark knows that it is true.
    return f"case {' '.join(cases)} else spark_partition_id() >= 0 end"


def untold(model: Mapping[str, Any]) -> set[str]:
    """The kinds of constraints of a model that nothing holds its rows to, and of which it does not ask to be silent."""
    held = {kind for kind, support in SUPPORT.items() if support is ConstraintSupport.ENFORCED}
    return {
        kind
        for kind, _, each in _constraints(model)
        if each.get("warn_unsupported", True)
        and not (_is_held(model) and kind in {one.value for one in held})
    }


def _is_held(model: Mapping[str, Any]) -> bool:
    config = model.get("config") or {}
    contract = config.get("contract") or {}
    return bool(
        config.get("materialized") in _MADE_OF_ROWS
        and model.get("language") == "sql"
        and contract.get("enforced")
    )


def _cases(model: Mapping[str, Any], relation: str) -> Iterator[str]:
    for kind, column, constraint in _constraints(model):
        if kind == ConstraintType.not_null.value:
            for name in [column] if column else constraint.get("columns") or ():
                told = f'null value in column "{name}" of {relation} violates not-null constraint'
                yield f"when {quoted_name(name)} is null then {_error(told)}"
        elif kind == ConstraintType.check.value and constraint.get("expression"):
            expression = str(constraint["expression"]).strip()
            named = f' "{constraint["name"]}"' if constraint.get("name") else ""
            told = f"a row of {relation} violates check constraint{named}: {expression}"
            # A condition that is null is met, as in SQL's own constraints.
            yield f"when not ({expression}\n) then {_error(told)}"


def _constraints(model: Mapping[str, Any]) -> Iterator[tuple[str, str | None, Mapping[str, Any]]]:
    """(kind, column, constraint): first those of columns; the column is None for those of the model."""
    for name, column in (model.get("columns") or {}).items():
        for each in column.get("constraints") or ():
            yield _kind(each), str(column.get("name") or name), each
    for each in model.get("constraints") or ():
        yield _kind(each), None, each


def _kind(constraint: Mapping[str, Any]) -> str:
    return str(getattr(constraint["type"], "value", constraint["type"]))


def _error(text: str) -> str:
    return f"raise_error({string_literal(text)})"
