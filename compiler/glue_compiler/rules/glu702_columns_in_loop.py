"""GLU702: columns are added one by one in a loop."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Related, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.python_ast import parse_ast
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import LoopColumn
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame

_FEW = 8
_TOGETHER = {"withColumn": "withColumns", "withColumnRenamed": "withColumnsRenamed"}
_RENAMES_SINCE = "3.5"


def _has_other(item: LoopColumn, _frame: Frame | None, options: AnalysisOptions) -> bool:
    """Whether there is a method that does all rounds at once."""
    if item.method == "withColumnRenamed" and options.spark < _RENAMES_SINCE:
        return False
    return item.method in _TOGETHER


_SCREEN = Screen("loop_columns", _has_other)


def _check(context: Context) -> Iterator[Finding]:
    seen: set[Span] = set()
    for item in context.kept_by(_SCREEN):
        together = _TOGETHER[item.method]
        loop = _parsed_loop(context, item.loop)
        if loop is None or item.loop in seen:
            continue
        if isinstance(loop, ast.For) and _is_short(context, loop.iter):
            continue
        if _is_new_each_round(context, item, loop):
            continue
        seen.add(item.loop)
        yield Finding(
            item.span,
            f"every round adds a step to the plan, which Spark analyses anew with each `{item.method}`",
            help=f"Collect the expressions in a dict and call `{together}` once.",
            fixes=_fixes(context, item, loop, together),
            related=(Related(None, Span(item.loop.start, item.loop.start + 3), "the loop"),),
        )


def _parsed_loop(context: Context, span: Span) -> ast.stmt | None:
    text = context.source.text
    start = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    return _loop_in(text[start : span.end], indented=start < span.start)


@lru_cache(maxsize=256)
def _loop_in(text: str, *, indented: bool) -> ast.stmt | None:
    """The tree of a loop; whoever asks for the same text again gets the same tree, and only reads it."""
    try:
        body = parse_ast(f"if 1:\n{text}" if indented else text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    first = body[0] if body else None
    if isinstance(first, ast.If):
        first = first.body[0]
    return first if isinstance(first, (ast.For, ast.While)) else None


def _is_short(context: Context, node: ast.expr) -> bool:
    """Whether the loop runs over a few items that are written down."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value if node.func.attr == "items" and not node.args else node
    if isinstance(node, ast.Name):
        node = _constant(context, node.id) or node
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return len(node.elts) <= _FEW
    return isinstance(node, ast.Dict) and len(node.keys) <= _FEW


def _constant(context: Context, name: str) -> ast.expr | None:
    """What the only assignment to a name of the file gives it, where nothing changes that in place."""
    text = context.source.text
    if re.search(rf"\b{name}\s*\.\s*(?:append|extend|insert|update|add)\b", text):
        return None
    stored, values = _assignments(text)
    found = values.get(name, ())
    return found[0] if len(found) == 1 and stored.count(name) == 1 else None


@lru_cache(maxsize=8)
def _assignments(text: str) -> tuple[tuple[str, ...], dict[str, list[ast.expr]]]:
    """The names that are stored in a file, as often as they are, and what plain assignments give them."""
    try:
        tree = parse_ast(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return (), {}
    stored = []
    values: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored.append(node.id)
        elif isinstance(node, ast.arg):
            stored.append(node.arg)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values.setdefault(node.targets[0].id, []).append(node.value)
    return tuple(stored), values


def _is_new_each_round(context: Context, item: LoopColumn, loop: ast.stmt) -> bool:
    """Whether the loop gives the frame's name another frame before the column is added, in every round."""
    found = re.match(r"\w+", context.text(item.span))
    name = "" if found is None else found[0]
    if isinstance(loop, ast.For) and name in _names(loop.target):
        return True
    for statement in loop.body if isinstance(loop, (ast.For, ast.While)) else ():
        if isinstance(statement, ast.Assign) and name in _names(*statement.targets):
            return name not in _names(statement.value)
        if name in _names(statement):
            return False
    return False


def _names(*nodes: ast.AST) -> set[str]:
    return {part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)}


