"""GLU630: a text that names a type of Spark, which Spark has not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._frames import api_of_kind, in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.constants import Constant
from glue_compiler.text.similar import closest
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import FrameArgument, MemberUse
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame

TYPES = frozenset(
    {
        *("boolean", "tinyint", "byte", "smallint", "short", "int", "integer", "bigint", "long"),
        *("float", "real", "double", "date", "timestamp", "timestamp_ntz", "timestamp_ltz"),
        *("string", "binary", "decimal", "dec", "numeric", "interval", "void"),
    }
)
"""The words that are a type by themselves, in one version of Spark at least."""
_UNUSUAL = frozenset(
    {
        # Types that need more, or that only some versions have.
        *("array", "map", "struct", "char", "character", "varchar", "null", "variant", "time"),
        *("geometry", "geography", "udt"),
    }
)
MEANT = {
    "str": "string",
    "text": "string",
    "object": "string",
    "varchar2": "string",
    "nvarchar": "string",
    "uuid": "string",
    "json": "string",
    "bool": "boolean",
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "uint8": "smallint",
    "uint16": "int",
    "uint32": "bigint",
    "number": "decimal(38, 0)",
    "float32": "float",
    "float64": "double",
    "datetime": "timestamp",
    "datetime64": "timestamp",
    "bytes": "binary",
}
"""What is meant by the words of others, which are no type of Spark's."""
_CASTS = frozenset({"cast", "astype"})
_WORD = re.compile(r"\s*([A-Za-z_]\w*)\s*")
_FIELD = re.compile(r"\s*(?:`[^`]+`|[A-Za-z_]\w*)(?:\s*:\s*|\s+)([A-Za-z_]\w*)\s*")
_SIMPLE = re.compile(r"[\w\s:,`]+")


