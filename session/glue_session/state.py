"""What all statements of a session share: its globals, its SparkSession, its current database and settings."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_state: dict[str, dict[str, Any]] = {}

sources: dict[str, str] = {}
"""The texts of the runtime's modules by full name, as its loader has them: one that is added can be imported."""


def attach(namespace: dict[str, Any]) -> None:
    """Takes the globals of the session's statements, where its `spark` is."""
    _state["globals"] = namespace


def session_globals() -> dict[str, Any]:
    """The globals of the session's statements. Raises KeyError before they were attached."""
    return _state["globals"]


def spark() -> Any:
    """The session's SparkSession."""
    found = session_globals().get("spark")
    if found is None:
        from pyspark.sql import SparkSession

        found = SparkSession.builder.getOrCreate()
        session_globals()["spark"] = found
    return found


def use_database(name: str | None) -> None:
    """Makes a database the current one; Spark is asked each time, because any SQL may say `use`."""
    if not name:
        return
    catalog = spark().catalog
    if catalog.currentDatabase() != name.lower() and catalog._jcatalog.databaseExists(name):
        catalog.setCurrentDatabase(name)


def current_settings(session: Any) -> Any:
    """A copy of what is set in the session (a Java map)."""
    return session._jvm.java.util.HashMap(_settings(session))


@contextlib.contextmanager
def settings_kept(session: Any) -> Iterator[Any]:
    """Runs the block with the session's settings (a Java map), which are what they were afterwards."""
    settings, before = _settings(session), current_settings(session)
    try:
        yield settings
    finally:
        if not before.equals(settings):
            settings.clear()
            settings.putAll(before)


@contextlib.contextmanager
def settings_restored(session: Any, database: str | None) -> Iterator[None]:
    """Runs the block in `database`; undoes what it sets with spark.conf.set and USE.

    The session is shared: the next model and the next SQL statement start as this one did.
    """
    use_database(database)
    catalog = session._jsparkSession.catalog()
    current = catalog.currentDatabase()
    try:
        with settings_kept(session):
            yield
    finally:
        if catalog.currentDatabase() != current:
            catalog.setCurrentDatabase(current)


def _settings(session: Any) -> Any:
    return session._jsparkSession.sessionState().conf().settings()