def _fixes(context: Context, item: LoopColumn, loop: ast.stmt, together: str) -> tuple[Fix, ...]:
    """One call with a comprehension, where the loop does nothing else."""
    if not isinstance(loop, ast.For) or len(loop.body) != 1 or loop.orelse:
        return ()
    statement = loop.body[0]
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
        return ()
    call = statement.value
    function, target = call.func, statement.targets[0]
    if len(call.args) != 2 or call.keywords or len(statement.targets) != 1:
        return ()
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return ()
    name = function.value.id
    if not isinstance(target, ast.Name) or target.id != name or "#" in context.text(item.loop):
        return ()
    if any(
        isinstance(n, ast.Name) and n.id == name
        for a in (*call.args, loop.iter)
        for n in ast.walk(a)
    ):
        return ()
    called = {
        n.func.id
        for n in ast.walk(call)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    if called & _names(loop.target):
        return ()  # What the loop runs over is called: a line that raises stays as it is.
    key, value = (ast.unparse(argument) for argument in call.args)
    text = (
        f"{name} = {name}.{together}("
        f"{{{key}: {value} for {ast.unparse(loop.target)} in {ast.unparse(loop.iter)}}})"
    )
    span = Span(item.loop.start, item.loop.start + len(context.text(item.loop).rstrip()))
    return (Fix(f"Call {together} once", (Edit(span, text),), "unsafe"),)


_HEAD = "from pyspark.sql import functions as F\n\n\n"


def _loop(header: str, body: str, head: str = _HEAD) -> str:
    return model(f"df = dbt.ref('orders')\n{header}\n    {body}\nreturn df", head=head)


_NAMES = "for name in dbt.ref('names').columns:"

RULE = Rule(
    code="GLU702",
    name="columns-in-loop",
    severity=Severity.INFORMATION,
    summary="Columns are added one by one in a loop.",
    why="""
Each `withColumn` puts a projection on the plan, and Spark analyses the whole plan again: the time grows
with the square of the number of columns. 50, 200 and 400 columns took 6, 11 and 41 seconds to plan; one
`withColumns` took 0.1, 0.1 and 0.4. A loop over a few items that are written down is not reported,
nor one whose columns a run adds together by itself (`dbt-glue compile` shows what it does, and why it does not).
""",
    fix="Build a dict of the expressions and call `withColumns` once, or use `select`.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(_loop("for name in ['a', 'b']:", "df = df.withColumn(name, F.lit(0))")),
        Case(
            _loop(
                "for name in FLAGS:",
                "df = df.withColumn(name, F.lit(0))",
                head=_HEAD.rstrip() + "\n\nFLAGS = ('a', 'b', 'c')\n\n\n",
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nreturn df.withColumns({n: F.lit(0) for n in df.columns})",
                head=_HEAD,
            )
        ),
        Case(_loop("for name in df.columns:", "first = df.withColumn(name, F.lit(0))")),
        Case(
            model(
                "df = dbt.ref('orders')\nnames = ['a', 'b']\nfor name in names:\n"
                "    df = df.withColumn(name, F.lit(0))\nreturn df",
                head=_HEAD,
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nkinds = {'a': 'int', 'b': 'date'}\n"
                "for name, kind in kinds.items():\n"
                "    df = df.withColumn(name, F.col(name).cast(kind))\nreturn df",
                head=_HEAD,
            )
        ),
        Case(
            model(
                f"result = dbt.ref('orders')\n{_NAMES}\n    df = dbt.ref('days')\n"
                "    df = df.withColumn(name, F.lit(0))\n    result = result.unionByName(df)\nreturn result",
                head=_HEAD,
            )
        ),
        Case(
            model(
                "frames = [dbt.ref('orders')] * 20\nfor df in frames:\n"
                "    df = df.withColumn('x', F.lit(0))\n    df.show()\nreturn df",
                head=_HEAD,
            )
        ),
    ),
    invalid=(
        Case(
            model(
                f"df = dbt.ref('orders')\n{_NAMES}\n    print(name)\n"
                "    if name:\n        df = df.limit(3)\n    df = ⟦df.withColumn(name, F.lit(0))⟧\nreturn df",
                head=_HEAD,
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nfor col in dbt.ref('names').columns:\n"
                "    df = ⟦df.withColumn(col, col(col))⟧\nreturn df",
                head="from pyspark.sql.functions import col\n\n\n",
            ),
            fixed=model(
                "df = dbt.ref('orders')\nfor col in dbt.ref('names').columns:\n"
                "    df = df.withColumn(col, col(col))\nreturn df",
                head="from pyspark.sql.functions import col\n\n\n",
            ),
            unsafe=True,
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nnames = ['a']\nnames += dbt.ref('names').columns\n"
                "for name in names:\n    df = ⟦df.withColumn(name, F.lit(0))⟧\nreturn df",
                head=_HEAD,
            )
        ),
        Case(
            _loop(_NAMES, "df = ⟦df.withColumn(f'has_{name}', F.col(name).isNotNull())⟧"),
            fixed=model(
                "df = dbt.ref('orders')\n"
                "df = df.withColumns({f'has_{name}': F.col(name).isNotNull() for name in dbt.ref('names').columns})\n"
                "return df",
                head=_HEAD,
            ),
            unsafe=True,
        ),
        Case(_loop("for name in df.columns:", "df = ⟦df.withColumnRenamed(name, name.lower())⟧")),
        Case(_loop("for i in range(100):", "df = ⟦df.withColumn(f'day_{i}', F.lit(i))⟧.drop('x')")),
    ),
)
