"""What sessions need for table formats: Glue's own jars, and Spark's settings where the profile has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbt_common.exceptions import DbtRuntimeError
from glue_compiler.project.profile_values import parse_names

from dbt.adapters.glue.formats import FORMATS, open_format

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dbt.adapters.glue.credentials import GlueCredentials
    from dbt.adapters.glue.formats.open_format import OpenFormat

__all__ = ["format_conf", "formats_of_glue"]

_EXTENSIONS = "spark.sql.extensions"
_SESSION_CATALOG = "spark.sql.catalog.spark_catalog"


def formats_of_glue(credentials: GlueCredentials) -> list[str]:
    """What `--datalake-formats` is to name: not a format whose jars the profile brings by itself (`extra_jars`)."""
    jars = [jar.rpartition("/")[2].lower() for jar in parse_names(credentials.extra_jars)]
    named = dict.fromkeys(_provider(name) for name in credentials.formats)
    return [name for name in named if not any(name in jar for jar in jars)]


def format_conf(credentials: GlueCredentials, given: Mapping[str, str]) -> dict[str, str]:
    """The settings that the session's formats need beside `given`, which is the profile's and wins.

    Raises DbtRuntimeError for formats that cannot be in one session.
    """
    formats = [each for name, each in FORMATS.items() if name in credentials.formats]
    if not formats:
        return {}
    conf = _session_catalog(formats, given)
    for each in formats:
        conf.update(each.conf(credentials, given))
    conf = {key: value for key, value in conf.items() if key not in given}
    extensions = [name.strip() for name in given.get(_EXTENSIONS, "").split(",") if name.strip()]
    # The parser of the last extension reads a statement first.
    extensions += [each.extension for each in reversed(formats)]
    conf[_EXTENSIONS] = ",".join(dict.fromkeys(extensions))
    return conf


def _session_catalog(formats: Sequence[OpenFormat], given: Mapping[str, str]) -> dict[str, str]:
    """Spark's own catalog as the one format needs it that does; the profile may say which of several has it."""
    wanting = {each.title: str(each.session_catalog) for each in formats if each.session_catalog}
    if len(wanting) > 1 and _SESSION_CATALOG not in given:
        raise DbtRuntimeError(
            f"{' and '.join(wanting)} in one session: each needs a catalog of its own to be Spark's `spark_catalog`, of "
            f"which there is one. Say in the profile's `conf` which it is, such as "
            f"{_SESSION_CATALOG}={next(iter(wanting.values()))}, or build the models of one format by a target of "
            "their own"
        )
    catalog = next(iter(wanting.values()), None)
    return {} if catalog is None else {_SESSION_CATALOG: catalog}


def _provider(name: str) -> str:
    known = open_format(name)
    return name if known is None else known.provider
