"""Models written for dbt-glue: `python_model` is `table`, and is told once to be called so."""

import pytest
from dbt.cli.main import dbtRunner
from dbt.tests.util import run_dbt, run_dbt_and_capture, write_file

pytestmark = pytest.mark.spark

OLDER = """
def model(dbt, session):
    dbt.config(materialized='python_model'{more})
    return session.range({rows}).selectExpr('id', "'{day}' as day")
"""
IN_YAML = "def model(dbt, session):\n    return session.range(2)\n"
SCHEMA = """
models:
  - name: in_yaml
    config: {materialized: python_model}
"""
TOLD = "models/plain.py:3:29 GLU305"


def older(rows, day, more=""):
    return OLDER.format(rows=rows, day=day, more=more)


class TestPythonModel:
    @pytest.fixture(scope="class")
    def models(self):
        return {
            "plain.py": older(3, "mon", ", partition_by=['day'], persist_docs={'relation': True}"),
            "iceberg.py": older(3, "mon", ", file_format='iceberg'"),
            "in_yaml.py": IN_YAML,
            "schema.yml": SCHEMA,
            "after.sql": "select count(*) as found from {{ ref('plain') }}",
            "sql.sql": "{{ config(materialized='python_model', enabled=var('sql', false)) }} select 1",
        }

    def rows(self, project, name):
        prefix = "glue_catalog." if name == "iceberg" else ""
        return project.run_sql(
            f"select id, day from {prefix}{{schema}}.{name} order by id", fetch="all"
        )

    def test_it_is_a_table_built_anew_and_the_word_is_told(self, project):
        _, log = run_dbt_and_capture(["run"])
        assert log.count(TOLD) == 1
        assert "`python_model` is dbt-glue's name of `table`" in log
        assert "models/in_yaml.py:1:5 GLU305" in log
        assert self.rows(project, "plain") == [(0, "mon"), (1, "mon"), (2, "mon")]
        assert project.run_sql("select found from {schema}.after", fetch="one")[0] == 3
        assert len(project.run_sql("select * from {schema}.in_yaml", fetch="all")) == 2
        for name, more in (
            ("plain", ", partition_by=['day']"),
            ("iceberg", ", file_format='iceberg'"),
        ):
            write_file(older(2, "tue", more), project.project_root, "models", f"{name}.py")
        run_dbt(["run", "-s", "plain", "iceberg"])
        for name in ("plain", "iceberg"):
            assert self.rows(project, name) == [(0, "tue"), (1, "tue")]

    def test_it_is_a_word_for_python_models_alone(self, project):
        outcome = dbtRunner().invoke(["run", "-s", "sql", "--vars", "sql: true"])
        assert "only supports languages ['python']" in outcome.result[0].message
