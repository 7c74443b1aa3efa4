"""SearchTables: tables of a whole catalog by a text, by properties, and in an order.

Glue's index is eventually consistent and ranks by relevance; here an answer is as of now, and without
a SortCriteria it is in the order of the names. Source: AWS Glue's API reference, "SearchTables".
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from glue_endpoint.api.pages import paginate
from glue_endpoint.catalog.databases import Database
from glue_endpoint.catalog.names import catalog_of
from glue_endpoint.catalog.table_buckets import require_catalog
from glue_endpoint.catalog.tables import table_shape
from glue_endpoint.errors import InvalidInputException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction

_TOKEN = re.compile(r"[^\W_]+")
_TIMES = ("CreateTime", "UpdateTime", "LastAccessTime", "LastAnalyzedTime")
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "EQUALS": lambda a, b: a == b,
    "GREATER_THAN": lambda a, b: a > b,
    "GREATER_THAN_EQUALS": lambda a, b: a >= b,
    "LESS_THAN": lambda a, b: a < b,
    "LESS_THAN_EQUALS": lambda a, b: a <= b,
}


def search_tables(transaction: Transaction, request: Request) -> Answer:
    """SearchTables."""
    catalog = catalog_of(request)
    require_catalog(transaction, catalog)
    rows = transaction.all(
        "SELECT d.id, d.name, t.name, t.version, t.created, t.updated, t.given FROM tables t "
        "JOIN databases d ON d.id = t.database WHERE d.catalog = ? ORDER BY d.name, t.name",
        catalog,
    )
    found = [table_shape(Database(number, catalog, name), *rest) for number, name, *rest in rows]
    conditions = [
        *_of_text(request.get("SearchText")),
        *map(_of_filter, request.get("Filters", [])),
    ]
    found = [table for table in found if all(condition(table) for condition in conditions)]
    for criterion in request.get("SortCriteria", []):
        field, backwards = criterion.get("FieldName", "Name"), criterion.get("Sort") == "DESC"
        found.sort(key=lambda table: _sortable(table.get(field)), reverse=backwards)
    page, token = paginate(found, request)
    return {"TableList": page, "NextToken": token}


def _of_text(text: str | None) -> list[Callable[[Answer], bool]]:
    """Conditions on all that a table says: in quotes the very value, else each word in some value."""
    if not text:
        return []
    if len(text) > 1 and text[0] == text[-1] == '"':
        exact = text[1:-1].lower()
        return [lambda table: any(value.lower() == exact for value in _texts(table))]
    words = text.lower().split()
    return [
        lambda table: all(any(word in value.lower() for value in _texts(table)) for word in words)
    ]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _of_filter(wanted: Answer) -> Callable[[Answer], bool]:
    """A PropertyPredicate: times are compared; of texts one token must be the value, or all of it."""
    key, value = wanted.get("Key", ""), wanted.get("Value", "")
    if key in _TIMES:
        compare, limit = _COMPARISONS[wanted.get("Comparator", "EQUALS")], _seconds(value)
        return lambda table: key in table and compare(table[key], limit)

    def holds(table: Answer) -> bool:
        text = str(table.get(key, table.get("Parameters", {}).get(key, "")))
        tokens = {token.lower() for token in _TOKEN.findall(text)}
        return value.lower() in tokens or value.lower() == text.lower()

    return holds


def _seconds(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise InvalidInputException(f"{value!r} is no time: give seconds or ISO 8601.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _sortable(value: object) -> tuple[bool, float, str]:
    if isinstance(value, int | float):
        return (False, float(value), "")
    return (value is None, 0.0, str(value))
