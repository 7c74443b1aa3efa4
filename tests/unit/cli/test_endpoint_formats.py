"""`dbt-glue endpoint formats`: what it says of jars that are here, that are not, and that nobody has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from glue_cli.commands.endpoint import endpoint
from glue_endpoint.spark.formats import jars_of
from glue_endpoint.spark.jars import JarCache

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that has Delta's smaller jar of Glue 5.1; its bytes are nothing that the list looks at."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (jar,) = (jar for jar in jars_of(["delta"], "5.1", "3.5.6") if jar.artifact == "delta-storage")
    place = JarCache().path(jar)
    place.parent.mkdir(parents=True)
    with place.open("wb") as file:
        file.truncate(jar.size)


def formats(*arguments: str) -> Result:
    return CliRunner().invoke(endpoint, ["formats", *arguments])


def test_the_table_of_jars(tmp_path: Path) -> None:
    listed = formats()
    assert listed.exit_code == 0
    assert listed.output == formats("list").output
    lines = [" ".join(line.split()) for line in listed.output.splitlines()]
    assert "delta 5.1 3.5.6 delta-spark_2.12-3.3.2.jar 7.1 MB no" in lines
    assert "delta-storage-3.3.2.jar 32 kB yes" in lines
    assert "iceberg 6.0 4.1.1 iceberg-spark-runtime-4.1_2.13-1.11.0.jar 48.0 MB no" in lines
    assert any(line.startswith("hudi 6.0 4.1.1 no jar") for line in lines)
    assert f"in {tmp_path}/dbt-glue/jars" in lines
    shown = [line for line in listed.output.splitlines() if str(tmp_path) not in line]
    assert max(map(len, shown)) <= 80


def test_the_table_for_programs(tmp_path: Path) -> None:
    found = json.loads(formats("list", "--json", "--glue-version", "5.1").output)
    assert found["folder"] == f"{tmp_path}/dbt-glue/jars"
    rows = {row["format"]: row for row in found["formats"]}
    assert rows.keys() == {"iceberg", "delta", "hudi"}
    delta = rows["delta"]
    assert (delta["glue_version"], delta["spark_version"], delta["cached"]) == (
        "5.1",
        "3.5.6",
        False,
    )
    assert [(jar["coordinate"], jar["cached"]) for jar in delta["jars"]] == [
        ("io.delta:delta-spark_2.12:3.3.2", False),
        ("io.delta:delta-storage:3.3.2", True),
    ]
    assert delta["size"] == sum(jar["size"] for jar in delta["jars"])


def test_what_nobody_has_is_an_error() -> None:
    refused = formats("install", "Delta", "HUDI", "--glue-version", "6.0")
    assert refused.exit_code == 1
    assert "Error: Apache Hudi for Glue 6.0" in refused.output
    (row,) = (
        row
        for row in json.loads(formats("list", "--json").output)["formats"]
        if (row["format"], row["glue_version"]) == ("hudi", "6.0")
    )
    assert (row["jars"], row["cached"]) == ([], False)
    assert row["unavailable"] in refused.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("parquet",), "'parquet' is not one of 'iceberg', 'delta', 'hudi'"),
        ((), "Missing argument 'FORMAT...'"),
        (("delta", "--glue-version", "2.0"), "'2.0' is not one of"),
        (("delta", "--conf", "spark.jars.ivySettings"), "is not KEY=VALUE"),
    ],
)
def test_what_is_misspelt_is_an_error_of_usage(arguments: tuple[str, ...], said: str) -> None:
    refused = formats("install", *arguments)
    assert refused.exit_code == 2
    assert said in refused.output
