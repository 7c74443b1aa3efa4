"""The cases of GLU601: columns that are there, and some that are not."""

from __future__ import annotations

from glue_compiler.rules._query_cases import (
    AFTER_QUERY_INVALID,
    AFTER_QUERY_VALID,
    IN_QUERY_INVALID,
    IN_QUERY_VALID,
    VIEW_LOST,
    in_query,
    over_views,
    tried,
    with_view_lost,
)
from glue_compiler.rules._sql_as_name import AS_NAME_INVALID, AS_NAME_VALID
from glue_compiler.rules._sql_cases import IN_SQL_INVALID, IN_SQL_VALID, SQL_MODELS, in_sql
from glue_compiler.rules._without_effect import WITHOUT_EFFECT_INVALID, WITHOUT_EFFECT_VALID
from glue_compiler.rules.definition import Case, model

_TWO_SEEDS = {
    "seeds/orders.csv": "id,person,day,amount\n1,2,3,4\n",
    "seeds/people.csv": "id,name,city\n1,a,b\n",
}
_JOINED = """orders, people = dbt.ref('orders'), dbt.ref('people')
totals = orders.groupBy('id', 'day').agg(F.sum('amount').alias('total'))
both = totals.join(people, 'id', 'left')"""
_FUNCTIONS = "from pyspark.sql import functions as F\n\n\n"
_FILES = {"seeds/countries.csv": "code,name\nde,Germany\n"}
_YAML = {
    "models/orders.sql": "select * from raw.orders",
    "models/schema.yml": "models:\n  - name: orders\n    columns:\n      - name: id\n",
}
_UPSTREAM = {
    "models/orders.py": model("return dbt.ref('raw_orders').select('id', 'amount', 'paid')"),
    "models/raw_orders.sql": "select 1 as id, 2 as amount, true as paid",
    "models/schema.yml": "models:\n  - name: orders\n    columns:\n      - name: id\n",
}
_OPEN_UPSTREAM = {
    **_UPSTREAM,
    "models/orders.py": model("return dbt.ref('raw_orders')"),
    "models/raw_orders.sql": "select id, {{ columns() }} from raw.orders",
}
_CONTRACT = {
    "models/orders.sql": "select 1 as id, 2 as amount",
    "models/schema.yml": (
        "models:\n  - name: orders\n    config:\n      contract: {enforced: true}\n"
        "    columns:\n      - {name: id, data_type: int}\n      - {name: amount, data_type: int}\n"
    ),
}
_PANDAS = "df = dbt.ref('orders').select('a', 'b').toPandas()\n"
_GROUPED = "df = dbt.ref('orders')\ntotals = df.groupBy('id').agg(F.sum('amount').alias('total'))"
_RESHAPED = (
    (
        "df = dbt.ref('orders').unpivot(['id'], ['a', 'b'], 'name', 'value')\n"
        "return df.select('id', 'name', 'value')"
    ),
    (
        "df = dbt.ref('orders').select('id', 'a', 'b').melt('id', ['a', 'b'], 'name', 'value')\n"
        "return df.select('id', 'name', 'value').limit(3)"
    ),
    (
        "df = dbt.ref('orders').select('id', 'a').unpivot(ids=('id',), values=None, "
        "valueColumnName='v', variableColumnName='k')\nreturn df.select('id', 'k', 'v')"
    ),
    f"{_PANDAS}df.insert(0, 'c', 1)\ndf.insert(loc=0, column='d', value=2)\nreturn df[['c', 'd', 'a']]",
    f"{_PANDAS}df.eval('c = a + b', inplace=True)\nreturn df[['c']]",
    f"{_PANDAS}df.update(dbt.ref('other').toPandas())\nreturn df[['a', 'b']]",
    f"{_PANDAS}name = dbt.config.get('name')\ndf.insert(0, name, 1)\nreturn df[['c']]",
)

_TAKEN_AWAY = model(
    "df = dbt.ref('orders')\ndf.drop('a').where(F.col('a') > 1).show()\n"
    "df.withColumnRenamed('a', 'x')[F.col('a') > 1].show()\n"
    "df.withColumnsRenamed({'a': 'x'}).filter(F.col('a') > 1).show()\n"
    "for _ in range(2):\n    df = df.drop('a')\n"
    "return df.orderBy('a')",
    head=_FUNCTIONS,
)

