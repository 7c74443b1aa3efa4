"""What the author of a model sees when it fails, and what is left of the table: the one that was there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from dbt.cli.main import dbtRunner
from dbt.tests.util import get_artifact, run_dbt, run_dbt_and_capture, write_file

pytestmark = pytest.mark.spark

RAISES = """

import pandas as pd


def share(total):
    return 1 / total


def model(dbt, session):
    print("one line")
    print("two", "words")
    try:
        share(0)
    except ZeroDivisionError as error:
        raise ValueError("no orders yet") from error
    return session.range(1)
"""

COLUMN = """
def model(dbt, session):
    df = session.range(3)
    df = df.select(dbt.config.get("column", "idd"))
    return df
"""

UDF = """
from pyspark.sql.functions import udf


def parse(value):
    return 10 // (value - 1)


@udf("long")
def parsed(value):
    return parse(value)


def model(dbt, session):
    return session.range(3).select(parsed("id").alias("p"))
"""

LOST_REF = """
def model(dbt, session):
    df = dbt.ref("upstream")
    df = df.union(vars(type(dbt))["ref"](dbt, "elsewhere"))
    return df
"""

EXITS = """
import sys


def model(dbt, session):
    sys.exit("done")
    return session.range(1)
"""


class TestWhatTheAuthorSees:
    @pytest.fixture(scope="class")
    def models(self):
        return {
            "upstream.sql": "select 1 as id",
            "raises.py": RAISES,
            "column.py": COLUMN,
            "in_udf.py": UDF,
            "lost_ref.py": LOST_REF,
            "exits.py": EXITS,
        }

    @pytest.fixture(scope="class")
    def outcome(self, project):
        results, log = run_dbt_and_capture(["run"], expect_pass=False)
        return {result.node.name: result.message for result in results}, log

    @pytest.fixture(scope="class")
    def messages(self, outcome):
        return outcome[0]

    def test_an_exception_with_its_cause_in_the_lines_of_the_file(self, messages):
        assert messages["raises"].split("\n") == [
            "Runtime Error in model raises (models/raises.py)",
            "  models/raises.py:16: ValueError: no orders yet",
            "  ",
            "    models/raises.py:14, in model",
            "      share(0)",
            "    models/raises.py:7, in share",
            "      return 1 / total",
            "    ZeroDivisionError: division by zero",
            "  ",
            "    The error above is what caused this one:",
            "  ",
            "    models/raises.py:16, in model",
            '      raise ValueError("no orders yet") from error',
            "    ValueError: no orders yet",
        ]

    def test_what_the_model_printed_is_in_the_log(self, outcome):
        _, log = outcome
        assert "raises: one line\n" in log
        assert "raises: two words\n" in log

    def test_a_column_that_does_not_exist(self, messages):
        message = messages["column"]
        assert "models/column.py:4: AnalysisException: [UNRESOLVED_COLUMN" in message
        assert "`idd` cannot be resolved. Did you mean one of the following? [`id`]." in message
        assert "'Project" not in message

    def test_an_exception_inside_a_udf(self, messages):
        message = messages["in_udf"]
        assert message.split("\n")[1] == (
            "  models/in_udf.py:6: ZeroDivisionError: integer division or modulo by zero"
        )
        assert "models/in_udf.py:11, in parsed" in message
        assert "org.apache.spark" not in message

    def test_a_reference_that_dbt_did_not_record(self, messages):
        message = messages["lost_ref"]
        assert "dbt.ref('elsewhere') is not among the references that dbt recorded" in message
        assert "    dbt.ref('upstream')\n" in message
        assert "Give the call a line of its own with literal names" in message

    def test_a_model_that_exits(self, messages):
        assert "the model ended the Python process with sys.exit('done')" in messages["exits"]


FIRST = """
LIMIT = 3


def rows(session):
    return session.range(LIMIT)


def model(dbt, session):
    session.conf.set("spark.sql.shuffle.partitions", "3")
    return rows(session)
"""

SECOND = """
def model(dbt, session):
    shared = sorted(name for name in globals() if name in ("LIMIT", "rows", "__dbt_glue__"))
    setting = session.conf.get("spark.sql.shuffle.partitions")
    return session.createDataFrame([(str(shared), setting)], ["shared", "setting"])


if __name__ == "__main__":
    raise SystemExit("tried by hand")
"""


class TestModelsAreApart:
    @pytest.fixture(scope="class")
    def models(self):
        return {"first.py": FIRST, "second.py": SECOND + "# dbt.ref comes from first\n"}

    def test_globals_and_settings_end_with_the_model(self, project):
        run_dbt(["run", "--threads", "1"])
        row = project.run_sql(f"select * from {project.test_schema}.second", fetch="one")
        assert row[0] == "[]"
        assert row[1] != "3"


GOOD = """
def model(dbt, session):
    dbt.config(materialized="{materialized}")
    return session.range({rows})
"""

BAD_LATE = """
from pyspark.sql.functions import expr


def model(dbt, session):
    dbt.config(materialized="{materialized}")
    return session.range(1000).select(expr("if(id = 999, raise_error('too late'), id) as id"))
