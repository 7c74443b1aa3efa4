"""`--as-aws lake-formation`: whom the Data Catalog answers, as boto3 sees it with the caller's keys and with a session's."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from botocore.exceptions import ClientError
from glue_endpoint.api.auth import Credentials
from glue_endpoint.api.operations import GlueService
from glue_endpoint.catalog.catalog import Catalog
from glue_endpoint.lake_formation.enforcement import HELD, NOT_HELD, Enforcement
from glue_endpoint.lake_formation.service import LakeFormation
from glue_endpoint.store.store import Store

from tests.endpoint_clients import client_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from glue_endpoint.api.operations import Operation

ROLE = "arn:aws:iam::000000000000:role/builder"
USER = "arn:aws:iam::000000000000:user/dbt-glue-local"
EVERYBODY = "IAM_ALLOWED_PRINCIPALS"
_NUMBERS = itertools.count()


class Lake(NamedTuple):
    """Glue as the caller and as the session role, and Lake Formation."""

    caller: Any
    role: Any
    permissions: Any

    def grant(self, principal: str, resource: dict[str, Any], *permissions: str) -> None:
        self.permissions.grant_permissions(
            Principal={"DataLakePrincipalIdentifier": principal},
            Resource=resource,
            Permissions=list(permissions),
        )

    def revoke(self, principal: str, resource: dict[str, Any], *permissions: str) -> None:
        self.permissions.revoke_permissions(
            Principal={"DataLakePrincipalIdentifier": principal},
            Resource=resource,
            Permissions=list(permissions),
        )

    def by_iam(self, *, by_iam: bool) -> None:
        default = [
            {"Principal": {"DataLakePrincipalIdentifier": EVERYBODY}, "Permissions": ["ALL"]}
        ]
        given = default if by_iam else []
        self.permissions.put_data_lake_settings(
            DataLakeSettings={
                "CreateDatabaseDefaultPermissions": given,
                "CreateTableDefaultPermissions": given,
            }
        )


class OneSession:
    """CreateSession, by which Lake Formation knows the sessions' role."""

    def operations(self) -> dict[str, Operation]:
        return {"CreateSession": lambda request: {"Session": {"Id": request["Id"]}}}


