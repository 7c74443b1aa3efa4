"""The API tables against the PySpark and pandas that are installed: the data cannot drift unseen."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pandas
import pyspark
import pytest
from glue_compiler.knowledge import frames, functions
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
