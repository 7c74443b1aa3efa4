"""Lake Formation as far as Glue adapters call it: permissions, tags and filters, kept in memory.

Nothing is enforced: one user owns the whole warehouse. What a caller grants or tags can be read
back, so that code that relies on it runs, and is gone when the endpoint stops.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from glue_endpoint.api.server import HttpResponse
from glue_endpoint.api.wire import find_operation, parse_request, serialize_response
from glue_endpoint.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    GlueError,
    ValidationException,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from glue_endpoint.api.auth import Caller, HttpRequest
    from glue_endpoint.api.operations import Answer, Operation, Request


class LakeFormation:
    """AWS Lake Formation (the REST-JSON protocol: the operation is the path)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._permissions: dict[str, Answer] = {}
        self._tags: dict[str, dict[str, list[str]]] = {}
        self._filters: dict[str, Answer] = {}
        self._operations: dict[str, Operation] = {
            "AddLFTagsToResource": self._add_tags,
            "BatchGrantPermissions": self._batch_grant,
            "BatchRevokePermissions": self._batch_revoke,
            "CreateDataCellsFilter": self._create_filter,
            "DeleteDataCellsFilter": self._delete_filter,
            "GetResourceLFTags": self._get_tags,
            "GrantPermissions": self._grant,
            "ListDataCellsFilter": self._list_filters,
            "ListPermissions": self._list_permissions,
            "RemoveLFTagsFromResource": self._remove_tags,
            "RevokePermissions": self._revoke,
            "UpdateDataCellsFilter": self._update_filter,
        }

    def handle(self, request: HttpRequest, caller: Caller) -> HttpResponse:  # noqa: ARG002
        """Answers one operation."""
        name = request.path.lstrip("/")
        operation, model = self._operations.get(name), find_operation("lakeformation", name)
        if operation is None or model is None:
            return self.error(
                "InvalidInputException",
                f"The embedded endpoint does not serve lakeformation:{name}; it serves "
                f"{', '.join(self._operations)}.",
                400,
            )
        try:
            try:
                body = json.loads(request.body or b"{}")
            except ValueError:
                raise ValidationException("The request body is not JSON.") from None
            parameters = parse_request(model.input_shape, body)
            with self._lock:
                answer = operation(parameters)
        except GlueError as error:
            return self.error(error.code, error.message, error.status)
        return HttpResponse.of_json(serialize_response(model.output_shape, answer))

    def error(self, code: str, message: str, status: int) -> HttpResponse:
        """An error of the REST-JSON protocol."""
        return HttpResponse.of_error(code, message, status)

    def _grant(self, entry: Request) -> Answer:
        key = _grant_key(entry)
        known = self._permissions.setdefault(
            key,
            {
                "Principal": entry.get("Principal", {}),
                "Resource": entry.get("Resource", {}),
                "Permissions": [],
                "PermissionsWithGrantOption": [],
            },
        )
        for member in ("Permissions", "PermissionsWithGrantOption"):
            known[member] += [item for item in entry.get(member, []) if item not in known[member]]
        return {}

    def _revoke(self, entry: Request) -> Answer:
        known = self._permissions.get(_grant_key(entry))
        if known is None:
            raise EntityNotFoundException("No such permissions were granted.")
        for member in ("Permissions", "PermissionsWithGrantOption"):
            known[member] = [item for item in known[member] if item not in entry.get(member, [])]
        if not known["Permissions"]:
            del self._permissions[_grant_key(entry)]
        return {}

    def _batch_grant(self, request: Request) -> Answer:
        return {"Failures": _failures(self._grant, request["Entries"])}

    def _batch_revoke(self, request: Request) -> Answer:
        return {"Failures": _failures(self._revoke, request["Entries"])}

    def _list_permissions(self, request: Request) -> Answer:
        principal, resource = request.get("Principal"), request.get("Resource")
        return {
            "PrincipalResourcePermissions": [
                entry
                for entry in self._permissions.values()
                if principal in (None, entry["Principal"]) and resource in (None, entry["Resource"])
            ]
        }

    def _add_tags(self, request: Request) -> Answer:
        tags = self._tags.setdefault(_key(request["Resource"]), {})
        tags.update({tag["TagKey"]: tag["TagValues"] for tag in request["LFTags"]})
        return {"Failures": []}

    def _remove_tags(self, request: Request) -> Answer:
        tags = self._tags.get(_key(request["Resource"]), {})
        failures = [
            {
                "LFTag": tag,
                "Error": _error(EntityNotFoundException("The resource has no such tag.")),
            }
            for tag in request["LFTags"]
            if tags.pop(tag["TagKey"], None) is None
        ]
        return {"Failures": failures}

    def _get_tags(self, request: Request) -> Answer:
        resource = request["Resource"]
        member = {"Database": "LFTagOnDatabase", "Table": "LFTagsOnTable"}
        kind = next((kind for kind in ("Database", "Table") if kind in resource), None)
        if kind is None:
            columns = resource.get("TableWithColumns", {})
            tags = _tag_list(self._tags.get(_key(resource), {}))
            on_columns = [{"Name": n, "LFTags": tags} for n in columns.get("ColumnNames", [])]
            return {"LFTagsOnColumns": on_columns if tags else []}
        return {member[kind]: _tag_list(self._tags.get(_key(resource), {}))}

    def _create_filter(self, request: Request) -> Answer:
        data = request["TableData"]
        if _filter_key(data) in self._filters:
            raise AlreadyExistsException(f"The data cells filter {data['Name']} exists.")
        self._filters[_filter_key(data)] = data
        return {}

    def _update_filter(self, request: Request) -> Answer:
        data = request["TableData"]
        if _filter_key(data) not in self._filters:
            raise EntityNotFoundException(f"There is no data cells filter {data['Name']}.")
        self._filters[_filter_key(data)] = data
        return {}

    def _delete_filter(self, request: Request) -> Answer:
        if self._filters.pop(_filter_key(request), None) is None:
            raise EntityNotFoundException(f"There is no data cells filter {request.get('Name')}.")
        return {}

    def _list_filters(self, request: Request) -> Answer:
        table = request.get("Table")
        return {
            "DataCellsFilters": [
                data
                for data in self._filters.values()
                if table is None
                or (data["DatabaseName"], data["TableName"])
                == (table.get("DatabaseName"), table.get("Name"))
            ]
        }


def _failures(operation: Callable[[Request], Answer], entries: list[Request]) -> list[Answer]:
    failures = []
    for entry in entries:
        try:
            operation(entry)
        except GlueError as error:  # noqa: PERF203 - one entry must not fail the others
            failures.append({"RequestEntry": entry, "Error": _error(error)})
    return failures


def _error(error: GlueError) -> Answer:
    return {"ErrorCode": error.code, "ErrorMessage": error.message}


def _key(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _grant_key(entry: Request) -> str:
    return _key([entry.get("Principal"), entry.get("Resource")])


def _filter_key(data: Request) -> str:
    names = ("TableCatalogId", "DatabaseName", "TableName", "Name")
    return _key([data.get(name) for name in names])


def _tag_list(tags: dict[str, list[str]]) -> list[Answer]:
    return [{"TagKey": key, "TagValues": values} for key, values in tags.items()]
