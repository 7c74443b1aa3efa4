"""A column of Spark: names in backticks, types by their SQL names."""

# ruff: noqa: ARG002, ARG003 - the signatures are dbt's
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dbt.adapters.base.column import Column

__all__ = ["GlueColumn"]

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)", re.IGNORECASE)


@dataclass
class GlueColumn(Column):
    """`dtype` is the whole type, such as `decimal(10,2)` or `array<string>`."""

    @classmethod
    def translate_type(cls, dtype: str) -> str:
        return {"text": "string", "varchar": "string", "integer": "int"}.get(dtype.lower(), dtype)

    @property
    def quoted(self) -> str:
        return "`{}`".format(self.column.replace("`", "``"))

    @property
    def data_type(self) -> str:
        return self.dtype

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
