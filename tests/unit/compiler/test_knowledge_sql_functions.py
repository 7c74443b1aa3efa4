"""The functions of Spark SQL, as stored."""

from __future__ import annotations

import pytest
from glue_compiler.knowledge.glue_versions import SPARK_OF_GLUE
from glue_compiler.knowledge.sql_functions import INSTEAD, functions_of, may_call, near, versions_of


def test_each_spark_of_glue_was_measured() -> None:
    for version in SPARK_OF_GLUE.values():
        assert {"sum", "upper", "transform", "cast", "date_format"} <= functions_of(version)


def test_a_function_has_the_versions_that_list_it() -> None:
    assert versions_of("try_to_timestamp") == ("3.5", "4.1")
    assert versions_of("listagg") == ("4.1",)
    assert versions_of("strpos") == ()


@pytest.mark.parametrize("word", ["extract", "percentile_cont", "timestampadd", "try_cast", "in"])
def test_words_of_the_grammar_are_no_unknown_functions(word: str) -> None:
    assert all(may_call(word, version) for version in SPARK_OF_GLUE.values())


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("uper", "upper"),
        ("dateformat", "date_format"),
        ("colaesce", "coalesce"),
        ("maxs", "max"),
        ("st_contains", None),
        ("sum2", None),
        ("clean_up", None),
        ("mad", None),
    ],
)
def test_only_a_slip_is_near(name: str, function: str | None) -> None:
    assert near(name, "3.5") == function


def test_advice_is_for_what_no_spark_or_only_some_have() -> None:
    assert not [name for name in INSTEAD if may_call(name, "3.3")]
