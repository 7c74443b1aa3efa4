"""Rows that come into a table of files in one step: written beside it, and then put into its folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_session.answers import print_answer
from glue_session.errors import ModelError
from glue_session.sql import rows_written
from glue_session.state import spark

if TYPE_CHECKING:
    from collections.abc import Iterator

_HIDDEN = ("_", ".")


def stage_rows(packed: str) -> None:
    """Makes a table like another one and writes the rows of an INSERT into it; answers with what was written."""
    print_answer(packed, _stage)


def place_files(packed: str) -> None:
    """Puts staged files into the folders of a table, under names of their own: again is as once."""
    print_answer(packed, _place)


def _stage(request: dict[str, Any]) -> dict[str, Any]:
    """The answer has the number of rows, and of each folder with files how many and how many bytes."""
    _path(request["location"])  # before the rows are made, where nothing could be done with them
    spark().sql(request["ddl"])
    rows = rows_written(spark().sql(request["sql"]))
    if rows is None:  # Spark counts them, but not always where there are none
        rows = spark().table(request["table"]).count()
    folders: dict[str, list[int]] = {}
    for path, size in _files_below(request["location"]):
        counted = folders.setdefault(path.rpartition("/")[0], [0, 0])
        counted[0] += 1
        counted[1] += size
    return {"rows": [], "next": None, "rows_affected": rows, "folders": folders}


def _place(request: dict[str, Any]) -> dict[str, Any]:
    """One file comes into a folder in one step: on S3 an object is there as a whole or not at all.

    With `strict` each move has files, or has had. Raises ModelError where they are gone.
    """
    prefix = request["prefix"]
    for source, folder in request["moves"]:
        found = _files_in(source)
        for status in found:
            _put(status.getPath(), folder, prefix + status.getPath().getName())
        if request["strict"] and not found and not _files_in(folder, prefix):
            raise ModelError(
                f"the staged rows in {source} are gone, and nothing of them is in {folder}: another run replaced or "
                "dropped the table meanwhile. Next: run the model again, not beside the other"
            )
    spark().catalog.refreshTable(request["table"])
    return {"rows": [], "next": None}


def _put(start: Any, folder: str, name: str) -> None:
    parent, hadoop = _path(folder), _hadoop()
    end = spark()._jvm.org.apache.hadoop.fs.Path(parent, name)
    here, there = start.getFileSystem(hadoop), parent.getFileSystem(hadoop)
    if there.exists(end):
        return  # by an earlier try, whose answer got lost
    there.mkdirs(parent)
    try:
        if here.getUri().equals(there.getUri()):
            moved = here.rename(start, end)
        else:
            copy = spark()._jvm.org.apache.hadoop.fs.FileUtil.copy
            moved = copy(here, start, there, end, True, True, hadoop)
    except Exception:
        if not there.exists(end):  # nor did another run put it there, that completes this one
            raise
        return
    if not moved and not there.exists(end):
        raise OSError(f"{start.toString()} could not be put in place as {end.toString()}")


def _files_below(location: str) -> Iterator[tuple[str, int]]:
    """The data files below a folder and their sizes, without those that Spark keeps to itself."""
    root = _path(location)
    system = root.getFileSystem(_hadoop())
    start = len(system.makeQualified(root).toString())
    found = system.listFiles(root, True) if system.exists(root) else None
    while found is not None and found.hasNext():
        status = found.next()
        path = str(status.getPath().toString())
        if not any(part.startswith(_HIDDEN) for part in path[start:].split("/")):
            yield path, int(status.getLen())


def _files_in(folder: str, prefix: str = "") -> list[Any]:
    root = _path(folder)
    system = root.getFileSystem(_hadoop())
    found = [
        status
        for status in (system.listStatus(root) if system.exists(root) else ())
        if status.isFile() and _is_shown(status.getPath().getName(), prefix)
    ]
    return sorted(found, key=lambda status: str(status.getPath().getName()))


def _is_shown(name: str, prefix: str) -> bool:
    return name.startswith(prefix) and not name.startswith(_HIDDEN)


def _path(location: str) -> Any:
    """Hadoop's path. Raises ModelError where the session keeps Python from the JVM."""
    try:
        return spark()._jvm.org.apache.hadoop.fs.Path(location)
    except Exception as error:
        raise ModelError(
            "append to a table of files puts its files in place by Hadoop's file system, and this session does not let "
            f"Python call it ({type(error).__name__}: {error}), as under fine-grained access control. Next: give the model "
            "`file_format: iceberg`, or the strategy insert_overwrite or merge, or use a session without that control"
        ) from error


def _hadoop() -> Any:
    return spark()._jsc.hadoopConfiguration()
