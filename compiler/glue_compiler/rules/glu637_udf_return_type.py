"""GLU637: a UDF returns what its declared type does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Severity
from glue_compiler.knowledge.udf_types import outcome
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.facts.udfs import UdfReturn

_SHOWN = {
    "str": "a string",
    "int": "a whole number",
    "float": "a float",
    "bool": "a bool",
    "Decimal": "a Decimal",
    "date": "a date",
    "datetime": "a datetime",
    "timedelta": "a timedelta",
    "list": "a list",
    "tuple": "a tuple",
    "dict": "a dict",
    "set": "a set",
    "bytes": "bytes",
    "series": "a series of floats",
}
_FITS = {
    "str": "string",
    "int": "int` or `bigint",
    "float": "double",
    "bool": "boolean",
    "Decimal": "decimal(p, s)",
    "date": "date",
    "datetime": "timestamp",
    "list": "array<...>",
    "tuple": "struct<...>` or `array<...>",
    "dict": "map<..., ...>` or `struct<...>",
    "bytes": "binary",
    "series": "double",
}
_ARROW = ("pythonUDF.arrow.enabled", "udf.arrow")


def _may_tell(item: UdfReturn, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not item.tried


_SCREEN = Screen("udf_returns", _may_tell)


def _check(context: Context) -> Iterator[Finding]:
    # With Arrow, values are converted, or refused, in other ways.
    if any(word in context.source.text for word in _ARROW):
        return
    for item in context.kept_by(_SCREEN):
        what = " or ".join(_SHOWN[kind] for kind in item.kinds)
        raises = item.called
        sure = raises and item.whole and not item.nothing
        yield Finding(
            item.span,
            f"{_subject(item, what)}: {_happens(item)}{in_world(item.worlds)}",
            help=_help(item),
            severity=None if sure else Severity.WARNING,
        )


def _subject(item: UdfReturn, what: str) -> str:
    if item.whole:
        return f"`{item.declared}` is declared for a UDF that returns {what}"
    return f"a UDF of type `{item.declared}` returns {what} here"


def _happens(item: UdfReturn) -> str:
    found = {outcome(item.declared, kind) for kind in item.kinds}
    if item.called:
        return "Spark raises when it has one" if item.nothing or not item.whole else "Spark raises"
    if found == {"null"}:
        return "every row gets NULL" if item.whole else "the row gets NULL"
    return "the row gets the text that Java has for it" if found == {"text"} else "it is lost"


def _help(item: UdfReturn) -> str:
    fits = [_FITS[kind] for kind in item.kinds if kind in _FITS]
    advice = f" `{fits[0]}` fits it." if len(item.kinds) == 1 and fits else ""
    if {"dict", "list"} & set(item.kinds) and item.declared == "string":
        advice += " For a text of it, return `json.dumps(...)`."
    return f"Spark converts nothing between Python's types and its own.{advice}"


_HEAD = (
    "import datetime\nimport json\nfrom decimal import Decimal\n\nfrom pyspark.sql import functions as F\n"
    "from pyspark.sql.functions import udf\n"
    "from pyspark.sql.types import ArrayType, DoubleType, IntegerType, StringType\n\n\n"
)


def _made(expression: str, kind: str) -> str:
    arguments = f"lambda value: {expression}" + (f", {kind}" if kind else "")
    return model(
        f"found = F.udf({arguments})\nreturn dbt.ref('orders').withColumn('n', found('id'))",
        head=_HEAD,
    )


def _decorated(body: str, decorator: str) -> str:
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    return model(
        f"{decorator}\ndef found(value):\n{lines}\n\nreturn dbt.ref('orders').withColumn('n', found('id'))",
        head=_HEAD,
    )


def _series(kind: str, body: str = "prices * 1.19") -> str:
    return model(
        f"@F.pandas_udf({kind})\ndef found(prices: pd.Series) -> pd.Series:\n    return {body}\n\n"
        "return dbt.ref('orders').select(found('price'))",
        head=f"import pandas as pd\n{_HEAD}",
    )


RULE = Rule(
    code="GLU637",
    name="udf-return-type",
    severity=Severity.ERROR,
    summary="A UDF returns values that its declared type does not take.",
    why="""
The type that is declared for a UDF converts nothing. A string under `int`, a whole number under `double`, a float under
`int` or `bigint` are NULL in every row, and nothing tells so. Under `date` and `timestamp` whatever is no date raises.
Under `string`, which is the default, a list, dict, tuple or date is what Java prints of it.

