"""Tables by Iceberg's GlueCatalog: what it asks of Glue from creation to drop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.clients.iceberg.faults import AnswerInstead
from tests.integration.clients.iceberg.lake import BUCKET, history, refused

if TYPE_CHECKING:
    from tests.integration.clients.iceberg.faults import Faults
    from tests.integration.clients.iceberg.lake import Lake

pytestmark = [pytest.mark.spark, pytest.mark.timeout(300)]

LOCATIONS = {
    "write.data.path": f"s3://{BUCKET}/data",
    "write.metadata.path": f"s3://{BUCKET}/metadata",
    "write.folder-storage.path": f"s3://{BUCKET}/folders",
}


def found(glue: Any, namespace: str, name: str = "t") -> dict[str, Any]:
    table: dict[str, Any] = glue.get_table(DatabaseName=namespace, Name=name)["Table"]
    return table


def columns(glue: Any, namespace: str) -> list[tuple[Any, ...]]:
    """Name, type, comment, field id, optional and current of each column."""
    marks = ("iceberg.field.id", "iceberg.field.optional", "iceberg.field.current")
    return [
        (each["Name"], each["Type"], each.get("Comment"), *map(each["Parameters"].get, marks))
        for each in found(glue, namespace)["StorageDescriptor"]["Columns"]
    ]


def comment(glue: Any, namespace: str, names: tuple[str, ...], text: str) -> None:
    """Gives columns a comment through Glue alone, as its console does."""
    table = found(glue, namespace)
    for column in table["StorageDescriptor"]["Columns"]:
        if column["Name"] in names:
            column["Comment"] = text
    kept = ("Name", "TableType", "Parameters", "StorageDescriptor")
    glue.update_table(DatabaseName=namespace, TableInput={key: table[key] for key in kept})


def keys(s3: Any, prefix: str) -> list[str]:
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [each["Key"] for each in listed.get("Contents", [])]


def test_creates_a_table(lake: Lake, glue: Any, s3: Any, namespace: str) -> None:
    lake.new_table(namespace, **LOCATIONS)
    table = found(glue, namespace)
    assert (table["Name"], table["DatabaseName"]) == ("t", namespace)
    assert (table["TableType"], table["Parameters"]["table_type"]) == ("EXTERNAL_TABLE", "ICEBERG")
    assert "PartitionKeys" not in table
    storage = table["StorageDescriptor"]
    assert [each["Name"] for each in storage["Columns"]] == ["c1"]
    assert sorted(storage["AdditionalLocations"]) == sorted(LOCATIONS.values())
    bucket, _, key = table["Parameters"]["metadata_location"].removeprefix("s3://").partition("/")
    assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] > 0
    loaded = lake.load(namespace)
    assert loaded.schema().toString() == lake.schema().toString()
    assert loaded.spec().isUnpartitioned()


def test_a_second_table_of_one_name_is_refused(lake: Lake, namespace: str) -> None:
    lake.new_table(namespace)
    with refused("AlreadyExistsException", "Table already exists"):
        lake.new_table(namespace)


def test_a_name_that_hive_does_not_take_is_refused_by_iceberg(lake: Lake, namespace: str) -> None:
    with refused("IllegalArgumentException", "Invalid table identifier"):
        lake.new_table(namespace, "table-1")


def test_no_warehouse_is_needed_where_the_namespace_has_a_location(lake: Lake) -> None:
    homeless = lake.other(warehouse="")
    name = f"{lake.new_namespace()}home"
    lake.catalog.createNamespace(lake.namespace(name), {"location": f"s3://{BUCKET}/home/"})
    homeless.new_table(name)
    assert homeless.load(name).location() == f"s3://{BUCKET}/home/t"
    without = lake.new_namespace()
    with refused("ValidationException", "warehouse"):
        homeless.new_table(without)


def test_lists_tables_and_says_what_exists(lake: Lake, glue: Any, namespace: str) -> None:
    assert lake.names(namespace) == []
    lake.new_table(namespace)
    glue.create_table(DatabaseName=namespace, TableInput={"Name": "foreign"})
    assert lake.names(namespace) == ["t"]
    assert lake.catalog.tableExists(lake.identifier(namespace, "t"))
    assert not lake.catalog.tableExists(lake.identifier(namespace, "u"))
    with refused("NoSuchIcebergTableException", "not an iceberg table"):
        lake.load(namespace, "foreign")


def test_lists_more_tables_than_a_page_has(lake: Lake, glue: Any, namespace: str) -> None:
    for number in range(120):
        given = {"Name": f"t{number:03}", "Parameters": {"table_type": "iceberg"}}
        glue.create_table(DatabaseName=namespace, TableInput=given)
    assert lake.names(namespace) == [f"t{number:03}" for number in range(120)]


def test_a_commit_is_a_new_version_of_the_table(lake: Lake, glue: Any, namespace: str) -> None:
    operations = lake.catalog.newTableOps(lake.identifier(namespace, "t"))
    assert operations.current() is None
    lake.new_table(namespace)
    assert operations.refresh().schema().toString() == lake.schema().toString()
    table = lake.load(namespace)
    assert history(table) == 0
    first = found(glue, namespace)["Parameters"]["metadata_location"]
    lake.append(table)
    assert history(lake.load(namespace)) == 1
    after = found(glue, namespace)
    assert (after["TableType"], after["VersionId"]) == ("EXTERNAL_TABLE", "1")
    assert after["Parameters"]["previous_metadata_location"] == first
    assert len(after["StorageDescriptor"]["Columns"]) == 1


def test_renames_a_table(lake: Lake, glue: Any, namespace: str) -> None:
    table = lake.new_table(namespace, **LOCATIONS)
    lake.append(table)
    before = found(glue, namespace)
    lake.catalog.renameTable(lake.identifier(namespace, "t"), lake.identifier(namespace, "u"))
    assert lake.names(namespace) == ["u"]
    renamed = lake.load(namespace, "u")
    assert renamed.location() == table.location()
    assert renamed.currentSnapshot().equals(lake.load(namespace, "u").currentSnapshot())
    after = found(glue, namespace, "u")
    for member in ("StorageDescriptor", "Parameters", "TableType"):
        assert after[member] == before[member]


def test_a_rename_to_a_name_that_is_taken_leaves_both(
    lake: Lake, glue: Any, namespace: str
) -> None:
    table = lake.new_table(namespace)
    lake.append(table)
    glue.create_table(DatabaseName=namespace, TableInput={"Name": "u"})
    with refused("AlreadyExistsException", "Table already exists"):
        lake.catalog.renameTable(lake.identifier(namespace, "t"), lake.identifier(namespace, "u"))
    kept = lake.load(namespace)
    assert (kept.location(), history(kept)) == (table.location(), 1)
    assert "StorageDescriptor" not in found(glue, namespace, "u")


def test_a_rename_that_cannot_drop_the_old_table_takes_the_new_one_back(
    lake: Lake, glue: Any, faults: Faults, namespace: str
) -> None:
    lake.append(lake.new_table(namespace))
    faulty = lake.other(glue_endpoint=faults.url)
    faults.answer("DeleteTable", AnswerInstead("AccessDeniedException"))
    with refused("AccessDeniedException"):
        faulty.catalog.renameTable(lake.identifier(namespace, "t"), lake.identifier(namespace, "u"))
    assert faults.seen("DeleteTable") == 2
    tables = glue.get_tables(DatabaseName=namespace)["TableList"]
    assert [each["Name"] for each in tables] == ["t"]
    assert history(lake.load(namespace)) == 1


def test_a_rename_into_a_namespace_that_is_not_there(lake: Lake, namespace: str) -> None:
    lake.new_table(namespace)
    with refused("NoSuchNamespaceException", "does not exist"):
        lake.catalog.renameTable(lake.identifier(namespace, "t"), lake.identifier("none", "t"))
    assert lake.names(namespace) == ["t"]


@pytest.mark.parametrize("purge", [False, True])
def test_drops_a_table_with_its_files_or_without(
    lake: Lake, s3: Any, namespace: str, purge: bool
) -> None:
    table = lake.new_table(namespace)
    lake.append(table)
    lake.append(table)
    prefix = table.location().removeprefix(f"s3://{BUCKET}/") + "/"
    assert lake.catalog.dropTable(lake.identifier(namespace, "t"), purge)
    with refused("NoSuchTableException", "Table does not exist"):
        lake.load(namespace)
    assert any(key.endswith(".metadata.json") for key in keys(s3, prefix)) is not purge
    assert not lake.catalog.dropTable(lake.identifier(namespace, "t"), purge)


def test_commits_are_archived_only_where_that_is_wanted(
    lake: Lake, glue: Any, namespace: str
) -> None:
    def versions(name: str) -> int:
        answer = glue.get_table_versions(DatabaseName=namespace, TableName=name)
        return len(answer["TableVersions"])

    archiving = lake.other(glue_skip__archive="false")
    lake.append(archiving.new_table(namespace, "archived"))
    lake.append(lake.new_table(namespace, "skipped"))
    assert (versions("archived"), versions("skipped")) == (2, 1)


def test_names_are_glues_own_business_where_iceberg_does_not_check_them(
    lake: Lake, glue: Any
) -> None:
    unchecked = lake.other(glue_skip__name__validation="true")
    name = f"{lake.new_namespace()}-dd"
    unchecked.catalog.createNamespace(unchecked.namespace(name))
    unchecked.new_table(name, "cc-cc", **LOCATIONS)
    table = found(glue, name, "cc-cc")
    assert (table["DatabaseName"], table["Name"]) == (name, "cc-cc")


def test_columns_carry_field_ids_also_those_of_the_past(
    lake: Lake, glue: Any, namespace: str
) -> None:
    table, text = lake.new_table(namespace), lake.types.StringType.get()
    inner = lake.types.NestedField.required(3, "z", lake.types.IntegerType.get())
    change = table.updateSchema().addColumn("c2", lake.types.StructType.of([inner]), "c2")
    change.addColumn("c3", text).addColumn("c4", text).commit()
    table.updateSpec().addField(lake.iceberg.expressions.Expressions.truncate("c1", 8)).commit()
    table.updateSchema().deleteColumn("c3").renameColumn("c4", "c5").commit()
    assert columns(glue, namespace) == [
        ("c1", "string", "c1", "1", "false", "true"),
        ("c2", "struct<z:int>", "c2", "2", "true", "true"),
        ("c5", "string", None, "5", "true", "true"),
        ("c3", "string", None, "4", "true", "false"),
        ("c4", "string", None, "5", "true", "false"),
    ]


def test_comments_that_glue_was_given_stay(lake: Lake, glue: Any, namespace: str) -> None:
    table, text = lake.new_table(namespace), lake.types.StringType.get()
    table.updateSchema().addColumn("c2", text).addColumn("c3", text).commit()
    comment(glue, namespace, ("c2", "c3"), "by Glue")
    table.updateSchema().updateColumn("c2", text, "by Iceberg").commit()
    assert columns(glue, namespace) == [
        ("c1", "string", "c1", "1", "false", "true"),
        ("c2", "string", "by Iceberg", "2", "true", "true"),
        ("c3", "string", "by Glue", "3", "true", "true"),
    ]


def test_comments_of_dropped_columns_stay(lake: Lake, glue: Any, namespace: str) -> None:
    table, text = lake.new_table(namespace), lake.types.StringType.get()
    table.updateSchema().addColumn("c2", text, "by Iceberg").addColumn("c3", text).commit()
    comment(glue, namespace, ("c3",), "by Glue")
    table.updateSchema().deleteColumn("c2").deleteColumn("c3").commit()
    assert columns(glue, namespace) == [
        ("c1", "string", "c1", "1", "false", "true"),
        ("c2", "string", "by Iceberg", "2", "true", "false"),
        ("c3", "string", "by Glue", "3", "true", "false"),
    ]


def test_a_description_is_the_tables(lake: Lake, glue: Any, namespace: str) -> None:
    table = lake.new_table(namespace, comment="what it is")
    assert found(glue, namespace)["Description"] == "what it is"
    lake.append(table)
    assert found(glue, namespace)["Description"] == "what it is"


def test_properties_of_the_catalog_are_defaults_and_overrides(lake: Lake, namespace: str) -> None:
    levels = {f"table-default.key{number}": f"default{number}" for number in (1, 2, 3)}
    levels |= {f"table-override.key{number}": f"override{number}" for number in (3, 4)}
    table = lake.other(**levels).new_table(namespace, key2="own2", key3="own3", key5="own5")
    properties = table.properties()
    assert [properties[f"key{number}"] for number in range(1, 6)] == [
        "default1",
        "own2",
        "override3",
        "override4",
        "own5",
    ]


def test_registers_a_table_by_its_metadata(lake: Lake, glue: Any, namespace: str) -> None:
    lake.append(lake.new_table(namespace))
    location = found(glue, namespace)["Parameters"]["metadata_location"]
    named = lake.identifier(namespace, "t")
    with refused("AlreadyExistsException", "Table already exists"):
        lake.catalog.registerTable(named, location)
    assert lake.catalog.dropTable(named, False)
    assert history(lake.catalog.registerTable(named, location)) == 1
    assert found(glue, namespace)["Parameters"]["metadata_location"] == location
    assert lake.catalog.dropTable(named, True)
    assert lake.catalog.dropNamespace(lake.namespace(namespace))


def test_objects_are_tagged_with_table_and_namespace(
    lake: Lake, glue: Any, s3: Any, namespace: str
) -> None:
    named = {"s3.write.table-tag-enabled": "true", "s3.write.namespace-tag-enabled": "true"}
    lake.other(**named).new_table(namespace)
    location = found(glue, namespace)["Parameters"]["metadata_location"]
    key = location.removeprefix(f"s3://{BUCKET}/")
    tags = s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"]
    assert {each["Key"]: each["Value"] for each in tags} == {
        "iceberg.table": "t",
        "iceberg.namespace": namespace,
    }


def test_names_in_upper_case_are_one_table_to_glue(lake: Lake, glue: Any, namespace: str) -> None:
    unchecked = lake.other(glue_skip__name__validation="true")
    lake.new_table(namespace, "orders")
    loaded = unchecked.load(namespace.upper(), "ORDERS")
    unchecked.append(loaded)
    assert history(lake.load(namespace, "orders")) == 1
    assert lake.names(namespace) == ["orders"]


def test_with_lake_formation_a_table_is_announced_before_its_metadata_is_written(
    lake: Lake, glue: Any, namespace: str
) -> None:
    """Iceberg then makes a table without metadata first, and so has one version more; it takes on a role."""
    governed = lake.other(
        **{
            "glue.lakeformation-enabled": "true",
            "client.assume-role.arn": "arn:aws:iam::000000000000:role/lake",
            "client.assume-role.region": "us-east-1",
            "client.assume-role.tags.LakeFormationAuthorizedCaller": "tests",
        }
    )
    made = governed.new_table(namespace)
    assert found(glue, namespace)["VersionId"] == "1"
    governed.append(made)
    assert found(glue, namespace)["VersionId"] == "2"
    assert history(lake.load(namespace)) == 1
