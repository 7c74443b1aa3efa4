"""pandas and pandas-on-Spark: kinds, and which columns of a conversion are used afterwards."""

from __future__ import annotations

import textwrap

import pytest
from glue_compiler.analysis import analyze

IMPORTS = (
    "import pandas as pd\nimport pyspark.pandas as ps\nfrom pyspark.sql import functions as F\n"
)


def flow_of(body: str):
    text = IMPORTS + "def model(dbt, session):\n" + textwrap.indent(body, "    ")
    facts = analyze(text)
    assert facts.syntax_errors == ()
    return facts.flow


def demand(body: str) -> list[str] | str:
    flow = flow_of(f"p = dbt.ref('x').toPandas()\n{body}\n")
    (conversion,) = [c for c in flow.conversions if c.method == "toPandas"]
    return conversion.why_all if conversion.demand is None else list(conversion.demand)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return p[['a', 'b']]", ["a", "b"]),
        ("q = p[p['a'] > 1]\nreturn q[['b']]", ["a", "b"]),
        ("return p.sort_values('a').head(3)[['b']]", ["a", "b"]),
        ("return p.groupby('a')['b'].sum().reset_index()", ["a", "b"]),
        ("return p.groupby(['a']).agg({'b': 'sum'})", ["a", "b"]),
        ("return p.groupby('a').agg(s=('b', 'sum'))", ["a", "b"]),
        ("p['z'] = p.a * 2\nreturn p[['z']]", ["a", "z"]),
        ("q = p.rename(columns={'a': 'b'})\nreturn q[['b']]", ["a", "b"]),
        ("q = p.assign(n=lambda d: d['a'] + 1)\nreturn q[['n']]", ["a", "n"]),
        (
            "q = p.drop_duplicates(subset=['a']).dropna(subset=['b'])\nreturn q[['c']]",
            ["a", "b", "c"],
        ),
        ("q = p.merge(pd.DataFrame({'a': []}), on='a')\nreturn q[['b_x']]", ["a", "b", "b_x"]),
        ("print(len(p))\nreturn p[['a']]", ["a"]),
    ],
)
def test_columns_that_are_used_after_a_conversion(body, expected):
    assert demand(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "return p",
        "return f(p)[['a']]",
        "print(p)\nreturn p[['a']]",
        "print(p.columns)\nreturn p[['a']]",
        "for r in p.iterrows(): pass\nreturn p[['a']]",
        "for k, g in p.groupby('a'): print(g['b'].sum())\nreturn p[['a']]",
        "x = [g for k, g in p.groupby('a')]\nreturn p[['a']]",
        "(k, g), *rest = p.groupby('a')\nreturn p[['a']]",
        "return p.describe()",
        "return p[[c for c in cols]]",
        "return p.dropna()[['a']]",
        "return p.drop_duplicates()[['a']]",
        "return p.iloc[:, 0]",
        "return p.loc[p.a > 1, 'b']",
        "return p.groupby('a').sum()",
        "return p.apply(f, axis=1)",
        "x = [p]\nreturn x[0]",
        "p.columns = ['a']\nreturn p[['a']]",
        "return p.to_numpy()",
        "return p.merge(q)[['a']]",
        "return p.T",
        "def g(): return p\nreturn g()",
        "y = {'k': p}\nreturn h(y)",
        "if z:\n    p = 1\nreturn p",
        "return session.createDataFrame(p)",
        "p.to_csv('x')\nreturn p[['a']]",
        "return pd.concat([p, p])[['a']]",
        "return p.shape",
    ],
)
def test_anything_else_may_use_every_column(body):
    assert isinstance(demand(body), str)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("p", "pandas"),
        ("p.merge(p, on='a')", "pandas"),
        ("pd.DataFrame({'a': [1]})", "pandas"),
        ("pd.concat([p, p])", "pandas"),
        ("pd.read_csv('x')", "pandas"),
        ("p.groupby('a').sum()", "pandas"),
        ("s", "pandas_on_spark"),
        ("s.groupby('a').sum()", "pandas_on_spark"),
        ("s.to_spark()", "spark"),
        ("s.to_pandas()", "pandas"),
        ("ps.from_pandas(p)", "pandas_on_spark"),
        ("session.createDataFrame(p)", "spark"),
    ],
)
def test_kinds_of_frames(expression, kind):
    flow = flow_of(
        f"p = dbt.ref('x').toPandas()\ns = dbt.ref('x').pandas_api()\nreturn {expression}\n"
    )
    (found,) = flow.returns
    assert found.value == "frame"
    assert flow.frames[found.frame].kind == kind


