"""GLU602: a method or attribute that this kind of frame, or this version of it, does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.frames import PANDAS_VERSIONS, api
from glue_compiler.knowledge.glue_versions import SPARK_OF_GLUE
from glue_compiler.rules._frames import has_no
from glue_compiler.rules._missing_members import UNKNOWN_MEMBERS, Missing, missing_members
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.knowledge.frames import Api

_LIBRARIES = {"spark": "Spark", "pandas": "pandas", "pandas_on_spark": "Spark"}
_ORIGINS = {"snowpark": "Snowpark", "pandas": "pandas", "spark": "Spark"}


def _check(context: Context) -> Iterator[Finding]:
    for missing in missing_members(context, context.schemas):
        use, suggestion = missing.use, missing.suggestion
        fixes: tuple[Fix, ...] = ()
        if suggestion is not None and suggestion.rename is not None:
            safety = "unsafe" if suggestion.origin == "spelling" else "safe"
            edit = Edit(use.name_span, suggestion.rename)
            fixes = (Fix(f"Write `{suggestion.rename}`", (edit,), safety),)  # type: ignore[arg-type]
        gone = missing.table.removed_in(use.member) is not None
        yield Finding(
            use.name_span,
            _message(context, missing),
            help=_help(missing),
            fixes=fixes,
            tags=("deprecated",) if gone else (),
        )


def _message(context: Context, missing: Missing) -> str:
    use, table = missing.use, missing.table
    glue = context.settings.glue_version
    library = f"{_LIBRARIES[table.owner.partition('.')[0]]} {table.version}"
    if removed := table.removed_in(use.member):
        return f"`{use.member}` is gone since {removed}: Glue {glue} runs {library}"
    if added := table.added_in(use.member):
        newer = next((g for g, spark in SPARK_OF_GLUE.items() if spark == added), None)
        where = f" (Glue {newer})" if newer and "Spark" in library else ""
        since = _first_version(table, use.member, added)
        return f"`{use.member}` comes with {since}{where}: Glue {glue} runs {library}"
    text = f"{has_no(table.owner)} `{use.member}`"
    origin = None if missing.suggestion is None else missing.suggestion.origin
    if origin in _ORIGINS and _is_pandas(missing):
        origin = "pandas"
    return f"{text}: that is {_ORIGINS[origin]}" if origin in _ORIGINS else text


def _first_version(table: Api, name: str, known: str) -> str:
    """The version that the library itself gives for a member, else the first known one that has it."""
    member = api(table.owner, known).member(name)
    since = "" if member is None else ".".join(member.since.split(".")[:2])
    return since or known


def _is_pandas(missing: Missing) -> bool:
    """Whether the call has keywords that only the method of pandas by that name takes."""
    keywords = {arg.name for arg in missing.use.args if arg.name is not None}
    meant = api("pandas", PANDAS_VERSIONS[-1]).member(missing.use.member)
    return bool(
        keywords
        and missing.table.owner == "spark"
        and meant is not None
        and keywords <= {parameter.name for parameter in meant.parameters}
    )


def _help(missing: Missing) -> str | None:
    if missing.suggestion is None:
        return None
    advice = missing.suggestion.advice
    return f"{advice[0].upper()}{advice[1:]}{'' if advice.endswith('?') else '.'}"


_JANITOR = "import janitor\n\n\n"
_FUNCTIONS = "from pyspark.sql import functions as F\n\n\n"
_SERIES = """
df = dbt.ref('orders').toPandas()
df['email'] = df['email'].str.strip().str.lower()
df['first'] = df['name'].str.split(' ').str[0].str.title()
df['day'] = df['at'].dt.tz_localize(None).dt.strftime('%Y-%m-%d')
df['code'] = df['kind'].astype('category').cat.codes.max().bit_length()
df['area'] = df['name'].str.extract(r'(?P<a>x)(y)').rename(columns=str.lower)['a']
shape = df['amount'].values.reshape(-1, 1)
first = df['name'].iloc[0].lower() + df['name'].mode()[0].lower() + df['name'].name.upper()
levels = df['name'].index.get_level_values(0)
per_day = df.pivot_table(index='day', columns='kind', values=['amount'])['amount'].add_prefix('n_')
wide = df.pivot(index='day', columns='kind')['amount'].set_index('day')
everything = df.max(axis=None).strftime('%Y')
return df[df['email'].str.contains('@')]
"""

RULE = Rule(
    code="GLU602",
    name="unknown-member",
    severity=Severity.ERROR,
    summary="This kind of frame, or this Spark version, has no such method.",
    why="""
