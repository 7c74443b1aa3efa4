"""Models of SQL and of Python, built twice, whose tables others than Spark read; and the row that they must find."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLUMNS = {
    "id": "cast(id as int)",
    "big": "cast(id * 3000000000 as bigint)",
    "even": "id % 2 = 0",
    "half": "cast(id as double) / 4",
    "exact": "cast(cast(id as decimal(12, 3)) / 8 as decimal(15, 6))",
    "name": "concat('näme ', id)",
    "day": "date_add(date'2026-01-30', cast(id as int))",
    "at": "timestamp'2026-01-30 10:20:30.123456Z'",
    "local": "timestamp_ntz'2026-01-30 10:20:30.123456'",
    "list": "array(cast(id as int), null)",
    "pair": "named_struct('a', cast(id as int), 'b', 'x')",
    "nothing": "cast(null as string)",
}
"""A column of each kind, of a row's `id`."""

SECOND = {
    "id": 1,
    "big": 3000000000,
    "even": False,
    "half": 0.25,
    "exact": "0.125000",
    "name": "näme 1",
    "day": "2026-01-31",
    "at": "2026-01-30 10:20:30.123456+00:00",
    "local": "2026-01-30 10:20:30.123456",
    "list": [1, None],
    "pair": {"a": 1, "b": "x"},
    "nothing": None,
}
"""The row of id 1, as JSON has it."""

SQL = """
{{{{ config(materialized='incremental', file_format={file_format!r}, incremental_strategy='merge', unique_key='id',
          partition_by={partition_by!r}) }}}}
select {columns} from range({{{{ '1, 3' if is_incremental() else '0, 2' }}}})
"""
PYTHON = """
def model(dbt, session):
    dbt.config(
        materialized="incremental", file_format={file_format!r}, incremental_strategy="merge", unique_key="id",
        partition_by={partition_by!r}{more},
    )
    rows = session.range(1, 3) if dbt.is_incremental else session.range(0, 2)
    return rows.selectExpr(*{columns!r})
"""
PROFILE = """
readers:
  target: local
  outputs:
    local: {{type: glue, endpoint: local, endpoint_dir: "{folder}", schema: {schema}, threads: 1, glue_version: "5.1"}}
"""


def two_models(
    file_format: str,
    partition_by: Sequence[str],
    columns: Mapping[str, str] = COLUMNS,
    python_config: str = "",
) -> dict[str, str]:
    """The same rows by an SQL and by a Python model: ids 0 and 1, then 1 and 2 merged in."""
    texts = [f"{expression} as {name}" for name, expression in columns.items()]
    given = {"file_format": file_format, "partition_by": list(partition_by)}
    more = f", {python_config}" if python_config else ""
    return {
        "by_sql.sql": SQL.format(**given, columns=", ".join(texts)),
        "by_python.py": PYTHON.format(**given, columns=texts, more=more),
    }


def build_twice(
    folder: Path,
    endpoint_dir: Path,
    schema: str,
    models: Mapping[str, str],
    variables: Sequence[str] = ("{}", "{}"),
) -> None:
    """Makes a project of models in a folder, and runs it as often as there are `--vars`."""
    (folder / "models").mkdir()
    (folder / "dbt_project.yml").write_text("name: readers\nprofile: readers\n")
    (folder / "profiles.yml").write_text(PROFILE.format(folder=endpoint_dir, schema=schema))
    for name, text in models.items():
        (folder / "models" / name).write_text(text)
    dbt = str(Path(sys.executable).with_name("dbt"))
    for given in variables:
        ran = subprocess.run(
            [dbt, "run", "--vars", given],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout
