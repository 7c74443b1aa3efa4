"""The adapter's methods about Lake Formation: tags, filters and permissions of what was built, as its configs say."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dbt.adapters.base.meta import available
from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.knowledge.lake_formation import (
    EVERYBODY_BY_IAM,
    InvalidConfig,
    filters_of,
    grants_of,
    tags_of,
)

from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.lake_formation.callers import Caller, principal_of, same_principal
from dbt.adapters.glue.lake_formation.calls import LakeFormation, LakeTable
from dbt.adapters.glue.lake_formation.databases import let_build
from dbt.adapters.glue.lake_formation.filters import apply_filters
from dbt.adapters.glue.lake_formation.grants import apply_grants, granted
from dbt.adapters.glue.lake_formation.tags import apply_table_tags
from dbt.adapters.glue.literals import string_literal
from dbt.adapters.glue.relation import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dbt.adapters.base.relation import BaseRelation

__all__ = ["LakeFormationMethods"]

logger = AdapterLogger("Glue")

_NO_GRANTS = (
    "select cast(null as string) as grantee, cast(null as string) as privilege_type where false"
)


class LakeFormationMethods(AdapterParts):
    """Each compares what is with what is to be, changes the difference, and tells what was changed."""

    @cached_property
    def lake_formation(self) -> LakeFormation:
        return LakeFormation(lambda: self.connections.aws.lake_formation)

    @cached_property
    def caller(self) -> Caller:
        """Who makes the calls of the catalog and of Lake Formation; asked once in a run."""
        return Caller.of(lambda: self.connections.aws.identity)

    @available
    def is_governed(self, model: Mapping[str, Any]) -> bool:
        """Whether a node's configs say who reads what it makes: then its entry in the catalog is to stay."""
        config = model.get("config", {})
        return any(config.get(key) for key in ("grants", "lf_tags_config", "lf_grants"))

    @available.parse_none
    def add_lf_tags(self, relation: BaseRelation, lf_tags_config: Any) -> None:
        """The LF-tags of a table, its columns and its database, as `lf_tags_config` has them; none where that is off.

        Raises DbtRuntimeError for a config that Lake Formation does not take, and for what it refuses.
        """
        with _carrying_out("lf_tags_config", relation):
            wanted = tags_of(lf_tags_config)
            if wanted is None:
                return
            table = self._lake_table(relation)
            told = self.database_tags.apply(self.lake_formation, table, wanted)
            self._tell(told + apply_table_tags(self.lake_formation, table, wanted))

    @available.parse_none
    def apply_lf_grants(self, relation: BaseRelation, lf_grants_config: Any) -> None:
        """The data cells filters of a table, and who reads by them, as `lf_grants` has them; none where that is off.

        Raises DbtRuntimeError for a config that Lake Formation does not take, and for what it refuses.
        """
        with _carrying_out("lf_grants", relation):
            wanted = filters_of(lf_grants_config)
            if wanted is not None:
                self._tell(apply_filters(self.lake_formation, self._lake_table(relation), wanted))

    @available.parse_none
    def apply_grants_config(
        self,
        relation: BaseRelation,
        grants: Any,
        should_revoke: bool = True,
    ) -> None:
        """The permissions of a table as `grants` has them; nothing where it says nothing.

        Raises DbtRuntimeError for a config that Lake Formation does not take, and for what it refuses.
        """
        with _carrying_out("grants", relation):
            wanted = grants_of(grants)
            if wanted is None:
                return
            table = self._lake_table(relation)
            change = apply_grants(
                self.lake_formation, table, wanted, self._is_own, revokes=should_revoke
            )
        self._tell(change.told)
        if change.by_iam:
            logger.warning(
                f"`grants` keeps nobody from {table}: {EVERYBODY_BY_IAM} has ALL on it, so that IAM alone decides. Next: "
                "revoke that (aws lakeformation revoke-permissions), once those who need the table have permissions"
            )

    @available.parse(lambda *_args, **_kwargs: "")
    def grants_query(self, relation: BaseRelation) -> str:
        """A query whose rows are what was granted on a table: grantee and privilege_type, as dbt reads them."""
        found = granted(self.lake_formation, self._lake_table(relation), self._is_own)
        rows = [f"({string_literal(who)}, {string_literal(what)})" for who, what in found]
        if not rows:
            return _NO_GRANTS
        return f"select * from values {', '.join(rows)} as granted(grantee, privilege_type)"  # noqa: S608 - literals

    def let_sessions_build(self, database: str) -> None:
        """What the sessions' role and the caller need in a database that this run has made; where IAM decides, nothing."""
        role = self.credentials.role_arn
        if not role or self.credentials.use_interactive_session_role_for_api_calls:
            return
        found = self.data_catalog.database(database) or {}
        if found.get("CreateTableDefaultPermissions"):
            return
        try:
            let_build(self.lake_formation, database, role, principal_of(self.caller.arn))
        except GlueApiError as error:
            logger.warning(
                f"{role}, under which sessions run, was given no permissions of Lake Formation on the new database "
                f"{database}, whose tables IAM does not decide of, nor was the caller on the tables that it makes "
                f"there: {error.msg}"
            )

    def _is_own(self, principal: str) -> bool:
        own = (self.credentials.role_arn, self.caller.arn)
        return any(same_principal(principal, arn) for arn in own)

    def _lake_table(self, relation: BaseRelation) -> LakeTable:
        schema, name = name_of(relation)
        inner = self.table_formats
        catalog = inner.catalog_id if inner.has(schema, name) else None
        return LakeTable(catalog or self.caller.account, schema, name)

    def _tell(self, sentences: list[str]) -> None:
        for sentence in sentences:
            logger.info(f"Lake Formation: {sentence}")


@contextmanager
def _carrying_out(key: str, relation: BaseRelation) -> Iterator[None]:
    """Says of what goes wrong in it which config of which table it is about. Raises DbtRuntimeError."""
    try:
        yield
    except InvalidConfig as error:
        raise DbtRuntimeError(f"`{key}` of {relation} {error}") from error
    except GlueApiError as error:
        raise DbtRuntimeError(
            f"`{key}` of {relation} is not carried out: {error.msg}\n"
            "The table stands as it was built; the next run does what is missing."
        ) from error
