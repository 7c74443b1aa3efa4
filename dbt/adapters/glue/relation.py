"""A table or view of the Data Catalog as Spark names it: `schema`.`identifier`, in backticks."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbt.adapters.base.relation import BaseRelation
from dbt.adapters.contracts.relation import ComponentName, Policy
from dbt_common.exceptions import DbtRuntimeError

__all__ = ["GlueRelation", "name_of", "part_of"]


@dataclass
class GlueQuotePolicy(Policy):
    database: bool = False
    schema: bool = True
    identifier: bool = True


@dataclass
class GlueIncludePolicy(Policy):
    database: bool = False
    schema: bool = True
    identifier: bool = True


@dataclass(frozen=True, eq=False, repr=False)
class GlueRelation(BaseRelation):
    """`location` is where a table is to be made; `table_format` what an existing one is stored as.

    `staged_for` is the table, `schema.name`, that a staged one is to replace.
    """

    quote_policy: Policy = field(default_factory=GlueQuotePolicy)
    include_policy: Policy = field(default_factory=GlueIncludePolicy)
    quote_character: str = "`"
    require_alias: bool = False
    location: str | None = None
    table_format: str | None = None
    staged_for: str | None = None

    def __post_init__(self) -> None:
        if self.database and self.database != self.schema:
            raise DbtRuntimeError(
                f"database {self.database!r} differs from schema {self.schema!r}: Glue has one level of "
                "databases; set only `schema`"
            )

    def quoted(self, identifier: str) -> str:
        return "`{}`".format(identifier.replace("`", "``"))

    def _is_exactish_match(self, field: ComponentName, value: str) -> bool:
        """The Data Catalog keeps names in lower case: `MyModel` is `mymodel`."""
        own = self.path.get_part(field)
        return own is not None and own.lower() == value.lower()

    def matches(
        self,
        database: str | None = None,
        schema: str | None = None,
        identifier: str | None = None,
    ) -> bool:
        """Whether this is the relation of that name; the catalog's one database level is no part of it."""
        del database
        return super().matches(None, schema, identifier) if schema or identifier else False

    @property
    def is_iceberg(self) -> bool:
        return self.table_format == "iceberg"

    @property
    def is_delta(self) -> bool:
        return self.table_format == "delta"

    @property
    def is_hudi(self) -> bool:
        return self.table_format == "hudi"


def part_of(value: str | None, what: str) -> str:
    """A part of a relation's name. Raises DbtRuntimeError where it is missing; `what` names it."""
    if not value:
        raise DbtRuntimeError(f"a relation without a {what} cannot be in the Data Catalog")
    return value


def name_of(relation: BaseRelation) -> tuple[str, str]:
    """(database, table) of a relation, as the Data Catalog keeps them: in lower case."""
    return part_of(relation.schema, "schema").lower(), part_of(relation.identifier, "name").lower()
