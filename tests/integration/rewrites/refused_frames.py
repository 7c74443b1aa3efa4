"""Tempting and unsound: counts, added columns, values of the run and debug actions (see refused_cases)."""

from __future__ import annotations

EMPTINESS = {
    "the count fills a cache": (
        "cached",
        "df = df.union(df).cache()\nif df.count() == 0:\n    return df\nreturn session.range(1)",
        "df = df.union(df).cache()\nif df.isEmpty():\n    return df\nreturn session.range(1)",
    ),
    "the count fills the cache below": (
        "cached",
        "base = df.union(df).persist()\ng = base.filter('q > 0')\nif g.count() > 0:\n    return session.range(1)\nreturn g",
        "base = df.union(df).persist()\ng = base.filter('q > 0')\nif not g.isEmpty():\n    return session.range(1)\nreturn g",
    ),
    "an observation counts the rows": (
        "observed",
        "from pyspark.sql import Observation\no = Observation()\ng = df.observe(o, F.count(F.lit(1)).alias('n'))\nif g.count() == 0:\n    return df\nreturn session.createDataFrame([(o.get['n'],)], 'n long')",
        "from pyspark.sql import Observation\no = Observation()\ng = df.observe(o, F.count(F.lit(1)).alias('n'))\nif g.isEmpty():\n    return df\nreturn session.createDataFrame([(o.get['n'],)], 'n long')",
    ),
    "a filter by a UDF with side effects": (
        "python_udf",
        "seen = dbt.config.get('seen')\ng = df.filter(F.udf(lambda x: seen.add(1) is None, 'boolean')('id'))\nif g.count() == 0:\n    return df.limit(1)\nreturn df.select('id')",
        "seen = dbt.config.get('seen')\ng = df.filter(F.udf(lambda x: seen.add(1) is None, 'boolean')('id'))\nif g.limit(1).count() == 0:\n    return df.limit(1)\nreturn df.select('id')",
    ),
    "a module that is not followed": (
        "python_udf",
        "import checked_elsewhere\ng = df.filter(checked_elsewhere.valid('id'))\nif g.count() == 0:\n    return df.limit(1)\nreturn df.select('id')",
        "import checked_elsewhere\ng = df.filter(checked_elsewhere.valid('id'))\nif g.limit(1).count() == 0:\n    return df.limit(1)\nreturn df.select('id')",
    ),
    "rows that fail when they are counted": (
        "may_raise",
        "g = df.filter(F.when(F.col('id') == 5, F.raise_error(F.lit('bad'))).otherwise(True))\nif g.count() == 0:\n    return df\nreturn df.select('id')",
        "g = df.filter(F.when(F.col('id') == 5, F.raise_error(F.lit('bad'))).otherwise(True))\nif g.isEmpty():\n    return df\nreturn df.select('id')",
    ),
    "a count that only fails": (
        "may_raise",
        "n = df.filter('id = 5').select(F.raise_error(F.col('name'))).distinct().count()\nreturn df.select('id')",
        "n = df.filter('id = 5').select(F.raise_error(F.col('name'))).distinct()\nreturn df.select('id')",
    ),
    "compared with another number": (
        "count_value_used",
        "if df.count() > 10:\n    return df.select('id')\nreturn df.limit(1)",
        "if not df.isEmpty():\n    return df.select('id')\nreturn df.limit(1)",
    ),
    "compared with True": (
        "count_value_used",
        "if df.count() == True:\n    return df.select('id')\nreturn df.limit(1)",
        "if not df.isEmpty():\n    return df.select('id')\nreturn df.limit(1)",
    ),
    "between two numbers": (
        "count_value_used",
        "if 0 < df.count() < 3:\n    return df.select('id')\nreturn df.limit(1)",
        "if not df.isEmpty():\n    return df.select('id')\nreturn df.limit(1)",
    ),
    "the number is printed": (
        "count_value_used",
        "n = df.count()\nif n == 0:\n    return df\nprint(n)\nreturn df.select('id')",
        "n = df.limit(1).count()\nif n == 0:\n    return df\nprint(n)\nreturn df.select('id')",
    ),
    "the number is a column": (
        "count_value_used",
        "n = df.count()\nif n == 0:\n    return df\nreturn df.withColumn('n', F.lit(n))",
        "n = df.limit(1).count()\nif n == 0:\n    return df\nreturn df.withColumn('n', F.lit(n))",
    ),
    "a count in one branch only": (
        "count_value_used",
        "n = 3\nif dbt.is_incremental:\n    n = df.count()\nif n > 0:\n    return df.limit(n)\nreturn df",
        "n = 3\nif dbt.is_incremental:\n    n = df.limit(1).count()\nif n > 0:\n    return df.limit(n)\nreturn df",
    ),
    "a count that another function reads": (
        "count_value_used",
        "n = df.count()\ndef rows():\n    return n\nif n == 0:\n    return df\nreturn df.limit(rows())",
        "n = df.limit(1).count()\ndef rows():\n    return n\nif n == 0:\n    return df\nreturn df.limit(rows())",
    ),
}  # fmt: skip

