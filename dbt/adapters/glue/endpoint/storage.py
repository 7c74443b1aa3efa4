"""Where `s3://bucket/key` lives on disk: `<root>/<bucket>/<key>`, for any bucket, and nowhere else.

Inside the JVM a small Hadoop file system does the same (java/S3OnDisk.java); the schemes s3, s3a
and s3n are one store. Any bucket exists, as soon as it is named. Both sides refuse what would lead
out of the folder: `..`, symbolic links, names that no bucket can have.

The Java source is compiled by Janino, the compiler inside Spark's own jars, once per machine, into
a jar in the user's cache folder: no JDK is needed.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dbt.adapters.glue.endpoint import launch
from dbt.adapters.glue.endpoint.errors import InvalidInputException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbt.adapters.glue.endpoint.java_home import Java

SCHEMES = ("s3", "s3a", "s3n")
FILE_SYSTEM_CLASS = "dbt.glue.endpoint.S3OnDisk"
_SOURCE = Path(__file__).with_name("java") / "S3OnDisk.java"
_BUCKET = re.compile(r"[A-Za-z0-9](?!.*\.\.)[A-Za-z0-9._-]{0,254}\Z")


class S3OnDisk:
    """The folder that holds the buckets of one warehouse."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def path(self, location: str) -> Path:
        """The file or folder of an s3:// location.

        Raises InvalidInputException if it is no S3 location or leads out of the bucket's folder.
        """
        parts = urlsplit(location, allow_fragments=False)
        if parts.scheme not in SCHEMES:
            raise InvalidInputException(f"{location!r} is not an s3:// location")
        if not _BUCKET.match(parts.netloc):
            raise InvalidInputException(
                f"{parts.netloc!r} is not the name of an S3 bucket (in {location!r})"
            )
        if "\0" in location:
            raise InvalidInputException("an S3 key with a NUL byte cannot be a file")
        bucket = self.root / parts.netloc
        key = location.split(parts.netloc, 1)[1].lstrip("/")
        found = (bucket / key).resolve()
        if not found.is_relative_to(bucket):
            raise InvalidInputException(f"{location!r} leads out of the bucket's folder")
        return found

    def configuration(self) -> dict[str, str]:
        """The Hadoop configuration that makes Spark use this folder."""
        classes = {f"fs.{scheme}.impl": FILE_SYSTEM_CLASS for scheme in SCHEMES}
        return {**classes, "dbt.glue.s3.root": str(self.root)}


def file_system_jar(cache: Path, java: Java, spark_jars: Sequence[Path]) -> Path:
    """The jar with S3OnDisk, compiled first if this machine does not have it yet (0.8 seconds)."""
    source = _SOURCE.read_bytes()
    hadoop = next((jar.name for jar in spark_jars if jar.name.startswith("hadoop-client-api")), "")
    key = hashlib.sha256(source + hadoop.encode()).hexdigest()[:16]
    jar = cache / f"s3-on-disk-{key}.jar"
    if jar.exists() and zipfile.is_zipfile(jar):
        return jar
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        jvm = launch.start_jvm(
            java, spark_jars, ["-XX:TieredStopAtLevel=1"], Path(folder) / "compiler.log"
        )
        try:
            compiler = jvm.client.jvm.org.codehaus.janino.SimpleCompiler()
            compiler.cook(source.decode())
            classes = dict(compiler.getBytecodes())
        finally:
            jvm.client.shutdown()
            launch.end(jvm.process)
        built = Path(folder) / jar.name
        with zipfile.ZipFile(built, "w") as archive:
            for name, code in sorted(classes.items()):
                archive.writestr(f"{name.replace('.', '/')}.class", bytes(code))
        # Never replace a good jar: a class-data archive is tied to its modification time.
        try:
            os.link(built, jar)
        except FileExistsError:
            if not zipfile.is_zipfile(jar):
                built.replace(jar)
    return jar
