"""GLU316: a config names a column that the model does not return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.knowledge.tables import FOLLOWING_CHANGES, MERGING_STRATEGIES
from glue_compiler.rules._frames import basis, columns_are_stated, in_world, names_in_words
from glue_compiler.rules._packages import strings_in
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import FrameReturn
    from glue_compiler.facts.worlds import World
    from glue_compiler.text.source import Span

_UNKNOWN = object()

_LAYOUT = ("partition_by", "clustered_by")
"""The configs that say how a table is stored: read where a full run makes it."""

_MERGED = ("merge_update_columns", "merge_exclude_columns")
"""The configs of the strategy `merge`, which is only there where a run adds to a table."""


def _check(context: Context) -> Iterator[Finding]:
    if any(argument.star for use in context.config_calls for argument in use.args):
        return
    for key in _LAYOUT:
        yield from _judged(context, key, "full", None)
    if _value(context, "materialized") != "incremental":
        return
    strategy = _strategy(context)
    if strategy in MERGING_STRATEGIES:
        yield from _judged(context, "unique_key", "incremental", None)
    if strategy == "merge" and _value(context, "unique_key") not in (None, _UNKNOWN):
        followed = _value(context, "on_schema_change")
        # A table that follows new columns keeps those that the model had once.
        keeps = followed is _UNKNOWN or followed == FOLLOWING_CHANGES[0]
        for key in _MERGED:
            yield from _judged(context, key, "incremental", Severity.WARNING if keeps else None)


def _judged(
    context: Context, key: str, world: World, severity: Severity | None
) -> Iterator[Finding]:
    """The entries of a config that are no column of what is returned in a world."""
    entries = list(_entries(context, key))
    if not entries:
        return
    for item in context.facts.flow.returns:
        schema = None if item.frame is None else context.schemas.exact(item.frame)
        if schema is None or item.frame is None or world not in item.worlds:
            continue
        have = {name.lower() for name in schema.names}
        for name, span in entries:
            if name.lower() not in have:
                milder = severity if columns_are_stated(context, item.frame) else Severity.WARNING
                yield _finding(context, key, (name, span), item, schema.names, milder)


def _finding(
    context: Context,
    key: str,
    entry: tuple[str, Span | None],
    item: FrameReturn,
    names: tuple[str, ...],
    severity: Severity | None,
) -> Finding:
    name, span = entry
    guess = closest(name, names)
    hint = f"; did you mean `{guess}`?" if guess else ""
    fixes: tuple[Fix, ...] = ()
    if guess and span is not None and (text := context.text(span))[1:-1] == name:
        edit = Edit(span, f"{text[0]}{guess}{text[-1]}")
        fixes = (Fix(f"Write `{guess}`", (edit,), "unsafe"),)
    origin, stale = ("", False) if item.frame is None else basis(context, item.frame)
    return Finding(
        span or item.value_span or item.span,
        f"`{key}` names `{name}`, which the returned frame does not have{in_world(item.worlds)}{hint}",
        help=f"Its columns are {names_in_words(names)}." + (f" {origin}" if origin else ""),
        fixes=fixes,
        severity=Severity.INFORMATION if stale else severity,
    )


def _entries(context: Context, key: str) -> Iterator[tuple[str, Span | None]]:
    """The columns that a config names, with their places where the file says them; no transforms, no Jinja."""
    argument = context.config.get(key)
    found: list[tuple[str, Span | None]] = []
    if argument is not None:
        if argument.literal is not None:
            start = argument.value_span.start
            found = list(strings_in(context.text(argument.value_span), start))
    else:
        value = None if context.node is None else context.node.config.get(key)
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, (list, tuple)):
            found = [(item, None) for item in listed if isinstance(item, str)]
    for name, span in found:
        if name and not set(name) & set("(){}.`"):
            yield name, span


def _strategy(context: Context) -> Any:
    """What a run does with new rows: without a word of it, a key makes it `merge`."""
    strategy = _value(context, "incremental_strategy")
    if strategy in (None, "default") and _value(context, "unique_key") not in (None, _UNKNOWN):
        return "merge"
    return strategy


def _value(context: Context, key: str) -> Any:
    """The value of a config; what only dbt or a project that is not here can tell is `_UNKNOWN`."""
    argument = context.config.get(key)
    if argument is not None:
        return _UNKNOWN if argument.literal is None else argument.value
    if context.node is None:
        return _UNKNOWN
    value = context.node.config.get(key)
    return _UNKNOWN if isinstance(value, str) and "{" in value else value


_FILES = {"models/orders.sql": "select 1 as id"}
_SELECTED = "df = dbt.ref('orders').select('id', 'day', 'amount')\n"


def _config(config: str, body: str = f"{_SELECTED}return df") -> str:
    return model(f"dbt.config(materialized='incremental', {config})\n{body}")


RULE = Rule(
    code="GLU316",
    name="config-columns",
    severity=Severity.ERROR,
    summary="A config names a column that the model does not return.",
    why="""
