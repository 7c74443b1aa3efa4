"""Tempting and unsound: columns and rows left out before `toPandas()` and `collect()` (see refused_cases)."""

from __future__ import annotations

PROJECTION = {
    "all columns are the result": (
        "frame_returned",
        "pdf = df.toPandas()\npdf = pdf[pdf['amount'] > 2]\nreturn pdf",
        "pdf = df.select('amount').toPandas()\npdf = pdf[pdf['amount'] > 2]\nreturn pdf",
    ),
    "the list of columns": (
        "column_list_used",
        "pdf = df.toPandas()\nreturn pd.DataFrame({'n': [len(pdf.columns), pdf['id'].sum()]})",
        "pdf = df.select('id').toPandas()\nreturn pd.DataFrame({'n': [len(pdf.columns), pdf['id'].sum()]})",
    ),
    "the number of columns": (
        "column_list_used",
        "pdf = df.toPandas()\nreturn pd.DataFrame({'n': [pdf.shape[1]], 'm': [pdf['amount'].max()]})",
        "pdf = df.select('amount').toPandas()\nreturn pd.DataFrame({'n': [pdf.shape[1]], 'm': [pdf['amount'].max()]})",
    ),
    "iteration gives the names": (
        "column_list_used",
        "pdf = df.toPandas()\nreturn pd.DataFrame({'n': [c for c in pdf], 'm': pdf['name'].count()})",
        "pdf = df.select('name').toPandas()\nreturn pd.DataFrame({'n': [c for c in pdf], 'm': pdf['name'].count()})",
    ),
    "a test of a label": (
        "column_list_used",
        "pdf = df.toPandas()\nreturn pd.DataFrame({'n': ['price' in pdf], 'm': [pdf['id'].sum()]})",
        "pdf = df.select('id').toPandas()\nreturn pd.DataFrame({'n': ['price' in pdf], 'm': [pdf['id'].sum()]})",
    ),
    "the frame is printed": (
        "column_list_used",
        "pdf = df.toPandas()\nprint(pdf)\nreturn pd.DataFrame({'n': [pdf['id'].sum()]})",
        "pdf = df.select('id').toPandas()\nprint(pdf)\nreturn pd.DataFrame({'n': [pdf['id'].sum()]})",
    ),
    "the types are printed": (
        "column_list_used",
        "pdf = df.toPandas()\nprint(pdf.dtypes)\nreturn pd.DataFrame({'n': [pdf['id'].sum()]})",
        "pdf = df.select('id').toPandas()\nprint(pdf.dtypes)\nreturn pd.DataFrame({'n': [pdf['id'].sum()]})",
    ),
    "a natural join joins by all common columns": (
        "column_list_used",
        "o = pd.DataFrame({'cust': ['k1'], 'name': ['x']})\npdf = df.toPandas()\nreturn pdf.merge(o)[['cust']]",
        "o = pd.DataFrame({'cust': ['k1'], 'name': ['x']})\npdf = df.select('cust').toPandas()\nreturn pdf.merge(o)[['cust']]",
    ),
    "a value by position": (
        "positional",
        "pdf = df.toPandas()\nreturn pd.DataFrame({'n': [pdf.iloc[0, 4], pdf['id'].sum()]})",
        "pdf = df.select('id').toPandas()\nreturn pd.DataFrame({'n': [pdf.iloc[0, 4], pdf['id'].sum()]})",
    ),
    "a field of a row by position": (
        "positional",
        "rows = [r[0] for r in df.collect()]\nreturn pd.DataFrame({'v': rows})",
        "rows = [r[0] for r in df.select('q').collect()]\nreturn pd.DataFrame({'v': rows})",
    ),
    "rows taken apart": (
        "positional",
        "df = df.select('id', 'name')\nx = [a for a, b in df.collect()]\nreturn pd.DataFrame({'v': x})",
        "df = df.select('id', 'name')\nx = [a for a, b in df.select('name').collect()]\nreturn pd.DataFrame({'v': x})",
    ),
    "a row of pandas has one type": (
        "row_wise",
        "df = df.select('q', 'amount')\npdf = df.toPandas()\nreturn pd.DataFrame({'v': [r['q'] for _, r in pdf.iterrows()]})",
        "pdf = df.select('q').toPandas()\nreturn pd.DataFrame({'v': [r['q'] for _, r in pdf.iterrows()]})",
    ),
    "a function of whole rows": (
        "row_wise",
        "pdf = df.toPandas()\nx = pdf.apply(len, axis=1)\nreturn pd.DataFrame({'n': x, 'm': pdf['id']})",
        "pdf = df.select('id').toPandas()\nx = pdf.apply(len, axis=1)\nreturn pd.DataFrame({'n': x, 'm': pdf['id']})",
    ),
    "rows as dicts": (
        "row_wise",
        "x = [len(r.asDict()) for r in df.collect()]\nreturn pd.DataFrame({'n': x})",
        "x = [len(r.asDict()) for r in df.select('id').collect()]\nreturn pd.DataFrame({'n': x})",
    ),
    "duplicates are alike in all columns": (
        "operator_changes_rows",
        "pdf = df.drop('tags').toPandas()\npdf = pdf.drop_duplicates()\nreturn pd.DataFrame({'c': pdf['cust']})",
        "pdf = df.select('cust').toPandas()\npdf = pdf.drop_duplicates()\nreturn pd.DataFrame({'c': pdf['cust']})",
    ),
    "dropna looks at all columns": (
        "operator_changes_rows",
        "pdf = df.toPandas()\npdf = pdf.dropna()\nreturn pd.DataFrame({'c': pdf['cust']})",
        "pdf = df.select('cust').toPandas()\npdf = pdf.dropna()\nreturn pd.DataFrame({'c': pdf['cust']})",
    ),
    "an aggregation of all": (
        "aggregated",
        "pdf = df.select('cust', 'q', 'n').toPandas()\nx = pdf.groupby('cust').sum()\nreturn x.reset_index()",
        "pdf = df.select('cust').toPandas()\nx = pdf.groupby('cust').sum()\nreturn x.reset_index()",
    ),
    "a description of all": (
        "unknown_method",
        "pdf = df.toPandas()\nx = pdf.describe()\nreturn pd.DataFrame({'n': [x.shape[1]], 'm': [pdf['q'].sum()]})",
        "pdf = df.select('q').toPandas()\nx = pdf.describe()\nreturn pd.DataFrame({'n': [x.shape[1]], 'm': [pdf['q'].sum()]})",
    ),
    "a name that is computed": (
        "computed_name",
        "pdf = df.toPandas()\nc = 'na' + 'me'\nreturn pd.DataFrame({'n': pdf[c.lower()], 'm': pdf['id']})",
        "pdf = df.select('id').toPandas()\nc = 'na' + 'me'\nreturn pd.DataFrame({'n': pdf[c.lower()], 'm': pdf['id']})",
    ),
    "labels from outside": (
        "renamed_labels",
        "pdf = df.select('id', 'name').toPandas()\npdf.columns = ['a', 'b']\nreturn pd.DataFrame({'n': pdf['b']})",
        "pdf = df.select('name').toPandas()\npdf.columns = ['a', 'b']\nreturn pd.DataFrame({'n': pdf['b']})",
    ),
    "a function that takes the frame": (
        "escapes",
        "import copy\npdf = df.toPandas()\nother = copy.copy(pdf)\nreturn pd.DataFrame({'n': other['name'], 'm': pdf['id']})",
        "import copy\npdf = df.select('id').toPandas()\nother = copy.copy(pdf)\nreturn pd.DataFrame({'n': other['name'], 'm': pdf['id']})",
    ),
    "rows handed on": (
        "escapes",
        "return session.createDataFrame(df.collect(), df.schema).select('id')",
        "return session.createDataFrame(df.select('id').collect(), df.schema).select('id')",
    ),
    "text that reads the frame by its name": (
        "named_in_text",
        "pdf = df.toPandas()\nx = pd.eval('pdf.q + 1')\nreturn pd.DataFrame({'n': x, 'm': pdf['id']})",
        "pdf = df.select('id').toPandas()\nx = pd.eval('pdf.q + 1')\nreturn pd.DataFrame({'n': x, 'm': pdf['id']})",
    ),
    "the frame among the local variables": (
        "frame_alias",
        "pdf = df.toPandas()\nx = locals()['pdf']['name']\nreturn pd.DataFrame({'n': x, 'm': pdf['id']})",
        "pdf = df.select('id').toPandas()\nx = locals()['pdf']['name']\nreturn pd.DataFrame({'n': x, 'm': pdf['id']})",
    ),
    "another name for the frame": (
        "frame_alias",
        "frames = {}\npdf = frames['a'] = df.toPandas()\nreturn pd.DataFrame({'n': frames['a']['name'], 'm': pdf['id']})",
        "frames = {}\npdf = frames['a'] = df.select('id').toPandas()\nreturn pd.DataFrame({'n': frames['a']['name'], 'm': pdf['id']})",
    ),
    "a conversion per round": (
        "in_loop",
        "x = []\nfor c in ['id', 'q']:\n    pdf = df.toPandas()\n    x.append(int(pdf[c].sum()))\nreturn pd.DataFrame({'n': x})",
        "x = []\nfor c in ['id', 'q']:\n    pdf = df.select('id').toPandas()\n    x.append(int(pdf[c].sum()))\nreturn pd.DataFrame({'n': x})",
    ),
    "a UDF with side effects": (
        "python_udf",
        "seen = dbt.config.get('seen')\ndf = df.withColumn('z', F.udf(lambda x: seen.add(1))('id'))\npdf = df.toPandas()\nreturn pd.DataFrame({'n': pdf['id']})",
        "seen = dbt.config.get('seen')\ndf = df.withColumn('z', F.udf(lambda x: seen.add(1))('id'))\npdf = df.select('id').toPandas()\nreturn pd.DataFrame({'n': pdf['id']})",
    ),
    "a failure in a column that is not read": (
        "may_raise",
        "df = df.withColumn('z', F.when(F.col('id') == 5, F.raise_error(F.lit('bad row'))))\npdf = df.toPandas()\nreturn pd.DataFrame({'n': pdf['id']})",
        "df = df.withColumn('z', F.when(F.col('id') == 5, F.raise_error(F.lit('bad row'))))\npdf = df.select('id').toPandas()\nreturn pd.DataFrame({'n': pdf['id']})",
    ),
    "a row that apply gives has one type": (
        "row_wise",
        "pdf = df.select('q', 'amount').toPandas()\nreturn pd.DataFrame({'v': pdf.apply(lambda r: r['q'], axis=1)})",
        "pdf = df.select('q').toPandas()\nreturn pd.DataFrame({'v': pdf.apply(lambda r: r['q'], axis=1)})",
    ),
    "apply of no groups gives all columns": (
        "aggregated",
        "pdf = df.filter('id > 99').toPandas()\nx = pdf.groupby('cust').apply(lambda g: g['q'].sum())\nreturn pd.DataFrame({'n': [len(x.to_frame().columns) if x.ndim == 1 else x.shape[1]]})",
        "pdf = df.filter('id > 99').select('cust', 'q').toPandas()\nx = pdf.groupby('cust').apply(lambda g: g['q'].sum())\nreturn pd.DataFrame({'n': [len(x.to_frame().columns) if x.ndim == 1 else x.shape[1]]})",
    ),
    "a melt of all": (
        "row_wise",
        "pdf = df.select('id', 'q', 'n').toPandas()\nreturn pdf.melt(id_vars=['id'])[['variable', 'id']]",
        "pdf = df.select('id', 'q').toPandas()\nreturn pdf.melt(id_vars=['id'])[['variable', 'id']]",
    ),
    "a list that another function lets grow": (
        "computed_name",
        "cols = ['id']\ndef more(names):\n    names.append('q')\nmore(cols)\npdf = df.toPandas()\nreturn pdf[cols]",
        "pdf = df.select('id').toPandas()\nreturn pdf[['id']]",
    ),
    "letters of a text": (
        "computed_name",
        "df = df.select(F.col('id').alias('a'), F.col('q').alias('b'), 'name')\npdf = df.toPandas()\nx = 0\nfor c in 'ab':\n    x += int(pdf[c].sum())\nreturn pd.DataFrame({'n': [x], 'm': [pdf['name'].count()]})",
        "df = df.select(F.col('id').alias('a'), 'name')\npdf = df.toPandas()\nreturn pd.DataFrame({'n': [int(pdf['a'].sum())], 'm': [pdf['name'].count()]})",
    ),
    "a returned frame of a helper": (
        "frame_returned",
        "def load(frame):\n    pdf = frame.toPandas()\n    return pdf\nreturn load(df.select('id', 'q'))",
        "def load(frame):\n    pdf = frame.select('id').toPandas()\n    return pdf\nreturn load(df.select('id', 'q'))",
    ),
    "pandas-on-Spark returns all its columns": (
        "lazy",
        "p = df.select('id', 'q').pandas_api()\np['z'] = p['q'] + 1\nreturn p",
        "p = df.select('q').pandas_api()\np['z'] = p['q'] + 1\nreturn p",
    ),
}  # fmt: skip