A return is judged where the class of its value is certain. It is an error where all that the UDF returns makes Spark
raise, and a warning elsewhere.
""",
    fix="Declare the type that the function returns, or convert its value: `float(...)`, `str(...)`, `json.dumps(...)`.",
    check=_check,
    statement=_SCREEN,
    valid=(
        *(
            Case(_made(expression, kind))
            for expression, kind in (
                ("str(value)", "'string'"),
                ("len(value)", "'bigint'"),
                ("len(value)", "'string'"),
                ("1.5 if value else None", "DoubleType()"),
                ("value * 2", "DoubleType()"),
                ("value / 2", "IntegerType()"),
                ("value", "IntegerType()"),
                ("round(value)", "'double'"),
                ("abs(value - 1)", "'double'"),
                ("max(value, 0)", "'double'"),
                ("value.split(',')", "ArrayType(StringType())"),
                ("value.split(',')", "'array<string>'"),
                ("value.split(',')[0]", "'string'"),
                ("[value]", "'array<date>'"),
                ("(value, 1)", "'struct<a: int, b: int>'"),
                ("{'a': value}", "'map<string, int>'"),
                ("datetime.datetime.now()", "'date'"),
                ("Decimal(value)", "'decimal(10, 2)'"),
                ("value is None", "'boolean'"),
                ("'a'", "dbt.config.get('type')"),
                ("json.dumps([value])", ""),
                ("value and value.upper()", "'int'"),
            )
        ),
        Case(_decorated("len = abs\nreturn len(value)", "@udf('double')")),
        Case(
            _decorated(
                "total = 0\nfor one in value:\n    total += one\nreturn total", "@udf('double')"
            )
        ),
        Case(_decorated("def text():\n    return 'a'\n\nreturn len(text())", "@udf('int')")),
        Case(_series("'double'")),
        Case(_series("'decimal(10, 2)'")),
        Case(_series("'string'", "prices * 2")),
        Case(_series("'string'", "(prices * 1.19).astype(str)")),
        Case(_series("'string'", "prices.str.upper()")),
        Case(_series("'double'", "prices.str.len()")),
        Case(_series("'string'").replace("pandas_udf", "udf")),
        Case(_series("'double'", "len(prices)").replace("-> pd.Series", "-> float")),
        Case(_series("'string'", "prices.str.split(',')")),
        Case(_decorated("yield 'a'", "@udf('int')")),
        Case(_decorated("return 'a'", "@udf('int', useArrow=True)")),
        Case(
            model(
                "session.conf.set('spark.sql.execution.pythonUDF.arrow.enabled', 'true')\n"
                "found = F.udf(lambda value: '1', 'int')\nreturn dbt.ref('orders').withColumn('n', found('id'))",
                head=_HEAD,
            )
        ),
        Case(
            model(
                "found = F.udf(lambda value: 'a', 'date')\nreturn dbt.ref('orders')",
                head=_HEAD,
            )
        ),
    ),
    invalid=(
        Case(
            _made("str(value)", "⟦'int'⟧"),
            message="`int` is declared for a UDF that returns a string: every row gets NULL",
        ),
        Case(_made("len(value)", "⟦DoubleType()⟧"), message="a whole number: every row gets NULL"),
        Case(_made("float(value)", "⟦IntegerType()⟧")),
        Case(_made("value > 1", "⟦'int'⟧")),
        Case(_made("f'{value}'", "⟦'boolean'⟧")),
        Case(_made("1.5", "⟦'decimal(10, 2)'⟧")),
        Case(_made("value.upper() if value else None", "⟦IntegerType()⟧")),
        Case(_made("value.split(',')[1].lower()", "returnType=⟦'double'⟧")),
        Case(
            _made("value.split(',')", "⟦'string'⟧"),
            message="the row gets the text that Java has for it",
        ),
        Case(_made("⟦{'a': value}⟧", "")),
        Case(
            _made("0.5 if value else ⟦0⟧", "'double'"),
            message="returns a whole number here: the row gets NULL",
        ),
        Case(_made("str(value)", "⟦ArrayType(StringType())⟧")),
        Case(
            _made("str(value)", "⟦'date'⟧"),
            message="`date` is declared for a UDF that returns a string: Spark raises",
        ),
        Case(_made("datetime.date.today()", "⟦'timestamp'⟧")),
        Case(_decorated("if not value:\n    return ⟦0⟧\nreturn value / 2", "@udf('double')")),
        Case(_decorated("if not value:\n    return None\nreturn ''.join(value)", "@udf(⟦'int'⟧)")),
        Case(
            _decorated(
                "text = value.strip()\nreturn text + '!'", "@udf(returnType=⟦IntegerType()⟧)"
            )
        ),
        Case(
            _decorated(
                "count = 0\nfor one in value:\n    count += 1\nreturn count",
                "@F.udf(⟦DoubleType()⟧)",
            )
        ),
        Case(_decorated("return ⟦[value]⟧", "@udf")),
        Case(_series("⟦'string'⟧"), message="returns a series of floats: Spark raises"),
        Case(_series("returnType=⟦StringType()⟧", "0.5 * prices")),
        Case(
            model(
                "session.udf.register('found', lambda value: 'a', ⟦'int'⟧)\n"
                "return session.sql('select found(1) as n')",
                head=_HEAD,
            )
        ),
        Case(
            model(
                "found = F.udf(⟦'int'⟧)(lambda value: 'a')\nreturn dbt.ref('orders').withColumn('n', found('id'))",
                head=_HEAD,
            )
        ),
    ),
)
