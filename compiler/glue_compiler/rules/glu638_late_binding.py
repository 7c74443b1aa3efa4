"""GLU638: UDFs of the rounds of a loop all use what the last round left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Related, Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.udfs import HeldUdf


def _check(context: Context) -> Iterator[Finding]:
    for item in context.facts.flow.held_udfs:
        if item.holder is not None and not _is_late(item, context.source.text[item.loop.end :]):
            continue
        kept = "this list or dict" if item.holder is None else f"`{item.holder}`"
        yield Finding(
            item.span,
            f"every UDF in {kept} uses the last `{item.name}` of the loop{in_world(item.worlds)}",
            help=f"Give the function its own value: `lambda value, {item.name}={item.name}: ...`.",
            related=(Related(None, item.loop, f"`{item.name}` changes here"),),
        )


def _is_late(item: HeldUdf, after: str) -> bool:
    """Whether the text after the loop uses the UDFs, and nothing there binds the name again."""
    name = re.escape(item.name)
    bound = rf"\b{name}\s*(?:=(?!=)|:=|,[^()\n]*=(?!=)|\+=|-=)|\b(?:for|as|import|def|global|nonlocal)\b[^:\n]*\b{name}\b"
    return (
        re.search(rf"\b{re.escape(item.holder or '')}\b", after) is not None
        and re.search(bound, after) is None
    )


_HEAD = "from pyspark.sql import functions as F\nfrom pyspark.sql.functions import udf\n\n\n"


def _loop(
    body: str,
    after: str = "for key, made in checks.items():\n    df = df.withColumn(key, made('name'))",
) -> str:
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    return model(
        f"df = dbt.ref('orders')\nchecks = {{}}\nfound = []\nfor word in ('a', 'b'):\n{lines}\n{after}\nreturn df",
        head=_HEAD,
    )


RULE = Rule(
    code="GLU638",
    name="late-binding",
    severity=Severity.WARNING,
    summary="UDFs that are made in a loop and called after it see what the last round left.",
    why="""
The function of a UDF names variables, not values, and PySpark sends it when the UDF is first called with columns. UDFs
that a loop puts into a list or dict, and that are called after it, all have the loop's last value. A UDF that is called
in its round has the value of that round.
""",
    fix="Give the function its own value by a default: `lambda value, word=word: word in value`.",
    check=_check,
    valid=(
        Case(_loop("checks[word] = udf(lambda value, word=word: word in value, 'boolean')")),
        Case(
            _loop(
                "made = udf(lambda value: word in value, 'boolean')\ndf = df.withColumn(word, made('name'))",
                "df = df.distinct()",
            )
        ),
        Case(_loop("checks[word] = udf(lambda value: word in value, 'boolean')('name')")),
        Case(
            _loop(
                "checks[word] = udf(lambda value: word in value, 'boolean')\n"
                "df = df.withColumn(word, checks[word]('name'))"
            )
        ),
        Case(
            _loop(
                "checks[word] = udf(lambda value: word in value, 'boolean')",
                "for word in ('a', 'b'):\n    df = df.withColumn(word, checks[word]('name'))",
            )
        ),
        Case(_loop("checks[word] = udf(lambda value: 'a' in value, 'boolean')")),
        Case(_loop("checks[word] = udf(lambda word: 'a' in word, 'boolean')")),
        Case(
            _loop(
                "checks[word] = udf(lambda value: word in value, 'boolean')", "df = df.distinct()"
            )
        ),
        Case(_loop("checks[word] = udf(lambda value: word in value, 'boolean')\nbreak")),
        Case(
            _loop(
                "session.udf.register(word, lambda value: word in value, 'boolean')",
                "df = df.distinct()",
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nmade = [udf(lambda v: w in v, 'boolean')('name') for w in ('a', 'b')]\n"
                "return df.select(*made)",
                head=_HEAD,
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\n"
                "for made in (udf(lambda v: w in v, 'boolean') for w in ('a', 'b')):\n"
                "    df = df.filter(made('name'))\nreturn df",
                head=_HEAD,
            )
        ),
    ),
    invalid=(
        Case(
            _loop("checks[word] = udf(lambda value: ⟦word⟧ in value, 'boolean')"),
            message="every UDF in `checks` uses the last `word` of the loop",
        ),
        Case(
            _loop(
                "found.append(F.udf(lambda value: value.count(⟦word⟧), 'int'))",
                "df = df.select(*[made('name') for made in found])",
            )
        ),
        Case(
            _loop(
                "lower = word.lower()\nchecks[word] = udf(lambda value: ⟦lower⟧ in value, 'boolean')"
            )
        ),
        Case(_loop("checks[word] = udf('boolean')(lambda value: ⟦word⟧ in value)")),
        Case(
            model(
                "df = dbt.ref('orders')\nmade = [udf(lambda v: ⟦w⟧ in v, 'boolean') for w in ('a', 'b')]\n"
                "return df.select(*[one('name') for one in made])",
                head=_HEAD,
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nmade = {w: udf(lambda v: ⟦w⟧ in v, 'boolean') for w in ('a', 'b')}\n"
                "return df.select(made['a']('name'), made['b']('name'))",
                head=_HEAD,
            )
        ),
    ),
)
