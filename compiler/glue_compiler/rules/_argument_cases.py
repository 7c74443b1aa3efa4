"""The cases of GLU612: calls that are taken, and some that are not."""

from __future__ import annotations

from glue_compiler.rules.definition import Case, model


def _spark(line: str) -> str:
    return model(f"df = dbt.ref('orders')\n{line}\nreturn df", head=_HEAD)


def _pandas(line: str) -> str:
    return model(f"df = dbt.ref('orders').toPandas()\n{line}\nreturn df")


_HEAD = "from pyspark.sql import functions as F\n\n\n"

VALID = (
    Case(
        model(
            "newest = session.table('days').collect()[0][0]\ndf = dbt.ref('orders').filter(column('a') > newest)\n"
            "return df.filter(1 < column('a')).where(column('b') == column('c')).limit(column('d') > 1)",
            head="from shared_names import column\n\n\n",
        ),
        settings={"modules": ["shared_names"]},
    ),
    Case(
        model(
            "df = dbt.ref('orders')\nrows = df.collect()\n"
            "return df.union(session.createDataFrame(rows, df.schema))"
        )
    ),
    Case(_spark("df = df.join(dbt.ref('days'), on='day', how='left').drop('a', 'b')")),
    Case(_spark("df = df.sort('a', ascending=False).dropna(subset=['a']).limit(num=3)")),
    Case(_spark("df = df.filter(*[F.col('a') > 1]).sample(0.1).sample(fraction=0.1, seed=3)")),
    Case(_spark("try:\n    df = df.drop(columns=['a'])\nexcept TypeError:\n    df = df.drop('a')")),
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
            "df = df.withColumn('x', F.concat_ws(' ', 'a', 'b')).withColumn('y', F.coalesce('1', F.lit('')))\n"
            "df = df.withColumn('z', F.split('a', ', ')).withColumn('n', F.date_add('day', 'n'))\n"
            "df = df.agg(F.count('*'), F.max(F.struct('*')), F.max('`a b`'), F.min('a b'))"
        )
    ),
    Case(
        _spark(
            "from pyspark.sql import Window\nw = Window.partitionBy('a')\n"
            "df = df.withColumn('x', F.sum('b').over(w)).withColumn('y', F.lit([1, 2]))\n"
            "df = df.select(F.count('*').alias('n'), F.explode('m').alias('key', 'value'), F.lit('a').name('b'))\n"
            "df = df.union(session.createDataFrame(df.rdd)).union(session.createDataFrame(df.toPandas()))"
        )
    ),
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
)
INVALID = (
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
        _spark("df = df.join(dbt.ref('days'), 'day', how=⟦'outter'⟧)".replace("how=⟦", "⟦how=")),
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
        model("import pandas as pd\n\nreturn pd.concat(⟦[dbt.ref('orders'), dbt.ref('days')]⟧)"),
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
    Case(_spark("df = df.withColumn('x', F.coalesce('a', ⟦0⟧))"), message="a column or its name"),
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
    Case(
        _spark("df = df.withColumn('x', F.concat(F.col('a'), ⟦' '⟧, F.col('b')))"),
        fixed=_spark("df = df.withColumn('x', F.concat(F.col('a'), F.lit(' '), F.col('b')))"),
        unsafe=True,
        message="`concat` takes ' ' as the name of a column",
    ),
    Case(_spark("df = df.withColumn('x', F.coalesce('a', ⟦''⟧))")),
    Case(_spark("df = df.select('a')\ndf = df.withColumn('x', F.concat('a', ⟦' - '⟧))")),
    Case(
        model(
            "return dbt.ref('orders').select(coalesce('a', ⟦'-'⟧))",
            head="from pyspark.sql.functions import coalesce\n\n\n",
        )
    ),
    Case(
        _spark("df = df.withColumn('x', F.date_add('day', ⟦'1'⟧))"),
        fixed=_spark("df = df.withColumn('x', F.date_add('day', 1))"),
        unsafe=True,
        message="`date_add` takes '1' as the name of a column",
    ),
    Case(
        _spark("df = df.groupBy('a').agg(F.count('*').⟦alias⟧())"),
        message="`alias` needs `alias`",
    ),
    Case(_spark("df = df.select(F.col('a').⟦name⟧())"), settings={"glue-version": "4.0"}),
    *(
        Case(
            _spark(f"df = df.withColumn('x', F.sum('b').over(⟦{given}⟧))"),
            message="`window` of `over` is a window, such as `Window.partitionBy('a')`, not",
        )
        for given in ("'a'", "['a', 'b']", "df")
    ),
    Case(
        _spark("df = session.createDataFrame(⟦df⟧, df.schema)"),
        message="`data` of `createDataFrame` is rows or a pandas frame, not a Spark frame",
    ),
    *(
        Case(
            _spark(f"df = df.withColumn('x', F.lit({given}))"),
            message="`col` of `lit` is a plain value, or a list of such, not a",
            settings={"glue-version": version},
        )
        for given in ("⟦{}⟧", "⟦{'a': 1}⟧", "(⟦1, 2⟧)", "⟦{1, 2}⟧")
        for version in ("4.0", "5.1", "6.0")
    ),
    Case(
        _spark("df = df.withColumn('x', F.lit(⟦[1, 2]⟧))"),
        message="`col` of `lit` is a plain value, not a list",
        settings={"glue-version": "4.0"},
    ),
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
)
