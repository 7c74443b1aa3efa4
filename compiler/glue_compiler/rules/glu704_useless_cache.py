"""GLU704: a frame is cached that is used once or never, or that nobody releases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Severity
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import CacheUse


def _check(context: Context) -> Iterator[Finding]:
    flow, model_function = context.facts.flow, context.facts.model_function
    for item in flow.caches:
        if item.name is None or item.uses is None or model_function is None:
            continue
        inside = model_function.span.start <= item.span.start < model_function.span.end
        if not inside or any(b.frame == item.frame and b.name != item.name for b in flow.bindings):
            # A helper's caller, or another name for the same frame, may use it.
            continue
        if item.uses == 0:
            yield Finding(
                item.span,
                f"`{item.name}` is cached and not used afterwards",
                help=f"Remove `.{item.method}()`.",
            )
        elif item.uses == 1 and _is_returned(context, item):
            yield Finding(
                item.span,
                f"`{item.name}` is cached and computed once: what it holds is not read again",
                help=f"Remove `.{item.method}()`.",
            )
        elif not item.released and item.uses > 1 and _is_outlived(context):
            yield Finding(
                item.span,
                f"`{item.name}` stays in the session's memory after the model",
                help=f"Call `{item.name}.unpersist()` when it is no longer needed.",
                severity=Severity.HINT,
            )


def _is_returned(context: Context, item: CacheUse) -> bool:
    """Whether the only use is in a `return` of the model."""
    name = re.compile(rf"\b{re.escape(item.name or '')}\b")
    return any(
        found.value_span is not None
        and found.value_span.start >= item.span.end
        and name.search(context.text(found.value_span))
        and not re.search(r"\b(for|lambda)\b", context.text(found.value_span))
        for found in context.facts.flow.returns
    )


def _is_outlived(context: Context) -> bool:
    """Whether no returned frame still needs what was cached: all have been computed before."""
    flow = context.facts.flow
    return bool(flow.returns) and all(
        item.frame is not None
        and flow.frames[item.frame].kind == "pandas"
        and not flow.frames[item.frame].cached
        for item in flow.returns
    )


RULE = Rule(
    code="GLU704",
    name="useless-cache",
    severity=Severity.INFORMATION,
    summary="A cache that gains nothing, or that is kept for ever.",
    why="""
`cache()` makes Spark store the frame while it computes it: memory, and time to write it, which pay only
when the frame is computed a second time. Sessions are shared by models: what one model caches and does not
release is missing to the next.
""",
    fix="Remove the `cache()`, or release it with `unpersist()`.",
    check=_check,
    valid=(
        Case(
            model(
                "df = dbt.ref('orders').cache()\nif df.isEmpty():\n    return dbt.ref('old')\nreturn df"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders').cache()\nparts = [df.filter(f'day = {i}') for i in range(7)]\n"
                "return parts[0].union(parts[1])"
            )
        ),
        Case(model("df = dbt.ref('orders')\nsame = df\nsame.cache()\nreturn df.union(df)")),
        Case(
            model(
                "df = dbt.ref('orders').cache()\nfirst = df.filter('id > 1')\n"
                "return first.join(first.groupBy('id').count(), 'id')"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders').cache()\ncount = df.count()\nrows = df.toPandas()\n"
                "df.unpersist()\nreturn rows.head(count)"
            )
        ),
    ),
    invalid=(
        Case(model("df = ⟦dbt.ref('orders').cache()⟧\nreturn df.select('id')")),
        Case(model("df = dbt.ref('orders')\nold = ⟦dbt.ref('old').persist()⟧\nreturn df")),
        Case(
            model(
                "df = ⟦dbt.ref('orders').cache()⟧\ncount = df.count()\nrows = df.toPandas()\n"
                "return rows.head(count)"
            ),
            message="stays in the session's memory",
        ),
    ),
)
