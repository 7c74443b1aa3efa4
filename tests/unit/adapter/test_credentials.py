"""The profile: what it accepts, what it refuses and how it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dbt_common.dataclass_schema import ValidationError
from glue_compiler.knowledge.glue_versions import GLUE_VERSIONS

from dbt.adapters.glue.connections import told_at_start
from dbt.adapters.glue.credentials import LOCAL_LOCATION, GlueCredentials
from dbt.adapters.glue.sessions.environment import Environment

if TYPE_CHECKING:
    from pathlib import Path

AWS: dict[str, Any] = {
    "schema": "analytics",
    "role_arn": "arn:aws:iam::123456789012:role/GlueRole",
    "region": "eu-west-1",
}


def made(**fields: Any) -> GlueCredentials:
    GlueCredentials.validate(fields)
    return GlueCredentials.from_dict(fields)


def refusal(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        GlueCredentials.validate(fields)
    return str(caught.value.message)


def test_local_needs_a_schema_only() -> None:
    credentials = made(schema="x", endpoint="local")
    assert credentials.warehouse == LOCAL_LOCATION
    assert credentials.is_local


def test_aws_needs_a_role_and_a_region() -> None:
    message = refusal(schema="x")
    assert "role_arn: required" in message
    assert "region: required" in message
    assert made(**AWS).warehouse is None


@pytest.mark.parametrize("version", ["0.9", "1.0", "2.0", "3.0", 3.0, "3.9"])
def test_a_glue_version_that_is_too_old_is_refused_by_name(version: object) -> None:
    message = refusal(schema="x", endpoint="local", glue_version=version)
    assert f"glue_version: must be one of 4.0, 5.0, 5.1, 6.0 (Glue {version} " in message
    assert "needs Spark 3.3 and Python 3.10" in message
    if version == "3.0":
        assert "Glue 3.0 has Spark 3.1 and Python 3.7, and what runs in a session" in message


def test_a_glue_version_that_nobody_knows_yet_is_a_warning() -> None:
    told = told_at_start(made(schema="x", endpoint="local", glue_version="7.9"))
    (warning,) = [each for each in told if "glue_version" in each]
    assert warning.startswith("profile: glue_version: 7.9 is not known here, so models are checked")
    assert warning.endswith("known are 4.0, 5.0, 5.1, 6.0")
    for known in GLUE_VERSIONS:
        told = told_at_start(made(schema="x", endpoint="local", glue_version=known))
        assert not [each for each in told if "glue_version" in each]


def test_every_field_of_dbt_glue_is_accepted() -> None:
    fields = {
        **AWS,
        "database": "analytics", "workers": 5, "worker_type": "G.2X", "location": "s3://b/w",
        "session_provisioning_timeout_in_seconds": 60, "root_location": True, "idle_timeout": 5,
        "query_timeout_in_minutes": 30, "glue_version": "4.0", "security_configuration": "sc",
        "connections": "a,b", "conf": "spark.a=1 --conf spark.b=x=y", "extra_py_files": "s3://b/a.py",
        "extra_jars": "s3://b/a.jar", "tags": "team=data,env=prod", "seed_format": "orc",
        "seed_mode": "append", "default_arguments": "--enable-metrics=true", "datalake_formats": "delta",
        "delta_athena_prefix": "p", "use_interactive_session_role_for_api_calls": True,
        "glue_session_id": "mine", "glue_session_reuse": True,
        "enable_session_per_model": True, "use_arrow": True, "custom_iceberg_catalog_namespace": "",
        "enable_spark_seed_casting": True, "temp_schema": "tmp", "packages": ["a==1"],
        "group_session_id": "g", "boto_retry_mode": "standard", "boto_retry_max_attempts": 3,
        "statement_poll_interval": 1.0, "iceberg_glue_commit_lock_table": "t",
    }  # fmt: skip
    credentials = made(**fields)
    request = Environment.of(credentials).create_request("id")
    assert request["NumberOfWorkers"] == 5
    assert request["WorkerType"] == "G.2X"
    assert request["IdleTimeout"] == 5
    assert request["Timeout"] == 30
    assert request["SecurityConfiguration"] == "sc"
    assert request["Connections"] == {"Connections": ["a", "b"]}
    assert request["Tags"] == {"team": "data", "env": "prod"}
    arguments = request["DefaultArguments"]
    assert arguments["--extra-jars"] == "s3://b/a.jar"
    assert arguments["--extra-py-files"] == "s3://b/a.py"
    assert arguments["--datalake-formats"] == "delta"
    assert arguments["--additional-python-modules"] == "a==1"
    assert "spark.a=1 --conf spark.b=x=y" in arguments["--conf"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"worker": 2, "idle_timeout": 0},
            "worker: unknown field, without effect; did you mean `workers`?",
        ),
        (
            {"security_configuraton": "kms"},
            "security_configuraton: unknown field, without effect; did you mean",
        ),
        (
            {"role_arns": ["a"]},
            "role_arns: unknown field, without effect; did you mean `role_arn`?",
        ),
        (
            {"lf_tags": "team=data"},
            "lf_tags: sets no tag of Lake Formation, neither here nor in dbt-glue",
        ),
        ({"workers": "two"}, "workers: must be a whole number of at least 1, not 'two'"),
        ({"workers": True}, "workers: must be a whole number"),
        ({"worker_type": "G.3X"}, "worker_type: must be one of Standard, G.025X"),
        ({"role_arn": "GlueRole"}, "role_arn: must be the ARN of an IAM role"),
        ({"region": "Ireland"}, "region: must be an AWS region"),
        ({"endpoint": "lokal"}, "endpoint: must be aws, local or an http(s) URL"),
        ({"idle_timeout": 0}, "idle_timeout: must be"),
        ({"tags": "team"}, "tags: must be `key=value,key=value` or a mapping ('team' is not"),
        ({"conf": "spark.a"}, "conf: must be"),
        (
            {"conf": {"spark.hadoop.aws.glue.cache.table.enable": True}},
            "conf: must not switch spark.hadoop.aws.glue.cache.table.enable on",
        ),
        (
            {"default_arguments": "--conf=spark.hadoop.aws.glue.cache.table.enable=true"},
            "default_arguments: --conf must not switch",
        ),
        (
            {"old_version_retention_in_minutes": -1},
            "old_version_retention_in_minutes: must be a number of at least 0",
        ),
        ({"default_arguments": "enable metrics"}, "default_arguments: must be `--name=value"),
        ({"default_arguments": {"--a": "x" * 5000}}, "--a under 4096 characters"),
        ({"glue_session_reuse": "yes"}, "glue_session_reuse: must be true or false"),
        ({"location": "bucket/folder"}, "location: must be a location"),
        ({"seed_format": "xlsx"}, "seed_format: must be one of"),
        ({"statement_poll_interval": 0}, "statement_poll_interval: must be a number of at least"),
    ],
)
def test_a_refusal_names_the_field_and_what_is_allowed(fields: dict[str, Any], said: str) -> None:
    assert said in refusal(**{**AWS, **fields})


def test_a_database_of_another_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="differs from schema"):
        GlueCredentials(schema="a", database="b", endpoint="local")


def test_what_dbt_shows_holds_no_arguments_or_tags() -> None:
    credentials = made(**AWS, default_arguments="--password=hunter2", tags="a=secret")
    assert "hunter2" not in str(list(credentials.connection_info()))
    assert "secret" not in str(list(credentials.connection_info()))


def test_fields_without_effect_are_told_where_they_are_set() -> None:
    assert made(schema="x", endpoint="local").without_effect() == []
    told = made(
        schema="x", endpoint="local", use_arrow=True, enable_spark_seed_casting=False,
        custom_iceberg_catalog_namespace="lake", delta_athena_prefix="d",
        iceberg_glue_commit_lock_table="t", seed_mode="append",
    ).without_effect()  # fmt: skip
    assert [sentence.partition(":")[0] for sentence in told] == [
        "use_arrow", "enable_spark_seed_casting", "delta_athena_prefix",
        "iceberg_glue_commit_lock_table",
    ]  # fmt: skip


def test_the_profile_in_dbt_glues_readme_is_taken() -> None:
    """Its `query-comment` and `project_name`, and the `user` of its tests, are no fields of dbt-glue's: it takes any."""
    profile = GlueCredentials.translate_aliases(
        {
            "query-comment": "This is a glue dbt example", "project_name": "shop", "user": "arn:aws:iam::1:role/x",
            "role_arn": "arn:aws:iam::1234567890:role/GlueInteractiveSessionRole",
            "region": "us-east-1", "workers": 2, "worker_type": "G.1X", "idle_timeout": 10,
            "schema": "dbt_demo", "session_provisioning_timeout_in_seconds": 120,
            "location": "s3://dbt_demo_bucket/dbt_demo_data",
        }
    )  # fmt: skip
    GlueCredentials.validate(profile)
    made = GlueCredentials.from_dict(profile)
    GlueCredentials.validate(made.to_dict())  # as dbt does once more
    told = made.without_effect()
    assert told == [
        "query-comment: has no effect, as in dbt-glue; dbt reads the one in dbt_project.yml",
        "user: has no effect, as in dbt-glue",
        "project_name: has no effect, as in dbt-glue; dbt reads the `name` in dbt_project.yml",
    ]


