"""GLU632: a pattern of dates that is not Spark's, or is Spark's in pandas, or not the one that was meant."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._frames import in_world
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from glue_compiler.facts.columns import SparkText
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame

_Said: TypeAlias = "tuple[str, str | None, str | None, Severity | None]"
LETTERLESS = frozenset("bfijlortCIJPRTU")
"""The letters that mean nothing in a pattern, in any version of Spark and Java, nor to the parser of before Spark 3."""
_QUOTED = re.compile(r"'[^']*'")
_PERCENT = re.compile(r"%[YymdHMSjBb]")
_PERCENTS = {"Y": "yyyy", "y": "yy", "m": "MM", "d": "dd", "H": "HH", "M": "mm", "S": "ss"}
_LETTERS = {
    "yyyy": "Y",
    "YYYY": "Y",
    "yy": "y",
    "MM": "m",
    "dd": "d",
    "DD": "d",
    "HH": "H",
    "hh": "I",
    "mm": "M",
    "ss": "S",
}
_SPARKS = re.compile(r"yyyy|YYYY|yy|MM|dd|DD|HH|hh|mm|ss")
_SEPARATOR = r"[-/. ]?"
_MINUTES = re.compile(
    rf"(?<=y{{2}}){_SEPARATOR}mm(?={_SEPARATOR}dd)|(?<=dd){_SEPARATOR}mm(?={_SEPARATOR}yy)"
)
_DAY_OF_YEAR = re.compile(rf"(?<=MM){_SEPARATOR}DD(?!D)|(?<!D)DD(?={_SEPARATOR}MM)")
_MONTHS = re.compile(r"(?<=[Hh]):MM(?!M)")


def _is_wrong(fact: SparkText, _frame: Frame | None, _options: AnalysisOptions) -> bool:
    return not fact.tried and _wrong(fact) is not None


_SCREEN = Screen("spark_texts", _is_wrong)


def _check(context: Context) -> Iterator[Finding]:
    for fact in context.kept_by(_SCREEN):
        said = _wrong(fact)
        if said is None:
            continue
        message, advice, better, severity = said
        fixes: tuple[Fix, ...] = ()
        if better is not None:
            advice = f"Write `{better}`." if advice is None else f"{advice} Write `{better}`."
            if fact.exact:
                fixes = (Fix(f"Write `{better}`", (Edit(fact.span, better),), "unsafe"),)
        yield Finding(
            fact.span,
            f"`{fact.text}`: {message}{in_world(fact.worlds)}",
            help=advice,
            fixes=fixes,
            severity=severity,
        )


def _wrong(fact: SparkText) -> _Said | None:
    if fact.how == "strftime":
        return _of_spark(fact.text, fact.function)
    return _said(fact.text) if fact.how == "pattern" else None


def _of_spark(pattern: str, function: str) -> _Said | None:
    """What is wrong with a pattern of pandas that has no `%`, and has Spark's letters."""
    if _SPARKS.search(pattern) is None:
        return None
    better = _SPARKS.sub(lambda match: f"%{_LETTERS[match[0]]}", pattern)
    known = re.search(r"(?<!%)[A-Za-z]", better) is None
    happens = "matches no date" if function == "to_datetime" else "gives this text for every row"
    message = f"the patterns of pandas are Python's, and this one, without `%`, {happens}"
    return message, None, better if known else None, Severity.WARNING


def _said(pattern: str) -> _Said | None:
    """What is wrong with a pattern: the message, advice, the pattern that was meant, and a milder severity."""
    if pattern.count("'") % 2:
        return None
    bare = _QUOTED.sub("''", pattern)
    mild = Severity.WARNING
    if _PERCENT.search(bare):
        letters = set(re.findall(r"%(.)", pattern))
        known = letters <= _PERCENTS.keys() and bare == pattern
        better = re.sub(r"%(.)", lambda match: _PERCENTS[match[1]], pattern) if known else None
        return "`%` is of Python's patterns, and Spark's have none", None, better, mild
    unknown = next((letter for letter in bare if letter in LETTERLESS), None)
    if unknown is not None:
        advice = f"Text in a pattern is quoted: `'{unknown}'`."
        return f"the letter `{unknown}` means nothing in a pattern of Spark", advice, None, None
    better = pattern
    words = []
    if "Y" in bare:
        better = better.replace("Y", "y")
        words.append(
            "`Y` is the year of a week, which Spark 3 refuses (unless it is told to read patterns as Spark 2)"
        )
    for regex, small, word in (
        (_DAY_OF_YEAR, "dd", "`DD` is the day of the year"),
        (_MINUTES, "MM", "`mm` is minutes"),
        (_MONTHS, "mm", "`MM` is the month"),
    ):
        if regex.search(bare):
            better = regex.sub(partial(_with_last, small), better)
            words.append(word)
    if not words:
        return None
    return ", and ".join(words), None, better if bare == pattern else None, mild


def _with_last(letters: str, match: re.Match[str]) -> str:
    """What was matched, with other letters at its end."""
    return match[0][: -len(letters)] + letters


_HEAD = "from pyspark.sql import functions as F\n\n\n"


_PANDAS = "import pandas as pd\n\n\n"


def _pandas(line: str) -> str:
    return model(f"df = dbt.ref('orders').toPandas()\n{line}\nreturn df", head=_PANDAS)


