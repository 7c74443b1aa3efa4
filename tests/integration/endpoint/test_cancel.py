"""Cancelling: the Spark jobs and the Python code stop, and the session is usable afterwards."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.spark.worker_process import WorkerProcess, worker_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Driver
    from glue_endpoint.spark.host import SparkHost

pytestmark = pytest.mark.spark

# Hours of work, in portions of a fraction of a second, after which a task looks for a cancel.
HUGE = "b.crossJoin(spark.range(10**9).selectExpr('id as id2'))"
LONG = f"{HUGE}.selectExpr('sum(hash(id, id2))').collect()"

WORK = ("GeneratedClass", "PythonRunner")
"""Classes a task is in once it works: what Spark compiles from a plan, and what waits for Python."""

SPARK_CASES = {
    "aggregation": LONG,
    "write": f"{HUGE}.write.mode('overwrite').parquet('s3://tests/o')",
    "a write that never looks": "spark.range(10**12).write.mode('overwrite').parquet('s3://tests/n')",
    "rdd function": "spark.range(10**9).rdd.map(lambda r: r.id * 2).sum()",
    "pandas_udf": (
        "from pyspark.sql.functions import pandas_udf\n"
        "spark.range(10**9).select(pandas_udf(lambda x: x + 1, 'long')('id').alias('y'))"
        ".selectExpr('sum(y)').collect()"
    ),
    "many small jobs": "while True: spark.range(10).count()",
    "swallowed exceptions": f"for i in range(3):\n    try: {LONG}\n    except Exception: pass",
    "toPandas": f"{HUGE}.selectExpr('sum(hash(id, id2)) s').toPandas()",
    "a thread of the user's": (
        "import threading\n"
        "def work():\n"
        f"    try: {LONG}\n"
        "    except Exception: pass\n"
        "t = threading.Thread(target=work)\n"
        "t.start(); t.join()"
    ),
}

PYTHON_CASES = {
    "loop": "open('started', 'w').close()\nwhile True: pass",
    "sleep": "import time; open('started', 'w').close(); time.sleep(60)",
    "child process": "import subprocess; open('started', 'w').close(); subprocess.run(['sleep', '60'])",
}


@pytest.fixture(scope="module")
def busy(glue: Driver) -> Iterator[str]:
    """A session with a frame `b` that is long to join with itself."""
    name = glue.create(name="busy")
    glue.text(
        name,
        "spark.range(1_000).selectExpr('id', 'id % 100 k').write.mode('overwrite')"
        ".parquet('s3://tests/big')\nb = spark.read.parquet('s3://tests/big')",
    )
    yield name
    glue.sessions.delete(name)


def cancel_and_check(glue: Driver, session: str, statement: int) -> None:
    before = time.monotonic()
    glue.sessions.cancel_statement(session, statement)
    ended = glue.finish(session, statement, timeout=14)
    print(f"cancelled in {(time.monotonic() - before) * 1000:.0f} ms")
    assert ended["State"] == "CANCELLED"
    assert ended["CompletedOn"] >= ended["StartedOn"] > 0
    assert glue.text(session, "spark.range(10).count()") == "10"


@pytest.mark.parametrize("case", SPARK_CASES)
def test_spark_work_is_cancelled(glue: Driver, busy: str, case: str) -> None:
    statement = glue.start(busy, SPARK_CASES[case])
    # Tasks of a few milliseconds may never be seen at work; that several jobs began is as good.
    glue.until(
        lambda: (
            len(glue.jobs(busy, statement)) > 5 or glue.tasks_at_work(busy, statement, *WORK) > 0
        ),
        "tasks at work",
    )
    cancel_and_check(glue, busy, statement)
    glue.until(lambda: not glue.tasks_running(busy, statement), "tasks ended")


def test_tasks_are_known_while_they_run(glue: Driver, busy: str) -> None:
    """Spark told of them with its next event, the heartbeat of every ten seconds."""
    statement = glue.start(busy, LONG)
    glue.until(lambda: glue.tasks_at_work(busy, statement, *WORK) > 0, "tasks at work")
    glue.until(lambda: glue.tasks_running(busy, statement), "tasks in the tracker", timeout=2.0)
    session = glue.sessions.session(busy)
    assert session.engine is not None
    groups, group = session.engine.groups, session.statement(statement).group
    assert groups.at_work(group)
    cancel_and_check(glue, busy, statement)
    glue.until(lambda: not groups.at_work(group), "their threads are at work on them no more")
    # The threads of tasks keep their names in Spark's pool, and are not looked after for that.
    glue.until(
        lambda: "cancelled-jobs" not in [thread.name for thread in threading.enumerate()],
        "the watch of its tasks has ended",
    )


@pytest.mark.parametrize("case", PYTHON_CASES)
def test_python_work_is_cancelled(glue: Driver, busy: str, case: str) -> None:
    marker = glue.sessions.session(busy).folder / "started"
    marker.unlink(missing_ok=True)
    statement = glue.start(busy, PYTHON_CASES[case])
    glue.until(marker.exists, "the code has started")
    cancel_and_check(glue, busy, statement)


def test_an_import_is_not_cut_in_half(glue: Driver, busy: str) -> None:
    folder = glue.sessions.session(busy).folder
    (folder / "started").unlink(missing_ok=True)
    (folder / "slow_module.py").write_text(
        "import time\nopen('started', 'w').close()\ntime.sleep(1)\nwhole = True\n"
    )
    glue.text(busy, "import sys, os; sys.path.insert(0, os.getcwd())")
    statement = glue.start(busy, "import slow_module\nwhile True: pass")
    glue.until((folder / "started").exists, "the import has started")
    cancel_and_check(glue, busy, statement)
    assert glue.text(busy, "sys.modules['slow_module'].whole") == "True"


def test_a_waiting_statement_never_runs_and_a_finished_one_stays(glue: Driver, busy: str) -> None:
    first = glue.start(busy, "import time; time.sleep(60)")
    second = glue.start(busy, "ran = True")
    glue.sessions.cancel_statement(busy, second)
    assert glue.sessions.get_statement(busy, second)["State"] == "CANCELLED"
    glue.sessions.cancel_statement(busy, first)
    assert glue.finish(busy, first)["State"] == "CANCELLED"
    assert glue.run(busy, "ran")["Output"]["ErrorName"] == "NameError"
    done = glue.start(busy, "1")
    glue.finish(busy, done)
    glue.sessions.cancel_statement(busy, done)
    assert glue.sessions.get_statement(busy, done)["State"] == "AVAILABLE"


def test_a_cancel_hits_its_own_session_only(glue: Driver, busy: str) -> None:
    other = glue.create(name="other")
    victim = glue.start(busy, LONG)
    glue.until(lambda: glue.tasks_at_work(busy, victim, *WORK) > 0, "tasks at work")
    bystander = glue.start(other, "spark.range(10**9).selectExpr('sum(hash(id))').count()")
    cancel_and_check(glue, busy, victim)
    assert glue.finish(other, bystander)["Output"]["Data"]["TextPlain"] == "1"


def test_a_statement_that_cannot_be_cancelled_ends_its_session(
    spark_host: SparkHost, tmp_path: Path, glue: Driver
) -> None:
    driver = glue.on(spark_host, tmp_path, cancel_grace=0.5)
    sessions = driver.sessions
    name = driver.create(name="stubborn")
    code = (
        "import signal\n"
        "signal.signal(signal.SIGUSR1, signal.SIG_IGN)\n"
        "open('started', 'w').close()\n"
        "while True: pass"
    )
    statement = driver.start(name, code)
    driver.until((sessions.session(name).folder / "started").exists, "the code has started")
    pid = sessions.session(name).worker_pid
    sessions.cancel_statement(name, statement)
    assert driver.finish(name, statement)["State"] == "CANCELLED"
    shown = sessions.get(name)
    assert shown["Status"] == "FAILED"
    assert "could not be cancelled within" in shown["ErrorMessage"]
    driver.until(lambda: not process_exists(pid), "the worker has ended")
    sessions.close()


def process_exists(pid: int | None) -> bool:
    import psutil

    return pid is not None and psutil.pid_exists(pid)


def test_a_cancel_that_comes_before_its_statement_begins_counts(
    spark_host: SparkHost, tmp_path: Path
) -> None:
    worker = WorkerProcess(sys.executable, tmp_path / "workers.log", worker_environment({}))
    try:
        worker.attach(spark_host)
        worker.claim([], tmp_path, [], {})
        worker.run(1, "import time; time.sleep(0.5)", "group-1")
        worker.run(2, "open('ran', 'w').close()\nwhile True: pass", "group-2")
        worker.cancel(2)
        assert worker.wait_result(1, 30).status == "ok"
        assert worker.wait_result(2, 10).error_name == "KeyboardInterrupt"
        assert not (tmp_path / "ran").exists()
        worker.run(3, "1 + 1", "group-3")
        assert worker.wait_result(3, 10).text == "2"
    finally:
        worker.kill()
