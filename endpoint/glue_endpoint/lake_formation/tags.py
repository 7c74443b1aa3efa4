"""LF-tags: those that there are, and those that resources have, inherited ones included.

Sources: Lake Formation's API reference and its pages "Managing LF-tags" (keys and values are in lower
case, a resource has one value of a key) and "Assigning LF-tags" (a table has its database's tags and a
column its table's, unless it has another value of its own).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.catalog.entries import failures
from glue_endpoint.catalog.names import catalog_of
from glue_endpoint.errors import EntityNotFoundException, InvalidInputException
from glue_endpoint.lake_formation.entries import drop, entries, entry, keep
from glue_endpoint.lake_formation.resources import Resource, resource_of
from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction

    Tags = dict[str, list[str]]

_TAG, _TAGGED = "tag", "tagged"
_ALL_VALUES = 1000
"""Values of one tag (Lake Formation's quotas)."""


def create_tag(transaction: Transaction, request: Request) -> Answer:
    """CreateLFTag."""
    key = _key(request)
    if entry(transaction, _TAG, key) is not None:
        raise InvalidInputException(f"Tag key already exists: {request['TagKey'].lower()}")
    keep(transaction, _TAG, key, _lower(request["TagValues"]))
    return {}


def get_tag(transaction: Transaction, request: Request) -> Answer:
    """GetLFTag."""
    return _pair(catalog_of(request), request["TagKey"].lower(), _values(transaction, request))


def list_tags(transaction: Transaction, request: Request) -> Answer:
    """ListLFTags, by key."""
    catalog, size = catalog_of(request), page_size(request)
    start = page_start(request) or encode([catalog, ""])
    found = [
        (key, values)
        for key, values in entries(transaction, _TAG, start)
        if _unkey(key)[0] == catalog
    ]
    tags = [_pair(catalog, _unkey(key)[1], values) for key, values in found[:size]]
    return {"LFTags": tags, "NextToken": next_token(found, size)}


def update_tag(transaction: Transaction, request: Request) -> Answer:
    """UpdateLFTag: adds values and takes values away."""
    values = _values(transaction, request)
    gone = _lower(request.get("TagValuesToDelete", []))
    for value in gone:
        if value not in values:
            raise EntityNotFoundException(f"Tag value not found: {value}")
    left = [value for value in values if value not in gone]
    left += [v for v in _lower(request.get("TagValuesToAdd", [])) if v not in left]
    if not 0 < len(left) <= _ALL_VALUES:
        raise InvalidInputException(f"A tag has between one and {_ALL_VALUES:,} values.")
    keep(transaction, _TAG, _key(request), left)
    return {}


def delete_tag(transaction: Transaction, request: Request) -> Answer:
    """DeleteLFTag: no resource has it any more."""
    _values(transaction, request)
    drop(transaction, _TAG, _key(request))
    name = request["TagKey"].lower()
    for key, tags in entries(transaction, _TAGGED):
        if tags.pop(name, None) is not None:
            transaction.run(
                "UPDATE lake_formation SET given = ? WHERE kind = ? AND key = ?",
                *(encode(tags), _TAGGED, key),
            )
    return {}


def add_tags(transaction: Transaction, request: Request) -> Answer:
    """AddLFTagsToResource: each tag on its own; a value replaces the one that the resource has."""
    targets = list(_targets(transaction, request))

    def add(tag: Answer) -> None:
        known, values = _values(transaction, {**request, **tag}), _lower(tag["TagValues"])
        for value in values:
            if value not in known:
                raise EntityNotFoundException(f"Tag value not found: {value}")
        if len(values) != 1:
            raise InvalidInputException("A resource has one value of a tag.")
        for target in targets:
            tags = entry(transaction, _TAGGED, target.key) or {}
            tags[tag["TagKey"].lower()] = values
            keep(transaction, _TAGGED, target.key, tags, target)

    return {"Failures": failures(request["LFTags"], add, lambda tag: {"LFTag": tag}, "Error")}


def remove_tags(transaction: Transaction, request: Request) -> Answer:
    """RemoveLFTagsFromResource: each tag on its own."""
    targets = list(_targets(transaction, request))

    def remove(tag: Answer) -> None:
        name = tag["TagKey"].lower()
        tagged = [entry(transaction, _TAGGED, target.key) or {} for target in targets]
        if any(tags.get(name) != _lower(tag["TagValues"]) for tags in tagged):
            raise EntityNotFoundException("The resource has no such tag.")
        for target, tags in zip(targets, tagged, strict=True):
            del tags[name]
            keep(transaction, _TAGGED, target.key, tags, target)

    return {"Failures": failures(request["LFTags"], remove, lambda tag: {"LFTag": tag}, "Error")}


def get_resource_tags(transaction: Transaction, request: Request) -> Answer:
    """GetResourceLFTags: those of a database; of a table, also its database's and its columns'."""
    resource = resource_of(transaction, request["Resource"])
    if resource.kind not in ("Database", "Table", "TableWithColumns"):
        raise InvalidInputException(f"A {resource.kind} has no LF-tags.")
    given = resource.given
    own = not request.get("ShowAssignedLFTags")
    if resource.kind == "Database":
        return {"LFTagOnDatabase": _pairs(_tags(transaction, resource.shape), given["CatalogId"])}
    catalog, database = given["CatalogId"], given["DatabaseName"]
    of_database = _tags(transaction, {"Database": {"CatalogId": catalog, "Name": database}})
    table = {"CatalogId": catalog, "DatabaseName": database, "Name": given.get("Name")}
    of_table = _tags(transaction, {"Table": table})
    inherited = {**of_database, **of_table}
    wanted = {column.lower() for column in given.get("ColumnNames", [])}
    columns = [
        {
            "Name": column,
            "LFTags": _pairs({**inherited, **tags} if own else tags, catalog),
        }
        for column, tags in _of_columns(transaction, table)
        if not wanted or column in wanted
    ]
    answer: Answer = {"LFTagsOnColumns": columns}
    if resource.kind == "Table":
        answer["LFTagOnDatabase"] = _pairs(of_database, catalog)
        answer["LFTagsOnTable"] = _pairs(inherited if own else of_table, catalog)
    return answer


def _targets(transaction: Transaction, request: Request) -> Iterator[Resource]:
    """What gets the tags of a request: a database, a table, or each of its columns."""
    resource = resource_of(transaction, request["Resource"])
    if resource.kind in ("Database", "Table"):
        yield resource
    elif resource.kind == "TableWithColumns" and resource.given.get("ColumnNames"):
        for column in resource.given["ColumnNames"]:
            one = {**resource.given, "ColumnNames": [column.lower()]}
            yield Resource(resource.kind, one, resource.database, resource.table)
    else:
        raise InvalidInputException(
            "LF-tags are for a Database, a Table or the ColumnNames of a TableWithColumns."
        )


def _of_columns(transaction: Transaction, table: Answer) -> list[tuple[str, Tags]]:
    """The columns of a table that have tags of their own, with these."""
    rows = transaction.all(
        "SELECT l.key, l.given FROM lake_formation l JOIN tables t ON t.id = l.table_id "
        "JOIN databases d ON d.id = t.database "
        "WHERE l.kind = ? AND d.catalog = ? AND d.name = ? AND t.name = ? ORDER BY l.key",
        *(_TAGGED, table["CatalogId"], table["DatabaseName"], table["Name"]),
    )
    found = []
    for key, tags in rows:
        shape, given = decode(key), decode(tags)
        if "TableWithColumns" in shape and given:
            found.append((shape["TableWithColumns"]["ColumnNames"][0], given))
    return found


def _tags(transaction: Transaction, shape: Answer) -> Tags:
    ((kind, given),) = shape.items()
    tags: Tags = entry(transaction, _TAGGED, Resource(kind, given).key) or {}
    return tags


def _values(transaction: Transaction, request: Request) -> list[str]:
    values: list[str] | None = entry(transaction, _TAG, _key(request))
    if values is None:
        raise EntityNotFoundException(f"Tag key not found: {request['TagKey'].lower()}")
    return values


def _key(request: Request) -> str:
    return encode([catalog_of(request), request["TagKey"].lower()])


def _unkey(key: str) -> tuple[str, str]:
    catalog, name = decode(key)
    return catalog, name


def _lower(values: list[str]) -> list[str]:
    return list(dict.fromkeys(value.lower() for value in values))


def _pair(catalog: str, key: str, values: list[str]) -> Answer:
    return {"CatalogId": catalog, "TagKey": key, "TagValues": values}


def _pairs(tags: Tags, catalog: str) -> list[Answer]:
    return [_pair(catalog, key, values) for key, values in tags.items()]


TAG_READS = {"GetLFTag": get_tag, "GetResourceLFTags": get_resource_tags, "ListLFTags": list_tags}
TAG_WRITES = {
    "AddLFTagsToResource": add_tags,
    "CreateLFTag": create_tag,
    "DeleteLFTag": delete_tag,
    "RemoveLFTagsFromResource": remove_tags,
    "UpdateLFTag": update_tag,
}
