"""Sessions that know open table formats, without dbt around them; and one that merges while another one commits."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.aws import AwsClients
from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.cursor import GlueHandle
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.pool import SessionPool

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOGS = {"iceberg": "glue_catalog.default", "delta": "default"}
MERGE = (
    "merge into {table} as DBT_INTERNAL_DEST using `{view}` as DBT_INTERNAL_SOURCE "
    "on DBT_INTERNAL_DEST.id <=> DBT_INTERNAL_SOURCE.id "
    "when matched then update set DBT_INTERNAL_DEST.t = {value} "
    "when not matched then insert (id, t) values (DBT_INTERNAL_SOURCE.id, DBT_INTERNAL_SOURCE.t)"
)


class OpenSession:
    """A session of the endpoint with formats (`--datalake-formats`), at a URL and with settings of Spark's.

    `more` are fields of a profile.
    """

    def __init__(
        self, url: str, formats: str, conf: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        credentials = GlueCredentials(
            schema="default",
            endpoint=url,
            datalake_formats=formats,
            conf=dict(conf or {}) or None,
            **more,
        )
        self.aws = AwsClients(credentials)
        self._pool = SessionPool(self.aws.sessions, credentials)
        self.handle = GlueHandle(self._pool, Environment.of(credentials), "default")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        cursor = self.handle.cursor()
        cursor.execute(sql)
        return cursor.fetchall()

    def python(self, code: str) -> str:
        """What code in the session printed."""
        result = self.handle.run([code])
        assert not result.failed, result
        return result.text

    def merge(self, table: str, rows: str, merge: str) -> list[str]:
        """Merges the rows of a query, as a model does, by a statement for `table` and `view`; the warnings."""
        view = f"rows_{secrets.token_hex(8)}"
        self.handle.call("hold_rows", {"sql": rows, "view": view})
        answer = self.handle.call("merge", {"sql": merge.format(table=table, view=view), "table": table})  # fmt: skip
        warnings: list[str] = answer.framed.get("warnings", [])
        return warnings

    def close(self) -> None:
        try:
            self.handle.close()
        finally:
            self._pool.stop_all()


class Merging:
    """A session that merges, another one that commits beside it, and a table of both, made with `clauses`."""

    def __init__(self, own: OpenSession, other: OpenSession, name: str, clauses: str) -> None:
        self.own, self.other = own, other
        self.table = f"{CATALOGS[name]}.merged{secrets.token_hex(4)}"
        self.own.run(f"create table {self.table} (id int, t string) using {name} {clauses}")

    def rows(self) -> list[tuple[Any, ...]]:
        return self.other.run(f"select id, t from {self.table} order by id, t")

    def merge(self, rows: str, value: str = "DBT_INTERNAL_SOURCE.t") -> list[str]:
        """Merges the rows of a query, `value` where a key is there; what the session had to say."""
        return self.own.merge(self.table, rows, MERGE.replace("{value}", value))

    def close(self) -> None:
        self.other.run(f"drop table {self.table}")
        for session in (self.own, self.other):
            session.close()
