"""The profile: how to reach Glue, and what its sessions are made of."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from dbt.adapters.contracts.connection import Credentials
from dbt_common.dataclass_schema import ValidationError
from glue_compiler.project.profile_values import (
    parse_arguments,
    parse_conf,
    parse_names,
    parse_tags,
)

__all__ = ["LOCAL_ACCOUNT", "LOCAL_LOCATION", "LOCAL_REGION", "LOCAL_ROLE", "GlueCredentials"]

LOCAL_ACCOUNT = "000000000000"
LOCAL_REGION = "us-east-1"
LOCAL_ROLE = f"arn:aws:iam::{LOCAL_ACCOUNT}:role/dbt-glue-local"
LOCAL_LOCATION = "s3://dbt-glue-local/warehouse/"

# https://docs.aws.amazon.com/glue/latest/webapi/API_CreateSession.html
WORKER_TYPES = (
    "Standard", "G.025X", "G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X",
    "R.1X", "R.2X", "R.4X", "R.8X", "Z.2X",
)  # fmt: skip
ROLE_PATTERN = re.compile(r"arn:aws[^:]*:iam::[0-9]*:role/.+")
REGION_PATTERN = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
VERSION_PATTERN = re.compile(r"\d+\.\d+|auto")
SESSION_ID_PATTERN = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
MAX_ARGUMENTS = 75
MAX_ARGUMENT_LENGTH = 4096


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
          glue_version: "5.0"
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
    glue_version: str = "5.0"
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
    seed_format: str = "parquet"
    seed_mode: str = "overwrite"
    enable_spark_seed_casting: bool = True
    custom_iceberg_catalog_namespace: str | None = "glue_catalog"
    delta_athena_prefix: str | None = None
    use_arrow: bool = False
    # Accepted because dbt-glue accepts them; it never reads these two either.
    iceberg_glue_commit_lock_table: str | None = None
    lf_tags: str | None = None

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
            "location", "root_location", "temp_schema", "workers", "worker_type", "glue_version",
            "idle_timeout", "query_timeout_in_minutes", "statement_timeout_in_seconds",
            "session_provisioning_timeout_in_seconds", "security_configuration", "packages",
            "additional_libs", "datalake_formats", "glue_session_id", "glue_session_reuse",
            "enable_session_per_model", "seed_format", "custom_iceberg_catalog_namespace",
        )  # fmt: skip

    @classmethod
    def validate(cls, data: Any) -> None:
        """Raises ValidationError naming the field, what it holds and what is allowed."""
        problems = list(_problems(data, {field.name for field in fields(cls)}))
        if problems:
            raise ValidationError("; ".join(problems))

    @classmethod
    def problems_of(cls, values: Mapping[str, Any]) -> list[str]:
        """One sentence per value that its field does not take; fields that are absent are no problem."""
        return list(_value_problems(values))

    def __post_init__(self) -> None:
        if self.database and self.database != self.schema:
            raise ValidationError(
                f"database: {self.database!r} differs from schema {self.schema!r}; Glue has one "
                "level of databases, so leave `database` out"
            )
        self.database = None
        self.glue_version = str(self.glue_version)

    def without_effect(self) -> list[str]:
        """One sentence per field that is set and changes nothing: accepted, so that profiles of dbt-glue work."""
        return [
            f"{name}: {reason}"
            for name, reason in _WITHOUT_EFFECT.items()
            if getattr(self, name) != type(self).__dataclass_fields__[name].default
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


def _problems(data: Any, known: set[str]) -> Iterator[str]:
    """Yields one sentence per wrong field of a profile."""
    if not isinstance(data, Mapping):
        yield f"a target is a mapping of fields, not {data!r}"
        return
    for name in data:
        if name not in known and name not in ("type", "threads"):
            close = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean `{close[0]}`?" if close else "no field has this name"
            yield f"{name}: unknown field; {hint}"
    if not data.get("schema"):
        yield "schema: required; the Glue database in which dbt builds"
    yield from _value_problems(data)
    if data.get("endpoint", "aws") == "aws":
        for name, example in (
            ("role_arn", "arn:aws:iam::123456789012:role/GlueInteractiveSession"),
            ("region", "eu-west-1"),
        ):
            if not data.get(name):
                yield (
                    f"{name}: required for `endpoint: aws` (such as {example}); "
                    "`endpoint: local` needs no account"
                )


def _value_problems(data: Mapping[str, Any]) -> Iterator[str]:
    for name, check in _CHECKS.items():
        value = data.get(name)
        problem = None if value is None else check(value)
        if problem:
            yield f"{name}: {problem}, not {value!r}"


_WITHOUT_EFFECT = {
    "use_arrow": "has no effect; results are typed and paged either way",
    "enable_spark_seed_casting": "has no effect; column_types of seeds are always honoured",
    "delta_athena_prefix": "has no effect: Athena reads Delta tables by their own log",
    "iceberg_glue_commit_lock_table": "has no effect, as in dbt-glue",
    "lf_tags": "has no effect, as in dbt-glue",
}

Check = Callable[[Any], str | None]


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "must be text"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _matching(pattern: re.Pattern[str], what: str) -> Check:
    return lambda value: None if pattern.fullmatch(str(value)) else f"must be {what}"


def _one_of(*allowed: str) -> Check:
    return lambda value: None if value in allowed else f"must be one of {', '.join(allowed)}"


def _at_least(minimum: float, *, whole: bool = True) -> Check:
    def check(value: Any) -> str | None:
        kinds = int if whole else (int, float)
        if isinstance(value, kinds) and not isinstance(value, bool) and value >= minimum:
            return None
        return f"must be a {'whole ' if whole else ''}number of at least {minimum}"

    return check


def _parsed(parser: Callable[[Any], Any], what: str, kinds: tuple[type, ...]) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, kinds):
            return f"must be {what}"
        try:
            parser(value)
        except ValueError as error:
            return f"must be {what} ({error})"
        return None

    return check


def _arguments(value: Any) -> str | None:
    what = "`--name=value,--name=value` or a mapping"
    problem = _parsed(parse_arguments, what, (str, Mapping))(value)
    if problem:
        return problem
    parsed = parse_arguments(value)
    if len(parsed) > MAX_ARGUMENTS:
        return f"must have at most {MAX_ARGUMENTS} arguments"
    too_long = [key for key, text in parsed.items() if len(text) > MAX_ARGUMENT_LENGTH]
    return f"must keep {too_long[0]} under {MAX_ARGUMENT_LENGTH} characters" if too_long else None


def _endpoint(value: Any) -> str | None:
    if value in ("aws", "local") or re.fullmatch(r"https?://[^\s/]+(/\S*)?", str(value)):
        return None
    return "must be aws, local or an http(s) URL"


_NAMES = _parsed(parse_names, "a list of names, or one text with commas", (str, list, tuple))

_CHECKS: dict[str, Check] = {
    "schema": _text,
    "database": _text,
    "endpoint": _endpoint,
    "endpoint_dir": _text,
    "role_arn": _matching(ROLE_PATTERN, "the ARN of an IAM role (arn:aws:iam::<account>:role/<name>)"),
    "region": _matching(REGION_PATTERN, "an AWS region, such as eu-west-1"),
    "aws_profile_name": _text,
    "use_interactive_session_role_for_api_calls": _flag,
    "boto_retry_mode": _one_of("legacy", "standard", "adaptive"),
    "boto_retry_max_attempts": _at_least(0),
    "workers": _at_least(1),
    "worker_type": _one_of(*WORKER_TYPES),
    "glue_version": _matching(VERSION_PATTERN, "a Glue version, such as \"5.0\""),
    "idle_timeout": _at_least(1),
    "query_timeout_in_minutes": _at_least(1),
    "statement_timeout_in_seconds": _at_least(0.1, whole=False),
    "statement_poll_interval": _at_least(0.01, whole=False),
    "session_provisioning_timeout_in_seconds": _at_least(1),
    "security_configuration": _text,
    "connections": _NAMES,
    "tags": _parsed(parse_tags, "`key=value,key=value` or a mapping", (str, Mapping)),
    "conf": _parsed(
        parse_conf, "`spark.a=1 --conf spark.b=2`, a list or a mapping", (str, Mapping, list)
    ),
    "default_arguments": _arguments,
    "extra_jars": _NAMES,
    "extra_py_files": _NAMES,
    "datalake_formats": _NAMES,
    "packages": _NAMES,
    "additional_libs": _NAMES,
    "glue_session_id": _matching(SESSION_ID_PATTERN, "a session id of at most 200 characters"),
    "glue_session_reuse": _flag,
    "enable_session_per_model": _flag,
    "group_session_id": _matching(SESSION_ID_PATTERN, "a session id of at most 200 characters"),
    "location": _matching(re.compile(r"(s3[an]?|file|hdfs)://?\S+"), "a location, such as s3://bucket/folder/"),
    "root_location": _flag,
    "temp_schema": _text,
    "seed_format": _one_of("parquet", "orc", "csv", "json"),
    "seed_mode": _one_of("overwrite", "append"),
    "enable_spark_seed_casting": _flag,
    "use_arrow": _flag,
}  # fmt: skip
