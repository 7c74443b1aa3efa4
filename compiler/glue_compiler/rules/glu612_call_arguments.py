"""GLU612: a call of a method that does not take these arguments."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.accepted_words import words_of
from glue_compiler.knowledge.frames import FRAME_KINDS, PANDAS_VERSIONS, SPARK_VERSIONS, api
from glue_compiler.knowledge.renamed_parameters import still_taken
from glue_compiler.knowledge.signatures import Given, misfit, names_of
from glue_compiler.rules._frames import api_of_kind, in_world
from glue_compiler.rules._tested_names import asked_about
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.constants import Constant
from glue_compiler.text.similar import closest
from glue_compiler.text.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import FrameArgument, MemberUse
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.knowledge.frames import Member

_LIBRARY = {"spark": "Spark", "pandas": "pandas", "pandas_on_spark": "pandas on Spark"}
_NEWEST = {
    "spark": SPARK_VERSIONS[-1],
    "pandas": PANDAS_VERSIONS[-1],
    "pandas_on_spark": SPARK_VERSIONS[-1],
}


def _may_not_fit(use: MemberUse, _frame: Frame | None, options: AnalysisOptions) -> bool:
    member = _member(use, options)
    return member is not None and _problem(use, member, options) is not None


def _member(use: MemberUse, options: AnalysisOptions) -> Member | None:
    """The method that is called, where its signature and all arguments are known."""
    if not use.called or use.tried or any(arg.star for arg in use.args):
        return None
    table = api_of_kind(use.kind, options)
    member = None if table is None else table.member(use.member)
    if table is None or member is None or not member.signature:
        return None
    if not member.callable:
        return None
    library = table.owner.partition(".")[0]
    old = any(still_taken(library, table.version, use.member, arg.name or "") for arg in use.args)
    return None if old else member


_SCREEN = Screen("members", _may_not_fit)


def _check(context: Context) -> Iterator[Finding]:
    for use in context.kept_by(_SCREEN):
        member = _member(use, context.settings.options)
        problem = None if member is None else _problem(use, member, context.settings.options)
        if member is None or problem is None:
            continue
        message, argument = problem
        if argument is not None and asked_about(
            context.text(argument.value_span), context.source.text
        ):
            continue
        fixes: tuple[Fix, ...] = ()
        advice = f"Its signature is `{use.member}{_shown(member)}`."
        if argument is not None and "a column" in message and argument.literal is not None:
            advice = f"Write `F.lit({argument.literal})` for a value. {advice}"
        if _hides_builtin(context, use):
            advice = (
                f"`{use.member}` is Spark's function here: Python's own is `builtins.{use.member}`."
            )
        if argument is not None and argument.name is not None:
            other = _library_with(use, argument.name)
            guess = closest(argument.name, names_of(member))
            if guess is not None and guess not in {arg.name for arg in use.args}:
                span = Span(argument.span.start, argument.span.start + len(argument.name))
                fixes = (Fix(f"Write `{guess}`", (Edit(span, guess),), "unsafe"),)
            if other is not None and guess is None:
                message += f": that is {_LIBRARY[other]}"
        if argument is not None and argument.literal is not None and " is one of " in message:
            fixes = _word(use, member, argument)
        yield Finding(
            use.name_span if argument is None else argument.span,
            message + in_world(use.worlds),
            help=advice,
            fixes=fixes,
        )


def _hides_builtin(context: Context, use: MemberUse) -> bool:
    """Whether an import has put one of Spark's functions in the place of Python's: `max`, `sum`, `round`."""
    bare = use.kind == "spark_functions" and context.text(use.receiver) == use.member
    return bare and hasattr(builtins, use.member)


def _word(use: MemberUse, member: Member, argument: FrameArgument) -> tuple[Fix, ...]:
    """The word that is most like a wrong one."""
    word = Constant(argument.literal or "").value
    for parameter in member.parameters:
        words = words_of(member.owner, use.member, parameter.name)
        guess = None if words is None else closest(str(word), words.accepted)
        if guess is not None:
            return (Fix(f"Write {guess!r}", (Edit(argument.value_span, repr(guess)),), "unsafe"),)
    return ()


def _problem(
    use: MemberUse, member: Member, options: AnalysisOptions
) -> tuple[str, FrameArgument | None] | None:
    """What is wrong with the arguments of a call, and the argument that it is about."""
    version = options.versions[member.owner.partition(".")[0]]
    found = misfit(member, [Given(arg.name, arg.kind, arg.literal) for arg in use.args], version)
    if found is None:
        return None
    message, index = found
    return message, None if index is None else use.args[index]


def _shown(member: Member) -> str:
    """The signature without types, which are long and say little to people."""
    stars = {"args": "*", "kwargs": "**"}
    parts = []
    only_named = False
    for parameter in member.parameters:
        if parameter.kind == "keyword" and not only_named:
            only_named = True
            parts.append("*")
        default = "" if parameter.default is None else f"={parameter.default}"
        parts.append(f"{stars.get(parameter.kind, '')}{parameter.name}{default}")
        only_named = only_named or parameter.kind == "args"
    return f"({', '.join(parts)})"


def _library_with(use: MemberUse, keyword: str) -> str | None:
    """Another library whose method by that name, or with that purpose, has the keyword."""
    own = next(
        kind for kind in sorted(FRAME_KINDS, key=len, reverse=True) if use.kind.startswith(kind)
    )
    for library in ("pandas", "spark"):
        if library == own or own.startswith(library):
            continue
        owner = (
            use.kind.replace(own, library, 1).replace("_", ".", 1) if use.kind != own else library
        )
        member = api(owner, _NEWEST[library]).member(use.member)
        if member is not None and keyword in names_of(member):
            return library
    return None


def _spark(line: str) -> str:
    return model(f"df = dbt.ref('orders')\n{line}\nreturn df", head=_HEAD)


def _pandas(line: str) -> str:
    return model(f"df = dbt.ref('orders').toPandas()\n{line}\nreturn df")


_HEAD = "from pyspark.sql import functions as F\n\n\n"

RULE = Rule(
    code="GLU612",
    name="call-arguments",
    severity=Severity.ERROR,
    summary="A method is called with arguments that it does not take.",
    why="""
