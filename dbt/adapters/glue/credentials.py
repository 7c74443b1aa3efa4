"""The profile: how to reach Glue, and what its sessions are made of."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from dbt.adapters.contracts.connection import Credentials
from dbt_common.dataclass_schema import ValidationError
from glue_compiler.knowledge.glue_versions import DEFAULT_GLUE_VERSION, GLUE_VERSIONS
from glue_compiler.project.profile_values import (
    parse_arguments,
    parse_conf,
    parse_names,
    parse_tags,
)

from dbt.adapters.glue.profile_fields import (
    NOT_FIELDS,
    problems_of_profile,
    unknown_fields,
    value_problems,
    without_effect,
)
from dbt.adapters.glue.table_buckets import TableBucket, table_bucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["LOCAL_ACCOUNT", "LOCAL_LOCATION", "LOCAL_REGION", "LOCAL_ROLE", "GlueCredentials"]

LOCAL_ACCOUNT = "000000000000"
LOCAL_REGION = "us-east-1"
LOCAL_ROLE = f"arn:aws:iam::{LOCAL_ACCOUNT}:role/dbt-glue-local"
LOCAL_LOCATION = "s3://dbt-glue-local/warehouse/"


@dataclass
class GlueCredentials(Credentials):
    """One target of `type: glue`. Every field that works in dbt-glue 1.12 works here.

    On a laptop, with no account::

        local:
          type: glue
          endpoint: local
          schema: analytics

    On AWS::

        prod:
          type: glue
          role_arn: arn:aws:iam::123456789012:role/GlueInteractiveSession
          region: eu-west-1
          schema: analytics
          location: s3://my-bucket/warehouse/
          workers: 2
          worker_type: G.1X
          glue_version: "5.1"
          idle_timeout: 10
          conf: spark.sql.shuffle.partitions=64 --conf spark.sql.ansi.enabled=true
          tags: team=data,env=prod
          default_arguments: --enable-metrics=true,--additional-python-modules=pyarrow==17.0.0
          packages: [scikit-learn==1.5.2]
    """

    database: str | None = None  # type: ignore[assignment]
    schema: str = ""

    endpoint: str = "aws"
    endpoint_dir: str | None = None

    role_arn: str | None = None
    region: str | None = None
    aws_profile_name: str | None = None
    use_interactive_session_role_for_api_calls: bool = False
    boto_retry_mode: str = "adaptive"
    boto_retry_max_attempts: int = 10

    workers: int = 2
    worker_type: str = "G.1X"
    glue_version: str = "5.1"
    idle_timeout: int = 10
    query_timeout_in_minutes: int = 300
    statement_timeout_in_seconds: float | None = None
    statement_poll_interval: float | None = None
    session_provisioning_timeout_in_seconds: int = 120
    security_configuration: str | None = None
    connections: str | list[str] | None = None
    tags: str | dict[str, Any] | None = None
    conf: str | dict[str, Any] | list[str] | None = None
    default_arguments: str | dict[str, Any] | None = None
    extra_jars: str | list[str] | None = None
    extra_py_files: str | list[str] | None = None
    datalake_formats: str | list[str] | None = None
    packages: list[str] | str | None = None
    additional_libs: list[str] | str | None = None

    glue_session_id: str | None = None
    glue_session_reuse: bool = False
    enable_session_per_model: bool = False
    group_session_id: str | None = None

    location: str | None = None
    root_location: bool = False
    temp_schema: str | None = None
    old_version_retention_in_minutes: float = 60
    seed_format: str = "parquet"
    seed_mode: str = "overwrite"
    enable_spark_seed_casting: bool = True
    custom_iceberg_catalog_namespace: str | None = "glue_catalog"
    s3_tables_bucket: str | None = None
    delta_athena_prefix: str | None = None
    use_arrow: bool = False
    # Accepted because dbt-glue accepts them; it never reads these either.
    iceberg_glue_commit_lock_table: str | None = None
    lf_tags: str | None = None
    query_comment: str | None = None
    user: str | None = None

    unknown_fields: list[str] = field(default_factory=list, metadata={"hidden": True})
    """Names that the profile holds and no field has."""

    _ALIASES: ClassVar[dict[str, str]] = {"query-comment": "query_comment"}

    @property
    def type(self) -> str:
        return "glue"

    @property
    def unique_field(self) -> str:
        return self.role_arn or self.endpoint

    def _connection_keys(self) -> tuple[str, ...]:
        """What `dbt debug` shows and `target` offers: everything but what may hold a secret."""
        return (
            "endpoint", "endpoint_dir", "role_arn", "region", "aws_profile_name", "schema",
            "location", "root_location", "temp_schema", "old_version_retention_in_minutes", "workers", "worker_type", "glue_version",
            "idle_timeout", "query_timeout_in_minutes", "statement_timeout_in_seconds",
            "session_provisioning_timeout_in_seconds", "security_configuration", "packages",
            "additional_libs", "datalake_formats", "glue_session_id", "glue_session_reuse",
            "enable_session_per_model", "seed_format", "custom_iceberg_catalog_namespace",
            "s3_tables_bucket",
        )  # fmt: skip

    @classmethod
    def validate(cls, data: Any) -> None:
        """Raises ValidationError naming the field, what it holds and what is allowed."""
        problems = problems_of_profile(data, cls.known_names())
        if problems:
            raise ValidationError("; ".join(problems))

    @classmethod
    def known_names(cls) -> set[str]:
        """What a profile may hold: fields as they are written, and what dbt itself takes out of it."""
        return {*(each.name for each in fields(cls)), *cls._ALIASES, *NOT_FIELDS}

    @classmethod
    def __pre_deserialize__(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Keeps the names that no field has, to tell of them."""
        given: dict[str, Any] = dict(super().__pre_deserialize__(data))  # type: ignore[no-untyped-call]
        unknown = [name for name in given if name not in cls.known_names()]
        return {"unknown_fields": unknown, **given}

    @classmethod
    def problems_of(cls, values: Mapping[str, Any]) -> list[str]:
        """One sentence per value that its field does not take; fields that are absent are no problem."""
        return list(value_problems(values))

    def __post_init__(self) -> None:
        if self.database and self.database != self.schema:
            raise ValidationError(
                f"database: {self.database!r} differs from schema {self.schema!r}; Glue has one "
                "level of databases, so leave `database` out"
            )
        self.database = None
        self.glue_version = str(self.glue_version)

    def unknown_version(self) -> str | None:
        """A sentence where nobody here knows the Glue version: one that came later, perhaps."""
        if self.glue_version in (*GLUE_VERSIONS, "auto"):
            return None
        return (
            f"glue_version: {self.glue_version} is not known here, so models are checked and planned as for "
            f"{DEFAULT_GLUE_VERSION}; known are {', '.join(GLUE_VERSIONS)}"
        )

    def without_effect(self) -> list[str]:
        """One sentence per field that is set and changes nothing: accepted, so that profiles of dbt-glue work."""
        written = {name: alias for alias, name in self._ALIASES.items()}
        defaults = {each.name: each.default for each in fields(self)}
        changed = [name for name, default in defaults.items() if getattr(self, name) != default]
        known = [written.get(name, name) for name in defaults if name != "unknown_fields"]
        return [
            *(
                f"{written.get(name, name)}: {reason}"
                for name, reason in without_effect(local=self.is_local).items()
                if name in changed
            ),
            *unknown_fields(self.unknown_fields, known),
        ]

    # What sessions and clients are made of

    @property
    def is_local(self) -> bool:
        return self.endpoint == "local"

    @property
    def endpoint_url(self) -> str | None:
        """The URL of a Glue that is neither AWS's nor ours, or None."""
        return None if self.endpoint in ("aws", "local") else self.endpoint

    @property
    def session_role(self) -> str:
        return self.role_arn or LOCAL_ROLE

    @property
    def warehouse(self) -> str | None:
        """The root of all tables, ending in a slash, or None where the database says it."""
        root = self.location or (LOCAL_LOCATION if self.endpoint != "aws" else None)
        return None if root is None else root.rstrip("/") + "/"

    @property
    def state_dir(self) -> Path | None:
        return Path(self.endpoint_dir).expanduser() if self.endpoint_dir else None

    @property
    def iceberg_catalog(self) -> str | None:
        """Spark's catalog of Iceberg tables; None where Spark's own knows them (a SparkSessionCatalog)."""
        return self.custom_iceberg_catalog_namespace or None

    @property
    def table_bucket(self) -> TableBucket | None:
        """The bucket of tables that are `s3tables`, or None where nothing names one."""
        return table_bucket(self, LOCAL_ACCOUNT, LOCAL_REGION)

    @property
    def formats(self) -> tuple[str, ...]:
        """The table formats that sessions have, in lower case."""
        return tuple(name.lower() for name in parse_names(self.datalake_formats))

    def need_formats(self, formats: Iterable[str]) -> None:
        """Has sessions made from now on know these table formats too, beside those of the profile."""
        missing = [name for name in formats if name not in self.formats]
        if missing:
            self.datalake_formats = [*self.formats, *sorted(missing)]

    def session_conf(self) -> dict[str, str]:
        return parse_conf(self.conf)

    def session_arguments(self) -> dict[str, str]:
        return parse_arguments(self.default_arguments)

    def session_tags(self) -> dict[str, str]:
        return parse_tags(self.tags)
