"""One project on the Spark of each Glue version, side by side over one warehouse, and what `check` says of a version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from dbt.cli.main import dbtRunner
from glue_endpoint.process import client

if TYPE_CHECKING:
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

# Two Sparks may have to be installed first.
pytestmark = [pytest.mark.spark, pytest.mark.timeout(1200)]

SPARKS = {"5.0": "3.5.4", "5.1": "3.5.6", "6.0": "4.1.1"}
ICEBERG = "config(materialized='incremental', file_format='iceberg', unique_key='id', incremental_strategy='merge')"

MODELS = {
    "v.sql": "{{ config(materialized='view') }} select id, amount from {{ ref('orders') }}",
    "t.sql": "{{ config(materialized='table') }} select id, amount * 2 as twice, version() as spark from {{ ref('v') }}",
    "p.py": """
import pandas as pd
from pyspark.sql import functions as F


def model(dbt, session):
    dbt.config(materialized="table")
    df = dbt.ref("v").withColumn("thrice", F.col("amount") * 3)
    more = session.createDataFrame(pd.DataFrame({"id": [9], "amount": [90], "thrice": [270]}))
    return df.selectExpr("cast(id as bigint) id", "cast(amount as bigint) amount", "cast(thrice as bigint) thrice").unionByName(more)
""",
    "i.sql": "{{ "
    + ICEBERG
    + " }} select id, amount + {{ var('more', 0) }} as amount, version() as spark "
    "from {{ ref('v') }} {% if is_incremental() %} where id > 1 {% endif %}",
    "ip.py": """
def model(dbt, session):
    dbt.config(materialized="table", file_format="iceberg")
    return dbt.ref("p").select("id", "thrice")
""",
}

FUNCTIONS = {
    "tax.sql": "select amount * 0.5",
    "most.py": "class Most:\n    def __init__(self):\n        self.seen = []\n"
    "    def accumulate(self, amount):\n        self.seen.append(amount)\n"
    "    def finish(self):\n        return max(self.seen)\n",
    "functions.yml": """
functions:
  - {name: tax, arguments: [{name: amount, data_type: int}], returns: {data_type: double}}
  - name: most
    config: {type: aggregate, entry_point: Most, runtime_version: "3.11"}
    arguments: [{name: amount, data_type: bigint}]
    returns: {data_type: int}
""",
}

CHECKED = {
    # What went with Spark 4, what came with it, and what both have.
    "gone.py": "def model(dbt, session):\n    return session.range(3).to_pandas_on_spark()\n",
    "gone_in_pandas.py": "import pyspark.pandas as ps\n\n\ndef model(dbt, session):\n"
    "    psdf = ps.DataFrame({'a': [1]})\n    return psdf.append(ps.DataFrame({'a': [2]}))\n",
    "came.py": "from pyspark.sql import functions as F\n\n\ndef model(dbt, session):\n"
    "    return session.range(3).select(F.try_mod('id', F.lit(2)).alias('x'))\n",
    "came_as_method.py": "def model(dbt, session):\n    df = session.range(3)\n"
    "    return df.select(df.id.try_cast('string').alias('x'))\n",
    "both.py": "from pyspark.sql import functions as F\n\n\ndef model(dbt, session):\n"
    "    return session.range(3).select(F.try_add('id', F.lit(2)).alias('x'))\n",
}
LEFT_BY_THE_SESSION = """
def model(dbt, session):
    df = session.createDataFrame([("x", 1, "p"), ("y", None, "q")], "k string, n bigint, s string")
    pdf = df.toPandas()
    pdf = pdf[pdf["k"] == "x"].reset_index(drop=True)
    return pdf[["k", "n"]]
