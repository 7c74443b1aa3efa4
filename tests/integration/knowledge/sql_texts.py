"""Prints, as JSON, what the installed Spark makes of texts of SQL, beside what the compiler reads in them. Run by a test, in a process of its own."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from glue_compiler.rules.glu630_unknown_type import MEANT, TYPES
from glue_compiler.schemas.select_lists import select_list
from glue_compiler.text.sql import SqlName, read_expression

sys.path.insert(0, str(Path(__file__).parents[1] / "rewrites"))

from local_spark import local_spark

SCHEMA = (
    "a int, b string, c int, n double, flag boolean, d date, ts timestamp, xs array<int>, "
    "ys array<struct<p: int, q: string>>, m map<string, int>, s struct<x: int, y: struct<z: string>>, "
    "`x y` int, user_id bigint, day int, date string, payload string, comment string"
)
CONDITIONS = (
    *("a > 1", "a = 1 and b = 'x' or c is not null", "A >= 1.5", "b == 'it''s'", 'b = "x"'),
    *(
        "a between 1 and c",
        "a in (1, 2, c)",
        "not flag",
        "!flag",
        "b like '%x' or b rlike '[0-9]+'",
    ),
    *("b ilike 'x'", "a <=> c", "a % 2 = 0", "a div 2 = 1", "`x y` > 1", "`a` > 1", "s.x > 1"),
    *("s.y.z = 'x'", "xs[0] = 1", "m['k'] > a", "array_contains(xs, a)", "exists(xs, x -> x > a)"),
    *("exists(ys, y -> y.p > a)", "forall(xs, x -> x is not null)", "d > date '2020-01-01'"),
    *("ts > timestamp '2020-01-01 00:00:00'", "d >= current_date - interval 7 days", "day > 1"),
    *(
        "d > current_date()",
        "ts < current_timestamp",
        "year(d) = 2020 and month(d) = day",
        "day = 1",
    ),
    *(
        "cast(b as int) > a",
        "date(ts) = d",
        "to_date(date) = d",
        "a > 1 -- and gone",
        "a /* b */ > 1",
    ),
    *("case when a > 1 then flag else false end", "if(flag, a, c) > 1", "coalesce(b, 'x') <> ''"),
    *("b is not distinct from 'x'", "isnull(a)", "b not in ('x', 'y')", "(a > 1) = (c > 1)"),
    *("length(trim(b)) > 0", "trim(both 'x' from b) = ''", "substring(b from 1 for 2) = 'x'"),
    *(
        "position('x' in b) > 0",
        "extract(year from d) = 2020",
        "datediff(d, date) > 1",
        "comment = ''",
    ),
    *("datediff(day, d, ts) > 1", "dateadd(DAY, 1, d) > ts", "timestampdiff(HOUR, ts, d) > day"),
    *("unix_timestamp() > user_id", "user_id = hash(a, b) % 10", "date_trunc('month', ts) = d"),
    *(
        "current_user = b",
        "b = user",
        "a = 1L",
        "n > 1.5D",
        "n > 1e3",
        "a = -c",
        "xs = array(1, c)",
    ),
    *("size(filter(xs, x -> x > a and x < c)) > 0", "aggregate(xs, 0, (acc, x) -> acc + x) > a"),
    *("size(transform(xs, x -> filter(xs, y -> y > x + a))) > 1", "a\n  > 1\n and b = 'x'"),
    *("size(map_filter(m, (k, v) -> v > a)) = 1", "zip_with(xs, xs, (x, y) -> x + y) = xs"),
    *("from_json(payload, 'x int').x > 1", "get_json_object(payload, '$.x') = b", "b || 'x' = ''"),
    *("named_struct('x', a).x = 1", "struct(a as x, c).x = 1", "map('k', a)['k'] = 1", "a <> c"),
    *("ts > d + interval '1' day", "ts > d + make_interval(0, 0, 0, a)", "b regexp 'x'"),
)
ITEMS = (
    *(
        "a",
        "A",
        "*",
        "a as z",
        "a z",
        "s.x",
        "s.y.z",
        "s.y.z as w",
        "s.*",
        "xs[0]",
        "upper(b)",
        "1",
    ),
    *("upper(b) as u", "cast(a as bigint) as big", "cast(b as date) as day2", "bigint(a) as l"),
    *("cast(a as string) as text", "cast(ts as date) day3", "1 as one", "'x' as word", "`x y`"),
    *("`x y` as xy", "a as `p q`", "explode(xs) as item", "posexplode(xs) as (p, v)", "comment"),
    *(
        "explode(m) as (k, v)",
        "stack(2, 'a', a, 'c', c) as (k, v)",
        "inline(ys)",
        "inline(ys) as (p, q)",
    ),
    *(
        "current_date",
        "current_date() as today",
        "case when a > 1 then b end as e",
        "a = 1 as same",
    ),
    *(
        "transform(xs, x -> x + 1) as t",
        "a + 1",
        "-a",
        "flag",
        "date",
        "day",
        "day as date",
        "null as n",
    ),
    *(
        "row_number() over (partition by b order by a desc, c) as r",
        "lag(a) over (order by c) as before",
    ),
    *(
        "sum(a) over (partition by b rows between 1 preceding and current row) as s",
        "2147483648 as big",
    ),
    *(
        "cast(a as double) as f",
        "cast(a as timestamp) as t",
        "cast(a as decimal(10, 2)) as e",
        "'x'",
    ),
    *(
        "named_struct('x', a) as s",
        "array(a, c)[0] as first",
        "s.x + a as y",
        "current_timestamp as now",
    ),
)
AGGREGATES = (
    *(
        "count(*) as n",
        "sum(a) as s",
        "count(distinct a, b) as n",
        "max(s.x) as m",
        "sum(a) / count(c)",
    ),
    *(
        "sum(a) filter (where b = 'x') as s",
        "first(a, true) as f",
        "collect_list(struct(a, b)) as l",
    ),
    *("percentile_approx(a, 0.5) as p", "max_by(b, a) as b", "avg(case when flag then a end) as m"),
)

QUERIES = (
    "select a, b as c, count(*) n, s.x, `x y`, upper(b) as h from t group by all",
    "select a b, case when flag then a end e, s.y.z w, xs[0] as first, day, date from t",
    "with x as (select * from t), y as (select a, upper(b) b from x) select * from y",
    "with x as (select a, b as z from t), y as (select *, 2 as n from x) select y.*, 1 as o from y",
    "with x (k, v) as (select 1, 2) select * from x",
    "select u.*, t.a as other from u join t on u.id = t.a left join u w on w.id = u.id",
    "select * from (select a, b from t) q where a > 1 order by b limit 3",
    "select u.* from u lateral view explode(array(1, 2)) e as item",
    "(select a from t) union all (select c from t)",
    "select a as x from t union select id from u",
    "select distinct u.id, 'a, b' as words, \"from\" as word, r'\\d' as digits from u -- , more",
    "select cast(null as struct<x: int, y: int>) as s, array(1, 2)[0] as q, date '2020-01-01' as d",
    "select v.* from (select * from u) v where v.id in (select a from t)",
    "select if(a > 1, b, 'x') as d, u.* from u cross join t",
    "select sum(a) over (partition by b order by c) as total, row_number() over w as r from t window w as (order by a)",
    "select a offset, b as window, c sort from t",
    "select id + 1 as `order`, id as value from u where id > 1",
)


def main() -> None:
    with TemporaryDirectory() as folder, local_spark(Path(folder)) as spark:
        json.dump(_measured(spark), sys.stdout)


def _measured(spark: Any) -> dict[str, Any]:
    frame = spark.createDataFrame([], SCHEMA)
    from pyspark.sql import functions

    ways: dict[str, Any] = {
        "filter": (CONDITIONS, lambda text: frame.filter(text)),
        "selectExpr": ((*ITEMS, *CONDITIONS), lambda text: frame.selectExpr(text)),
        "agg": (AGGREGATES, lambda text: frame.agg(functions.expr(text))),
    }
    read, refused, unread, found, misnamed = 0, [], [], [], []
    for way, (texts, run) in ways.items():
        for text in texts:
            answer = _answer(run, text)
            if isinstance(answer, str):
                refused.append(f"{way}: {text}: {answer}")
                continue
            known = read_expression(text)
            if known is None:
                unread.append(text)
                continue
            for name in known.reads:
                read += 1
                wrong = _answer(run, _without(text, name))
                if wrong != "UNRESOLVED_COLUMN.WITH_SUGGESTION":
                    found.append(f"{way}: {_without(text, name)}: {wrong}")
            if way != "filter":
                misnamed += _misnamed(known, answer, text, frame)
    frame.createOrReplaceTempView("t")
    spark.createDataFrame([], "id int, name string").createOrReplaceTempView("u")
    named = [text for text in QUERIES if _selected(spark, text) != spark.sql(text).columns]
    typo = {f"{word}x" for word in TYPES} | set(MEANT)
    return {
        "types": len(TYPES) + len(typo),
        "refused_types": sorted(word for word in TYPES if _casts(frame, word) is not None),
        "taken_types": sorted(
            word for word in typo if _casts(frame, word) != "UNSUPPORTED_DATATYPE"
        ),
        "queries": len(QUERIES),
        "misread": named,
        "read": read,
        "refused": refused,
        "unread": unread,
        "taken": found,
        "misnamed": misnamed,
    }


def _selected(spark: Any, text: str) -> list[str] | None:
    """The columns that a query selects, as the compiler reads it of a model that refers to the tables."""
    found = select_list(re.sub(r"\b(from|join) (t|u)\b(?! w )", r"\1 {{ ref('\2') }} \2", text))
    if found is None or found.open:
        return None
    names: list[str] = []
    for item in found.items:
        names += [item] if isinstance(item, str) else spark.table(item.relation.parts[0]).columns
    return names


def _casts(frame: Any, word: str) -> str | None:
    """The name of the error with which Spark refuses a type, None for one that it has."""
    from pyspark.sql import functions

    def cast(text: str) -> Any:
        functions.lit(None).cast(text)  # reads the type at once
        return frame

    answer = _answer(cast, word)
    return answer if isinstance(answer, str) else None


def _without(text: str, name: SqlName) -> str:
    """The text with a name that no column has in the place of a column's."""
    return f"{text[: name.start]}no_such_column{text[name.end :]}"


def _answer(run: Any, text: str) -> Any:
    """The columns that Spark gives, or the name of its error."""
    try:
        return run(text).schema.fields
    except Exception as error:  # noqa: BLE001 - the name of any error is the answer
        named = getattr(error, "getErrorClass", None)
        return str(named()) if named is not None else type(error).__name__


def _misnamed(known: Any, answer: list[Any], text: str, frame: Any) -> list[str]:
    names = [field.name for field in answer]
    if known.star:
        return [] if names == frame.columns else [f"{text}: {names}"]
    if known.names and list(known.names) != names:
        return [f"{text}: {list(known.names)} and not {names}"]
    if known.type is not None and known.type != answer[0].dataType.simpleString():
        return [f"{text}: {known.type} and not {answer[0].dataType.simpleString()}"]
    return []


if __name__ == "__main__":
    main()
