"""How much of a conversion to pandas is saved, or could be: columns of how many, and an estimate of their bytes.

The estimate is by width alone: a number or a date counts as Spark stores it, a text as 20 bytes, an array, map or
struct as 40. Rows are not known before a run, so that it is a share, not an amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_compiler.rewrites.plain import projected_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.schemas import Column
    from glue_compiler.rewrites.decision import Decision
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.text.source import Span

WIDTHS = {
    "boolean": 1, "tinyint": 1, "smallint": 2, "int": 4, "float": 4, "date": 4,
    "bigint": 8, "double": 8, "timestamp": 8, "timestamp_ntz": 8, "decimal": 16,
    "string": 20, "varchar": 20, "char": 20, "binary": 40, "array": 40, "map": 40, "struct": 40,
}  # fmt: skip
"""Bytes that a value counts for, by the first word of its Spark type."""
_UNKNOWN = 16
_OTHER_NAMES = {"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint"}


@dataclass(frozen=True, slots=True)
class Gain:
    """Columns of a conversion that are used, of all that the frame has; `share` is that of the bytes that are not (0 to 1).

    `share` is None where no column's type is known. `applied` tells that the planner leaves the others out.
    """

    used: tuple[str, ...]
    total: int
    share: float | None
    applied: bool

    @property
    def text(self) -> str:
        """`5 of 60 columns, ~92% fewer bytes to the driver`."""
        columns = f"{len(self.used)} of {self.total} columns"
        if self.share is None:
            return columns
        return f"{columns}, ~{self.share:.0%} fewer bytes to the driver"

    @property
    def named(self) -> str:
        """The same with the names of the columns that are used."""
        columns, _, rest = self.text.partition(", ")
        named = f"{columns}: {', '.join(self.used)}"
        return f"{named} ({rest})" if rest else named

    def to_dict(self) -> dict[str, Any]:
        """As JSON data."""
        share = None if self.share is None else round(self.share, 3)
        return {"used": list(self.used), "columns": self.total, "bytes_saved": share}


def gains(
    facts: ModelFacts, schemas: FrameSchemas, decisions: Iterable[Decision]
) -> dict[Span, Gain]:
    """The gain of every conversion whose frame the project knows and of which some columns are not used."""
    found: dict[Span, Gain] = {}
    projected = {
        decision.span: names
        for decision in decisions
        if decision.applied and (names := projected_names(decision)) is not None
    }
    for span, columns in _converted(facts, schemas).items():
        names = projected.get(span) or _demand(facts, span)
        if names is None:
            continue
        lowered = {name.lower() for name in names}
        used = [column for column in columns if column.name.lower() in lowered]
        if used and len(used) < len(columns):
            names = tuple(column.name for column in used)
            found[span] = Gain(names, len(columns), _share(used, columns), span in projected)
    return found


def columns_at(facts: ModelFacts, schemas: FrameSchemas, span: Span) -> tuple[str, ...] | None:
    """All columns of the frame that is converted at a place, where they are known."""
    columns = _converted(facts, schemas).get(span)
    return None if columns is None else tuple(column.name for column in columns)


def _converted(facts: ModelFacts, schemas: FrameSchemas) -> dict[Span, tuple[Column, ...]]:
    """The columns of the frames that are brought to the driver, where each place has one frame and it is known."""
    frames: dict[Span, set[int]] = {}
    for conversion in facts.flow.conversions:
        if conversion.target == "pandas":
            frames.setdefault(conversion.span, set()).add(conversion.source)
    for action in facts.flow.actions:
        if action.method == "collect":
            frames.setdefault(action.span, set()).add(action.frame)
    found: dict[Span, tuple[Column, ...]] = {}
    for span, indices in frames.items():
        known = [schemas.of(index) for index in indices]
        lists = {schema.names for schema in known}
        if len(lists) == 1 and known[0].exact and known[0].columns:
            found[span] = known[0].columns
    return found


def _demand(facts: ModelFacts, span: Span) -> tuple[str, ...] | None:
    """The columns that the analysis sees used after a conversion; None for all, or where it cannot tell."""
    names: list[str] = []
    for conversion in facts.flow.conversions:
        if conversion.span == span:
            if conversion.demand is None:
                return None
            names += conversion.demand
    return tuple(dict.fromkeys(names)) or None


def _share(used: list[Column], columns: tuple[Column, ...]) -> float | None:
    if not any(column.type for column in columns):
        return None
    whole = sum(map(_width, columns))
    return 1 - sum(map(_width, used)) / whole


def _width(column: Column) -> int:
    kind = (column.type or "").lower().partition("(")[0].partition("<")[0].strip()
    return WIDTHS.get(_OTHER_NAMES.get(kind, kind), _UNKNOWN)
