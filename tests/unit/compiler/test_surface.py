"""The uses of dbt, by binding, and what dbt-core's parser sees of them."""

from __future__ import annotations

import ast

import pytest
from dbt.parser.models import PythonParseVisitor, PythonValidationVisitor
from glue_compiler.analysis import analyze
from glue_compiler.names.dbt_core_visitor import view
from glue_compiler.text.source import SourceText

HEAD = "def model(dbt, session):\n"

POSITIONS = [
    "x = dbt.ref('a')",
    "x = dbt.ref('a').select('b').count()",
    "x = dbt.ref('a')['b']",
    "x = dbt.ref('a')['b'].sum()",
    "x = dbt.ref('a')[['b']].toPandas()",
    "x = f(dbt.ref('a'))",
    "x = f(k=dbt.ref('a'))",
    "x = f([dbt.ref('a')], (dbt.ref('b'),), {'c': dbt.ref('c')})",
    "x = f({dbt.ref('a'): 1}, {dbt.ref('b')}, [[dbt.ref('c')]])",
    "x = f(dbt.ref('a').columns)",
    "x = f(dbt.ref('a')['x'])",
    "x = f(1 + dbt.ref('a').count())",
    "x = f(dbt.ref('a').count() > 1, not dbt.ref('b'), a and dbt.ref('c'))",
    "x = f(dbt.ref('a') if y else dbt.ref('b'))",
    "x = f(lambda: dbt.ref('a'))",
    "x = f([dbt.ref('a') for i in j])",
    "x = f(dbt.ref('a') for i in j)",
    "x = f(*[dbt.ref('a')], **{'b': dbt.ref('b')})",
    "x = f((y := dbt.ref('a')))",
    "x = f(f'{dbt.ref(\"a\")}', f'{dbt.ref(\"b\").c}')",
    "x = f(dbt.ref('a'))(dbt.ref('b'))",
    "x = a.filter(dbt.ref('a').id == 1)",
    "x = [dbt.ref('a') for i in j]",
    "x = dbt.ref('a') if y else dbt.ref('b').z",
    "x = (dbt.ref)('a')",
    "x = (dbt.ref('a'))",
    "x = dbt.source('a', 'b').join(dbt.ref('c'), dbt.ref('d').e)",
    "x = dbt.config.get('a') or f(dbt.config.get('b') + 1)",
    "def g(dbt=dbt.ref('a')): return dbt.ref('b')",
    "@f(dbt.ref('a'))\n    def g(): pass",
    "with dbt.ref('a') as x, f(dbt.ref('b').c): pass",
    "if dbt.ref('a').count(): x = dbt.ref('b')",
    "async def g(): await f(await dbt.ref('a'))",
    "class A(f(dbt.ref('a').b)): x = dbt.ref('c')",
]


def calls_that_dbt_core_sees(text: str) -> int:
    visitor = PythonParseVisitor(None)
    visitor.visit(ast.parse(text))
    return len(visitor.dbt_function_calls)


@pytest.mark.parametrize("statement", POSITIONS)
def test_the_visible_calls_are_those_of_dbt_core(statement):
    text = f"{HEAD}    {statement}\n    return x\n"
    uses = [use for use in analyze(text).dbt_uses if use.called]
    assert sum(use.visible for use in uses) == calls_that_dbt_core_sees(text)
    assert all(use.hidden_by for use in uses if not use.visible)
    assert len(uses) == text.count("dbt.ref(") + text.count("dbt.source(") + text.count(
        "dbt.config.get("
    ) + text.count("(dbt.ref)(")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("x = dbt.ref('a')['b'].sum()", "subscript"),
        ("x = f(dbt.ref('a').columns)", "attribute"),
        ("x = f(1 + dbt.ref('a'))", "operator"),
        ("x = f(a == dbt.ref('a'))", "comparison"),
        ("x = f(a or dbt.ref('a'))", "boolean_operator"),
        ("x = f(lambda: dbt.ref('a'))", "lambda"),
        ("x = f({dbt.ref('a'): 1})", "dict_key"),
        ("x = f([[dbt.ref('a')]])", "nested_list"),
        ("x = f((y := dbt.ref('a')))", "walrus"),
        ("x = f(dbt.ref('a') for i in j)", "generator"),
        ("d = dbt\n    x = d.ref('a')", "alias"),
        ("ref = dbt.ref\n    x = ref('a')", "alias"),
        ("x = getattr(dbt, 'ref')('a')", "getattr"),
    ],
)
def test_why_dbt_core_does_not_see_a_call(statement, reason):
    (use,) = analyze(f"{HEAD}    {statement}\n    return x\n").uses("ref")
    assert use.hidden_by == reason
    assert not use.visible


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "    return 1\n",
        "def model(x, session):\n    return 1\n",
        "def model(dbt, session, /):\n    return 1\n",
        "def model(dbt):\n    return 1, 2\n",
        "def model(dbt, s, *, x=1):\n    if x: return 1\n",
        "async def model(dbt, session):\n    return 1\n",
        "model = lambda dbt, session: 1\n",
        "class A:\n    def model(dbt, session):\n        return 1\n",
        "def f():\n    def model(dbt, session):\n        return 1\n",
        "if x:\n    def model(dbt, session): return 1\nelse:\n    def model(dbt, session): return 2\n",
    ],
)
def test_the_validator_is_dbt_core_s(text):
    theirs = PythonValidationVisitor()
    theirs.visit(ast.parse(text))
    problems = view(SourceText(text), ast.parse(text)).problems
    if theirs.num_model_def != 1:
        assert [problem.kind for problem in problems] == ["model_count"]
    else:
        assert [problem.message for problem in problems] == theirs.dbt_errors


