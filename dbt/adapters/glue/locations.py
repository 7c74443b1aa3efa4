"""Locations of tables that can be built, and what is wrong with others."""

from __future__ import annotations

import re
from typing import Any

from dbt_common.exceptions import CompilationError

__all__ = ["check_locations", "location_problem"]

_LOCATION = re.compile(r"(?P<scheme>s3[an]?|file|hdfs):(?P<place>/\S+)")
_CONFIGS = ("custom_location", "location", "location_root")


def location_problem(value: Any) -> str | None:
    """Why no table can be built there, with what to write instead; None where one can.

    Spark stores a location as Hadoop's Path writes it. Where that is another text, what it has written would be
    somewhere else than what is asked for, on S3, or not be known as that.
    """
    found = _LOCATION.fullmatch(str(value))
    if found is None:
        return "must be a location, such as s3://bucket/folder/"
    scheme, place = found["scheme"], found["place"]
    if scheme == "file":
        if place.startswith("//"):
            return f"must be written as Spark stores it: {scheme}:/{place.lstrip('/')}"
        path = place
    else:
        if not place.startswith("//") or place.startswith("///"):
            return f"must be a location, such as {scheme}://bucket/folder/"
        path = place[2:]
    folders = path.rstrip("/").split("/")[1:]
    if "" in folders or path.endswith("//"):
        shorter = re.sub("/{2,}", "/", path)
        between = "" if scheme == "file" else "//"
        return (
            "must not have an empty folder name, which Spark leaves out and S3 does not: write "
            f"{scheme}:{between}{shorter}"
        )
    if "." in folders or ".." in folders:
        return "must not have `.` or `..` as a folder, which S3 takes for names"
    return None


def check_locations(config: dict[str, Any], node: str) -> None:
    """Raises CompilationError for a location of a node's configs, or its `meta`, where no table can be built."""
    meta = config.get("meta") or {}
    given = {name: config.get(name) for name in _CONFIGS}
    if isinstance(meta.get("location"), str) and "/" in meta["location"]:
        given["meta.location"] = meta["location"]
    for name, value in given.items():
        problem = location_problem(value) if value else None
        if problem is not None:
            raise CompilationError(f"{node}: {name} {value!r} {problem}")
