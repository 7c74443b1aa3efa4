"""What a JVM must have from its start: jars and the settings that Spark reads once. Sessions that ask for the same share one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

STATIC_SETTINGS = ("spark.sql.extensions", "spark.serializer", "spark.kryo.registrator")
"""Settings of a session that decide which JVM it gets, because no running Spark takes them."""


@dataclass(frozen=True)
class SparkSetup:
    """`formats` are for people; `jars` are on the class path behind Spark's own, in this order."""

    formats: tuple[str, ...] = ()
    jars: tuple[Path, ...] = ()
    conf: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """A word that tells setups apart, in file names too; empty for Spark as it is."""
        if not self.jars and not self.conf:
            return ""
        # A jar of another size or time is another jar: of one's own they change under one name.
        described = [
            [[str(jar), jar.stat().st_size, jar.stat().st_mtime_ns] for jar in self.jars],
            sorted(self.conf),
        ]
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
            }
        )

    @classmethod
    def from_json(cls, text: str) -> SparkSetup:
        """Raises ValueError for what `as_json` did not write, and for jars that are gone."""
        try:
            found = json.loads(text)
            setup = cls(
                tuple(map(str, found["formats"])),
                tuple(Path(jar) for jar in found["jars"]),
                tuple((str(key), str(value)) for key, value in found["conf"]),
            )
        except (TypeError, KeyError) as error:
            raise ValueError(str(error)) from error
        gone = [jar.name for jar in setup.jars if not jar.is_file()]
        if gone:
            raise ValueError(f"{', '.join(gone)} is gone")
        return setup


PLAIN = SparkSetup()
"""Spark as it is: what sessions without formats and jars of their own share."""


def _is_of_format(jar: Path, formats: set[str]) -> bool:
    return any(name in jar.name for name in formats)
