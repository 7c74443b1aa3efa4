"""Sessions with words of --as-aws: limits of the account and of a session, and how one ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from glue_endpoint.errors import (
    IllegalSessionStateException,
    ResourceNumberLimitExceededException,
    SessionBusyException,
)
from glue_endpoint.fidelity import fidelity_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.spark


@pytest.fixture
def as_aws(glue: Any) -> Iterator[Callable[..., Any]]:
    """`as_aws("busy")`: a person at sessions, on the Spark of the other tests, that are as the words say."""
    drivers: list[Any] = []

    def driver(*words: str) -> Any:
        made = type(glue).on(glue.host, glue.host.state_dir, fidelity=fidelity_of(words))
        drivers.append(made)
        return made

    yield driver
    for made in drivers:
        made.sessions.close()


def status(driver: Any, name: str) -> str:
    return str(driver.sessions.get(name)["Status"])


def test_an_account_has_a_limit_of_sessions(as_aws: Callable[..., Any]) -> None:
    driver = as_aws("sessions=2")
    first = driver.create()
    driver.create()
    with pytest.raises(ResourceNumberLimitExceededException, match="limit of 2 sessions"):
        driver.create()
    driver.sessions.stop(first)
    driver.create()


def test_a_busy_session_takes_no_other_statement(as_aws: Callable[..., Any]) -> None:
    driver = as_aws("busy")
    name = driver.create()
    running = driver.start(name, "import time; time.sleep(600)")
    with pytest.raises(SessionBusyException, match="is busy processing statement 0"):
        driver.start(name, "1")
    driver.sessions.cancel_statement(name, running)
    driver.finish(name, running)
    assert driver.text(name, "1") == "1"


def test_output_is_cut_at_the_bytes_that_it_may_have(as_aws: Callable[..., Any]) -> None:
    driver = as_aws("output=7")
    name = driver.create()
    assert driver.text(name, "print('äöüß')") == "äöü"
    assert driver.text(name, "print('seven77')") == "seven77"


def test_a_session_stops_slowly_and_not_while_it_starts(as_aws: Callable[..., Any]) -> None:
    driver = as_aws("stop=0.3", "start=600")
    driver.sessions.create({"Id": "starting", "GlueVersion": "5.1"})
    for refused in (driver.sessions.stop, driver.sessions.delete):
        with pytest.raises(IllegalSessionStateException, match="is in PROVISIONING status"):
            refused("starting")

    driver = as_aws("stop=0.3")
    name = driver.create()
    driver.sessions.stop(name)
    assert status(driver, name) == "STOPPING"
    for refused in (driver.sessions.stop, driver.sessions.delete):
        with pytest.raises(IllegalSessionStateException, match="is in STOPPING status"):
            refused(name)
    with pytest.raises(IllegalSessionStateException):
        driver.start(name, "1")
    session = driver.sessions.session(name)
    assert session.wait(lambda: session.status == "STOPPED", 30)
    driver.sessions.delete(name)


def test_an_endpoint_that_ends_waits_for_no_session(as_aws: Callable[..., Any]) -> None:
    driver = as_aws("stop=600")
    name = driver.create()
    driver.sessions.close()
    assert status(driver, name) == "STOPPED"


@pytest.fixture(scope="module")
def restricted(glue: Any) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Runs a statement in a session without access to the JVM; what it gave."""
    driver = type(glue).on(glue.host, glue.host.state_dir, fidelity=fidelity_of(["jvm"]))
    name = driver.create()
    yield lambda code: driver.run(name, code)["Output"]
    driver.sessions.close()


@pytest.mark.parametrize(
    "code",
    [
        "spark._jvm",
        "spark.sparkContext._jvm.java.lang.System",
        "type(spark.sparkContext)._jvm",
        "sc._jsc.hadoopConfiguration()",
        "spark._jsparkSession.sessionState()",
        "spark.range(1)._jdf.queryExecution()",
        "spark.range(1).id._jc.toString()",
        "spark.catalog._jcatalog",
    ],
)
def test_the_code_of_a_restricted_session_reaches_no_jvm(restricted: Any, code: str) -> None:
    output = restricted(code)
    assert (output["Status"], output["ErrorName"]) == ("error", "Py4JError")
    assert "Py4JSecurityException" in output["ErrorValue"]


@pytest.mark.parametrize(
    "code", ["spark.range(1).rdd", "sc.parallelize([1])", "sc.textFile('s3://b/f')"]
)
def test_and_no_rdds(restricted: Any, code: str) -> None:
    assert "SparkRDDUnsupportedException" in restricted(code)["ErrorValue"]


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("spark.range(3).selectExpr('sum(id) as n').collect()[0].n", "3"),
        ("spark.createDataFrame([(1, 'a')], 'id int, name string').toPandas().name[0]", "'a'"),
        (
            "import pyspark.sql.functions as F; spark.range(2).select(F.udf(lambda i: i + 1, 'long')('id')).count()",
            "2",
        ),
        (
            "spark.catalog.currentDatabase(), spark.conf.get('spark.sql.session.timeZone') != ''",
            "('default', True)",
        ),
        ("import pyspark.pandas as ps; int(ps.DataFrame({'a': [1, 2]}).a.sum())", "3"),
        ("hasattr(spark, 'nothing')", "False"),
    ],
)
def test_spark_itself_works_in_a_restricted_session(
    restricted: Any, code: str, printed: str
) -> None:
    output = restricted(code)
    assert output["Status"] == "ok", output
    assert printed in output["Data"]["TextPlain"].splitlines()


def test_the_first_statement_finds_sparks_names_and_what_the_page_says(glue: Any) -> None:
    """What docs/aws-differences.md has of it."""
    name = glue.create()
    code = "; ".join(
        [
            "import sys, json",
            "conf = spark.conf.get",
            "found = [spark.version, spark.catalog.currentDatabase(), conf('spark.sql.catalogImplementation')]",
            "found += [conf('spark.sql.sources.default'), conf('spark.sql.ansi.enabled'), conf('spark.sql.warehouse.dir')]",
            "found += [type(each).__name__ for each in (spark, sc, glueContext, sqlContext)]",
            "print(json.dumps(found))",
        ]
    )
    assert json.loads(glue.text(name, code)) == [
        *("3.5.6", "default", "hive", "parquet", "false", "s3://dbt-glue-local/warehouse"),
        *("SparkSession", "SparkContext", "GlueContext", "SQLContext"),
    ]


def test_the_first_statement_of_a_bare_session_in_utc(as_aws: Callable[..., Any]) -> None:
    driver = as_aws("bare", "utc")
    name = driver.create()
    assert driver.run(name, "glueContext")["Output"]["ErrorName"] == "NameError"
    for known in ("spark", "sc", "sqlContext"):
        assert driver.run(name, known)["Output"]["Status"] == "ok"
    code = (
        "from pyspark.sql import SparkSession; import time\n"
        "session = SparkSession.builder.getOrCreate()\n"
        "session.conf.get('spark.sql.session.timeZone'), time.tzname[0], session.range(2).count()"
    )
    assert driver.text(name, code) == "('UTC', 'UTC', 2)"
    own = driver.create(DefaultArguments={"--conf": "spark.sql.session.timeZone=Europe/Berlin"})
    code = code.replace("time.tzname[0], ", "")
    assert driver.text(own, code) == "('Europe/Berlin', 2)"
