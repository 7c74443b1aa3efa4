"""Where the Data Catalog is as unpleasant as AWS's, or as it may be where AWS does not say: if it is asked to (fidelity.py).

Handlers of operations are wrapped; without a word of `--as-aws` none is.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from glue_endpoint.api.wire import find_operation, parse_request
from glue_endpoint.catalog.databases import find_database
from glue_endpoint.catalog.names import fold
from glue_endpoint.catalog.tables import find_table
from glue_endpoint.errors import GlueError, InvalidInputException
from glue_endpoint.store.store import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from botocore.model import OperationModel

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.fidelity import Fidelity
    from glue_endpoint.store.store import Row, Store, Transaction

    Handler = Callable[[Transaction, Request], Answer]

_TWICE = "+"
"""How the token of a page begins that comes after an empty one; the others are base64."""
_DEFAULT_SIZE = 100


class _Left(NamedTuple):
    """What a table has left that was deleted: until when it may come back, and its rows of partitions."""

    until: float
    partitions: list[Row]


class Unpleasant:
    """Wraps handlers as `fidelity` asks for."""

    def __init__(self, store: Store, fidelity: Fidelity) -> None:
        self._store = store
        self._fidelity = fidelity
        self._left: dict[tuple[str, str, str], _Left] = {}
        self._lock = threading.Lock()

    def read(self, name: str, handler: Handler) -> Handler:
        """A handler that reads."""
        model = _model(name)
        members = model.input_shape.members if model.input_shape else {}
        if self._fidelity.pages and {"MaxResults", "NextToken"} <= members.keys():
            return _in_pages(handler, _list_member(model))
        return handler

    def write(self, name: str, handler: Handler) -> Handler:
        """A handler that writes."""
        if self._fidelity.strict:
            handler = _counting_bytes(name, handler)
            if name == "UpdateTable":
                handler = _keeping_kind(handler)
        if self._fidelity.orphans is not None:
            names = _DELETING.get(name)
            if names is not None:
                handler = self._leaving(handler, names)
            if name == "CreateTable":
                handler = self._coming_back(handler)
        return handler

    def _leaving(
        self, handler: Handler, names: Callable[[Transaction, Request], Iterable[str]]
    ) -> Handler:
        def delete(transaction: Transaction, request: Request) -> Answer:
            until = time.monotonic() + (self._fidelity.orphans or 0)
            left = {}
            for name in list(names(transaction, request)):
                with contextlib.suppress(GlueError):
                    given = {"DatabaseName": request.get("Name"), **request, "TableName": name}
                    table = find_table(transaction, given)
                    rows = transaction.all(_PARTITIONS, table.row)
                    place = (table.database.catalog, table.database.name, table.name)
                    left[place] = _Left(until, rows)
            answer = handler(transaction, request)
            transaction.when_kept(lambda: self._leave(left))
            return answer

        return delete

    def _leave(self, left: dict[tuple[str, str, str], _Left]) -> None:
        now = time.monotonic()
        with self._lock:
            self._left = {place: each for place, each in self._left.items() if each.until > now}
            self._left.update(left)

    def _forget(self, place: tuple[str, str, str]) -> None:
        with self._lock:
            self._left.pop(place, None)

    @property
    def kept(self) -> int:
        """Deleted tables whose partitions are kept."""
        return len(self._left)

    def _coming_back(self, handler: Handler) -> Handler:
        def create(transaction: Transaction, request: Request) -> Answer:
            answer = handler(transaction, request)
            table = find_table(transaction, {**request, "TableName": request["TableInput"]["Name"]})
            place = (table.database.catalog, table.database.name, table.name)
            left = self._left.get(place)
            transaction.when_kept(lambda: self._forget(place))
            still = left.until - time.monotonic() if left else 0
            if left and still > 0:
                rows = [
                    (table.row, *row)
                    for row in left.partitions
                    if len(decode(row[0])) == len(table.partition_keys)
                ]
                transaction.run_each(_RETURN, rows)
                timer = threading.Timer(still, self._gone, (rows,))
                timer.daemon = True
                transaction.when_kept(timer.start)
            return answer

        return create

    def _gone(self, rows: list[Row]) -> None:
        """Takes away what has come back, unless somebody has written it anew."""
        with contextlib.suppress(GlueError):
            self._store.write(lambda transaction: transaction.run_each(_REMOVE, rows))


_PARTITIONS = "SELECT key, created, given FROM partitions WHERE table_id = ?"
_RETURN = "INSERT INTO partitions (table_id, key, created, given) VALUES (?, ?, ?, ?)"
_REMOVE = "DELETE FROM partitions WHERE table_id = ? AND key = ? AND created = ? AND given = ?"


def _all_tables(transaction: Transaction, request: Request) -> Iterable[str]:
    database = find_database(transaction, request, "Name")
    rows = transaction.all("SELECT name FROM tables WHERE database = ?", database.row)
    return (name for (name,) in rows)


_DELETING: dict[str, Callable[[Transaction, Request], Iterable[str]]] = {
    "DeleteTable": lambda _, request: [request["Name"]],
    "BatchDeleteTable": lambda _, request: request["TablesToDelete"],
    "DeleteDatabase": _all_tables,
}
"""The tables that an operation deletes."""


def _in_pages(handler: Handler, member: str) -> Handler:
    """Every page comes after an empty one, has half of what was asked for, and the last first."""

    def read(transaction: Transaction, request: Request) -> Answer:
        token = request.get("NextToken") or ""
        if not token.startswith(_TWICE):
            answer = handler(transaction, {**request, "MaxResults": 1})
            if not answer.get(member) and not answer.get("NextToken"):
                return answer
            return {**answer, member: [], "NextToken": _TWICE + token}
        size = max(1, (request.get("MaxResults") or _DEFAULT_SIZE) // 2)
        asked = {**request, "MaxResults": size, "NextToken": token[len(_TWICE) :]}
        answer = handler(transaction, asked)
        return {**answer, member: [*reversed(answer.get(member, []))]}

    return read


def _counting_bytes(name: str, handler: Handler) -> Handler:
    """The lengths of texts are those of their bytes in UTF-8, as AWS's guide has them, and not of their characters."""
    shape = _model(name).input_shape

    def write(transaction: Transaction, request: Request) -> Answer:
        parse_request(shape, request, lambda text: len(text.encode("utf-8", "surrogatepass")))
        return handler(transaction, request)

    return write


