"""The columns of a relation at one moment, as a session or the Data Catalog said them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1
RealProvenance = Literal["session", "catalog"]


@dataclass(frozen=True, slots=True)
class RealColumn:
    """A column as the engine has it; `type` is Spark's simple string."""

    name: str
    type: str
    nullable: bool | None = None


@dataclass(frozen=True, slots=True)
class RealSchema:
    """The columns of a relation at one moment.

    `key` names it as the project does: `ref:shop.orders`, `ref:shop.orders.v2`, `source:raw.events`,
    and `output:shop.orders` for what a model returned when it was validated (then `source_hash` is
    the hash of its text, and `saved` tells whether the file had this text). `fetched_at` is ISO 8601 in
    UTC, and so is `built_at`: when the table was written, where the catalog says it.
    """

    key: str
    relation: str
    columns: tuple[RealColumn, ...]
    provenance: RealProvenance
    fetched_at: str
    glue_version: str | None = None
    engine: str | None = None
    source_hash: str | None = None
    kind: str | None = None
    built_at: str | None = None
    saved: bool = True

    @property
    def moment(self) -> datetime:
        """`fetched_at` as a point in time."""
        return datetime.fromisoformat(self.fetched_at)

    def to_dict(self) -> dict[str, Any]:
        """JSON data that `from_dict` reads."""
        return {"format": FORMAT, **asdict(self)}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> RealSchema:
        """Raises ValueError for data of another format, or that is no schema."""
        if data.get("format") != FORMAT:
            raise ValueError(f"schemas of format {data.get('format')!r} are not known")
        try:
            columns = tuple(RealColumn(**column) for column in data["columns"])
            given = {key: value for key, value in data.items() if key not in ("format", "columns")}
            schema = RealSchema(columns=columns, **given)
            if schema.moment.tzinfo is None or schema.provenance not in ("session", "catalog"):
                raise ValueError("a schema has a time zone and a provenance")
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is no schema: {error}") from None
        return schema
