"""A model's result that waits, as a view, for the statement that takes its rows: under the settings with which it was made.

A DataFrame is evaluated when its rows are wanted, and some of Spark's settings count only then.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

from glue_session.state import spark

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Held(NamedTuple):
    """The name of the view, the settings, and the frames to be released with it."""

    view: str
    settings: Any
    cached: list[Any]


_held: list[_Held] = []


def current_settings(session: Any) -> Any:
    """A copy of what is set in the session (a Java map)."""
    return session._jvm.java.util.HashMap(_settings(session))


def hold(frame: Any, view: str, settings: Any, cached: list[Any]) -> None:
    """Keeps a frame as the temporary view `view` for the next statement that names it; one frame at a time.

    A MERGE reads its source twice, first for the files that it touches: what is not the same each
    time is computed once. `cached` are the frames that the model cached.
    """
    release()
    kept = [*cached]
    if not frame._jdf.queryExecution().analyzed().deterministic():
        kept.append(frame.persist())
    frame.createOrReplaceTempView(view)
    _held.append(_Held(view, settings, kept))


def release() -> None:
    """Forgets what is held."""
    while _held:
        held = _held.pop()
        spark().catalog.dropTempView(held.view)
        for frame in held.cached:
            frame.unpersist()


@contextlib.contextmanager
def settings_of_held(statement: str) -> Iterator[None]:
    """Runs the block under the settings of the held frame, if the statement names its view; then that is released.

    Names of such views are made up for one run, so that no other text has them.
    """
    if not any(held.view in statement for held in _held):
        yield
        return
    settings = _settings(spark())
    before = current_settings(spark())
    settings.clear()
    settings.putAll(_held[-1].settings)
    try:
        yield
    finally:
        settings.clear()
        settings.putAll(before)
        release()


def _settings(session: Any) -> Any:
    return session._jsparkSession.sessionState().conf().settings()
