"""LF-tags of resources: given, taken away, read with the inherited ones, and searched by.

Sources: Lake Formation's page "Assigning LF-tags": a resource has one value of a key; a table has its
database's tags and a column its table's, unless it has another value of its own. Tests of moto that were
run against AWS: what there is none of is left out of an answer, and the texts of failures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.api.pages import next_token, page_size, page_start
from glue_endpoint.catalog.entries import failures
from glue_endpoint.catalog.names import catalog_of, fold
from glue_endpoint.catalog.tables import find_table
from glue_endpoint.errors import EntityNotFoundException, InvalidInputException
from glue_endpoint.lake_formation.entries import TAG, TAGGED, entry, keep
from glue_endpoint.lake_formation.resources import (
    ALL_TABLES,
    ALL_VALUES,
    Resource,
    conditions,
    expect_tags,
    resource_of,
    tag_key,
)
from glue_endpoint.lake_formation.tags import lower, pair
from glue_endpoint.store.store import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glue_endpoint.api.operations import Answer, Request
    from glue_endpoint.catalog.tables import Table
    from glue_endpoint.store.store import Transaction

    Tags = dict[str, list[str]]

_LIMIT = 50
"""Tags of one resource (Lake Formation's page "Assigning LF-tags")."""


def add_tags(transaction: Transaction, request: Request) -> Answer:
    """AddLFTagsToResource: each tag on its own; a value replaces the one that the resource has."""
    targets = list(_targets(transaction, request))

    def add(tag: Answer) -> None:
        known = entry(transaction, TAG, tag_key({**request, **tag})) or ()
        values = lower(tag["TagValues"])
        if not set(values) <= set(known):
            raise EntityNotFoundException("Tag or tag value does not exist.")
        if len(values) != 1:
            raise InvalidInputException("A resource has one value of a tag.")
        tagged = [{**_own(transaction, t), tag["TagKey"].lower(): values} for t in targets]
        if any(len(tags) > _LIMIT for tags in tagged):
            raise InvalidInputException(f"A resource has at most {_LIMIT} tags.")
        for target, tags in zip(targets, tagged, strict=True):
            _keep(transaction, target, tags)

    return _failures(request, add)


def remove_tags(transaction: Transaction, request: Request) -> Answer:
    """RemoveLFTagsFromResource: each tag on its own."""
    targets = list(_targets(transaction, request))

    def remove(tag: Answer) -> None:
        name = tag["TagKey"].lower()
        tagged = [_own(transaction, target) for target in targets]
        if any(tags.get(name) != lower(tag["TagValues"]) for tags in tagged):
            raise EntityNotFoundException("The resource has no such tag.")
        for target, tags in zip(targets, tagged, strict=True):
            del tags[name]
            _keep(transaction, target, tags)

    return _failures(request, remove)


def get_resource_tags(transaction: Transaction, request: Request) -> Answer:
    """GetResourceLFTags: those of a database; of a table, also its database's and its columns'.

    Inherited ones are among them, unless ShowAssignedLFTags asks for those alone that were given.
    """
    resource, assigned = _taggable(transaction, request), bool(request.get("ShowAssignedLFTags"))
    if resource.kind == "Database":
        tags = _own(transaction, resource)
        return _present({"LFTagOnDatabase": _pairs(tags, resource.given["CatalogId"])})
    answer = _table_tags(transaction, _table(transaction, resource.given), assigned=assigned)
    if resource.kind == "Table":
        return _present(answer)
    named = resource.given.get("ColumnNames")
    excluded = resource.given.get("ColumnWildcard", {}).get("ExcludedColumnNames", [])
    columns = [
        column
        for column in answer["LFTagsOnColumns"]
        if (named is None or column["Name"] in named) and column["Name"] not in excluded
    ]
    return _present({"LFTagsOnColumns": columns})


def search_databases(transaction: Transaction, request: Request) -> Answer:
    """SearchDatabasesByLFTags: those that have all of the tags, each with one of the values, by name."""
    catalog, size = catalog_of(request), page_size(request)
    wanted = conditions(request["Expression"])
    expect_tags(transaction, catalog, wanted)
    rows = transaction.all(
        "SELECT name FROM databases WHERE catalog = ? AND name > ? ORDER BY name",
        *(catalog, page_start(request)),
    )
    found = []
    for (name,) in rows:
        shape = {"CatalogId": catalog, "Name": name}
        tags = _own(transaction, Resource("Database", shape))
        if _match(wanted, tags):
            found.append((name, {"Database": shape, "LFTags": _pairs(tags, catalog)}))
    return {
        "DatabaseList": [each for _, each in found[:size]],
        "NextToken": next_token(found, size),
    }


def search_tables(transaction: Transaction, request: Request) -> Answer:
    """SearchTablesByLFTags: those that have all of the tags, inherited ones too, or a column that has; by name."""
    catalog, size = catalog_of(request), page_size(request)
    wanted = conditions(request["Expression"])
    expect_tags(transaction, catalog, wanted)
    rows = transaction.all(
        "SELECT d.name, t.name FROM tables t JOIN databases d ON d.id = t.database "
        "WHERE d.catalog = ?",
        catalog,
    )
    start, found = page_start(request), []
    for key, database, name in sorted((encode(row), *row) for row in rows):
        if key <= start:
            continue
        where = {"CatalogId": catalog, "DatabaseName": database, "Name": name}
        tags = _table_tags(transaction, _table(transaction, where), assigned=False)
        had = [tags["LFTagsOnTable"], *(each["LFTags"] for each in tags["LFTagsOnColumns"])]
        if any(_match(wanted, {tag["TagKey"]: tag["TagValues"] for tag in each}) for each in had):
            found.append((key, {"Table": where, **_present(tags)}))
    return {"TableList": [each for _, each in found[:size]], "NextToken": next_token(found, size)}


def has_tags(
    transaction: Transaction, policy: Answer, catalog: str, database: str, table: str | None
) -> bool:
    """Whether a database, or a table in it, is what an `LFTagPolicy` is about."""
    if policy["CatalogId"] != catalog or policy["ResourceType"] != (
        "TABLE" if table else "DATABASE"
    ):
        return False
    if table is None:
        shape = {"CatalogId": catalog, "Name": database}
        return _match(policy["Expression"], _own(transaction, Resource("Database", shape)))
    where = {"CatalogId": catalog, "DatabaseName": database, "Name": table}
    tags = _table_tags(transaction, _table(transaction, where), assigned=False)["LFTagsOnTable"]
    return _match(policy["Expression"], {tag["TagKey"]: tag["TagValues"] for tag in tags})


def _table_tags(transaction: Transaction, table: Table, *, assigned: bool) -> Answer:
    catalog = table.database.catalog
    database = Resource("Database", {"CatalogId": catalog, "Name": table.database.name})
    of_database = _own(transaction, database)
    of_columns = _of_columns(transaction, table)
    of_table = _own(transaction, Resource("Table", _where(table)))
    table_has = of_table if assigned else {**of_database, **of_table}
    columns = []
    for column in table.columns:
        name = fold(column["Name"])
        has = {**({} if assigned else table_has), **of_columns.get(name, {})}
        if has:
            columns.append({"Name": name, "LFTags": _pairs(has, catalog)})
    return {
        "LFTagOnDatabase": _pairs(of_database, catalog),
        "LFTagsOnTable": _pairs(table_has, catalog),
        "LFTagsOnColumns": columns,
    }


def _match(wanted: list[Answer], tags: Tags) -> bool:
    return all(
        condition["TagKey"] in tags
        and (
            ALL_VALUES in condition["TagValues"]
            or set(tags[condition["TagKey"]]) & set(condition["TagValues"])
        )
        for condition in wanted
    )


def _taggable(transaction: Transaction, request: Request) -> Resource:
    resource = resource_of(transaction, request["Resource"])
    kinds = ("Database", "Table", "TableWithColumns")
    if resource.kind not in kinds or resource.given.get("Name") == ALL_TABLES:
        raise InvalidInputException(
            f"LF-tags are of a {', a '.join(kinds)}, not of a {resource.kind} or of all tables."
        )
    return resource


def _targets(transaction: Transaction, request: Request) -> Iterator[Resource]:
    """What gets the tags of a request: a database, a table, or each of its columns."""
    resource = _taggable(transaction, request)
    if resource.kind != "TableWithColumns":
        yield resource
        return
    if "ColumnNames" not in resource.given:
        raise InvalidInputException("Must provide column names for a TableWithColumns.")
    for column in resource.given["ColumnNames"]:
        one = {**resource.given, "ColumnNames": [column]}
        yield Resource(resource.kind, one, resource.database, resource.table)


def _of_columns(transaction: Transaction, table: Table) -> dict[str, Tags]:
    """The tags of their own that columns have."""
    rows = transaction.all(
        "SELECT key, given FROM lake_formation WHERE kind = ? AND table_id = ?", TAGGED, table.row
    )
    shapes = [(decode(key), decode(tags)) for key, tags in rows]
    return {
        shape["TableWithColumns"]["ColumnNames"][0]: tags
        for shape, tags in shapes
        if "TableWithColumns" in shape
    }


def _own(transaction: Transaction, resource: Resource) -> Tags:
    tags: Tags = entry(transaction, TAGGED, resource.key) or {}
    return tags


def _keep(transaction: Transaction, target: Resource, tags: Tags) -> None:
    keep(transaction, TAGGED, target.key, tags, database=target.database, table=target.table)


def _failures(request: Request, work: Callable[[Answer], None]) -> Answer:
    """Does `work` for each tag of the request; the failures among them."""

    def named(tag: Answer) -> Answer:
        return {"LFTag": {"CatalogId": catalog_of(request), **tag}}

    return {"Failures": failures(request["LFTags"], work, named, "Error")}


def _present(answer: Answer) -> Answer:
    return {member: each for member, each in answer.items() if each}


def _table(transaction: Transaction, given: Answer) -> Table:
    return find_table(transaction, given, "Name")


def _where(table: Table) -> Answer:
    database = table.database
    return {"CatalogId": database.catalog, "DatabaseName": database.name, "Name": table.name}


def _pairs(tags: Tags, catalog: str) -> list[Answer]:
    return [pair(catalog, key, values) for key, values in tags.items()]


TAGGED_READS = {
    "GetResourceLFTags": get_resource_tags,
    "SearchDatabasesByLFTags": search_databases,
    "SearchTablesByLFTags": search_tables,
}
TAGGED_WRITES = {"AddLFTagsToResource": add_tags, "RemoveLFTagsFromResource": remove_tags}
