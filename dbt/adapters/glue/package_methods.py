"""What macros of dbt packages ask of a database, where Spark cannot be asked: the Data Catalog answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dbt.adapters.base.meta import available

from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.literals import string_literal

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PackageMethods", "like", "listed"]

_COLUMNS = ("table_schema", "table_name", "table_type")


class PackageMethods(AdapterParts):
    """Methods of `dbt/include/glue/macros/packages.sql`."""

    @available.parse(lambda *_args, **_kwargs: "")
    def tables_by_pattern(self, schemas: str, names: str, exclude: str = "") -> str:
        """A query of the tables and views whose schema and name are `ilike` the patterns, and the name not `exclude`.

        It has the columns that such a query of `information_schema.tables` has.
        """
        in_schema, named, excluded = like(schemas), like(names), like(exclude)
        found = []
        for schema in self.list_schemas(""):
            if in_schema.fullmatch(schema):
                place = self.Relation.create(schema=schema).without_identifier()
                found += [
                    (schema, str(each.identifier), str(each.type))
                    for each in self.list_relations_without_caching(place)
                    if named.fullmatch(str(each.identifier))
                    and not excluded.fullmatch(str(each.identifier))
                ]
        return listed(found)


def like(pattern: str) -> re.Pattern[str]:
    """SQL's `ilike` of a pattern: `%` is any text, `_` one character, a backslash takes the meaning from what follows."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    meanings = {"%": ".*", "_": "."}
    text = "".join(meanings.get(part) or re.escape(part[-1]) for part in parts)
    return re.compile(text, re.IGNORECASE | re.DOTALL)


def listed(rows: Iterable[tuple[str, str, str]]) -> str:
    """A query of these rows: schema, name and type."""
    values = ", ".join(f"({', '.join(map(string_literal, row))})" for row in rows)
    if not values:
        return f"select {', '.join(f'cast(null as string) as {each}' for each in _COLUMNS)} where false"
    return f"select * from values {values} as listed({', '.join(_COLUMNS)})"  # noqa: S608 - literals
