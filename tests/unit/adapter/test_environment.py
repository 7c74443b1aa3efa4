"""Environments: what a session is made of, and when two models may share one."""

from __future__ import annotations

from pathlib import Path

import pytest
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.packages import spilled
from dbt.adapters.glue.sessions.pool import SessionPool


def environment(**fields: object) -> Environment:
    return Environment.of(GlueCredentials(schema="x", endpoint="local", **fields))  # type: ignore[arg-type]


def test_the_fingerprint_says_whether_sessions_are_the_same() -> None:
    assert environment().fingerprint == environment().fingerprint
    assert environment(workers=3).fingerprint != environment().fingerprint
    assert environment(packages=["a"]).fingerprint != environment().fingerprint


def test_packages_add_to_what_the_profile_has() -> None:
    base = environment(packages=["a==1"], default_arguments="--additional-python-modules=z==0,y==0")
    more = base.with_packages(["a==1", "b[x]>=2"], ["s3://libs/c.whl", "s3://libs/d.zip"])
    modules = more.arguments["--additional-python-modules"]
    assert modules == "z==0,y==0,a==1,b[x]>=2,s3://libs/c.whl"
    assert more.arguments["--extra-py-files"] == "s3://libs/d.zip"
    assert base.arguments["--additional-python-modules"] == "z==0,y==0,a==1"
    assert base.with_packages().fingerprint == base.fingerprint


def test_the_conf_of_arguments_and_of_the_profile_are_one_chain() -> None:
    made = environment(conf={"spark.b": "2"}, default_arguments={"--conf": "spark.a=1"}).arguments[
        "--conf"
    ]
    assert made.startswith("spark.a=1 --conf ")
    assert made.endswith("spark.b=2")
    assert "spark.sql.filesourceTableRelationCacheSize=0" in made


def test_differences_are_told_by_name() -> None:
    mine = environment(workers=3)
    assert mine.differences({"GlueVersion": "5.1", "NumberOfWorkers": 3}) == {}
    assert mine.differences({"GlueVersion": "4.0", "NumberOfWorkers": 2}) == {
        "GlueVersion": ("4.0", "5.1"),
        "NumberOfWorkers": (2, 3),
    }
    assert "--conf" in mine.differences({"DefaultArguments": {"--x": "y"}})


def test_a_models_requirement_takes_the_place_of_the_profiles() -> None:
    base = environment(packages=["a==1", "b"])
    made = base.with_packages(["A==2", "c>=1,<2"])
    assert made.arguments["--additional-python-modules"] == "b,A==2,c>=1,<2"
    again = made.with_packages(["c>=1,<2"])
    assert again.fingerprint == made.fingerprint


def test_a_requirements_file_is_named_as_glue_wants_it() -> None:
    made = environment(packages=["a"]).with_packages([], ["s3://libs/requirements.txt"])
    assert made.arguments["--additional-python-modules"] == "s3://libs/requirements.txt,a"
    assert made.arguments["--python-modules-installer-option"] == "-r"


def test_another_content_of_a_local_file_is_another_environment() -> None:
    base = environment()
    one = base.with_packages([], ["/libs/c.whl"], {"/libs/c.whl": "1"})
    two = base.with_packages([], ["/libs/c.whl"], {"/libs/c.whl": "2"})
    assert one.fingerprint != two.fingerprint
    assert one.create_request("s") == two.create_request("s")


def test_models_share_a_session_only_with_the_same_packages() -> None:
    base = environment()
    pool = SessionPool(None, GlueCredentials(schema="x", endpoint="local"))  # type: ignore[arg-type]
    more = base.with_packages(["pandas==1.5.3", "humanize"])
    session = pool.lease(more)
    pool.give_back(session)
    assert pool.lease(base.with_packages(["humanize"])) is not session
    assert pool.lease(base) is not session
    assert pool.lease(base.with_packages(["Humanize", "pandas == 1.5.3"])) is session


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["b", "a==1"], ["a==1", "b"]),
        (["Ruamel_Yaml"], ["ruamel.yaml"]),
        (["a>=1,<2"], ["a<2, >=1"]),
        (["a[y,x]"], ["a[X, Y]"]),
        (["a==1", "s3://libs/c.whl"], ["s3://libs/c.whl", "a==1"]),
    ],
)
def test_order_and_spelling_of_packages_make_no_other_session(
    one: list[str], other: list[str]
) -> None:
    first, second = (environment().with_packages(packages) for packages in (one, other))
    assert first.fingerprint == second.fingerprint
    there = first.create_request("s")
    assert second.differences(there) == {}
    assert "--additional-python-modules" in environment().with_packages(["z"]).differences(there)


def test_what_the_profile_asks_for_and_glue_has_is_not_installed() -> None:
    role = {
        "role_arn": "arn:aws:iam::123456789012:role/r",
        "region": "eu-west-1",
        "location": "s3://b/w",
    }
    modules = "--additional-python-modules"

    def on_aws(*packages: str) -> str | None:
        credentials = GlueCredentials(schema="x", packages=list(packages), **role)  # type: ignore[arg-type]
        return Environment.of(credentials).arguments.get(modules)

    assert on_aws("pandas", "boto3>=1.20") is None
    assert on_aws("pandas==1.3.0", "no-such-package") == "pandas==1.3.0,no-such-package"
    assert environment(packages=["packaging"]).arguments.get(modules) is None


def test_limits_are_told_before_glue_tells_them(tmp_path: Path) -> None:
    many = [f"some-package-with-a-name-{number}==1.0" for number in range(200)]
    made = environment().with_packages(many)
    with pytest.raises(
        DbtRuntimeError, match=r"additional_libs: \[s3://bucket/requirements\.txt\]"
    ):
        made.create_request("s")
    arguments = spilled(made.arguments, tmp_path)
    file = Path(arguments["--additional-python-modules"])
    assert file.read_text().splitlines() == many
    assert file.parent == tmp_path
    with pytest.raises(DbtRuntimeError, match="75"):
        environment(default_arguments={f"--a{n}": "b" for n in range(80)}).create_request("s")


def test_aws_is_not_sent_files_of_this_machine() -> None:
    credentials = GlueCredentials(
        schema="x", role_arn="arn:aws:iam::123456789012:role/r", region="eu-west-1", location="s3://b/w",
        additional_libs=["libs/c.whl"],
    )  # fmt: skip
    with pytest.raises(DbtRuntimeError, match="Put them in S3"):
        Environment.of(credentials)