WITH_COLUMNS = {
    "a column that was written before": (
        "writes_visible",
        "return df.withColumn('q', F.lit(1)).withColumn('z', F.col('q') + 1).withColumn('y', F.lit(1))",
        "return df.withColumns({'q': F.lit(1), 'z': F.col('q') + 1, 'y': F.lit(1)})",
    ),
    "in another case": (
        "writes_visible",
        "return df.withColumn('Q', F.lit(1)).withColumn('z', F.col('q') + 1).withColumn('y', F.lit(1))",
        "return df.withColumns({'Q': F.lit(1), 'z': F.col('q') + 1, 'y': F.lit(1)})",
    ),
    "read in SQL": (
        "writes_visible",
        "return df.withColumn('q', F.lit(1)).withColumn('z', F.expr('2 * q')).withColumn('y', F.lit(1))",
        "return df.withColumns({'q': F.lit(1), 'z': F.expr('2 * q'), 'y': F.lit(1)})",
    ),
    "written twice": (
        "writes_visible",
        "return df.withColumn('q', F.lit(1)).withColumn('Q', F.col('q') + 1).withColumn('y', F.lit(1))",
        "return df.withColumns({'Q': F.col('q') + 1, 'y': F.lit(1)})",
    ),
    "every column so far": (
        "writes_visible",
        "for c in ['u', 'v']:\n    df = df.withColumn(c, F.to_json(F.struct('*')))\nreturn df.select('u', 'v')",
        "df = df.withColumns({c: F.to_json(F.struct('*')) for c in ['u', 'v']})\nreturn df.select('u', 'v')",
    ),
    "the number of columns so far": (
        "unknown_call",
        "for c in ['u', 'v']:\n    df = df.withColumn(c, F.lit(len(df.columns)))\nreturn df",
        "df = df.withColumns({c: F.lit(len(df.columns)) for c in ['u', 'v']})\nreturn df",
    ),
    "a function that closes over the frame": (
        "unknown_call",
        "def g():\n    return F.lit(len(df.columns))\nfor c in ['u', 'v']:\n    df = df.withColumn(c, g())\nreturn df",
        "def g():\n    return F.lit(len(df.columns))\ndf = df.withColumns({c: g() for c in ['u', 'v']})\nreturn df",
    ),
    "under a condition": (
        "conditional_columns",
        "for c in ['q', 'u']:\n    if c not in df.columns:\n        df = df.withColumn(c, F.lit(0))\nreturn df",
        "df = df.withColumns({c: F.lit(0) for c in ['q', 'u']})\nreturn df",
    ),
    "two steps in a round": (
        "conditional_columns",
        "last = 'id'\nfor c in ['u', 'v']:\n    df = df.withColumn(c, F.col(last))\n    last = 'name'\nreturn df",
        "last = 'id'\ndf = df.withColumns({c: F.col(last) for c in ['u', 'v']})\nreturn df",
    ),
    "a chain of renames": (
        "conditional_columns",
        "for a in ['Mixed', 'cust']:\n    df = df.withColumnRenamed(a, 'c_' + str(len(df.columns)) + a)\n    df = df.drop('name')\nreturn df",
        "names = {a: 'c_' + str(len(df.columns)) + a for a in ['Mixed', 'cust']}\nreturn df.withColumnsRenamed(names).drop('name')",
    ),
    "the variable afterwards": (
        "loop_variable_used",
        "for c in ['q', 'id']:\n    df = df.withColumn(c, F.col(c) + 1)\nreturn df.select(c)",
        "df = df.withColumns({c: F.col(c) + 1 for c in ['q', 'id']})\nreturn df.select(c)",
    ),
    "numbers before an explosion": (
        "nondeterministic",
        "return df.withColumn('i', F.monotonically_increasing_id()).withColumn('t', F.explode('tags')).withColumn('z', F.lit(1))",
        "return df.withColumns({'i': F.monotonically_increasing_id(), 't': F.explode('tags'), 'z': F.lit(1)})",
    ),
    "random numbers before an explosion": (
        "nondeterministic",
        "return df.withColumn('i', F.rand(1)).withColumn('t', F.explode('tags')).withColumn('z', F.lit(1))",
        "return df.withColumns({'i': F.rand(1), 't': F.explode('tags'), 'z': F.lit(1)})",
    ),
    "a window before an explosion": (
        "generator",
        "w = Window.partitionBy('cust')\nreturn df.withColumn('n', F.count('id').over(w)).withColumn('t', F.explode('tags')).withColumn('z', F.lit(1))",
        "w = Window.partitionBy('cust')\nreturn df.withColumns({'n': F.count('id').over(w), 't': F.explode('tags'), 'z': F.lit(1)})",
    ),
    "numbers after a window": (
        "nondeterministic",
        "w = Window.orderBy(F.desc('id'))\nreturn df.withColumn('r', F.row_number().over(w)).withColumn('i', F.monotonically_increasing_id()).withColumn('z', F.lit(1))",
        "w = Window.orderBy(F.desc('id'))\nreturn df.withColumns({'r': F.row_number().over(w), 'i': F.monotonically_increasing_id(), 'z': F.lit(1)})",
    ),
    "a loop that fails half way": (
        "in_try",
        "try:\n    for c in ['q', 'gone']:\n        df = df.withColumn(c, F.col(c) + 1)\nexcept Exception:\n    pass\nreturn df.select('q')",
        "try:\n    df = df.withColumns({c: F.col(c) + 1 for c in ['q', 'gone']})\nexcept Exception:\n    pass\nreturn df.select('q')",
    ),
    "items that depend on the frame so far": (
        "iterable_lazy",
        "def names():\n    yield 'u'\n    yield 'c' + str(len(df.columns))\nfor c in names():\n    df = df.withColumn(c, F.lit(1))\nreturn df",
        "def names():\n    yield 'u'\n    yield 'c' + str(len(df.columns))\ndf = df.withColumns({c: F.lit(1) for c in names()})\nreturn df",
    ),
}  # fmt: skip

