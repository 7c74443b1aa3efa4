"""The analysis of a text that is edited is that of the text: byte for byte, whatever was there before.

`DBT_GLUE_PROPERTY_EXAMPLES` sets how many texts are edited (tests/benchmarks/compiler/property_run.py
asks for 20,000), `DBT_GLUE_PROPERTY_SEED` other edits than the fixed ones. What fails can be seen
again, and many more tried, with tests/benchmarks/compiler/live_run.py.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from glue_compiler.facts.options import AnalysisOptions
from glue_compiler.incremental.live import LiveAnalysis
from glue_compiler.text.source import SourceText
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.compiler.base_models import all_bases
from tests.unit.compiler.edited_text import WHOLE, Edit
from tests.unit.compiler.edits import KINDS, random_edits, versions_of
from tests.unit.compiler.live_equality import OPTIONS, Comparison, Editing, editing
from tests.unit.compiler.property_budget import EXAMPLES, HALF, SEED, seeded
from tests.unit.compiler.smallest_versions import described, report

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts

EDITS = st.builds(
    Edit,
    kind=st.sampled_from([name for name, (weight, _) in KINDS.items() for _ in range(weight)]),
    at=st.integers(0, WHOLE - 1),
    size=st.integers(1, 12),
    pick=st.integers(0, WHOLE - 1),
)
EDITINGS = st.builds(
    lambda base, edits, options, in_project: Editing(
        base.name, base.text, tuple(edits), options, in_project
    ),
    st.sampled_from(all_bases()),
    st.lists(EDITS, min_size=1, max_size=8),
    st.sampled_from(OPTIONS),
    st.booleans(),
)


def test_random_edits_change_nothing_but_the_text() -> None:
    first = int(SEED or 0) * 1_000_000
    for seed in range(first, first + max(EXAMPLES // 2, 1)):
        found = editing(seed)
        said = report(found, Comparison(found.options, found.in_project))
        assert said is None, said


@seeded
@HALF
@given(EDITINGS)
def test_drawn_edits_change_nothing_but_the_text(found: Editing) -> None:
    difference = Comparison(found.options, found.in_project).difference(found.versions)
    assert difference is None, described(found, difference)


MODEL = """\
from pyspark.sql import functions as F

LIMIT = 10
NAME = "orders"


def narrow(df, n=1):
    return df.select("id", "amount").limit(n)


def model(dbt, session):
    dbt.config(materialized="table")
    orders = dbt.ref(NAME)
    frame = narrow(orders, LIMIT)
    again = frame
    local = frame.toPandas()
    local["x"] = local["amount"]
    frame.createOrReplaceTempView("o")
    new = dbt.is_incremental
    if new:
        frame = frame.filter(F.col("id") > 3)
    other = session.table("o")
    return frame.join(other, "id")
"""

CLOSURE = """\
def join(left):
    def joined(right, how=None):
        return left.join(right, "id")

    left = left.select("id")
    return joined


"""


def changed(*pairs: str) -> str:
    """The model with some of its parts, which are there, replaced."""
    text = MODEL
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    return text


LOOPED = """\
NAMES = ["a"]


def model(dbt, session):
    for name in NAMES:
        last = name
    return dbt.ref("orders").filter(last)
