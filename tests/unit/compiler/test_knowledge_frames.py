"""The API tables of Spark, pandas and pandas-on-Spark: versions, effects, roles and suggestions."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from glue_compiler.knowledge import api, frame_api, frames, versions_of

from tests.unit.compiler.counting import calls_of

if TYPE_CHECKING:
    from glue_compiler.knowledge.frames import Member

EFFECTS = {
    *("passes", "projects", "groups", "aggregates", "joins", "unions", "acts", "converts"),
    *("escapes", "applies", "reads", "writes", "registers", "inspects", "expresses"),
    *("configures", "mutates", "unknown"),
}
SIMPLE_RESULTS = {
    *("int", "float", "bool", "str", "none", "row", "rows", "row_or_rows", "names", "schema"),
    *("frames", "array", "arrow", "iterator", "any"),
}
ROLES = {
    *("column", "name", "expression", "predicate", "sql", "expression_text", "keys", "frame"),
    *("frames", "grouped", "window", "assignments", "renames", "by_column", "schema", "function"),
    *("table", "view", "path", "right_column", "alias", "value"),
}
OWNERS = {
    owner
    for library, newest in (("spark", "4.1"), ("pandas", "2.3"), ("pandas_on_spark", "4.1"))
    for owner in frames._table(library, newest)
}
TABLES = [(owner, version) for owner in sorted(OWNERS) for version in versions_of(owner)]


def member(kind: str, name: str, glue_version: str = "5.0") -> Member:
    found = frame_api(kind, glue_version).member(name)
    assert found is not None, f"{kind} has no {name}"
    return found


@pytest.mark.parametrize(
    ("kind", "name", "effect", "result"),
    [
        ("spark", "filter", "passes", "spark"),
        ("spark", "where", "passes", "spark"),
        ("spark", "select", "projects", "spark"),
        ("spark", "groupBy", "groups", "spark.grouped"),
        ("spark", "join", "joins", "spark"),
        ("spark", "unionByName", "unions", "spark"),
        ("spark", "count", "acts", "int"),
        ("spark", "collect", "acts", "rows"),
        ("spark", "toPandas", "converts", "pandas"),
        ("spark", "pandas_api", "converts", "pandas_on_spark"),
        ("spark", "rdd", "escapes", "spark.rdd"),
        ("spark", "columns", "inspects", "names"),
        ("spark.grouped", "count", "aggregates", "spark"),
        ("spark.grouped", "pivot", "groups", "spark.grouped"),
        ("spark.session", "table", "reads", "spark"),
        ("spark.session", "read", "inspects", "spark.reader"),
        ("spark.reader", "parquet", "reads", "spark"),
        ("spark.column", "cast", "expresses", "spark.column"),
        ("spark.functions", "col", "expresses", "spark.column"),
        ("spark.window", "partitionBy", "expresses", "spark.window_spec"),
        ("pandas", "merge", "joins", "pandas"),
        ("pandas", "groupby", "groups", "pandas.grouped"),
        ("pandas.top", "DataFrame", "reads", "pandas"),
        ("pandas_on_spark", "to_spark", "converts", "spark"),
        ("pandas_on_spark", "to_pandas", "converts", "pandas"),
        ("pandas_on_spark", "merge", "joins", "pandas_on_spark"),
    ],
)
def test_a_member_says_what_it_does_and_gives(
    kind: str, name: str, effect: str, result: str
) -> None:
    found = member(kind, name)
    assert (found.effect, found.result) == (effect, result)


def test_actions_and_conversions_to_the_driver_run_a_job() -> None:
    for name in ("count", "collect", "isEmpty", "show", "toPandas", "first", "toLocalIterator"):
        assert member("spark", name).runs_job, name
    for name in ("select", "filter", "pandas_api", "columns", "schema", "write", "cache"):
        assert not member("spark", name).runs_job, name
    assert member("pandas_on_spark", "to_pandas").runs_job
    assert not member("pandas", "to_dict").runs_job


def test_roles_follow_positions_keywords_and_star_arguments() -> None:
    join = member("spark", "join")
    assert [join.role_of(0), join.role_of(1), join.role_of(2)] == ["frame", "keys", "value"]
    assert join.role_of(keyword="on") == "keys"
    select = member("spark", "select")
    assert [select.role_of(0), select.role_of(7)] == ["column", "column"]
    with_column = member("spark", "withColumn")
    assert [with_column.role_of(0), with_column.role_of(1)] == ["name", "expression"]
    assert member("pandas", "assign").role_of(keyword="total") == "assignments"
    assert member("pandas", "merge").role_of(0) == "frame"


def test_parameters_keep_defaults_and_kinds() -> None:
    parameters = {p.name: p for p in member("spark", "unionByName").parameters}
    assert parameters["other"].required
    assert parameters["allowMissingColumns"].default == "False"
    assert member("spark", "select").parameters[0].kind == "args"


def test_a_name_that_a_later_spark_removed_is_missing_there() -> None:
    newest = frame_api("spark", "6.0")
    assert not newest.has("to_pandas_on_spark")
    assert newest.removed_in("to_pandas_on_spark") == "4.1"
    assert frame_api("spark", "5.1").has("to_pandas_on_spark")
    assert frame_api("spark", "5.1").removed_in("to_pandas_on_spark") is None


def test_a_name_that_a_later_spark_added_is_missing_before() -> None:
    oldest = frame_api("spark", "4.0")
    assert not oldest.has("withColumnsRenamed")
    assert oldest.added_in("withColumnsRenamed") == "3.5"
    assert oldest.has("isEmpty")
    assert member("spark", "isEmpty", "4.0").since == "3.3.0"


def test_pandas_versions_follow_the_glue_version() -> None:
    assert frame_api("pandas", "4.0").has("append")
    assert not frame_api("pandas", "5.0").has("append")
    assert frame_api("pandas", "5.0").removed_in("append") == "2.2"


def test_an_unknown_glue_version_reads_as_the_newest_and_an_unknown_spark_is_refused() -> None:
    assert frame_api("spark", "9.9").version == "4.1"
    with pytest.raises(ValueError, match=r"known versions: 3\.3, 3\.5, 4\.1"):
        api("spark", "2.4")


def test_instance_attributes_and_private_names_exist_without_being_offered() -> None:
    spark = frame_api("spark", "5.0")
    assert spark.has("is_cached")
    assert spark.has("_jdf")
    assert "_jdf" not in spark.names()


@pytest.mark.parametrize(
    ("kind", "name", "rename"),
    [
        ("spark", "to_pandas", "toPandas"),
        ("spark", "with_column", "withColumn"),
        ("spark", "group_by", "groupBy"),
        ("spark", "fliter", "filter"),
        ("spark", "orderby", "orderBy"),
        ("spark.column", "is_null", "isNull"),
        ("spark.column", "isna", "isNull"),
        ("spark.session", "create_dataframe", "createDataFrame"),
        ("pandas", "distinct", "drop_duplicates"),
        ("pandas_on_spark", "toPandas", "to_pandas"),
    ],
)
def test_a_wrong_name_with_one_meaning_is_renamed(kind: str, name: str, rename: str) -> None:
    suggestion = frame_api(kind, "5.0").suggest(name)
    assert suggestion is not None
    assert suggestion.rename == rename
    assert frame_api(kind, "5.0").has(rename)


@pytest.mark.parametrize("name", ["iloc", "shape", "merge", "value_counts", "union_by_name"])
def test_a_wrong_name_whose_repair_needs_thought_is_only_advised(name: str) -> None:
    suggestion = frame_api("spark", "5.0").suggest(name)
    assert suggestion is not None
    assert suggestion.rename is None
    assert suggestion.advice.startswith(("use ", "rows ", "frames "))


def test_a_name_like_nothing_gets_no_suggestion() -> None:
    assert frame_api("spark", "5.0").suggest("zzyzx") is None


@pytest.mark.parametrize("library", ["spark", "pandas", "pandas_on_spark"])
def test_every_rename_leads_to_a_member_and_no_advice_is_given_for_a_member(library: str) -> None:
    from glue_compiler.knowledge import suggestions

    for owner, tables in suggestions._TABLES.items():
        if owner.partition(".")[0] != library:
            continue
        apis = [api(owner, version) for version in versions_of(owner)]
        for _, renames, advice in tables:
            for name, target in renames.items():
                assert any(target in a.names() for a in apis), f"{owner}.{name} -> {target}"
            for name in (*renames, *advice):
                assert not all(name in a.names() for a in apis), f"{owner}.{name} exists"


@pytest.mark.parametrize(("owner", "version"), TABLES)
def test_every_member_of_every_table_is_well_formed(owner: str, version: str) -> None:
    table = api(owner, version)
    assert table.names(), f"{owner} {version} is empty"
    for found in table.members():
        where = f"{owner}.{found.name} {version}"
        assert found.effect in EFFECTS, where
        assert found.result in SIMPLE_RESULTS or found.result in OWNERS, where
        assert {role for _, role in found.roles} <= ROLES, where
        if found.signature and not found.signature.startswith("()"):
            assert found.parameters, f"{where}: {found.signature}"
        assert re.fullmatch(r"[\d.]*", found.since), where


def test_every_row_of_semantics_names_a_member_and_its_parameters() -> None:
    for library in ("spark", "pandas", "pandas_on_spark"):
        for owner, rows in frames._semantics(library).items():
            tables = [api(owner, version) for version in versions_of(owner)]
            for name, row in rows.items():
                holders = [table for table in tables if table.has(name)]
                if library == "spark":
                    assert holders, f"{owner}.{name} is in no version"
                members = [found for t in holders if (found := t.member(name))]
                names = {p.name for found in members for p in found.parameters}
                for argument in row.split()[2:] if members else ():
                    parameter = argument.partition("=")[0]
                    if library == "spark" or owner in ("pandas", "pandas.top"):
                        assert parameter in names, f"{owner}.{name} has no {parameter}"


def test_a_summary_is_one_line() -> None:
    summary = member("spark", "filter").summary
    assert summary == "Filters rows using the given condition"
    described = [found for found in frame_api("spark", "5.0").members() if found.summary]
    assert len(described) > 95


def test_a_table_makes_the_member_that_is_asked_for_and_no_other() -> None:
    frames._table.cache_clear()
    frames.api.cache_clear()
    one = calls_of(lambda: frame_api("spark", "5.0").member("select"))
    assert one < calls_of(frame_api("spark", "5.0").members) / 10  # some twentieth


def test_importing_the_knowledge_loads_no_table_and_nothing_heavy() -> None:
    code = (
        "import sys; from glue_compiler import knowledge; "
        "print(sorted(m for m in sys.modules if m.startswith(('pyspark','pandas','packaging',"
        "'glue_compiler.knowledge.'))))"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "[]"
