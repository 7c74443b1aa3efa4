"""The API tables against the PySpark and pandas that are installed: the data cannot drift unseen."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pandas
import pyspark
import pytest
from glue_compiler.knowledge import frames, functions, types
from glue_compiler.knowledge.frames import api

if TYPE_CHECKING:
    from types import ModuleType

COLLECT = Path(__file__).parents[3] / "tools/knowledge/collect.py"


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


collect = load(COLLECT)
VERSIONS = {
    library: ".".join(version.split(".")[:2])
    for library, version in (
        ("pyspark", pyspark.__version__),
        ("pyspark_pandas", pyspark.__version__),
        ("pandas", pandas.__version__),
    )
}
OWNERS = [
    (library, owner, path)
    for library, owners in collect.OWNERS.items()
    for owner, path in owners.items()
]


@pytest.mark.parametrize(("library", "owner", "path"), OWNERS)
def test_a_table_lists_exactly_what_is_installed(library: str, owner: str, path: str) -> None:
    installed = collect.owner_of(owner, path)
    table = api(owner, VERSIONS[library])
    assert set(table.names()) == set(installed["members"])
    rows = {found.name: [found.kind, found.signature, found.since] for found in table.members()}
    assert rows == {name: row[:3] for name, row in installed["members"].items()}


@pytest.mark.parametrize(("library", "owner", "path"), OWNERS)
def test_every_attribute_of_the_installed_class_counts_as_existing(
    library: str, owner: str, path: str
) -> None:
    table = api(owner, VERSIONS[library])
    assert [name for name in dir(collect.resolve(path)) if not table.has(name)] == []


def test_the_tables_cover_every_version_that_glue_runs() -> None:
    for library, file_name in frames._LIBRARY_FILE.items():
        for version in frames.versions_of(library):
            assert (frames.DATA / f"{file_name}-{version}.json").is_file()


@pytest.mark.spark
def test_a_sample_of_functions_gives_what_is_stored() -> None:
    """The whole list takes minutes; these cover every flag and the commonest result types."""
    measure = load(COLLECT.parent / "measure_functions.py")
    stored = functions.measured_functions(VERSIONS["pyspark"])
    session, frame = measure.session_and_frame()
    try:
        for name in ("count", "sum", "upper", "overlay", "elt", "row_number", "explode", "rand"):
            result, flags = measure.measured(frame, getattr(measure.F, name))
            assert [result, flags] == list(stored[name]), name
    finally:
        session.stop()


@pytest.mark.spark
def test_a_sample_of_types_is_refused_as_is_stored() -> None:
    """The whole table takes minutes; these cover each of its parts."""
    measure = load(COLLECT.parent / "measure_types.py")
    version = VERSIONS["pyspark"]
    session = measure.session()
    try:
        asked = measure.Measure(session)
        for name in ("explode", "year", "sum", "abs"):
            refused, result = asked.function(getattr(measure.F, name))
            assert refused == types.refused_arguments(version, name), name
            for kind in ("int", "double", "date") if isinstance(result, dict) else ():
                given = types.function_result(version, name, kind)
                assert result.get(kind) == given, (name, kind)
        for left, right in (("date", "int"), ("int", "string"), ("boolean", "double")):
            for operation in ("==", "&", "when", "+"):
                refuses = asked.refuses(measure.BINARY[operation], left, right)
                assert refuses is bool(types.misfit(version, operation, [left, right])), operation
        for source, target in (("int", "date"), ("string", "date"), ("date", "int")):
            refuses = asked.refuses(lambda a, to=target: a.cast(to), source)
            assert refuses is bool(types.misfit(version, "cast", [source], target=target))
        for frame in asked.frames():
            united = measure.unites(frame, "date", "int")
            assert united is not types.has_no_union(version, "date", "int")
    finally:
        session.stop()
