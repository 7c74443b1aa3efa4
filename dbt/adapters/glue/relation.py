"""A table or view of the Data Catalog as Spark names it: `schema`.`identifier`, in backticks; an Iceberg table in its catalog."""

from __future__ import annotations

import weakref
from collections.abc import Callable  # noqa: TC003 - dbt's dataclasses look at their annotations
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from dbt.adapters.base.relation import BaseRelation, EventTimeFilter
from dbt.adapters.contracts.relation import ComponentName, Policy, RelationType
from dbt_common.exceptions import CompilationError, DbtRuntimeError

from dbt.adapters.glue.formats import open_format
from dbt.adapters.glue.formats.open_format import OpenFormat
from dbt.adapters.glue.literals import quoted_name

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["GlueRelation", "is_temporary", "name_of", "part_of"]


class Formats(Protocol):
    """What is known of the formats of a project's tables."""

    learned: bool
    """Whether the project was looked at: while dbt parses it, a ref is a relation of the model that has it."""

    def of(self, relation_config: Any) -> str | None:
        """The format of a node's or a source's table; None where nobody knows, and of views."""

    def of_name(self, schema: str, identifier: str) -> str | None:
        """The format of the table of a name, where a node makes it or the Data Catalog was seen to have it."""

    def catalog_of(self, table_format: str | None) -> str | None:
        """Spark's catalog in which tables of a format are named; None for its own."""


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
    """`location` is where a table is to be made; `table_format` what one is stored as, or is to be.

    `catalog` is Spark's catalog in which it is named, None for Spark's own; `staged_for` is the table,
    `schema.name`, that a staged one is to replace, `staged_by` the run that makes that; `overwrites` says that the table at the location is to be
    replaced there; `moment` is the SQL that says as of when it is read.
    """

    formats: ClassVar[Callable[[], Formats | None]] = staticmethod(lambda: None)
    """Gives those of the project that runs: an adapter's relations are of a subclass that has them, as long as it lives."""

    quote_policy: Policy = field(default_factory=GlueQuotePolicy)
    include_policy: Policy = field(default_factory=GlueIncludePolicy)
    quote_character: str = "`"
    require_alias: bool = False
    location: str | None = None
    table_format: str | None = None
    staged_for: str | None = None
    staged_by: str | None = None
    overwrites: bool = False
    moment: str | None = None

    def __post_init__(self) -> None:
        if self.database and self.database != self.schema:
            raise DbtRuntimeError(
                f"database {self.database!r} differs from schema {self.schema!r}: Glue has one level of "
                "databases; set only `schema`"
            )

    @classmethod
    def of_project(cls, formats: Formats) -> type[GlueRelation]:
        """The class of the relations of a project, which knows the formats of its tables."""
        # Weakly: what generates code for dataclasses keeps every class, and with it all that the class would keep.
        return type(cls.__name__, (cls,), {"formats": weakref.ref(formats)})

    @classmethod
    def create_from(cls, quoting: Any, relation_config: Any, **kwargs: Any) -> GlueRelation:
        """The relation of a node or source, named as tables of its format are."""
        made: GlueRelation = super().create_from(quoting, relation_config, **kwargs)
        formats = cls.formats()
        return made if formats is None else made.stored_as(formats.of(relation_config))

    @classmethod
    def create(
        cls,
        database: str | None = None,
        schema: str | None = None,
        identifier: str | None = None,
        type: RelationType | None = None,  # noqa: A002 - dbt's name
        **kwargs: Any,
    ) -> GlueRelation:
        """A relation of a name, as `api.Relation.create` in a macro: a known table is named as its format needs it."""
        # `target.database`, which packages give, is undefined in Jinja: the profile needs none.
        made: GlueRelation = super().create(database or None, schema, identifier, type, **kwargs)
        formats = cls.formats()
        if formats is None or made.table_format or made.is_function or not (schema and identifier):
            return made
        return made if made.is_view else made.stored_as(formats.of_name(schema, identifier))

    def stored_as(self, table_format: str | None) -> GlueRelation:
        """This table in another format, named accordingly."""
        formats = type(self).formats()
        catalog = None if formats is None else formats.catalog_of(table_format)
        if (table_format, catalog) == (self.table_format, self.catalog):
            return self
        changed: GlueRelation = self.replace(table_format=table_format, catalog=catalog)
        return changed

    def as_of(self, timestamp: object = None, *, version: int | str | None = None) -> GlueRelation:
        """The table as it was at a time, or in a version: a snapshot's number, a branch or a tag. For FROM.

        Raises CompilationError for a table that keeps no versions, and for neither or both.
        """
        formats = type(self).formats()
        known = open_format(self.table_format)
        if formats is not None and formats.learned and known is None:
            raise CompilationError(
                f"{self.render()} keeps no versions: it is not in an open format"
            )
        if (timestamp is None) == (version is None):
            raise CompilationError("as_of takes a timestamp, or version=...")
        moment = (known or OpenFormat()).moment(timestamp, version)
        changed: GlueRelation = self.replace(moment=moment)
        return changed

    def render(self) -> str:
        if self.is_function:  # of a session: it has no other name
            return self.quoted(str(self.identifier))
        name: str = super().render()
        return name if self.moment is None else f"{name} {self.moment}"

    def _render_iterator(self) -> Iterator[tuple[ComponentName | None, str | None]]:
        parts = list(super()._render_iterator())
        names = dict(parts)
        if self.catalog and names.get(ComponentName.Schema) and names.get(ComponentName.Identifier):
            quoted = self.quote_policy.get_part(ComponentName.Schema)
            yield None, self.quoted(self.catalog) if quoted else self.catalog
            # Iceberg's catalog of Glue takes names as Glue keeps them, and no others.
            parts = [(part, None if name is None else name.lower()) for part, name in parts]
        yield from parts

    @staticmethod
    def event_time_column(field_name: str) -> str:
        """The column of an EventTimeFilter as Spark names it: dbt quotes it for databases to which `"at"` is no text."""
        quoted = len(field_name) > 2 and field_name[0] == field_name[-1] == '"'
        return quoted_name(field_name[1:-1]) if quoted else field_name

    def _render_event_time_filtered(self, event_time_filter: EventTimeFilter) -> str:
        named = self.event_time_column(event_time_filter.field_name)
        rendered: str = super()._render_event_time_filtered(
            EventTimeFilter(named, event_time_filter.start, event_time_filter.end)
        )
        return rendered

    def quoted(self, identifier: str) -> str:
        return quoted_name(identifier)

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


def is_temporary(relation: BaseRelation) -> bool:
    """Whether this is a temporary view, which is named without a schema and which only its session knows."""
    return not relation.include_policy.get_part(ComponentName.Schema)


def name_of(relation: BaseRelation) -> tuple[str, str]:
    """(database, table) of a relation, as the Data Catalog keeps them: in lower case."""
    return part_of(relation.schema, "schema").lower(), part_of(relation.identifier, "name").lower()