FILTERS = {
    "not equal keeps NULL in pandas": (
        "nan_semantics",
        "pdf = df.toPandas()\npdf = pdf[pdf['name'] != 'x'].reset_index(drop=True)\nreturn pdf[['cust']]",
        "pdf = df.filter(F.col('name') != 'x').toPandas()\npdf = pdf[pdf['name'] != 'x'].reset_index(drop=True)\nreturn pdf[['cust']]",
    ),
    "not less keeps NaN and NULL in pandas": (
        "nan_semantics",
        "pdf = df.toPandas()\npdf = pdf[~(pdf['amount'] <= 2)].reset_index(drop=True)\nreturn pdf[['cust']]",
        "pdf = df.filter(~(F.col('amount') <= 2)).toPandas().reset_index(drop=True)\nreturn pdf[['cust']]",
    ),
    "NaN is above every number in Spark": (
        "nan_semantics",
        "pdf = df.toPandas()\npdf = pdf[(pdf['amount'] > 2) | (pdf['q'] > 90)].reset_index(drop=True)\nreturn pdf[['cust']]",
        "pdf = df.filter((F.col('amount') > 2) | (F.col('q') > 90)).toPandas()\nreturn pdf[['cust']]",
    ),
    "NaN is at least infinity in Spark": (
        "nan_semantics",
        "pdf = df.toPandas()\npdf = pdf[pdf['amount'] >= 1e999].reset_index(drop=True)\nreturn pdf[['cust']]",
        "pdf = df.filter(F.col('amount') >= F.lit(float('inf'))).toPandas()\nreturn pdf[['cust']]",
    ),
    "NaN equals NaN in Spark": (
        "nan_semantics",
        "x = float('nan')\npdf = df.toPandas()\npdf = pdf[pdf['amount'] == x].reset_index(drop=True)\nreturn pdf[['cust']]",
        "x = float('nan')\npdf = df.filter(F.col('amount') == F.lit(x)).toPandas()\nreturn pdf[['cust']]",
    ),
    "NaN is missing in pandas": (
        "nan_semantics",
        "pdf = df.toPandas()\npdf = pdf[pdf['amount'].isna()].reset_index(drop=True)\nreturn pdf[['cust']]",
        "pdf = df.filter(F.col('amount').isNull()).toPandas()\nreturn pdf[['cust']]",
    ),
    "not in a list keeps NULL in pandas": (
        "nan_semantics",
        "pdf = df.toPandas()\npdf = pdf[~pdf['name'].isin(['x'])].reset_index(drop=True)\nreturn pdf[['cust']]",
        "pdf = df.filter(~F.col('name').isin('x')).toPandas()\nreturn pdf[['cust']]",
    ),
    "the index has holes after a filter": (
        "index_used",
        "pdf = df.toPandas()\npdf = pdf[pdf['name'] == 'x']\nreturn pd.DataFrame({'i': pdf.index})",
        "pdf = df.filter(F.col('name') == 'x').toPandas()\nreturn pd.DataFrame({'i': pdf.index})",
    ),
    "the rows that were filtered out are used": (
        "frame_alias",
        "pdf = df.toPandas()\nx = pdf[pdf['name'] == 'x'].reset_index(drop=True)\nreturn pd.DataFrame({'n': [len(x), len(pdf)]})",
        "pdf = df.filter(F.col('name') == 'x').toPandas()\nx = pdf\nreturn pd.DataFrame({'n': [len(x), len(pdf)]})",
    ),
    "a filter below row numbers": (
        "nondeterministic",
        "df = df.withColumn('i', F.monotonically_increasing_id())\npdf = df.toPandas()\npdf = pdf[pdf['name'] == 'y'].reset_index(drop=True)\nreturn pdf[['i']]",
        "df = df.filter(F.col('name') == 'y').withColumn('i', F.monotonically_increasing_id())\npdf = df.toPandas()\nreturn pdf[['i']]",
    ),
    "a UDF before the filter": (
        "python_udf",
        "seen = dbt.config.get('seen')\ndf = df.withColumn('z', F.udf(lambda x: seen.add(1))('id'))\npdf = df.toPandas()\npdf = pdf[pdf['name'] == 'y'].reset_index(drop=True)\nreturn pdf[['id']]",
        "seen = dbt.config.get('seen')\ndf = df.withColumn('z', F.udf(lambda x: seen.add(1))('id'))\npdf = df.filter(F.col('name') == 'y').toPandas()\nreturn pdf[['id']]",
    ),
}  # fmt: skip

AGGREGATION = {
    "the number of columns beside that of rows": (
        "rows_used",
        "pdf = df.toPandas()\nreturn pd.DataFrame({'n': [len(pdf), pdf.shape[1]]})",
        "pdf = df.select('id').toPandas()\nreturn pd.DataFrame({'n': [len(pdf), pdf.shape[1]]})",
    ),
    "groups in the order of their first rows": (
        "aggregate_order",
        "pdf = df.toPandas()\nreturn pdf.groupby('cust', sort=False)['q'].max().reset_index()",
        "pdf = df.orderBy(F.desc('cust')).toPandas()\nreturn pdf.groupby('cust', sort=False)['q'].max().reset_index()",
    ),
    "NULL counted as a value": (
        "unknown_aggregation",
        "pdf = df.toPandas()\nreturn pdf['name'].value_counts(dropna=False).reset_index()",
        "pdf = df.toPandas()\nreturn pdf['name'].value_counts().reset_index()",
    ),
}
