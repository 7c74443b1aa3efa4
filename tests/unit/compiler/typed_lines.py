"""What generated edits put into a model: statements, statements around others, and definitions.

`⟨a⟩` and `⟨b⟩` become names of the text that is edited, `⟨…⟩` the lines that something is put around.
"""

from __future__ import annotations

STATEMENTS = (
    # names and aliases
    *("⟨a⟩ = ⟨b⟩", "⟨a⟩, ⟨b⟩ = ⟨b⟩, ⟨a⟩", "⟨a⟩ = [⟨a⟩, ⟨b⟩]", "del ⟨a⟩", "⟨a⟩ += 1", "⟨a⟩: int"),
    *("⟨a⟩ = {'a': ⟨a⟩, 'b': ⟨b⟩}['b']", "⟨a⟩ = ⟨b⟩ if ⟨a⟩ else None", "print(⟨a⟩ := ⟨b⟩)"),
    *("⟨a⟩ = 1", "⟨a⟩ = 'orders'", "⟨a⟩ = None", "⟨a⟩ = ['a', 'b']", "x = ⟨a⟩; y = ⟨b⟩"),
    *("global ⟨a⟩", "nonlocal ⟨a⟩", "import ⟨a⟩", "from ⟨a⟩ import ⟨b⟩", "from ⟨a⟩ import *"),
    *("import pandas as pd", "from pyspark.sql import functions as F", "import numpy as np"),
    *("exec('⟨a⟩ = 1')", "assert ⟨a⟩ is not None", "locals()", "⟨a⟩ = lambda ⟨b⟩: ⟨b⟩"),
    # frames
    *("⟨a⟩ = dbt.ref('orders')", "⟨a⟩ = dbt.ref('customers')", "⟨a⟩ = dbt.source('raw', 'orders')"),
    *("⟨a⟩ = dbt.ref(⟨b⟩)", "⟨a⟩ = dbt.ref('stg_orders').toPandas()", "⟨a⟩ = ⟨b⟩.toPandas()"),
    *(
        "⟨a⟩['x'] = 1",
        "⟨a⟩['y'] = ⟨b⟩['x']",
        "⟨a⟩ = ⟨b⟩[['id', 'amount']]",
        "⟨a⟩.columns = ['p', 'q']",
    ),
    *(
        "⟨a⟩.drop(columns=['id'], inplace=True)",
        "⟨a⟩ = ⟨b⟩.merge(⟨a⟩, on='id')",
        "⟨a⟩.loc[0, 'z'] = 1",
    ),
    *("⟨a⟩ = ⟨b⟩.select('id', 'amuont')", "⟨a⟩ = ⟨b⟩.filter(⟨b⟩.id > 1)", "⟨a⟩.filter('id > 1')"),
    *("⟨a⟩ = ⟨b⟩.withColumn('n', F.lit(1))", "⟨a⟩ = ⟨a⟩.withColumn('⟨b⟩', F.col('n'))"),
    *("⟨a⟩ = ⟨a⟩.join(⟨b⟩, 'id', 'left')", "⟨a⟩ = ⟨a⟩.union(⟨b⟩)", "⟨a⟩ = ⟨a⟩.unionByName(⟨b⟩)"),
    *("⟨a⟩ = ⟨b⟩.groupBy('id').agg(F.sum('amount').alias('total'))", "⟨a⟩ = ⟨b⟩.cache()"),
    *("⟨a⟩.cache()", "⟨a⟩.count()", "⟨a⟩.unpersist()", "⟨a⟩.show()", "⟨a⟩ = ⟨b⟩.collect()[0][0]"),
    *("⟨a⟩ = ⟨b⟩.pandas_api()", "⟨a⟩ = session.createDataFrame(⟨b⟩)", "⟨a⟩ = ⟨b⟩.drop('id')"),
    "⟨a⟩ = session.createDataFrame([], 'id int, name string')",
    "⟨a⟩ = (\n    ⟨b⟩.select('id')\n    # why\n    .distinct()\n)",
    "for ⟨a⟩, row in ⟨b⟩.iterrows(): print(row['late'])",
    # views
    *("⟨a⟩.createOrReplaceTempView('o')", "⟨a⟩ = session.table('o')", "⟨a⟩.createTempView(⟨b⟩)"),
    *("⟨a⟩ = session.sql('select * from o')", "⟨a⟩ = session.sql(f'select id from {⟨b⟩}')"),
    *("session.catalog.dropTempView('o')", "⟨a⟩ = session.table(f'{dbt.this}')"),
    # dbt
    *("dbt.config(materialized='incremental')", "dbt.config(packages=['numpy'], unique_id='id')"),
    *("⟨a⟩ = dbt.is_incremental", "⟨a⟩ = dbt.config.get('limit', default=3)", "⟨a⟩ = dbt.this"),
    *("⟨a⟩ = dbt", "⟨a⟩ = session", "⟨a⟩ = dbt.ref", "⟨a⟩(dbt, session)", "⟨a⟩(dbt, ⟨b⟩)"),
    "newest = session.sql(f'select max(day) from {dbt.this}').collect()[0][0]",
    "⟨a⟩ = ⟨b⟩.filter(F.col('day') > newest)",
    # calls of what the text defines
    *("⟨a⟩ = ⟨b⟩(⟨a⟩)", "⟨b⟩(⟨a⟩)", "⟨a⟩ = helper(⟨b⟩)", "helper(⟨a⟩, k=⟨b⟩)", "⟨a⟩ = mark(⟨b⟩)"),
    *("⟨a⟩ = [helper(x) for x in ⟨b⟩]", "⟨a⟩ = ⟨b⟩.transform(helper)", "⟨a⟩.append(⟨b⟩)"),
    # ways out
    *(
        "return ⟨a⟩",
        "return",
        "return ⟨a⟩, ⟨b⟩",
        "raise ValueError(⟨a⟩)",
        "break",
        "continue",
        "pass",
    ),
    *("yield ⟨a⟩", "await ⟨a⟩", "sys.exit()", "return dbt.ref('orders').select('id', 'nope')"),
    # texts and comments
    *("# {{ ref('x') }}", "# noqa", "'''\n⟨a⟩ = 1\n'''", "# dbt-glue: ignore", "print('{{ x }}')"),
    *("print('é😀\u2028', ⟨a⟩)", "⟨a⟩.select('id')  # dbt-glue: ignore[GLU605]", '"""Doc."""'),
    *(
        "# dbt-glue: ignore-file",
        "print(undefined)  # dbt-glue: ignore[GLU501]",
        "else:",
        "elif ⟨a⟩:",
    ),
    # one-liners
    *(
        "if ⟨a⟩: ⟨b⟩ = 1",
        "if dbt.is_incremental: return ⟨a⟩",
        "while ⟨a⟩: break",
        "try: ⟨a⟩\nfinally: ⟨b⟩",
    ),
    *(
        "if ⟨a⟩:\n    ⟨b⟩ = 1\nelse:\n    ⟨b⟩ = dbt.ref('orders')",
        "if dbt.is_incremental:\n    only = 1",
    ),
    *(
        "print(only)",
        "class ⟨a⟩: ⟨b⟩ = 1",
        "def ⟨a⟩(x): return x.select('id')",
        "match ⟨a⟩:\n    case 1: pass",
    ),
    "for n in ['a', 'b']:\n    ⟨a⟩ = ⟨b⟩.withColumn(n, F.lit(n))",
    "def ⟨a⟩(df, k=⟨b⟩):\n    df['inner'] = k\n    return df",
)

