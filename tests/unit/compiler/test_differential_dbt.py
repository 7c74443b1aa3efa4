"""Against dbt-core itself: what it rejects we reject, what it drops we report, what it accepts is no such error."""

from __future__ import annotations

import ast
import inspect
import itertools
import os
from argparse import Namespace
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from dbt.context.context_config import ContextConfig
from dbt.context.providers import ParseConfigObject, ParseRefResolver, ParseSourceResolver
from dbt.exceptions import ParsingError
from dbt.flags import set_from_args
from dbt.parser.models import ModelParser, PythonParseVisitor, verify_python_model_code
from dbt_common.exceptions import DbtBaseException
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.findings.diagnostics import Diagnostic, Severity
from glue_compiler.text.source import SourceText
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

OPEN, CLOSE = "⟦", "⟧"
CLAIMS = frozenset(
    {
        *("GLU001", "GLU002", "GLU003", "GLU101", "GLU102", "GLU103", "GLU104", "GLU105"),
        *("GLU108", "GLU202", "GLU203", "GLU204", "GLU205", "GLU310"),
    }
)
"""The rules whose errors say that dbt-core will not accept the file."""

REJECTIONS = CLAIMS | {"GLU107", "GLU109"}
"""And those that also report returns that dbt-core does not look at."""


@dataclass
class Verdict:
    """What dbt-core says of a file: its error, or the calls that it saw, by position."""

    error: str | None = None
    seen: set[tuple[int, int]] = field(default_factory=set)


class _Positions(PythonParseVisitor):
    """dbt-core's own visitor, noting where it went."""

    def __init__(self) -> None:
        super().__init__(None)
        self.visited: set[tuple[int, int]] = set()

    def visit_Call(self, node: ast.Call) -> None:
        self.visited.add((node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))  # type: ignore[arg-type]
        super().visit_Call(node)


@pytest.fixture(autouse=True, scope="module")
def _dbt_flags() -> None:
    set_from_args(Namespace(STATE_MODIFIED_COMPARE_MORE_UNRENDERED_VALUES=False), None)


def dbt_core(text: str) -> Verdict:
    """Do with the text of a model what dbt-core does when it parses a project."""
    node: Any = SimpleNamespace(
        raw_code=text.strip(),  # as dbt-core reads files
        original_file_path="models/m.py",
        name="m",
        resource_type="model",
        refs=[],
        sources=[],
        language="python",
        package_name="shop",
        unique_id="model.shop.m",
    )
    wrapper: Any = SimpleNamespace(Relation=SimpleNamespace(create_from=lambda *_: None))
    config = ContextConfig.__new__(ContextConfig)
    config._config_call_dict = {}
    context = {
        "ref": ParseRefResolver(wrapper, node, None, None),
        "source": ParseSourceResolver(wrapper, node, None, None),
        "config": ParseConfigObject(node, config),
    }
    parser: Any = ModelParser
    try:
        verify_python_model_code(node)
        parser.parse_python_model(None, node, None, context)
    except (DbtBaseException, ParsingError) as error:
        return Verdict(str(error) or type(error).__name__)
    except (ValueError, TypeError, AttributeError) as error:
        # dbt shows these as a traceback.
        return Verdict(f"{type(error).__name__}: {error}")
    visitor = _Positions()
    visitor.visit(ast.parse(text))
    return Verdict(None, visitor.visited)


def ours(text: str) -> tuple[Diagnostic, ...]:
    source = SourceText(text)
    return check(analyze(source), source)


