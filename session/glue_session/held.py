"""A model's result that waits, as a view, for the statement that takes its rows: under the settings with which it was made.

A DataFrame is evaluated when its rows are wanted, and some of Spark's settings count only then.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

from glue_session.state import become, reaches_jvm, settings_kept, spark

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Held(NamedTuple):
    """The name of the view, the settings, the frame, and what is released with it: cached frames, made rows (a Java RDD)."""

    view: str
    settings: Any
    frame: Any
    cached: list[Any]
    rows: Any = None


_held: list[_Held] = []


def hold(frame: Any, view: str, settings: Any, cached: list[Any]) -> None:
    """Keeps a frame as the temporary view `view` for the next statement that names it; one frame at a time.

    `cached` are the frames that the model cached.
    """
    release()
    frame.createOrReplaceTempView(view)
    _held.append(_Held(view, settings, frame, [*cached]))


def make_rows_of(statement: str) -> None:
    """Makes the rows of the held frame that the statement names, and keeps them with the workers in place of it.

    A MERGE reads its source twice, first for the files that it touches, and inserts a row beside the one of its
    key if only the second reading has the key: a random value, a LIMIT, or a table that others replace meanwhile is
    enough for that. Of rows that are lost with a worker the MERGE fails: they could not be made the same again.
    """
    if not _is_of_held(statement) or _held[-1].rows is not None:
        return
    held = _held.pop()
    made = held.frame.localCheckpoint()
    made.createOrReplaceTempView(held.view)
    # Without a way to them, Spark's own cleaner finds the rows when the frame is gone.
    rows = made._jdf.queryExecution().analyzed().rdd() if reaches_jvm() else None
    _held.append(held._replace(frame=made, rows=rows))


def release() -> None:
    """Forgets what is held."""
    while _held:
        held = _held.pop()
        spark().catalog.dropTempView(held.view)
        if held.rows is not None:
            held.rows.unpersist(False)
        for frame in held.cached:
            frame.unpersist()


@contextlib.contextmanager
def settings_of_held(statement: str, *, releases: bool = True) -> Iterator[None]:
    """Runs the block under the settings of the held frame, if the statement names its view; then that is released.

    Without `releases` it stays, unless the block fails.

    Names of such views are made up for one run, so that no other text has them.
    """
    if not _is_of_held(statement):
        yield
        return
    with settings_kept(spark()):
        become(spark(), _held[-1].settings)
        try:
            yield
        except BaseException:
            release()
            raise
        if releases:
            release()


def _is_of_held(statement: str) -> bool:
    return any(held.view in statement for held in _held)
