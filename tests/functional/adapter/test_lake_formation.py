"""Tags, filters and permissions of what a project builds: SQL, Python, views, seeds and snapshots, in one project."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture, update_config_file

from tests.functional.adapter.open_tables import client_of

if TYPE_CHECKING:
    from glue_endpoint.process.client import EndpointHandle

    from tests.functional.adapter.conftest import Wire

pytestmark = pytest.mark.spark

ANN, BOB, EVE = (f"arn:aws:iam::000000000000:user/{name}" for name in ("ann", "bob", "eve"))
MODELS = {
    "orders.sql": "{{ config(materialized='table') }} select 1 as id, 'a' as name",
    "kept_partitions.sql": (
        "{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by='name') }} "
        "select 1 as id, 'a' as name"
    ),
    "seen.sql": "{{ config(materialized='view') }} select * from {{ ref('orders') }}",
    "frame.py": """
def model(dbt, session):
    dbt.config(
        materialized="incremental",
        incremental_strategy="append",
        lf_tags_config={"enabled": True, "drop_existing": True, "tags_columns": {"lf_pii": {"yes": ["id"]}}},
    )
    return dbt.ref("orders")
""",
}
SNAPSHOT = """
{% snapshot versions %}
{{ config(target_schema=schema, unique_key='id', strategy='check', check_cols=['name']) }}
select * from {{ ref('orders') }}
{% endsnapshot %}
"""
MACROS = """
{% macro by_sql() %}
  {% do run_query(get_grant_sql(api.Relation.create(schema=target.schema, identifier='orders'), 'select', ['ann'])) %}
{% endmacro %}
{% macro by_method(who) %}
  {% set orders = api.Relation.create(schema=target.schema, identifier='orders') %}
  {% do adapter.apply_grants_config(orders, {'select': [who]}, should_revoke=false) %}
  {% do log('THERE ' ~ adapter.standardize_grants_dict(run_query(get_show_grant_sql(orders))), info=true) %}
{% endmacro %}
"""
BY_PROJECT = ("orders", "kept_partitions", "seen", "rows", "versions")
ALL = (*BY_PROJECT, "frame")
WRITES = ("Add", "Remove", "Batch", "Create", "Update", "Delete", "Grant", "Revoke")
OF_LAKE_FORMATION = {
    "GetResourceLFTags", "ListPermissions", "ListDataCellsFilter", "AddLFTagsToResource", "RemoveLFTagsFromResource",
    "CreateDataCellsFilter", "UpdateDataCellsFilter", "DeleteDataCellsFilter", "BatchGrantPermissions",
    "BatchRevokePermissions",
}  # fmt: skip


def configs(**given: Any) -> dict[str, Any]:
    """The configs of all nodes; what is given replaces members of them."""
    tags = {
        "enabled": True,
        "drop_existing": True,
        "tags_database": {"lf_env": "prod"},
        "tags_table": given.get("table", {"lf_team": "data"}),
        "tags_columns": given.get("columns", {"lf_pii": {"yes": ["name"], "no": ["id"]}}),
    }
    filters = {"few": {"row_filter": "id > 0", "principals": [BOB], "column_names": ["id"]}}
    of_nodes = {
        "+lf_tags_config": tags,
        "+lf_grants": {
            "data_cell_filters": {
                "enabled": True,
                "drop_existing": True,
                "filters": given.get("filters", filters),
            }
        },
        "+grants": given.get("grants", {"select": [ANN], "describe": [ANN, EVE]}),
    }
    return dict.fromkeys(("models", "seeds", "snapshots"), of_nodes)


class Seen:
    """What Lake Formation has of the tables of a schema."""

    def __init__(self, endpoint: EndpointHandle, schema: str) -> None:
        self.lake: Any = client_of(endpoint, "lakeformation")
        self.schema = schema

    def tags(self, name: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """The tags of a table, and of each of its columns that has any."""
        table = {"Table": {"DatabaseName": self.schema, "Name": name}}
        answer = self.lake.get_resource_lf_tags(Resource=table, ShowAssignedLFTags=True)
        columns = answer.get("LFTagsOnColumns", [])
        return (
            _pairs(answer.get("LFTagsOnTable", [])),
            {each["Name"]: _pairs(each["LFTags"]) for each in columns},
        )

    def grants(self, name: str) -> set[tuple[str, str]]:
        """(principal, permission) on a table and, as `filter:…`, by its filters."""
        table = {"Table": {"DatabaseName": self.schema, "Name": name}}
        found = self.lake.list_permissions(Resource=table, IncludeRelated="TRUE")
        return {
            (each["Principal"]["DataLakePrincipalIdentifier"], _where(each["Resource"]) + what)
            for each in found["PrincipalResourcePermissions"]
            for what in each["Permissions"]
        }

    def filters(self, name: str) -> dict[str, str]:
        """The row filters of a table by name."""
        where = {"DatabaseName": self.schema, "Name": name, "CatalogId": "000000000000"}
        found = self.lake.list_data_cells_filter(Table=where)["DataCellsFilters"]
        return {each["Name"]: each["RowFilter"]["FilterExpression"] for each in found}


def _pairs(tags: list[Any]) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValues"][0] for tag in tags}


def _where(resource: dict[str, Any]) -> str:
    return f"{resource['DataCellsFilter']['Name']}:" if "DataCellsFilter" in resource else ""


class TestWhatAProjectBuilds:
    @pytest.fixture(scope="class")
    @classmethod
    def dbt_profile_target(cls, line: Wire) -> dict[str, Any]:
        """The endpoint by its URL, through a wire that counts."""
        return {
            "type": "glue",
            "endpoint": line.url,
            "location": "s3://dbt-glue-local/warehouse/",
            "threads": 1,
        }

    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    @classmethod
    def seeds(cls) -> dict[str, str]:
        return {"rows.csv": "id,name\n1,a\n"}

    @pytest.fixture(scope="class")
    @classmethod
    def snapshots(cls) -> dict[str, str]:
        return {"versions.sql": SNAPSHOT}

    @pytest.fixture(scope="class")
    @classmethod
    def macros(cls) -> dict[str, str]:
        return {"macros.sql": MACROS}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return configs()

    @pytest.fixture(scope="class")
    @classmethod
    def seen(cls, project: Any, endpoint: EndpointHandle) -> Seen:
        seen = Seen(endpoint, project.test_schema)
        for key, values in (
            ("lf_team", ["data", "web"]),
            ("lf_pii", ["yes", "no"]),
            ("lf_env", ["prod"]),
        ):
            seen.lake.create_lf_tag(TagKey=key, TagValues=values)
        run_dbt(["build"])
        return seen

    def calls(self, line: Wire, *arguments: str, expect_pass: bool = True) -> list[str]:
        """Runs dbt; the calls of Lake Formation that it made."""
        line.calls.clear()
        run_dbt([*arguments], expect_pass=expect_pass)
        return [name for name, _ in line.calls if name in OF_LAKE_FORMATION]

    def test_everything_has_what_its_configs_say(self, seen: Seen) -> None:
        for name in BY_PROJECT:
            columns = {"id": {"lf_pii": "no"}, "name": {"lf_pii": "yes"}}
            assert seen.tags(name) == ({"lf_team": "data"}, columns), name
        assert seen.tags("frame") == ({}, {"id": {"lf_pii": "yes"}})
        for name in ALL:
            assert seen.filters(name) == {"few": "id > 0"}, name
            assert seen.grants(name) == {
                (ANN, "SELECT"),
                (ANN, "DESCRIBE"),
                (EVE, "DESCRIBE"),
                (BOB, "few:SELECT"),
            }, name
        database = {"Database": {"Name": seen.schema}}
        answer = seen.lake.get_resource_lf_tags(Resource=database)
        assert _pairs(answer["LFTagOnDatabase"]) == {"lf_env": "prod"}

    def test_a_second_run_changes_nothing_and_no_entry_is_made_anew(
        self, seen: Seen, line: Wire
    ) -> None:
        calls = self.calls(line, "build")
        # Tags, filters, who reads by the one filter, and permissions; and once the tags of the database.
        assert sorted(calls) == sorted(
            [
                *["GetResourceLFTags", "ListDataCellsFilter"] * len(ALL),
                *["ListPermissions"] * 2 * len(ALL),
                "GetResourceLFTags",
            ]
        )
        deleted = [given["Name"] for name, given in line.calls if name == "DeleteTable"]
        assert not set(deleted) & set(ALL)
        assert seen.tags("seen")[0] == {"lf_team": "data"}

    def test_what_is_taken_out_of_the_configs_is_taken_away(
        self, project: Any, seen: Seen, line: Wire
    ) -> None:
        changed = configs(
            table={"lf_team": "web"},
            columns={"lf_pii": {"yes": ["name"]}},
            filters={"most": {"row_filter": "id > 1", "principals": [BOB, EVE]}},
            grants={"select": [ANN], "insert": [EVE]},
        )
        update_config_file(changed, project.project_root, "dbt_project.yml")
        _, log = run_dbt_and_capture(["build"])
        for name in BY_PROJECT:
            assert seen.tags(name) == ({"lf_team": "web"}, {"name": {"lf_pii": "yes"}}), name
        for name in ALL:
            assert seen.filters(name) == {"most": "id > 1"}, name
            assert seen.grants(name) == {
                (ANN, "SELECT"),
                (EVE, "INSERT"),
                (BOB, "most:SELECT"),
                (EVE, "most:SELECT"),
            }, name
        where = f"{seen.schema}.orders"
        for said in (
            f"set lf_team=web on {where}",
            f"removed lf_pii=no from {where}, column id",
            f"deleted the filter few of {where}",
            f"made the filter most of {where}",
            f"granted the filter most of {where} to {BOB}",
            f"revoke describe on {where} from {ANN}",
            f"grant insert on {where} to {EVE}",
        ):
            assert log.count(f"Lake Formation: {said}\n") == 1, said
        again = self.calls(line, "build", "--full-refresh")
        assert not [name for name in again if name.startswith(WRITES)]

    @pytest.mark.parametrize(
        ("operation", "config", "changed"),
        [
            ("AddLFTagsToResource", "lf_tags_config", {"table": {"lf_team": "data"}}),
            ("CreateDataCellsFilter", "lf_grants", {"filters": {"new": {"row_filter": "id > 2"}}}),
            ("BatchGrantPermissions", "grants", {"grants": {"select": [BOB]}, "filters": {}}),
        ],
    )
    def test_what_is_refused_is_an_error_and_the_next_run_mends_it(
        self, project: Any, seen: Seen, line: Wire, operation: str, config: str, changed: Any
    ) -> None:
        update_config_file(configs(**changed), project.project_root, "dbt_project.yml")
        line.fail_next(operation, "AccessDeniedException", "Insufficient Lake Formation permission")
        (result,) = run_dbt(["run", "-s", "orders"], expect_pass=False)
        said = " ".join(result.message.split())
        assert f"`{config}` of `{seen.schema}`.`orders` is not carried out" in said
        assert "AccessDeniedException: Insufficient Lake Formation permission" in said
        assert f"Next: allow lakeformation:{operation}" in said
        assert operation in self.calls(line, "run", "-s", "orders")

    def test_a_tag_that_is_not_there_is_named_with_the_next_step(
        self, project: Any, seen: Seen
    ) -> None:
        update_config_file(
            configs(table={"lf_owner": "ann"}), project.project_root, "dbt_project.yml"
        )
        (result,) = run_dbt(["run", "-s", "orders"], expect_pass=False)
        assert f"the tag lf_owner=ann of {seen.schema}.orders cannot be set" in result.message
        assert "create-lf-tag --tag-key lf_owner --tag-values ann" in result.message

    def test_macros_grant_by_the_method_and_not_by_sql(self, seen: Seen) -> None:
        del seen
        _, log = run_dbt_and_capture(["run-operation", "by_sql"], expect_pass=False)
        assert "Glue has no SQL to grant select" in " ".join(log.split())
        _, log = run_dbt_and_capture(["run-operation", "by_method", "--args", f"{{who: '{EVE}'}}"])
        there = log.partition("THERE ")[2].splitlines()[0]
        assert EVE in ast.literal_eval(there)["select"]

    def test_everybody_by_iam_is_told_of_and_nothing_is_revoked_of_it(
        self, project: Any, seen: Seen
    ) -> None:
        table = {"Table": {"DatabaseName": seen.schema, "Name": "orders"}}
        everybody = {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}
        seen.lake.grant_permissions(Principal=everybody, Resource=table, Permissions=["ALL"])
        update_config_file(configs(), project.project_root, "dbt_project.yml")
        _, log = run_dbt_and_capture(["run", "-s", "orders"])
        assert f"`grants` keeps nobody from {seen.schema}.orders" in " ".join(log.split())
        assert ("IAM_ALLOWED_PRINCIPALS", "ALL") in seen.grants("orders")
