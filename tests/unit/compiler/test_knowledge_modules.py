"""Names of modules: which version of a library has which, and what is meant by one that is gone."""

from __future__ import annotations

import pytest
from glue_compiler.knowledge import modules
from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS


@pytest.mark.parametrize(
    ("owner", "name", "lacking"),
    [
        ("datetime", "now", GLUE_VERSIONS),
        ("datetime", "datetime", ()),
        ("datetime", "UTC", ("4.0",)),
        ("datetime.datetime", "now", ()),
        ("datetime.datetime", "timedelta", GLUE_VERSIONS),
        ("datetime.datetime", "mro", ()),
        ("numpy", "float", ("5.0", "5.1", "6.0")),
        ("numpy", "NaN", ("5.1", "6.0")),
        ("numpy", "testing", ()),
        ("numpy", "_private", ()),
        ("pandas", "datetime", ("5.0", "5.1", "6.0")),
        ("os", "path", ()),
        ("pyspark.sql", "functions", ()),
        ("pyspark.sql", "col", GLUE_VERSIONS),
        ("pyspark.sql.types", "VariantType", ("4.0", "5.0", "5.1")),
        ("a_module_of_mine", "anything", ()),
    ],
)
def test_a_name_is_lacking_in_the_glue_versions_that_run_a_library_without_it(
    owner: str, name: str, lacking: tuple[str, ...]
) -> None:
    assert tuple(glue for glue in GLUE_VERSIONS if modules.lacks(owner, name, glue)) == lacking


def test_of_a_glue_version_that_nobody_knows_nothing_is_said() -> None:
    assert not modules.lacks("datetime", "now", "99.0")
    assert modules.version_in("numpy", "99.0") is None


def test_every_glue_version_runs_libraries_whose_names_are_known() -> None:
    for library in ("python", "numpy", "pandas", "pyspark"):
        assert all(modules.version_in(library, glue) for glue in GLUE_VERSIONS)


def test_what_a_lost_name_became_is_there_in_every_version_that_lost_it() -> None:
    for owner, renamed in modules.RENAMED.items():
        for name, meant in renamed.items():
            home, _, last = meant.rpartition(".")
            for glue in GLUE_VERSIONS:
                if home and modules.lacks(owner, name, glue):
                    assert not modules.lacks(home, last, glue), (owner, name, glue)


def test_a_star_import_binds_what_the_version_exports() -> None:
    assert {"col", "max", "sum"} <= set(modules.starred("pyspark.sql.functions", "3.5") or ())
    assert "any_value" not in (modules.starred("pyspark.sql.functions", "3.3") or ())
    assert "any_value" not in (modules.starred("pyspark.sql.functions") or ())
    assert modules.starred("pyspark.sql.functions", "2.4") is None
    assert modules.starred("a_module_of_mine", "3.5") is None


def test_a_star_import_says_nothing_of_what_a_module_has_imported_itself() -> None:
    for version in ("3.3", "3.5", "4.1"):
        exported = modules.starred("pyspark.sql.functions", version) or ()
        assert {"functools", "sys", "StringType", "DataFrame"}.isdisjoint(exported)
