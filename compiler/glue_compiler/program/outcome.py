"""What a session says of a model that it validated, and what that is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class SessionError:
    """Why a model cannot be validated: Spark's class of the error, the line (1-based) of the user's file.

    `analyser` tells that Spark's analyser found it, without a job. `name` is the column or relation
    that it is about, `suggestions` are Spark's.
    """

    type: str
    message: str
    line: int | None = None
    error_class: str | None = None
    name: str | None = None
    suggestions: tuple[str, ...] = ()
    analyser: bool = False
    phase: str = "model"
    traceback: str = ""


@dataclass(frozen=True)
class Forced:
    """A call that needed rows: `.toPandas`, and its line."""

    what: str
    line: int | None


@dataclass(frozen=True)
class Difference:
    """A declared column that is not returned as declared: missing, extra, type, or unknown (no type of Spark's)."""

    column: str
    what: str
    declared: str | None
    returned: str | None


Columns = tuple[tuple[str, str, bool], ...]
"""Names, Spark's simple types, whether NULL may occur."""


@dataclass(frozen=True)
class Outcome:
    """What a session says of a model. `rows` is the size of the sample that it ran on, None for no rows at all."""

    ok: bool
    columns: Columns = ()
    kind: str | None = None
    error: SessionError | None = None
    rows: int | None = None
    forced: tuple[Forced, ...] = ()
    differences: tuple[Difference, ...] = ()
    inputs: Mapping[str, Columns] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    output: str = ""
    seconds: float = 0.0
    engine: str = ""


@dataclass(frozen=True)
class Expectation:
    """What the returned columns are compared with.

    `contract` is off, warn or enforce. `target` are the columns (name, type) of the existing table;
    `replaced` tells that the next run replaces it. `inferred` are the names that the analysis found
    when it knew them all.
    """

    contract: str = "off"
    target: tuple[tuple[str, str], ...] | None = None
    replaced: bool = True
    on_schema_change: str = "ignore"
    inferred: tuple[str, ...] | None = None


def outcome_of(framed: Mapping[str, Any]) -> Outcome:
    """The outcome in a session's framed answer."""
    error = framed.get("error")
    return Outcome(
        ok=bool(framed["ok"]),
        columns=columns_of(framed.get("columns") or ()),
        kind=framed.get("kind"),
        error=None if error is None else _error_of(error),
        rows=framed.get("rows"),
        forced=tuple(Forced(item["what"], item["line"]) for item in framed.get("forced") or ()),
        differences=tuple(Difference(**item) for item in framed.get("differences") or ()),
        inputs={name: columns_of(item) for name, item in (framed.get("inputs") or {}).items()},
        notes=tuple(framed.get("notes") or ()),
        output=str(framed.get("output") or ""),
        seconds=float(framed.get("seconds") or 0.0),
        engine=str(framed.get("engine") or ""),
    )


def columns_of(rows: Sequence[Sequence[Any]]) -> Columns:
    """Columns as they travel, [[name, type, nullable], ...]."""
    return tuple((str(name), str(kind), bool(nullable)) for name, kind, nullable in rows)


def _error_of(error: Mapping[str, Any]) -> SessionError:
    return SessionError(
        type=str(error["type"]),
        message=str(error["message"]),
        line=error.get("line"),
        error_class=error.get("class"),
        name=error.get("name"),
        suggestions=tuple(error.get("suggestions") or ()),
        analyser=bool(error.get("analyser")),
        phase=str(error.get("phase") or "model"),
        traceback=str(error.get("traceback") or ""),
    )
