"""What a statement does and returns: namespace, output, echo, errors."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Driver

pytestmark = pytest.mark.spark


def test_globals_persist_between_statements(glue: Driver, session: str) -> None:
    glue.run(session, "def double(x):\n    return 2 * x\ny = 21")
    assert glue.text(session, "double(y)") == "42"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("1 + 1", "2"),
        ("x = 1", ""),
        ("print('a')\n'b'", "a\n'b'"),
        ("'first'\n'last'", "'last'"),
        ("None", ""),
        ("", ""),
        ("# only a comment", ""),
        ("import sys; n = sys.stdout.write('written')", "written"),
        ("import sys; n = sys.stdout.buffer.write(b'bytes')", "bytes"),
        ("import sys; print('err', file=sys.stderr); print('out')", "out\nerr"),
        ("for i in range(3): print(i)", "0\n1\n2"),
        ("print('größer \U0001f600')", "größer \U0001f600"),
        (r"print('\\d+', '''it's''')", r"\d+ it's"),
        ("__name__", "'__main__'"),
        (
            "from __future__ import annotations\ndef f(x: Nope): ...\nf.__annotations__",
            "{'x': 'Nope'}",
        ),
    ],
)
def test_output_is_what_was_printed_and_the_last_expression(
    glue: Driver, session: str, code: str, text: str
) -> None:
    assert glue.text(session, code) == text


def test_the_names_of_a_glue_session(glue: Driver, session: str) -> None:
    assert glue.text(session, "glueContext.spark_session is spark, sc is spark.sparkContext") == (
        "(True, True)"
    )
    assert glue.text(session, "sqlContext.sql('select 1').collect()") == "[Row(1=1)]"
    code = "from pyspark.sql import SparkSession; SparkSession.builder.getOrCreate() is spark"
    assert glue.text(session, code) == "True"


def test_awsglue_imports(glue: Driver) -> None:
    name = glue.create(DefaultArguments={"--stage": "dev"})
    code = (
        "import sys\n"
        "from awsglue.utils import getResolvedOptions\n"
        "from awsglue.context import GlueContext\n"
        "from awsglue.job import Job\n"
        "Job(GlueContext(sc)).init('job')\n"
        "getResolvedOptions(sys.argv, ['SESSION_ID', 'stage'])"
    )
    assert glue.text(name, code) == f"{{'SESSION_ID': '{name}', 'stage': 'dev'}}"


def test_an_error_has_name_value_and_only_the_users_frames(glue: Driver, session: str) -> None:
    statement = glue.run(session, "def f():\n    raise ValueError('no')\nprint('before')\nf()")
    assert statement["State"] == "AVAILABLE"
    assert statement["Output"] == {
        "ExecutionCount": statement["Id"],
        "Status": "error",
        "ErrorName": "ValueError",
        "ErrorValue": "no",
        "Traceback": [
            "Traceback (most recent call last):\n",
            '  File "<stdin>", line 4, in <module>\n',
            '  File "<stdin>", line 2, in f\n',
            "ValueError: no\n",
        ],
        "Data": {"TextPlain": "before"},
    }


def test_output_of_a_failed_statement_does_not_appear_in_the_next(
    glue: Driver, session: str
) -> None:
    glue.run(session, "print('lost?'); 1 / 0")
    assert glue.text(session, "print('mine')") == "mine"


def test_a_syntax_error_names_the_users_line(glue: Driver, session: str) -> None:
    output = glue.run(session, "x = 1\nx +")["Output"]
    assert output["ErrorName"] == "SyntaxError"
    assert output["Traceback"][0] == '  File "<stdin>", line 2\n'


def test_matplot_answers_with_the_figure(glue: Driver, session: str) -> None:
    """A magic of Livy's shell that Glue has: the lines around it run as statements of their own."""
    code = (
        "import matplotlib; matplotlib.use('Agg')\n"
        "import matplotlib.pyplot as plt\n"
        "drawn = plt.plot([3, 1, 2])\n"
        "print('drawn')\n"
        "%matplot plt"
    )
    output = glue.run(session, code)["Output"]
    assert output["Status"] == "ok", output
    data = output["Data"]
    image = base64.b64decode(data.pop("Result"), validate=True)
    assert image.startswith(b"\x89PNG\r\n")
    assert data == {"TextPlain": "drawn", "StdOut": "drawn", "MimeType": "image/png"}
    assert glue.text(session, "40 + 2\n%matplot plt\n43") == "42\n43"  # Livy shows the last result
    assert glue.text(session, "text = '''\n%matplot nothing\n'''; len(text)") == "18"


@pytest.mark.parametrize(
    ("code", "error", "value"),
    [
        ("x = 1\n%pylot plt", "UnknownMagic", "unknown magic command 'pylot'"),
        ("%matplot nothing", "KeyError", "'nothing'"),
        ("1 / 0\n%matplot plt", "ZeroDivisionError", "division by zero"),
    ],
)
def test_magics_that_fail(glue: Driver, session: str, code: str, error: str, value: str) -> None:
    output = glue.run(session, code)["Output"]
    assert (output["ErrorName"], output["ErrorValue"]) == (error, value)


def test_a_syntax_error_beside_a_magic_names_the_users_line(glue: Driver, session: str) -> None:
    output = glue.run(session, "x = 1\n%matplot plt\nx +")["Output"]
    assert output["ErrorName"] == "SyntaxError"
    assert output["Traceback"][0] == '  File "<stdin>", line 3\n'


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import sys; sys.exit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("spark.sql('select * from nowhere')", "AnalysisException"),
        ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", "E"),
        ("input()", "EOFError"),
    ],
)
def test_the_session_survives_errors_of_all_kinds(
    glue: Driver, session: str, code: str, error: str
) -> None:
    assert glue.run(session, code)["Output"]["ErrorName"] == error
    assert glue.text(session, "spark.range(3).count()") == "3"


def test_closing_standard_output_harms_nobody_else(glue: Driver) -> None:
    name = glue.create()
    glue.run(name, "import sys; sys.stdout = None")
    assert glue.run(name, "1")["State"] == "AVAILABLE"
    assert glue.sessions.get(name)["Status"] == "READY"


def test_output_of_any_size_passes_and_beyond_the_limit_it_says_so(
    glue: Driver, session: str
) -> None:
    assert len(glue.text(session, "print('x' * 5_000_000)")) == 5_000_000
    text = glue.text(session, "for _ in range(70): print('y' * 2**20)")
    assert text.endswith("bytes of output were dropped by the endpoint]")
    assert 2**26 < len(text) < 2**26 + 200


def test_python_functions_run_in_the_sessions_python(glue: Driver, session: str) -> None:
    code = (
        "import sys\n"
        "def executable(_): return sys.executable\n"
        "spark.range(2).rdd.map(executable).collect() == [sys.executable] * 2"
    )
    assert glue.text(session, code) == "True"


def test_stopping_spark_leaves_it_to_the_others(glue: Driver, session: str) -> None:
    assert "ends when the session is stopped" in glue.text(session, "spark.stop(); sc.stop()")
    assert glue.text(session, "spark.range(4).count()") == "4"


def test_modules_of_the_endpoint_are_not_importable_as_the_users(
    glue: Driver, session: str
) -> None:
    assert glue.run(session, "import statements")["Output"]["ErrorName"] == "ModuleNotFoundError"
