"""The tree that is made from CPython's is the one that libcst reads: the same nodes, names and spans."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst
import pytest
from glue_compiler.rules import all_rules
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import SourceText
from glue_compiler.tree.built import built
from glue_compiler.tree.syntax import _CHILD_FIELDS, _child_fields, parse, walk

from tests.unit.compiler.random_layout import random_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from glue_compiler.text.source import Span

ROOT = Path(__file__).parents[3]
# No one asks where operators and colons are: libcst notes it for some and not for others.
_PLACELESS = (
    cst.BaseBinaryOp,
    cst.BaseCompOp,
    cst.BaseBooleanOp,
    cst.BaseUnaryOp,
    cst.BaseAugOp,
    cst.Colon,
)

FORMS = """
x = (a, b), c = ((1), 2,)
x = ()
x = (a)(b)((c))[(d)]
f((yield), *(a), **(b), k = (c) , )
f((x for x in y)); f(x for x in (y) if (z))
f(  # comment (
    (a),  # comment )
    k=(
        b
    ),
)
a = 'é', "日本", f'{x!r:>{w}}' "y", b'\\'', '''"'é''', é.ñ(ü=1)
d = {**(a), (b): (c), 'k': [*(x), (y)],}
s = a[1:2], a[::], a[(1):], a[1:, ...], a[(i, j)], a[i, j], a[:, 1], a[i,]
c = a < (b) != c is not d not in e and (f or g) and not h
v = lambda a, *b, c=(1), **d: (a)
v = lambda: 0
n = -(1) ** ~x @ y // 2.5e1 if (n := 3) else None
g = {k: v for k, v in a for b in c if d if (e)}, {x for x in y}, [x for x, in y]
a.b = c[d] = (e)
a: "T" = (1)
a: (T)
a += (1); a @= b; del a
del (a)
import a.b.c as d, e
from . import (f, g as h)
from ..i.j import *
from k import l
raise (A)(1) from (b)
raise
assert (a), (b)
global q, r
if a: pass; b
elif (b):
    if c:
        d
    else: e
else:
    # comment
    @deco . rated(1)
    def f(a: (int) = (1), /*rest*/b=2, *, c: str, **k) -> (x):
        '''doc'''
        return
for (a, b) in c, d:
    continue
else :
    break
while (a): b
with a as (b), c(d) as (e, f): d
with open(x) as f:
    async_ = 1
try:
    a
except (A, B) as e:
    b
except C: c
except:
    d
else:
    e
finally:
    f
class A: b = 1
class B(C, (D)) :
    @property
    def a(self): yield from (b)