def _given(pattern: str, function: str = "date_format") -> str:
    return model(
        f"return dbt.ref('orders').withColumn('a', F.{function}('a', {pattern}))", head=_HEAD
    )


RULE = Rule(
    code="GLU632",
    name="date-pattern",
    severity=Severity.ERROR,
    summary="A pattern of dates is not Spark's, or not the one that was meant.",
    why="""
The patterns of `date_format`, `to_date`, `to_timestamp`, `from_unixtime` and `unix_timestamp` have their own letters. A
letter without a meaning (the `T` of `yyyy-MM-ddTHH:mm`) raises for the first row. `YYYY` and Python's `%Y` raise too,
unless `spark.sql.legacy.timeParserPolicy` is LEGACY, and then mean something else: that is a warning, as is what runs
and gives something else than a date: minutes for the month (`yyyy-mm-dd`), the day of the year for that of the month
(`yyyy-MM-DD`), the month for minutes (`HH:MM`).

The patterns of pandas are Python's: in `to_datetime` one such as `yyyy-MM-dd` matches no date, which raises or gives no
dates, and `strftime` gives the text `yyyy-MM-dd` for every row. That is a warning.
""",
    fix="Write the letters that are meant, and text in quotes. The fix corrects the letters.",
    check=_check,
    statement=_SCREEN,
    valid=(
        *(
            Case(_given(pattern))
            for pattern in (
                "'yyyy-MM-dd'",
                "'dd.MM.yyyy HH:mm:ss.SSS'",
                "\"yyyy-MM-dd'T'HH:mm:ssXXX\"",
                "\"yyyy'Year'\"",
                "'yyyyDDD'",
                "'yyyy-DDD'",
                "'D'",
                "'hh:mm a'",
                "'mm:ss'",
                "'EEEE, d MMMM'",
                "'QQQ yyyy'",
                "'yyyyMMddHHmm'",
                "'%'",
                "dbt.config.get('pattern')",
            )
        ),
        Case(_given("format='uuuu-MM'", "to_date").replace("uuuu", "yyyy")),
        Case(
            model(
                "df = dbt.ref('orders').toPandas()\ndf['a'] = df.a.dt.strftime('%Y-%m-%d')\nreturn df"
            )
        ),
        *(
            Case(_pandas(line))
            for line in (
                "df['a'] = pd.to_datetime(df['a'], format='%d.%m.%Y')",
                "df['a'] = pd.to_datetime(df['a'], format='ISO8601', errors='coerce')",
                "df['a'] = pd.to_datetime(df['a'], format='mixed')",
                "df['a'] = df['a'].dt.strftime('Q')",
                "df['a'] = df['a'].dt.strftime(date_format=dbt.config.get('pattern'))",
                "df['a'] = df['a'].str.replace('yyyy-MM-dd', '')",
            )
        ),
        Case(
            model("return dbt.ref('orders').withColumn('a', F.date_trunc('YYYY', 'a'))", head=_HEAD)
        ),
        Case(
            model(
                "df = dbt.ref('orders')\ntry:\n    df = df.select(F.to_date('a', 'T'))\n"
                "except Exception:\n    pass\nreturn df",
                head=_HEAD,
            )
        ),
    ),
    invalid=(
        Case(
            _given("'⟦YYYY-MM-dd⟧'"),
            fixed=_given("'yyyy-MM-dd'"),
            unsafe=True,
            message="the year of a week",
        ),
        Case(
            _given("'⟦YYYY-MM-DD⟧'", "to_date"),
            fixed=_given("'yyyy-MM-dd'", "to_date"),
            unsafe=True,
        ),
        Case(
            _given("'⟦%Y-%m-%d⟧'", "to_timestamp"),
            fixed=_given("'yyyy-MM-dd'", "to_timestamp"),
            unsafe=True,
            message="Python's patterns",
        ),
        Case(_given("'⟦%d %b⟧'", "from_unixtime")),
        Case(_given("'⟦yyyy-MM-ddTHH:mm:ss⟧'", "to_timestamp"), message="the letter `T`"),
        Case(_given("format='⟦t⟧'")),
        Case(
            _given("'⟦yyyy-mm-dd⟧'", "unix_timestamp"),
            fixed=_given("'yyyy-MM-dd'", "unix_timestamp"),
            unsafe=True,
            message="`mm` is minutes",
        ),
        Case(_given("'⟦dd/mm/yyyy⟧'"), fixed=_given("'dd/MM/yyyy'"), unsafe=True),
        Case(_given("'⟦DD.MM.yyyy HH:MM⟧'"), fixed=_given("'dd.MM.yyyy HH:mm'"), unsafe=True),
        Case(_given("'⟦yyyyMMDD⟧'"), message="`DD` is the day of the year"),
        Case(
            _pandas("df['a'] = pd.to_datetime(df['a'], format='⟦yyyy-MM-dd⟧')"),
            fixed=_pandas("df['a'] = pd.to_datetime(df['a'], format='%Y-%m-%d')"),
            unsafe=True,
            message="this one, without `%`, matches no date",
        ),
        Case(
            _pandas("df['a'] = df['a'].dt.strftime('⟦dd/MM/yyyy HH:mm⟧')"),
            fixed=_pandas("df['a'] = df['a'].dt.strftime('%d/%m/%Y %H:%M')"),
            unsafe=True,
            message="gives this text for every row",
        ),
        Case(_pandas("df['a'] = df['a'].dt.strftime('⟦yyyy-MMM⟧')")),
    ),
)
