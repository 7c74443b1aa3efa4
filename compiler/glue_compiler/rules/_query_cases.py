"""Cases of GLU601 for columns in queries over temporary views, and in what these give."""

from __future__ import annotations

from glue_compiler.rules._sql_cases import in_sql

IN_QUERY_VALID = (
    "select A, `b`, v.t as e, upper(b) as c, c || 'x' as d from v where V.a > 1 group by a, b, c, t order by d, t",
    "select o.a, p.d, s.c, o.s.c from v o join w p on o.a = p.c where p.d is not null",
    "select a, n from (select a, count(*) as n from v group by a having n > 1) x where x.n > 2",
    "with x as (select a as k, b from v), y as (select k from x) select x.k, b from x join y using (k)",
    "select a from v where exists (select 1 from w where w.c = v.a and d = b) and a in (select c from w)",
    "select a, (select max(d) from w where c = a) as m from v",
    "select a, x, pos from v lateral view posexplode(xs) e as pos, x where x > 1",
    "select zzz from v join others on zzz = a",
    "select v.zzz from v join x.w on true",
    "select zzz from w as o (zzz, y)",
    "with recursive r as (select zzz from v) select zzz from r",
    "select transform(xs, x -> x + a), filter(xs, y -> y > 1), extract(year from t), current_date from v",
    "select max(a) filter (where b = 'x'), sum(a) over (partition by b order by t) from v",
    "select sum(a) over k from v window k as (partition by b order by t)",
    "select a from v union all select c from w order by a",
    "select * from v natural join w where zzz > 1",
    "select a, count(*) from v group by all",
    "select o.c from v s join w o on s.a = o.c where s.c = 1",
    "select _metadata.file_name from v",
    "select posexplode(xs) as (p, q) from v order by p",
    "select a from v where zzz = {c}",
    "select a:zzz from v",
    "select /*+ broadcast(w) */ a from v join w on c = a",
    "select a from v tablesample (10 percent)",
    "select zzz from global_temp.v",
    "select global_temp.v.a from v",
)
"""Queries over the views `v` (of `df`) and `w` (of `other`) that nothing is said of."""
IN_QUERY_INVALID = (
    ("select ⟦amuont⟧ from v", "what the query reads has no column `amuont`"),
    ("select a, upper(⟦c⟧) as d from v where b = ''", "no column `c`"),
    ("select a as k from v where ⟦k⟧ > 1", "no column `k`"),
    ("select a from v order by a, ⟦k⟧", "no column `k`"),
    ("select b, sum(a) from v group by ⟦k⟧", "no column `k`"),
    ("select b, sum(a) as s from v group by b having ⟦k⟧ > 1", "no column `k`"),
    ("select o.⟦c⟧, p.d from v o join w p on o.a = p.⟦a⟧", None),
    ("select o.a from v o join w p on o.a = ⟦e⟧", "what the query reads has no column `e`"),
    ("select v.⟦c⟧ from v", "`v` has no column `c`"),
    ("select a from (select a from v) x where ⟦b⟧ > 1", "no column `b`"),
    ("with x as (select a as k from v where ⟦z⟧ > 1) select k, ⟦b⟧ from x", "no column"),
    ("select a from v where exists (select 1 from w where ⟦z⟧ = a)", "no column `z`"),
    ("select a from v union all select ⟦a⟧ from w", "no column `a`"),
    ("select *, ⟦c⟧ from v", "no column `c`"),
    ("select sum(a) over (partition by ⟦c⟧ order by t) from v", "no column `c`"),
    ("select a from v left semi join w on v.a = w.⟦a⟧", "`w` has no column `a`"),
)
"""Queries over the same views, and what is said."""
AFTER_QUERY_VALID = (
    "session.sql('select a, upper(b) from v').select('zzz')",
    "session.sql('select *, 1 as n from v').select('a', 'n', 's')",
    "session.sql('select * from v join w on a = c').select('a', 'd')",
    "session.sql('select * from v natural join w').select('zzz')",
    "session.sql('select * except (a) from v').select('zzz')",
    "session.sql('select a from v').filter('b > 1').orderBy('b')",
    "session.sql('select x.* from others x').select('zzz')",
    "session.sql('select a from {x}', x=df).select('a')",
)
VIEW_LOST = (
    "df.selectExpr(f'{dbt.config.get(\"c\")} as c').createOrReplaceTempView('v')",
    "dbt.config.get('make')(session)",
    "dbt.config.get('frame').createOrReplaceTempView('v')",
    "session.sql(dbt.config.get('statement'))",
    "session.sql('create or replace temp view V as select 1 as zzz')",
    "if dbt.config.get('some'):\n        df.withColumn('zzz', df.a).createOrReplaceTempView('v')",
    "df.createOrReplaceTempView(dbt.config.get('view'))",
)
"""What may make the view `v` another one."""
AFTER_QUERY_INVALID = (
    "session.sql('select a, b as c from others').select('a', '⟦b⟧')",
    "session.sql('select *, 1 as n from v').select('n', '⟦m⟧')",
    "session.sql('select o.*, d from v o join w on a = w.c').select('d', '⟦c⟧')",
    "session.sql('with x as (select a from v) select * from x').select('⟦b⟧')",
    "session.sql('select a from v union all select c from w').select('⟦c⟧')",
    "session.sql(f'select a, max(b) as b from {dbt.this} group by a').select('⟦c⟧')",
    "session.sql('select posexplode(xs) as (p, q) from v').select('p', '⟦a⟧')",
)
"""What is read of the frames that queries give."""


def in_query(query: str) -> str:
    """A model that returns a query over two views, whose columns are known."""
    return over_views(f'session.sql("{query}")')


def tried(text: str) -> str:
    """A model that does without its query where that fails."""
    line = "    return session"
    begun = text.replace(line, "    try:\n        df = session")
    return f"{begun}    except Exception:\n        pass\n    return df\n"


def with_view_lost(statement: str) -> str:
    """A model that reads a view after a statement that may have made it another one."""
    return in_query("select zzz from v").replace("    return", f"    {statement}\n    return")


def over_views(expression: str) -> str:
    """A model that returns an expression where two views are made."""
    return in_sql(expression).replace(
        "    return",
        "    df.createOrReplaceTempView('v')\n    other.createOrReplaceTempView('w')\n    return",
    )
