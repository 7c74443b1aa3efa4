"""The life of sessions: states, isolation, order, time-outs, and what happens when parts die."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from glue_endpoint.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    IllegalSessionStateException,
    ValidationException,
)
from glue_endpoint.spark.host import SparkHost

if TYPE_CHECKING:
    from conftest import Driver
    from glue_endpoint.process.warehouse import Warehouse

pytestmark = pytest.mark.spark


def test_a_session_shows_what_it_was_asked_for(glue: Driver) -> None:
    name = glue.create(IdleTimeout=7, NumberOfWorkers=3, WorkerType="G.1X")
    shown = glue.sessions.get(name)
    assert shown["Status"] == "READY"
    assert isinstance(shown["CreatedOn"], datetime)
    assert (shown["IdleTimeout"], shown["NumberOfWorkers"], shown["GlueVersion"]) == (7, 3, "5.1")
    assert "ErrorMessage" not in shown
    assert shown in glue.sessions.list()
    glue.sessions.delete(name)


def test_a_second_session_gets_the_worker_that_was_kept_warm(glue: Driver, session: str) -> None:
    assert glue.text(session, "1") == "1"
    engine = glue.sessions.session(session).engine
    assert engine is not None
    glue.until(lambda: engine.warm, "a worker is kept warm")
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    name = glue.create()
    assert glue.sessions.session(name).worker_pid in before
    assert glue.text(name, "spark.sql('select 1').collect()") == "[Row(1=1)]"


def test_sessions_share_tables_but_not_views_settings_or_globals(glue: Driver) -> None:
    one, two = glue.create(), glue.create()
    glue.text(
        one,
        "spark.sql('create database if not exists shared')\n"
        "spark.range(5).write.mode('overwrite').saveAsTable('shared.t')\n"
        "spark.range(1).createOrReplaceTempView('mine')\n"
        "spark.conf.set('spark.sql.shuffle.partitions', '7')\n"
        "secret = 1",
    )
    assert glue.text(two, "spark.table('shared.t').count()") == "5"
    assert glue.run(two, "spark.table('mine')")["Output"]["ErrorName"] == "AnalysisException"
    assert glue.text(two, "spark.conf.get('spark.sql.shuffle.partitions')") != "'7'"
    assert glue.run(two, "secret")["Output"]["ErrorName"] == "NameError"
    glue.text(one, "_ = spark.sql('use shared')")
    assert glue.text(two, "spark.catalog.currentDatabase()") == "'default'"


def test_threads_of_the_users_code_see_the_sessions_views(glue: Driver, session: str) -> None:
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "spark.range(6).createOrReplaceTempView('six')\n"
        "with ThreadPoolExecutor(3) as pool:\n"
        "    found = list(pool.map(lambda i: spark.sql('select * from six').count(), range(3)))\n"
        "found"
    )
    assert glue.text(session, code) == "[6, 6, 6]"


def test_statements_run_in_order_and_count_up(glue: Driver) -> None:
    name = glue.create()
    numbers = [glue.start(name, f"{'log = []; ' * (i == 0)}log.append({i})") for i in range(20)]
    assert numbers == list(range(20))
    assert glue.text(name, "log") == str(numbers)
    listed = glue.sessions.list_statements(name)
    assert [s["Output"]["ExecutionCount"] for s in listed] == list(range(21))
    assert all(s["StartedOn"] <= s["CompletedOn"] for s in listed)
    assert abs(listed[0]["StartedOn"] / 1000 - time.time()) < 60


def test_a_running_statement_shows_progress_and_others_wait(glue: Driver) -> None:
    name = glue.create()
    first = glue.start(
        name, "sc.parallelize(range(60), 60).map(lambda x: __import__('time').sleep(.1)).count()"
    )
    second = glue.start(name, "2")
    assert glue.sessions.get_statement(name, second)["State"] == "WAITING"
    glue.until(lambda: 0 < glue.sessions.get_statement(name, first)["Progress"] < 1, "progress")
    assert glue.finish(name, first)["Progress"] == 1.0
    assert glue.finish(name, second)["Output"]["Data"]["TextPlain"] == "2"


def test_two_sessions_work_at_the_same_time(glue: Driver) -> None:
    one, two = glue.create(), glue.create()
    flag = glue.sessions.session(one).folder / "go"
    waits = (
        "import os, time\n"
        "deadline = time.time() + 20\n"
        f"while not os.path.exists({str(flag)!r}): assert time.time() < deadline; time.sleep(.01)"
    )
    waiting = glue.start(one, waits)
    glue.text(two, f"spark.range(2).count(); open({str(flag)!r}, 'w').close()")
    assert glue.finish(one, waiting)["Output"]["Status"] == "ok"


def test_names_are_unique_and_unknown_ones_are_not_found(glue: Driver, session: str) -> None:
    with pytest.raises(AlreadyExistsException, match=session):
        glue.sessions.create({"Id": session})
    for call in (
        lambda: glue.sessions.get("nobody"),
        lambda: glue.sessions.stop("nobody"),
        lambda: glue.sessions.delete("nobody"),
        lambda: glue.sessions.run_statement("nobody", "1"),
        lambda: glue.sessions.get_statement(session, 99_999),
        lambda: glue.sessions.cancel_statement(session, -1),
    ):
        with pytest.raises(EntityNotFoundException):
            call()


def test_code_has_glues_limit(glue: Driver, session: str) -> None:
    with pytest.raises(ValidationException, match="68000"):
        glue.sessions.run_statement(session, "#" * 68_001)
    assert glue.text(session, "#" * 67_998 + "\n1") == "1"


def test_a_stopped_session_ends_its_process_and_takes_no_statements(glue: Driver) -> None:
    name = glue.create()
    pid = glue.sessions.session(name).worker_pid
    running = glue.start(name, "import time; time.sleep(60)")
    waiting = glue.start(name, "1")
    glue.sessions.stop(name)
    assert glue.sessions.get(name)["Status"] == "STOPPED"
    assert glue.sessions.get_statement(name, running)["State"] == "ERROR"
    assert glue.sessions.get_statement(name, waiting)["State"] == "CANCELLED"
    glue.until(lambda: pid is not None and not psutil.pid_exists(pid), "the process has ended")
    with pytest.raises(IllegalSessionStateException, match="STOPPED"):
        glue.sessions.run_statement(name, "1")
    with pytest.raises(IllegalSessionStateException):
        glue.sessions.stop(name)
    glue.sessions.delete(name)
    with pytest.raises(EntityNotFoundException):
        glue.sessions.get(name)


def test_odd_session_names_stay_in_the_folder(glue: Driver, spark_host: SparkHost) -> None:
    name = glue.create(name="../../tmp/ä b\n")
    folder = glue.sessions.session(name).folder
    assert folder.parent == spark_host.state_dir / "sessions"
    assert glue.text(name, "import os; os.getcwd()") == repr(str(folder))


def test_a_killed_worker_is_a_failed_session_at_once(glue: Driver, session: str) -> None:
    name = glue.create()
    statement = glue.start(name, "spark.range(10**12).selectExpr('sum(hash(id))').collect()")
    glue.until(lambda: glue.tasks_running(name, statement), "tasks running")
    pid = glue.sessions.session(name).worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    ended = glue.finish(name, statement, timeout=10)
    assert (ended["State"], ended["Output"]["ErrorName"]) == ("ERROR", "SessionFailed")
    shown = glue.sessions.get(name)
    assert shown["Status"] == "FAILED"
    assert "SIGKILL" in shown["ErrorMessage"]
    with pytest.raises(IllegalSessionStateException, match="FAILED"):
        glue.start(name, "1")
    glue.until(lambda: not glue.tasks_running(name, statement), "its jobs are cancelled")
    assert glue.text(session, "spark.range(3).count()") == "3"


def test_forked_sessions_share_nothing_but_modules(glue: Driver) -> None:
    one, two = glue.create(), glue.create()
    number = "import random, uuid; (random.random(), uuid.uuid4().hex)"
    assert glue.text(one, number) != glue.text(two, number)
    own = "import os; (os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid())"
    assert glue.text(one, own) == glue.text(two, own) == "(True, True)"
    glue.text(one, "import json; json.mark = 1; os.environ['MARK'] = '1'")
    assert (
        glue.text(two, "hasattr(__import__('json'), 'mark'), 'MARK' in os.environ")
        == "(False, False)"
    )
    assert not pipes_of(glue, one) & pipes_of(glue, two)
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'pass']).returncode"
    assert glue.text(one, child) == "0"


def pipes_of(glue: Driver, session: str) -> set[str]:
    """The pipes that a session's process has open; its log, which all share, is a file."""
    folder = Path(f"/proc/{glue.sessions.session(session).worker_pid}/fd")
    targets = {str(entry.readlink()) for entry in folder.iterdir()}
    return {target for target in targets if target.startswith("pipe:")}


