"""What all statements of a session share: its globals, its SparkSession, its current database and settings."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_state: dict[str, dict[str, Any]] = {}
_reached: list[bool] = []

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


class OutOfReach(Exception):
    """What this session's code would need the JVM for; the message says what, and what to do."""


def reaches_jvm() -> bool:
    """Whether Python reaches the JVM: not under fine-grained access control, where Spark's own API has to do."""
    if not _reached:
        try:
            spark()._jsparkSession.sessionState()
        except Exception:  # noqa: BLE001 - however it is refused
            _reached.append(False)
        else:
            _reached.append(True)
    return _reached[0]


def need_jvm(what: str) -> None:
    """Raises OutOfReach where `what` cannot be done without the JVM and Python does not reach it."""
    if not reaches_jvm():
        raise OutOfReach(
            f"{what}: this session has no access to the JVM (as with Lake Formation's fine-grained access control). "
            "Next: a session without it"
        )


def use_database(name: str | None) -> None:
    """Makes a database the current one; Spark is asked each time, because any SQL may say `use`."""
    if not name:
        return
    catalog = spark().catalog
    if catalog.currentDatabase() != name.lower() and catalog.databaseExists(name):
        catalog.setCurrentDatabase(name)


def current_settings(session: Any) -> Any:
    """A copy of what is set in the session: a Java map, or a dict where the JVM is out of reach."""
    if not reaches_jvm():
        return {row["key"]: row["value"] for row in session.sql("SET").collect()}
    return session._jvm.java.util.HashMap(_settings(session))


def become(session: Any, wanted: Any) -> None:
    """Has the settings of the session be those of a copy."""
    if reaches_jvm():
        settings = _settings(session)
        if not wanted.equals(settings):
            settings.clear()
            settings.putAll(wanted)
        return
    have = current_settings(session)
    for name in have.keys() - wanted.keys():
        session.conf.unset(name)
    for name, value in wanted.items():
        if have.get(name) != value:
            session.conf.set(name, value)


@contextlib.contextmanager
def settings_kept(session: Any) -> Iterator[None]:
    """Runs the block; the session's settings are what they were afterwards."""
    before = current_settings(session)
    try:
        yield
    finally:
        become(session, before)


@contextlib.contextmanager
def settings_restored(session: Any, database: str | None) -> Iterator[None]:
    """Runs the block in `database`; undoes what it sets with spark.conf.set and USE.

    The session is shared: the next model and the next SQL statement start as this one did.
    """
    use_database(database)
    catalog = session.catalog
    current = catalog.currentDatabase()
    try:
        with settings_kept(session):
            yield
    finally:
        if catalog.currentDatabase() != current:
            catalog.setCurrentDatabase(current)


def _settings(session: Any) -> Any:
    return session._jsparkSession.sessionState().conf().settings()
