"""The Hadoop file system by which Spark reads and writes the buckets on disk (S3OnDisk.java).

The Java source is compiled by Janino, the compiler inside Spark's own jars, once per machine, into
a jar in the user's cache folder: no JDK is needed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from glue_endpoint.buckets import SCHEMES
from glue_endpoint.spark import jvm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_endpoint.buckets import Buckets
    from glue_endpoint.spark.java_home import Java

_CLASS = "dbt.glue.endpoint.S3OnDisk"
_SOURCE = Path(__file__).with_name("S3OnDisk.java")


def hadoop_configuration(buckets: Buckets) -> dict[str, str]:
    """What makes Hadoop's clients, Spark among them, find s3:// in the folder of the buckets."""
    classes = {f"fs.{scheme}.impl": _CLASS for scheme in SCHEMES}
    return {**classes, "dbt.glue.s3.root": str(buckets.root)}


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
        compiling = jvm.start_jvm(
            java, spark_jars, ["-XX:TieredStopAtLevel=1"], Path(folder) / "compiler.log"
        )
        try:
            compiler = compiling.client.jvm.org.codehaus.janino.SimpleCompiler()
            compiler.cook(source.decode())
            classes = dict(compiler.getBytecodes())
        finally:
            compiling.client.shutdown()
            jvm.end(compiling.process)
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