def _names_types(use: MemberUse, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    if not use.called or use.tried or not any(arg.literal is not None for arg in use.args):
        return False
    return use.member in _CASTS if use.kind == "spark_column" else use.kind.startswith("spark")


_SCREEN = Screen("members", _names_types)


def _check(context: Context) -> Iterator[Finding]:
    for use in context.kept_by(_SCREEN):
        if any(arg.star for arg in use.args):
            continue
        argument = _type_argument(context, use)
        if argument is None or argument.literal is None:
            continue
        text = Constant(argument.literal).value
        if isinstance(text, str):
            for start, word in _unknown_words(text, alone=use.kind == "spark_column"):
                yield _finding(context, use, argument, text, start, word)


def _type_argument(context: Context, use: MemberUse) -> FrameArgument | None:
    """The argument that is a type or a schema."""
    table = api_of_kind(use.kind, context.settings.options)
    member = None if table is None else table.member(use.member)
    if member is None:
        return None
    position = 0
    for argument in use.args:
        if use.member in _CASTS and (argument.name == "dataType" or argument.name is None):
            return argument
        named = argument.name is not None
        role = member.role_of(keyword=argument.name) if named else member.role_of(position)
        position += not named
        if role == "schema":
            return argument
    return None


def _unknown_words(text: str, *, alone: bool) -> list[tuple[int, str]]:
    """The words that stand for types and are none, with where they are in a type, or in a schema of simple fields."""
    whole = _WORD.fullmatch(text)
    if whole is not None:
        found = [(whole.start(1), whole[1])]
    elif alone or _SIMPLE.fullmatch(text) is None:
        return []
    else:
        found = []
        place = 0
        for part in text.split(","):
            match = _FIELD.fullmatch(part)
            if match is None:
                return []
            found.append((place + match.start(1), match[1]))
            place += len(part) + 1
    return [(at, word) for at, word in found if word.lower() not in TYPES | _UNUSUAL]


def _finding(
    context: Context, use: MemberUse, argument: FrameArgument, text: str, start: int, word: str
) -> Finding:
    meant = MEANT.get(word.lower()) or closest(word.lower(), TYPES)
    span = argument.value_span
    fixes: tuple[Fix, ...] = ()
    written = context.text(span)
    inner = written.find(text)
    if text and inner > 0 and len(written) - len(text) in (2, 6):
        span = Span(span.start + inner + start, span.start + inner + start + len(word))
        if meant is not None:
            fixes = (Fix(f"Write `{meant}`", (Edit(span, meant),), "unsafe"),)
    hint = f"; did you mean `{meant}`?" if meant else ""
    return Finding(
        span,
        f"Spark has no type `{word}`{in_world(use.worlds)}{hint}",
        help=(
            "Its types are boolean, tinyint, smallint, int, bigint, float, double, decimal(p, s), string, binary, "
            "date, timestamp, array<...>, map<..., ...> and struct<...: ...>."
        ),
        fixes=fixes,
    )


_HEAD = "from pyspark.sql import functions as F\n\n\n"


def _cast(kind: str) -> str:
    return model(f"return dbt.ref('orders').withColumn('a', F.col('a').cast({kind}))", head=_HEAD)


def _made(schema: str) -> str:
    return model(f"return session.createDataFrame([], {schema})")


RULE = Rule(
    code="GLU630",
    name="unknown-type",
    severity=Severity.ERROR,
    summary="A text names a type that Spark does not have.",
    why="""
Spark's types are not those of pandas or of another database: there is no `int64`, `str`, `bool`, `float64`,
`datetime` or `text`. A text that names one (`cast("int64")`, `createDataFrame(rows, "id int64")`, the schema of a reader
or of `applyInPandas`) raises UNSUPPORTED_DATATYPE in the session.

A text is judged where it is one word, or a list of fields with one word each.
""",
    fix="Write the type as Spark calls it: `bigint`, `string`, `boolean`, `double`, `timestamp`.",
    check=_check,
    statement=_SCREEN,
    valid=(
        *(
            Case(_cast(kind))
            for kind in (
                "'long'",
                "'BIGINT'",
                "' string '",
                "'decimal(10, 2)'",
                "'array<bigint>'",
                "'timestamp_ntz'",
                "str(dbt.config.get('kind'))",
                "dbt.config.get('kind')",
            )
        ),
        *(
            Case(_made(schema))
            for schema in (
                "'a int, b: string, `c d` long'",
                "'bigint'",
                "'a decimal(3, 1), b date'",
                "'a int not null'",
                "''",
            )
        ),
        Case(model("return session.createDataFrame([(1, 2)], ['int64', 'str'])")),
        Case(model("return dbt.ref('orders').toPandas().astype('int64')")),
        Case(model("return dbt.ref('orders').pandas_api().astype('float64')")),
        Case(
            model(
                "df = dbt.ref('orders')\ntry:\n    df = df.select(df.a.cast('int64'))\n"
                "except Exception:\n    pass\nreturn df"
            )
        ),
    ),
    invalid=(
        Case(
            _cast("'⟦int64⟧'"),
            fixed=_cast("'bigint'"),
            unsafe=True,
            message="did you mean `bigint`?",
        ),
        Case(_cast("'⟦strng⟧'"), fixed=_cast("'string'"), unsafe=True),
        Case(_cast("dataType=' ⟦BOOL⟧ '")),
        Case(_cast("⟦'da' 'tetime'⟧")),
        Case(model("df = dbt.ref('orders')\nreturn df.select(df['a'].astype('⟦float64⟧'))")),
        Case(
            _made("'a int, b ⟦text⟧, c: ⟦str⟧'"),
            fixed=_made("'a int, b string, c: string'"),
            unsafe=True,
        ),
        Case(_made("schema='''\n    `a b` ⟦datetime⟧,\n    c int\n'''")),
        Case(_made("'⟦int64⟧'")),
        Case(model("return session.read.schema('a ⟦int32⟧').csv('s3://bucket/orders')")),
        Case(
            model(
                "df = dbt.ref('orders')\n"
                "return df.groupBy('a').applyInPandas(lambda rows: rows, schema='a int, b ⟦object_⟧')"
            )
        ),
        Case(model("return dbt.ref('orders').mapInPandas(lambda rows: rows, 'a int, b ⟦number⟧')")),
    ),
)
