"""The words for frames, their columns and worlds in messages."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from glue_compiler.knowledge.frames import api, owner_of_kind, versions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Relation
    from glue_compiler.facts.worlds import World
    from glue_compiler.knowledge.frames import Api
    from glue_compiler.rules.definition import Context

_ONE_THING = frozenset(
    {
        *(
            "spark.session",
            "spark.builder",
            "spark.catalog",
            "spark.reader",
            "spark.writer",
            "spark.writer_v2",
        ),
        *("spark.na", "spark.stat", "spark.window", "spark.types", "spark.functions"),
        *("pandas.top", "pandas_on_spark.top"),
    }
)
_KIND_NAMES = {
    "spark": "Spark frames",
    "pandas": "pandas frames",
    "pandas_on_spark": "pandas-on-Spark frames",
    "spark.column": "Spark columns",
    "spark.grouped": "grouped Spark frames",
    "spark.session": "the Spark session",
    "spark.builder": "the builder of sessions",
    "spark.catalog": "the session's catalog",
    "spark.reader": "the session's reader",
    "spark.writer": "a frame's writer",
    "spark.writer_v2": "a frame's writer",
    "spark.na": "`frame.na`",
    "spark.stat": "`frame.stat`",
    "spark.window": "`Window`",
    "spark.window_spec": "windows",
    "spark.row": "rows",
    "spark.rdd": "RDDs",
    "spark.types": "pyspark.sql.types",
    "spark.functions": "pyspark.sql.functions",
    "pandas.top": "pandas",
    "pandas.index": "pandas indexes",
    "pandas.series": "pandas series",
    "pandas.grouped": "grouped pandas frames",
    "pandas.grouped_series": "grouped pandas series",
    "pandas_on_spark.top": "pyspark.pandas",
    "pandas_on_spark.index": "pandas-on-Spark indexes",
    "pandas_on_spark.series": "pandas-on-Spark series",
    "pandas_on_spark.grouped": "grouped pandas-on-Spark frames",
    "pandas_on_spark.grouped_series": "grouped pandas-on-Spark series",
}
_MOST_SHOWN = 12
_OBSERVED = {
    "contract": "those that its contract declares",
    "session": "those that the session has",
    "catalog": "those that the Data Catalog has",
}


def has_no(owner: str) -> str:
    """How a message about a member begins that an owner does not have: `Spark frames have no`."""
    return f"{_KIND_NAMES.get(owner, owner)} {'has' if owner in _ONE_THING else 'have'} no"


def columns_are_stated(context: Context, frame: int) -> bool:
    """Whether the columns are stated by code, seeds or contracts, not found by observation."""
    for base in context.facts.flow.frames[frame].schema.bases:
        known = context.schemas.relation(base.relation)
        if known is None or known.provenance in ("session", "catalog", "inferred"):
            return False
    return True


def basis(context: Context, frame: int) -> tuple[str, bool]:
    """A sentence about what the columns rest on beyond the code (or ""), and whether some of it is stale."""
    sentences: list[str] = []
    stale = False
    for base in context.facts.flow.frames[frame].schema.bases:
        known = context.schemas.relation(base.relation)
        if known is None or known.provenance not in _OBSERVED:
            continue
        text = f"The columns of {called_relation(base.relation)} are {_OBSERVED[known.provenance]}"
        if known.fetched_at is not None:
            text += f" (read {known.fetched_at[:16].replace('T', ' ')} UTC)"
        if known.stale:
            stale = True
            text += ", which may be out of date: refresh the schemas"
        if f"{text}." not in sentences:
            sentences.append(f"{text}.")
    return " ".join(sentences), stale


def names_in_words(names: Sequence[str]) -> str:
    """Names for a message: `a`, `b`, ... and how many more."""
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_SHOWN])
    more = len(names) - _MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def in_world(worlds: Sequence[World]) -> str:
    """` in incremental runs`, ` in full runs`, or nothing when it holds in both."""
    if len(worlds) != 1:
        return ""
    return " in incremental runs" if worlds[0] == "incremental" else " in full runs"


def called_relation(relation: Relation) -> str:
    """A relation as the model calls it: `dbt.ref('orders')`."""
    if relation.kind == "this":
        return "dbt.this"
    if relation.kind == "table":
        return relation.parts[-1] if relation.parts else "a table"
    return f"dbt.{relation.kind}({', '.join(repr(part) for part in relation.parts)})"


@lru_cache(maxsize=256)
def api_of_kind(kind: str, options: AnalysisOptions) -> Api | None:
    """The API table of a member use's kind in the target's versions, None when not known."""
    owner = owner_of_kind(kind)
    version = options.versions.get(owner.partition(".")[0])
    if version is None or version not in versions_of(owner):
        return None
    table = api(owner, version)
    return table if table.names() else None
