"""Environments: what a session is made of, and when two models may share one."""

from __future__ import annotations

from pathlib import Path

import pytest
from dbt_common.exceptions import DbtRuntimeError

from dbt.adapters.glue.credentials import GlueCredentials
from dbt.adapters.glue.sessions.environment import Environment
from dbt.adapters.glue.sessions.packages import spilled


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
    assert mine.differences({"GlueVersion": "5.0", "NumberOfWorkers": 3}) == {}
    assert mine.differences({"GlueVersion": "4.0", "NumberOfWorkers": 2}) == {
        "GlueVersion": ("4.0", "5.0"),
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
    assert not one.covers(two)


@pytest.mark.parametrize(
    ("there", "wanted", "covered"),
    [
        (["a==1.5", "b"], ["b"], True),
        (["a==1.5", "b"], ["a>=1,<2"], True),
        (["a==1.5"], ["a==1.6"], False),
        (["a>=1"], ["a>=1,<2"], False),
        (["a==1.5"], ["a[x]"], False),
        (["a==1.5"], ["c"], False),
        (["a==1.5"], [], False),
        ([], ["a"], False),
    ],
)
def test_models_whose_packages_are_there_may_share_a_session(
    there: list[str], wanted: list[str], covered: bool
) -> None:
    base = environment()
    assert base.with_packages(there).covers(base.with_packages(wanted)) is covered
    assert not base.with_packages(there).covers(environment(workers=7).with_packages(wanted))


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