def test_dbt_is_followed_by_binding():
    text = (
        "def load(context, name='x'):\n    return context.ref(name)\n"
        "class Reader:\n"
        "    def __init__(self, d): self.d = d\n"
        "    def read(self): return self.d.source('a', 'b')\n"
        + HEAD
        + "    load(dbt)\n    Reader(dbt).read()\n    pair = (dbt, 1)\n    e, f = dbt, 1\n"
        "    def inner(): return dbt.ref('closure')\n"
        "    g = e if f else e\n    return g.ref('conditional')\n"
    )
    uses = analyze(text).dbt_uses
    assert [(use.api, use.via) for use in uses if use.called] == [
        ("ref", "parameter"),
        ("source", "attribute"),
        ("ref", "closure"),
        ("ref", "alias"),
    ]


def test_a_name_that_is_not_dbt_is_not_taken_for_it():
    text = "def other(dbt2):\n    return dbt2.ref('x')\n" + HEAD + "    return session.ref('y')\n"
    assert analyze(text).dbt_uses == ()


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("'a' + 'b'", ["ab"]),
        ("f'{p}_x'", ["north_x", "south_x"]),
        ("'%s_x' % p", ["north_x", "south_x"]),
        ("PREFIX.upper()", ["STG"]),
        ("{'k': 'v'}['k']", ["v"]),
        ("'a' if p else 'b'", ["a", "b"]),
    ],
)
def test_constant_arguments_are_folded(argument, values):
    text = (
        f"PREFIX = 'stg'\n{HEAD}    for p in ['north', 'south']:\n"
        f"        x = dbt.ref({argument})\n    return x\n"
    )
    (use,) = analyze(text).uses("ref")
    assert use.args[0].literal is None
    assert [constant.value for constant in use.args[0].values] == values


def test_unknown_arguments_have_no_values():
    (use,) = analyze(HEAD + "    return dbt.ref(session.name)\n").uses("ref")
    assert use.args[0].values is None
    assert use.args[0].shape == "Attribute"


@pytest.mark.parametrize(
    ("expression", "api"),
    [
        ("dbt.var('x')", "var"),
        ("dbt.this.name", "this.name"),
        ("dbt.config.set('x')", "config.set"),
        ("dbt.get_config('x')", "get_config"),
    ],
)
def test_what_dbt_does_not_offer_is_not_known(expression, api):
    (use,) = analyze(f"{HEAD}    return f({expression})\n").dbt_uses
    assert (use.api, use.known) == (api, False)


def test_dbt_that_escapes_is_told():
    facts = analyze(HEAD + "    return other.build(dbt)\n")
    assert facts.dbt_escapes
    assert facts.dbt_uses[0].api == ""


def test_the_statement_around_a_call_says_where_a_line_can_go():
    text = HEAD + "    if x:\n        y = f(dbt.ref('a').b); z = f(dbt.ref('c').d)\n    return y\n"
    first, second = analyze(text).uses("ref")
    assert first.statement.hoistable
    assert text[first.statement.line_start :].startswith("        y")
    assert first.statement.indent == "        "
    assert not second.statement.hoistable