WRAPPERS = (
    "if True:\n⟨…⟩\n",
    "if dbt.is_incremental:\n⟨…⟩\n",
    "if not dbt.is_incremental:\n⟨…⟩\nelse:\n    ⟨a⟩ = 1\n",
    "if ⟨a⟩:\n⟨…⟩\nelif ⟨b⟩:\n    return ⟨a⟩\n",
    "for ⟨a⟩ in ⟨b⟩:\n⟨…⟩\n",
    "for i in range(3):\n⟨…⟩\n    if ⟨a⟩: continue\n",
    "for name in ['a', 'b']:\n⟨…⟩\nelse:\n    last = name\n",
    "while ⟨a⟩:\n⟨…⟩\n    break\n",
    "try:\n⟨…⟩\nexcept ValueError as e:\n    pass\n",
    "try:\n    import numpy as np\nexcept ImportError:\n⟨…⟩\n",
    "try:\n    ⟨a⟩ = 1\nfinally:\n⟨…⟩\n",
    "with ⟨a⟩ as ⟨b⟩:\n⟨…⟩\n",
    "def helper(df, k=1):\n⟨…⟩\n",
    "def ⟨a⟩():\n⟨…⟩\n⟨b⟩()\n",
    "class Holder:\n⟨…⟩\n",
    "match ⟨a⟩:\n    case _:\n        pass\nif 1:\n⟨…⟩\n",
    "async def later():\n⟨…⟩\n",
    "'''\n⟨…⟩\n'''\n",
    "(\n⟨…⟩\n)\n",
)

