"""Open table formats: the jars of each Glue version, pinned, and what Spark must be told for them.

Versions: AWS Glue's release notes and the "Using the ... framework in AWS Glue" pages. The jars are
those that the projects publish for these versions; AWS builds its own. Each was fetched once, compared with
its repository's checksum, and counted; from then on its SHA-256 stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_endpoint.spark.glue_versions import SPARK_OF_GLUE, spark_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class FormatUnavailable(Exception):
    """A table format, or a jar of it, is not to be had here; the message says why and what to do."""


@dataclass(frozen=True)
class Jar:
    """A file of a Maven repository: its coordinates, what it hashes to (hexadecimal) and its bytes."""

    group: str
    artifact: str
    version: str
    sha256: str
    size: int
    settings: tuple[tuple[str, str], ...] = ()
    """Names and values of Spark's settings without which it does not do here."""

    @property
    def coordinate(self) -> str:
        """As Maven and `spark.jars.packages` write it."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


@dataclass(frozen=True)
class TableFormat:
    """A value of `--datalake-formats`: its jars, or why there are none, by Glue version."""

    title: str
    jars: Mapping[str, tuple[Jar, ...] | str]


_NO_SPARK_33 = "Glue 4.0 runs Spark 3.3, for which no jars are kept here"

_ICEBERG = "org.apache.iceberg"
_DELTA = "io.delta"
_HUDI = "org.apache.hudi"

FORMATS: Mapping[str, TableFormat] = {
    "iceberg": TableFormat(
        title="Apache Iceberg",
        jars={
            "4.0": _NO_SPARK_33,
            "5.0": (
                Jar(
                    _ICEBERG,
                    "iceberg-spark-runtime-3.5_2.12",
                    "1.7.1",
                    "cdf7357865d8d91764e0f147a2d76bc3e1e2b8792ddc0d3be329b3d34aaf218c",
                    42_797_968,
                    # As it is published it ends the JVM (SIGSEGV) where a MERGE into a million rows reads Parquet
                    # by vectors; seen on Spark 3.5.4 and 3.5.6 with Java 17, and with 1.10.0 never.
                    settings=(("spark.sql.iceberg.vectorization.enabled", "false"),),
                ),
                Jar(
                    _ICEBERG,
                    "iceberg-aws-bundle",
                    "1.7.1",
                    "5d7c0baf877ee4296c4f98425165484404af4227fb487f1847a3cb1a577dfc3b",
                    49_573_793,
                ),
            ),
            "5.1": (
                Jar(
                    _ICEBERG,
                    "iceberg-spark-runtime-3.5_2.12",
                    "1.10.0",
                    "70f9471870b2d456167d703c829f098a446b86bb1379eee338c0efa03a341026",
                    47_130_096,
                ),
                Jar(
                    _ICEBERG,
                    "iceberg-aws-bundle",
                    "1.10.0",
                    "172370cfc32a5f1ae5399b210e86fc04a366dc29a112d97ac8ffc74df7525596",
                    64_859_357,
                ),
            ),
            "6.0": (
                Jar(
                    _ICEBERG,
                    "iceberg-spark-runtime-4.1_2.13",
                    "1.11.0",
                    "d6ea6c5d099288daeb7d5a92061bd3d7d8f296492632b42378e5f2f0e3066242",
                    47_959_591,
                ),
                Jar(
                    _ICEBERG,
                    "iceberg-aws-bundle",
                    "1.11.0",
                    "38f01da7e96850cdd05e6616d758b77b43314b712a8808e3f9a824d56976162f",
                    63_613_165,
                ),
            ),
        },
    ),
    "delta": TableFormat(
        title="Delta Lake",
        jars={
            "4.0": _NO_SPARK_33,
            "5.0": (
                Jar(
                    _DELTA,
                    "delta-spark_2.12",
                    "3.3.0",
                    "c6e93686b24e067d9645aa5f04b06fdfa938f18336f713b7f138994f9890ec9e",
                    7_120_234,
                ),
                Jar(
                    _DELTA,
                    "delta-storage",
                    "3.3.0",
                    "951ce7e89468d1657aaf27067a5b9163a4bcccae3dd7d23d711f50bcd3365bb5",
                    32_227,
                ),
            ),
            # On Spark 3.5.6 its CREATE OR REPLACE TABLE ... AS SELECT fails: "does not support truncate
            # in batch mode". 3.3.3 has that repaired, but this is what Glue 5.1 has.
            "5.1": (
                Jar(
                    _DELTA,
                    "delta-spark_2.12",
                    "3.3.2",
                    "4e92085d5d794cf949c50bb665b91384857cad58680c2d0bfc9c7ad353e98e85",
                    7_120_414,
                ),
                Jar(
                    _DELTA,
                    "delta-storage",
                    "3.3.2",
                    "c096975a2ca97ccc9b4005aa5cce16c9ac3903139d340da6665b66ace67d7c36",
                    32_229,
                ),
            ),
            "6.0": (
                Jar(
                    _DELTA,
                    "delta-spark_4.1_2.13",
                    "4.2.0",
                    "8480050a55c7e50427f3bec3af9243f98fc7cbfa453a2ef55e6ea8d0b7b121ff",
                    8_530_499,
                ),
                Jar(
                    _DELTA,
                    "delta-storage",
                    "4.2.0",
                    "2d84df76551f2b3cd27b120abec67ccbba324cea6ec45eb659edcc54234f99f3",
                    76_477,
                ),
            ),
        },
    ),
    "hudi": TableFormat(
        title="Apache Hudi",
        jars={
            "4.0": _NO_SPARK_33,
            "5.0": (
                Jar(
                    _HUDI,
                    "hudi-spark3.5-bundle_2.12",
                    "0.15.0",
                    "aab6ecdb5c65fcd20406b980b31ccec294fae95693de947d5778f0b3fb4e302a",
                    109_001_611,
                ),
            ),
            "5.1": (
                Jar(
                    _HUDI,
                    "hudi-spark3.5-bundle_2.12",
                    "1.0.2",
                    "2c2ab65a11e91265e4b7346f954448c46df52d66fb72f52dad83767b621deae8",
                    110_844_131,
                ),
            ),
            "6.0": "no jar of Hudi for Spark 4.1 was to be had when these were pinned",
        },
    ),
}
"""By the names that Glue's `--datalake-formats` takes; each has all of GLUE_VERSIONS."""