@pytest.fixture(scope="module")
def lake(served: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    store, keys = Store(tmp_path_factory.mktemp("governed")), Credentials.generate()
    catalog = Catalog(store)
    catalog.call("CreateDatabase", {"DatabaseInput": {"Name": "before"}})
    catalog.call("CreateTable", {"DatabaseName": "before", "TableInput": {"Name": "t"}})
    services = {
        "glue": GlueService(catalog, OneSession(), around=Enforcement(store).run),
        "lakeformation": LakeFormation(store),
    }
    with served(services, keys) as server:
        caller = client_of(server.url, "glue", keys)
        caller.create_session(Id="s", Role=ROLE, Command={"Name": "glueetl"})
        role = client_of(server.url, "glue", keys.assume())
        yield Lake(caller, role, client_of(server.url, "lakeformation", keys))
    store.close()


@pytest.fixture
def governed(lake: Lake) -> str:
    """A database that the caller made, and of whose tables Lake Formation alone decides; it has the caller's table `t`."""
    name = f"governed{next(_NUMBERS)}"
    lake.by_iam(by_iam=False)
    lake.caller.create_database(DatabaseInput={"Name": name})
    lake.caller.create_table(DatabaseName=name, TableInput={"Name": "t"})
    return name


def refusal(call: Callable[..., Any], **given: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**given)
    answer: Any = error.value.response["Error"]
    return f"{answer['Code']}: {answer['Message']}"


def required(what: str) -> str:
    return f"AccessDeniedException: Insufficient Lake Formation permission(s): Required {what}"


def test_what_iam_decides_of_is_everybodys(lake: Lake) -> None:
    lake.by_iam(by_iam=True)
    lake.caller.create_database(DatabaseInput={"Name": "free"})
    lake.caller.create_table(DatabaseName="free", TableInput={"Name": "t"})
    for database in ("free", "before"):
        assert lake.role.get_table(DatabaseName=database, Name="t")["Table"]["Name"] == "t"
        gone = refusal(lake.role.get_table, DatabaseName=database, Name="gone")
        assert gone.startswith("EntityNotFoundException")
        lake.role.update_table(DatabaseName=database, TableInput={"Name": "t"})


def test_a_missing_table_and_a_hidden_one_are_refused_alike(lake: Lake, governed: str) -> None:
    assert refusal(lake.role.get_table, DatabaseName=governed, Name="t") == required(
        "Describe on t"
    )
    assert refusal(lake.role.get_table, DatabaseName=governed, Name="u") == required(
        "Describe on u"
    )
    lake.grant(ROLE, {"Database": {"Name": governed}}, "DESCRIBE")
    assert refusal(lake.role.get_table, DatabaseName=governed, Name="t") == required(
        "Describe on t"
    )
    assert refusal(lake.role.get_table, DatabaseName=governed, Name="u").startswith(
        "EntityNotFound"
    )


def test_each_change_needs_its_permission(lake: Lake, governed: str) -> None:
    table = {"DatabaseName": governed, "TableInput": {"Name": "t"}}
    of_table = {"Table": {"DatabaseName": governed, "Name": "t"}}
    new = {"DatabaseName": governed, "TableInput": {"Name": "new"}}
    assert refusal(lake.role.get_database, Name=governed) == required(f"Describe on {governed}")
    assert refusal(lake.role.create_table, **new) == required(f"Create Table on {governed}")
    lake.grant(ROLE, of_table, "SELECT")
    assert lake.role.get_table(DatabaseName=governed, Name="t")["Table"]["Name"] == "t"
    assert lake.role.get_database(Name=governed)["Database"]["Name"] == governed
    assert refusal(lake.role.update_table, **table) == required("Alter on t")
    assert refusal(lake.role.delete_table, DatabaseName=governed, Name="t") == required("Drop on t")
    lake.grant(ROLE, of_table, "ALTER", "DROP")
    lake.role.update_table(**table)
    lake.role.delete_table(DatabaseName=governed, Name="t")
    assert refusal(lake.role.delete_database, Name=governed) == required(f"Drop on {governed}")


def test_who_made_a_table_has_it_and_who_made_the_database_has_not(
    lake: Lake, governed: str
) -> None:
    lake.grant(ROLE, {"Database": {"Name": governed}}, "CREATE_TABLE")
    lake.role.create_table(DatabaseName=governed, TableInput={"Name": "roles"})
    lake.role.update_table(DatabaseName=governed, TableInput={"Name": "roles"})
    assert refusal(lake.caller.get_table, DatabaseName=governed, Name="roles") == required(
        "Describe on roles"
    )
    lake.grant(USER, {"Table": {"DatabaseName": governed, "TableWildcard": {}}}, "DESCRIBE")
    assert lake.caller.get_table(DatabaseName=governed, Name="roles")["Table"]["Name"] == "roles"


def test_lists_leave_out_what_is_hidden(lake: Lake, governed: str) -> None:
    names = [each["Name"] for each in lake.caller.get_databases()["DatabaseList"]]
    assert governed in names
    assert governed not in [each["Name"] for each in lake.role.get_databases()["DatabaseList"]]
    lake.caller.create_table(DatabaseName=governed, TableInput={"Name": "u"})
    lake.grant(ROLE, {"Table": {"DatabaseName": governed, "Name": "u"}}, "DESCRIBE")
    assert [t["Name"] for t in lake.role.get_tables(DatabaseName=governed)["TableList"]] == ["u"]


def test_a_tag_lets_somebody_in(lake: Lake, governed: str) -> None:
    lake.permissions.create_lf_tag(TagKey=governed, TagValues=["open", "shut"])
    tag = [{"TagKey": governed, "TagValues": ["open"]}]
    lake.permissions.add_lf_tags_to_resource(Resource={"Database": {"Name": governed}}, LFTags=tag)
    policy = {"ResourceType": "TABLE", "Expression": tag}
    lake.grant(ROLE, {"LFTagPolicy": policy}, "DESCRIBE")
    assert lake.role.get_table(DatabaseName=governed, Name="t")["Table"]["Name"] == "t"


def test_iam_stops_deciding_when_everybodys_permission_is_revoked(lake: Lake) -> None:
    lake.by_iam(by_iam=True)
    lake.caller.create_database(DatabaseInput={"Name": "closing"})
    lake.caller.create_table(DatabaseName="closing", TableInput={"Name": "t"})
    of_table = {"Table": {"DatabaseName": "closing", "Name": "t"}}
    assert lake.role.get_table(DatabaseName="closing", Name="t")
    lake.revoke(EVERYBODY, of_table, "ALL")
    assert refusal(lake.role.get_table, DatabaseName="closing", Name="t") == required(
        "Describe on t"
    )


STATISTICS = {
    "ColumnName": "a",
    "ColumnType": "int",
    "AnalyzedTime": 0,
    "StatisticsData": {
        "Type": "LONG",
        "LongColumnStatisticsData": {"NumberOfNulls": 0, "NumberOfDistinctValues": 1},
    },
}
INDEX = {"Keys": ["k"], "IndexName": "i"}
ONE_COLUMN = {"ColumnNames": ["a"]}
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("update_column_statistics_for_table", {"ColumnStatisticsList": [STATISTICS]}),
    ("delete_column_statistics_for_table", {"ColumnName": "a"}),
    ("update_column_statistics_for_partition", {"PartitionValues": ["1"], "ColumnStatisticsList": [STATISTICS]}),
    ("delete_column_statistics_for_partition", {"PartitionValues": ["1"], "ColumnName": "a"}),
    ("delete_table_version", {"VersionId": "0"}),
    ("batch_delete_table_version", {"VersionIds": ["0"]}),
    ("create_partition_index", {"PartitionIndex": INDEX}),
    ("delete_partition_index", {"IndexName": "i"}),
]  # fmt: skip
LOOKS: list[tuple[str, dict[str, Any]]] = [
    ("get_unfiltered_table_metadata", {"Name": "t"}),
    ("get_unfiltered_partition_metadata", {"TableName": "t", "PartitionValues": ["1"]}),
    ("get_unfiltered_partitions_metadata", {"TableName": "t"}),
    ("get_column_statistics_for_partition", {"TableName": "t", "PartitionValues": ["1"], **ONE_COLUMN}),
]  # fmt: skip


