"""A column of Spark: names in backticks, types by their SQL names."""

# ruff: noqa: ARG002, ARG003 - the signatures are dbt's
from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dbt.adapters.base.column import Column
from dbt_common.exceptions import CompilationError, DbtRuntimeError

from dbt.adapters.glue.literals import in_sql, quoted_name

__all__ = ["GlueColumn"]

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)", re.IGNORECASE)


@dataclass
class GlueColumn(Column):
    """`dtype` is the whole type, such as `decimal(10,2)` or `array<string>`; names of fields are quoted where SQL wants it."""

    def __post_init__(self) -> None:
        # The catalog and Spark write names as they are; to be compared, a type has to be one text.
        if "<" in self.dtype:
            with suppress(ValueError, DbtRuntimeError):
                self.dtype = in_sql(self.dtype)

    @classmethod
    def translate_type(cls, dtype: str) -> str:
        return {"text": "string", "varchar": "string", "integer": "int"}.get(dtype.lower(), dtype)

    @property
    def quoted(self) -> str:
        return quoted_name(self.column)

    @property
    def data_type(self) -> str:
        """The type as a statement can have it. Raises CompilationError for a text that is none."""
        try:
            return in_sql(self.dtype)
        except ValueError as error:
            raise CompilationError(
                f"the type of column {self.name}: {error}. Next: cast it in the query that reads it, or correct "
                "`column_types`"
            ) from error

    def is_string(self) -> bool:
        return self.dtype.lower() == "string" or self.dtype.lower().startswith(("varchar", "char"))

    def is_integer(self) -> bool:
        return self.dtype.lower() in ("tinyint", "smallint", "int", "bigint")

    def is_float(self) -> bool:
        return self.dtype.lower() in ("float", "double")

    def is_numeric(self) -> bool:
        return _DECIMAL.fullmatch(self.dtype) is not None

    def string_size(self) -> int:
        return 2**31 - 1

    def can_expand_to(self, other_column: Column) -> bool:
        """Strings have no length here: nothing to expand."""
        return False

    @classmethod
    def numeric_type(cls, dtype: str, precision: Any, scale: Any) -> str:
        if precision is None or scale is None:
            return "decimal(38,18)"
        return f"decimal({precision},{scale})"

    @classmethod
    def string_type(cls, size: int) -> str:
        return "string"

    def __repr__(self) -> str:
        return f"<GlueColumn {self.name} ({self.data_type})>"
