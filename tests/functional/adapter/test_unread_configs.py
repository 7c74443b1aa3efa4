"""Configs that nobody carries out: nothing is built with one about security, and none is passed over in silence."""

from __future__ import annotations

import re
from typing import Any

import pytest
from dbt.tests.util import run_dbt, run_dbt_and_capture
from dbt_common.exceptions import CompilationError

pytestmark = pytest.mark.spark

TAGS = "{'enabled': true, 'tags_table': {'team': ['data', 'web']}}"
MODELS = {
    "tagged.sql": f"{{{{ config(materialized='table', lf_tags_config={TAGS}) }}}} select 1 as id",
    "seen.sql": "{{ config(materialized='view', grants={'select': ['ann']}) }} select 1 as id",
    "frame.py": """
def model(dbt, session):
    dbt.config(lf_grants={"data_cell_filters": {"enabled": True, "filters": {"few": {}}}})
    return session.range(1)
""",
    "plain.sql": "{{ config(materialized='table') }} select 1 as id",
}
SNAPSHOT = """
{% snapshot kept %}
{{ config(target_schema=schema, unique_key='id', strategy='check', check_cols='all') }}
select 1 as id
{% endsnapshot %}
"""


def tables(project: Any) -> set[str]:
    with project.adapter.connection_named("look"):
        relation = project.adapter.Relation.create(schema=project.test_schema)
        return {
            each.identifier for each in project.adapter.list_relations_without_caching(relation)
        }


class TestWhatMustNotPassUnread:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return MODELS

    @pytest.fixture(scope="class")
    @classmethod
    def seeds(cls) -> dict[str, str]:
        return {"rows.csv": "id\n1\n"}

    @pytest.fixture(scope="class")
    @classmethod
    def snapshots(cls) -> dict[str, str]:
        return {"kept.sql": SNAPSHOT}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls) -> dict[str, Any]:
        return {
            "seeds": {"+grants": {"select": ["bob"]}},
            "snapshots": {"+lf_tags_config": {"enabled": True, "table_tags": {"team": "data"}}},
        }

    @pytest.mark.parametrize("command", ["build", "compile"])
    def test_every_node_is_named_and_none_is_built(self, project: Any, command: str) -> None:
        with pytest.raises(CompilationError) as caught:
            run_dbt([command])
        said = str(caught.value.msg)
        assert "nothing was built" in said
        assert sorted(re.findall(r"`(\w+)` of (\S+)", said)) == [
            ("grants", "models/seen.sql"),
            ("grants", "seeds/rows.csv"),
            ("lf_grants", "models/frame.py"),
            ("lf_tags_config", "models/tagged.sql"),
            ("lf_tags_config", "snapshots/kept.sql"),
        ]
        assert tables(project) == set()

    def test_where_dbt_looks_at_no_table_before_each_node_says_so(self, project: Any) -> None:
        results = run_dbt(["build", "--no-populate-cache"], expect_pass=False)
        status = {result.node.name: str(result.status) for result in results}
        assert status.pop("plain") == "success"
        assert set(status.values()) == {"error"}
        assert all("`" in result.message for result in results if str(result.status) == "error")
        assert tables(project) == {"plain"}

    def test_a_selection_without_them_is_built(self, project: Any) -> None:
        assert len(run_dbt(["build", "-s", "plain"])) == 1

    def test_what_builds_nothing_is_not_refused(self, project: Any) -> None:
        run_dbt(["show", "-s", "seen"])
        run_dbt(["list"])


CONSTRAINED = """
models:
  - name: held
    config: {contract: {enforced: true}}
    constraints:
      - {type: primary_key, columns: [id]}
      - {type: check, expression: "id > 0", warn_unsupported: false}
    columns:
      - {name: id, data_type: int, constraints: [{type: not_null}]}
      - {name: name, data_type: string, constraints: [{type: not_null}, {type: custom, expression: x}]}
  - name: shown
    config: {contract: {enforced: true}, materialized: view}
    constraints: [{type: unique, columns: [id]}]
    columns:
      - {name: id, data_type: int}
"""


class TestWhatChangesNothing:
    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return {
            "held.sql": "{{ config(materialized='table') }} select 1 as id, 'a' as name",
            "shown.sql": "select 1 as id",
            "temporary.sql": (
                "{{ config(materialized='table', custom_temp_suffix='x') }} select 1 as id"
            ),
            "again.sql": "{{ config(materialized='table', custom_temp_suffix='x') }} select 1 as id",
            "schema.yml": CONSTRAINED,
        }

    def test_it_is_told_once_with_the_nodes(self, project: Any) -> None:
        _, log = run_dbt_and_capture(["run", "-s", "temporary", "again"])
        said = "the config `custom_temp_suffix` of models/again.sql, models/temporary.sql has no effect"
        assert log.count(said) == 1
        assert log.count("the config `custom_temp_suffix`") == 1

    def test_it_is_told_once_where_no_command_looked(self, project: Any) -> None:
        arguments = ["run", "-s", "temporary", "again", "--no-populate-cache"]
        _, log = run_dbt_and_capture(arguments)
        assert log.count("the config `custom_temp_suffix` has no effect") == 1

    def test_constraints_are_told_by_dbts_own_warning(self, project: Any) -> None:
        _, log = run_dbt_and_capture(["run", "-s", "held", "shown"])
        kinds = re.findall(r"constraint type (\w+) is not supported by glue", " ".join(log.split()))
        assert sorted(kinds) == ["custom", "primary_key", "unique"]

    def test_with_warn_error_nothing_is_built_against_a_constraint(self, project: Any) -> None:
        before = tables(project)
        results = run_dbt(["--warn-error", "run", "-s", "shown"], expect_pass=False)
        assert "constraint type unique is not supported" in " ".join(results[0].message.split())
        assert tables(project) == before
