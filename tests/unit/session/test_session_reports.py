"""Errors and output of a model as the session reports them."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from glue_session.errors import error_report, message_of, worker_traceback
from glue_session.output import CapturedOutput, capture_output

FILE = "models/m.py"


def report(source: str) -> dict[str, Any]:
    try:
        exec(compile(source, FILE, "exec"), {"__name__": "__main__"})
    except Exception as error:  # noqa: BLE001 - any error is what is reported
        return error_report(error, FILE, "model")
    raise AssertionError("the source raised nothing")


def test_library_frames_are_counted_not_shown() -> None:
    found = report("import json\n\ndef read(text):\n    return json.loads(text)\n\nread('[')\n")
    assert (found["type"], found["line"]) == ("JSONDecodeError", 4)
    assert found["traceback"].splitlines()[:3] == [
        "models/m.py:6, in <module>",
        "models/m.py:4, in read",
        "  ... 3 frames in python",
    ]


def test_the_same_error_is_not_told_twice() -> None:
    found = report(
        "try:\n    {}['a']\nexcept KeyError as error:\n    raise KeyError('a') from error\n"
    )
    assert found["message"] == "'a'"
    assert "caused" not in found["traceback"]


def test_an_analysis_error_comes_without_the_plan() -> None:
    text = "[UNRESOLVED_COLUMN] `x` cannot be resolved. Did you mean `id`?;\n'Project ['x]\n+- Range (0, 3)"
    assert message_of(ValueError(text)) == (
        "[UNRESOLVED_COLUMN] `x` cannot be resolved. Did you mean `id`?"
    )


def test_the_error_of_a_worker_is_found_in_sparks_message() -> None:
    text = (
        "Job aborted due to stage failure: Lost task 0.0 (executor driver): "
        "org.apache.spark.api.python.PythonException: Traceback (most recent call last):\n"
        '  File "/usr/lib/site-packages/pyspark/worker.py", line 12, in main\n    process()\n'
        '  File "models/m.py", line 6, in parse\n'
        "ValueError: no number: x\n\n\tat org.apache.spark.api.python.BasePythonRunner\n"
    )
    assert worker_traceback(text, FILE) == ("ValueError: no number: x", [(FILE, 6, "parse")])
    assert worker_traceback("no traceback here", FILE) is None


def test_output_beyond_measure_keeps_both_ends() -> None:
    output = CapturedOutput()
    for number in range(100_000):
        output.write(f"{number}\n")
    text = output.text()
    assert text.startswith("0\n1\n")
    assert text.endswith("99998\n99999\n")
    assert len(text) < 200_000
    assert "characters of output left out" in text


@pytest.mark.parametrize("text", ["", "a", "ä\n" * 1000])
def test_output_within_measure_is_whole(text: str) -> None:
    output = CapturedOutput()
    output.write(text)
    assert output.text() == text


def test_only_the_models_own_warnings_are_noted() -> None:
    notes: list[str] = []
    with capture_output(FILE, notes) as output:
        print("shown")
        exec(compile("import warnings\n\nwarnings.warn('careful')\n", FILE, "exec"), {})
        warnings.warn("a library's affair", DeprecationWarning, stacklevel=1)
    assert notes == ["models/m.py:3 UserWarning: careful"]
    assert output.text() == "shown\n"
    assert json.dumps(notes)
