"""The models whose histories are checked: each run writes rows that tell who wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.reliability.checker import GROWS, REPLACED, ROWS
from tests.reliability.shop import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reliability.shop import Rows

__all__ = ["WRITERS", "Writer"]

RUN = "{{ var('number', 0) }}"
SELECT = f"select {RUN} as run, cast(id as int) as seq, '' as part from range({ROWS})"
PARTS = (
    f"select {RUN} as run, cast(id as int) as seq, part from range({ROWS}) "
    f"cross join (select explode(array('all', 'p{{{{ var('number', 0) | int % 3 }}}}')) as part)"
)
PYTHON = f"""from pathlib import Path


def model(dbt, session):
    dbt.config(CONFIG)
    run = int(Path({{path!r}}).read_text())
    return session.createDataFrame([(run, n, "") for n in range({ROWS})], "run int, seq int, part string")
"""


@dataclass(frozen=True)
class Writer(Kind):
    """`shape`: what a run does to the rows that are there."""

    shape: str = REPLACED

    def parts(self, number: int) -> tuple[str, ...]:
        return parts_of(self.name, number)


def parts_of(name: str, number: int) -> tuple[str, ...]:
    return ("all", f"p{number % 3}") if name == "by_part" else ("",)


def after(name: str, shape: str) -> Callable[[Rows | None, int], Rows]:
    def rows(old: Rows | None, number: int) -> Rows:
        parts = parts_of(name, number)
        new = {(number, sequence, part) for part in parts for sequence in range(ROWS)}
        kept = {row for row in old or [] if shape == GROWS or row[2] not in parts}
        return sorted(new | kept, key=repr)

    return rows


def sql(name: str, config: str, select: str, shape: str) -> Writer:
    text = f"{{{{ config({config}) }}}} {select}"
    part = COLUMNS.index("part") if "partition_by" in config else None
    return Writer(name, "run", f"models/{name}.sql", text, after(name, shape), COLUMNS, part, shape)


def python(name: str, config: str, shape: str) -> Writer:
    text = PYTHON.replace("CONFIG", config)
    return Writer(name, "run", f"models/{name}.py", text, after(name, shape), COLUMNS, None, shape)


COLUMNS = ("run", "seq", "part")
INCREMENTAL = "materialized='incremental', incremental_strategy="
KEYED = f"{INCREMENTAL}'merge', unique_key=['run', 'seq']"
WRITERS = {
    writer.name: writer
    for writer in (
        sql("whole", "materialized='table'", SELECT, REPLACED),
        sql("merged", KEYED, SELECT, GROWS),
        sql("by_part", f"{INCREMENTAL}'insert_overwrite', partition_by=['part']", PARTS, REPLACED),
        sql("appended", f"{INCREMENTAL}'append'", SELECT, GROWS),
        python("py_whole", "materialized='table'", REPLACED),
        python("py_merged", KEYED, GROWS),
    )
}
