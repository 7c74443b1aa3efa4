"""dbt's own suite for Python models, over boto3 and HTTP, on real Spark."""

from __future__ import annotations

from typing import ClassVar

import pytest
from dbt.tests.adapter.python_model.test_python_model import (
    BasePythonEmptyTests,
    BasePythonIncrementalTests,
    BasePythonMetaGetTests,
    BasePythonModelTests,
    BasePythonSampleTests,
)
from dbt.tests.adapter.python_model.test_spark import (
    PANDAS_MODEL,
    PANDAS_ON_SPARK_MODEL,
    PYSPARK_MODEL,
    BasePySparkTests,
)
from dbt.tests.util import run_dbt

pytestmark = pytest.mark.spark


class TestPythonModel(BasePythonModelTests):
    pass


class TestPythonIncremental(BasePythonIncrementalTests):
    pass


class TestPythonMetaGet(BasePythonMetaGetTests):
    pass


class TestPythonEmpty(BasePythonEmptyTests):
    """dbt's class is of adapters whose Python models read all rows; here they read what SQL models read: none."""

    dialect: ClassVar[str] = "with --empty a Python model reads no rows, as a SQL model does"

    def test_empty_mode(self, project):
        run_dbt(["run"])
        self.assert_row_count(project, "model_that_refs_input", 3)
        run_dbt(["run", "--empty"])
        self.assert_row_count(project, "model_that_refs_input", 0)


class TestPythonSample(BasePythonSampleTests):
    """As above: the rows of the time, of an input that has an `event_time`."""

    dialect: ClassVar[str] = (
        "with --sample a Python model reads the rows of the time, as a SQL model does"
    )

    def test_sample_mode(self, project):
        run_dbt(["run"])
        self.assert_row_count(project, "model_that_refs_input", 3)
        run_dbt(["run", "--sample={'start': '2025-01-03', 'end': '2025-01-04'}"])
        self.assert_row_count(project, "model_that_refs_input", 1)


class _Unfiltered:
    """dbt's own assertions, for a model that asks for all rows."""

    dialect: ClassVar[str] = "the model asks for all rows (`unfiltered`)"

    @pytest.fixture(scope="class")
    def model_that_refs_input_py(self) -> str:
        return """
def model(dbt, session):
    dbt.config(materialized="table", unfiltered="input_model")
    return dbt.ref("input_model")
"""


class TestPythonEmptyUnfiltered(_Unfiltered, BasePythonEmptyTests):
    pass


class TestPythonSampleUnfiltered(_Unfiltered, BasePythonSampleTests):
    pass


class TestPySpark(BasePySparkTests):
    """Without Koalas, which pandas-on-Spark replaced in Spark 3.2 and which no Glue version has."""

    dialect: ClassVar[str] = "no Koalas, which Spark 3.2 replaced by pandas on Spark"

    @pytest.fixture(scope="class")
    def models(self):
        return {
            "pandas_df.py": PANDAS_MODEL,
            "pyspark_df.py": PYSPARK_MODEL,
            "pandas_on_spark_df.py": PANDAS_ON_SPARK_MODEL,
        }

    def test_different_dataframes(self, project):
        results = run_dbt(["run"])
        kinds = {result.node.name: result.adapter_response["frame_kind"] for result in results}
        assert kinds == {
            "pandas_df": "pandas",
            "pandas_on_spark_df": "pandas-on-Spark",
            "pyspark_df": "spark",
        }
        for table in ("pandas_df", "pandas_on_spark_df", "pyspark_df"):
            rows = project.run_sql(
                f"select City, Latitude from {project.test_schema}.{table} order by City limit 2",
                fetch="all",
            )
            assert [tuple(row) for row in rows] == [("Bogota", 4.6), ("Brasilia", -15.78)]
