"""Open table formats: what differs between them is in one module for each, and the rest of the adapter asks here.

To add a format:

1. its name goes from LATER_FORMATS to OPEN_FORMATS in glue_compiler/knowledge/tables.py;
2. a subclass of `OpenFormat` in a module of its name here says what it does otherwise, and stands in `FORMATS`;
3. SQL in which it differs is asked for by the macros (dbt/include/glue/macros: create_table_as.sql for making and
   replacing, incremental/changes.sql for the strategies) through a method of its class, not by its name;
4. its jars are in endpoint/glue_endpoint/spark/formats.py, and it gets a chapter in docs/table-formats.md;
5. dbt's suites run on it: DBT_GLUE_TEST_FORMATS=name pytest tests/functional/conformance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbt.adapters.glue.formats.delta import Delta
from dbt.adapters.glue.formats.hudi import Hudi
from dbt.adapters.glue.formats.iceberg import Iceberg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.glue.formats.open_format import OpenFormat

__all__ = ["FORMATS", "open_format"]

FORMATS: Mapping[str, OpenFormat] = {each.name: each for each in (Iceberg(), Delta(), Hudi())}
"""By name, as in OPEN_FORMATS. In sessions with several, the extension of the first reads a statement first."""


def open_format(name: str | None) -> OpenFormat | None:
    """The open format of a name; None for formats of files and for what nobody knows."""
    return None if name is None else FORMATS.get(name)
