"""What the adapter asks of an open table format: one class, of which each format has a subclass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dbt_common.exceptions import CompilationError
from glue_compiler.knowledge.tables import STRATEGIES

from dbt.adapters.glue.literals import quoted_name, string_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.table_files import TableFiles

__all__ = ["OpenFormat"]


class OpenFormat:
    """A format whose tables change by commits of their own. What a subclass leaves out is as most formats have it.

    Without state: of each there is one instance, in `FORMATS`.
    """

    name: ClassVar[str]
    """As in `file_format` and in the Data Catalog, in lower case."""

    title: ClassVar[str]
    """For people."""

    provider: ClassVar[str]
    """What Spark's USING and Glue's `--datalake-formats` call it."""

    extension: ClassVar[str]
    """Its class in `spark.sql.extensions`, a list."""

    session_catalog: ClassVar[str | None] = None
    """The class that has to be Spark's own catalog (`spark_catalog`) for its tables; a session has one of those."""

    creates_or_replaces: ClassVar[bool] = True
    """Whether CREATE OR REPLACE TABLE AS SELECT puts a table of this format in the place of another, in one commit."""

    overwrite_options: ClassVar[Mapping[str, str] | None] = None
    """Where that is not so: the options of Spark's DataFrame writer by which a table that is there is replaced at its
    path, in one commit. None where that is not so either: then a staged table is switched in, as of formats of files."""

    columns_in_catalog: ClassVar[bool] = True
    """Whether the Data Catalog shows the columns and comments of a table; else its own log is asked, by a session."""

    places_tables: ClassVar[bool] = False
    """Whether a service says where a table is: then it is given no location, and what a dropped one leaves is no concern of ours."""

    written_by_runtime: ClassVar[bool] = False
    """Whether rows reach its tables through a call of the session's runtime, and not by a statement of a macro."""

    comments_are_commits: ClassVar[bool] = True
    """Whether descriptions are the table's own, changed by commits, and not only the Data Catalog's."""

    keeps_name: ClassVar[str | None] = None
    """Why a table cannot get another name, and what to do instead; None where it can, in the catalog alone."""

    lacks_views: ClassVar[str | None] = None
    """Why `file_format` with its name is an error in the config of a view; None where a view is none of its concern."""

    log_permissions: ClassVar[str] = "s3:ListBucket on its bucket and s3:GetObject on its files"
    """What the caller of `last_change` needs."""

    strategies: ClassVar[tuple[str, ...]] = STRATEGIES
    """The values of `incremental_strategy` that it has."""

    # Sessions

    def catalog(self, credentials: GlueCredentials) -> str | None:  # noqa: ARG002 - subclasses ask the profile
        """Spark's catalog in which tables of this format are named; None for its own."""
        return None

    def conf(self, credentials: GlueCredentials, given: Mapping[str, str]) -> dict[str, str]:  # noqa: ARG002
        """Spark's settings for it, beside `extension` and `session_catalog`; what is in `given`, the profile's, wins."""
        return {}

    # Configs

    def check(self, config: Mapping[str, Any]) -> None:
        """Raises CompilationError for configs of a model that this format has not."""
        if config.get("clustered_by"):
            raise CompilationError(
                f"`clustered_by` is of formats of files; {self.name} tables have no buckets"
            )

    def partition_field(self, entry: str) -> str:
        """A field of PARTITIONED BY as Spark SQL, of an entry of `partition_by`. Raises CompilationError for what is none."""
        if "(" in entry:
            raise CompilationError(
                f"partition_by: {entry!r} is a transform, which {self.name} tables do not have; name a column"
            )
        return quoted_name(entry)

    def check_strategy(self, strategy: str) -> None:
        """Raises CompilationError for an `incremental_strategy` that it has not."""
        if strategy not in self.strategies:
            raise CompilationError(
                f"incremental_strategy {strategy!r} is not there for {self.name}, which has "
                f"{', '.join(self.strategies)}"
            )

    def preparations(
        self,
        relation: str,  # noqa: ARG002 - subclasses may need something of the table
        dropped: Sequence[str],  # noqa: ARG002
        widened: Sequence[str],  # noqa: ARG002
        properties: Callable[[], Mapping[str, str]],  # noqa: ARG002
    ) -> Sequence[str]:
        """The statements that a table needs before columns are dropped or change their types (on_schema_change).

        `relation` is its name as SQL, `dropped` and `widened` are quoted names of columns, `properties` asks for those
        of the table. Raises CompilationError for changes that it cannot make.
        """
        return ()

    # Reading and tidying

    def last_change(
        self, location: str, parameters: Mapping[str, str], files: TableFiles
    ) -> datetime | None:
        """When the rows of a table last changed, by its own log; None where none ever came.

        `location` is where its data is, `parameters` are those that the Data Catalog has of it.
        What changes no row (compaction, columns, properties, tidying, a commit of no rows) is no such moment. Where the
        log no longer tells, it is the earliest moment from which on no row has changed. Raises FilesUnreadable.
        """
        raise NotImplementedError

    def moment(self, timestamp: object, version: int | str | None) -> str:
        """The SQL after a table's name that reads it as of a time, or, where that is None, of a version.

        Raises CompilationError for what this format does not number so.
        """
        if timestamp is not None:
            return f"timestamp as of {string_literal(timestamp)}"
        number = isinstance(version, int) and not isinstance(version, bool)
        return f"version as of {version if number else string_literal(version)}"

    def maintenance(
        self,
        config: Mapping[str, Any],  # noqa: ARG002 - subclasses have configs for it
        catalog: str,  # noqa: ARG002
        table: str,  # noqa: ARG002
    ) -> list[str]:
        """The statements by which a table, `schema.name` in a catalog of Spark's, is tidied after its commit.

        None unless its configs ask.
        """
        return []