@pytest.mark.parametrize(("call", "given"), CHANGES)
def test_changes_of_what_belongs_to_a_table_need_alter(
    lake: Lake, governed: str, call: str, given: dict[str, Any]
) -> None:
    lake.grant(ROLE, {"Table": {"DatabaseName": governed, "Name": "t"}}, "SELECT", "INSERT")
    where = {"DatabaseName": governed, "TableName": "t"}
    assert refusal(getattr(lake.role, call), **where, **given) == required("Alter on t")


@pytest.mark.parametrize(("call", "given"), LOOKS)
def test_what_engines_ask_of_a_table_shows_no_hidden_one(
    lake: Lake, governed: str, call: str, given: dict[str, Any]
) -> None:
    where = {"DatabaseName": governed}
    if "unfiltered" in call:
        where["CatalogId"] = "000000000000"
        given = {**given, "SupportedPermissionTypes": ["COLUMN_PERMISSION"]}
    assert refusal(getattr(lake.role, call), **where, **given) == required("Describe on t")


def test_every_operation_of_the_catalog_is_held_or_said_not_to_be(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert HELD.isdisjoint(NOT_HELD)
    assert set(Catalog(store).operations()) == HELD | NOT_HELD
    store.close()


def test_what_is_made_while_nobody_is_held_is_everybodys_at_the_next_start(tmp_path: Path) -> None:
    store = Store(tmp_path)
    catalog, operations = Catalog(store), Catalog(store).operations()

    def make(table: str, enforcement: Enforcement | None) -> None:
        given = {"DatabaseName": "d", "TableInput": {"Name": table}}
        if enforcement is None:
            catalog.call("CreateTable", given)
        else:
            enforcement.run("AKIA", "CreateTable", given, operations["CreateTable"])

    def seen(enforcement: Enforcement) -> list[str]:
        answer = enforcement.run(
            "ASIA", "GetTables", {"DatabaseName": "d"}, operations["GetTables"]
        )
        return [table["Name"] for table in answer["TableList"]]

    default: dict[str, Any] = {"CreateTableDefaultPermissions": []}
    catalog.call("CreateDatabase", {"DatabaseInput": {"Name": "d", **default}})
    make("before", None)
    first = Enforcement(store)
    make("held", first)
    make("replaced", first)
    assert seen(first) == ["before"]
    make("between", None)
    catalog.call("DeleteTable", {"DatabaseName": "d", "Name": "replaced"})
    make("replaced", None)
    assert seen(Enforcement(store)) == ["before", "between", "replaced"]
    assert seen(Enforcement(store)) == ["before", "between", "replaced"]
    store.close()