def test_a_change_in_place_is_seen_under_every_name():
    flow = flow_of(
        "p = pd.DataFrame({'a': [1], 'b': [2]})\nq = p\nq['c'] = 1\np.drop(columns=['a'], inplace=True)\n"
        "return p\n"
    )
    assert flow.frames[flow.returns[0].frame].schema.names == ("b", "c")


def test_a_frame_given_to_unknown_code_has_unknown_columns():
    flow = flow_of("p = pd.DataFrame({'a': [1]})\nchange(p)\nreturn p\n")
    assert not flow.frames[flow.returns[0].frame].schema.exact


def test_pandas_columns_compare_with_case():
    flow = flow_of("p = pd.DataFrame({'a': [1]})\nx = p['A']\nreturn p\n")
    (use,) = flow.columns
    assert use.case_sensitive


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        # columns beside each other are a frame; what is of unknown pieces is a frame if the model returns at all
        ("return pd.concat([p['a'], p.groupby('a').ffill()], axis=1)", "pandas"),
        ("return pd.concat([p['a'], p['b']], axis='columns')", "pandas"),
        ("return pd.concat(f(p))", "pandas"),
        ("return pd.concat({k: f(k) for k in p}.values())", "pandas"),
        ("q = pd.concat(f(p)) * 2\nreturn q", "pandas"),
        ("return pd.concat([p['a'], dbt.ref('y').pandas_api()], axis=1)", None),
        # one level of labels or two: both give a frame in the end
        (
            "return p.merge(p, on='a').groupby('a')[['b', 'c']].corr()['b'].drop('b', level=1).reset_index(name='r')",
            "pandas",
        ),
        ("return p['a'].rename_axis('k').reset_index()", "pandas"),
        ("return p['a'].reset_index(drop=True)", None),
        ("return p['a'].reset_index(drop=f(p))", None),
        ("return p['a']", None),
        ("return (p['a'] * 2).sum()", None),
    ],
)
def test_kind_of_what_series_and_unknown_pieces_become(body, kind):
    flow = flow_of(f"p = dbt.ref('x').toPandas()\n{body}\n")
    (found,) = flow.returns
    assert (None if found.frame is None else flow.frames[found.frame].kind) == kind


def test_members_of_what_may_be_a_frame_or_a_series_are_not_judged():
    flow = flow_of("q = pd.concat(f(session)) + 1\nreturn q.merge(q, on='a')\n")
    assert not [m for m in flow.members if m.member == "merge" and m.kind]


@pytest.mark.parametrize(
    ("expression", "is_series"),
    [
        ("df.groupby('a')['b'].sum()", True),
        ("df.groupby(['a', 'c']).b.max()", True),
        ("df.groupby(key)['b'].nunique()", True),
        ("df.groupby('a').size()", True),
        ("df.groupby('a', as_index=False)['b'].sum()", False),
        ("df.groupby('a', as_index=False).size()", False),
        ("df.groupby('a', **options)['b'].sum()", False),
        ("df.groupby('a')['b'].agg(['sum'])", False),
        ("df.groupby('a')[['b']].sum()", False),
        ("df.groupby('a')[columns].sum()", False),
    ],
)
def test_an_aggregate_of_one_grouped_column_is_a_series(expression: str, is_series: bool) -> None:
    body = f"df = dbt.ref('x').toPandas()\nkey, options, columns = unknown()\nreturn {expression}"
    (found,) = flow_of(body).returns
    assert (found.value == "series") is is_series
