"""Calls of Lake Formation's API: paged, in batches, and what failed of a batch as an error."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.sessions.client import error_code

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    Struct = dict[str, Any]

__all__ = ["Entry", "LakeFormation", "LakeTable"]

# BatchGrantPermissions and BatchRevokePermissions take up to 20 entries (Lake Formation's API reference).
BATCH = 20
MISSING = "EntityNotFoundException"
BUSY = "ConcurrentModificationException"
WAITS = (0.1, 0.3, 1.0, 3.0)
"""Seconds, more or less, before a call is made again."""
Item = TypeVar("Item", int, str)
_ALLOWED = (
    "Next: allow lakeformation:{} to the role or user that runs dbt, and let it be a data lake administrator, or have "
    "{}"
)


class LakeTable(NamedTuple):
    """A table or view as Lake Formation names it."""

    catalog: str
    database: str
    name: str

    @property
    def resource(self) -> Struct:
        return {"Table": self._where}

    @property
    def database_resource(self) -> Struct:
        return {"Database": {"CatalogId": self.catalog, "Name": self.database}}

    def columns(self, names: Collection[str]) -> Struct:
        return {"TableWithColumns": {**self._where, "ColumnNames": sorted(names)}}

    def cells(self, name: str) -> Struct:
        """A data cells filter of the table, as its own members name it."""
        return {
            "TableCatalogId": self.catalog,
            "DatabaseName": self.database,
            "TableName": self.name,
            "Name": name,
        }

    @property
    def _where(self) -> Struct:
        return {"CatalogId": self.catalog, "DatabaseName": self.database, "Name": self.name}

    def __str__(self) -> str:
        return f"{self.database}.{self.name}"


class Entry(NamedTuple):
    """Permissions, in Lake Formation's upper case, of one principal on one resource."""

    principal: str
    resource: Struct
    permissions: tuple[str, ...]

    def request(self, number: int) -> Struct:
        return {
            "Id": str(number),
            "Principal": {"DataLakePrincipalIdentifier": self.principal},
            "Resource": self.resource,
            "Permissions": list(self.permissions),
        }