VALID = (
    *(
        Case(model(f"{_JOINED}\nreturn {result}", head=_FUNCTIONS), files=_TWO_SEEDS)
        for result in (
            "both.select('id', 'day', 'total', 'name')",
            "both.withColumn('twice', F.col('total') * 2).filter('twice > day').drop('twice', 'day')",
            "both.withColumnRenamed('total', 'sum').orderBy('sum').select('sum', 'city')",
            "orders.join(people, orders.person == people.id).select('day', 'name', people.id)",
            "orders.alias('o').join(both, 'id', 'left_semi').select('day', 'o.person')",
            "both.join(session.table('other'), 'id').select('unknown')",
            "orders.selectExpr('*', 'day as id', *dbt.config.get('more')).select('unknown')",
            "orders.select('*', 'id', *dbt.config.get('more')).select('unknown')",
            "both.join(people.select('*', F.expr('stack(1, 2)')), 'id').select('unknown')",
        )
    ),
    *(
        Case(model(f"df = dbt.ref('countries')\n{lines}\nreturn df"), files=_FILES)
        for lines in (
            "if 'zip' in df.columns:\n    df = df.drop('name').select('zip')",
            "if 'zip' not in df.columns:\n    print('none')\nelse:\n    df = df.select('zip')",
            "wanted = 'zip'\nif wanted in df.columns:\n    df = df.select(wanted)",
            "if {'zip', 'code'} <= set(df.columns):\n    df = df.select('zip')",
            "if set(['zip']).issubset(df.columns):\n    df = df.select('zip')",
            "name = 'zip' if 'zip' in df.columns else 'code'\ndf = df.select('zip' if name == 'zip' else 'code')",
        )
    ),
    Case(_TAKEN_AWAY, files={"seeds/orders.csv": "a,b\n1,2\n"}),
    *(
        Case(model(f"{_GROUPED}\nreturn {rest}", head=_FUNCTIONS))
        for rest in (
            "totals.filter(F.sum('amount') > 1).orderBy(F.max('amount').desc(), 'ID')",
            "totals.filter(F.expr('sum(amount)') > 1)",
            "totals.filter(F.percentile_approx('amount', 0.5) > F.col('total'))",
            "totals.select('id').filter(F.col('total') > 1).orderBy('total')",
            "totals.withColumnRenamed('total', 'sum').orderBy('total')",
            "totals.drop('total').limit(3).orderBy('total')",
            "df.groupBy(F.col('amount').alias('n')).count().orderBy('amount').filter(F.col('amount') > 1)",
        )
    ),
    Case(model("return dbt.ref('orders').select('id', 'amount').select('AMOUNT')")),
    Case(model("return dbt.ref('orders').select('anything')"), files=_YAML),
    Case(model("return dbt.ref('countries').select('Code', 'NAME')"), files=_FILES),
    Case(model("df = dbt.ref('orders').select('id')\nreturn df.filter('amount > 0').drop('x')")),
    Case(
        model(
            "df = dbt.ref('orders').select('id')\n"
            "return df.select(F.col('id').alias('key'), F.col('key') + 1)",
            head=_FUNCTIONS,
        )
    ),
    Case(
        model(
            "df = dbt.ref('orders').select('id')\nfor name in dbt.ref('names').columns:\n"
            "    df = df.withColumn(name, F.lit(0))\nreturn df.select('paid')",
            head=_FUNCTIONS,
        )
    ),
    *(Case(model(body)) for body in _RESHAPED),
    *(
        Case(model(f"df = dbt.ref('orders').select('id', 'amount')\nreturn df.{rest}"))
        for rest in (
            "fillna('amuont').na.fill('paid').na.fill(value='paid')",
            "fillna({'AMOUNT': 0}).na.fill(0, ['Id']).fillna(0, 'amount')",
            "alias('o').fillna({'o.amount': 0, '`id`': 1})",
            "replace('paid', 'open').na.replace({'paid': 'open'}).replace('a', 'b', 'id')",
            "drop('paid').withColumnsRenamed({'paid': 'b', 'x': 'y'}).na.drop('all')",
        )
    ),
    *(Case(in_sql(expression)) for expression in IN_SQL_VALID),
    *(Case(in_query(query)) for query in IN_QUERY_VALID),
    *(Case(over_views(expression)) for expression in AFTER_QUERY_VALID),
    *(Case(with_view_lost(statement)) for statement in VIEW_LOST),
    Case(tried(in_query("select zzz from v"))),
    *AS_NAME_VALID,
    *WITHOUT_EFFECT_VALID,
    *(
        Case(model(f"return dbt.ref({name}).select('{column}')"), files=SQL_MODELS)
        for name, columns in (
            ("'orders'", ("ORDER_ID", "amount", "id", "day", "rest", "weekday")),
            ("'some'", ("order_id", "anything")),
            ("'made'", ("b",)),
        )
        for column in columns
    ),
    *(
        Case(model(f"{_PANDAS}df = df{line}\nreturn df"))
        for line in (
            ".set_index('a').groupby('a').sum()",
            ".set_index('a').sort_values('a')",
            ".rename_axis('c').sort_values('c')",
            ".set_index('a')[['b']].merge(df, on='a')",
            "\ndf.index.name = 'c'\ndf = df.groupby('c').sum()",
            ".groupby('a').sum().sort_values('a')",
            ".pivot_table(index='a', values='b').reset_index().sort_values('a')",
            ".groupby('a').agg(c=('b', 'sum')).reset_index()[['a', 'c']]",
            ".groupby('a').agg(c=('b', 'sum')).sort_values('a')",
            ".groupby('a').agg(c=('b', 'sum')).reset_index(names='d')[['d', 'c']]",
            ".groupby('a', as_index=False).agg(c=('b', 'sum'))[['a', 'c']]",
            ".groupby('a').agg(func={'b': 'sum'})[['b']]",
            ".groupby('a').agg(func=['sum', 'max'])[['b']]",
            ".groupby('a').agg(**dbt.config.get('sums'))[['x']]",
            ".set_index('a').reset_index()[['a', 'b']]",
        )
    ),
    Case(
        model(
            "df = dbt.ref('orders').select('id')\nreturn df.selectExpr('id', 'current_date', '1')"
        )
    ),
    Case(model("return dbt.ref('orders').select('id', 'amount', 'paid')"), files=_UPSTREAM),
    Case(model("return dbt.ref('orders').select('anything')"), files=_OPEN_UPSTREAM),
)
INVALID = (
    *(
        Case(model(f"{_JOINED}\nreturn {result}", head=_FUNCTIONS), files=_TWO_SEEDS)
        for result in (
            "both.select('id', '⟦totals⟧')",
            "both.withColumn('twice', F.col('⟦sum⟧') * 2).select('twice', 'day')",
            "both.filter('⟦amount⟧ > 1 and day > 2')",
            "both.withColumnRenamed('total', 'sum').select('sum', '⟦total⟧')",
            "orders.join(people, orders.person == people.id).select('day', '⟦nmae⟧')",
            "both.drop('day').select('id', '⟦day⟧')",
        )
    ),
    *(Case(in_sql(expression)) for expression in IN_SQL_INVALID),
    *(Case(in_query(query), message=message) for query, message in IN_QUERY_INVALID),
    *(Case(over_views(expression)) for expression in AFTER_QUERY_INVALID),
    *AS_NAME_INVALID,
    *WITHOUT_EFFECT_INVALID,
    Case(
        model("return dbt.ref('orders').select('id', '⟦amuont⟧').filter('amuont > 1')"),
        files=SQL_MODELS,
        message="did you mean `amount`?",
    ),
    Case(
        model(
            "df = dbt.ref('orders').withColumnRenamed('weekday', 'name').groupBy('order_id')\n"
            "return df.agg(F.max('name'), F.max('⟦weekday⟧'))",
            head=_FUNCTIONS,
        ),
        files=SQL_MODELS,
    ),
    Case(
        model("df = dbt.ref('read').toPandas()\nreturn df[df['⟦order_id⟧'] > 0]"),
        files=SQL_MODELS,
    ),
    Case(
        model("df = dbt.ref('orders').select('amount')\nreturn df.selectExpr('⟦amuont⟧ + 1 as x')"),
        fixed=model(
            "df = dbt.ref('orders').select('amount')\nreturn df.selectExpr('amount + 1 as x')"
        ),
        unsafe=True,
        message="did you mean `amount`?",
    ),
    Case(
        model("return dbt.ref('countries').filter('code > 1').where('`⟦nmae⟧` is null')"),
        files=_FILES,
    ),
    *(
        Case(model(f"{_GROUPED}\nreturn {rest}", head=_FUNCTIONS))
        for rest in (
            "totals.filter(F.col('⟦amount⟧') > 1)",
            "totals.where((F.col('total') + 1 > 1) & F.lit(True)).orderBy('⟦amount⟧')",
            "totals.limit(3).sort(F.col('⟦amount⟧').desc())",
            "df.groupBy('id').count().orderBy('count', '⟦amount⟧')",
            "totals.select('⟦amount⟧')",
            "totals.withColumn('x', F.col('⟦amount⟧') + 1)",
        )
    ),
    *(
        Case(model(f"{_PANDAS}{line}\nreturn df"))
        for line in (
            "df = df.groupby('⟦c⟧').sum()",
            "df = df.sort_values(['a', '⟦c⟧'])",
            "df = df.merge(df, on='⟦c⟧')",
            "df = df.set_index('⟦c⟧')",
            "df = df.nlargest(3, '⟦c⟧')",
            "df = df.drop_duplicates(subset=['⟦c⟧'])",
            "df = df.dropna(subset=['⟦c⟧'])",
            "df = df.pivot(index='⟦c⟧', columns='a')",
            "df = df.melt(id_vars='⟦c⟧')",
            "df = df.set_index('a').reset_index(drop=True).groupby('⟦a⟧').sum()",
        )
    ),
    Case(model("df = dbt.ref('orders').select('id')\nreturn df.selectExpr('id', '⟦name⟧')")),
    Case(
        model("return dbt.ref('orders').select('id', '⟦amuont⟧')"),
        files=_UPSTREAM,
        message="did you mean `amount`?",
    ),
    *(
        Case(model(f"df = dbt.ref('orders').select('id', 'amount')\nreturn df.{rest}"))
        for rest in (
            "fillna({'⟦amuont⟧': 0})",
            "fillna(0, subset=['id', '⟦amuont⟧'])",
            "na.fill({'⟦amuont⟧': 0, 'id': 1})",
            "na.fill(0, ['⟦paid⟧'])",
            "na.drop(subset=['⟦paid⟧'])",
            "na.replace('a', 'b', ['⟦paid⟧'])",
            "replace('a', 'b', subset=['⟦paid⟧'])",
        )
    ),
    Case(
        model(
            "df = dbt.ref('orders').unpivot('id', ['a', 'b'], 'name', 'value')\n"
            "return df.select('id', 'name', '⟦a⟧')"
        )
    ),
    Case(
        model(
            "df = dbt.ref('orders').select('a', 'b').toPandas()\ndf.insert(0, 'c', 1)\n"
            "x = df.pop('a')\nreturn df[['b', 'c', '⟦a⟧']]"
        )
    ),
    Case(
        model("df = dbt.ref('orders').select('id', 'amount')\nreturn df.select('⟦amonut⟧')"),
        fixed=model("df = dbt.ref('orders').select('id', 'amount')\nreturn df.select('amount')"),
        unsafe=True,
        message="did you mean `amount`?",
    ),
    Case(
        model("df = dbt.ref('orders').select('amount')\nreturn df.filter(df.⟦AMOUNT⟧ > 0)"),
        fixed=model("df = dbt.ref('orders').select('amount')\nreturn df.filter(df.amount > 0)"),
        message="case-sensitive",
    ),
    Case(
        model(
            "df = dbt.ref('countries')\nreturn df.groupBy('code').agg(F.max('⟦nmae⟧'))",
            head=_FUNCTIONS,
        ),
        files=_FILES,
    ),
    Case(
        model("df = dbt.ref('orders').join(dbt.ref('countries'), '⟦cdoe⟧')\nreturn df"),
        files=_FILES,
    ),
    Case(
        model("df = dbt.ref('orders').toPandas()\nreturn df[df['⟦amuont⟧'] > 0]"),
        files=_CONTRACT,
    ),
    Case(
        model(
            f"{_PANDAS}df = df.groupby('a').agg(c=('b', 'sum')).reset_index()\nreturn df[['a', '⟦b⟧']]"
        )
    ),
    Case(model(f"{_PANDAS}df = df.groupby('a').agg(c=('b', 'sum'))\nreturn df[df['⟦a⟧'] > 1]")),
    Case(model("df = session.createDataFrame([], 'id int')\nreturn df.dropDuplicates(['⟦key⟧'])")),
    Case(model("df = session.createDataFrame([(1, 'x')], ['a'])\nreturn df.select('_2', '⟦_3⟧')")),
    Case(
        model("df = dbt.ref('orders').drop('a')\nreturn df.filter('a > 1').select('⟦a⟧')"),
        files={"seeds/orders.csv": "a,b\n1,2\n"},
    ),
)
