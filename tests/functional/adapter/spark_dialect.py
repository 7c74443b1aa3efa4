"""The SQL of dbt's suites in Spark's words: types, casts, and UPDATE and DELETE of tables that have neither."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UPDATE = re.compile(r"update\s+(\S+)\s+set\s+(.*?)(?:\s+where\s+(.*))?$", re.IGNORECASE | re.DOTALL)
DELETE = re.compile(r"delete\s+from\s+(\S+)(?:\s+where\s+(.*))?$", re.IGNORECASE | re.DOTALL)
COPY = re.compile(
    r"((?:create table|insert into)\s.*\bselect\s+)\*(\s+from\s+(\S+).*)", re.IGNORECASE | re.DOTALL
)
ASSIGNMENT = re.compile(r"(\w+)\s*=\s*(.*?)(?=,\s*\w+\s*=|$)", re.DOTALL)
WORDS = (
    (r"--[^\n]*", ""),
    (r"`?None`?\.", ""),
    (r'"(\w+)"', r"`\1`"),
    (r"(?i)\bvarchar\s*\(\d+\)|\btext\b", "string"),
    (r"(?i)\btimestamp\s+without\s+time\s+zone", "timestamp"),
    (r"(?<!date)(?<!timestamp)(?<!timestamp )'(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)'", r"timestamp'\1'"),
    (r"(?<!date)'(\d{4}-\d\d-\d\d)'", r"date'\1'"),
    (r"(\w+)::(\w+)", r"cast(\1 as \2)"),
    (r"(?i)^(create table [^\s(]+)\s*(\(.*\))$", r"\1 \2 using parquet"),
    (r"(?i)^(create table \S+) as\b", r"\1 using parquet as"),
    (r"(?i)\badd column (\w+ \w+)( default .*)?$", r"add columns (\1)"),
)


def statements(sql: str, columns_of: Callable[[str], list[str]]) -> Iterator[str]:
    """The statements of `sql` as Spark takes them; `columns_of` gives the columns of a table."""
    for part in re.sub(r"--[^\n]*", "", sql).split(";"):
        text = part.strip()
        for pattern, replacement in WORDS:
            text = re.sub(pattern, replacement, text.strip(), flags=re.DOTALL)
        update, delete, copy = UPDATE.match(text), DELETE.match(text), COPY.fullmatch(text)
        if copy:
            # All that the suite has put there: into a table of another format, Hudi's own columns would come too.
            yield f"{copy[1]}{_listed(columns_of(copy[3]))}{copy[2]}"
        elif update:
            yield from _updated(*update.groups(), columns_of)
        elif delete:
            kept = _listed(columns_of(delete[1]))
            yield from _rewritten(delete[1], kept, f"not coalesce({delete[2] or 'true'}, false)")
        elif text:
            yield text


def _listed(columns: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _updated(
    table: str, assignments: str, where: str | None, columns_of: Callable[[str], list[str]]
) -> Iterator[str]:
    changed = {
        name.lower(): value.strip().rstrip(",") for name, value in ASSIGNMENT.findall(assignments)
    }
    values = [
        f"case when {where or 'true'} then {changed[name.lower()]} else `{name}` end as `{name}`"
        if name.lower() in changed
        else f"`{name}`"
        for name in columns_of(table)
    ]
    yield from _rewritten(table, ", ".join(values), "true")


def _rewritten(table: str, values: str, where: str) -> Iterator[str]:
    """A table's rows through a copy of it: Spark does not overwrite what it reads."""
    copy = f"{table.rstrip('`')}_copy{'`' if table.endswith('`') else ''}"
    yield f"create table {copy} using parquet as select * from {table}"
    yield f"insert overwrite table {table} select {values} from {copy} where {where}"
    yield f"drop table {copy}"


def in_their_catalogs(adapter: Any, text: str) -> str:
    """The statement with a catalog before `schema.table` where a table of its format is in one."""

    def named(match: re.Match[str]) -> str:
        table_format = adapter.table_formats.of_name(match["schema"], match["name"])
        catalog = adapter.table_formats.catalog_of(table_format)
        return match[0] if catalog is None else f"{catalog}.{match[0]}"

    schema = re.escape(adapter.config.credentials.schema)
    return re.sub(rf"(?<![.\w`])`?(?P<schema>{schema})`?\.`?(?P<name>\w+)`?", named, text)


def run(adapter: Any, sql: str, fetch: str | None, connection: Any) -> Any:
    """Runs what `sql` says, and gives the rows of its last statement, all or one."""

    def execute(text: str, *, rows: bool) -> Any:
        cursor = connection.handle.cursor()
        cursor.execute(in_their_catalogs(adapter, text), fetch=rows)
        return cursor

    def columns_of(table: str) -> list[str]:
        """Without those that Hudi adds by itself."""
        found = execute(f"select * from {table} limit 0", rows=True).description
        return [row[0] for row in found if not row[0].startswith("_hoodie_")]

    if "information_schema.tables" in sql:
        schema = adapter.quote(adapter.config.credentials.schema)
        found = execute(f"show tables in {schema}", rows=True).fetchall()
        return [(name, "table") for _, name, _ in found]
    cursor = None
    for text in statements(sql, columns_of):
        cursor = execute(text, rows=fetch in ("one", "all"))
    if cursor is None or fetch not in ("one", "all"):
        return None
    return cursor.fetchone() if fetch == "one" else cursor.fetchall()