"""

SEQUENCES: dict[str, list[str]] = {
    "a list of the module becomes empty": [
        LOOPED,
        LOOPED.replace('["a"]', "[]"),
        LOOPED.replace("\n\n\n", "\nNAMES = []\n\n\n"),
        LOOPED,
    ],
    "nothing": [MODEL, MODEL],
    "all statements move": [MODEL, f"import os\n{MODEL}", f"\n\n# above\n{MODEL}", MODEL],
    "a byte order mark": [MODEL, f"\ufeff{MODEL}", MODEL],
    "other line breaks": [MODEL, MODEL.replace("\n", "\r\n"), MODEL.replace("\n", "\r"), MODEL],
    "one other line break": [MODEL, changed("again = frame\n", "again = frame\r\n"), MODEL],
    "a form feed before a statement": [MODEL, changed("    again", "\f    again"), MODEL],
    "a form feed before all": [MODEL, f"\f{MODEL}", f"\f\f{MODEL}", MODEL],
    "a line separator in a text": [MODEL, changed('"o"', '"\u2028o"', '"o"', '"\u2028o"'), MODEL],
    "a line separator in a comment": [
        MODEL,
        changed("again = frame", "# a\u2028b\n    b = 1"),
        MODEL,
    ],
    "tabs": [MODEL, MODEL.replace("    ", "\t"), MODEL],
    "an emoji before all": [MODEL, f"# 😀\n{MODEL}", f"'😀'\n{MODEL}"],
    "no line break at the end": [MODEL, MODEL.rstrip("\n"), f"{MODEL}\n\n", f"{MODEL}    # end"],
    "a bracket and its repair": [MODEL, changed("dbt.ref(NAME)", "dbt.ref(NAME"), MODEL],
    "a quote and its repair": [MODEL, changed('"o"', '"o'), MODEL],
    "three quotes and their repair": [MODEL, changed("LIMIT = 10", "'''LIMIT = 10"), MODEL],
    "three quotes around statements": [
        MODEL,
        changed("    again", "    '''\n    again", "    frame.create", "    '''\n    frame.create"),
        MODEL,
    ],
    # CPython takes it for the end of the statement, but only where the lines end with `\r\n`.
    "a backslash at the end": [
        "def model(dbt, session):\r\n    return 1 \\\r\n",
        "def model(dbt, session):\r\n    return 1 \\\r\n    return 2\r\n",
    ],
    "a backslash": [MODEL, changed("again = frame\n", "again = frame \\\n"), MODEL],
    "edits within a broken text": [
        MODEL,
        changed("LIMIT = 10", "LIMIT = (10"),
        changed("LIMIT = 10", "LIMIT = (10", '"id", "amount"', '"id"'),
        changed('"id", "amount"', '"id"'),
    ],
    "a helper that says something else": [MODEL, changed('"id", "amount"', '"id"'), MODEL],
    "a helper that changes what it is given": [
        changed("return df.select", 'df["x"] = 1\n    return df.select'),
        MODEL,
    ],
    "a helper that is gone": [MODEL, changed("def narrow", "def wide"), MODEL],
    "a helper that calls itself": [MODEL, changed("return df.sel", "return narrow(df).sel"), MODEL],
    "a helper with a decorator": [MODEL, changed("def narrow", "@cache\ndef narrow"), MODEL],
    "a helper after the model": [
        changed("def narrow", "def wide") + "\n\ndef narrow(df, n): return df\n",
        changed("def narrow", "def wide") + "\n\ndef narrow(df, n): return df.select('nope')\n",
    ],
    "a constant of the module": [MODEL, changed('NAME = "orders"', 'NAME = "customers"'), MODEL],
    "a constant that is bound again": [MODEL, f"{MODEL}\n\nNAME = 'customers'\n", MODEL],
    "an alias that is another frame": [MODEL, changed("again = frame", "again = orders"), MODEL],
    "a frame of the driver used later": [
        MODEL,
        changed("new = dbt", 'print(local["late"]); new = dbt'),
        changed("new = dbt", "print(local); new = dbt"),
        MODEL,
    ],
    "a view that is another frame": [
        MODEL,
        changed("new = dbt", 'orders.createOrReplaceTempView("o")\n    new = dbt'),
        MODEL,
    ],
    "a test of the world": [
        MODEL,
        changed("dbt.is_incremental", "not dbt.is_incremental"),
        changed("dbt.is_incremental", "True"),
        MODEL,
    ],
    "one world only": [
        changed("frame = frame.filter", "late = frame.filter", "return frame", "return late"),
        changed("frame = frame.filter", "late = frame.filter"),
    ],
    "the end comes sooner": [MODEL, changed("    again", "    return frame\n    again"), MODEL],
    "the end is gone": [MODEL, changed("    return frame.join", "    frame.join"), MODEL],
    "a generator": [MODEL, changed("again = frame", "yield frame"), MODEL],
    "a loop around statements": [
        MODEL,
        changed("    again = frame", "    for i in range(3):\n        frame = narrow(frame)"),
        changed(
            "    again = frame",
            "    for i in [1, 2]:\n        frame = narrow(frame)\n        break",
        ),
        MODEL,
    ],
    "a name that is deleted": [MODEL, changed("again = frame", "del orders, frame"), MODEL],
    "a name that shadows": [MODEL, changed("again = frame", "dbt = session"), MODEL],
    "a global name": [MODEL, changed("    dbt.config", "    global NAME\n    dbt.config"), MODEL],
    "names that come from anywhere": [MODEL, f"from os import *\n{MODEL}", f"exec('x')\n{MODEL}"],
    "a second model": [MODEL, MODEL + MODEL, f"{MODEL}\n\nmodel = narrow\n", MODEL],
    "the model has another name": [MODEL, changed("def model", "def mode"), MODEL],
    "the model has other parameters": [MODEL, changed("(dbt, session)", "(d, s)"), MODEL],
    "the model is in a branch": [
        MODEL,
        re.sub(
            r"(?s)def model.*", lambda m: "if NAME:\n    " + m[0].replace("\n", "\n    "), MODEL
        ),
    ],
    "the same statements twice": [
        changed("again = frame", "again = dbt.ref(NAME)\n    again = dbt.ref(NAME)"),
        changed("again = frame", "again = dbt.ref(NAME)"),
        changed("again = frame", "again = dbt.ref(NAME)\n    again = dbt.ref(NAME)"),
    ],
    "the same statement at another depth": [
        changed("again = frame", 'x = dbt.ref("a")'),
        changed(
            "        frame = frame.filter", '        x = dbt.ref("a")\n        frame = frame.filter'
        ),
        changed("def narrow", 'x = dbt.ref("a")\n\n\ndef narrow'),
    ],
    "statements change their places": [
        MODEL,
        changed("LIMIT = 10\n", "", 'NAME = "orders"\n', 'NAME = "orders"\nLIMIT = 10\n'),
    ],
    "a comment that ignores": [
        changed("again = frame", "frame.select('id')"),
        changed("again = frame", "frame.select('id')  # dbt-glue: ignore"),
        changed("again = frame", "# dbt-glue: ignore\n    frame.select('id')"),
        f"# dbt-glue: ignore-file\n{changed('again = frame', 'frame.select(1)')}",
    ],
    "a comment between statements": [
        MODEL,
        changed("    again", "    # as it is\n    again"),
        changed("    again", "# as it is\n    again"),
        changed("    again", "        # as it is\n    again"),
    ],
    "statements on one line": [
        MODEL,
        changed("again = frame\n    local", "again = frame; local"),
        MODEL,
    ],
    "too deep": [MODEL, changed("again = frame", "again = frame" + ".limit(1)" * 200), MODEL],
    "too long": [MODEL, MODEL + "# more\n" * 40_000, MODEL],
    "beyond the most calls that are followed": [
        changed("again = frame", "a = frame" + "\n    a = narrow(a)" * calls)
        for calls in (299, 302, 298)
    ],
    "always another statement at the same place": [
        changed(
            "    again", "".join(f"    x{n} = orders\n" for n in range(count, 0, -1)) + "    again"
        )
        for count in range(30)
    ],
    "always another statement after the last": [
        changed("    again", "".join(f"    x{n} = orders\n" for n in range(count)) + "    again")
        for count in range(30)
    ],
    "a function in a function": [
        changed("    again", "    def use(f=orders):\n        return frame.join(f)\n    again"),
        changed("    again", "    def use(f=orders):\n        return again.join(f)\n    again"),
        changed("    again", "    take = lambda: again.join(orders)\n    used = take()\n    again"),
    ],
    "a function that sees another's variables": [
        changed("def model", CLOSURE + "def model", "frame.join(other", "join(frame)(other"),
        changed("def model", CLOSURE + "def model", "frame.join(other", "join(orders)(other"),
        changed(
            "def model", CLOSURE.replace("id", "no") + "def model", "frame.join(", "join(frame)("
        ),
    ],
    "annotations that are not evaluated": [
        f"from __future__ import annotations\n{MODEL}".replace("(df, n", "(df: Nowhere, n"),
        MODEL.replace("(df, n", "(df: Nowhere, n"),
        f"import os\nfrom __future__ import annotations\n{MODEL}",
        f"from __future__ import annotations\n{MODEL}".replace("again =", "again: Nowhere ="),
    ],
    "another text and back": [MODEL, "", "select 1", "def model(dbt, session): return 1", MODEL],
    "typed": [MODEL[:end] for end in range(len(MODEL) - 120, len(MODEL), 7)],
    "taken away from the start": [MODEL[start:] for start in range(0, 200, 9)],
}


@pytest.mark.parametrize("in_project", [False, True], ids=["alone", "in a project"])
@pytest.mark.parametrize("versions", SEQUENCES.values(), ids=SEQUENCES)
def test_an_edit_changes_nothing_but_the_text(versions: list[str], in_project: bool) -> None:
    comparison = Comparison(in_project=in_project, most=len(versions))
    assert comparison.difference(versions) is None


def test_facts_that_were_given_stay_as_they_are() -> None:
    live = LiveAnalysis(AnalysisOptions())
    given = [
        (facts, facts.to_json(), facts.to_dict())
        for versions in SEQUENCES.values()
        for facts in [live.facts(SourceText(text)) for text in versions[:2]]
    ]
    for facts, written, data in given:
        assert (facts.to_json(), facts.to_dict()) == (written, data)


def test_a_long_session_changes_nothing_but_the_text() -> None:
    chance = random.Random(SEED or 0)
    edits = [edit for _ in range(20) for edit in random_edits(chance) if edit.kind != "replace"]
    found = Editing("long", MODEL, tuple(edits))
    said = report(found, Comparison())
    assert len(found.versions) > 60
    assert said is None, said


def test_edits_are_always_the_same() -> None:
    assert [editing(seed).versions for seed in range(20)] == [
        editing(seed).versions for seed in range(20)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_edit_edits(kind: str) -> None:
    first = [Edit("open", 3000, 1, 0), Edit("comment", 5000, 1, 4)]
    before = versions_of(MODEL, first)
    made = [
        versions_of(MODEL, [*first, Edit(kind, at, size, at + size)])
        for at in range(0, WHOLE, 997)
        for size in (1, 2, 3)
    ]
    assert any(len(versions) > len(before) for versions in made)


class Hasty(LiveAnalysis):
    """Takes texts that differ in numbers only for the same."""

    def __init__(self, options: AnalysisOptions) -> None:
        super().__init__(options)
        self._known: dict[str, ModelFacts] = {}

    def facts(self, source: SourceText) -> ModelFacts:
        key = re.sub(r"\d", "0", source.text)
        if key not in self._known:
            self._known[key] = super().facts(source)
        return self._known[key]


def without_numbers(text: str) -> str:
    return re.sub(r"\d", "0", text)


def test_what_differs_is_shown_in_the_smallest_versions() -> None:
    at = WHOLE * MODEL[: MODEL.index("LIMIT")].count("\n") // MODEL.count("\n") + 1
    number = next(
        edit
        for edit in [Edit("token", at, 1, pick) for pick in range(WHOLE)]
        for text in versions_of(MODEL, [edit])[1:]
        if without_numbers(text) == without_numbers(MODEL)
    )
    found = Editing(
        "numbers", MODEL, (Edit("blank", WHOLE - 1, 1, 0), number, Edit("insert", 0, 1, 0))
    )
    hasty = Comparison(make=Hasty)
    said = report(found, hasty)
    assert said is not None
    assert "-- numbers" in said
    assert str(number) in said
    names: dict[str, list[str]] = {}
    exec(said[said.index("versions = [") :], names)
    one, other = names["versions"]
    assert one != other
    assert without_numbers(one) == without_numbers(other)
    assert one.count("\n") <= 1
    difference = hasty.difference([one, other])
    assert difference is not None
    assert difference.path in said
