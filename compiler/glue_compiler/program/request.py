"""What the session must know of a model to run or to validate it, as dbt resolved it for this run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Period:
    """Rows of a time, as dbt filters inputs: `column` as SQL names it; `start`, and `end`, which is not part of it.

    Times are the texts that dbt would write into SQL, such as `2026-01-02 00:00:00+00:00`; None is no bound.
    """

    column: str
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True)
class Reference:
    """One `dbt.ref` as dbt recorded it, and the relation it resolved to (rendered, quoted for Spark).

    `version` is the model's, as in `v=`. `query` gives the rows of what is no table by itself: one as of a time or a
    version, or an ephemeral model. At most `limit` of the rows are read, and those of `period`.
    """

    name: str
    relation: str
    package: str | None = None
    version: str | None = None
    query: str | None = None
    limit: int | None = None
    period: Period | None = None


@dataclass(frozen=True)
class SourceReference:
    """One `dbt.source` as dbt recorded it, and the relation it resolved to."""

    source: str
    table: str
    relation: str
    query: str | None = None
    limit: int | None = None
    period: Period | None = None


@dataclass(frozen=True)
class This:
    """The model's own relation: the parts as dbt shows them, and the rendered name."""

    database: str | None
    schema: str
    identifier: str
    relation: str


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """What every request about a model holds. `config` and `meta` hold JSON values.

    `filename` is what errors and tracebacks show, `nonce` marks the answer, and `database` is the
    current one while the model runs.
    """

    filename: str
    source: str
    this: This
    nonce: str
    refs: tuple[Reference, ...] = ()
    sources: tuple[SourceReference, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    is_incremental: bool = False
    database: str | None = None

    def payload(self) -> dict[str, Any]:
        """What the session's `dbt` object is made of, as JSON data; the source and the nonce travel beside it."""
        return {
            "file": self.filename,
            "refs": [asdict(item) for item in self.refs],
            "sources": [asdict(item) for item in self.sources],
            "config": dict(self.config),
            "meta": dict(self.meta),
            "this": asdict(self.this),
            "is_incremental": self.is_incremental,
            "database": self.database,
        }