class LakeFormation:
    """The calls that configs come to. Raises GlueApiError that says what was asked for, and what to do next."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def assigned_tags(self, resource: Struct) -> Struct:
        """The tags that a database, or a table and its columns, were given themselves: those inherited are left out."""
        answer: Struct = self._call(
            "get_resource_lf_tags", "the tags", Resource=resource, ShowAssignedLFTags=True
        )
        return answer

    def add_tags(self, resource: Struct, tags: Mapping[str, str], what: str) -> None:
        self._change_tags("add_lf_tags_to_resource", resource, tags, what)

    def remove_tags(self, resource: Struct, tags: Mapping[str, str], what: str) -> None:
        self._change_tags("remove_lf_tags_from_resource", resource, tags, what)

    def filters(self, table: LakeTable) -> list[Struct]:
        where = table.resource["Table"]
        return list(
            self._pages("list_data_cells_filter", "DataCellsFilters", str(table), Table=where)
        )

    def create_filter(self, data: Struct) -> None:
        self._call("create_data_cells_filter", f"the filter {data['Name']}", TableData=data)

    def update_filter(self, data: Struct) -> None:
        self._call("update_data_cells_filter", f"the filter {data['Name']}", TableData=data)

    def delete_filter(self, where: Struct) -> None:
        self._call("delete_data_cells_filter", f"the filter {where['Name']}", **where)

    def permissions(self, resource: Struct) -> Iterator[Struct]:
        """The entries of ListPermissions on a resource, of all principals."""
        key = "PrincipalResourcePermissions"
        return self._pages("list_permissions", key, "the permissions", Resource=resource)

    def grant(self, entries: Sequence[Entry]) -> None:
        self._change_permissions("batch_grant_permissions", entries)

    def revoke(self, entries: Sequence[Entry]) -> None:
        self._change_permissions("batch_revoke_permissions", entries)

    def _change_tags(
        self, operation: str, resource: Struct, tags: Mapping[str, str], what: str
    ) -> None:
        named = ", ".join(f"{key}={value}" for key, value in tags.items())
        failures = self._insist(
            operation,
            f"{named} on {what}",
            list(tags),
            lambda keys: {
                "Resource": resource,
                "LFTags": [{"TagKey": key, "TagValues": [tags[key]]} for key in keys],
            },
            lambda failure: str(failure["LFTag"]["TagKey"]),
        )
        if failures:
            raise GlueApiError(
                "\n".join(_tag_failure(operation, each, what) for each in failures),
                _code(failures[0]),
                refused=True,
            )

    def _change_permissions(self, operation: str, entries: Sequence[Entry]) -> None:
        for start in range(0, len(entries), BATCH):
            self._change_batch(operation, entries[start : start + BATCH])

    def _change_batch(self, operation: str, batch: Sequence[Entry]) -> None:
        failures = self._insist(
            operation,
            "permissions",
            list(range(len(batch))),
            lambda numbers: {"Entries": [batch[number].request(number) for number in numbers]},
            lambda failure: int(failure["RequestEntry"]["Id"]),
        )
        if failures:
            told = (_permission_failure(operation, each, batch) for each in failures)
            raise GlueApiError("\n".join(told), _code(failures[0]), refused=True)

    def _insist(
        self,
        operation: str,
        what: str,
        items: list[Item],
        request: Callable[[list[Item]], Struct],
        item_of: Callable[[Struct], Item],
    ) -> list[Struct]:
        """The failures of a call about items, which is made again for those of a resource that others change just now.

        So do a run's other threads. `request` has the call's parameters for some of the items, `item_of` the item of a
        failure.
        """
        left = items
        for wait in WAITS:
            failures = self._failures(operation, what, request(left))
            if not failures or any(_code(each) != BUSY for each in failures):
                return failures
            left = [item_of(each) for each in failures]
            time.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
        return self._failures(operation, what, request(left))

    def _failures(self, operation: str, what: str, parameters: Struct) -> list[Struct]:
        return list(self._call(operation, what, **parameters).get("Failures") or ())

    def _pages(self, operation: str, key: str, what: str, **parameters: Any) -> Iterator[Struct]:
        token: str | None = None
        while True:
            page = {"NextToken": token} if token else {}
            answer = self._call(operation, what, **parameters, **page)
            yield from answer.get(key) or ()
            token = answer.get("NextToken")
            if not token:
                return

    def _call(self, operation: str, what: str, **parameters: Any) -> Struct:
        try:
            answer: Struct = getattr(self._client(), operation)(**parameters)
        except (ClientError, BotoCoreError) as error:
            code = error_code(error)
            said = str(error)
            if isinstance(error, ClientError):
                said = f"{code}: {error.response.get('Error', {}).get('Message', error)}"
            next_step = f". {_next_step(operation, code)}" if _next_step(operation, code) else ""
            raise GlueApiError(
                f"Lake Formation {_api_name(operation)} of {what} failed: {said.rstrip('.')}{next_step}",
                code,
                refused=isinstance(error, ClientError),
            ) from error
        return answer


def _tag_failure(operation: str, failure: Struct, what: str) -> str:
    tag = failure.get("LFTag") or {}
    key, values = tag.get("TagKey", "?"), ", ".join(tag.get("TagValues") or ())
    code, message = _error(failure)
    verb = "set" if operation.startswith("add") else "removed"
    if code == MISSING and operation.startswith("add"):
        return (
            f"the tag {key}={values} of {what} cannot be set: {code}: {message} Next: make it (aws lakeformation "
            f"create-lf-tag --tag-key {key} --tag-values {values}), or add the value to the tag that is there "
            f"(aws lakeformation update-lf-tag --tag-key {key} --tag-values-to-add {values}); a column has to be one "
            "of the table's"
        )
    return f"the tag {key}={values} of {what} cannot be {verb}: {code}: {message} {_next_step(operation, code)}".rstrip()


def _permission_failure(operation: str, failure: Struct, batch: Sequence[Entry]) -> str:
    number = int((failure.get("RequestEntry") or {}).get("Id", 0))
    entry = batch[number]
    code, message = _error(failure)
    verb, preposition = ("granted", "to") if "grant" in operation else ("revoked", "from")
    listed = ", ".join(each.lower() for each in entry.permissions)
    next_step = _next_step(operation, code) or (
        "Next: look whether the principal is there, and whether what it is to have can be had on this resource"
    )
    return (
        f"{listed} cannot be {verb} {preposition} {entry.principal}: {code}: {message} {next_step}"
    )


def _next_step(operation: str, code: str) -> str:
    if code != "AccessDeniedException":
        return ""
    needed = {
        "add_lf_tags_to_resource": "ASSOCIATE on the tag",
        "remove_lf_tags_from_resource": "ASSOCIATE on the tag",
        "batch_grant_permissions": "what it grants with the grant option",
        "batch_revoke_permissions": "what it revokes with the grant option",
    }.get(operation, "DESCRIBE on the table, and for filters SELECT with the grant option")
    return _ALLOWED.format(_api_name(operation), needed)


def _error(failure: Struct) -> tuple[str, str]:
    error = failure.get("Error") or {}
    message = str(error.get("ErrorMessage", "")).strip()
    return str(error.get("ErrorCode", "?")), f"{message.rstrip('.')}."


def _code(failure: Struct) -> str:
    return _error(failure)[0]


def _api_name(operation: str) -> str:
    words = operation.replace("_lf_", "_LF_").split("_")
    return "".join(word if word.isupper() else word.capitalize() for word in words)
