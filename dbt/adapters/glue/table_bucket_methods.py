"""The adapter's methods about a table bucket, which is a catalog of its own beside the account's."""

from __future__ import annotations

from botocore.exceptions import ClientError
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.adapter_parts import AdapterParts
from dbt.adapters.glue.errors import GlueApiError
from dbt.adapters.glue.sessions.client import error_code

__all__ = ["TableBucketMethods"]


class TableBucketMethods(AdapterParts):
    """What is otherwise where S3 says where tables are: its namespaces."""

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
