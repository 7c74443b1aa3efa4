"""Clocks around a model's actions: what they note, and that a model cannot tell them from no clocks."""

from __future__ import annotations

import ast
import traceback
from typing import Any

import pytest
from glue_session.clocks import Clocks
from glue_session.loading import load_model

MODEL = """def model(dbt, session):
    rows = [one.count("a") for one in dbt]
    return (
        session.strip()
        .replace("a", "b")
        .count("b")
    ), rows, list(map(lambda text: text.count("x"), dbt)), session.count("a")
"""


def run(source: str, lines: list[int], *given: Any) -> tuple[Any, dict[int, list[Any]]]:
    clocks = Clocks(lines)
    model = load_model({}, source, "models/m.py", {}, None, clocks)
    return model(*given), clocks.spent


def test_a_model_gives_the_same_with_clocks() -> None:
    given = (["aa", "xax"], " aaab ")
    plain, nothing = run(MODEL, [], *given)
    timed, spent = run(MODEL, [2, 4], *given)
    assert timed == plain == (4, [2, 1], [0, 2], 3)
    assert nothing == {}
    assert [(line, calls) for line, (calls, _) in spent.items()] == [(2, 2), (4, 1)]
    assert all(seconds >= 0 for _, seconds in spent.values())


def test_the_same_error_with_the_same_traceback() -> None:
    source = "def model(dbt, session):\n    x = 1 + session.upper(\n    ).count(1)\n    return x\n"
    shown = []
    for lines in ([], [2]):
        with pytest.raises(TypeError) as caught:
            run(source, lines, None, "a")
        frames = traceback.format_exception(caught.value)
        shown.append([frame for frame in frames if "test_clocks.py" not in frame])
    assert shown[0] == shown[1]
    assert any("models/m.py" in frame for frame in shown[0])


def test_of_an_action_that_fails_nothing_is_noted() -> None:
    source = "def model(dbt, session):\n    try:\n        session.count(1)\n    except TypeError:\n        return 'caught'\n"
    assert run(source, [3], None, "a") == ("caught", {})


def test_the_outermost_action_of_a_line_is_timed_once() -> None:
    source = "def model(dbt, session):\n    return 'aa'.count('a' * 'a'.count('a'))\n"
    found, spent = run(source, [2], None, None)
    assert found == 2
    assert spent[2][0] == 1


def test_a_lambda_stays_as_it_is() -> None:
    tree = ast.parse("f = lambda text: text.count('x')\n")
    before = ast.dump(tree)
    Clocks([1]).put(tree)
    assert ast.dump(tree) == before


def test_long_chains_and_sums_are_no_matter() -> None:
    chain = "session" + ".strip()" * 400
    source = f"def model(dbt, session):\n    n = {chain}.count('a')\n    return n\n"
    found, spent = run(source, [2], None, " aa")
    assert found == 2
    assert spent[2][0] == 1
