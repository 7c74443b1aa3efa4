"""Generated models: for every rewrite a strategy of programs and data on which it is tempted, and is right or refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from glue_compiler.plan.planner import RunContext
from hypothesis import strategies as st
from tables import EVERY, STABLE, Columns, Table, tables

Bodies = st.SearchStrategy[str]


@dataclass(frozen=True)
class Program:
    """A model's body, the table that its `df` is, and the run: `ordered` where the order of its rows is defined.

    `writes` where the result goes into a table, as in a run of dbt's.
    """

    body: str
    table: Table
    context: RunContext
    arrow: bool
    ordered: bool = True
    writes: bool = False

    def __str__(self) -> str:
        run = f"incremental={self.context.is_incremental} config={dict(self.context.config)} arrow={self.arrow}"
        return f"{self.body}\n# {run}\n# {self.table}"


@dataclass(frozen=True)
class Shape:
    """Programs that some rewrites want: each of `aims` is applied to at least one of them."""

    bodies: Bodies
    aims: frozenset[str]
    columns: Columns = field(default_factory=lambda: EVERY)
    ordered: bool = True
    actions: bool = False
    writes: bool = False

    @property
    def programs(self) -> st.SearchStrategy[Program]:
        return st.builds(
            Program,
            self.bodies,
            tables(self.columns),
            st.builds(
                RunContext,
                is_incremental=st.booleans(),
                config=st.sampled_from(_CONFIGS),
                meta=st.sampled_from(_CONFIGS),
                this=st.just({"schema": "s", "identifier": "m"}),
                optimize_actions=st.just(self.actions),
            ),
            st.booleans(),
            st.just(self.ordered),
            st.just(self.writes),
        )


_CONFIGS: list[dict[str, Any]] = [
    {"text": "it's é\n", "number": -2.5, "list": [1, "a"]},
    {"text": "", "number": 0, "on": True},
    {},
]


def _one(*items: str) -> Bodies:
    return st.sampled_from(items)


def _some(
    items: list[str], least: int, most: int, *, unique: bool = True
) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(items), min_size=least, max_size=most, unique=unique)  # fmt: skip


def _joined(*parts: Bodies) -> Bodies:
    return st.tuples(*parts).map(lambda found: "\n".join(part for part in found if part))


def _format(form: str, **parts: Bodies) -> Bodies:
    return st.fixed_dictionaries(parts).map(lambda found: form.format(**found))


# -- partial evaluation ------------------------------------------------------------------------

_key = _one("'text'", "'number'", "'missing'", "'list'", "'on'")
_value = st.one_of(
    _format("dbt.config.get({k})", k=_key),
    _format(
        "dbt.config.get({k}, {d})", k=_key, d=_one("1", "'d'", "None", "0.5", "True", "default=2")
    ),
    _format("dbt.config.meta_get({k})", k=_key),
    _one("dbt.this.schema", "dbt.this.identifier", "dbt.is_incremental()", "str(dbt.this)"),
)
_world = _one(
    *("dbt.is_incremental", "dbt.is_incremental()", "not dbt.is_incremental"),
    *("dbt.is_incremental == True", "False != dbt.is_incremental()", "dbt.is_incremental is True"),
    *("dbt.is_incremental and df.columns", "dbt.is_incremental or len(df.columns) > 90"),
)
_branches = st.one_of(
    _format(
        "if {w}:\n    df = df.withColumn('k', F.lit(str({v})))\nelse:\n    df = df.withColumn('s', F.lit('full'))",
        w=_world, v=_value,
    ),
    _format("v = {v}\nif v is not None and {w}:\n    df = df.filter(F.lit(str(v)) != 'a')", v=_value, w=_world),
    _format("df = df.limit(2 if {w} else 4).withColumn('v', F.lit(repr({v})))", w=_world, v=_value),
    _format("t = [{v}, {v}]\ndf = df.withColumn('v', F.lit(str(t)))", v=_value),
    _format("if {v} == {v2}:\n    later = 1\ndf = df.withColumn('l', F.lit('later' in locals()))", v=_value, v2=_value),
)  # fmt: skip

# -- columns one by one ------------------------------------------------------------------------

_NAMES = ["id", "q", "n", "x1", "x2", "X1", "Mixed", "mixed", "AMOUNT", "new-col", "z"]
_per_name = _one(
    *("F.col(c)", "F.col(c).cast('string')", "F.upper(F.col(c))", "F.col('q') + 1", "df[c]"),
    *("F.lit(c)", "F.coalesce(F.col(c), F.lit(0))", "F.concat_ws('-', F.lit(c), 'name')"),
    *("F.when(F.col('x1').isNull(), 1)", "F.struct('id', F.lit(c).alias('c'))", "F.col('tags')"),
)
_values = _one(
    *("F.col('q') + 1", "F.lit('a')", "F.upper('name')", "(F.col('id') * 2)", "F.col('x1')"),
    *("F.expr('x2 + 1')", "F.when(F.col('flag'), 1).otherwise(0)", "F.col('`Mixed`')"),
    *("F.struct('id', 'q')", "F.col('addr.City')", "F.array('name', 'cust')", "df['q'] - 1"),
    *("F.date_add('day', 1)", "F.col('price') * F.col('big')", "F.size('tags')", "F.col('Q')"),
    *("F.map_keys('props')", "F.col('at').cast('date')", "F.sum('q').over(W)"),
)
_loops = st.one_of(
    st.tuples(_some(_NAMES, 1, 5, unique=False), _per_name).map(
        lambda t: f"for c in {t[0]!r}:\n    df = df.withColumn(c, {t[1]})"
    ),
    st.tuples(_some(_NAMES, 2, 4), _one("F.lit(i)", "F.col('q') + i", "F.lit(n).cast('string')")).map(
        lambda t: f"for i, n in enumerate({t[0]!r}):\n    df = df.withColumn(n, {t[1]})"
    ),
    _one(
        "for i in range(5):\n    df = df.withColumn('g' + str(i), F.lit(i))",
        "for i in range(4):\n    df = df.withColumn(f'lag_{i}', F.col('q') - i)",
        "for a, b in [('u', 'name'), ('v', 'u')]:\n    df = df.withColumn(a, F.col(b))",
        "for c in [x for x in df.columns if x != 'id']:\n    df = df.withColumn(c, F.col(f'`{c}`').cast('string'))",
    ),
)  # fmt: skip
_link = st.tuples(st.sampled_from(_NAMES), _values).map(lambda t: f".withColumn({t[0]!r}, {t[1]})")
_chains = st.lists(_link, min_size=3, max_size=5).map(
    lambda links: (
        "W = Window.partitionBy('cust')\ndf = (df\n" + "".join(f"    {x}\n" for x in links) + ")"
    )
)
_body = _some(
    [
        "df = df.withColumn(c, F.col(c).cast('string'))",
        "df = df.withColumn(c + '_2', F.concat_ws('-', F.col(c).cast('string'), F.lit(c)))",
        "df = df.withColumn('n' + c, F.lit(len(df.columns)))",
        "if c not in df.columns:\n    df = df.withColumn(c, F.lit(None).cast('int'))",
        "df = df.withColumnRenamed(c, c.lower())",
        "df = df.withColumnRenamed('x1', c + 'r')",
        "df = df.drop('x2').withColumn('x2', F.col('q'))",
        "df = df.withColumn('q', F.col('q') + 1).withColumn('q' + c, df['id'] + F.col('q'))",
        "before = df\ndf = df.withColumn(c, before[c] if c in before.columns else F.lit(1))",
        "df = df.withColumn('x1', F.sum('q').over(Window.partitionBy('cust'))).drop('n')",
        "df = df.withColumn('z', F.struct('*')) if c == 'z' else df.withColumn('z1', F.lit(c))",
    ],
    1,
    3,
).map(lambda lines: "".join(f"\n    {x}" for line in lines for x in line.splitlines()))
_piles = st.one_of(
    st.tuples(_some(_NAMES, 1, 5, unique=False), _body).map(lambda t: f"for c in {t[0]!r}:{t[1]}"),
    _body.map(lambda body: f"for c in sorted(df.columns)[:4]:{body}"),
    st.tuples(_some(_NAMES, 3, 5), _per_name).map(
        lambda t: (
            f"from functools import reduce\ndf = reduce(lambda df, c: df.withColumn(c, {t[1]}), {t[0]!r}, df)"
        )
    ),
)
_columns = _loops | _chains | _piles

# -- pandas ------------------------------------------------------------------------------------

_filter = _one(
    *("pdf['amount'] > 2", "pdf['amount'] <= 2.5", "pdf['name'] == 'x'", "pdf['amount'] == 7"),
    *("pdf['amount'] < 0", "pdf['price'] > 1", "pdf['cust'] == 'k1'", "3 > pdf['amount']"),
    *("pdf['Mixed'] == 'm'", "pdf['amount'] >= -1", "pdf['name'] != 'x'", "pdf['amount'] != 2.5"),
    *("pdf['amount'].notna()", "(pdf['amount'] > 1) & (pdf['name'] == 'x')", "pdf['name'] == \"it's\""),
    *("'' == pdf['name']", "pdf['amount'] == 0", "~(pdf['amount'] <= 2)", "pdf['name'] == '`'"),
)  # fmt: skip
_STABLE_USES = [
    "out = pdf[['name', 'amount']]",
    "out = pdf[['cust', 'name', 'cust']].drop_duplicates(subset=['name'])",
    "out = pdf[['cust', 'name']].drop_duplicates(subset=['name'])",
    "out = pdf.groupby('cust')['amount'].sum().reset_index()",
    "out = pdf.groupby('cust', dropna=False).agg(a=('amount', 'max'), b=('name', 'count')).reset_index()",
    "out = pdf.sort_values('amount').head(3)[['amount', 'Mixed']]",
    "pdf['d'] = pdf['amount'] * 2\nout = pdf[['d', 'name']]",
    "out = pdf.rename(columns={'name': 'label'})[['label', 'price']]",
    "out = pdf.dropna(subset=['amount']).reset_index(drop=True)[['amount']]",
    "out = pdf.merge(pd.DataFrame({'cust': ['k1', 'k2'], 'name': ['p', 'q']}), on='cust')[['name_x', 'name_y']]",
    "out = pd.DataFrame({'a': pdf.amount, 'b': pdf.name})",
    "out = pd.DataFrame({'n': [len(pdf)], 'm': [pdf['amount'].max()]})",
    "out = pdf[pdf['amount'].notna()][['Mixed', 'day']]",
    "out = pdf.fillna({'amount': 0.0, 'name': '-'})[['name', 'amount']]",
    "out = pdf.assign(z=pdf['amount'] + 1)[['z', 'cust']]",
    "out = pdf.drop(columns=['name'])[['cust', 'price']]",
    "out = pdf.tail(2)[['Mixed', 'day']]",
    "out = pdf.groupby('name').size().reset_index(name='n')",
    "out = pd.DataFrame({'i': pdf.index, 'c': pdf['cust']})",
    "out = pdf.copy()\nout = out[['day', 'cust']]",
    "out = pdf[['name']] if not pdf.empty else pdf[['cust']]",
    "out = pdf",
    "out = pdf.drop_duplicates()[['name']]",
    "out = pd.DataFrame({'n': [pdf.shape[1]], 'm': [pdf['amount'].min()]})",
    "out = pd.DataFrame({'n': pdf.loc[pdf['amount'] > 1, 'name']})",
    "mask = pdf['name'].notna() & (pdf['amount'] < 3)\nout = pdf.loc[mask, ['name', 'cust']]",
    "pdf.loc[pdf['name'] == 'x', 'seen'] = 'yes'\nout = pdf[['seen', 'cust']]",
    "out = pd.DataFrame([{'n': r.name, 'p': r.price} for r in pdf.itertuples()], columns=['n', 'p'])",
    "out = pdf.reset_index()[['index', 'name']]",
    "out = pdf.set_index('name')[['amount']].reset_index()",
    "found = []\nfor key, part in pdf.groupby('cust'):\n    found.append((key, len(part), part['amount'].max()))\nout = pd.DataFrame(found, columns=['k', 'n', 'm'])",
    "cols = ['name']\ncols.append('cust')\nout = pdf[['amount', *cols]]",
    "for c in ['name', 'cust']:\n    pdf[f'{c}_up'] = pdf[c].str.upper()\nout = pdf[['name_up', 'cust_up']]",
    "def clean(frame, by='cust'):\n    frame = frame.dropna(subset=[by])\n    return frame.sort_values(by)\nout = clean(pdf)[['cust']]",
    "out = pdf.assign(z=lambda d: d['amount'] + 1, w=lambda d: d.name)[['z', 'w']]",
    "out = pdf.query('amount > 1')[['name', 'amount']]",
    "out = pdf.merge(pd.DataFrame({'cust': ['k1'], 'name': ['p']}), how='left', on='cust', suffixes=('', '_r'))[['name', 'name_r']]",
    "out = pdf.nlargest(2, 'amount')[['amount']]",
    "out = pdf.groupby([pdf['name'].str.upper(), 'cust'])['amount'].max().reset_index()",
    "out = pdf.ffill()[['name', 'amount', 'price']]",
    "out = pdf.iloc[1:3][['name', 'day']]",
    "out = pdf.melt(id_vars=['cust'], value_vars=['name', 'Mixed'])",
    "try:\n    out = pdf[['name']]\nexcept KeyError:\n    raise",
    "if 'day' in pdf.columns:\n    pdf['day'] = None\nout = pdf[['name', 'cust']]",
]
_EVERY_USES = [
    *_STABLE_USES,
    *(f"out = pdf[[{name!r}, 'name']]" for name in EVERY if name != "name"),
    "out = pdf[['tags', 'props', 'addr', 'parts']]",
    "out = pdf.groupby('flag')['n'].max().reset_index()",
    "out = pd.DataFrame({'kind': [str(pdf['n'].dtype), str(pdf['id'].dtype), str(pdf['at'].dtype)]})",
    "out = pdf.astype({'id': 'int64'})[['id', 'q']]",
]
_maybe_filtered = st.one_of(
    st.just(""),
    _format("pdf = pdf[{f}].reset_index(drop=True)", f=_filter),
    _format("pdf = pdf[{f}]", f=_filter),
)
_narrowed = _one("", "df = df.select('*', F.col('id').alias('ID'))", "df = df.drop('tags')", "df = df.filter('q > 0')")  # fmt: skip


def _pandas(uses: list[str], before: Bodies, filtered: Bodies) -> Bodies:
    return _joined(
        before, st.just("pdf = df.toPandas()"), filtered, st.sampled_from(uses), st.just("return out")
    )  # fmt: skip


ROWS = [
    "out = [(r.name, r['cust']) for r in df.collect()]",
    "rows = df.collect()\nout = []\nfor r in rows:\n    out.append((r['name'], str(r.price)))",
    "out = [(k, str(v)) for k, v in {r.cust: r['Mixed'] for r in df.collect()}.items()]",
    "out = [(str(r.addr), str(r['tags'])) for r in df.orderBy('id', 'q').collect()]",
    "rows = df.collect()\nout = [(rows[0].name, str(len(rows)))] if rows else []",
    "out = [(str(r[0]), r.name) for r in df.collect()]",
    "out = [(str(len(r)), r.name) for r in df.collect()]",
    "df = df.select('name', 'cust', 'price')\nout = [(r[0], r['cust']) for r in df.collect()]",
    "df = df.select('id', 'name', 'cust')\nout = [(str(r[1]), str(r.asDict()['name'])) for r in df.collect()[:2]]",
    "out = [(r.asDict()['name'], r.asDict().get('cust', '')) for r in df.collect()]",
    "out = []\nfor i, r in enumerate(df.collect()):\n    out.append((str(i), r.name))",
    "rows = df.collect()\nrows = [(r.name, r.cust) for r in rows]\nout = [r for r in rows if r[0]]",
    "rows = df.collect()\nout = [(rows and rows[0].name, str(len(rows)))][:len(rows)]",
    "out = {}\nfor r in reversed(df.collect()):\n    out[r.cust] = r.name\nout = [(k, v) for k, v in out.items()]",
    "out = [(r.name, r['cust']) for r in df.orderBy('id', 'q').toLocalIterator()]",
    "rows = df.toLocalIterator()\nout = []\nfor r in rows:\n    out.append((r['name'], str(r.price)))\n    if len(out) > 2: break",
]
_collected = st.sampled_from(ROWS).map(
    lambda rows: f"{rows}\nreturn session.createDataFrame(out, 'a string, b string')"
)

_WHOLE_ROWS = [
    "out = [(repr(r), str(hash(r))) for r in df.select('id', 'q', 'n', 'name', 'price', 'day', 'flag', 'at', 'big').collect()]",
    "out = []\nfor r in df.drop('tags', 'props', 'addr', 'parts').orderBy('id', 'q').collect():\n    out.append((repr(r.asDict()), r['new-col']))",
    "out = [(k, repr(v)) for k, v in {r.cust: r for r in df.drop('parts').distinct().orderBy('id', 'q').collect()}.items() if k == 'k']",
    "out = [(str(a), repr(b)) for a, b in df.select('raw', 'at').collect()]",
    "out = [(str(r.amount), repr(r)) for r in df.select('amount', 'at', 'raw', 'Mixed').collect()]",
]
_looped = st.sampled_from(_WHOLE_ROWS).map(
    lambda rows: f"{rows}\nreturn session.createDataFrame(out, 'a string, b string')"
)

_aggregations = _some(
    [
        "out['n'] = [len(pdf)]", "out['m'] = [pdf['amount'].max()]", "out['u'] = [pdf['name'].nunique()]",
        "out['c'] = [str(pdf['cust'].value_counts().to_dict())]", "out['q'] = [str(pdf['q'].sum())]",
        "out['t'] = [str(pdf['id'].mean())]", "out['d'] = [str(sorted(pdf['id'].unique()))]",
        "out['g'] = [pdf.groupby('cust')['id'].sum().reset_index().to_csv()]",
        "out['a'] = [pdf.groupby(['cust', 'flag']).agg(n=('n', 'count'), hi=('n', 'max'), s=('n', 'sum')).to_csv()]",
        "out['s'] = [pdf.groupby('name').size().sort_index().to_csv()]",
        "out['p'] = [str(pdf.groupby('cust')['price'].sum().to_dict())]",
        "out['f'] = [pdf.groupby('cust')['amount'].agg('min').to_csv()]",
        "out['k'] = [pdf.groupby('id', as_index=False)['q'].mean().to_csv()]",
    ], 1, 4,
).map(lambda lines: "\n".join(["pdf = df.toPandas()", "out = {}", *lines, "return pd.DataFrame({k: [str(v[0])] for k, v in out.items()})"]))  # fmt: skip

# -- counts ------------------------------------------------------------------------------------

_counted = _one(
    *("df.filter('q > 15')", "df.where(F.col('name') == 'x')", "df.limit(0)", "df.distinct()", "df"),
    *("df.filter('n is null').select('id')", "df.groupBy('cust').agg(F.sum('q').alias('s')).filter('s > 3')"),
    *("df.join(df.select(F.col('id').alias('z')), F.col('id') == F.col('z'), 'left_anti')", "df.filter('q > 100')"),
    *("df.unionByName(df).dropDuplicates(['id'])", "df.cache()", "df.withColumn('e', F.explode('tags'))"),
    *("df.filter(F.udf(lambda x: x > 10, 'boolean')('q'))", "df.withColumn('r', F.rand(3)).filter('r > 0.5')"),
    *("df.filter(F.udf(lambda x: 10 // x > 1, 'boolean')('id'))", "df.filter('q > 15').cache().filter('n > 5')"),
    *("session.createDataFrame([(1,)], 'id int').join(df, 'id')", "df.withColumn('t', F.current_date()).filter('t > day')"),
)  # fmt: skip
_test = _one("{c} == 0", "{c} > 0", "not {c}", "{c} >= 1", "{c} != 0", "1 > {c}", "{c}", "0 < {c}", "{c} <= 0", "{c} > 1", "{c} == True")  # fmt: skip
_empty_test = st.one_of(
    st.tuples(_test, _counted).map(
        lambda t: f"if {t[0].format(c=t[1] + '.count()')}:\n    return df.select('id')"
    ),
    st.tuples(_test, _counted).map(
        lambda t: f"n = {t[1]}.count()\nif {t[0].format(c='n')}:\n    return df.select('id')"
    ),
    st.tuples(_test, _counted).map(
        lambda t: (
            f"def full(frame):\n    return True if {t[0].format(c='frame.count()')} else False\nif full({t[1]}):\n    return df.select('id')"
        )
    ),
    st.tuples(_test, _counted, _counted).map(
        lambda t: (
            f"for part in [{t[1]}, {t[2]}]:\n    try:\n        if {t[0].format(c='part.count()')}:\n            return df.select('id')\n    except ValueError:\n        raise"
        )
    ),
    st.tuples(_test, _counted).map(
        lambda t: (
            f"if df.columns and ({t[0].format(c=t[1] + '.count()')}):\n    return df.select('id')"
        )
    ),
)
_report = _one("print(f'{n} rows')", "import logging\nlogging.getLogger('m').info('%s', n)")
_reported = st.one_of(
    _format("df = {c}\nn = df.count()\n{r}\nreturn df", c=_counted, r=_report),
    _format("n = {c}.count()\n{r}\nreturn df.select('id', 'q')", c=_counted, r=_report),
)

# -- work shared with the write ----------------------------------------------------------------

_worked = _one(
    *("df.groupBy('cust').agg(F.max('amount').alias('hi'), F.count('*').alias('id'))", "df.filter('q > 5').dropDuplicates(['id'])"),
    *("df.join(df.select('id', F.col('q').alias('z')), 'id', 'left')", "df.orderBy('id').limit(4).groupBy('id').count()"),
    *("df.select('id', 'cust', F.udf(lambda s: None if s is None else s + '!', 'string')('name').alias('up'))", "df"),
    "df.withColumn('rank', F.row_number().over(Window.partitionBy('cust').orderBy('id', 'q', 'name')))",
    "df.select('id', 'cust').unionByName(df.select('id', 'cust')).distinct()",
)  # fmt: skip
_shared = _joined(
    _format("r = {w}", w=_worked),
    _some(
        [
            "print('rows', r.count())", "n = r.filter(F.col('id') > 0).count()\nprint(n)", "print(r.agg(F.max('id')).collect()[0][0])",
            "if r.filter('id < 0').count() > 0:\n    raise ValueError('negative')", "print(r.distinct().count())",
            "print(r.select('id').agg(F.min('id').alias('lo'), F.count('id')).first())", "if r.isEmpty():\n    return r",
            "if r.count() == 0:\n    return df.select('id')", "print(r.agg({'id': 'max'}).toPandas().iloc[0, 0])",
        ], 1, 3,
    ).map("\n".join),
    _one("return r", "return r", "if dbt.is_incremental:\n    return r.filter('id > 1')\nreturn r"),
)  # fmt: skip

# -- debug actions -----------------------------------------------------------------------------

_debug = st.lists(
    _one("df.show()", "df.show(2, False)", "df.printSchema()", "df.explain()", "df.count()"),
    min_size=1,
    max_size=3,
).map("\n".join)
_debugged = _joined(
    _one("", "df = df.filter('q > 0')", "df = df.select('id', 'name', 'tags')", "df = df.cache()"),
    _debug,
    _one("return df.select('id')", "df = df.filter('id > 0')\ndf.show()\nreturn df", "return df.toPandas()[['id']]"),
)  # fmt: skip

# -- pandas on Spark ---------------------------------------------------------------------------

_on_spark = _joined(
    _one("p = df.select('id', 'q', 'name', 'amount', 'cust').pandas_api()", "p = df.pandas_api()"),
    _one("", "p = p[p['q'] > 0]", "p = p[['id', 'q', 'name', 'amount', 'cust']]", "p['z'] = p['q'] + 1"),
    _one(
        "return p[['id', 'q']]",
        "return p[['name', 'id']].sort_values(['id', 'name'])",
        "return p.groupby('cust')[['q']].max().reset_index()",
        "return p.to_spark().select('name')",
        "pdf = p.to_pandas()\nreturn pdf[['name', 'amount']]",
        "return p.rename(columns={'name': 'Label'})[['Label']]",
        "if dbt.is_incremental:\n    return p[['id']]\nreturn p[['q']].head(2)",
        "return p[['amount', 'q']].fillna(0)",
    ),
)  # fmt: skip

_end = _one("return df", "return df.select('id')", "return df.toPandas()[['id', 'name']]", "return df.groupBy('cust').count()")  # fmt: skip
_kinds = st.one_of(
    _format("return {f}", f=_one("df", "df.toPandas()", "df.pandas_api()[['id']]")),
    _format("if {w}:\n    return df.select('id')\nreturn df.toPandas()[['id']]", w=_world),
    _format("if {t}:\n    return df.limit(1)\nreturn df", t=_one("len(df.columns) > 3", "df.isStreaming")),
    _one(
        "return pd.DataFrame({'a': [1.5, None], 'b': ['x', None], 'c': [pd.Timestamp('2024-01-01'), pd.NaT]})",
        "return pd.DataFrame({'a': pd.Series([1, None], dtype='Int64'), 'l': [[1], None]})",
        "return pd.DataFrame({'a': []})",
    ),
)  # fmt: skip
_mixed = _joined(
    st.just("") | _branches,
    st.just("") | _empty_test,
    st.just("") | _columns,
    st.one_of(_pandas(_EVERY_USES, st.just(""), _maybe_filtered), _collected, _end),
)


def _named(*names: str) -> frozenset[str]:
    return frozenset(names)


SHAPES: dict[str, Shape] = {
    "partial_evaluation": Shape(_joined(_branches, _one("return df", "return df.toPandas()[['id']]")), _named("partial_evaluation", "conversion")),
    "conversion": Shape(_kinds, _named("conversion")),
    "projection": Shape(_pandas(_EVERY_USES, _narrowed, st.just("")) | _collected, _named("projection")),
    "filters": Shape(_pandas(_STABLE_USES, st.just(""), _format("pdf = pdf[{f}].reset_index(drop=True)", f=_filter)), _named("filters"), STABLE),
    "filters and columns": Shape(_pandas(_EVERY_USES, _narrowed, _maybe_filtered), _named("projection")),
    "driver_aggregation": Shape(_joined(_narrowed, _aggregations), _named("driver_aggregation")),
    "emptiness": Shape(_joined(_empty_test, _one("return df.select('q')", "return df.limit(1)")), _named("emptiness")),
    "with_columns": Shape(_joined(_columns, st.just("return df")), _named("with_columns")),
    "counts": Shape(_reported, _named("counts")),
    "debug_actions": Shape(_debugged, _named("debug_actions"), actions=True),
    "arrow": Shape(_joined(_narrowed, _one("return df.toPandas()", "pdf = df.toPandas()\nreturn pdf.head(3)", "return df.filter('q > 100').toPandas()")), _named("arrow")),
    "row_loops": Shape(_joined(st.just("") | st.just("df = df.filter('q > 0')"), _looped), _named("row_loops")),
    "shared_work": Shape(_shared, _named("shared_work"), ordered=False, writes=True),
    "pandas on Spark": Shape(_on_spark, _named("conversion"), ordered=False),
    "mixed": Shape(_mixed, _named(), ordered=False),
}  # fmt: skip
"""Every shape by its name."""

NEVER: frozenset[str] = frozenset({"shared_prefix"})
"""Rewrites that are documented as never applied: they only explain."""
