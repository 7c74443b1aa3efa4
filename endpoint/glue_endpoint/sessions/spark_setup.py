"""Which Spark a session's request asks for: GlueVersion, `--datalake-formats`, `--extra-jars`, settings that are read once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from glue_endpoint.sessions import environment
from glue_endpoint.sessions.arguments import EnvironmentUnavailable
from glue_endpoint.sessions.extra_jars import EXTRA_JARS, extra_jars
from glue_endpoint.spark import jvm
from glue_endpoint.spark.formats import FormatUnavailable, datalake_formats, jars_of, settings_for
from glue_endpoint.spark.jars import JarCache
from glue_endpoint.spark.setup import STATIC_SETTINGS, SparkSetup
from glue_endpoint.spark.sparks import SparkUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from glue_endpoint.buckets import Buckets
    from glue_endpoint.spark.sparks import Sparks

_SCALA = re.compile(r"[_-](2\.1[0-9])(?=[-_.])")
"""Where a jar's name says which Scala it is compiled for, as `_2.13` in `delta-spark_2.13-4.0.0.jar`."""


def setup_for(
    request: Mapping[str, Any], buckets: Buckets, sparks: Sparks, report: Callable[[str], None]
) -> tuple[SparkSetup, str]:
    """The setup of a CreateSession request, and why its Spark is not the one of its Glue version, if so.

    Spark and the jars of formats that are not here yet are fetched, which `report` is told of. As on AWS, jars
    come by the arguments and settings by `--conf`. Raises EnvironmentUnavailable.
    """
    given = request.get("DefaultArguments", {})
    glue_version = request.get("GlueVersion", "")
    conf = environment.spark_conf(given)
    own = extra_jars(given, buckets)
    try:
        formats = datalake_formats(given.get("--datalake-formats", ""))
        spark, why = sparks.of(glue_version, report)
        version = jvm.installed_spark_version() if spark is None else spark.version
        if why:
            _refuse_other_scala(own, version)
        jars: tuple[Any, ...] = ()
        wanted = jars_of(formats, glue_version, version)
        if wanted:
            jars = tuple(JarCache().paths(wanted, report=report, settings=conf))
    except (FormatUnavailable, SparkUnavailable) as error:
        raise EnvironmentUnavailable(str(error)) from error
    static = tuple((key, conf[key]) for key in STATIC_SETTINGS if key in conf)
    static += tuple(settings_for(wanted).items())
    return SparkSetup(formats, (*jars, *own), static, spark), why


def _refuse_other_scala(jars: Iterable[Path], spark_version: str) -> None:
    """Jars that are for the Spark which is not here do not fit the one that is: it would fail somewhere within."""
    scala = "2.12" if spark_version.startswith("3.") else "2.13"
    for jar in jars:
        named = _SCALA.findall(jar.name)
        if named and scala not in named:
            raise EnvironmentUnavailable(
                f"{EXTRA_JARS}: {jar.name} is for Scala {named[-1]}, and the Spark {spark_version} that this session "
                f"would run on has Scala {scala}. Next: a jar for Scala {scala}, or the Spark of the Glue version: "
                "`dbt-glue endpoint sparks install`."
            )
