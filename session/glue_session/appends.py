"""Rows that are added to a table of files: written beside it, then moved into its folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_session.answers import print_answer
from glue_session.errors import ModelError
from glue_session.sql import rows_written
from glue_session.state import spark

if TYPE_CHECKING:
    from collections.abc import Iterator


def stage_rows(packed: str) -> None:
    """Makes a table, and runs an INSERT into it."""
    print_answer(packed, _stage)


def place_files(packed: str) -> None:
    """Moves staged files into a table's folders: again is as once."""
    print_answer(packed, _place)


def _stage(request: dict[str, Any]) -> dict[str, Any]:
    """The answer has the number of rows, and of each folder the numbers of files and bytes."""
    root = _path(request["location"])  # before rows are made, where nothing could be done with them
    spark().sql(request["ddl"])
    rows = rows_written(spark().sql(request["sql"]))
    if rows is None:  # Spark counts them, but not always where there are none
        rows = spark().table(request["table"]).count()
    folders: dict[str, list[int]] = {}
    for path, size in _files_below(root):
        counted = folders.setdefault(path.rpartition("/")[0], [0, 0])
        counted[0] += 1
        counted[1] += size
    return {"rows": [], "next": None, "rows_affected": rows, "folders": folders}


def _place(request: dict[str, Any]) -> dict[str, Any]:
    """One file comes in in one step: an object of S3 is there as a whole or not at all.

    With `strict` each move has files, or has had. Raises ModelError where they are gone.
    """
    prefix = request["prefix"]
    for source, folder in request["moves"]:
        found, into = _names_in(source, ""), _path(folder)
        for name in found:
            _put(_path(f"{source}/{name}"), into, prefix + name)
        if request["strict"] and not found and not _names_in(folder, prefix):
            raise ModelError(
                f"the staged rows in {source} are gone: another run replaced or dropped the table meanwhile. "
                "Next: run the model again, not beside the other"
            )
    spark().catalog.refreshTable(request["table"])
    return {"rows": [], "next": None}


def _put(start: Any, folder: Any, name: str) -> None:
    end = _path(f"{folder.toString()}/{name}")
    here, there = _system(start), _system(end)
    if there.exists(end):
        return  # by an earlier try, whose answer got lost
    there.mkdirs(folder)
    try:
        if here.getUri().equals(there.getUri()):
            moved = here.rename(start, end)
        else:
            copy = spark()._jvm.org.apache.hadoop.fs.FileUtil.copy
            moved = copy(here, start, there, end, True, True, spark()._jsc.hadoopConfiguration())
    except Exception:
        if not there.exists(end):  # nor by another run, that completes this one
            raise
        return
    if not moved and not there.exists(end):
        raise OSError(f"{start.toString()} could not be moved to {end.toString()}")


def _files_below(root: Any) -> Iterator[tuple[str, int]]:
    """The data files below a folder and their sizes."""
    system = _system(root)
    start = len(system.makeQualified(root).toString())
    found = system.listFiles(root, True) if system.exists(root) else None
    while found is not None and found.hasNext():
        status = found.next()
        path = str(status.getPath().toString())
        if not _is_hidden(path[start:]):
            yield path, int(status.getLen())


def _names_in(folder: str, prefix: str) -> list[str]:
    root = _path(folder)
    system = _system(root)
    found = system.listStatus(root) if system.exists(root) else ()
    names = sorted(str(s.getPath().getName()) for s in found if s.isFile())
    return [name for name in names if name.startswith(prefix) and not _is_hidden(f"/{name}")]


def _is_hidden(path: str) -> bool:
    """Whether Spark keeps it to itself."""
    return "/_" in path or "/." in path


def _system(path: Any) -> Any:
    return path.getFileSystem(spark()._jsc.hadoopConfiguration())


def _path(location: str) -> Any:
    """Hadoop's path. Raises ModelError where the session keeps Python from the JVM."""
    try:
        return spark()._jvm.org.apache.hadoop.fs.Path(location)
    except Exception as error:
        raise ModelError(
            f"append to files needs Hadoop's file system, and this session does not let Python call it ({error}), as under "
            "fine-grained access control. Next: `file_format: iceberg`, or insert_overwrite or merge"
        ) from error
