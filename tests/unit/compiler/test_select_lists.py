"""What a SQL model selects, read off its text: names where they are written, nothing where they are not certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.project.load import load_project
from glue_compiler.schemas.resolver import FrameSchemas
from glue_compiler.schemas.select_lists import Star, select_list
from glue_compiler.schemas.upstream import UpstreamModels
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from pathlib import Path

REF = "{{ ref('a') }}"


def selected(text: str) -> str | None:
    """The items with `*relation` for all columns of one, and `...` at the end where there may be more."""
    found = select_list(text)
    if found is None:
        return None
    words = [
        f"*{'.'.join(item.relation.parts)}" if isinstance(item, Star) else item
        for item in found.items
    ]
    return " ".join([*words, *(["..."] if found.open else [])])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1 as id", "id"),
        ("select a, b as c, count(*) n, x.d, `e f`, upper(g) as h from t", "a c n d e f h"),
        ("select a b, case when a then b end e, x.y.z w from t;", "b e w"),
        ("select 'a, b' as x, \"from\" as y, r'\\' as z from t -- , more", "x y z"),
        ("select cast(a as struct<x: int, y: int>) as s, array(1, 2)[0] as q from t", "s q"),
        ("select distinct a, t.order as o from t where x in (select 1) order by 1", "a o"),
        ("select a from x union all select b from y", "a"),
        ("(select a from x) union all (select b from y)", "a"),
        ("select * from (select a, b from t) q", "a b"),
        ("with a (x, y) as (select 1, 2) select * from a", "x y"),
        ("with x as (select 1 as a), y as (select *, 2 as b from x) select * from y", "a b"),
        (f"select * from {REF} where x > 1", "*a"),
        (f"select a.*, b.x from {REF} a left join {{{{ ref('b') }}}} as b on a.id = b.id", "*a x"),
        (f"with b as (select * from {REF}) select b.*, 1 as n from b join c using (id)", "*a n"),
        ("select * from {{ source('raw', 'orders') }}", "*raw.orders"),
        ("select * from {{ ref('p', 'a') }} as x", "*p.a"),
        (f"select x.* from {REF} x lateral view explode(y) t as z", "*a"),
        # Jinja that changes no name
        ("{{ config(materialized='table') }}\n{% set x = ['a'] %}{# a #}select a from t", "a"),
        ("select {{ cents('a') }} as a, sum({% if x %} a {% else %} b {% endif %}) as s", "a s"),
        ("select '{{ var('x') }}' as a, b from t", "a b"),
        (f"select * from {REF} {{% if is_incremental() %}} where d > 1 {{% endif %}}", "*a"),
        ("select a from t where true {% for x in y %} and b <> {{ x }} {% endfor %}", "a"),
        # names that Spark or Jinja makes
        ("select a, upper(b), sum(c) over w, d is null, interval 1 day from t", "a ..."),
        ("select a, {{ columns() }}, b from t", "a b ..."),
        ("select a, x_{{ y }}, b as x_{{ y }}, {{ y }}_x from t", "a ..."),
        ("select a, explode(x) as (b, c) from t", "a ..."),
        ("select a, * from b.c", "a ..."),
        ("select a, * except (b) from x", "a ..."),
        ("select a, current_date, {{ b }} c from t", "a ..."),
        (f"select 1 as n, * from {REF} a join b on a.x = b.x", "n ..."),
        (f"select 1 as n, * from {REF}, b", "n ..."),
        (f"select 1 as n, * from {REF} lateral view explode(y) t as z", "n ..."),
        (f"select 1 as n, * from {REF} pivot (sum(x) for y in ('a'))", "n ..."),
        (f"select 1 as n, * from {REF} {{{{ joins() }}}}", "n ..."),
        (f"select 1 as n, * from {REF} {{% if x %}} join y {{% endif %}}", "n ..."),
        (f"select 1 as n, a.* from {REF}", "n ..."),
        (f"select 1 as n, t.* from {REF} as t (a, b)", "n ..."),
    ],
)
def test_what_a_model_selects(text: str, expected: str) -> None:
    assert selected(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", ";", "values (1)", "from x select a", "table x", "select * from {{ this }}"),
        *("{{ all_of_it() }}", "{{ m() }} select a", "select a from t; select b", "select 'a"),
        "{% if x %} select a {% else %} select b {% endif %}",
        "{% set x %} select a {% endset %} select b",
        "{% for x in y %} select a {% if not loop.last %} union all {% endif %} {% endfor %}",
        "select {% for x in y %} {{ x }}, {% endfor %} a from t",
        "with {% if x %} a as (select 1 as b) {% endif %} select a from t",
        "with recursive a as (select 1 as b) select b from a",
        "select a -- {% if x %}\n, b -- {% endif %}\nfrom t",
        "select (a {% if x %} ), ( {% endif %} b) as c from t",
        "select a from (select b",
        "select * from " + "(select * from " * 30 + "t" + ")" * 30,
        "{# select a",
        "select '" + "{{ x }}" * 200,
    ],
)
def test_what_is_not_certain_is_not_told(text: str) -> None:
    assert selected(text) is None


def columns_of(folder: Path, files: dict[str, str], ref: str = "orders") -> str | None:
    """The columns that a model knows of what it reads, with `...` where there may be more."""
    (folder / "dbt_project.yml").write_text("name: shop\n")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def text_of(path: str) -> SourceText | None:
        file = folder / path
        return SourceText(file.read_text()) if file.exists() else None

    project = load_project(folder, cache=False)
    facts = analyze(SourceText(f"def model(dbt, session):\n    return dbt.ref({ref!r})\n"))
    found = FrameSchemas.known(facts, project, UpstreamModels(text_of, analyze)).of(0)
    if not found.columns:
        return None
    return " ".join([*found.names, *([] if found.exact else ["..."])])


ORDERS = "models/orders.sql"
RAW = {"seeds/raw.csv": "id,day\n1,2\n"}
HUDI = "{{ config(materialized='incremental', file_format='hudi') }} select 1 as id"
STAR = "select *, 1 as n from {{ ref('raw') }}"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({ORDERS: "select 1 as id, 2 as day"}, "id day"),
        ({ORDERS: STAR, **RAW}, "id day n"),
        ({ORDERS: STAR}, "n ..."),
        ({ORDERS: STAR, "models/raw.sql": "select 1 as id, m.* from {{ ref('more') }} m"}, "id n ..."),
        ({ORDERS: STAR, "models/raw.sql": "select x from {{ ref('orders') }}"}, "x n"),
        ({ORDERS: STAR, "models/raw.sql": "select * from {{ ref('orders') }}"}, "n ..."),
        ({ORDERS: STAR, "models/raw.py": "def model(dbt, session):\n    return session.createDataFrame([], 'a int')\n"}, "a n"),
        ({ORDERS: "select 1 as id, 2 as ID"}, None),
        ({ORDERS: HUDI}, "id ..."),
        ({ORDERS: "{{ config(materialized='made_here') }} select 1 as id"}, None),
        ({ORDERS: "{{ config(materialized=kind()) }} select 1 as id"}, None),
        ({ORDERS: "select 1 as id", "models/s.yml": "models:\n  - name: orders\n    columns:\n      - {name: ID, data_type: int}\n"}, "id"),
        ({"dbt_packages/p/dbt_project.yml": "name: p\n", "dbt_packages/p/models/orders.sql": "select 1 as id", "packages.yml": "packages:\n  - local: p\n"}, None),
    ],
)  # fmt: skip
def test_columns_of_sql_models(files: dict[str, str], expected: str | None, tmp_path: Path) -> None:
    assert columns_of(tmp_path, files) == expected