def errors(found: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    return [item for item in found if item.severity is Severity.ERROR]


def dropped_calls(text: str, verdict: Verdict) -> list[tuple[int, int]]:
    """The offsets of the dbt calls (written as such) that dbt-core's visitor did not come to."""
    names = {"dbt.ref", "dbt.source", "dbt.config", "dbt.config.get", "dbt.config.meta_get"}
    source = SourceText(text)
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
            place = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
            if place not in verdict.seen:
                found.append((_offset(source, place[0], place[1]), _offset(source, *place[2:])))
    return found


def _offset(source: SourceText, line: int, column: int) -> int:
    lines = source.text.split("\n")
    before = sum(len(item) + 1 for item in lines[: line - 1])
    return before + len(lines[line - 1].encode()[:column].decode())


def _model(body: str, head: str = "") -> str:
    return f"{head}def model(dbt, session):\n" + "".join(
        f"    {line}\n" for line in body.split("\n")
    )


REJECTED = {
    "no model": "⟦def build(dbt, session):\n    return dbt.ref('a')⟧\n",
    "statements only": "⟦import os\nx = 1⟧\n",
    "two models": "def ⟦model⟧(dbt, session):\n    return 1\ndef ⟦model⟧(dbt, session):\n    return dbt.ref('a')\n",
    "a class method, too": "class A:\n    def ⟦model⟧(self, x):\n        return 1\ndef ⟦model⟧(dbt, session):\n    return dbt.ref('a')\n",
    "async": "⟦async def model(dbt, session):\n    return dbt.ref('a')⟧\n",
    "lambda": "⟦model = lambda dbt, session: dbt.ref('a')⟧\n",
    "imported": "⟦from a import model⟧\n",
    "in both branches": "if x:\n    def ⟦model⟧(dbt, session):\n        return 1\nelse:\n    def ⟦model⟧(dbt, session):\n        return 2\n",
    "other first name": "def model(⟦context⟧, session):\n    return context.ref('a')\n",
    "one parameter": "def ⟦model(dbt)⟧:\n    return dbt.ref('a')\n",
    "three parameters": "def ⟦model(dbt, session, other)⟧:\n    return dbt.ref('a')\n",
    "no parameters": "def ⟦model()⟧:\n    return 1\n",
    "positional-only": "def ⟦model(dbt, session, /)⟧:\n    return dbt.ref('a')\n",
    "no return": _model("⟦df = dbt.ref('a')⟧"),
    "returns a tuple": _model("df = dbt.ref('a')\n⟦return df, df⟧"),
    "ends with if": _model("df = dbt.ref('a')\n⟦if df:\n    return df\nelse:\n    return None⟧"),
    "ends with try": _model("⟦try:\n    return dbt.ref('a')\nfinally:\n    pass⟧"),
    "ends with with": _model("⟦with open('x') as f:\n    return dbt.ref('a')⟧"),
    "ends with raise": _model("⟦raise ValueError('x')⟧"),
    "ends with pass": _model("⟦pass⟧"),
    "statement after return": _model("return dbt.ref('a')\n⟦x = 1⟧"),
    "name argument": _model("name = 'a'\nreturn dbt.ref(⟦name⟧)"),
    "f-string argument": _model("return dbt.ref(⟦f'up'⟧)"),
    "added strings": _model("return dbt.ref(⟦'u' + 'p'⟧)"),
    "star argument": _model("names = ['a']\nreturn dbt.ref(⟦*names⟧)"),
    "call argument": _model("return dbt.ref(⟦str('a')⟧)"),
    "double star": _model("options = {}\ndbt.config(⟦**options⟧)\nreturn dbt.ref('a')"),
    "config by name": _model(
        "kind = 'table'\ndbt.config(materialized=⟦kind⟧)\nreturn dbt.ref('a')"
    ),
    "ref in a comprehension": _model("return [dbt.ref(⟦n⟧) for n in ('a', 'b')][0]"),
    "no argument for ref": _model("return ⟦dbt.ref()⟧"),
    "three arguments for ref": _model("return dbt.ref(⟦'a', 'b', 'c'⟧)"),
    "ref by keyword": _model("return ⟦dbt.ref(name='a')⟧"),
    "number for ref": _model("return dbt.ref(⟦1⟧)"),
    "None for ref": _model("return dbt.ref(⟦None⟧)"),
    "list version": _model("return dbt.ref('a', v=⟦[1]⟧)"),
    "one argument for source": _model("return ⟦dbt.source('a')⟧"),
    "three arguments for source": _model("return ⟦dbt.source('a', 'b', 'c')⟧"),
    "number for source": _model("return dbt.source('a', ⟦1⟧)"),
    "source by keyword": _model("return dbt.source(⟦source_name='a', table_name='b'⟧)"),
    "get nothing": _model("x = ⟦dbt.config.get()⟧\nreturn dbt.ref('a')"),
    "get three": _model("x = dbt.config.get(⟦'a', 1, 2⟧)\nreturn dbt.ref('a')"),
    "get by keyword": _model("x = ⟦dbt.config.get(key='a')⟧\nreturn dbt.ref('a')"),
    "config nothing": _model("⟦dbt.config()⟧\nreturn dbt.ref('a')"),
    "config both ways": _model("⟦dbt.config({'a': 1}, b=2)⟧\nreturn dbt.ref('a')"),
    "syntax": "def model(dbt, session)⟦\n⟧    return 1\n",
    "unclosed": _model("return dbt.ref⟦('a'⟧"),
    "indentation": "def model(dbt, session):\n⟦return 1⟧\n",
    "return outside": "def model(dbt, session):\n    return dbt.ref('a')\n⟦}⟧\n",
    "braces in a comment": _model("# ⟦{{ ref('a') }}⟧\nreturn dbt.ref('a')"),
    "braces in an f-string": _model("x = f'⟦{{y}}⟧'\nreturn dbt.ref('a')"),
    "braces in a string": _model("x = '⟦{{ this }}⟧'\nreturn dbt.ref('a')"),
    "block in a string": _model("x = '⟦{%d}⟧'\nreturn dbt.ref('a')"),
    "comment in a dict": _model("x = ⟦{# a comment\n    'a': 1}⟧\nreturn dbt.ref('a')"),
    "empty braces": _model("x = '⟦{{}}⟧'\nreturn dbt.ref('a')"),
    "byte order mark": "⟦\ufeff⟧" + _model("return dbt.ref('a')"),
}
if "meta_get" in inspect.getsource(ModelParser.parse_python_model):  # since dbt-core 1.11
    REJECTED["meta_get nothing"] = _model("x = ⟦dbt.config.meta_get()⟧\nreturn dbt.ref('a')")

ACCEPTED = {
    "plain": _model("return dbt.ref('a')"),
    "chain": _model("return dbt.ref('a').select('x').distinct()"),
    "package and version": _model("return dbt.ref('shop', 'a', v=2)"),
    "implicit concatenation": _model("return dbt.ref('a' 'b')"),
    "source": _model("return dbt.source('raw', 'orders')"),
    "config": _model("dbt.config(materialized='table', tags=['x'])\nreturn dbt.ref('a')"),
    "positional config": _model("dbt.config({'materialized': 'table'})\nreturn dbt.ref('a')"),
    "config.get with default": _model("n = dbt.config.get('n', 3)\nreturn dbt.ref('a').limit(n)"),
    "keyword-only extra": "def model(dbt, session, *, x=1):\n    return dbt.ref('a')\n",
    "stars": "def model(dbt, session, *a, **k):\n    return dbt.ref('a')\n",
    "other second name": "def model(dbt, spark):\n    return dbt.ref('a')\n",
    "annotated": "def model(dbt: object, session: object) -> object:\n    return dbt.ref('a')\n",
    "decorated": "def same(f):\n    return f\n\n@same\ndef model(dbt, session):\n    return dbt.ref('a')\n",
    "walrus in the return": _model("return (df := dbt.ref('a'))"),
    "nested def": _model("def read(name):\n    return dbt.ref('a')\nreturn read('a')"),
    "helper with dbt": "def read(dbt):\n    return dbt.ref('a')\n\n" + _model("return read(dbt)"),
    "early return": _model("if dbt.is_incremental:\n    return dbt.ref('b')\nreturn dbt.ref('a')"),
    "dict of dicts": _model("x = {'a': {'b': 1}}\nreturn dbt.ref('a')"),
    "closing braces": _model("x = '}}'\nreturn dbt.ref('a')"),
    "list argument": _model(
        "return union([dbt.ref('a'), dbt.ref('b')])",
        "from functools import reduce\ndef union(frames):\n    return reduce(lambda a, b: a.union(b), frames)\n\n",
    ),
    "f-string": _model("print(f'{dbt.ref(\"a\")}')\nreturn dbt.ref('a')"),
}

DROPPED = [
    "x = dbt.ref('a')['id'].sum()",
    "x = dbt.ref('a')[['id']].toPandas()",
    "x = len(dbt.ref('a')['id'])",
    "x = len(dbt.ref('a').columns)",
    "x = max(1, 1 + dbt.ref('a').count())",
    "x = print(dbt.ref('a') if session else dbt.ref('b'))",
    "x = print(dbt.ref('a').count() > 1)",
    "x = print(not dbt.ref('a'))",
    "x = print(session or dbt.ref('a'))",
    "x = print(lambda: dbt.ref('a'))",
    "x = print(*[dbt.ref('a')])",
    "x = print({dbt.ref('a')})",
    "x = print([[dbt.ref('a')]])",
    "x = print({'a': [dbt.ref('a')]})",
    "x = print({dbt.ref('a'): 1})",
    "x = print((y := dbt.ref('a')))",
    "x = print([dbt.ref('a') for _ in range(2)])",
    "x = print(dbt.ref('a') for _ in range(2))",
    "x = print({k: dbt.ref('a') for k in range(2)})",
    "x = print(dbt.ref('a'))(1)",
    "x = dbt.ref('a').filter(dbt.ref('b').id == 1)",
    "x = print(f'{dbt.ref(\"a\").columns}')",
    "x = print(dbt.config.get('a') or 1)",
    "x = print(1 + dbt.config.get('a'))",
    "x = print(dbt.source('a', 'b')['c'])",
]


def _causes(text: str) -> tuple[str, list[tuple[int, int]]]:
    spans, stack, plain = [], [], []
    for char in text:
        if char == OPEN:
            stack.append(len(plain))
        elif char == CLOSE:
            spans.append((stack.pop(), len(plain)))
        else:
            plain.append(char)
    return "".join(plain), spans


@pytest.mark.parametrize("name", REJECTED)
def test_what_dbt_core_rejects_is_an_error_inside_the_cause(name: str) -> None:
    text, causes = _causes(REJECTED[name])
    verdict = dbt_core(text)
    assert verdict.error is not None
    found = [item for item in errors(ours(text)) if item.code in REJECTIONS]
    assert found, verdict.error
    assert any(
        start <= item.span.start and item.span.end <= end for item in found for start, end in causes
    ), [(item.code, item.message, text[slice(*item.span)]) for item in found]


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_dbt_core_accepts_is_no_error(name: str) -> None:
    assert dbt_core(ACCEPTED[name]).error is None
    assert [(item.code, item.message) for item in errors(ours(ACCEPTED[name]))] == []


@pytest.mark.parametrize("statement", DROPPED)
def test_what_dbt_core_drops_is_reported(statement: str) -> None:
    text = _model(f"{statement}\nreturn session.table('x.y')")
    verdict = dbt_core(text)
    assert verdict.error is None
    assert_dropped_calls_are_reported(text, verdict, at_least=1)


def assert_dropped_calls_are_reported(text: str, verdict: Verdict, at_least: int = 0) -> None:
    dropped = dropped_calls(text, verdict)
    assert len(dropped) >= at_least
    lost = [item for item in ours(text) if item.code == "GLU201"]
    for start, end in dropped:
        assert any(item.span.start < end and start < item.span.end for item in lost), (
            text[start:end],
            [(item.message, text[slice(*item.span)]) for item in lost],
        )


# -- generated files -------------------------------------------------------------------------

_values = st.sampled_from(
    ["'a'", "'b' 'c'", "1", "None", "f'a'", "'a' + 'b'", "x", "[1]", "{'k': 'v'}", "*x", "str(1)"]
)
_functions = st.sampled_from(
    ["dbt.ref", "dbt.source", "dbt.config", "dbt.config.get", "dbt.config.meta_get"]
)
_names = st.sampled_from(["v", "version", "materialized", "default", "tags", "name"])


def _call(parts: tuple[str, list[str], list[tuple[str, str]]]) -> str:
    function, positional, named = parts
    keywords = [f"{k}={v}" for k, v in dict(named).items() if not v.startswith("*")]
    return f"{function}({', '.join([*positional, *keywords])})"


_calls = st.one_of(
    st.tuples(
        _functions,
        st.lists(_values, max_size=3),
        st.lists(st.tuples(_names, _values), max_size=1),
    ).map(_call),
    st.sampled_from(["dbt.ref('a')", "dbt.ref('p', 'a')", "dbt.source('a', 'b')"]),
    st.sampled_from(["dbt.config(tags=['x'])", "dbt.config.get('a')", "dbt.config.get('a', 1)"]),
)


def _around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    forms = [
        *("print({0})", "print([{0}])", "print(k={0})", "print({0}.columns)", "print({0}['x'])"),
        *("{0}.select('x')", "{0}['x']", "{0}['x'].sum()", "({0})", "[{0}]", "print([[{0}]])"),
        *("print({{'k': {0}}})", "print({{'k': [{0}]}})", "print(1 + {0})", "print(not {0})"),
        *("print({0} if x else 1)", "print(lambda: {0})", "[{0} for _ in x]", "print({0})(1)"),
        *(
            "print(*[{0}])",
            "print(**{{'k': {0}}})",
            "({0}, 1)",
            "print({0} > 1)",
            "print(x or {0})",
        ),
    ]
    return st.tuples(st.sampled_from(forms), inner).map(lambda pair: pair[0].format(pair[1]))


_expressions = st.recursive(_calls, _around, max_leaves=3)
_statements = st.one_of(
    _expressions.map("y = {}".format),
    _expressions,
    _expressions.map("if x:\n        y = {}".format),
    _expressions.map("def inner():\n        return {}".format),
    _expressions.map("for _ in x:\n        y = {}".format),
)
_PLAIN_HEADER = "def model(dbt, session):"
_PLAIN_END = "return x"


@dataclass(frozen=True)
class Generated:
    """A model file in parts, each of which dbt-core may reject: what comes first, the `def`, its statements, its end."""

    first: str
    header: str
    statements: tuple[str, ...]
    end: str

    @property
    def text(self) -> str:
        return "".join(self.pieces())

    def pieces(self) -> list[str]:
        """The texts of the file in order; one for each part, and a first line that is never wrong."""
        lines = [f"    {line}\n" for line in (*self.statements, self.end)]
        return ["x = [1]\n", self.first, f"{self.header}\n", *lines]

    def causes(self) -> list[list[tuple[int, int]]]:
        """For every part that dbt-core rejects by itself, in a file that is right otherwise, the places to blame.

        One place is enough. A function that is no model is to blame as a whole, and one of two models is either.
        """
        ends = list(itertools.accumulate(map(len, self.pieces())))
        spans = list(zip([0, *ends], ends, strict=False))[1:]
        header = spans[1]
        found = []
        if _rejected(Generated(self.first, _PLAIN_HEADER, (), _PLAIN_END)):
            found.append([spans[0], header])
        if _rejected(Generated("", self.header, (), _PLAIN_END)):
            if not self.header.startswith("def model("):
                # Of a function that is no model nothing else is said, and nothing at all beside a model.
                whole = [(header[0], ends[-1])]
                return found if "def model(" in self.first else [*found, whole]
            found.append([header])
        for statement, span in zip(self.statements, spans[2:], strict=False):
            if _rejected(Generated("", _PLAIN_HEADER, (statement,), _PLAIN_END)):
                found.append([span])
        if _rejected(Generated("", _PLAIN_HEADER, (), self.end)):
            found.append([spans[-1]])
        return found


def _rejected(file: Generated) -> bool:
    return dbt_core(file.text).error is not None


_headers = st.sampled_from(
    [_PLAIN_HEADER] * 6
    + ["def model(dbt):", "def model(dbt, session, *, k=1):", "def model(dbt, session, k):"]
    + ["async def model(dbt, session):", "def build(dbt, session):", "def model(dbt, session, /):"]
)
_ends = st.sampled_from(
    [_PLAIN_END] * 6
    + ["return", "return x, x", "return [x]", "pass", "raise ValueError", "if x:\n        return x"]
    + ["return dbt.ref('z')", "return (x, )", "return (y := x)"]
)
_firsts = st.sampled_from(
    [""] * 5 + ["import os\n", "def model(a, b):\n    return a\n", "# {{ x }}\n"]
)
_files = st.builds(
    Generated, _firsts, _headers, st.lists(_statements, max_size=3).map(tuple), _ends
)


_EXAMPLES = int(os.environ.get("DBT_GLUE_PROPERTY_EXAMPLES", "200"))
_SEED = os.environ.get("DBT_GLUE_PROPERTY_SEED")


@seed(int(_SEED or 0))
@settings(
    max_examples=_EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(_files)
def test_generated_files_are_judged_as_dbt_core_does(file: Generated) -> None:
    text = file.text
    verdict = dbt_core(text)
    found = errors(ours(text))
    if verdict.error is not None:
        rejections = [item for item in found if item.code in REJECTIONS]
        assert rejections, verdict.error
        told = [(item.code, text[slice(*item.span)]) for item in rejections]
        for places in file.causes():
            assert any(
                start <= item.span.start and item.span.end <= end
                for item in rejections
                for start, end in places
            ), (verdict.error, [text[start:end] for start, end in places], told)
    else:
        assert wrong_claims(text, verdict, found) == []
        assert_dropped_calls_are_reported(text, verdict)


def wrong_claims(
    text: str, verdict: Verdict, found: list[Diagnostic]
) -> list[tuple[str, str, str]]:
    """Claims of a rejection about calls that dbt-core saw and let pass.

    What it does not see, it cannot reject: such calls fail in the session only. So do names of
    arguments that a ref does not have. And it lets any literal pass for a key of a config, though a
    key that is no string is never found.
    """
    dropped = dropped_calls(text, verdict)
    return [
        (item.code, item.message, text[slice(*item.span)])
        for item in found
        if item.code in CLAIMS
        and not item.message.startswith(
            ("the key of a config is a string", "`dbt.ref` has no argument")
        )
        and not any(start <= item.span.start and item.span.end <= end for start, end in dropped)
    ]
