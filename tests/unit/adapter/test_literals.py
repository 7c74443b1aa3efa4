"""Texts, names and types on their way into a statement."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from dbt_common.exceptions import CompilationError, DbtRuntimeError
from glue_session.texts import quote_name, sql_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbt.adapters.glue.column import GlueColumn
from dbt.adapters.glue.literals import in_sql, quoted_name, string_literal, type_name

ROOT = Path(__file__).parents[3]
NAMES = st.text(
    st.sampled_from("ab_1 -.`'\"\\\n\t;:,<>()$é😀") | st.characters(exclude_categories=("Cs",)),
    min_size=1,
    max_size=12,
).filter(lambda name: "${" not in name)
TYPES = st.recursive(
    st.sampled_from(
        ["string", "integer", "long", "double", "date", "timestamp_ntz", "decimal(10,2)"]
    ),
    lambda inner: (
        st.builds(lambda kind: {"type": "array", "elementType": kind, "containsNull": True}, inner)
        | st.builds(
            lambda kind: {
                "type": "map",
                "keyType": "string",
                "valueType": kind,
                "valueContainsNull": True,
            },
            inner,
        )
        | st.builds(
            lambda fields: {
                "type": "struct",
                "fields": [
                    {"name": name, "type": kind, "nullable": True, "metadata": {}}
                    for name, kind in fields.items()
                ],
            },
            st.dictionaries(NAMES, inner, min_size=1, max_size=3),
        )
    ),
    max_leaves=6,
)
_TOKENS = re.compile(r"`(?:[^`]|``)*`|[a-z_0-9]+|[<>:,(){}]", re.IGNORECASE)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(TYPES)
def test_a_type_of_any_names_is_sql_and_stays_so(kind: object) -> None:
    text = type_name(kind)
    assert in_sql(text) == text
    assert GlueColumn("c", text).data_type == text
    # Nothing is outside of quotes but words and marks of types.
    assert _TOKENS.sub("", text) == ""


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        ("struct<x-y:int>", "struct<`x-y`:int>"),
        ("struct<a b:array<struct<c.d:string>>>", "struct<`a b`:array<struct<`c.d`:string>>>"),
        ("STRUCT<a: INT NOT NULL COMMENT 'x:y, z', b: STRING>", "struct<a:INT,b:STRING>"),
        ("struct<a int, b string>", "struct<a:int,b:string>"),
        ("map<string,struct<`q``r`:decimal(10, 2)>>", "map<string,struct<`q``r`:decimal(10, 2)>>"),
        ("struct<>", "struct<>"),
        ("struct<x int) , (select 1:int>", None),
        ("interval day to second", "interval day to second"),
        ("decimal(38,0)", "decimal(38,0)"),
        ("int) as x, (select 1", None),
        ("int comment 'x'", None),
        ("struct<a:int>, b int", None),
        ("array<int", None),
        ("", None),
    ],
)
def test_types_that_others_write(stored: str, wanted: str | None) -> None:
    if wanted is None:
        with pytest.raises(ValueError, match="no type of Spark's"):
            in_sql(stored)
        with pytest.raises(CompilationError, match="the type of column amount"):
            _ = GlueColumn("amount", stored).data_type
    else:
        assert in_sql(stored) == wanted
        assert GlueColumn("amount", stored).data_type == wanted


def test_a_name_that_spark_would_change_is_refused() -> None:
    for name in ("${env:HOME}", "a${spark.app.name}b"):
        with pytest.raises(DbtRuntimeError, match="give the column or table another name"):
            quoted_name(name)
    assert quoted_name("${") == "`${`"


@given(NAMES)
def test_both_sides_quote_alike(text: str) -> None:
    assert quoted_name(text) == quote_name(text)
    assert string_literal(text) == sql_text(text)


def test_nothing_else_quotes() -> None:
    """Names and texts become SQL in one module of either side; no other one writes a backtick around a value."""
    known = {"dbt/adapters/glue/literals.py", "session/glue_session/texts.py"}
    found = set()
    for wing in ("dbt", "session"):
        for file in (ROOT / wing).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                doubles = isinstance(node, ast.Constant) and node.value == "``"
                if doubles:
                    found.add(file.relative_to(ROOT).as_posix())
    # These read names that are quoted; they write none.
    reads = {
        "dbt/adapters/glue/named_twice.py",
        "dbt/adapters/glue/formats/iceberg.py",
        "session/glue_session/spark_errors.py",
    }
    assert found - reads == known


def test_no_macro_writes_backticks_around_a_value() -> None:
    for file in (ROOT / "dbt/include/glue/macros").rglob("*.sql"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(
            r"`\{\{|`' ?~|'\{\{(?! (\"|'))", text.replace("'{{ model.config", "")
        ), file