def test_without_the_fork_server_sessions_end_and_the_next_one_starts(
    spark_host: SparkHost, tmp_path: Path, glue: Driver
) -> None:
    driver = glue.on(spark_host, tmp_path)
    sessions = driver.sessions
    name = driver.create()
    parent = int(driver.text(name, "import os; os.getppid()"))
    assert psutil.Process(parent).cmdline()[1].endswith("fork_server.py")
    waiting = driver.start(name, "import time; time.sleep(60)")
    os.kill(parent, signal.SIGKILL)
    assert driver.finish(name, waiting, timeout=10)["State"] == "ERROR"
    assert "SIGKILL" in sessions.get(name)["ErrorMessage"]
    driver.until(lambda: not psutil.pid_exists(parent), "the fork server is collected")
    assert driver.text(driver.create(), "1 + 1") == "2"
    sessions.close()


def test_a_worker_that_exits_is_a_failed_session(glue: Driver) -> None:
    name = glue.create()
    statement = glue.run(name, "import os; os._exit(7)")
    assert statement["State"] == "ERROR"
    assert "exit code 7" in glue.sessions.get(name)["ErrorMessage"]


def test_idle_and_session_timeouts(spark_host: SparkHost, tmp_path: Path, glue: Driver) -> None:
    now = [1_000_000.0]
    driver = glue.on(spark_host, tmp_path, clock=lambda: now[0])
    sessions = driver.sessions
    idle = driver.create(IdleTimeout=5, Timeout=100)
    limited = driver.create(Timeout=10)
    busy = driver.create(IdleTimeout=5)
    driver.start(busy, "import time; time.sleep(60)")
    now[0] += 4 * 60
    sessions.expire()
    assert driver.text(idle, "1") == "1"  # starts its idle time again
    now[0] += 4 * 60
    sessions.expire()
    assert [sessions.get(s)["Status"] for s in (idle, limited, busy)] == ["READY"] * 3
    now[0] += 2 * 60
    sessions.expire()
    shown = {s: sessions.get(s)["Status"] for s in (idle, limited, busy)}
    assert shown == {idle: "TIMEOUT", limited: "TIMEOUT", busy: "READY"}
    assert "IdleTimeout of 5 minutes" in sessions.get(idle)["ErrorMessage"]
    assert "Timeout of 10 minutes" in sessions.get(limited)["ErrorMessage"]
    sessions.close()