BLOCKS = (
    "def helper(df, k=1):\n    return df.withColumn('h', F.lit(k))\n\n\n",
    "def helper(df):\n    df['h'] = 1\n\n\n",
    "def helper(df):\n    return helper(df.limit(1))\n\n\n",
    "def helper(df, *more, **named):\n    for item in more:\n        df = df.union(item)\n    return df\n\n\n",
    "def mark(df):\n    x = helper(df)\n    return x.drop('id') if x else None\n\n\n",
    "def model(dbt, session):\n    return dbt.ref('orders')\n\n\n",
    "def model(dbt, session):\n    df = dbt.ref('orders').toPandas()\n    df['x'] = ⟨a⟩\n    return df\n\n\n",
    "def ⟨a⟩(dbt, session):\n    return dbt.ref('⟨b⟩')\n\n\n",
    "class Reader:\n    def __init__(self, dbt):\n        self.frame = dbt.ref('orders')\n\n\n",
    "@F.udf('int')\ndef plus(value):\n    return value + 1\n\n\n",
    "if ⟨a⟩:\n    ⟨b⟩ = 1\nelse:\n    from x import ⟨b⟩\n\n",
    "try:\n    import numpy as np\nexcept ImportError:\n    np = None\n\n",
    "async def later(x):\n    yield x\n\n\n",
    '"""A text\n\ndef model(dbt, session):\n    return 1\n"""\n',
    "⟨a⟩ = ['a', 'b']\n",
    *("⟨a⟩ = 'customers'\n", "NAME = 'customers'\n", "⟨a⟩ = ⟨b⟩\n", "del ⟨a⟩\n", "helper = ⟨a⟩\n"),
    "for ⟨a⟩ in ['x', 'y']:\n    ⟨b⟩ = ⟨a⟩\n",
    "⟨a⟩ = True; ⟨b⟩ = 'orders'\n",
    "from pyspark.sql.functions import *\n",
    "import ⟨a⟩.⟨b⟩ as dbt\n",
    "from __future__ import annotations\n",
    "def helper(df: ⟨a⟩, k: 'later' = ⟨b⟩) -> Frame:\n    if k:\n        return df\n    df.cache()\n\n\n",
    "⟨a⟩: int = 1\n",
    "def outer(df):\n    def inner(x):\n        return x.join(df, 'id')\n    return inner\n\n\n",
    "def keep(df, seen=[]):\n    seen.append(df)\n    return seen[-1]\n\n\n",
)
