"""What a session's DefaultArguments ask of its Python: import path, settings, arguments. Packages are in packages.py.

Sources: AWS Glue's job parameters (docs.aws.amazon.com, "Using job parameters in AWS Glue jobs").
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from glue_endpoint.sessions.arguments import EnvironmentUnavailable, list_entries, local_path
from glue_endpoint.spark.glue_versions import PYTHON_OF_GLUE, SPARK_OF_GLUE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from glue_endpoint.buckets import Buckets


def import_path(default_arguments: Mapping[str, str], buckets: Buckets) -> list[str]:
    """The sys.path entries for `--extra-py-files`: zip and wheel files, folders of .py files.

    Locations are s3:// locations or local paths. Raises EnvironmentUnavailable if one is not there.
    """
    entries: list[str] = []
    for location in list_entries(default_arguments.get("--extra-py-files", "")):
        file = local_path(location, buckets, "--extra-py-files")
        if not file.exists():
            raise EnvironmentUnavailable(f"--extra-py-files: {location} does not exist ({file})")
        entry = str(file.parent if file.suffix == ".py" else file)
        if entry not in entries:
            entries.append(entry)
    return entries


def spark_conf(default_arguments: Mapping[str, str]) -> dict[str, str]:
    """The settings of `--conf`, which Glue users chain: `a=b --conf c=d`."""
    conf: dict[str, str] = {}
    for setting in default_arguments.get("--conf", "").split("--conf"):
        key, separator, value = setting.strip().partition("=")
        if separator:
            conf[key.strip()] = value.strip()
    return conf


def arguments(session_id: str, default_arguments: Mapping[str, str]) -> list[str]:
    """The session's sys.argv, for awsglue.utils.getResolvedOptions."""
    pairs = [part for pair in default_arguments.items() for part in pair]
    return ["session.py", "--SESSION_ID", session_id, *pairs]


def version_note(glue_version: str, spark_version: str, why: str = "") -> str | None:
    """What to say when a session's Spark is not the one that its Glue version means; `why` it is not."""
    meant = SPARK_OF_GLUE.get(glue_version)
    if meant is None or meant == spark_version:
        return None
    because = f": {why}" if why else ""
    return (
        f"Glue {glue_version} runs Spark {meant}; this embedded endpoint runs Spark "
        f"{spark_version}, so behaviour may differ from AWS{because}"
    )


def python_note(glue_version: str, version: Sequence[int] = sys.version_info[:2]) -> str | None:
    """What to say when a session's Python, which is that of the endpoint, is not the one of its Glue version."""
    meant, here = PYTHON_OF_GLUE.get(glue_version), ".".join(map(str, version[:2]))
    if meant is None or meant == here:
        return None
    return f"Glue {glue_version} has Python {meant}; sessions of this embedded endpoint have Python {here}"
