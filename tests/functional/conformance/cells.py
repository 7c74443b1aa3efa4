"""What a table may be made by, and what must be in it then: the rows of the formats' table in the documentation.

Each cell is a node of one project, which is built twice: first from `FIRST`, then, after its input was replaced, from
`SECOND`. What it must hold is said here in Python, for every format alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent, indent
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Row(NamedTuple):
    """A row of the input."""

    id: int
    name: str
    day: str
    changed: str


FIRST = (
    Row(1, "ann", "2026-01-01", "2026-01-01 08:00:00"),
    Row(2, "bob", "2026-01-01", "2026-01-01 09:00:00"),
    Row(3, "cleo", "2026-01-02", "2026-01-02 08:00:00"),
    Row(4, "dora", "2026-01-03", "2026-01-03 08:00:00"),
    Row(5, "emil", "2026-01-03", "2026-01-03 09:00:00"),
)
SECOND = (
    Row(4, "dorothea", "2026-01-03", "2026-01-03 10:00:00"),
    Row(6, "fay", "2026-01-03", "2026-01-03 11:00:00"),
    Row(7, "gus", "2026-01-04", "2026-01-04 08:00:00"),
)
COLUMNS = Row._fields

Rows: TypeAlias = list[tuple[Any, ...]]


def _all_of(rows: Sequence[Row]) -> Rows:
    return [tuple(row) for row in rows]


def _appended() -> Rows:
    return _all_of([*FIRST, *SECOND])


def _merged() -> Rows:
    return _all_of([*{row.id: row for row in (*FIRST, *SECOND)}.values()])


def _days_replaced() -> Rows:
    """The days that came a second time have nothing of the first: not the row 5, which no key of the second has."""
    came = {row.day for row in SECOND}
    return _all_of([*(row for row in FIRST if row.day not in came), *SECOND])


def _with_a_column() -> Rows:
    """What was there has no value in the new column."""
    second = {row.id for row in SECOND}
    old = [(*row, None) for row in FIRST if row.id not in second]
    return [*old, *((*row, "new") for row in SECOND)]


def _name_for_a_column() -> Rows:
    return [(row[0], *row[2:]) for row in _with_a_column()]


def _history(*, open_rows: Callable[[int], bool], deleted: bool = False) -> Rows:
    """Versions as (id, name, whether it is the current one)."""
    rows: Rows = [(row.id, row.name, open_rows(row.id)) for row in FIRST]
    rows += [(row.id, row.name, True) for row in SECOND]
    if not deleted:
        return rows
    gone = {row.id for row in FIRST} - {row.id for row in SECOND}
    rows = [(*row, "False") for row in rows]
    return rows + [(row.id, row.name, True, "True") for row in FIRST if row.id in gone]


def _deletes_ignored() -> Rows:
    return _history(open_rows=lambda key: key != 4)


def _deletes_invalidated() -> Rows:
    return _history(open_rows=lambda key: False)


def _deletes_recorded() -> Rows:
    return _history(open_rows=lambda key: False, deleted=True)


@dataclass(frozen=True)
class Cell:
    """A node by what makes it; `detail` is its strategy, or what it does about changes of columns or deleted rows."""

    materialization: str
    detail: str
    language: str
    configs: tuple[tuple[str, Any], ...]
    expected: Callable[[], Rows]
    columns: tuple[str, ...] = COLUMNS
    sql: str = "select * from {{ ref('input') }}"
    python: str = "rows = dbt.ref('input')"

    @property
    def name(self) -> str:
        """A name for its node and its test."""
        words = (self.materialization, self.detail, self.language)
        return "_".join(word for word in words if word).replace("+", "_").replace(" ", "_").lower()

    @property
    def path(self) -> str:
        """Its file in the project."""
        if self.materialization == "seed":
            return f"seeds/{self.name}.csv"
        folder = "snapshots" if self.materialization == "snapshot" else "models"
        return f"{folder}/{self.name}.{'py' if self.language == 'Python' else 'sql'}"

    def text(self, rows: Sequence[Row]) -> str:
        """What is in the file while the input has these rows."""
        if self.materialization == "seed":
            return as_csv(rows)
        configs = dict(self.configs)
        if self.language == "Python":
            given = ", ".join(f"{key}={value!r}" for key, value in configs.items())
            body = indent(dedent(self.python).strip(), "    ")
            return f"def model(dbt, session):\n    dbt.config({given})\n{body}\n    return rows\n"
        given = ", ".join(f"{key}={value!r}" for key, value in configs.items())
        text = f"{{{{ config({given}) }}}}\n{self.sql}\n"
        if self.materialization == "snapshot":
            return f"{{% snapshot {self.name} %}}\n{text}{{% endsnapshot %}}\n"
        return text


def as_csv(rows: Sequence[Row]) -> str:
    return "\n".join([",".join(COLUMNS), *(",".join(map(str, row)) for row in rows), ""])


WIDER_SQL = "select * {% if is_incremental() %}, 'new' as extra {% endif %} from {{ ref('input') }}"
OTHER_SQL = (
    "select id, {% if not is_incremental() %} name, {% endif %} day, changed "
    "{% if is_incremental() %}, 'new' as extra {% endif %} from {{ ref('input') }}"
)
WIDER_PYTHON = """
    from pyspark.sql import functions as F
    rows = dbt.ref("input")
    if dbt.is_incremental:
        rows = rows.withColumn("extra", F.lit("new"))
"""
OTHER_PYTHON = """
    from pyspark.sql import functions as F
    rows = dbt.ref("input")
    if dbt.is_incremental:
        rows = rows.drop("name").withColumn("extra", F.lit("new"))