PARTIAL = {
    "identity is not equality": (
        "identity_test",
        "if dbt.is_incremental is True:\n    return df.limit(1)\nreturn df.select('id')",
        "if True is True:\n    return df.limit(1)\nreturn df.select('id')",
    ),
    "the object is kept": (
        "not_boolean",
        "x = dbt.is_incremental\nreturn df.withColumn('k', F.lit(type(x).__name__))",
        "x = True\nreturn df.withColumn('k', F.lit(type(x).__name__))",
    ),
    "the object is called later": (
        "not_boolean",
        "x = dbt.is_incremental\nreturn df.limit(1) if x() else df.select('id')",
        "x = True\nreturn df.limit(1) if x() else df.select('id')",
    ),
    "a list that the model changes": (
        "mutable_value",
        "dbt.config.get('many').append(2)\nreturn df.limit(len(dbt.config.get('many')))",
        "[1].append(2)\nreturn df.limit(len([1]))",
    ),
    "a number that Python cannot write": (
        "unset",
        "x = dbt.config.get('nan')\nreturn df.withColumn('k', F.lit(str(x)))",
        "x = nan\nreturn df.withColumn('k', F.lit(str(x)))",
    ),
    "a default that the model changes": (
        "computed_name",
        "rows = [1]\ndbt.config.get('missing', rows).append(2)\nreturn df.limit(len(rows))",
        "rows = [1]\n[1].append(2)\nreturn df.limit(len(rows))",
    ),
    "another object under the name dbt": (
        "via_alias",
        "class Other:\n    is_incremental = False\nd = dbt\nif len(df.columns) > 1:\n    d = Other()\nif d.is_incremental:\n    return df.limit(1)\nreturn df.select('id')",
        "d = dbt\nif True:\n    return df.limit(1)\nreturn df.select('id')",
    ),
}  # fmt: skip