def test_an_unknown_field_is_told_with_the_one_that_was_meant() -> None:
    made_of = made(schema="x", endpoint="local", worker=2, colour="red", threads=4)
    assert made_of.without_effect() == [
        "worker: unknown field, without effect; did you mean `workers`?",
        "colour: unknown field, without effect; no field has this name",
    ]
    GlueCredentials.validate(made_of.to_dict())  # as dbt does once more
    assert "unknown_fields" not in dict(made_of.connection_info())


def test_what_the_embedded_endpoint_leaves_out_is_told() -> None:
    fields = {"security_configuration": "kms", "connections": "vpc"}
    told = made(schema="x", endpoint="local", **fields).without_effect()
    assert [sentence.partition(":")[0] for sentence in told] == list(fields)
    assert made(**AWS, **fields).without_effect() == []


def test_dbt_glue_beside_this_adapter_is_told_at_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = made(schema="x", endpoint="local", use_arrow=True)
    (field,) = told_at_start(credentials)
    assert field.startswith("profile: use_arrow: ")
    for name, version in (("dbt-glue", "1.12.4"), ("dbt-glue-python", "0.1.0")):
        info = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    told, same = told_at_start(credentials)
    assert same == field
    assert told.startswith("both dbt-glue-python and dbt-glue 1.12.4 are installed")
    assert "pip uninstall -y dbt-glue dbt-glue-python" in told
