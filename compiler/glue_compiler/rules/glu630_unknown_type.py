"""GLU630: a text that names a type of Spark, which Spark has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._frames import api_of_kind, in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.constants import Constant
from glue_compiler.text.similar import closest
from glue_compiler.text.source import Span
from glue_compiler.text.spark_types import TypeWord, type_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glue_compiler.facts.columns import SparkText
    from glue_compiler.facts.frames import FrameArgument, MemberUse
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.facts.worlds import World

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
_DECIMALS = frozenset({"decimal", "dec", "numeric"})
_CASTS = frozenset({"cast", "astype"})
_OF_FIELDS = frozenset(
    {
        *("string", "integer", "long", "short", "byte", "float", "double", "boolean", "date"),
        *("timestamp", "timestamp_ntz", "binary", "decimal", "void"),
    }
)
"""The words that `StructType.add` takes, which are not those of SQL."""
_MEANT_FOR_FIELDS = {
    "int": "integer",
    "bigint": "long",
    "int64": "long",
    "smallint": "short",
    "tinyint": "byte",
    "real": "float",
    "null": "void",
}
_MOST_DIGITS = 38


def _names_types(use: MemberUse, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    if not use.called or use.tried or not any(arg.literal is not None for arg in use.args):
        return False
    return use.member in _CASTS if use.kind == "spark_column" else use.kind.startswith("spark")


_SCREEN = Screen("members", _names_types)


def _is_unknown(fact: SparkText, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return fact.how in ("type", "field") and not fact.tried and bool(_unknown(fact.text, fact.how))


_TEXTS = Screen("spark_texts", _is_unknown)


def _check(context: Context) -> Iterator[Finding]:
    for use in context.kept_by(_SCREEN):
        if any(arg.star for arg in use.args):
            continue
        argument = _type_argument(context, use)
        if argument is None or argument.literal is None:
            continue
        text = Constant(argument.literal).value
        if isinstance(text, str):
            how = "cast" if use.kind == "spark_column" else "type"
            span, exact = _inside(context, argument.value_span, text)
            for item, wrong in _unknown(text, how):
                yield _finding(wrong, span, item, how, exact=exact, worlds=use.worlds)
    for fact in context.kept_by(_TEXTS):
        for item, wrong in _unknown(fact.text, fact.how):
            yield _finding(wrong, fact.span, item, fact.how, exact=fact.exact, worlds=fact.worlds)


def _inside(context: Context, span: Span, text: str) -> tuple[Span, bool]:
    """Where the text of a literal is, and whether it stands there as it is."""
    written = context.text(span)
    inner = written.find(text)
    if text and inner > 0 and len(written) - len(text) in (2, 6):
        return Span(span.start + inner, span.start + inner + len(text)), True
    return span, False


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


def _unknown(text: str, how: str) -> list[tuple[TypeWord, str]]:
    """The types in a text that Spark does not have, with what is wrong with them."""
    found = []
    for item in type_words(text, fields=how == "type"):
        word = item.word.lower()
        if how == "field":
            other = word in _MEANT_FOR_FIELDS or word not in _UNUSUAL | {"interval"}
            if "<" not in text and word not in _OF_FIELDS and other:
                found.append((item, f"`StructType.add` has no type `{item.word}`"))
        elif word not in TYPES | _UNUSUAL:
            found.append((item, f"Spark has no type `{item.word}`"))
        elif word in _DECIMALS and item.numbers and item.numbers[0] > _MOST_DIGITS:
            shown = f"{item.word}({', '.join(map(str, item.numbers))})"
            found.append(
                (item, f"`{shown}` has more than the {_MOST_DIGITS} digits that Spark has")
            )
    return found


def _finding(
    wrong: str, span: Span, item: TypeWord, how: str, *, exact: bool, worlds: Sequence[World]
) -> Finding:
    word = item.word.lower()
    meant: str | None = None
    if word not in _DECIMALS:
        own = _MEANT_FOR_FIELDS.get(word) if how == "field" else None
        known = _OF_FIELDS if how == "field" else TYPES
        meant = own or MEANT.get(word) or closest(word, known)
    if item.numbers and meant is not None:
        meant = meant.partition("(")[0]
    fixes: tuple[Fix, ...] = ()
    if exact:
        start = span.start + item.start
        end = start + len(item.word)
        span = Span(start, end)
        if meant is not None and (not item.numbers or meant == "decimal"):
            fixes = (Fix(f"Write `{meant}`", (Edit(span, meant),), "unsafe"),)
    hint = f"; did you mean `{meant}`?" if meant else ""
    return Finding(
        span,
        f"{wrong}{in_world(worlds)}{hint}",
        help=_FIELDS if how == "field" else _TYPES,
        fixes=fixes,
    )


_TYPES = (
    "Its types are boolean, tinyint, smallint, int, bigint, float, double, decimal(p, s), string, binary, "
    "date, timestamp, array<...>, map<..., ...> and struct<...: ...>."
)
_FIELDS = (
    "It takes boolean, byte, short, integer, long, float, double, decimal(p,s), string, binary, date and timestamp, "
    "or an instance, such as `LongType()`."
)
_HEAD = "from pyspark.sql import functions as F\n\n\n"


def _cast(kind: str) -> str:
    return model(f"return dbt.ref('orders').withColumn('a', F.col('a').cast({kind}))", head=_HEAD)


def _made(schema: str) -> str:
    return model(f"return session.createDataFrame([], {schema})")


def _udf(kind: str) -> str:
    return model(
        f"kind = dbt.config.get('kind')\nfound = F.udf(lambda value: None, {kind})\n"
        "return dbt.ref('orders').select(found('a'))",
        head=_HEAD,
    )


def _added(kind: str) -> str:
    return model(
        f"fields = T.StructType().add('a', {kind})\nreturn session.createDataFrame([], fields)",
        head="from pyspark.sql import types as T\n\n\n",
    )


RULE = Rule(
    code="GLU630",
    name="unknown-type",
    severity=Severity.ERROR,
    summary="A text names a type that Spark does not have.",
    why="""