def test_settings_of_conf(glue: Driver) -> None:
    name = glue.create(
        DefaultArguments={
            "--conf": "spark.sql.ansi.enabled=true --conf spark.sql.shuffle.partitions=9 "
            "--conf spark.driver.memory=99g --conf spark.sql.filesourceTableRelationCacheSize=0"
        }
    )
    code = "[spark.conf.get('spark.sql.' + k) for k in ('ansi.enabled', 'shuffle.partitions')]"
    assert glue.text(name, code) == "['true', '9']"
    assert glue.sessions.get(name)["Status"] == "READY"


def test_another_spark_than_glue_means_is_said(glue: Driver) -> None:
    name = glue.create(GlueVersion="4.0")
    note = "Glue 4.0 runs Spark 3.3.0; this embedded endpoint runs Spark 3.5"
    assert note in glue.sessions.get(name)["Description"]
    assert note in glue.text(name, "spark.conf.get('spark.glue.endpoint.versionNote')")


def test_a_spark_that_cannot_be_installed_is_told_with_the_next_step(
    glue: Driver, spark_host: SparkHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # there is no network
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    driver = glue.on(spark_host, tmp_path)
    try:
        name = driver.create(GlueVersion="6.0")
        described = driver.sessions.get(name)["Description"]
        assert "Glue 6.0 runs Spark 4.1.1; this embedded endpoint runs Spark 3.5" in described
        assert "Spark 4.1.1 could not be installed: ERROR: " in described
        assert "run `dbt-glue endpoint sparks install 6.0`" in described
        assert driver.text(name, "spark.version").startswith("'3.5")
    finally:
        driver.sessions.close()


def test_extra_py_files(glue: Driver, spark_host: SparkHost) -> None:
    for location, text in (
        ("s3://code/lib/helper_one.py", "VALUE = 1"),
        ("s3://code/lib/helper_two.py", "def plus(x): return x + 2"),
    ):
        file = spark_host.buckets.path(location)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    name = glue.create(
        DefaultArguments={
            "--extra-py-files": "s3://code/lib/helper_one.py,s3://code/lib/helper_two.py"
        }
    )
    assert glue.text(name, "import helper_one; helper_one.VALUE") == "1"
    code = "import helper_two\nsc.parallelize([1, 2]).map(helper_two.plus).sum()"
    assert glue.text(name, code) == "7"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"--additional-python-modules": "pandas,no-such-package==1.0"}, "no-such-package==1.0"),
        (
            # Without the option, what there is of it is built from source first, which takes a minute.
            {
                "--additional-python-modules": "pandas<1",
                "--python-modules-installer-option": "--only-binary :all:",
            },
            "pandas<1",
        ),
        ({"--extra-py-files": "s3://code/nothing.zip"}, "s3://code/nothing.zip does not exist"),
        ({"--extra-py-files": "s3://code/../../x.py"}, "leads out of"),
    ],
)
def test_what_cannot_be_provided_fails_the_session_by_name(
    glue: Driver, arguments: dict[str, str], message: str
) -> None:
    name = glue.create(DefaultArguments=arguments)
    shown = glue.sessions.get(name)
    assert shown["Status"] == "FAILED"
    assert message in shown["ErrorMessage"]


