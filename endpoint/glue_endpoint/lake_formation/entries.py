"""What Lake Formation keeps, by kind and key, in the endpoint's store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from glue_endpoint.store.store import Transaction

TAG, TAGGED, GRANT, FILTER = "tag", "tagged", "grant", "filter"
SETTINGS, LOCATION, GOVERNED = "settings", "location", "governed"
"""The kinds: tags, tags of a resource, permissions, data cells filters, settings, registered locations, and databases and tables
whose first permissions were given under enforcement."""


def entry(transaction: Transaction, kind: str, key: str) -> Any:
    """What is kept of this kind under this key; None if nothing is."""
    row = transaction.one("SELECT given FROM lake_formation WHERE kind = ? AND key = ?", kind, key)
    return None if row is None else decode(row[0])


def entries(transaction: Transaction, kind: str, after: str = "") -> list[tuple[str, Any]]:
    """All of a kind with their keys, in the order of the keys, from after one of them."""
    rows = transaction.all(
        "SELECT key, given FROM lake_formation WHERE kind = ? AND key > ? ORDER BY key", kind, after
    )
    return [(key, decode(given)) for key, given in rows]


def keep(
    transaction: Transaction,
    kind: str,
    key: str,
    given: Any,
    *,
    database: int | None = None,
    table: int | None = None,
) -> None:
    """Keeps it, in place of what was kept; it goes with the row of `database` or `table`."""
    transaction.run(
        "INSERT OR REPLACE INTO lake_formation (kind, key, database, table_id, given) "
        "VALUES (?, ?, ?, ?, ?)",
        *(kind, key, database, table, encode(given)),
    )


def drop(transaction: Transaction, kind: str, key: str) -> bool:
    """Forgets it; whether it was there."""
    return transaction.run("DELETE FROM lake_formation WHERE kind = ? AND key = ?", kind, key) > 0