Spark's types are not those of pandas or of another database: there is no `int64`, `str`, `bool`, `float64`,
`datetime` or `text`. A text that names one (`cast("int64")`, `createDataFrame(rows, "id int64")`, the schema of a reader
or of `applyInPandas`, the type of a UDF) raises UNSUPPORTED_DATATYPE in the session, as does a decimal of more than 38 digits.
`StructType.add("id", "int")` has words of its own: `integer`, `long`.
""",
    fix="Write the type as Spark calls it: `bigint`, `string`, `boolean`, `double`, `timestamp`.",
    check=_check,
    statement=_SCREEN,
    more=(_TEXTS,),
    valid=(
        *(
            Case(_cast(kind))
            for kind in (
                "'long'",
                "'BIGINT'",
                "' string '",
                "'decimal(10, 2)'",
                "'array<bigint>'",
                "'map<string, array<struct<a: int, `b c` string not null>>>'",
                "'decimal(38, 18)'",
                "'varchar(10)'",
                "'interval day to second'",
                "'struct<a: int comment \"of\">'",
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
                "'a array<int>, b map<string, double>, c struct<d: date>'",
                "''",
            )
        ),
        *(
            Case(_udf(kind))
            for kind in ("'int'", "'a int, b string'", "'array<string>'", "'interval day'", "kind")
        ),
        *(
            Case(_added(kind))
            for kind in (
                "'integer'",
                "'decimal(10,2)'",
                "'array<int>'",
                "T.LongType()",
                "'variant'",
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
        Case(_cast("'array<⟦strng⟧>'"), fixed=_cast("'array<string>'"), unsafe=True),
        Case(_cast("'map<string, ⟦int64⟧>'")),
        Case(_cast("'⟦decimal⟧(50, 2)'"), message="`decimal(50, 2)` has more than the 38 digits"),
        Case(_cast("'⟦number⟧(10, 2)'"), fixed=_cast("'decimal(10, 2)'"), unsafe=True),
        Case(_cast("'⟦int⟧(10)'".replace("⟦int⟧", "⟦int8⟧"))),
        Case(_made("'a array<struct<b: ⟦text⟧>>, c decimal(10, 2)'")),
        Case(_udf("'⟦strng⟧'"), fixed=_udf("'string'"), unsafe=True),
        Case(_udf("returnType='array<⟦str⟧>'")),
        Case(_udf("'a int, b ⟦text⟧'")),
        Case(
            model(
                "@F.udf('⟦float64⟧')\ndef found(value):\n    return 1.5\n\n"
                "return dbt.ref('orders').select(found('a'))",
                head=_HEAD,
            )
        ),
        Case(
            model(
                "session.udf.register('found', len, '⟦int32⟧')\nreturn session.sql('select found(1)')"
            )
        ),
        Case(
            _added("'⟦int⟧'"),
            fixed=_added("'integer'"),
            unsafe=True,
            message="`StructType.add` has no type `int`; did you mean `integer`?",
        ),
        Case(_added("data_type='⟦strng⟧'")),
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
