"""The adapter's methods about a table bucket, which is a catalog of its own beside the account's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from dbt.adapters.base.meta import available
from dbt_common.exceptions import CompilationError, DbtRuntimeError
from glue_compiler.knowledge.tables import S3_TABLES

from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.sessions.client import error_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dbt.adapters.base.relation import BaseRelation

__all__ = ["TableBucketMethods"]


class TableBucketMethods(AdapterParts):
    """What is otherwise where S3 says where tables are: namespaces, views and names."""

    def make_namespace(self, name: str) -> None:
        """Makes a schema in the profile's table bucket too, if it is not there.

        On the embedded endpoint the bucket is made as well: there is nothing to pay, and nobody else to ask.
        Raises DbtRuntimeError where there is no such table bucket.
        """
        bucket = self.credentials.table_bucket
        if bucket is None:  # said when sessions are made, too
            raise DbtRuntimeError("s3_tables_bucket: required for file_format s3tables")
        if self.credentials.is_local:
            try:
                self.connections.aws.client("s3tables").create_table_bucket(name=bucket.name)
            except ClientError as error:
                if error_code(error) != "ConflictException":
                    raise DbtRuntimeError(f"s3_tables_bucket {bucket.name}: {error}") from error
        try:
            self.data_catalog.create_inner_database(name)
        except GlueApiError as error:
            if error.code != "EntityNotFoundException":
                raise
            raise DbtRuntimeError(
                f"there is no table bucket {bucket.name} in Glue's catalog ({bucket.catalog_id}): {error.msg}. Next: make "
                f"it (`aws s3tables create-table-bucket --name {bucket.name}`), integrate S3's table buckets with AWS "
                "analytics services (the catalog s3tablescatalog), and see that the caller may use it"
            ) from error

    @available.parse_none
    def check_view(self, model: Mapping[str, Any]) -> None:
        """Raises CompilationError for a view that is to be in a table bucket."""
        chosen = str(model.get("config", {}).get("file_format") or "").lower()
        if chosen == S3_TABLES:
            raise CompilationError(
                f"a table bucket has no views: leave out `file_format: {chosen}` (for a folder of models, write it "
                "beside `+materialized: table`). A view is made in the account's own catalog, and may read tables of "
                "the table bucket"
            )

    def refuse_rename(self, *relations: BaseRelation) -> None:
        """Raises DbtRuntimeError for a table of a table bucket, which keeps its name."""
        for relation in relations:
            if getattr(relation, "table_format", None) == S3_TABLES:
                raise DbtRuntimeError(
                    f"{relation} is in a table bucket, where Glue renames no table: make a new one from it, and drop it"
                )