COUNTS = {
    "rows are left out after the count": (
        "count_reported",
        "n = df.count()\nprint(n)\ndf = df.filter('q > 15')\nreturn df",
        "df = df.filter('q > 15')\nprint(df.count())\nreturn df",
    ),
    "another text follows": (
        "count_reported",
        "import sys\nn = df.count()\nprint(n)\nsys.stdout.write('counted')\nreturn df",
        "import sys\nsys.stdout.write('counted')\nprint(df.count())\nreturn df",
    ),
    "a failing count is handled": (
        "in_try",
        "g = df.filter(F.when(F.col('id') == 5, F.raise_error(F.lit('bad'))).otherwise(True))\ntry:\n    print(g.count())\nexcept Exception:\n    return df.limit(1)\nreturn g",
        "g = df.filter(F.when(F.col('id') == 5, F.raise_error(F.lit('bad'))).otherwise(True))\nreturn g",
    ),
    "a UDF with side effects": (
        "python_udf",
        "seen = dbt.config.get('seen')\ndf = df.filter(F.udf(lambda x: seen.add(1) is None, 'boolean')('id'))\nn = df.count()\nprint(n)\nreturn df",
        "seen = dbt.config.get('seen')\ndf = df.filter(F.udf(lambda x: seen.add(1) is None, 'boolean')('id'))\nprint(6)\nreturn df",
    ),
    "another frame is written": (
        "not_returned",
        "n = df.count()\nprint(f'{n} rows')\nreturn df.select('id')",
        "return df.select('id')",
    ),
    "the count of rows that fail": (
        "receiver_computed",
        "n = df.select(F.when(F.col('id') == 5, F.raise_error(F.lit('bad'))).alias('e')).distinct().count()\nprint(n)\nreturn df.select('id')",
        "return df.select('id')",
    ),
    "a bare count that fails": (
        "value_discarded",
        "df.select(F.when(F.col('id') == 5, F.raise_error(F.lit('bad'))).alias('e')).distinct().count()\nreturn df.select('id')",
        "return df.select('id')",
    ),
}  # fmt: skip

DEBUG = {
    "the count fills a cache": (
        "cached",
        "df = df.union(df).cache()\ndf.count()\nreturn session.range(1)",
        "df = df.union(df).cache()\nreturn session.range(1)",
    ),
    "a UDF with side effects": (
        "python_udf",
        "seen = dbt.config.get('seen')\ng = df.withColumn('z', F.udf(lambda x: seen.add(1))('id'))\ng.show()\nreturn df.select('id')",
        "seen = dbt.config.get('seen')\ng = df.withColumn('z', F.udf(lambda x: seen.add(1))('id'))\nreturn df.select('id')",
    ),
    "its failure is handled": (
        "in_try",
        "g = df.select('id').filter('id = 1')\ntry:\n    g.show('all')\nexcept Exception:\n    return df.limit(0)\nreturn df.select('id')",
        "g = df.select('id').filter('id = 1')\ntry:\n    pass\nexcept Exception:\n    return df.limit(0)\nreturn df.select('id')",
    ),
    "a computed frame": (
        "receiver_computed",
        "it = iter([2, 3])\ndf.limit(next(it)).show()\nreturn df.limit(next(it))",
        "it = iter([2, 3])\nreturn df.limit(next(it))",
    ),
    "an argument that does something": (
        "unknown_call",
        "it = iter([2, 3])\ndf.show(next(it))\nreturn df.limit(next(it))",
        "it = iter([2, 3])\nreturn df.limit(next(it))",
    ),
    "an observation is waited for": (
        "observed",
        "from pyspark.sql import Observation\no = Observation()\ng = df.observe(o, F.count(F.lit(1)).alias('n'))\ng.count()\nreturn session.createDataFrame([(o.get['n'],)], 'n long')",
        "from pyspark.sql import Observation\no = Observation()\ng = df.observe(o, F.count(F.lit(1)).alias('n'))\ng.limit(2).count()\nreturn session.createDataFrame([(o.get['n'],)], 'n long')",
    ),
}  # fmt: skip