Spark and pandas have methods of the same names with other parameters: `drop(columns=...)`, `join(left_on=...)` and
`sort_values` are pandas', `dropDuplicates(["id"])` is Spark's. Python tells in the session only. The parameters are
those of the real methods, in the versions that the Glue version runs.
""",
    fix="Write the parameters that the message shows. The fix corrects a misspelt name.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(
            model(
                "df = dbt.ref('orders')\nrows = df.collect()\n"
                "return df.union(session.createDataFrame(rows, df.schema))"
            )
        ),
        Case(_spark("df = df.join(dbt.ref('days'), on='day', how='left').drop('a', 'b')")),
        Case(_spark("df = df.sort('a', ascending=False).dropna(subset=['a']).limit(num=3)")),
        Case(_spark("df = df.filter(*[F.col('a') > 1]).sample(0.1).sample(fraction=0.1, seed=3)")),
        Case(
            _spark(
                "try:\n    df = df.drop(columns=['a'])\nexcept TypeError:\n    df = df.drop('a')"
            )
        ),
        Case(
            _pandas("df.to_csv('/tmp/orders.csv', line_terminator=';')"),
            settings={"glue-version": "4.0"},
        ),
        Case(_pandas("df = df.drop(columns=['a']).rename(columns=str.lower).sort_values('b')")),
        Case(_pandas("df = df.groupby('a', as_index=False).agg(total=('b', 'sum'))")),
        Case(
            _spark(
                "def added(df, value):\n    if isinstance(value, int):\n        value = F.lit(value)\n"
                "    else:\n        df = df.withColumn('y', value)\n"
                "    return df.withColumn('x', value)\ndf = added(df, 3)"
            )
        ),
        Case(
            _spark(
                "df = df.withColumn('x', F.coalesce('a', F.lit(0))).orderBy('a', F.desc('b'))\n"
                "df = df.select(F.array(['a', 'b']), F.struct('a'), F.round('a', 2), F.split('a', ','))"
            )
        ),
        Case(
            _spark(
                "def clean(df):\n    if df.isEmpty():\n        return None\n    return df.distinct()\n\n"
                "df = df.union(clean(df))"
            )
        ),
        Case(
            _spark(
                "more = df.show()\nif more is not None:\n    df = df.union(more)\n"
                "df = df.transform(lambda one: one.limit(3))"
            )
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nmost = builtins.max([1, 2])\nnames = sorted(list(df.columns))\n"
                "return df.groupBy('a').agg(max('b').alias('b'), sum(col('c')).alias('c')).limit(most)",
                head="import builtins\nfrom pyspark.sql.functions import *\n\n\n",
            )
        ),
        Case(
            model(
                "return dbt.ref('orders').limit(max([1, 2]))",
                head="from pyspark.sql.functions import *\nfrom builtins import max\n\n\n",
            )
        ),
        Case(
            model(
                "return dbt.ref('orders').limit(max([1, 2]))",
                head="from pyspark.sql.functions import *\nfrom shared_names import *\n\n\n",
            ),
            settings={"modules": ["shared_names"]},
        ),
        Case(
            model(
                "return dbt.ref('orders').limit(max([1, 2]))",
                head="from pyspark.sql.types import *\n\n\n",
            )
        ),
        Case(_pandas("df = df.fillna(0).merge(df, 'left', ['a']).assign(x=1, y=2)")),
        Case(
            _pandas(
                "df = df.drop(['a'], axis=1).sort_values('b', ascending=False)\ndf.to_csv('/tmp/a', ';')"
            )
        ),
        Case(_pandas("df = df.drop(['a'], 1)"), settings={"glue-version": "4.0"}),
        Case(
            _spark(
                "df = df.dropDuplicates(['a']).fillna(0, subset=['a']).limit(int('3')).alias('x')\n"
                "df = df.withColumn('x', F.lpad('a', 3, '0')).replace('a', 'b').repartition(3, 'a')\n"
                "df = df.filter(F.col('a').isin([1, 2]) & F.col('b').isin(1, 'x') & F.col('c').like('x%'))\n"
                "df = df.withColumn('x', F.lit(None)).withColumn('y', F.date_add('at', 1)).groupBy('a').pivot('b').sum('c')"
            )
        ),
        Case(_spark("df = df.dropDuplicates('a')"), settings={"glue-version": "4.0"}),
        Case(
            _spark(
                "sums = [F.sum(name).alias(name) for name in ('b', 'c')]\n"
                "more = df.groupBy('a').agg({'b': 'sum'}).union(df.agg(dict(b='max')))\n"
                "size = F.pandas_udf(lambda v: v.max(), 'double', F.PandasUDFType.GROUPED_AGG)\n"
                "df = df.groupBy('a').agg(*sums).groupBy('a').agg(F.max('b'), F.expr('sum(c)')).agg(size('a'))"
            )
        ),
        Case(
            _spark(
                "df = df.join(df, 'a', 'LEFT_OUTER').join(df, 'a', how='leftAnti').dropna(how='all')\n"
                "df.write.mode('Overwrite').partitionBy('a').save('/tmp/a', mode='errorIfExists')\n"
                "df = df.orderBy('a', 'b', ascending=[True, False])"
            )
        ),
        Case(
            _pandas(
                "def merged(df, key=None):\n"
                "    return df.merge(df, on=key, left_on=None if key else 'a', right_index=not key)\n"
                "df = merged(df, 'a').merge(df, how='cross').dropna(how='all').drop_duplicates(keep=False)\n"
                "df = df.merge(df, left_on='a', right_index=True).merge(df, 'outer', 'a', None, None)"
            )
        ),
        Case(
            _spark(
                "from pyspark.sql.types import ArrayType, IntegerType, StringType, StructField\n"
                "field = StructField('a', ArrayType(StringType()))\n"
                "df = df.withColumn('x', F.col('a').cast(IntegerType()).cast('string'))\n"
                "upper = F.udf(str.upper, StringType())\nlower = F.udf(lambda x: x, 'string')\n"
                "@F.udf(returnType=StringType())\ndef same(x):\n    return x\n"
                "df = df.select(upper('a'), lower('a'), same('a'))"
            )
        ),
    ),
    invalid=(
        Case(
            model("rows = dbt.ref('days').collect()\nreturn dbt.ref('orders').join(⟦rows⟧, 'id')"),
            message="rows",
        ),
        Case(model("df = dbt.ref('orders')\nreturn df.union(⟦df.limit(1).first()⟧)")),
        Case(
            model(
                "return dbt.ref('orders').filter(⟦F.col('id').isNotNull⟧)",
                head="from pyspark.sql import functions as F\n\n\n",
            ),
            message="a function that is not called",
        ),
        Case(
            _spark(
                "df = df.join(dbt.ref('days'), 'day', how=⟦'outter'⟧)".replace("how=⟦", "⟦how=")
            ),
            fixed=_spark("df = df.join(dbt.ref('days'), 'day', how='outer')"),
            unsafe=True,
            message="`how` of `join` is one of inner, left, right, outer, cross, leftsemi, leftanti, not 'outter'",
        ),
        Case(_spark("df.write.mode(⟦'overwrit'⟧).save('/tmp/a')")),
        Case(_spark("df = df.dropna(⟦'none'⟧)")),
        Case(_spark("df = df.orderBy('a', ⟦ascending='False'⟧)"), message="true or false"),
        Case(_pandas("df = df.merge(df, on='a', ⟦how='left_anti'⟧)")),
        Case(_pandas("df = df.merge(df, on='a', ⟦left_on='b'⟧)"), message="not both"),
        Case(_pandas("df = df.merge(df, ⟦left_on='b'⟧)"), message="needs `right_on`"),
        Case(
            model(
                "import pandas as pd\n\nreturn pd.concat(⟦[dbt.ref('orders'), dbt.ref('days')]⟧)"
            ),
            message="`objs` of `concat` is a list of pandas frames, not a list of Spark frames",
        ),
        Case(
            model(
                "import pandas as pd\n\nreturn pd.merge(⟦dbt.ref('orders')⟧, dbt.ref('days'), on='a')"
            ),
            message="is a pandas frame, not a Spark frame",
        ),
        Case(
            _spark(
                "from pyspark.sql.types import ArrayType, IntegerType, StringType, StructField\n"
                "field = StructField('a', ⟦StringType⟧)\nkind = ArrayType(⟦StringType⟧)\n"
                "df = df.withColumn('x', F.col('a').cast(⟦IntegerType⟧).cast(⟦str⟧))\n"
                "same = F.udf(lambda x: x, ⟦StringType⟧)"
            ),
            message="is an instance, such as `StringType()`, not a class",
        ),
        Case(_pandas("df = df.drop(['a'], ⟦1⟧)"), message="`drop` takes one argument, not 2"),
        Case(_pandas("df = df.sort_values('a', ⟦False⟧)")),
        Case(_pandas("df['a'] = df['a'].fillna(0, ⟦'ffill'⟧)")),
        Case(
            model(
                "df = dbt.ref('orders').pandas_api()\nreturn df.drop_duplicates('a', 'first', True, False, ⟦1⟧)"
            )
        ),
        Case(
            _spark("df = df.dropDuplicates(⟦'a'⟧)"),
            message="`subset` of `dropDuplicates` is a list of names, not a string",
        ),
        Case(_spark("df = df.limit(⟦'3'⟧)"), message="is a whole number, not a string"),
        Case(
            _spark("df = df.withColumnRenamed(⟦F.col('a')⟧, 'b')"),
            message="is a string, not a column",
        ),
        Case(_spark("df = df.withColumn(⟦3⟧, F.lit(1)).select(F.col('a').alias(⟦1⟧))")),
        Case(_spark("df = df.filter(F.col('a').isin(⟦dbt.ref('days')⟧))")),
        Case(_spark("df = df.withColumn('x', F.lit(⟦dbt.ref('days')⟧))")),
        Case(_spark("df = df.withColumn('x', F.substring('a', ⟦F.lit(1)⟧, F.lit(2)))")),
        Case(_spark("df = df.withColumn('x', F.lpad('a', ⟦'2'⟧, '0'))")),
        Case(_spark("df = df.filter(F.col('a').like(⟦F.col('b')⟧))")),
        Case(_spark("df = df.groupBy('a').sum(⟦F.col('b')⟧)")),
        Case(
            _spark("df = df.drop(⟦columns=['a']⟧)"),
            message="`drop` has no parameter `columns`: that is pandas",
        ),
        Case(_spark("df = df.join(dbt.ref('days'), ⟦left_on='a'⟧)"), message="no parameter"),
        Case(
            _spark("df = df.filter(F.col('a') > 1, ⟦F.col('b') > 2⟧)"),
            message="`filter` takes one argument, not 2",
        ),
        Case(
            _spark("df = df.dropna(⟦subsett=['a']⟧)"),
            fixed=_spark("df = df.dropna(subset=['a'])"),
            unsafe=True,
        ),
        Case(_spark("df = df.⟦withColumn⟧('x')"), message="`withColumn` needs `col`"),
        Case(_spark("df = df.limit(3, ⟦num=4⟧)"), message="gets `num` twice"),
        Case(_spark("n = df.count(⟦'a'⟧)"), message="`count` takes no argument, not 1"),
        Case(_spark("df = df.withColumn('x', F.col('a').cast('int', ⟦'b'⟧))")),
        Case(
            _spark("df = df.withColumn('x', ⟦1⟧)"),
            message="`col` of `withColumn` is a column, not a number",
        ),
        Case(
            _spark("df = df.withColumn('x', F.coalesce('a', ⟦0⟧))"), message="a column or its name"
        ),
        Case(_spark("df = df.withColumn('x', F.⟦split⟧('a'))"), message="`split` needs `pattern`"),
        Case(_spark("df = df.withColumn('x', F.when(⟦'a'⟧, 1))")),
        Case(_spark("df = df.withColumn('x', F.round('a', ⟦decimals=2⟧))")),
        Case(
            _spark("df = df.join(⟦dbt.ref('days').toPandas()⟧, 'day')"),
            message="`other` of `join` is a Spark frame, not a pandas frame",
        ),
        Case(
            _pandas("df = df.merge(⟦dbt.ref('days')⟧, on='day')"),
            message="`right` of `merge` is a pandas frame, not a Spark frame",
        ),
        Case(_spark("df = df.union(⟦[df]⟧)")),
        Case(
            _spark("more = df.filter('a > 1').show()\ndf = df.union(⟦more⟧)"),
            message="`other` of `union` is a Spark frame, not None",
        ),
        Case(
            _spark(
                "def clean(df):\n    df = df.distinct()\n\ndf = df.join(⟦clean(dbt.ref('days'))⟧, 'day')"
            ),
            message="not None",
        ),
        Case(
            _spark("def up(name):\n    F.upper(name)\n\ndf = df.withColumn('x', ⟦up('a')⟧)"),
            message="`col` of `withColumn` is a column, not None",
        ),
        Case(
            _spark("groups = dbt.ref('days').groupBy('day')\ndf = df.join(⟦groups⟧, 'day')"),
            message="`other` of `join` is a Spark frame, not grouped data",
        ),
        Case(
            _spark(
                "size = F.udf(lambda name: len(name), 'int')\ndf = df.withColumn('x', ⟦lambda a: a⟧)"
            ),
            message="not a function that is not called",
        ),
        Case(
            _pandas("more = df.drop_duplicates(inplace=True)\ndf = df.merge(⟦more⟧, on='a')"),
            message="`right` of `merge` is a pandas frame, not None",
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nmost = max(⟦[1, 2]⟧)\nleast = min(1, ⟦2⟧)\nreturn df.limit(most)",
                head="from pyspark.sql.functions import *\n\n\n",
            ),
            message="`col` of `max` is a column or its name, not a list",
        ),
        Case(
            model(
                "share = round(⟦dbt.ref('orders').count() / 3⟧)\nreturn dbt.ref('orders').limit(share)",
                head="from pyspark.sql.functions import col, round\n\n\n",
            ),
        ),
        Case(
            _spark("df = df.groupBy('a').agg(⟦'b'⟧)"),
            message="`exprs` of `agg` is an aggregate, such as `F.sum(...)`, not a string",
        ),
        Case(_spark("df = df.agg(⟦[F.sum('b'), F.max('c')]⟧)"), message="not a list"),
        Case(_spark("df = df.groupBy('a').agg(F.sum('b'), ⟦'c'⟧)")),
        Case(_spark("df = df.groupBy('a').pivot('b').agg((⟦'c', 'd'⟧))"), message="not a tuple"),
        Case(_spark("df = df.groupBy('a').⟦agg⟧()"), message="`agg` needs `exprs`"),
        Case(_spark("df = df.drop(⟦['a', 'b']⟧)"), message="is a column or its name, not a list"),
        Case(_spark("df = df.select(F.coalesce(⟦['a', 'b']⟧), F.⟦lit⟧())")),
        Case(_spark("df = df.groupBy('a').pivot('b', ⟦values_=[1]⟧).sum()")),
        Case(
            _pandas("df = df.drop_duplicates(⟦subsets=['a']⟧)"),
            fixed=_pandas("df = df.drop_duplicates(subset=['a'])"),
            unsafe=True,
        ),
        Case(
            _pandas("df.to_csv('/tmp/orders.csv', ⟦line_terminator=';'⟧)"),
            settings={"glue-version": "5.0"},
        ),
        Case(_pandas("df = df.merge(df, on='a', ⟦hwo='left'⟧)")),
        Case(_pandas("df['a'] = df['a'].fillna(0, ⟦values=3⟧)")),
        Case(
            model("df = dbt.ref('orders').pandas_api()\nreturn df.sort_values(⟦cols='a'⟧)"),
        ),
    ),
)
