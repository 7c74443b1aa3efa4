"""The table bucket of a profile: how people name it, and what Glue and Spark call it.

Names: AWS's pages "Integrating Amazon S3 Tables with AWS analytics services" and "Running ETL jobs on Amazon S3
tables with AWS Glue"; DBT_S3_TABLES_BUCKET and `glue.id` in `conf` are where dbt-glue's users have it.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PATTERN", "TableBucket", "bucket_name", "table_bucket"]

VARIABLE = "DBT_S3_TABLES_BUCKET"
PARENT = "s3tablescatalog"
"""The catalog of Glue in which table buckets are, and Spark's catalog of the profile's one."""

LOCAL_BUCKET = "dbt-glue-local"

_NAME = r"(?P<{0}>[a-z0-9][a-z0-9-]{{1,61}}[a-z0-9])"
PATTERN = re.compile(
    rf"{_NAME.format('name')}"
    rf"|(?:(?P<account>\d{{12}}):)?{PARENT}/{_NAME.format('in_catalog')}"
    rf"|arn:(?P<partition>aws[a-z-]*):s3tables:(?P<region>[a-z0-9-]+):(?P<owner>\d{{12}}):bucket/{_NAME.format('in_arn')}"
)
_CATALOG = re.compile(
    rf"spark\.sql\.catalog\.(?P<catalog>\w+)\.glue\.id=(?P<bucket>(?:\d{{12}}:)?{PARENT}/\S+)"
)
_ROLE = re.compile(r"arn:(?P<partition>aws[^:]*):iam::(?P<account>\d{12}):")


class Profile(Protocol):
    """What of a profile says which table bucket it is."""

    endpoint: str
    region: str | None
    role_arn: str | None
    s3_tables_bucket: str | None

    def session_conf(self) -> Mapping[str, str]:
        """The settings of sessions."""


class TableBucket(NamedTuple):
    """A table bucket, and the name of Spark's catalog of it."""

    name: str
    account: str
    region: str
    partition: str
    spark_catalog: str
    named: bool
    """False where nobody named it: on the embedded endpoint there is one for whoever wants it."""

    @property
    def catalog_id(self) -> str:
        """What Glue's calls take as CatalogId, and Iceberg's GlueCatalog as `glue.id`."""
        return f"{self.account}:{PARENT}/{self.name}"

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:s3tables:{self.region}:{self.account}:bucket/{self.name}"


def table_bucket(profile: Profile, local_account: str, region: str) -> TableBucket | None:
    """The table bucket of a profile: its `s3_tables_bucket`, else the variable, else a catalog of its `conf`.

    Where it says no account it is that of the role; on the embedded endpoint there is but one, `local_account`.
    """
    text, catalog = profile.s3_tables_bucket or os.environ.get(VARIABLE), PARENT
    for key, value in profile.session_conf().items():
        given = _CATALOG.fullmatch(f"{key}={value}")
        if given is not None:
            text, catalog = text or given["bucket"], given["catalog"]
    named = bool(text)
    if not named and profile.endpoint == "local":
        text = LOCAL_BUCKET
    found = PATTERN.fullmatch(text or "")
    if found is None:
        return None
    role = _ROLE.match(profile.role_arn or "")
    account = found["account"] or found["owner"] or (role["account"] if role else local_account)
    return TableBucket(
        bucket_name(found),
        account if profile.endpoint == "aws" else local_account,
        found["region"] or profile.region or region,
        found["partition"] or (role["partition"] if role else "aws"),
        catalog,
        named,
    )


def bucket_name(found: re.Match[str] | None) -> str:
    """The name of a table bucket in what PATTERN matched; empty where it did not."""
    return "" if found is None else found["name"] or found["in_catalog"] or found["in_arn"]