`partition_by` and `clustered_by` are looked up in the returned frame when the table is made: a column that is
not there is an error after the whole model has run. `unique_key` (of `merge` and `delete+insert`),
`merge_update_columns` and `merge_exclude_columns` are looked up in every later run: the first one works, and the
second one fails. Names are compared without case, as the table has them.
""",
    fix="Correct the name, or return the column. The fix writes the name that is most like it.",
    check=_check,
    valid=(
        Case(
            _config("unique_key='ID', partition_by=['Day'], merge_exclude_columns='amount'"),
            files=_FILES,
        ),
        Case(
            _config("unique_key='key'", "return dbt.ref('orders')"),
            files={"models/orders.sql": "select * from landed.orders"},
        ),
        Case(_config("incremental_strategy='append', partition_by='day'"), files=_FILES),
        Case(
            _config(
                "incremental_strategy='insert_overwrite', unique_key='key', partition_by='day'"
            ),
            files=_FILES,
        ),
        Case(
            _config(
                "file_format='iceberg', unique_key='id', partition_by=['days(at)', 'bucket(4, x)']"
            ),
            files=_FILES,
        ),
        Case(
            model(f"dbt.config(materialized='table', unique_key='key')\n{_SELECTED}return df"),
            files=_FILES,
        ),
        Case(
            _config(
                "unique_key='key'",
                f"{_SELECTED}if not dbt.is_incremental:\n    return df\n"
                "return df.withColumnRenamed('id', 'key')",
            ),
            files=_FILES,
        ),
        Case(_config("unique_key='key'"), files={}),
        Case(
            _config(
                "unique_key='id', merge_update_columns=['old']",
                f"{_SELECTED}return df.join(dbt.ref('orders'), 'id')",
            ),
            files=_FILES,
        ),
        Case(
            _config(
                "partition_by='day'",
                f"{_SELECTED}if dbt.is_incremental:\n    return df.drop('day')\nreturn df",
            ),
            files=_FILES,
        ),
    ),
    invalid=(
        Case(
            _config("unique_key=⟦'idd'⟧"),
            fixed=_config("unique_key='id'"),
            unsafe=True,
            files=_FILES,
            message="`unique_key` names `idd`, which the returned frame does not have",
        ),
        Case(_config("incremental_strategy='delete+insert', unique_key=['id', ⟦'key'⟧]")),
        Case(
            model(
                "dbt.config(materialized='table', partition_by=['day', ⟦'month'⟧])\n"
                f"{_SELECTED}return df"
            )
        ),
        Case(_config("partition_by=⟦'dayy'⟧", f"{_SELECTED}return df.toPandas()")),
        Case(_config("clustered_by=⟦'key'⟧, buckets=4"), files=_FILES),
        Case(_config("unique_key='id', merge_update_columns=['amount', ⟦'total'⟧]"), files=_FILES),
        Case(_config("unique_key='id', merge_exclude_columns=⟦'total'⟧"), files=_FILES),
        Case(_config("unique_key=⟦'id, day'⟧"), files=_FILES),
        Case(
            _config(
                "unique_key=⟦'id'⟧",
                f"{_SELECTED}if dbt.is_incremental:\n    return df.drop('id')\nreturn df",
            ),
            files=_FILES,
            message="in incremental runs",
        ),
        Case(
            _config("incremental_strategy='merge'", f"{_SELECTED}return ⟦df⟧"),
            files={
                **_FILES,
                "models/schema.yml": "models:\n  - name: orders_enriched\n    config: {unique_key: key}\n",
            },
        ),
        Case(
            _config(
                "unique_key='id', on_schema_change='append_new_columns', merge_update_columns=⟦'total'⟧"
            ),
            files=_FILES,
        ),
    ),
)
