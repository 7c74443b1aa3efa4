"""The Glue versions that programs are made for, and the Spark and pandas that each one runs.

Source: AWS Glue's release notes, "AWS Glue versions" and "Python modules already provided in AWS Glue".
"""

from __future__ import annotations

SPARK_OF_GLUE = {"4.0": "3.3", "5.0": "3.5", "5.1": "3.5", "6.0": "4.1"}
PANDAS_OF_GLUE = {"4.0": "1.5", "5.0": "2.2", "5.1": "2.3", "6.0": "2.3"}
GLUE_VERSIONS = tuple(SPARK_OF_GLUE)
"""Oldest first."""
DEFAULT_GLUE_VERSION = "5.1"
"""What counts where neither settings nor a profile name one."""
NEWEST_GLUE = GLUE_VERSIONS[-1]


def spark_version(glue_version: str) -> tuple[int, int]:
    """(major, minor) of the Spark of a Glue version; an unknown version is read as the default."""
    spark = SPARK_OF_GLUE.get(glue_version, SPARK_OF_GLUE[DEFAULT_GLUE_VERSION])
    major, minor = spark.split(".")
    return int(major), int(minor)