""".replace("/*rest*/", "")


def difference(
    theirs: cst.CSTNode,
    ours: cst.CSTNode,
    spans: tuple[Mapping[cst.CSTNode, Span], Mapping[cst.CSTNode, Span]],
    path: str = "",
) -> str | None:
    """The first difference of what carries meaning in two trees."""
    path = f"{path}/{type(theirs).__name__}"
    if theirs.__class__ is not ours.__class__:
        return f"{path} is {type(ours).__name__}"
    if not isinstance(theirs, _PLACELESS) and spans[0].get(theirs) != spans[1].get(ours):
        return f"{path} at {spans[0].get(theirs)} is at {spans[1].get(ours)}"
    inside = getattr(theirs, "func", theirs) if isinstance(theirs, cst.Call) else None
    if isinstance(theirs, cst.Arg):
        inside = theirs.value
    if inside is not None:
        other = ours.func if isinstance(ours, cst.Call) else ours.value  # type: ignore[attr-defined]
        if len(inside.lpar) != len(other.lpar) or len(inside.rpar) != len(other.rpar):  # type: ignore[attr-defined]
            return f"{path}: other parentheses"
    if isinstance(theirs, cst.Module):
        fields: tuple[str, ...] = ("body",)
    else:
        fields = _CHILD_FIELDS.get(theirs.__class__) or _child_fields(theirs.__class__)
    for name in fields:
        one, two = getattr(theirs, name), getattr(ours, name)
        ones, twos = (list(x) if isinstance(x, (list, tuple)) else [x] for x in (one, two))
        if len(ones) != len(twos):
            return f"{path}.{name} has {len(twos)}, not {len(ones)}"
        for a, b in zip(ones, twos, strict=True):
            if isinstance(a, cst.BaseParenthesizableWhitespace):
                continue
            if isinstance(a, cst.CSTNode):
                found = difference(a, b, spans, f"{path}.{name}")
                if found is not None:
                    return found
            elif a != b:
                return f"{path}.{name}: {a!r} is {b!r}"
    return None


def compared(text: str) -> bool:
    """Whether a text is made here at all; it is a failure when it is made otherwise than by libcst."""
    source = SourceText(text)
    made = built(source, ast.parse(text))
    tree = parse(source)
    if made is None or tree is None:
        return False
    module, spans = made
    assert difference(tree.module, module, (tree.spans, spans)) is None, text
    return True


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_forms_one_by_one_and_together(newline: str) -> None:
    tree = ast.parse(FORMS)
    lines = FORMS.split("\n")
    for node in tree.body:
        part = "\n".join(lines[node.lineno - 1 : node.end_lineno]) + "\n"
        assert compared(part.replace("\n", newline)), part
    assert compared(FORMS.replace("\n", newline))


@pytest.mark.parametrize(
    "text",
    [
        "x = (a or b # )\n     or c)\n",
        "if a:\n    b\nelse: # else:\n    c\n",
        "try:\n    a;\nfinally: # finally:\n    (b)\n",
        "if a: b;\nelse:\n    'else:'\n",
        "a; \\\n  b\n",
        "if c:\n    a \\\n    ; b; \\\n    d\n",
        "a[(1, 2),]\n",
        "a[(1), (2)]\n",
        "a[((b), (c))]\n",
        "a[b : , c: : ]\n",
        "with a as ((b, c)): d\n",
        "((x, y)) = z\n",
        "f(lambda: a, (b if c else d))\n",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_brackets_comments_and_continued_lines(text: str, newline: str) -> None:
    assert compared(text.replace("\n", newline))


@pytest.mark.parametrize("feeds", ["    \f    ", " \f\f \f    ", "\f    ", "\t\f    "])
def test_form_feeds_in_an_indent_shift_nothing(feeds: str) -> None:
    text = f"def f(a):\n{feeds}b = 1\n    return a\n{feeds}# c\nd\n"
    assert compared(text)
    tree = parse(SourceText(text))
    assert tree is not None
    assert tree.text(tree.module.body[1]) == "d"


@pytest.mark.parametrize(
    "text",
    [
        "x = '''\n\f a\n  \fb'''\ny\n",
        "\fx = f'''\n\f{a}\n  \fb''', y\n\fz\n",
        "x = ('a'\n\f  'b'\n \f 'c')\ny\n",
        "x = 'a\\\n\fb'; y\n",
        "\ufeff\fx = (a,\n \fb, '''c\n\f''')\ny\n",
    ],
)
def test_form_feeds_in_strings_are_theirs(text: str) -> None:
    source = SourceText(f"{text}async def f(): pass\n")  # which is left to libcst
    tree = parse(source, ast.parse(source.text.lstrip("\ufeff")))
    assert tree is not None
    for node in walk(tree.module):
        if isinstance(node, (cst.SimpleString, cst.Name)):
            assert tree.text(node) == node.value
    assert tree.text(tree.module.body[-1]) == "async def f(): pass"


@pytest.mark.parametrize("text", ["except A :", "except (A) \\\n :", "except :", "except A as b :"])
def test_white_space_before_the_colon_of_a_handler_shifts_nothing(text: str) -> None:
    text = f"try:\n  a\n{text}\n  b\nc\n"
    assert compared(text)
    tree = parse(SourceText(text))
    assert tree is not None
    assert [tree.text(node) for node in tree.module.body] == [text[: -len("\nc\n")], "c"]


def test_white_space_before_the_colon_of_a_handler_of_groups_shifts_nothing() -> None:
    tree = parse(SourceText("try:\n  a\nexcept* A  :\n  b\nc\n"))
    assert tree is not None
    assert tree.text(tree.module.body[1]) == "c"


@pytest.mark.parametrize(
    "text",
    [
        "(x): int = 1\n",
        "() if 0 else(lambda:())\n",
        "def f(): return(a if b else c)\n",
        "x = a or((b if c else d))\n",
        "x = a or( # (\n b if c else d)\n",
        "x = [(a if b else c)for d in e]\n",
        "x = not.5\n",
    ],
)
def test_what_libcst_refuses_is_not_made(text: str) -> None:
    """Else the facts of a text would hang on what else is in it: a rare form leaves all of it to libcst."""
    assert parse(SourceText(text)) is None
    assert parse(SourceText(text), ast.parse(text)) is None


@pytest.fixture
def room() -> Iterator[None]:
    """Room for deep trees, which an analysis has in a thread of its own."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    yield
    sys.setrecursionlimit(limit)


@pytest.mark.usefixtures("room")
def test_the_cases_of_all_rules() -> None:
    made = left = 0
    for rule in all_rules():
        for case in (*rule.valid, *rule.invalid):
            try:
                ast.parse(case.source)
            except (SyntaxError, ValueError, RecursionError):
                continue
            if len(case.source) > 5000 or compared(case.source):
                made += 1
            else:
                left += 1
    assert left < made / 50


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("folder", ["compiler/glue_compiler/flow", "session", "lsp"])
def test_code_that_was_not_written_for_this(folder: str) -> None:
    made = [compared(path.read_text("utf-8")) for path in (ROOT / folder).rglob("*.py")]
    assert sum(made) > len(made) * 0.7


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.usefixtures("room")
def test_random_programs() -> None:
    made = left = 0
    for seed in range(int(os.environ.get("DBT_GLUE_PROPERTY_EXAMPLES", "100"))):
        text = random_program(seed)
        try:
            python = parse_ast(text)
            compile(text, "<model>", "exec", dont_inherit=True)
        except SyntaxError:
            continue
        if built(SourceText(text), python) is None:
            left += 1
        else:
            assert compared(text), f"libcst refuses what is made here:\n{text}"
            made += 1
    assert made > left


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeffa = 1\n",
        "async def f():\n    await g\n",
        "match a:\n    case 1:\n        b\n",
        "def f(a, /, b): ...\n",
        "x = 1j\n",
        "del (a),\n",
        "with (a as b, c):\n    d\n",
    ],
)
def test_what_is_rare_is_left_to_libcst(text: str) -> None:
    assert built(SourceText(text), ast.parse(text.lstrip("\ufeff"))) is None
