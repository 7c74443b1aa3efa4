"""`--extra-jars`: which files of this machine a session's own jars are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from glue_endpoint.buckets import Buckets
from glue_endpoint.sessions.arguments import EnvironmentUnavailable
from glue_endpoint.sessions.extra_jars import extra_jars

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def buckets(tmp_path: Path) -> Buckets:
    buckets = Buckets(tmp_path / "s3")
    file = buckets.path("s3://code/jars/a.jar")
    file.parent.mkdir(parents=True)
    file.touch()
    return buckets


def test_jars_on_s3_and_on_this_machine(
    buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("b.jar", "c.jar"):
        (tmp_path / name).touch()
    given = f"s3://code/jars/a.jar, {tmp_path}/b.jar,~/c.jar,,s3a://code/jars/a.jar"
    assert extra_jars({"--extra-jars": given}, buckets) == (
        buckets.root / "code/jars/a.jar",
        tmp_path.resolve() / "b.jar",
        tmp_path.resolve() / "c.jar",
    )
    assert extra_jars({}, buckets) == ()


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("s3://code/jars/gone.jar", r"--extra-jars: s3://code/jars/gone\.jar does not exist"),
        ("/nowhere/gone.jar", r"/nowhere/gone\.jar does not exist"),
        ("s3://code/jars", "is a folder.*name each jar"),
        ("ftp://host/a.jar", "--extra-jars: .*ftp"),
    ],
)
def test_a_jar_that_is_not_there_is_an_error_by_name(
    buckets: Buckets, location: str, said: str
) -> None:
    with pytest.raises(EnvironmentUnavailable, match=said):
        extra_jars({"--extra-jars": f"s3://code/jars/a.jar,{location}"}, buckets)