Models are copied between platforms: `to_pandas` and `with_column` are Snowpark's, `iloc` is pandas', and
a pandas frame has no `withColumn`. Python says so in the session only, often after an hour of work.
Methods also come and go with Spark: `to_pandas_on_spark` is gone in Spark 4, which Glue 6.0 runs.

The names are checked against tables of the real APIs, per version. Where the kind of a value is not
certain, or an imported package may add methods to the class, nothing is reported.
""",
    fix="Use the name that this library has; the fix writes it where it means the same.",
    check=_check,
    statement=UNKNOWN_MEMBERS,
    valid=(
        Case(
            model(
                "latest = Window.partitionBy('id').orderBy('day').rowsBetween(0, 1)\n"
                "return dbt.ref('orders').withColumn('n', F.row_number().over(latest.orderBy('x')))",
                head=f"from pyspark.sql import Window\n{_FUNCTIONS}",
            )
        ),
        Case(model("return dbt.ref('orders').toPandas().rename(columns=str.lower)")),
        Case(model("df = dbt.ref('orders')\nreturn df.filter(df.shape == 'round')")),
        Case(model(_SERIES)),
        Case(
            model(
                "df = dbt.ref('orders')\nif hasattr(df, 'to_pandas'):\n    return df.to_pandas()\n"
                "try:\n    n = df.to_pandas()\nexcept AttributeError:\n    n = df.toPandas()\n"
                "return n"
            )
        ),
        Case(model(_SERIES.replace("toPandas", "pandas_api"))),
        Case(
            model("return dbt.ref('orders').toPandas().clean_names()", head=_JANITOR),
            settings={"packages": ["pyjanitor"], "package-map": {"janitor": "pyjanitor"}},
        ),
        Case(
            model("return dbt.ref('orders').to_pandas_on_spark()"), settings={"glue-version": "5.1"}
        ),
        Case(
            model(
                "return unknown(dbt.ref('orders')).to_pandas()",
                head="from shared import unknown\n\n\n",
            ),
            settings={"modules": ["shared"]},
        ),
    ),
    invalid=(
        Case(
            model("return dbt.ref('orders').⟦rename⟧(columns={'a': 'b'})"),
            message="Spark frames have no `rename`: that is pandas",
        ),
        Case(
            model("return dbt.ref('orders').⟦rename⟧({'a': 'b'})"),
            message="Spark frames have no `rename`: that is Snowpark",
        ),
        Case(
            model(
                "w = Window.partitionBy('a').⟦sortBy⟧('b')\nreturn dbt.ref('orders')",
                head="from pyspark.sql import Window\n\n\n",
            ),
            message="windows have no `sortBy`",
        ),
        Case(
            model("return session.read.⟦tabel⟧('orders')"),
            message="the session's reader has no `tabel`",
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nreturn df.select(F.col('a').⟦try_cast⟧('int'))",
                head=_FUNCTIONS,
            ),
            settings={"glue-version": "5.0"},
            message="`try_cast` comes with 4.0 (Glue 6.0): Glue 5.0 runs Spark 3.5",
        ),
        Case(
            model(
                "df = dbt.ref('orders')\ntry:\n    return df.⟦to_pandas⟧()\nexcept ValueError:\n"
                "    return df"
            )
        ),
        Case(
            model("return dbt.ref('orders').⟦to_pandas⟧()"),
            fixed=model("return dbt.ref('orders').toPandas()"),
            message="Snowpark",
        ),
        Case(
            model("df = dbt.ref('orders')\nreturn df.⟦with_column⟧('x', df.id)"),
            fixed=model("df = dbt.ref('orders')\nreturn df.withColumn('x', df.id)"),
        ),
        Case(model("df = dbt.ref('orders')\nfirst = df.⟦iloc⟧[0]\nreturn df")),
        Case(
            model("df = dbt.ref('orders').toPandas()\nreturn df.⟦withColumn⟧('x', df['id'])"),
            message="Spark",
        ),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\ndf['x'] = df['x'].⟦withColumn⟧('y')\n"
                "df['y'] = df['y'].str.lower().⟦otherwise⟧('')\nreturn df"
            )
        ),
        Case(
            model("return dbt.ref('orders').⟦to_pandas_on_spark⟧()"),
            settings={"glue-version": "6.0"},
            message="gone",
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nreturn df.filter(F.col('id').⟦isna⟧())", head=_FUNCTIONS
            ),
            fixed=model(
                "df = dbt.ref('orders')\nreturn df.filter(F.col('id').isNull())", head=_FUNCTIONS
            ),
        ),
        Case(
            model(
                "df = dbt.ref('orders')\nif df.⟦empty⟧:\n    df = dbt.ref('old_orders')\nreturn df"
            )
        ),
    ),
)
