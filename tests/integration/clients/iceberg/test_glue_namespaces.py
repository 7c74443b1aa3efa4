"""Namespaces by Iceberg's GlueCatalog: databases of Glue with their properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.clients.iceberg.lake import refused

if TYPE_CHECKING:
    from tests.integration.clients.iceberg.lake import Lake

pytestmark = [pytest.mark.spark, pytest.mark.timeout(300)]


def database(glue: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = glue.get_database(Name=name)["Database"]
    return found


def levels(namespaces: Any) -> list[list[str]]:
    return [list(each.levels()) for each in namespaces]


def test_properties_are_parameters_location_and_description(lake: Lake, glue: Any) -> None:
    name = f"{lake.new_namespace()}p"
    with pytest.raises(glue.exceptions.EntityNotFoundException, match="not found"):
        glue.get_database(Name=name)
    given = {"comment": "what it is", "location": "s3://place", "key": "val"}
    lake.catalog.createNamespace(lake.namespace(name), given)
    made = database(glue, name)
    assert (made["Description"], made["LocationUri"]) == ("what it is", "s3://place")
    assert made["Parameters"] == {"key": "val"}
    assert dict(lake.catalog.loadNamespaceMetadata(lake.namespace(name))) == given


def test_properties_are_set_removed_and_set_again(lake: Lake, glue: Any, namespace: str) -> None:
    named = lake.namespace(namespace)
    given = {"comment": "a", "location": "s3://a", "key": "val", "key2": "val2"}
    assert lake.catalog.setProperties(named, given)
    assert dict(lake.catalog.loadNamespaceMetadata(named)) == given
    removed = lake.jvm.java.util.HashSet(["key", "location", "comment"])
    assert lake.catalog.removeProperties(named, removed)
    left = database(glue, namespace)
    assert left["Parameters"] == {"key2": "val2"}
    assert "LocationUri" not in left
    assert "Description" not in left
    again = {"comment": "b", "location": "s3://b", "key": "new"}
    lake.catalog.setProperties(named, again)
    assert dict(lake.catalog.loadNamespaceMetadata(named)) == {**again, "key2": "val2"}


def test_a_second_namespace_of_one_name_is_refused(lake: Lake, namespace: str) -> None:
    with refused("AlreadyExistsException", "it already exists in Glue"):
        lake.catalog.createNamespace(lake.namespace(namespace))


@pytest.mark.parametrize("name", [("db-1",), ("db", "db2")])
def test_names_that_hive_does_not_take_are_refused_by_iceberg(
    lake: Lake, name: tuple[str, ...]
) -> None:
    with refused("ValidationException", "Cannot convert namespace"):
        lake.catalog.createNamespace(lake.namespace(*name))


def test_lists_namespaces_and_says_what_exists(lake: Lake, namespace: str) -> None:
    assert [namespace] in levels(lake.catalog.listNamespaces())
    assert levels(lake.catalog.listNamespaces(lake.namespace(namespace))) == []
    assert lake.catalog.namespaceExists(lake.namespace(namespace))
    assert not lake.catalog.namespaceExists(lake.namespace("none"))
    with refused("NoSuchNamespaceException"):
        lake.catalog.loadNamespaceMetadata(lake.namespace("none"))


def test_lists_more_namespaces_than_a_page_has(lake: Lake, glue: Any) -> None:
    stem = lake.new_namespace()
    names = [f"{stem}page{number:03}" for number in range(120)]
    for name in names:
        glue.create_database(DatabaseInput={"Name": name})
    listed = levels(lake.catalog.listNamespaces())
    assert [[name] for name in names] == [each for each in listed if f"{stem}page" in each[0]]


def test_drops_a_namespace_that_is_empty(lake: Lake, glue: Any, namespace: str) -> None:
    assert lake.catalog.dropNamespace(lake.namespace(namespace))
    with pytest.raises(glue.exceptions.EntityNotFoundException, match="not found"):
        glue.get_database(Name=namespace)


def test_a_namespace_with_an_iceberg_table_stays(lake: Lake, namespace: str) -> None:
    lake.new_table(namespace)
    with refused("NamespaceNotEmptyException", "still contains Iceberg tables"):
        lake.catalog.dropNamespace(lake.namespace(namespace))
    assert lake.names(namespace) == ["t"]


def test_a_namespace_with_another_table_stays(lake: Lake, glue: Any, namespace: str) -> None:
    glue.create_table(DatabaseName=namespace, TableInput={"Name": "foreign"})
    with refused("NamespaceNotEmptyException", "still contains non-Iceberg tables"):
        lake.catalog.dropNamespace(lake.namespace(namespace))


def test_a_location_is_where_its_tables_lie(lake: Lake, namespace: str) -> None:
    table = lake.new_table(namespace)
    assert table.location() == f"{lake.warehouse}/{namespace}.db/t"
    lake.catalog.setProperties(lake.namespace(namespace), {"location": f"{lake.warehouse}/own/"})
    assert lake.new_table(namespace, "u").location() == f"{lake.warehouse}/own/u"


def test_another_account_has_namespaces_of_its_own(lake: Lake, glue: Any, namespace: str) -> None:
    other = lake.other(glue_id="111122223333")
    other.catalog.createNamespace(other.namespace(namespace))
    other.append(other.new_table(namespace))
    assert (lake.names(namespace), other.names(namespace)) == ([], ["t"])
    found = glue.get_table(CatalogId="111122223333", DatabaseName=namespace, Name="t")["Table"]
    assert (found["CatalogId"], found["VersionId"]) == ("111122223333", "1")
