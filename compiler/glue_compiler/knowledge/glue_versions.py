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
OLD_GLUE = {
    "0.9": ("2.2", "2.7"),
    "1.0": ("2.4", "3.6"),
    "2.0": ("2.4", "3.7"),
    "3.0": ("3.1", "3.7"),
}
"""The Spark and Python of versions whose sessions do not run what is sent to them, which needs Spark 3.3 and Python 3.10."""


def why_too_old(glue_version: str) -> str | None:
    """Why sessions of a version cannot be used; None where they can, or where nobody knows it yet."""
    if glue_version in OLD_GLUE:
        spark, python = OLD_GLUE[glue_version]
        has = f"Glue {glue_version} has Spark {spark} and Python {python}"
    elif _numbers(glue_version) < _numbers(GLUE_VERSIONS[0]):
        has = f"Glue {glue_version} is older than Glue {GLUE_VERSIONS[0]}"
    else:
        return None
    return f"{has}, and what runs in a session needs Spark 3.3 and Python 3.10"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def spark_version(glue_version: str) -> tuple[int, int]:
    """(major, minor) of the Spark of a Glue version; an unknown version is read as the default."""
    spark = SPARK_OF_GLUE.get(glue_version, SPARK_OF_GLUE[DEFAULT_GLUE_VERSION])
    major, minor = spark.split(".")
    return int(major), int(minor)
