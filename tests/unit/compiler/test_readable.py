"""The program for people is Python of its own: the model's code, dbt's answers in place, what stood there in comments beside."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from glue_compiler.project.context import Node, ProjectContext, RelationColumn
from glue_compiler.rewrites.decision import REASONS
from glue_compiler.rewrites.plain import PLAIN
from glue_compiler.rewrites.plain_functions import HELPERS
from glue_compiler.rewrites.remedies import REMEDIES
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Surroundings, Workspace
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.compiler.odd_models import ODD_MODELS

CORPUS = sorted((Path(__file__).parents[2] / "data" / "models").glob("*.py"))
COLUMNS = tuple(RelationColumn(name, "string", "contract") for name in ("note", "Id", "text"))
EVENTS = Node("model", "events", "shop", "models/events.sql", schema="raw", columns=(
    RelationColumn("id", "bigint", "contract"), RelationColumn("amount", "double", "contract"),
    *(RelationColumn(f"text_{n}", "string", "contract") for n in range(4)),
), contract=True, columns_complete=True)  # fmt: skip
HEAD = "import pandas as pd\nfrom pyspark.sql import functions as F\n\n\n"


def read(text: str, *, incremental: bool = False, **config: object) -> str:
    node = Node("model", "report", "shop", "models/report.py", "python", config=config)
    project = ProjectContext("/shop", "shop", (EVENTS, node), (), ("shop",))
    workspace = Workspace(Surroundings(Path("/shop"), project))
    made = workspace.program("models/report.py", SourceText(text), incremental=incremental)
    return made.readable


def body(*lines: str, head: str = HEAD, **config: object) -> list[str]:
    text = head + "def model(dbt, session):\n" + "".join(f"    {line}\n" for line in lines)
    found = read(text, **config)
    ast.parse(found)
    assert "__dbt_glue" not in found
    code = found[found.index("-------- models/report.py") :]
    return [line.strip() for line in code.splitlines()]


@pytest.mark.parametrize("incremental", [False, True])
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_every_model_of_the_corpus_reads_as_python(path: Path, incremental: bool) -> None:
    text = read(path.read_text(encoding="utf-8"), incremental=incremental)
    ast.parse(text)
    assert "__dbt_glue" not in text


@settings(deadline=None)
@given(st.sampled_from(CORPUS), st.integers(0, 200), st.sampled_from(["\n", "\r\n"]))
def test_the_program_of_any_version_of_a_model_is_python(path: Path, cut: int, ending: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    del lines[cut % len(lines)]
    text = ending.join(lines) + ending
    try:
        ast.parse(text)
    except SyntaxError:
        return
    found = read(text)
    ast.parse(found)
    assert "__dbt_glue" not in found
    assert "\r" not in found


def test_answers_of_dbt_stand_in_the_place_of_its_calls() -> None:
    lines = body(
        'a = dbt.ref("events").limit(dbt.config.get("batch"))',
        'name = f"{dbt.this}_old" + dbt.this.identifier + str(dbt.this)',
        "if dbt.is_incremental:",
        '    a = a.filter("id > 1")',
        "return a",
        batch=5,
    )
    assert (
        'a = spark.table("raw.events").limit(5)  # dbt.ref("events"), dbt.config.get("batch")'
        in lines
    )
    assert any(
        line.startswith('name = f"`default`.`report`_old" + "report" + "`default`.`report`"')
        for line in lines
    )
    assert "if False:  # dbt.is_incremental" in lines
    assert "result = model(None, spark)" in lines


def test_what_is_only_known_at_run_time_asks_a_small_stand_in() -> None:
    text = read(
        HEAD
        + 'def model(dbt, session):\n    name = "ev" + "ents"\n    dbt.ref("events")\n    return dbt.ref(name)\n'
    )
    assert "class Dbt:" in text
    assert "('events',): lambda: spark.table(\"raw.events\")," in text
    assert "result = model(Dbt(), spark)" in text


def test_a_projection_is_a_select_where_the_columns_are_known() -> None:
    lines = body(
        'pdf = dbt.ref("events").toPandas()', 'return pd.DataFrame({"n": [pdf["amount"].sum()]})'
    )
    assert (
        'pdf = spark.table("raw.events").select("amount").toPandas()  # was: pdf = dbt.ref("events").toPandas()'
        in lines
    )


def test_a_projection_is_a_helper_where_they_are_not() -> None:
    source = 'def model(dbt, session):\n    pdf = dbt.ref("x").toPandas()\n    return pd.DataFrame({"n": [pdf["a"].sum()]})\n'
    text = read(HEAD + source)
    assert 'pdf = project(spark.table("default.x"), ("a",)).toPandas()' in text
    assert text.index("def arrow_takes(frame):") < text.index("def project(frame, names):")
    taken = read(HEAD + "project = 1\n" + source)
    assert "def project_(frame, names):" in taken
    assert 'project_(spark.table("default.x"), ("a",))' in taken


def test_added_columns_are_a_dict_where_none_can_read_another() -> None:
    lines = body(
        'df = dbt.ref("events")',
        'df = df.withColumn("a", F.lit(1)).withColumn("b", F.col("id")).withColumn("c", F.lit(2))',
        'df = df.withColumn("d", F.lit(1)).withColumn("e", F.lit(df.id)).withColumn("f", F.lit(2))',
        'for name in ["x", "y"]:',
        '    df = df.withColumn(f"{name}_flag", F.col(name).isNotNull())',
        "return df",
    )
    assert 'df = df.withColumns({"a": F.lit(1), "b": F.col("id"), "c": F.lit(2)})' in lines
    assert 'df = with_columns(df, [("d", F.lit(1)), ("e", F.lit(df.id)), ("f", F.lit(2))])' in lines
    assert '# was: for name in ["x", "y"]:' in lines
    assert (
        'df = df.withColumns({f"{name}_flag": F.col(name).isNotNull() for name in ["x", "y"]})'
        in lines
    )
    lines = body(
        'df = dbt.ref("events")',
        "for key in NAMES:",
        "    df = df.withColumn(key + '_flag', F.col(key).isNotNull())",
        'for name in ["x", "x_y"]:',
        '    df = df.withColumn(f"{name}_y", F.col(name))',
        "return df",
        head=HEAD + 'NAMES = ["x", "y"]\n\n\n',
    )
    assert (
        "df = with_columns(df, [(key + '_flag', F.col(key).isNotNull()) for key in NAMES])" in lines
    )
    assert 'df = with_columns(df, [(f"{name}_y", F.col(name)) for name in ["x", "x_y"]])' in lines


def test_what_has_no_plain_form_stays_as_written_and_is_told() -> None:
    text = read(HEAD + 'def model(dbt, session):\n    return dbt.ref("events").toPandas()\n')
    assert '    return spark.table("raw.events").toPandas()  # dbt.ref("events")\n' in text
    assert "here these lines are as written:\n#   line 6  arrow  by Arrow, where that gives" in text
    assert "Rewritten" not in text


def test_columns_in_a_loop_are_a_comprehension() -> None:
    head = HEAD + 'TEXTS = ["text_1", "text_2"]\nkind = input()\n\n\n'
    loops = (
        'df = dbt.ref("events")',
        "for c in TEXTS:",
        "    df = df.withColumn(c, F.trim(F.col(c)))",
        "for c in TEXTS:",
        "    if c in df.columns:",
        "        df = df.withColumn(c, F.col(c).cast(kind))",
        "for c in df.columns:",
        "    name = c.lower()",
        "    df = df.withColumnRenamed(c, name)",
    )
    lines = body(
        *loops,
        "for c in TEXTS:",
        "    df = df.withColumn(c, F.col(c) + 1)",
        "    print(c)",
        "return df.filter(c)",
        head=head,
    )
    # `c` of the first three is bound again by the last, but read after it: they may leave it behind.
    assert not any("withColumns" in line or "_columns(" in line for line in lines)
    lines = body(
        *loops,
        "return df.select([c for c in df.columns])",
        head=head,
    )
    assert "df = df.withColumns({c: F.trim(F.col(c)) for c in TEXTS})" in lines
    assert (
        "df = with_columns(df, [(c, F.col(c).cast(kind)) for c in TEXTS if c in df.columns])"
        in lines
    )
    assert "df = renamed(df, [(c, c.lower()) for c in df.columns])" in lines


@pytest.mark.parametrize(
    "other", ["TEXTS.append(df.columns[0])", "use(TEXTS)", "TEXTS = TEXTS[1:]", "TEXTS[0] = 'a'"]
)
def test_a_list_that_may_change_is_no_literal(other: str) -> None:
    lines = body(
        'df = dbt.ref("events")',
        other,
        "for c in TEXTS:",
        "    df = df.withColumn(c, F.trim(F.col(c)))",
        "return df.select([c for c in df.columns])",
        head=HEAD + 'TEXTS = ["text_1", "text_2"]\n\n\n',
    )
    assert "df = df.withColumns({c: F.trim(F.col(c)) for c in TEXTS})" not in lines


def test_a_reported_count_stands_after_the_write() -> None:
    lines = body('df = dbt.ref("events")', 'print(f"{df.count()} rows of {dbt.this}")', "return df")
    assert '# after the write: print(f"{df.count()} rows of {dbt.this}")' in lines
    end = lines[lines.index("# -------- the result --------") :]
    at = end.index('row_count = spark.table("default.report__standalone").count()')
    assert end[at + 1] == 'print(f"{row_count} rows of `default`.`report`")'
    assert ".saveAsTable(" in end[at - 2]
    lines = body("import math", 'df = dbt.ref("events")', "print(df.count())", "return df")
    assert "# after the write: print(df.count())" in lines


def test_work_that_is_shared_is_cached_where_all_returns_want_it() -> None:
    whole = [
        'df = dbt.ref("events").groupBy("id").count()',
        "n = df.count()",
        "if n > 10 and df.filter('id < 0').count() == 0:",
        "    print('much')",
    ]
    lines = body(*whole, "return df")
    at = lines.index("df.cache()  # computed once for lines 7, 8 and the write")
    assert lines[at + 1] == "n = df.count()"
    for last in ("return df.limit(n)", "if n:\n        return df.limit(1)\n    return df"):
        assert not any(".cache()" in line for line in body(*whole, last))


def test_helpers_stand_behind_the_model_unless_the_file_itself_calls_them() -> None:
    source = 'def model(dbt, session):\n    pdf = dbt.ref("x").toPandas()\n    return pd.DataFrame({"n": [pdf["a"].sum()]})\n'
    text = read(HEAD + source)
    assert text.index("def model(") < text.index("# -------- helpers --------\n\ndef arrow_takes")
    assert text.index("def spark_frame(") < text.index("# -------- the result --------")


def test_future_imports_stay_first_and_a_main_block_is_left_out() -> None:
    text = read("from __future__ import annotations\n\nif __name__ == '__main__':\n    model(1, 2)\n\n\n"
                "def model(dbt, session):\n    return dbt.ref('x')\n")  # fmt: skip
    code = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert code[0] == "from __future__ import annotations"
    assert "if False:  # __name__ == '__main__'" in code


def test_the_result_is_written_as_the_configs_say() -> None:
    text = read(
        HEAD + 'def model(dbt, session):\n    return dbt.ref("events")\n',
        file_format="orc", partition_by=["day"], clustered_by=["id"], buckets=4,
        options={"compression": "zlib"}, table_properties={"owner": "sales"},
    )  # fmt: skip
    assert (
        'result.write.mode("overwrite").format("orc").partitionBy("day").bucketBy(4, "id")'
        '.option("compression", "zlib").saveAsTable("default.report__standalone")'
    ) in text
    assert "SET TBLPROPERTIES ('owner' = 'sales')" in text


def test_every_helper_is_python_of_its_own_name() -> None:
    for name, helper in HELPERS.items():
        (function,) = ast.parse(helper.text).body
        assert isinstance(function, ast.FunctionDef)
        assert function.name == name
        assert set(helper.calls) <= set(HELPERS)
        assert not re.search(r"glue_(?:session|compiler)", helper.text)
    assert set(PLAIN.values()) <= set(HELPERS)


def test_every_reason_has_a_remedy_or_says_that_there_is_none() -> None:
    assert set(REMEDIES) == set(REASONS)


def test_odd_models_read_as_python() -> None:
    for text in ODD_MODELS.values():
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        ast.parse(read(text))
