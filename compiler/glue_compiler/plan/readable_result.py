"""The end of a readable program: the model is called, its result made a Spark frame, and written to a scratch table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.plan.dbt_values import relation_name
from glue_compiler.rewrites.plain_parts import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.program.emit import ProgramRequest, WriteTarget

_FRAME_OF = '''\
def spark_frame(pdf, types):
    """A pandas frame as a Spark frame: its dtypes tell the types, else its values do; what is missing is NULL.

    `types` are those that columns keep or that are declared, by lower-case names.
    """
    import pandas

    kinds = {"bool": "boolean", "int8": "tinyint", "int16": "smallint", "int32": "int", "int64": "bigint"}
    kinds |= {"uint8": "smallint", "uint16": "int", "uint32": "bigint", "float16": "float", "float32": "float"}
    kinds |= {"float64": "double", "boolean": "boolean", "string": "string"}
    zone = spark.conf.get("spark.sql.session.timeZone")
    fields, columns = [], []
    for position, name in enumerate(map(str, pdf.columns)):
        series = pdf.iloc[:, position]
        if isinstance(series.dtype, pandas.CategoricalDtype):
            series = series.astype(object if series.isna().any() else series.cat.categories.dtype)
        kind = kinds.get(str(series.dtype).lower())
        if str(series.dtype).startswith("datetime64"):
            series = series if series.dt.tz is not None else series.dt.tz_localize(zone, False, "shift_forward")
            kind, series = "timestamp", series.dt.tz_convert("UTC").dt.floor("us")
        values = series.astype(object).where(series.notna(), None).tolist()
        values = [value.to_pydatetime() if isinstance(value, pandas.Timestamp) else value for value in values]
        values = [value.tolist() if hasattr(value, "tolist") else value for value in values]
        there = [(value,) for value in values if value is not None]
        if kind is None and {type(value) for (value,) in there} == {int, float}:
            kind, values = "double", [None if value is None else float(value) for value in values]
        if kind is None and there:
            kind = spark.createDataFrame(there, ["value"]).dtypes[0][1]
        fields.append((name, kind or types.get(name.lower(), "string")))
        columns.append(values)
    frame = spark.createDataFrame(list(zip(*columns)), ", ".join(f"`{name}` {kind}" for name, kind in fields))
    for name, kind in fields:
        if types.get(name.lower(), kind) != kind:
            frame = frame.withColumn(name, frame[f"`{name}`"].cast(types[name.lower()]))
    return frame
'''
_VOID = """\
# A column of nothing but NULL has no type, and no file format stores it.
void = [name for name, kind in result.dtypes if kind == "void"]
if void:
    result = result.withColumns({name: result[f"`{name}`"].cast("string") for name in void})
"""


def result_text(
    called: str,
    kind: str | None,
    request: ProgramRequest,
    scratch: str,
    source: str,
    after: Sequence[str] = (),
) -> tuple[list[str], str]:
    """(functions, what follows the model's own code and them): `called` is the call of its function, `kind` that of the frame it returns.

    `after` are lines for behind the write, where `{table}` is what was written.
    """
    pieces = [f"result = {called}"]
    functions = [_FRAME_OF.strip("\n")] if kind in (None, "pandas") else []
    types = _types(request)
    made = f"spark_frame(result, {types})"
    if kind == "pandas":
        pieces.append(f"result = {made}")
    elif kind == "pandas_on_spark":
        pieces.append("result = result.to_spark()")
    elif kind is None:
        pieces.append(
            'if hasattr(result, "to_spark"):  # pandas on Spark\n    result = result.to_spark()\n'
            f'elif not hasattr(result, "sparkSession"):  # pandas\n    result = {made}'
        )
    if kind != "pandas" and re.search(r"\b(?:none|null)\b", source, re.IGNORECASE):
        pieces.append(_VOID.strip("\n"))
    target = request.target
    table = quoted(relation_name(scratch))
    pieces.append(f"{_writer(target)}.saveAsTable({table})")
    if target.table_properties:
        pairs = ", ".join(f"'{key}' = '{value}'" for key, value in target.table_properties.items())
        statement = f"ALTER TABLE {scratch} SET TBLPROPERTIES ({pairs})"
        pieces.append(f"spark.sql({quoted(statement)})")
    if after:
        pieces.append(
            "# What the model reports before the write: what was written tells it without a second evaluation."
        )
        pieces += [line.format(table=f"spark.table({table})") for line in after]
    pieces.append(f"spark.table({table}).show()")
    return functions, "# -------- the result --------\n\n" + "\n".join(pieces) + "\n"


def _types(request: ProgramRequest) -> str:
    """The types that a pandas result takes from the table that is there, and from YAML."""
    declared = {name.lower(): kind for name, kind in request.target.declared.items()}
    existing = request.target.existing
    if existing is None:
        return repr(declared)
    read = f"{{name.lower(): kind for name, kind in spark.table({quoted(relation_name(existing))}).dtypes}}"
    return f"{{**{declared!r}, **{read}}}" if declared else read


def _writer(target: WriteTarget) -> str:
    text = f'result.write.mode("overwrite").format({quoted(target.file_format)})'
    if target.partition_by:
        text += f".partitionBy({', '.join(map(quoted, target.partition_by))})"
    if target.buckets:
        text += f".bucketBy({', '.join([str(target.buckets), *map(quoted, target.bucket_by)])})"
    for key, value in target.options.items():
        text += f".option({quoted(key)}, {quoted(value)})"
    return text