def test_modules_that_are_there_need_nothing(glue: Driver) -> None:
    name = glue.create(DefaultArguments={"--additional-python-modules": "pandas>=2,pyarrow"})
    assert glue.sessions.get(name)["Status"] == "READY"


def test_when_the_jvm_dies_all_sessions_fail(
    tmp_path: Path, glue: Driver, warehouse: Warehouse
) -> None:
    """First with tasks that do not end, which cost the JVM its life; no statement hangs."""
    host = SparkHost(tmp_path, warehouse.metastore, memory_mb=768, cores=2, build_archive=False)
    host.start()
    driver = glue.on(host, tmp_path, stuck_after=0.5)
    sessions = driver.sessions
    one, two = driver.create(), driver.create()
    waiting = driver.start(two, "import time; time.sleep(60)")
    # One row is hours of work for a pattern that goes back again and again, and nothing interrupts it.
    stuck = driver.start(
        one,
        "from pyspark.sql.functions import expr\n"
        "text = expr(\"repeat('a', 90) || id\")\n"
        "spark.range(0, 2, 1, 2).select(text.rlike(r'^(a|aa)+\\1b$')).collect()",
    )
    # Tasks on fewer cores cost nobody anything: the JVM is left alone.
    driver.until(
        lambda: driver.tasks_at_work(one, stuck, "java.util.regex") == host.cores,
        "tasks on every core",
    )
    sessions.cancel_statement(one, stuck)
    driver.until(lambda: not host.alive, "Spark has ended", timeout=60)
    assert driver.finish(two, waiting, timeout=10)["State"] == "ERROR"
    for name in (one, two):
        shown = sessions.get(name)
        assert shown["Status"] == "FAILED"
        assert "Tasks of a cancelled statement" in shown["ErrorMessage"]
    late = sessions.create({"Id": "late"})
    assert late["Status"] == "FAILED"
    sessions.close()
    host.stop()


def test_the_jvm_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    import subprocess

    program = (
        "import sys, time; from pathlib import Path\n"
        "from glue_endpoint.process.warehouse import Warehouse\n"
        "from glue_endpoint.spark.host import SparkHost\n"
        "from glue_endpoint.sessions.engine import Engines\n"
        "from glue_endpoint.sessions.sessions import Sessions\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "host = SparkHost(folder, Warehouse(folder).metastore, memory_mb=768, build_archive=False)\n"
        "host.start()\n"
        "engines = Engines(lambda _setup: host, folder)\n"
        "s = Sessions(engines, host.buckets, folder); s.create({'Id': 'a'})\n"
        "x = s.session('a'); x.wait(lambda: x.status == 'READY', 30)\n"
        "print(host.pid, x.worker_pid, flush=True); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) == 2
    process.kill()
    process.wait()
    deadline = time.monotonic() + 15
    while any(psutil.pid_exists(pid) for pid in pids):
        assert time.monotonic() < deadline, "processes outlive the endpoint"
        time.sleep(0.05)


@pytest.mark.parametrize(
    "given", [{"--extra-py-files": "/tmp/a\0b.zip"}, {"--additional-python-modules": "/a\0b.whl"}]
)
def test_whatever_goes_wrong_while_it_starts_fails_the_session(
    glue: Driver, given: dict[str, str]
) -> None:
    name = glue.create(DefaultArguments=given)
    shown = glue.sessions.get(name)
    assert shown["Status"] == "FAILED"
    assert shown["ErrorMessage"]