def _keeping_kind(handler: Handler) -> Handler:
    """A view stays a view, and a table that has partitions keeps the keys of its partitions."""

    def update(transaction: Transaction, request: Request) -> Answer:
        given = request.get("TableInput") or {}
        name = given.get("Name") or request.get("Name")
        if name is None:
            return handler(transaction, request)
        table = find_table(transaction, {**request, "TableName": name})
        if _is_view(table.given) != _is_view(given):
            raise InvalidInputException(
                f"The TableType of {table.name} cannot be changed from {table.given.get('TableType')} "
                f"to {given.get('TableType')}."
            )
        if _keys(table.given) != _keys(given) and transaction.one(
            "SELECT 1 FROM partitions WHERE table_id = ?", table.row
        ):
            raise InvalidInputException(
                f"The partition keys of {table.name} cannot be changed while it has partitions."
            )
        return handler(transaction, request)

    return update


def _is_view(table: Answer) -> bool:
    return table.get("TableType") == "VIRTUAL_VIEW"


def _keys(table: Answer) -> list[tuple[str, str]]:
    return [
        (fold(key["Name"]), fold(key.get("Type") or "")) for key in table.get("PartitionKeys") or ()
    ]


def _model(name: str) -> OperationModel:
    model = find_operation("glue", name)
    assert model is not None, name  # noqa: S101 - the names are the catalog's own
    return model


def _list_member(model: OperationModel) -> str:
    """The member of an answer that is its list."""
    (member,) = (
        name for name, shape in model.output_shape.members.items() if shape.type_name == "list"
    )
    return str(member)