"""
ROWS_DECIDE = (
    "from pyspark.sql import functions as F\n\n\ndef model(dbt, session):\n"
    "    df = session.createDataFrame([('1',), ('x',)], 'n string')\n"
    "    return df.select(F.col('n').cast('int').alias('n'))\n"
)


class Project:
    """A dbt project with a target for each Glue version, all on one endpoint."""

    def __init__(self, root: Path, endpoint_dir: Path, name: str) -> None:
        self.root = root
        self.endpoint_dir = endpoint_dir
        self.name = name
        (root / "models").mkdir(parents=True)
        (root / "dbt_project.yml").write_text(
            f"name: {name}\nversion: '1.0'\nprofile: {name}\n", encoding="utf-8"
        )
        outputs = {
            self.target(version): {
                "type": "glue",
                "endpoint": "local",
                "endpoint_dir": str(endpoint_dir),
                "schema": self.schema(version),
                "glue_version": version,
                "datalake_formats": "iceberg",
                "threads": 1,
            }
            for version in SPARKS
        }
        profile = {name: {"target": self.target("5.1"), "outputs": outputs}}
        (root / "profiles.yml").write_text(json.dumps(profile), encoding="utf-8")

    @staticmethod
    def target(version: str) -> str:
        return f"glue{version.replace('.', '')}"

    def schema(self, version: str) -> str:
        return f"{self.name}_{self.target(version)}"

    def dbt(self, version: str, *arguments: str) -> Any:
        where = ("--project-dir", str(self.root), "--profiles-dir", str(self.root))
        target = (
            "--target",
            self.target(version),
            "--target-path",
            f"target/{self.target(version)}",
        )
        return dbtRunner().invoke([*arguments, *where, *target])

    def good(self, version: str, *arguments: str) -> Any:
        outcome = self.dbt(version, *arguments)
        failed = [
            (result.node.name, result.message)
            for result in getattr(outcome.result, "results", ())
            if result.status not in ("success", "pass")
        ]
        assert outcome.success, (outcome.exception, failed)
        return outcome.result

    def rows(self, version: str, sql: str) -> list[tuple[Any, ...]]:
        shown = self.good(version, "--quiet", "show", "--inline", sql, "--limit", "-1")
        return [tuple(row) for row in shown.results[0].agate_table.rows]


@pytest.fixture(scope="module")
def project(
    tmp_path_factory: pytest.TempPathFactory, endpoint: EndpointHandle, endpoint_dir: Path
) -> Project:
    assert endpoint.url
    root = tmp_path_factory.mktemp("sparks")
    made = Project(root, endpoint_dir, "sparks")
    (root / "seeds").mkdir()
    (root / "seeds" / "orders.csv").write_text("id,amount\n1,10\n2,20\n3,30\n", encoding="utf-8")
    for name, text in MODELS.items():
        (root / "models" / name).write_text(text, encoding="utf-8")
    (root / "functions").mkdir()
    for name, text in FUNCTIONS.items():
        (root / "functions" / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def built(project: Project) -> Project:
    for version in SPARKS:
        project.good(version, "build")
        project.good(version, "run", "--select", "i", "--vars", "{more: 100}")
    return project


@pytest.mark.parametrize("version", SPARKS)
def test_a_project_is_built_on_the_spark_of_the_version(built: Project, version: str) -> None:
    spark = SPARKS[version]
    found = built.rows(
        version, "select id, twice, substring_index(spark, ' ', 1) from {{ ref('t') }}"
    )
    assert sorted(found) == [(1, 20, spark), (2, 40, spark), (3, 60, spark)]
    found = built.rows(
        version, "select id, amount, substring_index(spark, ' ', 1) from {{ ref('i') }}"
    )
    assert sorted(found) == [(1, 10, spark), (2, 120, spark), (3, 130, spark)]


@pytest.mark.parametrize("version", SPARKS)
def test_functions_of_the_project_are_there_on_each(built: Project, version: str) -> None:
    sql = "select {{ function('most') }}(amount) as most, {{ function('tax') }}(sum(amount)) as tax from {{ ref('orders') }}"
    assert built.rows(version, sql) == [(30, 30.0)]


@pytest.mark.parametrize("reader", SPARKS)
def test_what_one_wrote_the_others_read(built: Project, reader: str) -> None:
    union = " union all ".join(
        f"select '{writer}' as writer, 'p' as name, count(*) as n, sum(thrice) as total from {built.schema(writer)}.p "
        f"union all select '{writer}', 'ip', count(*), sum(thrice) from glue_catalog.{built.schema(writer)}.ip "
        f"union all select '{writer}', 'i', count(*), sum(amount) from glue_catalog.{built.schema(writer)}.i "
        f"union all select '{writer}', 'v', count(*), sum(amount) from {built.schema(writer)}.v"
        for writer in SPARKS
    )
    expected = {"p": (4, 450), "ip": (4, 450), "i": (3, 260), "v": (3, 60)}
    assert sorted(built.rows(reader, union)) == sorted(
        (writer, name, *numbers) for writer in SPARKS for name, numbers in expected.items()
    )


def test_each_has_its_engine_with_the_jars_of_its_version(built: Project) -> None:
    engines = (client.status(built.endpoint_dir) or {})["engines"]
    with_formats = {e["spark_version"]: e["formats"] for e in engines if e["formats"]}
    assert with_formats == dict.fromkeys(SPARKS.values(), "iceberg")


# -- `dbt-glue check` and the session say the same -----------------------------------------------


@pytest.fixture(scope="module")
def checked(
    tmp_path_factory: pytest.TempPathFactory, endpoint: EndpointHandle, endpoint_dir: Path
) -> Project:
    assert endpoint.url
    made = Project(tmp_path_factory.mktemp("checked"), endpoint_dir, "checked")
    others = {"rows_decide.py": ROWS_DECIDE, "left.py": LEFT_BY_THE_SESSION}
    for name, text in {**CHECKED, **others}.items():
        (made.root / "models" / name).write_text(text, encoding="utf-8")
    return made


def findings(project: Project, version: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The models that `dbt-glue check --glue-version` finds fault with, and the first rule that does."""
    from click.testing import CliRunner
    from glue_cli.main import main

    monkeypatch.chdir(project.root)
    arguments = ["check", "--glue-version", version, "--output-format", "json", "."]
    said = json.loads(CliRunner().invoke(main, arguments).stdout)
    found: dict[str, str] = {}
    for each in said:
        found.setdefault(each["path"].rpartition("/")[2], each["code"])
    return found


