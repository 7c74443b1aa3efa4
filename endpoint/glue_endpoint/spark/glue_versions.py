"""Which Spark each Glue version runs."""

from __future__ import annotations

SPARK_OF_GLUE = {
    "3.0": "3.1.1",
    "4.0": "3.3.0",
    "5.0": "3.5.4",
    "5.1": "3.5.6",
    "6.0": "4.1.1",
}
"""The Spark version of each Glue version (AWS Glue release notes)."""


def spark_line(spark_version: str) -> str:
    """`3.5` of `3.5.6`: what a jar for Spark is compiled for."""
    return ".".join(spark_version.split(".")[:2])