"""


class TestAFailureLeavesTheTable:
    @pytest.fixture(scope="class")
    def models(self):
        return {
            "kept_table.py": GOOD.format(materialized="table", rows=5),
            "kept_incremental.py": GOOD.format(materialized="incremental", rows=5),
        }

    @pytest.mark.parametrize("materialized", ["table", "incremental"])
    @pytest.mark.parametrize("options", [[], ["--full-refresh"]])
    def test_the_old_rows_are_there(self, project, materialized, options):
        name = f"kept_{materialized}"

        def count():
            query = f"select count(*) from {project.test_schema}.{name}"
            return project.run_sql(query, fetch="one")[0]

        write_file(GOOD.format(materialized=materialized, rows=5), "models", f"{name}.py")
        run_dbt(["run", "-s", name, "--full-refresh"])
        write_file(BAD_LATE.format(materialized=materialized), "models", f"{name}.py")
        failed = run_dbt(["run", "-s", name, *options], expect_pass=False)
        assert "too late" in failed[0].message
        assert count() == 5
        write_file(GOOD.format(materialized=materialized, rows=7), "models", f"{name}.py")
        run_dbt(["run", "-s", name, "--full-refresh"])
        assert count() == 7


class TestRefusedBeforeASessionStarts:
    @pytest.fixture(scope="class")
    def models(self):
        return {
            "ghost.py": 'def model(dbt, session):\n    dbt.config(materialized="ephemeral")\n    return session.range(1)\n',
            "reads_ghost.py": 'def model(dbt, session):\n    df = dbt.ref("ghost")\n    return df\n',
            "elsewhere.py": (
                "def model(dbt, session):\n"
                '    dbt.config(submission_method="job_cluster")\n'
                "    return session.range(1)\n"
            ),
            "impatient.py": (
                "def model(dbt, session):\n    dbt.config(timeout=0)\n    return session.range(1)\n"
            ),
            "lost.py": (
                "def model(dbt, session):\n"
                '    load = getattr(dbt, "ref")\n'
                '    return load("ghost")\n'
            ),
            "undefined.py": "def model(dbt, session):\n    return session.range(limit)\n",
        }

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            (
                "reads_ghost",
                "models/reads_ghost.py:2:10 GLU213 `ghost` is an ephemeral Python model",
            ),
            ("elsewhere", "submission_method 'job_cluster' does not exist on Glue"),
            ("impatient", "timeout must be a number of seconds above 0, not 0"),
            ("undefined", "models/undefined.py:2:26 GLU"),
            (
                "lost",
                "models/lost.py:3:12 GLU201",
            ),
        ],
    )
    def test_compile_says_it(self, project, name, message):
        outcome = dbtRunner().invoke(["compile", "-s", name])
        assert not outcome.success
        assert message in str(outcome.exception)
        assert "macros/" not in str(outcome.exception)


UNCLOSED = """
import pandas as pd


def model(dbt, session):
    df = dbt.ref("here"
    return df
"""

NOWHERE = """
def model(dbt, session):
    dbt.config(materialized="table")
    df = dbt.ref("nope")
    return df
"""


class TestRefusedByTheParser:
    """What dbt itself would say in fewer words, before there is a node that the adapter could check."""

    @pytest.fixture(scope="class")
    def models(self):
        return {
            "here.sql": "select 1 as id",
            "disabled.py": NOWHERE.replace("config(", "config(enabled=False, "),
            "folder_off": {"disabled_too.py": NOWHERE},
        }

    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"test": {"folder_off": {"+enabled": False}}}}

    @pytest.mark.parametrize("command", ["run", "compile"])
    @pytest.mark.parametrize("parsed_before", [False, True])
    def test_a_syntax_error_and_a_reference_to_nothing(
        self, project, command, parsed_before, capsys
    ):
        for name in ("unclosed", "nowhere"):
            (Path(project.project_root) / "models" / f"{name}.py").unlink(missing_ok=True)
        if parsed_before:
            assert dbtRunner().invoke(["parse"]).success
        else:
            shutil.rmtree(Path(project.project_root) / "target", ignore_errors=True)
        write_file(UNCLOSED, project.project_root, "models", "unclosed.py")
        write_file(NOWHERE, project.project_root, "models", "nowhere.py")
        capsys.readouterr()
        outcome = dbtRunner().invoke([command])
        assert not outcome.success
        text = str(outcome.exception)
        assert text.split("\n")[1:] == [
            "  models/nowhere.py:4:18 GLU208 no model, seed or snapshot is called `nope`",
            '      df = dbt.ref("nope")',
            "                   ^^^^^^",
            "      Check the name, or add the model.",
            "  ",
            "  models/unclosed.py:6:17 GLU001 syntax error: '(' was never closed",
            '      df = dbt.ref("here"',
            "                  ^",
        ]
        assert "Starting Glue session" not in capsys.readouterr().out


SLOW = """
import time


def model(dbt, session):
    dbt.config(timeout=1)
    time.sleep(120)
    return session.range(1)
"""


class TestTimeout:
    @pytest.fixture(scope="class")
    def models(self):
        return {"slow.py": SLOW}

    def test_the_statement_is_cancelled(self, project):
        result = run_dbt(["run"], expect_pass=False)[0]
        assert "models/slow.py: the model ran longer than its timeout of 1 s" in result.message
        assert result.execution_time < 60


class TestProgramsAsPeopleReadThem:
    @pytest.fixture(scope="class")
    def models(self):
        return {
            "long.py": "TEXT = '"
            + "".join(chr(97 + (n * n) % 26) for n in range(90_000))
            + "'\n\n\ndef model(dbt, session):\n"
            "    return session.createDataFrame([(len(TEXT),)], ['length'])\n",
        }

    def test_the_program_is_in_target_and_a_long_one_arrives_whole(self, project):
        run_dbt(["run"])
        row = project.run_sql(f"select * from {project.test_schema}.long", fetch="one")
        assert row[0] == 90_000
        assert (
            get_artifact(project.project_root, "target", "run_results.json")["results"][0][
                "adapter_response"
            ]["frame_kind"]
            == "spark"
        )
