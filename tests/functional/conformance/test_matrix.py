"""Every way to make a table, in every format: the ticks of the documentation's table of formats stand on these tests."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from dbt.tests.util import get_connection, run_dbt
from dbt_common.exceptions import DbtBaseException
from glue_compiler.knowledge.tables import OPEN_FORMATS

from dbt.adapters.glue import catalog as data_catalog
from tests.functional.adapter import spark_dialect
from tests.functional.conformance import cells
from tests.functional.conformance.cells import CELLS, FIRST, SECOND, Cell, refusal
from tests.functional.conformance.on_format import OnFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = pytest.mark.spark

TYPES = {"id": "bigint", "day": "date", "changed": "timestamp"}
UNTIL = {FIRST: "2026-01-04", SECOND: "2026-01-05"}
SINCE = {FIRST: "2026-01-01", SECOND: "2026-01-03"}


class TestMatrix(OnFormat):
    every_format = True

    @pytest.fixture(scope="class")
    @classmethod
    def seeds(cls) -> dict[str, str]:
        return {"input.csv": cells.as_csv(FIRST)}

    @pytest.fixture(scope="class")
    @classmethod
    def models(cls) -> dict[str, str]:
        return {"schema.yml": "models: []\n"}

    @pytest.fixture(scope="class")
    @classmethod
    def project_config_update(cls, table_format: str) -> dict[str, Any]:
        """The input is the same for all formats, and filtered by the batches of those who ask for it."""
        own = {"+file_format": "parquet", "+event_time": "day"}
        properties = cells.PROPERTIES.get(table_format, {})
        return {
            "name": "test",
            "models": {"+table_properties": properties},
            "seeds": {"+column_types": TYPES, "+quote_columns": False, "test": {"input": own}},
        }

    @pytest.fixture(scope="class")
    @classmethod
    def built(cls, project: Any, table_format: str) -> dict[str, str | None]:
        """What two builds of the project said of its nodes, by name: a message, or None where all is well."""
        folder = Path(project.project_root)
        there = [cell for cell in CELLS if refusal(table_format, cell.name) is None]
        told: dict[str, str | None] = {}
        for rows in (FIRST, SECOND):
            (folder / "seeds" / "input.csv").write_text(cells.as_csv(rows), encoding="utf-8")
            for cell in there:
                _write(folder, cell, rows)
            told = {name: told.get(name) or text for name, text in _build(rows).items()}
        return told

    @pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
    def test_cell(
        self,
        project: Any,
        built: dict[str, str | None],
        table_format: str,
        cell: Cell,
        record_property: Callable[[str, object], None],
    ) -> None:
        refused = refusal(table_format, cell.name)
        record_property("cell", json.dumps([table_format, cell.name]))
        if refused is not None:
            assert refused in _refused(project, cell)
            return
        assert built[cell.name] is None, built[cell.name]
        wanted = None if cell.materialization == "view" else table_format
        # This adapter is that of dbt's last run, which may have been refused before it looked at any table.
        if table_format in OPEN_FORMATS:
            project.adapter.credentials.need_formats([table_format])
        project.adapter.table_formats.note(project.test_schema, cell.name, wanted)
        table = project.adapter.data_catalog.table(project.test_schema, cell.name)
        assert data_catalog.format_of(table) == wanted
        query = f"select {', '.join(cell.columns)} from {project.test_schema}.{cell.name}"
        found = _rows(project.adapter, table_format, query)
        assert sorted(found, key=repr) == sorted(cell.expected(), key=repr)


def _rows(adapter: Any, table_format: str, query: str) -> cells.Rows:
    """The rows of a query in a session that knows the format."""
    with get_connection(adapter) as connection:
        adapter.pre_model_hook({"file_format": table_format})
        rows = spark_dialect.run(adapter, query, "all", connection)
    return [tuple(map(_plain, row)) for row in rows]


def _refused(project: Any, cell: Cell) -> str:
    """What is said of a node that is not to be built, by its first run or by the one after it."""
    path = _write(Path(project.project_root), cell, SECOND)
    try:
        for _run in range(2):
            told = _build(SECOND, "--select", cell.name)[cell.name]
            if told is not None:
                return " ".join(told.split())
    except DbtBaseException as error:  # before anything ran
        return " ".join(str(error).split())
    finally:
        path.unlink()
    return "nothing"


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, datetime.date) else value


def _write(folder: Path, cell: Cell, rows: Sequence[cells.Row]) -> Path:
    path = folder / cell.path
    path.parent.mkdir(exist_ok=True)
    path.write_text(cell.text(rows), encoding="utf-8")
    return path


def _build(rows: tuple[cells.Row, ...], *selected: str) -> dict[str, str | None]:
    """Builds every node; what is said of those that fail, by name."""
    times = ["--event-time-start", SINCE[rows], "--event-time-end", UNTIL[rows]]
    results = run_dbt(["build", *times, *selected], expect_pass=None)  # type: ignore[arg-type]
    return {
        result.node.name: None if str(result.status) in ("success", "pass") else result.message
        for result in results
    }
