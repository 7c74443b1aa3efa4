"""What a JVM must have from its start: which Spark, jars, and settings that are read once. Sessions with the same share one."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glue_endpoint.spark.sparks import SparkEnvironment

STATIC_SETTINGS = ("spark.sql.extensions", "spark.serializer", "spark.kryo.registrator")
"""Settings of a session that decide which JVM it gets, because no running Spark takes them."""


@dataclass(frozen=True)
class SparkSetup:
    """`formats` are for people; `jars` are on the class path behind Spark's own, in this order.

    `spark` is the environment whose PySpark it is; None: the installed one.
    """

    formats: tuple[str, ...] = ()
    jars: tuple[Path, ...] = ()
    conf: tuple[tuple[str, str], ...] = ()
    spark: SparkEnvironment | None = None

    @property
    def python(self) -> str:
        """The interpreter whose PySpark it is."""
        return sys.executable if self.spark is None else self.spark.python

    @property
    def package(self) -> Path | None:
        """The folder of its PySpark; None: the installed one."""
        return None if self.spark is None else self.spark.package

    @property
    def bare(self) -> SparkSetup:
        """The same Spark as it is."""
        return SparkSetup(spark=self.spark)

    @property
    def key(self) -> str:
        """A word that tells setups apart, in file names too; empty for the installed Spark as it is."""
        if not self.jars and not self.conf and self.spark is None:
            return ""
        # A jar of another size or time is another jar: of one's own they change under one name.
        described: list[Any] = [
            [[str(jar), jar.stat().st_size, jar.stat().st_mtime_ns] for jar in self.jars],
            sorted(self.conf),
        ]
        if self.spark is not None:
            described.append([str(self.spark.folder)])
        return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:12]

    @property
    def description(self) -> str:
        """What it has beside Spark, for people; empty for Spark as it is."""
        named = set(self.formats)
        own = [jar.name for jar in self.jars if not _is_of_format(jar, named)]
        settings = [f"{key}={value}" for key, value in self.conf]
        return ", ".join([*self.formats, *own] or settings)

    def as_json(self) -> str:
        """For a file; `from_json` reads it."""
        return json.dumps(
            {
                "formats": self.formats,
                "jars": [str(jar) for jar in self.jars],
                "conf": [list(pair) for pair in self.conf],
                "spark": None
                if self.spark is None
                else [self.spark.version, str(self.spark.folder)],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> SparkSetup:
        """Raises ValueError for what `as_json` did not write, and for jars and a Spark that are gone."""
        try:
            found = json.loads(text)
            setup = cls(
                tuple(map(str, found["formats"])),
                tuple(Path(jar) for jar in found["jars"]),
                tuple((str(key), str(value)) for key, value in found["conf"]),
                _environment(found.get("spark")),
            )
        except (TypeError, KeyError) as error:
            raise ValueError(str(error)) from error
        gone = [jar.name for jar in setup.jars if not jar.is_file()]
        if gone:
            raise ValueError(f"{', '.join(gone)} is gone")
        if setup.spark is not None and not setup.spark.whole:
            raise ValueError(f"{setup.spark.folder} is gone")
        return setup


PLAIN = SparkSetup()
"""The installed Spark as it is: what sessions of its Glue version without formats and jars of their own share."""


def _environment(described: list[str] | None) -> SparkEnvironment | None:
    if described is None:
        return None
    version, folder = described
    return SparkEnvironment(str(version), Path(folder))


def _is_of_format(jar: Path, formats: set[str]) -> bool:
    return any(name in jar.name for name in formats)