GLUE_VERSIONS = ("4.0", "5.0", "5.1", "6.0")
"""Those that the table of jars answers for, the oldest first."""


def datalake_formats(text: str) -> tuple[str, ...]:
    """The formats of a `--datalake-formats` argument, each once: commas between, in any case.

    Raises FormatUnavailable for a name that is none.
    """
    names = dict.fromkeys(name for part in text.split(",") if (name := part.strip().lower()))
    return tuple(_known(name) for name in names)


def pinned_glue_version(glue_version: str, spark_version: str) -> str:
    """The Glue version whose jars fit a running Spark: the wanted one, else the newest with this Spark's line.

    Raises FormatUnavailable for a Spark that no Glue version has.
    """
    line = spark_line(spark_version)
    fitting = [name for name in GLUE_VERSIONS if spark_line(SPARK_OF_GLUE[name]) == line]
    if not fitting:
        raise FormatUnavailable(
            f"Table formats have no jars for Spark {spark_version} here. "
            f"Next: install a Spark of {_lines()}, or name jars of your own (`extra_jars`)."
        )
    return glue_version if glue_version in fitting else fitting[-1]


def jars_of(formats: Iterable[str], glue_version: str, spark_version: str) -> tuple[Jar, ...]:
    """The jars of formats for a session of a Glue version on a running Spark, format by format.

    They are those of `pinned_glue_version`. Raises FormatUnavailable, which names the format and the version.
    """
    wanted = [_known(name) for name in dict.fromkeys(formats)]
    if not wanted:
        return ()
    pinned = pinned_glue_version(glue_version, spark_version)
    found: list[Jar] = []
    for name in wanted:
        jars = FORMATS[name].jars[pinned]
        if isinstance(jars, str):
            having = [v for v, each in FORMATS[name].jars.items() if not isinstance(each, str)]
            raise FormatUnavailable(
                f"{FORMATS[name].title} for Glue {glue_version} on Spark {spark_version}: {jars}. "
                f"Next: another Glue version ({', '.join(having)} have it), "
                "or a jar of your own (`extra_jars`)."
            )
        found += jars
    return tuple(found)


def settings_for(jars: Iterable[Jar]) -> dict[str, str]:
    """What sessions with these jars have unless they say otherwise."""
    return dict(setting for jar in jars for setting in jar.settings)


def _known(name: str) -> str:
    if name not in FORMATS:
        raise FormatUnavailable(
            f"--datalake-formats: there is no table format {name!r}. Next: one of {', '.join(FORMATS)}."
        )
    return name


def _lines() -> str:
    lines = dict.fromkeys(spark_line(SPARK_OF_GLUE[name]) for name in GLUE_VERSIONS[1:])
    return " or ".join(lines)
