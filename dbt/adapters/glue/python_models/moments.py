"""The config `as_of` of a Python model: which of its refs and sources are read as they were, and when."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.python_models.errors import PythonModelRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dbt.adapters.glue.relation import GlueRelation

__all__ = ["as_of_config", "check_moments", "not_read"]


def as_of_config(model: Mapping[str, Any], name: str, relation: GlueRelation) -> GlueRelation:
    """What a ref or a source of this name reads: `relation`, of the time or version that the model says.

    Raises PythonModelRefused for what is neither, CompilationError for a table that keeps no versions.
    """
    value = _moments(model).get(name)
    if value is None:
        return relation
    if isinstance(value, Mapping) and value.keys() == {"version"}:
        return relation.as_of(version=value["version"])
    if isinstance(value, (str, datetime.date)):  # YAML reads dates
        return relation.as_of(str(value))
    raise _refused(model, f"{value!r} of {name!r} is neither a time nor {{'version': ...}}")


def check_moments(model: Mapping[str, Any]) -> None:
    """Raises PythonModelRefused where `as_of` names what the model does not read."""
    problem = not_read(model, _moments(model))
    if problem:
        raise _refused(model, problem)


def not_read(model: Mapping[str, Any], named: Iterable[str]) -> str | None:
    """What is wrong with the names by which a config speaks of refs and sources; None where the model reads them all."""
    read = [str(asked["name"]) for asked in model.get("refs") or ()]
    read += [".".join(asked) for asked in model.get("sources") or ()]
    unknown = [name for name in named if name not in read]
    if not unknown:
        return None
    reads = f"reads {', '.join(read)}" if read else "reads nothing"
    return f"{unknown[0]!r} is no ref and no source.table of this model, which {reads}"


def _moments(model: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (model.get("config") or {}).get("as_of") or {}
    if isinstance(found, Mapping):
        return found
    raise _refused(model, f"{found!r} is no mapping of names of refs and sources")


def _refused(model: Mapping[str, Any], cause: str) -> PythonModelRefused:
    return PythonModelRefused(
        f"{model['original_file_path']}: as_of: {cause}. Write "
        "{'a_ref': '2026-11-01 00:00:00', 'a_source.its_table': {'version': 7}}"
    )
