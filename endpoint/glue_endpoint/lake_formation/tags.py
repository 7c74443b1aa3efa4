"""LF-tags: the keys that there are, and the values that each may have.

Sources: Lake Formation's API reference and its page "Managing LF-tags" (keys and values are in lower case).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.catalog.names import catalog_of
from glue_endpoint.errors import EntityNotFoundException, InvalidInputException
from glue_endpoint.lake_formation.entries import GRANT, TAG, TAGGED, drop, entries, entry, keep
from glue_endpoint.lake_formation.resources import tag_key, tag_values
from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.store.store import Transaction

_ALL_VALUES = 1000
"""Values of one tag (Lake Formation's quotas)."""


def create_tag(transaction: Transaction, request: Request) -> Answer:
    """CreateLFTag."""
    key = tag_key(request)
    if entry(transaction, TAG, key) is not None:
        raise InvalidInputException(f"Tag key already exists: {request['TagKey'].lower()}")
    keep(transaction, TAG, key, lower(request["TagValues"]))
    return {}


def get_tag(transaction: Transaction, request: Request) -> Answer:
    """GetLFTag."""
    return pair(catalog_of(request), request["TagKey"].lower(), tag_values(transaction, request))


def list_tags(transaction: Transaction, request: Request) -> Answer:
    """ListLFTags, by key. No other account shares any (ResourceShareType FOREIGN)."""
    catalog, size = catalog_of(request), page_size(request)
    start = page_start(request) or encode([catalog, ""])
    found = [
        (key, values)
        for key, values in entries(transaction, TAG, start)
        if _unkey(key)[0] == catalog and request.get("ResourceShareType") != "FOREIGN"
    ]
    tags = [pair(catalog, _unkey(key)[1], values) for key, values in found[:size]]
    return {"LFTags": tags, "NextToken": next_token(found, size)}


def update_tag(transaction: Transaction, request: Request) -> Answer:
    """UpdateLFTag: adds values, and takes values away that no resource has."""
    values, name = tag_values(transaction, request), request["TagKey"].lower()
    gone = lower(request.get("TagValuesToDelete", []))
    for value in gone:
        if value not in values:
            raise EntityNotFoundException(f"Tag value not found: {value}")
    for key, tags in entries(transaction, TAGGED):
        if set(tags.get(name, [])) & set(gone):
            raise InvalidInputException(
                f"Update not allowed: {key} has a value of {name} that is to be deleted."
            )
    left = [value for value in values if value not in gone]
    left += [v for v in lower(request.get("TagValuesToAdd", [])) if v not in left]
    if not 0 < len(left) <= _ALL_VALUES:
        raise InvalidInputException(f"A tag has between one and {_ALL_VALUES:,} values.")
    keep(transaction, TAG, tag_key(request), left)
    return {}


def delete_tag(transaction: Transaction, request: Request) -> Answer:
    """DeleteLFTag: no resource has it any more, and nobody permissions on it; policies stay, and mean nothing."""
    tag_values(transaction, request)
    drop(transaction, TAG, tag_key(request))
    catalog, name = catalog_of(request), request["TagKey"].lower()
    for key, tags in entries(transaction, TAGGED):
        if tags.pop(name, None) is not None:
            transaction.run(
                "UPDATE lake_formation SET given = ? WHERE kind = ? AND key = ?",
                *(encode(tags), TAGGED, key),
            )
    for key, given in entries(transaction, GRANT):
        tag = given["Resource"].get("LFTag", {})
        if (tag.get("CatalogId"), tag.get("TagKey")) == (catalog, name):
            drop(transaction, GRANT, key)
    return {}


def lower(values: list[str]) -> list[str]:
    """Values as they are kept: in lower case, each once."""
    return list(dict.fromkeys(value.lower() for value in values))


def pair(catalog: str, key: str, values: list[str]) -> Answer:
    """The `LFTagPair` of Lake Formation."""
    return {"CatalogId": catalog, "TagKey": key, "TagValues": values}


def _unkey(key: str) -> tuple[str, str]:
    catalog, name = decode(key)
    return catalog, name


TAG_READS = {"GetLFTag": get_tag, "ListLFTags": list_tags}
TAG_WRITES = {"CreateLFTag": create_tag, "DeleteLFTag": delete_tag, "UpdateLFTag": update_tag}
