"""The statements that validate a model in a session without writing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from glue_compiler.program.request import ModelRequest
from glue_compiler.program.transport import call_statements

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_ROWS = 1000
"""How many rows of each table a model gets that needs rows before it returns."""


@dataclass(frozen=True)
class DeclaredColumn:
    """A column that the project declares for the model; without a type only its name counts."""

    name: str
    type: str | None = None


@dataclass(frozen=True, kw_only=True)
class ValidationRequest(ModelRequest):
    """What one validation needs in the session.

    `source` is the user's text, unchanged. `existing` names the table whose column types a pandas
    result keeps (an incremental run's target), or None.
    """

    existing: str | None = None
    declared: tuple[DeclaredColumn, ...] = ()
    rows: int = DEFAULT_ROWS

    def payload(self) -> dict[str, Any]:
        return {
            **super().payload(),
            "source": self.source,
            "existing": self.existing,
            "declared": [asdict(item) for item in self.declared],
            "rows": self.rows,
        }


def validation_statements(request: ValidationRequest) -> tuple[str, ...]:
    """The statements that validate a model; the last one answers. Raises ValueError for rows below 1."""
    if request.rows < 1:
        raise ValueError("a sample has at least one row")
    return call_statements("validate", request.payload(), request.nonce)


def schema_statements(
    relations: Sequence[str], nonce: str, database: str | None = None
) -> tuple[str, ...]:
    """The statements that ask Spark for the columns of relations (rendered names); the last one answers."""
    request = {"relations": list(relations), "database": database}
    return call_statements("relation_schemas", request, nonce)
