"""GLU002: `{{`, `{%` or `{#` anywhere in the file, which dbt takes for Jinja."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.python_ast import parse_expression
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.model import Brace

_STRING = re.compile(r"(?P<prefix>[A-Za-z]*)(?P<quote>\"\"\"|'''|\"|')")
_WHERE = {
    "comment": "also in a comment",
    "string": "also in a string",
    "fstring": "also where an f-string means a plain brace",
    "code": "also where Python means nested braces",
}


def _check(context: Context) -> Iterator[Finding]:
    for brace in context.facts.braces:
        fix = _fix(context, brace)
        yield Finding(
            brace.span,
            f"dbt takes `{brace.text}` for Jinja, {_WHERE[brace.where]}, and rejects the file",
            help=None
            if fix is not None
            else "Keep the two characters apart, or read the text from a variable of the project.",
            fixes=(fix,) if fix is not None else (),
        )


def _fix(context: Context, brace: Brace) -> Fix | None:
    middle = brace.span.start + 1
    if brace.where in ("comment", "code"):
        return Fix("Put a space between", (Edit(Span(middle, middle), " "),))
    if brace.token is None:
        return None
    token = context.text(brace.token)
    opening = _STRING.match(token)
    if opening is None:
        return None
    quote = opening["quote"]
    if brace.where == "string":
        edit = Edit(Span(middle, middle), f"{quote} {opening[0]}")
        title = "Split the string between the braces"
    else:
        inner = "'" if quote[0] == '"' else '"'
        edit = Edit(brace.span, f"{{{inner}{{{inner}}}")
        title = "Write the brace as a value"
    start = brace.token.start
    fixed = token[: edit.span.start - start] + edit.new_text + token[edit.span.end - start :]
    before, after = _meaning(token), _meaning(fixed)
    return Fix(title, (edit,)) if before is not None and before == after else None


def _meaning(token: str) -> str | None:
    """The value of a string token as a text in which equal values are equal, None if unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = parse_expression(token)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(node, ast.JoinedStr):
        return ast.dump(node)
    parts: list[str] = []
    for value in node.values:
        if isinstance(value, ast.FormattedValue) and value.format_spec is None:
            value = value.value if _is_text(value.value) else value
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        else:
            parts.append(f"\0{ast.dump(value)}\0")
    return "".join(parts)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


RULE = Rule(
    code="GLU002",
    name="jinja-braces",
    severity=Severity.ERROR,
    summary="`{{`, `{%` and `{#` are Jinja to dbt, wherever they stand.",
    why="""
dbt-core renders the whole file as Jinja and rejects it when the text changes or the template is
broken: `No jinja in python model code is allowed`, `Encountered unknown tag`, `Missing end of
comment tag`, all without a line. It does so for comments, strings, and the doubled braces of
f-strings too. (dbt v2 does not have this check.)
""",
    fix="""
Keep the two characters apart: a space in code and comments, two adjoining strings in a string,
`{'{'}` in an f-string. The fix does that and keeps the value.
""",
    check=_check,
    minimum="none",
    valid=(
        Case(model("rows = {'a': {'b': 1}}\nreturn dbt.ref('orders')")),
        Case(model("name = f'{dbt.this}'\nreturn dbt.ref('orders')")),
        Case(model("size = 3\nlabel = '%d}}' % size\nreturn dbt.ref('orders')")),
    ),
    invalid=(
        Case(
            "# like ⟦{{⟧ ref('orders') }} in SQL\n" + model("return dbt.ref('orders')"),
            fixed="# like { { ref('orders') }} in SQL\n" + model("return dbt.ref('orders')"),
        ),
        Case(
            model("key = f'⟦{{⟧{dbt.this}}}'\nreturn dbt.ref('orders')"),
            fixed=model("key = f'{\"{\"}{dbt.this}}}'\nreturn dbt.ref('orders')"),
        ),
        Case(
            model('text = r"⟦{%⟧d}"\nreturn dbt.ref("orders")'),
            fixed=model('text = r"{" r"%d}"\nreturn dbt.ref("orders")'),
        ),
        Case(
            model("names = {⟧# by code\n    'de': 'Germany'}\nreturn dbt.ref('orders')").replace(
                "{⟧#", "⟦{#⟧"
            ),
            fixed=model("names = { # by code\n    'de': 'Germany'}\nreturn dbt.ref('orders')"),
        ),
    ),
)
