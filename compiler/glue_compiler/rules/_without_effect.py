"""Renames and drops of columns that are not there, which do nothing: where that is a mistake for certain enough."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.rules.definition import Case, model
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glue_compiler.facts.frames import ColumnUse
    from glue_compiler.rules.definition import Context

DONE = {
    "withColumnRenamed": "nothing is renamed",
    "withColumnsRenamed": "nothing is renamed",
    "rename": "nothing is renamed",
    "drop": "nothing is dropped",
}
"""The methods that say nothing of a column that is not there, and what becomes of the frame then."""

_BEFORE = re.compile(r"\b(\w+)\(\s*(?:(?:existing|columns|colsMap)\s*=\s*)?(\{[^{}]*)?['\"]\Z")
_ONLY_KEY = re.compile(r"['\"]\s*:[^,{}]*,?\s*\}")
_ONLY_NAME = re.compile(r"['\"]\s*\)")
_LONG = 4


def means_something(context: Context, use: ColumnUse, names: Sequence[str]) -> bool:
    """Whether a name of a column that is not there was meant to be one: some are written for frames that may have it.

    Of several names in a call, and of `drop`, only one that is like a name of the frame. The call is written in the
    model itself, outside of loops and tests: it is run with this frame alone.
    """
    text = context.source.text
    before = _BEFORE.search(text, max(0, use.span.start - 400), use.span.start)
    if before is None or before[1] != use.method:
        return False
    near = len(use.name) >= _LONG and closest(use.name, names) is not None
    if use.method == "drop":
        if not near or _ONLY_NAME.match(text, use.span.end) is None:
            return False
    elif use.method != "withColumnRenamed":
        alone = before[2] == "{" and _ONLY_KEY.match(text, use.span.end) is not None
        if not near and not alone:
            return False
    return _is_run_once(context, use)


def _is_run_once(context: Context, use: ColumnUse) -> bool:
    flow = context.facts.flow
    if any(other.span == use.span and other.frame != use.frame for other in flow.columns):
        return False
    calls = [
        member
        for member in flow.members
        if member.call is not None
        and member.member == use.method
        and member.name_span.end <= use.span.start < member.call.end
    ]
    # Of calls in a chain the one that has the name among its own arguments begins last.
    own = max(calls, key=lambda member: member.name_span.start, default=None)
    if own is None or own.in_loop or own.tried:
        return False
    function = context.facts.model_function
    return function is not None and own.function == function.qualname


def _given(line: str) -> str:
    return model(f"df = dbt.ref('orders').select('order_id', 'amount', 'state')\n{line}\nreturn df")


def _pandas(line: str) -> str:
    return model(
        f"df = dbt.ref('orders').select('order_id', 'amount', 'state').toPandas()\n{line}\nreturn df"
    )


WITHOUT_EFFECT_VALID = (
    *(
        Case(_given(line))
        for line in (
            "df = df.drop('paid')",
            "df = df.drop('paid', 'amout', 'rn')",
            "df = df.drop(*['amout', 'paid'])",
            "df = df.withColumnsRenamed({'paid': 'b', 'day': 'c'})",
            "df = df.withColumnRenamed('AMOUNT', 'b').drop('State')",
            "for old, new in {'amont': 'b', 'state': 'c'}.items():\n    df = df.withColumnRenamed(old, new)",
            "for n in range(3):\n    df = df.withColumnRenamed('paid', f'paid_{n}')",
            "def prepared(frame):\n    return frame.withColumnRenamed('paid', 'b')\ndf = prepared(df)",
            "if 'paid' in df.columns:\n    df = df.withColumnRenamed('paid', 'b')",
            (
                "if dbt.is_incremental:\n    df = df.withColumn('paid', df.amount)\n"
                "df = df.withColumnRenamed('paid', 'b')"
            ),
            "df = session.table('x').withColumnRenamed('paid', 'b')",
        )
    ),
    *(
        Case(_pandas(line))
        for line in (
            "df = df.rename(columns={'paid': 'b', 'day': 'c'})",
            "df = df.rename(columns={'amount': 'b'}, index={'paid': 'x'})",
            "df = df.rename(columns=str.upper).rename(columns={'AMOUNT': 'b'})",
        )
    ),
)
WITHOUT_EFFECT_INVALID = (
    Case(
        _given("df = df.withColumnRenamed('⟦paid⟧', 'b')"),
        message="this frame has no column `paid`: nothing is renamed",
    ),
    Case(
        _given("df = df.withColumnRenamed(existing='⟦amout⟧', new='b')"),
        fixed=_given("df = df.withColumnRenamed(existing='amount', new='b')"),
        unsafe=True,
        message="nothing is renamed; did you mean `amount`?",
    ),
    Case(_given("df = df.withColumnsRenamed({'⟦paid⟧': 'b'})")),
    Case(_given("df = df.withColumnsRenamed({'state': 'c', '⟦amuont⟧': 'b'})")),
    Case(
        _given("df = df.drop('⟦stat⟧')"),
        fixed=_given("df = df.drop('state')"),
        unsafe=True,
        message="nothing is dropped; did you mean `state`?",
    ),
    Case(_pandas("df = df.rename(columns={'⟦paid⟧': 'b'})"), message="nothing is renamed"),
    Case(_pandas("df = df.rename(columns={'state': 'c', '⟦Amount⟧': 'b'})")),
)
