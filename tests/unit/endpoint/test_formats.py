"""Which jars a session's table formats bring, and what a session is told when there are none."""

from __future__ import annotations

import re

import pytest
from glue_endpoint.sessions.environment import SPARK_OF_GLUE
from glue_endpoint.spark.formats import (
    FORMATS,
    GLUE_VERSIONS,
    FormatUnavailable,
    Jar,
    datalake_formats,
    jars_of,
    pinned_glue_version,
    settings_for,
)

JARS = {
    jar
    for each in FORMATS.values()
    for jars in each.jars.values()
    if not isinstance(jars, str)
    for jar in jars
}


def coordinates(formats: str, glue: str, spark: str) -> list[str]:
    return [jar.coordinate for jar in jars_of(datalake_formats(formats), glue, spark)]


def test_every_format_answers_for_every_glue_version() -> None:
    assert {name: tuple(each.jars) for name, each in FORMATS.items()} == dict.fromkeys(
        ("iceberg", "delta", "hudi"), GLUE_VERSIONS
    )
    assert SPARK_OF_GLUE.keys() >= set(GLUE_VERSIONS)


def test_a_jar_is_pinned_by_its_hash_and_size() -> None:
    assert len(JARS) == 14
    assert len({jar.sha256 for jar in JARS}) == len(JARS)
    for jar in JARS:
        assert re.fullmatch("[0-9a-f]{64}", jar.sha256), jar
        assert jar.size > 10_000


def test_a_jar_is_named_as_maven_names_it() -> None:
    jar = Jar("io.delta", "delta-storage", "3.3.2", "0" * 64, 1)
    assert jar.coordinate == "io.delta:delta-storage:3.3.2"
    assert jar.file_name == "delta-storage-3.3.2.jar"


def test_jars_are_compiled_for_the_spark_and_scala_that_load_them() -> None:
    scala = {"3.5": "2.12", "4.1": "2.13"}
    for each in FORMATS.values():
        for glue, jars in each.jars.items():
            for jar in () if isinstance(jars, str) else jars:
                line = ".".join(SPARK_OF_GLUE[glue].split(".")[:2])
                named = re.search(r"(\d\.\d)?[^_]*_(\d\.\d\d)$", jar.artifact)
                if named is not None:
                    assert named[2] == scala[line], jar
                assert all(other not in jar.artifact for other in scala if other != line), jar


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("", ()),
        (" , ", ()),
        ("iceberg", ("iceberg",)),
        (" Iceberg,DELTA , hudi,iceberg", ("iceberg", "delta", "hudi")),
    ],
)
def test_the_argument_of_glue_is_read(text: str, formats: tuple[str, ...]) -> None:
    assert datalake_formats(text) == formats


def test_an_unknown_format_is_an_error_with_the_known_ones() -> None:
    with pytest.raises(FormatUnavailable, match=r"'icebreg'.*iceberg, delta, hudi"):
        datalake_formats("delta,icebreg")
    with pytest.raises(FormatUnavailable, match="'parquet'"):
        jars_of(["parquet"], "5.1", "3.5.6")


@pytest.mark.parametrize(
    ("glue", "spark", "pinned"),
    [
        ("5.0", "3.5.4", "5.0"),
        ("5.0", "3.5.6", "5.0"),
        ("5.1", "3.5.4", "5.1"),
        ("6.0", "4.1.1", "6.0"),
        ("4.0", "3.5.6", "5.1"),
        ("6.0", "3.5.6", "5.1"),
        ("9.9", "3.5.6", "5.1"),
        ("5.1", "4.1.1", "6.0"),
    ],
)
def test_jars_fit_the_running_spark_and_are_those_of_the_glue_version_where_they_can_be(
    glue: str, spark: str, pinned: str
) -> None:
    assert pinned_glue_version(glue, spark) == pinned
    wanted = FORMATS["iceberg"].jars[pinned]
    assert jars_of(["iceberg"], glue, spark) == wanted


def test_the_jars_of_several_formats() -> None:
    assert coordinates("delta, iceberg, hudi", "5.1", "3.5.6") == [
        "io.delta:delta-spark_2.12:3.3.2",
        "io.delta:delta-storage:3.3.2",
        "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.10.0",
        "org.apache.iceberg:iceberg-aws-bundle:1.10.0",
        "org.apache.hudi:hudi-spark3.5-bundle_2.12:1.0.2",
    ]
    assert coordinates("", "5.1", "2.4.0") == []


@pytest.mark.parametrize(
    ("formats", "glue", "spark", "said"),
    [
        ("hudi", "6.0", "4.1.1", r"Hudi for Glue 6\.0.*Spark 4\.1.*5\.0, 5\.1.*extra_jars"),
        ("iceberg", "4.0", "3.3.0", r"Iceberg for Glue 4\.0.*Spark 3\.3.*5\.0, 5\.1, 6\.0"),
        ("delta", "5.0", "3.4.1", r"Spark 3\.4\.1.*3\.5 or 4\.1.*extra_jars"),
    ],
)
def test_what_is_not_to_be_had_is_an_error_by_name(
    formats: str, glue: str, spark: str, said: str
) -> None:
    with pytest.raises(FormatUnavailable, match=said):
        coordinates(formats, glue, spark)


def test_the_iceberg_that_ends_its_jvm_reads_no_vectors() -> None:
    vectors = "spark.sql.iceberg.vectorization.enabled"
    assert settings_for(jars_of(["iceberg"], "5.0", "3.5.4")) == {vectors: "false"}
    for version, spark in (("5.1", "3.5.6"), ("6.0", "4.1.1")):
        assert settings_for(jars_of(["iceberg"], version, spark)) == {}
    assert settings_for(jars_of(["delta"], "5.0", "3.5.4")) == {}
