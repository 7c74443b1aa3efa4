"""Removes the folders of tables that were replaced, and forgotten ones of the same tables."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from glue_session.state import spark

if TYPE_CHECKING:
    from collections.abc import Iterable

_VERSION = re.compile(r"v(\d{8}T\d{6})_[0-9a-f]{8}")
_STALE_SECONDS = 24 * 3600


def remove_folders(requests: list[dict[str, Any]]) -> list[str]:
    """Deletes the version folders named in `folders`, and with `sweep` forgotten ones under `root`.

    Only a folder whose name is a version of ours is ever touched; a forgotten one must be a day old,
    not in `keep`, and under a root where no other table of the database lives. Returns what could
    not be removed.
    """
    warnings: list[str] = []
    if not requests:
        return warnings
    session = spark()
    jvm = session.sparkContext._jvm
    hadoop = session.sparkContext._jsc.hadoopConfiguration()
    for request in requests:
        try:
            root = jvm.org.apache.hadoop.fs.Path(request["root"])
            system = root.getFileSystem(hadoop)
            _delete(system, root, request["folders"])
            sweep = request.get("sweep")
            if sweep and system.exists(root):
                names = [status.getPath().getName() for status in system.listStatus(root)]
                stale = {name for name in names if _is_stale(name)} - set(sweep["keep"])
                if stale and not _others_under(request["root"], sweep["database"], sweep["table"]):
                    _delete(system, root, stale)
        except Exception as error:  # noqa: BLE001, PERF203 - data that stays behind costs storage, not correctness
            warnings.append(f"could not remove old data under {request.get('root')}: {error}")
    return warnings


def _delete(system: Any, root: Any, names: Iterable[str]) -> None:
    for name in sorted(names):
        if _VERSION.fullmatch(name):
            system.delete(spark().sparkContext._jvm.org.apache.hadoop.fs.Path(root, name), True)


def _others_under(root: str, database: str, table: str) -> bool:
    """Whether tables other than `table` may have data under `root`: a renamed one keeps its folder."""
    catalog = spark()._jsparkSession.sharedState().externalCatalog()
    try:
        found = catalog.getTablesByName(database, catalog.listTables(database)).iterator()
    except Exception:  # noqa: BLE001 - one that Spark cannot describe, such as Iceberg's: nobody knows where it is
        return True
    inside = root.rstrip("/") + "/"
    while found.hasNext():
        other = found.next()
        location = other.storage().locationUri()
        if (
            other.identifier().table() != table
            and location.isDefined()
            and (location.get().toString() + "/").startswith(inside)
        ):
            return True
    return False


def _is_stale(name: str) -> bool:
    match = _VERSION.fullmatch(name)
    if match is None:
        return False
    made = datetime.strptime(match.group(1) + "+0000", "%Y%m%dT%H%M%S%z").timestamp()
    return time.time() - made > _STALE_SECONDS