"""
PANDAS = """
    rows = dbt.ref("input").toPandas()
"""
_KEYED = (("unique_key", "id"),)
_BY_DAY = (("partition_by", ["day"]),)
_STAMPS = (("unique_key", "id"), ("strategy", "timestamp"), ("updated_at", "changed"))
_VERSION = ("id", "name", "dbt_valid_to is null")


def _incremental(
    strategy: str,
    configs: tuple[tuple[str, Any], ...],
    expected: Callable[[], Rows],
    detail: str | None = None,
) -> list[Cell]:
    given = (("materialized", "incremental"), ("incremental_strategy", strategy), *configs)
    return [
        Cell("incremental", detail or strategy, language, given, expected)
        for language in ("SQL", "Python")
    ]


def _changing(
    change: str, columns: tuple[str, ...], expected: Callable[[], Rows], sql: str, python: str
) -> list[Cell]:
    given = (
        ("materialized", "incremental"),
        ("incremental_strategy", "merge"),
        *_KEYED,
        ("on_schema_change", change),
    )
    return [
        Cell("incremental", change, language, given, expected, columns, sql, python)
        for language in ("SQL", "Python")
    ]


def _snapshot(
    detail: str,
    configs: tuple[tuple[str, Any], ...],
    expected: Callable[[], Rows],
    columns: tuple[str, ...] = _VERSION,
) -> Cell:
    return Cell("snapshot", detail, "SQL", configs, expected, columns)


def _second() -> Rows:
    return _all_of(SECOND)


_MICROBATCH = (
    ("event_time", "day"),
    ("begin", "2026-01-01"),
    ("batch_size", "day"),
    *_BY_DAY,
)

CELLS: tuple[Cell, ...] = (
    Cell("seed", "", "SQL", (), _second),
    Cell("view", "", "SQL", (("materialized", "view"),), _second),
    Cell("table", "", "SQL", (("materialized", "table"),), _second),
    Cell("table", "partitioned", "SQL", (("materialized", "table"), *_BY_DAY), _second),
    Cell("table", "", "Python", (("materialized", "table"),), _second),
    Cell("table", "pandas", "Python", (("materialized", "table"),), _second, python=PANDAS),
    *_incremental("append", (), _appended),
    *_incremental("merge", _KEYED, _merged),
    *_incremental("delete+insert", _KEYED, _merged),
    *_incremental(
        "delete+insert", (("unique_key", "day"),), _days_replaced, "delete+insert of groups"
    ),
    *_incremental("insert_overwrite", _BY_DAY, _days_replaced),
    *_incremental("microbatch", _MICROBATCH, _days_replaced),
    *_changing("append_new_columns", (*COLUMNS, "extra"), _with_a_column, WIDER_SQL, WIDER_PYTHON),
    *_changing(
        "sync_all_columns",
        ("id", "day", "changed", "extra"),
        _name_for_a_column,
        OTHER_SQL,
        OTHER_PYTHON,
    ),
    _snapshot("timestamp", _STAMPS, _deletes_ignored),
    _snapshot(
        "check",
        (("unique_key", "id"), ("strategy", "check"), ("check_cols", ["name"])),
        _deletes_ignored,
    ),
    _snapshot(
        "deletes invalidate", (*_STAMPS, ("hard_deletes", "invalidate")), _deletes_invalidated
    ),
    _snapshot(
        "deletes new_record",
        (*_STAMPS, ("hard_deletes", "new_record")),
        _deletes_recorded,
        (*_VERSION, "dbt_is_deleted"),
    ),
)

TITLES = {
    "parquet": "Parquet",
    "iceberg": "Iceberg",
    "s3tables": "S3 Tables",
    "delta": "Delta",
    "hudi": "Hudi",
}
"""The formats of the documentation's table, as people write them."""

FORMATS = tuple(TITLES)

PROPERTIES = {"delta": {"delta.columnMapping.mode": "name"}}
"""The `table_properties` of a format's models: without these Delta drops no columns."""

UNAVAILABLE: dict[tuple[str, str], str] = {("hudi", "6.0"): "no jar of Hudi for Spark 4.1"}
"""Formats that a Glue version does not have here, and why."""

REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    **dict.fromkeys(
        ("incremental_delete_insert_of_groups_sql", "incremental_delete_insert_of_groups_python"),
        (("hudi",), "has the same record key (day), of which a Hudi table has one"),
    ),
    **dict.fromkeys(
        ("incremental_sync_all_columns_sql", "incremental_sync_all_columns_python"),
        (
            ("hudi",),
            "cannot be dropped: a hudi table gets columns (on_schema_change: append_new_columns) and changes no other way",
        ),
    ),
}
"""Cells that formats do not have, by name: the formats, and the words of the error that says so."""


SUITE_REFUSALS = {
    ("hudi", "test_incremental.TestOnSchemaChange"): "Hudi drops no columns.",
    **dict.fromkeys(
        (
            ("hudi", "test_incremental.TestPredicates"),
            ("hudi", "test_incremental.TestPredicatesOfMerge"),
        ),
        "Hudi finds the rows of a key by its index, and has no `incremental_predicates`.",
    ),
    (
        "hudi",
        "test_incremental.TestUniqueKey",
    ): "A Hudi table has one row of a key, from its first run on.",
    ("hudi", "test_tables.TestPersistDocsOnQuotedColumn"): "Hudi's names of columns are Avro's.",
}
"""What of dbt's suites a format has not, by format and class: there the test is of the error that says so."""


def refusal(table_format: str, name: str) -> str | None:
    """Words of the error by which a format refuses a cell; None where it has it."""
    formats, words = REFUSED.get(name, ((), ""))
    return words if table_format in formats else None
