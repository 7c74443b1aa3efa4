"""What DefaultArguments mean: settings, import path, arguments, versions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from glue_endpoint.buckets import Buckets
from glue_endpoint.sessions import environment
from glue_endpoint.sessions.arguments import EnvironmentUnavailable

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("value", "settings"),
    [
        ("", {}),
        ("a=b", {"a": "b"}),
        ("a=b --conf c=d", {"a": "b", "c": "d"}),
        (" --conf a=b=c  --conf  d = e ", {"a": "b=c", "d": "e"}),
        ("nonsense --conf a=b", {"a": "b"}),
    ],
)
def test_chained_conf(value: str, settings: dict[str, str]) -> None:
    assert environment.spark_conf({"--conf": value}) == settings


def test_import_path(tmp_path: Path) -> None:
    buckets = Buckets(tmp_path / "s3")
    for key in ("lib/a.py", "lib/b.py", "pkg.zip"):
        file = buckets.path(f"s3://code/{key}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "w.whl").touch()
    files = f"s3://code/lib/a.py,s3a://code/lib/b.py, s3://code/pkg.zip,{tmp_path}/w.whl"
    code = buckets.root / "code"
    assert environment.import_path({"--extra-py-files": files}, buckets) == [
        str(code / "lib"),
        str(code / "pkg.zip"),
        str(tmp_path.resolve() / "w.whl"),
    ]
    with pytest.raises(EnvironmentUnavailable, match=r"gone\.zip"):
        environment.import_path({"--extra-py-files": "s3://code/gone.zip"}, buckets)


def test_arguments_are_those_of_a_session() -> None:
    assert environment.arguments("s", {"--a": "b"}) == [
        "session.py",
        "--SESSION_ID",
        "s",
        "--a",
        "b",
    ]


@pytest.mark.parametrize(
    ("glue", "spark", "said"),
    [
        ("5.0", "3.5.6", True),
        ("5.1", "3.5.6", False),
        ("4.0", "3.5.6", True),
        ("6.0", "3.5.6", True),
        ("auto", "3.5.6", False),
        ("", "3.5.6", False),
    ],
)
def test_version_note(glue: str, spark: str, said: bool) -> None:
    note = environment.version_note(glue, spark)
    assert (note is not None) is said
    if note:
        assert glue in note
        assert spark in note


@pytest.mark.parametrize(
    ("glue", "python", "said"),
    [
        ("5.1", (3, 11), None),
        ("5.1", (3, 12), "Glue 5.1 has Python 3.11; .* have Python 3.12"),
        ("6.0", (3, 11), "Glue 6.0 has Python 3.13"),
        ("9.9", (3, 11), None),
    ],
)
def test_a_session_says_that_its_python_is_another(
    glue: str, python: tuple[int, int], said: str | None
) -> None:
    note = environment.python_note(glue, python)
    assert note is None if said is None else re.match(said, note or "")
