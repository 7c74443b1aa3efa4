"""Which Spark a session's arguments ask for: `--datalake-formats`, `--extra-jars`, and settings that are read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_endpoint.sessions import environment
from glue_endpoint.sessions.arguments import EnvironmentUnavailable
from glue_endpoint.sessions.extra_jars import extra_jars
from glue_endpoint.spark import jvm
from glue_endpoint.spark.formats import FormatUnavailable, datalake_formats, jars_of
from glue_endpoint.spark.jars import JarCache
from glue_endpoint.spark.setup import STATIC_SETTINGS, SparkSetup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_endpoint.buckets import Buckets


def setup_for(
    request: Mapping[str, Any], buckets: Buckets, report: Callable[[str], None]
) -> SparkSetup:
    """The setup of a CreateSession request; jars of formats that are not here yet are fetched.

    As on AWS, jars come by the arguments and settings by `--conf`. Raises EnvironmentUnavailable.
    """
    given = request.get("DefaultArguments", {})
    conf = environment.spark_conf(given)
    own = extra_jars(given, buckets)
    try:
        formats = datalake_formats(given.get("--datalake-formats", ""))
        jars: tuple[Any, ...] = ()
        if formats:
            wanted = jars_of(formats, request.get("GlueVersion", ""), jvm.installed_spark_version())
            jars = tuple(JarCache().paths(wanted, report=report, settings=conf))
    except FormatUnavailable as error:
        raise EnvironmentUnavailable(str(error)) from error
    static = tuple((key, conf[key]) for key in STATIC_SETTINGS if key in conf)
    return SparkSetup(formats, (*jars, *own), static)
