"""Which Spark each Glue version runs, and the Python packages that Spark's programs always have there."""

from __future__ import annotations

SPARK_OF_GLUE = {
    "3.0": "3.1.1",
    "4.0": "3.3.0",
    "5.0": "3.5.4",
    "5.1": "3.5.6",
    "6.0": "4.1.1",
}
"""The Spark version of each Glue version (AWS Glue release notes)."""

PACKAGES_OF_GLUE: dict[str, tuple[str, ...]] = {
    "5.0": (
        "boto3==1.34.131",
        "numpy==1.26.4",
        "pandas==2.2.2",
        "pyarrow==17.0.0",
    ),
    "5.1": (
        "boto3==1.40.61",
        "numpy==1.26.4",  # AWS lists 2.3.4, with which pyspark.pandas of the published 3.5.6 is not imported
        "pandas==2.3.3",
        "pyarrow==22.0.0",
    ),
    "6.0": (
        "boto3==1.42.84",
        "numpy==2.4.4; python_version >= '3.11'",
        "numpy>=2,<2.3; python_version < '3.11'",
        "pandas==2.3.3",
        "pyarrow==23.0.1",
    ),
}
"""What is beside PySpark in the environment of a Glue version, as AWS lists it ("Python modules already provided
in AWS Glue"), where it is to be had for the Python. Glue versions that are missing have no environment."""

PYTHON_OF_GLUE = {"3.0": "3.7", "4.0": "3.10", "5.0": "3.11", "5.1": "3.11", "6.0": "3.13"}
"""The Python of each Glue version (AWS Glue release notes)."""

_SETUPTOOLS = "setuptools<81; python_version >= '3.12'"
"""PySpark 3.5 imports distutils, which Python 3.12 has no longer."""

PYTHONS_OF_SPARK = {"3.5": ((3, 8), (3, 12)), "4.1": ((3, 10), (3, 13))}
"""The oldest and the newest Python of each line of Spark."""


def spark_line(spark_version: str) -> str:
    """`3.5` of `3.5.6`: what a jar for Spark is compiled for."""
    return ".".join(spark_version.split(".")[:2])


def requirements_of(glue_version: str) -> tuple[str, ...]:
    """What the environment of a Glue version is made of, as pip reads it. Raises KeyError where there is none."""
    packages = PACKAGES_OF_GLUE[glue_version]
    spark = SPARK_OF_GLUE[glue_version]
    needed = (_SETUPTOOLS,) if spark.startswith("3.") else ()
    return (f"pyspark=={spark}", *packages, *needed)
