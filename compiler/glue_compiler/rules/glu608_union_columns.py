"""GLU608: a union of frames whose columns do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.flow.core.schemas import find
from glue_compiler.knowledge.types import has_no_union
from glue_compiler.rules._frames import in_world, names_in_words
from glue_compiler.rules._types import part_of
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glue_compiler.facts.frames import Union
    from glue_compiler.facts.schemas import Schema


def _check(context: Context) -> Iterator[Finding]:
    schemas = context.schemas
    for union in context.facts.flow.unions:
        left, right = schemas.exact(union.left), schemas.exact(union.right)
        if left is None or right is None:
            continue
        world = in_world(union.worlds)
        yield from _by_type(context, union, left, right, world)
        if union.by_position:
            yield from _by_position(context, union, left.names, right.names, world)
        elif not union.allow_missing:
            missing = _lacking(right.names, left.names)
            extra = _lacking(left.names, right.names)
            if missing or len(left.names) != len(right.names):
                parts = [f"has no {names_in_words(missing)}"] if missing else []
                parts += [f"has {names_in_words(extra)} besides"] if extra else []
                if parts:
                    yield Finding(
                        union.right_span,
                        f"the other frame {' and '.join(parts)}{world}",
                        help="Select the same columns, or pass allowMissingColumns=True.",
                    )


def _by_position(
    context: Context, union: Union, left: Sequence[str], right: Sequence[str], world: str
) -> Iterator[Finding]:
    if len(left) != len(right):
        yield Finding(
            union.right_span,
            f"the frames have {len(left)} and {len(right)} columns{world}",
            help=f"Left: {names_in_words(left)}. Right: {names_in_words(right)}.",
        )
        return
    first, second = [n.lower() for n in left], [n.lower() for n in right]
    moved = [
        n for n, a in zip(left, first, strict=True) if a in second and second[first.index(a)] != a
    ]
    if len(set(first)) != len(first) or len(set(second)) != len(second) or not moved:
        return
    yield Finding(
        union.right_span,
        f"`{union.method}` goes by position, and {names_in_words(moved)} stand{'s' if len(moved) == 1 else ''} "
        f"elsewhere in the other frame{world}",
        help=f"Left: {names_in_words(left)}. Right: {names_in_words(right)}. unionByName goes by name.",
        fixes=_by_name(context, union) if set(first) == set(second) else (),
        severity=Severity.WARNING,
    )


def _by_type(
    context: Context, union: Union, left: Schema, right: Schema, world: str
) -> Iterator[Finding]:
    """The first of the columns that come under each other whose types have none in common."""
    if union.by_position:
        pairs = list(zip(left.columns, right.columns, strict=False))
    else:
        pairs = [
            (column, found[0])
            for column in left.columns
            if len(found := find(right, column.name)) == 1
        ]
    version = context.settings.options.spark
    for above, below in pairs:
        first, second = part_of(context, above, above.name), part_of(context, below, below.name)
        if not first or not second or not has_no_union(version, first.type, second.type):
            continue
        sources = " ".join(part.source for part in (first, second) if part.source)
        yield Finding(
            union.right_span,
            f"`{above.name}` is {first.type}, and `{below.name}` of the other frame, which comes under it, "
            f"is {second.type}{world}",
            help=f"Cast one of them. {sources}".strip(),
            severity=None if first.certain and second.certain else Severity.WARNING,
        )
        return


def _by_name(context: Context, union: Union) -> tuple[Fix, ...]:
    for member in context.facts.flow.members:
        if member.call == union.span and member.member == union.method:
            edit = Edit(member.name_span, "unionByName")
            return (Fix("Use unionByName", (edit,), "unsafe"),)
    return ()


def _lacking(names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    have = {name.lower() for name in names}
    return [name for name in wanted if name.lower() not in have]


def _two(left: str, right: str, call: str) -> str:
    return model(
        f"old = dbt.ref('old_orders').select({left})\nnew = dbt.ref('orders').select({right})\n"
        f"return old.{call}",
        head="from pyspark.sql import functions as F\n\n\n",
    )


RULE = Rule(
    code="GLU608",
    name="union-columns",
    severity=Severity.ERROR,
    summary="Frames with different columns are put under each other.",
    why="""
`union` pairs columns by position, whatever their names: with another order, names end up under prices and
nothing fails as long as the types have one in common; a date above a number has none, and Spark raises. With another number of columns, and in `unionByName` with
other names, Spark raises in the session.
""",
    fix="Use `unionByName`, or select the same columns in the same order.",
    check=_check,
    valid=(
        Case(_two("'id', 'name'", "'ID', 'NAME'", "union(new)")),
        Case(_two("'id', 'name'", "'name', 'id'", "unionByName(new)")),
        Case(_two("'id', 'name'", "'id'", "unionByName(new, allowMissingColumns=True)")),
        Case(_two("'id', 'name'", "'key', 'title'", "union(new)")),
        Case(model("return dbt.ref('orders').union(dbt.ref('old_orders').select('id'))")),
        Case(
            _two(
                "F.lit(1).alias('id'), F.lit('a').alias('name')",
                "F.lit(2.5).alias('id'), F.lit(7).alias('name')",
                "unionByName(new)",
            )
        ),
    ),
    invalid=(
        Case(
            _two("'id', 'name'", "'name', 'id'", "union(⟦new⟧)"),
            fixed=_two("'id', 'name'", "'name', 'id'", "unionByName(new)"),
            unsafe=True,
        ),
        Case(_two("'id', 'name'", "'id'", "union(⟦new⟧)"), message="2 and 1 columns"),
        Case(_two("'id', 'name'", "'id'", "unionByName(⟦new⟧)"), message="has no `name`"),
        Case(
            _two(
                "F.lit(1).alias('id'), F.col('day').cast('date').alias('day')",
                "F.lit('a').alias('id'), F.lit(2024).alias('day')",
                "union(⟦new⟧)",
            ),
            message="`day` is date, and `day` of the other frame, which comes under it, is int",
        ),
        Case(
            _two("F.lit(True).alias('paid')", "F.lit(1).alias('paid')", "unionByName(⟦new⟧)"),
            message="`paid` is boolean",
        ),
    ),
)
