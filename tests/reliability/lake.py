"""The lake as Athena reads it, without Spark: the catalog's entry first, then the files below its location."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pyarrow.parquet  # type: ignore[import-untyped]

from tests.functional.adapter.open_tables import client_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from glue_endpoint.process.client import EndpointHandle

    from tests.reliability.shop import Rows

__all__ = ["Lake"]

ALIVE = ("PROVISIONING", "READY")


class Lake:
    """The catalog and the files of an endpoint, seen from outside of dbt; nothing of it passes a wire."""

    def __init__(self, endpoint: EndpointHandle, state: Path, pause: float = 0.0) -> None:
        """`pause`: seconds between the catalog's answer and the reading of files."""
        self.glue = client_of(endpoint)
        self._state = state
        self._pause = pause

    def rows(self, schema: str, table: str, columns: Sequence[str]) -> Rows | None:
        """The rows in the order of their text; None where there is no table.

        The column `dbt_valid_to` is read as whether it is null. Raises FileNotFoundError where a file
        or folder that the catalog speaks of is not there.
        """
        try:
            entry = self.glue.get_table(DatabaseName=schema, Name=table)["Table"]
        except self.glue.exceptions.EntityNotFoundException:
            return None
        places = self._places(schema, entry)
        time.sleep(self._pause)
        rows = [row for place, fixed in places for row in self._read(place, fixed, columns)]
        return sorted(rows, key=repr)

    def places(self, schema: str, table: str) -> list[str]:
        """The locations of a table and of its partitions; none where there is no table."""
        try:
            entry = self.glue.get_table(DatabaseName=schema, Name=table)["Table"]
        except self.glue.exceptions.EntityNotFoundException:
            return []
        return [location_of(entry), *(place for place, _ in self._places(schema, entry))]

    def _places(self, schema: str, entry: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """Where the rows are, and the columns that are not in the files there."""
        keys = [key["Name"] for key in entry.get("PartitionKeys") or ()]
        if not keys:
            return [(location_of(entry), {})]
        pages = self.glue.get_paginator("get_partitions").paginate(
            DatabaseName=schema, TableName=entry["Name"]
        )
        return [
            (location_of(part), dict(zip(keys, part["Values"], strict=True)))
            for page in pages
            for part in page["Partitions"]
        ]

    def folder(self, location: str) -> Path:
        return self._state / "s3" / location.removeprefix("s3://")

    def _read(self, location: str, fixed: dict[str, Any], columns: Sequence[str]) -> Rows:
        folder = self.folder(location)
        if not folder.exists():
            raise FileNotFoundError(location)
        rows: Rows = []
        for path in sorted(folder.rglob("*")):
            hidden = any(part[0] in "_." for part in path.relative_to(folder).parts)
            if hidden or not path.is_file():
                continue
            wanted = [name for name in columns if name not in fixed]
            lines = pyarrow.parquet.ParquetFile(path).read(wanted).to_pylist()
            for line in lines:
                whole = {**line, **fixed}
                rows.append(
                    tuple(
                        whole[name] is None if name == "dbt_valid_to" else whole[name]
                        for name in columns
                    )
                )
        return rows

    def names(self, schema: str) -> list[str]:
        """The tables of a schema, those of the adapter's own included."""
        try:
            pages = self.glue.get_paginator("get_tables").paginate(DatabaseName=schema)
            return sorted(table["Name"] for page in pages for table in page["TableList"])
        except self.glue.exceptions.EntityNotFoundException:
            return []

    def sessions(self) -> list[str]:
        """The ids of the sessions that are billed."""
        found: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        while True:
            answer = self.glue.list_sessions(**more)
            found += answer["Sessions"]
            if not answer.get("NextToken"):
                break
            more = {"NextToken": answer["NextToken"]}
        return [str(item["Id"]) for item in found if item["Status"] in ALIVE]

    def forget(self, schema: str) -> None:
        """Drops the schema with its tables; files stay."""
        try:
            self.glue.delete_database(Name=schema)
        except self.glue.exceptions.EntityNotFoundException:
            return


def location_of(entry: dict[str, Any]) -> str:
    """Where the files of a table or partition are: Spark keeps it beside a placeholder for some formats."""
    storage = entry["StorageDescriptor"]
    path = (storage.get("SerdeInfo") or {}).get("Parameters", {}).get("path")
    location = str(storage.get("Location") or "")
    return str(path) if path and "__PLACEHOLDER__" in location else location
