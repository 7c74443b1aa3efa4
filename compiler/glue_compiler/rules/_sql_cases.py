"""Cases of GLU601 for columns that SQL names: in texts of a model, and in SQL models upstream."""

from __future__ import annotations

from glue_compiler.rules.definition import model

SQL_MODELS = {
    "seeds/raw_orders.csv": "id,day,rest\n1,2,3\n",
    "models/orders.sql": (
        "{{ config(materialized='incremental') }}\n"
        "with source as (select * from {{ ref('raw_orders') }}),\n"
        "renamed as (select id as order_id, {{ cents('rest') }} as amount, source.* from source)\n"
        "select *, upper(day) as weekday from renamed\n"
        "{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}\n"
    ),
    "models/some.sql": "select *, {{ more() }} from {{ ref('orders') }}",
    "models/made.sql": "{% for x in ['a', 'b'] %} select {{ x }} {% endfor %}",
    "models/read.sql": "select o.*, 1 as n from {{ ref('raw_orders') }} o join x on o.id = x.id",
}
"""Models whose columns are those of their select lists."""

IN_SQL_VALID = (
    "df.filter('a > 1 and s.c = 2 or `A` is null')",
    "df.alias('x').filter('x.a > 1 and transform(xs, c -> c + a)[0] = 1')",
    "df.filter('exists(xs, c -> c > a)').where('t < current_date and user = b')",
    "df.filter('a in (select c from others)')",
    "df.filter(f\"a > '{dbt.config.get('c')}'\")",
    "df.filter('b = \"c\" and b <> \\'d\\'')",
    "df.withColumn('c', F.expr('a + 1')).filter('c > 1')",
    "df.select('a').filter('b > 1')",
    "df.withColumnRenamed('b', 'c').where('b > c')",
    "df.selectExpr('a + 1 as c', 'c + 1 as d').filter('c + d > 1')",
    "df.select(F.expr('a + 1 as c'), F.col('c') + 1)",
    "df.select((F.col('a') + 1).alias('c'), F.expr('c + 1 as d'))",
    "df.selectExpr('*', 'b as c', 'extract(year from t) as d').select('a', 'c', 'd')",
    "df.selectExpr('posexplode(xs) as (p, v)').select('p', 'v')",
    "df.selectExpr('upper(b)').select(F.col('upper(b)').alias('c'))",
    "df.groupBy('a').agg(F.expr('sum(a) as total'), F.expr('datediff(day, min(t), max(t)) d'))",
    "df.join(other, F.expr('a = c and d > 1'))",
    "df.alias('l').join(other.alias('r'), F.expr('l.a = r.c and upper(d) = b'), 'left_anti')",
)
IN_SQL_INVALID = (
    "df.filter('⟦amuont⟧ > 1')",
    "df.where('a > 1 and (b is null or ⟦c⟧ = 2)')",
    "df.filter('a > 1\\n and c = 1').filter('''a > 1\n  and ⟦c⟧ = 1''')",
    "df.withColumn('d', F.expr('⟦c⟧ + 1'))",
    "df.withColumn('d', F.when(F.expr('`⟦c d⟧` > a'), 1))",
    "df.selectExpr('a', 'upper(⟦c⟧) as d')",
    "df.selectExpr('a as c').filter('c > 1').select('⟦d⟧')",
    "df.select(F.expr('transform(xs, x -> x + ⟦c⟧)'))",
    "df.groupBy('a').agg(F.expr('sum(⟦c⟧) as total'))",
    "df.join(other, F.expr('a = ⟦e⟧'))",
    "df.join(other, [F.expr('a = c'), F.expr('b = ⟦e⟧')], 'left_semi')",
    "df.orderBy(F.expr('⟦c⟧ + 1'))",
    "df.drop('b').selectExpr('*', '⟦b⟧ + 1')",
)


def in_sql(expression: str) -> str:
    """A model that returns an expression of two frames, whose columns are known."""
    return model(
        "df = session.createDataFrame([], 'a int, b string, t timestamp, xs array<int>, s struct<c: int>')\n"
        "other = session.createDataFrame([], 'c int, d string')\n"
        f"return {expression}",
        head="from pyspark.sql import Window, functions as F\n\n\n",
    )
