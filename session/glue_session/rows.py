"""`collect()` for a loop: the same rows, made of Arrow batches one batch after the other (docs/rewrites/row-loops.md)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from glue_session.arrow_pandas import foreign, known_spark, limited, spark_version
from glue_session.plans import RDDS, PlanOf

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = {"tinyint", "smallint", "int", "bigint", "float", "double", "string", "boolean", "binary"}
_NUMBERS = {"date": "int32", "timestamp": "int64", "timestamp_ntz": "int64"}
"""What Spark itself holds of a type, of which its own `fromInternal` makes the value, here as for `collect()`."""
_BINARY_AS_BYTES = "spark.sql.execution.pyspark.binaryAsBytes"


def rows(frame: Any, trusted: bool | None = None) -> tuple[Any, str]:
    """The rows of `frame` for one loop, and why they are those of `collect()` itself ("": they are made as the loop goes).

    The whole frame is computed before the first row. What Arrow does not take, or a value that has no Python
    object, is found before it, too: then `collect()` gives the rows, or fails as it does.
    """
    why = foreign(frame) or _why_not(frame, trusted)
    if not why:
        try:
            return Rows(frame), ""
        except Exception as error:  # noqa: BLE001 - whatever it is, the way as written gives it, or does not
            why = f"Arrow did not take it ({type(error).__name__})"
    return frame.collect(), why


def _why_not(frame: Any, trusted: bool | None) -> str:
    import pyspark

    if not known_spark():
        return f"not known of Spark {pyspark.__version__}"
    for field in frame.schema.fields:
        kind = field.dataType.simpleString()
        if kind not in _PLAIN and kind not in _NUMBERS and not kind.startswith("decimal"):
            return f"{field.name} is {kind}"
    if not frame.columns or limited(frame):
        return "the last step chooses rows" if frame.columns else "it has no columns"
    if not trusted and PlanOf(frame).runs_code(but_for=RDDS if trusted is None else None):
        return "its plan runs Python functions"
    return ""


class Rows:
    """Rows that a loop takes once; there are `len` of them. Raises whatever says that they are not those of `collect()`."""

    def __init__(self, frame: Any) -> None:
        from pyspark.sql.pandas.utils import require_minimum_pyarrow_version

        require_minimum_pyarrow_version()
        from pyarrow import compute  # type: ignore[import-untyped]

        self._schema = frame.schema
        self._binary: Any = bytes if _bytes_are_bytes(frame.sparkSession) else bytearray
        self._batches = frame._collect_as_arrow()
        self._number = sum(int(batch.num_rows) for batch in self._batches)
        for batch in self._batches:
            batch.validate(full=True)
            for field, column in zip(self._schema.fields, batch.columns, strict=True):
                if field.dataType.simpleString() in _NUMBERS:
                    for edge in compute.min_max(_plain(field, column)).as_py().values():
                        field.dataType.fromInternal(edge)

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[Any]:
        while self._batches:
            batch = self._batches.pop(0)
            cells = map(self._cells, self._schema.fields, batch.columns)
            yield from map(self._schema.fromInternal, zip(*cells, strict=True))

    def _cells(self, field: Any, column: Any) -> Any:
        """A column as Spark's own pickled rows would bring it: bytes of their type, decimals as Java writes them."""
        values = _plain(field, column).to_pylist()
        makers: Any = {"binary": self._binary, "decimal": _decimal}
        make = makers.get(field.dataType.typeName())
        return [None if value is None else make(value) for value in values] if make else values


def _bytes_are_bytes(spark: Any) -> bool:
    """Whether rows hold `bytes` where the column is binary, and not `bytearray`, as those of older Sparks always do."""
    return spark_version() >= (4, 1) and str(spark.conf.get(_BINARY_AS_BYTES)) == "true"


def _plain(field: Any, column: Any) -> Any:
    kind = _NUMBERS.get(field.dataType.simpleString())
    return column if kind is None else column.view(kind)


def _decimal(value: Decimal) -> Decimal:
    return Decimal(value.to_eng_string())
