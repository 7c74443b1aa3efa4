"""The types that Spark refuses, as they are stored."""

from __future__ import annotations

import pytest
from glue_compiler.knowledge import types
from glue_compiler.knowledge.frames import DATA
from glue_compiler.knowledge.glue_versions import SPARK_OF_GLUE

VERSIONS = sorted(set(SPARK_OF_GLUE.values()))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_spark_that_glue_runs_was_measured(version: str) -> None:
    assert (DATA / f"spark-types-{version}.json").is_file()
    assert types.misfit(version, "cast", ["int"], target="date") == (0,)
    assert types.misfit(version, "<", ["timestamp", "int"]) == (0, 1)
    assert types.refused_arguments(version, "explode") != []


@pytest.mark.parametrize(
    ("written", "head"),
    [
        ("decimal(10,2)", "decimal"),
        ("array<struct<a:int>>", "array"),
        ("map<string,decimal(3,1)>", "map"),
        ("varchar(20)", "string"),
        ("bigint", "bigint"),
        ("timestamp_ntz", None),
        ("interval day to second", None),
        ("int64", None),
        ("", None),
    ],
)
def test_types_are_looked_up_by_their_heads(written: str, head: str | None) -> None:
    assert types.head(written) == head


def test_a_type_of_which_nothing_was_measured_fits_everywhere() -> None:
    assert types.misfit("3.5", "<", ["timestamp_ntz", "int"]) == ()
    assert types.misfit("2.4", "<", ["timestamp", "int"]) == ()
    assert types.misfit("3.5", "cast", ["int"], target="no_type") == ()


def test_among_more_than_two_a_string_takes_all_in() -> None:
    assert types.misfit("3.5", "when", ["int", "boolean", "int"]) == (0, 1)
    assert types.misfit("3.5", "when", ["int", "boolean", "string"]) == ()
