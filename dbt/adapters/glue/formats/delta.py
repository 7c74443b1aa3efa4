"""Delta Lake: tables in Spark's own catalog, which is Delta's then; the log of a table says what it is.

Sources: AWS Glue's guide ("Using the Delta Lake framework in AWS Glue"), Delta Lake's documentation.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, ClassVar

from dbt_common.exceptions import CompilationError

from dbt.adapters.glue.formats.open_format import OpenFormat
from dbt.adapters.glue.table_files import FilesUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dbt.adapters.glue.table_files import TableFiles

__all__ = ["Delta"]

_ICEBERGS = ("expire_snapshots", "remove_orphan_files")
_MAPPING = "delta.columnMapping.mode"
_WIDENING = "delta.enableTypeWidening"
_COMMIT = re.compile(r"\d{20}\.json")
_COMMITS_READ = 50
"""At most: a table that was only tidied in that many commits is as fresh as the oldest of them."""


class Delta(OpenFormat):
    name = "delta"
    title = "Delta Lake"
    provider = "delta"
    extension = "io.delta.sql.DeltaSparkSessionExtension"
    session_catalog = "org.apache.spark.sql.delta.catalog.DeltaCatalog"
    # CREATE OR REPLACE TABLE AS SELECT fails with Delta 3.3.2 on Spark 3.5.6, which Glue 5.1 lists.
    creates_or_replaces = False
    # Said, because a session may have it otherwise: all of the table is replaced.
    overwrite_options: ClassVar[Mapping[str, str]] = {
        "overwriteSchema": "true",
        "partitionOverwriteMode": "static",
    }
    columns_in_catalog = False

    def check(self, config: Mapping[str, Any]) -> None:
        super().check(config)
        asked = [name for name in _ICEBERGS if config.get(name)]
        if asked:
            raise CompilationError(
                f"{' and '.join(asked)}: of Iceberg, which delta tables do not have; Delta's own is "
                "`post_hook: vacuum {{ this }}`"
            )

    def preparations(
        self,
        relation: str,
        dropped: Sequence[str],
        widened: Sequence[str],
        properties: Callable[[], Mapping[str, str]],
    ) -> Sequence[str]:
        """Nothing: columns go, and types widen, only in tables that say so themselves.

        For both the table's files no longer say what its columns are, and readers that do not know it show wrong values:
        of a table with mapped names deltalake 1.6 and DuckDB 1.5 show columns as NULL.
        """
        if not dropped and not widened:
            return ()
        there = properties()
        if widened and there.get(_WIDENING) != "true":
            raise CompilationError(
                f"{relation}: the type of {', '.join(widened)} cannot change in a delta table without type widening, "
                f"which not every reader knows. Run with --full-refresh, cast in the model, or run: "
                f"alter table {relation} set tblproperties ('{_WIDENING}' = 'true')"
            )
        if dropped and there.get(_MAPPING, "none") == "none":
            raise CompilationError(
                f"{relation}: {', '.join(dropped)} cannot be dropped from a delta table whose names are not mapped, and "
                "not every reader knows mapped names. Run with --full-refresh, use append_new_columns, or run: "
                f"alter table {relation} set tblproperties ('{_MAPPING}' = 'name')"
            )
        return ()

    def last_change(
        self,
        location: str,
        parameters: Mapping[str, str],  # noqa: ARG002 - all is in the log
        files: TableFiles,
    ) -> datetime | None:
        """That of the newest commit whose actions change data: OPTIMIZE's do not, VACUUM and changes of columns have none."""
        log = f"{location.rstrip('/')}/_delta_log"
        place = f"{log}/_last_checkpoint"
        version = _parsed(place, files.read_if_there(place) or b"{}").get("version") or 0
        if not isinstance(version, int):
            raise FilesUnreadable(f"{place}: no version of a Delta table: {version!r}")
        # What stands right before the first commit's name, so that it is listed too.
        listed = files.names(log, f"{max(0, version - _COMMITS_READ):020}")
        commits = [each for each in listed if _COMMIT.fullmatch(each.name)]
        if not commits:
            raise FilesUnreadable(f"{log}: no commits of a Delta table")
        found = None
        for commit in reversed(commits[-_COMMITS_READ:]):
            found, changes_data = _commit(f"{log}/{commit.name}", commit.written, files)
            if changes_data:
                return found
        whole = len(commits) <= _COMMITS_READ and int(commits[0].name[:20]) == 0
        return None if whole else found

    def moment(self, timestamp: object, version: int | str | None) -> str:
        if timestamp is None and not str(version).isdigit():
            raise CompilationError(
                f"as_of(version={version!r}): versions of a delta table are numbers, as `describe history` shows them"
            )
        return super().moment(timestamp, version if timestamp is not None else int(str(version)))


def _commit(place: str, written: datetime, files: TableFiles) -> tuple[datetime, bool]:
    """When a commit was made, and whether it changes data. The log's own time counts where the table keeps one."""
    for line in files.lines(place):
        action = _parsed(place, line) if line.strip() else {}
        try:
            told = (action.get("commitInfo") or {}).get("inCommitTimestamp")
            if told is not None:  # always in the first action
                written = datetime.fromtimestamp(told / 1000, timezone.utc)
            if any((action.get(kind) or {}).get("dataChange") for kind in ("add", "remove")):
                return written, True
        except (AttributeError, TypeError, ValueError) as error:
            raise FilesUnreadable(f"{place}: no commit of a Delta table ({error!r})") from error
    return written, False


def _parsed(place: str, content: bytes) -> dict[str, Any]:
    try:
        read = json.loads(content)
    except ValueError as error:
        raise FilesUnreadable(f"{place}: {error}") from error
    if not isinstance(read, dict):
        raise FilesUnreadable(f"{place}: no log of a Delta table")
    return read
