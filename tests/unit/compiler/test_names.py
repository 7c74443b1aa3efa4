"""Undefined names, and names that one of the two worlds does not bind."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze

HEAD = "def model(dbt, session):\n"


def unbound(body: str) -> list[tuple[str, tuple[str, ...], bool]]:
    text = HEAD + "".join(f"    {line}\n" for line in body.splitlines())
    return [(u.name, u.worlds, u.always) for u in analyze(text).unbound_names]


BOTH = ("full", "incremental")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if dbt.is_incremental:\n    x = 1\nreturn x", [("x", ("full",), True)]),
        ("if not dbt.is_incremental():\n    x = 1\nreturn x", [("x", ("incremental",), True)]),
        ("inc = dbt.is_incremental\nif inc:\n    x = 1\nif inc:\n    y = x\nreturn 1", []),
        ("if a():\n    x = 1\nreturn x", [("x", BOTH, False)]),
        ("if a():\n    x = 1\nelse:\n    raise E\nreturn x", []),
        ("if flag:\n    x = 1\nif flag:\n    return x\nreturn 1", []),
        ("if flag and more:\n    x = 1\nif flag and more:\n    return x\nreturn 1", []),
        ("if not flag:\n    return 1\nx = 1\nreturn x", []),
        ("if flag:\n    x = 1\nif not flag:\n    return 2\nreturn x", []),
        (
            "flag = f()\nif flag:\n    x = 1\nflag = f()\nif flag:\n    return x\nreturn 1",
            [("x", BOTH, False)],
        ),
        ("try:\n    x = f()\nexcept E:\n    pass\nreturn x", [("x", BOTH, False)]),
        ("try:\n    x = f()\nexcept E:\n    raise\nreturn x", []),
        ("try:\n    x = f()\nfinally:\n    g()\nreturn x", []),
        ("for i in y:\n    x = i\nreturn x", [("x", BOTH, False)]),
        ("for i in [1, 2]:\n    x = i\nreturn x", []),
        ("while True:\n    x = 1\n    break\nreturn x", []),
        ("print(x)\nx = 1\nreturn x", [("x", BOTH, True)]),
        ("x = 1\ndel x\nreturn x", [("x", BOTH, True)]),
        ("def f():\n    return x\nx = 1\nreturn f()", []),
        ("y = [x for x in z]\nreturn y", []),
        ("if (x := f()) and x > 1:\n    return x\nreturn x", []),
        # an error is a read that fails whenever the run gets there
        ("if inc:\n    x = 1\nif a():\n    return x\nreturn 1", [("x", BOTH, False)]),
        (
            "if dbt.is_incremental:\n    x = 1\nif a():\n    return x\nreturn 1",
            [("x", ("full",), False)],
        ),
        (
            "if dbt.is_incremental:\n    x = 1\nif a():\n    return 1\nreturn x",
            [("x", ("full",), False)],
        ),
        ("if a():\n    return x\nx = 1\nreturn x", [("x", BOTH, True)]),
        (
            "def f(d):\n    if dbt.is_incremental:\n        x = 1\n    return x\nreturn f(1)",
            [("x", ("full",), False)],
        ),
        ("if dbt.is_incremental:\n    x = 1\nreturn [x for y in a()]", [("x", ("full",), False)]),
        # values that variables have
        ("n = None\nif a():\n    n, x = f()\nif n is not None:\n    return x\nreturn 1", []),
        ("n = None\nif a():\n    n, x = f()\nif n:\n    return x\nreturn 1", []),
        ("n = 0\nif a():\n    n = 1\n    x = 1\nif not n:\n    return 1\nreturn x", []),
        (
            "n = None\nif a():\n    n, x = f()\nn = g()\nif n is not None:\n    return x\nreturn 1",
            [("x", BOTH, False)],
        ),
        (
            "n = None\nif a():\n    n, x = f()\nif n is None:\n    return x\nreturn 1",
            [("x", BOTH, False)],
        ),
        (
            (
                "n = False\nfor r in a():\n    if r:\n        n = True\n        continue\n    n = False\n"
                "if n:\n    return x\nx = 1\nreturn x"
            ),
            [("x", BOTH, True)],
        ),
        ("ok = False\nfor r in a():\n    ok = True\n    x = r\nif ok:\n    return x\nreturn 1", []),
        ("done = False\nwhile not done:\n    done = f()\n    x = 1\nreturn x", []),
        ("with open('a') as x:\n    y = 1\nreturn x, y", []),
    ],
)
def test_unbound_names_per_world(body, expected):
    assert unbound(body) == expected


def undefined(text: str) -> list[str]:
    return [name.name for name in analyze(text).undefined_names]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (HEAD + "    return sesion.table('x')\n", ["sesion"]),
        (HEAD + "    return spark.table('x')\n", ["spark"]),
        ("from pyspark.sql.functions import *\n" + HEAD + "    return col('x')\n", []),
        ("try:\n    unicode\nexcept NameError:\n    unicode = str\n" + HEAD + "    return 1\n", []),
        (
            "from __future__ import annotations\n"
            + HEAD.replace("dbt,", "dbt: Dbt,")
            + "    return 1\n",
            [],
        ),
        (HEAD.replace("dbt,", "dbt: Dbt,") + "    return 1\n", ["Dbt"]),
        (HEAD + "    x: Frame = 1\n    return x\n", []),
        ("class A:\n    x = 1\n    def f(self): return x\n" + HEAD + "    return A\n", ["x"]),
        (HEAD + "    global total\n    total = 1\n    return f()\ndef f(): return total\n", []),
        (HEAD + "    return __name__, len, ExceptionGroup\n", []),
        (HEAD + "    return [y for x in z for y in x]\n", ["z"]),
        (HEAD + "    match session:\n        case {'a': b, **c}: return b, c\n    return 1\n", []),
    ],
)
def test_undefined_names(text, names):
    assert undefined(text) == names


def test_a_global_session_is_told_apart_and_names_are_suggested():
    facts = analyze(HEAD + "    frame = 1\n    return spark, frme\n")
    first, second = facts.undefined_names
    assert first.session_parameter == "session"
    assert second.similar == ("frame",)


@pytest.mark.parametrize(
    ("body", "worlds"),
    [
        ("return 1", ()),
        ("if dbt.is_incremental:\n        return 1", ("full",)),
        ("if x:\n        return 1", BOTH),
        ("while True:\n        pass", ()),
    ],
)
def test_worlds_in_which_the_end_is_reached(body, worlds):
    assert analyze(f"{HEAD}    {body}\n").falls_through == worlds


def test_imports_know_their_surroundings():
    text = (
        "import os, numpy as np\n"
        "try:\n    import ujson\nexcept ImportError:\n    ujson = None\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from a.b import C\n"
        + HEAD
        + "    from . import shared\n    import importlib\n"
        "    x = importlib.import_module('sklearn.svm')\n    return np, x, shared\n"
    )
    facts = {(i.module, i.name): i for i in analyze(text).imports}
    assert facts["numpy", None].used
    assert not facts["os", None].used
    assert facts["ujson", None].guarded
    assert facts["a.b", "C"].type_checking
    assert facts["", "shared"].level == 1
    assert facts["", "shared"].function == "model"
    assert facts["sklearn.svm", None].dynamic
