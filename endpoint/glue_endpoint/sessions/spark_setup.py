"""Which Spark a session's arguments ask for: `--datalake-formats`, `--extra-jars`, and settings that are read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_endpoint.sessions import environment
from glue_endpoint.sessions.arguments import list_entries, local_path
from glue_endpoint.spark.setup import STATIC_SETTINGS, SparkSetup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_endpoint.buckets import Buckets


def setup_for(
    request: Mapping[str, Any], buckets: Buckets, report: Callable[[str], None]
) -> SparkSetup:
    """The setup of a CreateSession request; jars of formats that are not here yet are fetched.

    Raises EnvironmentUnavailable.
    """
    given = request.get("DefaultArguments", {})
    conf = environment.spark_conf(given)
    jars = tuple(
        local_path(jar, buckets, "--extra-jars")
        for jar in list_entries(given.get("--extra-jars", ""))
    )
    return SparkSetup(
        jars=jars,
        conf=tuple((key, conf[key]) for key in STATIC_SETTINGS if key in conf),
    )
