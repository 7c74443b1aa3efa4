"""The jars that a session brings itself: Glue's `--extra-jars`.

Source: AWS Glue's job parameters ("Using job parameters in AWS Glue jobs"): complete paths with commas between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_endpoint.sessions.arguments import EnvironmentUnavailable, local_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from glue_endpoint.buckets import Buckets

EXTRA_JARS = "--extra-jars"


def extra_jars(default_arguments: Mapping[str, str], buckets: Buckets) -> tuple[Path, ...]:
    """The files of `--extra-jars`, each once, in its order: s3:// locations and local paths.

    Raises EnvironmentUnavailable for one that is not there, or is no file.
    """
    found: dict[Path, None] = {}
    for location in map(str.strip, default_arguments.get(EXTRA_JARS, "").split(",")):
        if not location:
            continue
        file = local_path(location, buckets, EXTRA_JARS)
        if file.is_dir():
            raise EnvironmentUnavailable(
                f"{EXTRA_JARS}: {location} is a folder ({file}). Next: name each jar in it."
            )
        if not file.is_file():
            raise EnvironmentUnavailable(
                f"{EXTRA_JARS}: {location} does not exist ({file}). Next: put the jar there, or name another."
            )
        found[file] = None
    return tuple(found)
