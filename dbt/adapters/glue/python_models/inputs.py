"""What the refs and sources of a Python model read, as data for its session: a relation, and which of its rows.

What dbt writes into SQL around a relation, `--empty`, `--sample` and the time of a batch, are a limit and a period here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.glue.python_models.errors import PythonModelRefused
from dbt.adapters.glue.python_models.moments import as_of_config, not_read

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from dbt.adapters.glue.relation import GlueRelation

__all__ = ["check_unfiltered", "python_input"]


def python_input(
    model: Mapping[str, Any], name: str, relation: GlueRelation | str, query: str | None = None
) -> dict[str, Any]:
    """What a ref or a source of this name reads: `relation` (rendered), `query`, `limit` and `period`.

    `name` is a ref's name or `source.table`. The query is the one that gives the rows of what is no table by itself: the
    one given, of an ephemeral model; a table as of a moment; what a project's own macro `ref` gives as a text.
    Raises as `as_of_config` does.
    """
    if isinstance(relation, str):
        query = f"select * from {relation}"  # noqa: S608 - what the project's macro puts into FROM
        return {"relation": relation, "query": query, "limit": None, "period": None}
    read = as_of_config(model, name, relation)
    found: dict[str, Any] = {"relation": read.render(), "query": query}
    if read.moment is not None:
        found["query"] = f"select * from {read.render()}"  # noqa: S608 - a relation is quoted
    if name in _unfiltered(model):
        return {**found, "limit": None, "period": None}
    asked = read.event_time_filter
    period = None
    if asked is not None and (asked.start or asked.end):
        period = {
            "column": read.event_time_column(asked.field_name),
            "start": None if asked.start is None else str(asked.start),
            "end": None if asked.end is None else str(asked.end),
        }
    return {**found, "limit": read.limit, "period": period}


def check_unfiltered(model: Mapping[str, Any]) -> None:
    """Raises PythonModelRefused where `unfiltered` names what the model does not read, or is no list of names."""
    problem = not_read(model, _unfiltered(model))
    if problem:
        raise _refused(model, problem)


def _unfiltered(model: Mapping[str, Any]) -> Collection[str]:
    found = (model.get("config") or {}).get("unfiltered") or ()
    if isinstance(found, str):
        return [found]
    if isinstance(found, (list, tuple)) and all(isinstance(name, str) for name in found):
        return found
    raise _refused(model, f"{found!r} is no list of names of refs and sources")


def _refused(model: Mapping[str, Any], cause: str) -> PythonModelRefused:
    return PythonModelRefused(
        f"{model['original_file_path']}: unfiltered: {cause}. Write ['a_ref', 'a_source.its_table']"
    )
