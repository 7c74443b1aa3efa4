"""GLU006: Windows line breaks together with `}}`, which dbt rejects as Jinja."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOSING = re.compile(r"[#}%]\}")
_BREAK = re.compile(r"\r\n?")


def _check(context: Context) -> Iterator[Finding]:
    text = context.source.text
    if "\r" not in text.strip():
        return
    closing = _CLOSING.search(text)
    if closing is None:
        return
    edits = tuple(Edit(Span(*match.span()), "\n") for match in _BREAK.finditer(text))
    yield Finding(
        Span(*closing.span()),
        f"dbt rejects this file, because it has `{closing[0]}` and line breaks of Windows (`\\r\\n`)",
        help="Save the file with line breaks of Unix (`\\n`).",
        fixes=(Fix("Use line breaks of Unix", edits),),
    )


_DICT = "rows = {'a': {'b': 1}}\nreturn dbt.ref('orders')"

RULE = Rule(
    code="GLU006",
    name="line-breaks",
    severity=Severity.ERROR,
    summary="The file has `}}`, `%}` or `#}` and Windows line breaks.",
    why="""
A closing pair of braces alone makes dbt-core render the file as Jinja. Rendering changes `\\r\\n` to
`\\n`, dbt sees that the text has changed, and says `No jinja in python model code is allowed`, though
there is none: `{'a': {'b': 1}}` is enough. Without such a pair the line breaks do no harm.
""",
    fix="Save the file with Unix line breaks, and have git keep them (`*.py text eol=lf`).",
    check=_check,
    minimum="none",
    valid=(
        Case(model(_DICT)),
        Case(model("rows = {'a': 1}\nreturn dbt.ref('orders')").replace("\n", "\r\n")),
    ),
    invalid=(
        Case(
            model(_DICT.replace("}}", "⟦}}⟧")).replace("\n", "\r\n"),
            fixed=model(_DICT),
        ),
    ),
)