@pytest.mark.parametrize(
    ("version", "broken"),
    [
        ("5.1", {"came.py": "GLU603", "came_as_method.py": "GLU602"}),
        ("6.0", {"gone.py": "GLU602", "gone_in_pandas.py": "GLU602"}),
    ],
)
def test_check_finds_what_breaks_in_a_session_of_the_version(
    checked: Project, version: str, broken: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert findings(checked, version, monkeypatch) == broken
    # Without our own answer before it: what does the session say?
    settings = checked.root / "dbt-glue.toml"
    settings.write_text('ignore = ["GLU602", "GLU603"]\n', encoding="utf-8")
    outcome = checked.dbt(version, "run", "--exclude", "rows_decide", "left")
    settings.unlink()
    failed = {r.node.name: r.message for r in outcome.result.results if r.status != "success"}
    assert {f"{name}.py" for name in failed} == broken.keys(), failed
    for message in failed.values():
        assert "AttributeError" in message or "is not callable" in message, message


def test_what_the_rows_decide_a_session_of_the_version_tells(
    checked: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spark 4 is strict about values (ANSI): that a text becomes no number is an error there, and NULL before."""
    for version in ("5.1", "6.0"):
        assert "rows_decide.py" not in findings(checked, version, monkeypatch)
    checked.good("5.1", "run", "--select", "rows_decide")
    outcome = checked.dbt("6.0", "run", "--select", "rows_decide")
    assert "CAST_INVALID_INPUT" in outcome.result.results[0].message


@pytest.mark.parametrize("version", ["5.1", "6.0"])
def test_a_rewrite_that_the_session_left_is_told(checked: Project, version: str) -> None:
    """What names columns only is planned in ANSI mode too, and the session decides by the types that it sees."""
    (result,) = checked.good(version, "run", "--select", "left").results
    told = {each["rewrite"]: each for each in result.adapter_response["rewrites"]}
    assert told["projection"]["applied"]
    assert "NULL decides the pandas type of n" in told["filters"]["why"]
