"""GLU601: a column that the frame certainly does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Related, Severity
from glue_compiler.rules._column_cases import INVALID, VALID
from glue_compiler.rules._frames import (
    basis,
    called_relation,
    columns_are_stated,
    in_world,
    names_in_words,
)
from glue_compiler.rules._missing_members import missing_members
from glue_compiler.rules._sql_as_name import is_order, meant
from glue_compiler.rules._tested_names import column_asked_about
from glue_compiler.rules._value_as_name import told_as_values
from glue_compiler.rules._without_effect import DONE, means_something
from glue_compiler.rules.definition import Context, Finding, Rule
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import ColumnUse
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame, Schema
    from glue_compiler.schemas.resolver import FrameSchemas
    from glue_compiler.text.source import Span

# Spark lets an expression read the alias of an earlier one in the same call (since 3.4).
_READS_ALIASES = frozenset({"select", "agg"})
_HIDDEN = frozenset({"_metadata"})


def _may_lack(use: ColumnUse, frame: Frame | None, _options: AnalysisOptions) -> bool:
    """Whether the name is not one that the code gives to a column of the frame."""
    return (
        frame is not None
        and (use.must_exist or use.method in DONE or is_order(use, frame))
        and frame.schema.has_all_names
        and use.name.lower() not in _HIDDEN
        and use.name not in frame.schema.names
    )


_SCREEN = Screen("columns", _may_lack)


def _check(context: Context) -> Iterator[Finding]:
    schemas = context.schemas
    flow = context.facts.flow
    other_rule = None
    values: set[Span] = set()
    for use in context.kept_by(_SCREEN):
        if schemas.surely_has(use.frame, use.name):
            continue
        schema = schemas.all_names(use.frame)
        if schema is None or use.name in schema.names or _may_be_field(use, schemas):
            continue
        spark = flow.frames[use.frame].kind == "spark"
        namesake = next((c for c in schema.columns if c.name.lower() == use.name.lower()), None)
        if namesake is not None:
            # A stored column may be spelt in another way than in the project: catalogs fold case.
            written = flow.frames[use.frame].schema.names
            if not use.case_sensitive or namesake.name not in written:
                continue
        elif spark and _is_alias(context, use):
            continue
        if column_asked_about(use.name, context.source.text):
            continue
        harmless = not use.must_exist and use.method in DONE
        if harmless and not means_something(context, use, schema.names):
            continue
        if other_rule is None:
            other_rule = {m.use.name_span for m in missing_members(context, schemas)}
            values = told_as_values(context)
        if use.span not in other_rule and not _is_in(use, values):
            yield _finding(context, schemas, use, schema)


def _may_be_field(use: ColumnUse, schemas: FrameSchemas) -> bool:
    """Whether what qualifies a name in a query may be a column, which has a field of the name."""
    if use.qualifier is None or use.beside is None:
        return False
    every = schemas.all_names(use.beside)
    return every is None or use.qualifier.lower() in map(str.lower, every.names)


def _is_in(use: ColumnUse, spans: set[Span]) -> bool:
    """Whether the text that names the column is told by another rule as a value."""
    return any(span.start <= use.span.start and use.span.end <= span.end for span in spans)


def _finding(context: Context, schemas: FrameSchemas, use: ColumnUse, schema: Schema) -> Finding:
    world = in_world(use.worlds)
    same = next((n for n in schema.names if n.lower() == use.name.lower()), None)
    exact_text = context.text(use.span) == use.name
    fix: Fix | None = None
    has_no = "this frame has no"
    if use.method == "session.sql":
        has_no = f"`{use.qualifier}` has no" if use.qualifier else "what the query reads has no"
    if same is not None:
        how = "attributes and pandas columns are" if use.how != "attribute" else "attributes are"
        message = f"the column is called `{same}`, and {how} case-sensitive{world}"
        fix = Fix(f"Write `{same}`", (Edit(use.span, same),), "safe")
    elif written := meant(use, context.facts.flow.frames[use.frame]):
        message = f"{has_no} column `{use.name}`{world}: a name is not computed; write {written}"
    else:
        guess = closest(use.name, schema.names)
        hint = f"; did you mean `{guess}`?" if guess else ""
        done = f": {DONE[use.method]}" if not use.must_exist and use.method in DONE else ""
        message = f"{has_no} column `{use.name}`{world}{done}{hint}"
        fix = Fix(f"Write `{guess}`", (Edit(use.span, guess),), "unsafe") if guess else None
        if guess and use.how == "attribute" and not guess.isidentifier():
            fix = None
    related = []
    for base in context.facts.flow.frames[use.frame].schema.bases:
        known = schemas.relation(base.relation)
        if known is not None and known.place is not None:
            text = f"the columns of {called_relation(base.relation)}"
            related.append(Related(known.place.path, None, text, known.place.line))
    origin, stale = basis(context, use.frame)
    severity = Severity.INFORMATION if stale else Severity.WARNING
    certain = use.must_exist and columns_are_stated(context, use.frame)
    return Finding(
        use.span,
        message,
        help=f"Its columns are {names_in_words(schema.names)}." + (f" {origin}" if origin else ""),
        fixes=(fix,) if fix is not None and exact_text else (),
        related=tuple(related),
        severity=None if certain else severity,
    )


def _is_alias(context: Context, use: ColumnUse) -> bool:
    """Whether the name is given by an `alias` of the same call."""
    if use.method not in _READS_ALIASES:
        return False
    pattern = rf"\.\s*(?:alias|name)\(\s*['\"]{re.escape(use.name)}['\"]"
    for member in context.facts.flow.members:
        if member.member == use.method and member.call is not None:
            start, end = member.call
            inside = start <= use.span.start and use.span.end <= end
            if inside and re.search(pattern, context.text(member.call), re.IGNORECASE):
                return True
    return False


RULE = Rule(
    code="GLU601",
    name="unknown-column",
    severity=Severity.ERROR,
    summary="The frame has no such column.",
    why="""
Spark finds out in the session, after it was started and paid for, that a column does not exist. The
columns are known beforehand where the model makes them (`select`, `agg`, `createDataFrame` with a
schema, ...) and where the project states them all: the header of a seed, a contract, what a Python model
upstream returns, the select list of a SQL model upstream. Columns that YAML merely describes are no complete list, and
prove nothing, nor does a select list with a column that a macro makes.

Spark compares names without case, so `select("AMOUNT")` finds `amount`; `frame.AMOUNT` does not, because
attributes of a frame are compared with case, and so are the columns of pandas frames.

Where Spark takes a name, SQL is one too: `F.col("a * b")` and `orderBy("a desc")` are looked up among the columns.
In texts of SQL (`filter("a > 1")`, `expr`, `selectExpr`) the columns are those that are named by their name
alone: `x.a` may be a field of a struct, or a column of the frame that is called `x`. A text with a subquery in it,
or one that is put together when the model runs, is not judged. In a query (`session.sql`) they are those of the
temporary views that the model has made, where it reads nothing else.

Spark and pandas rename and drop what is there, and say nothing of the rest: `withColumnRenamed` of a column that is not
there does nothing. That is a warning; of several names, and of `drop`, only for one that is like that of a column.
""",
    fix="Correct the name. The fix writes the one that is most like it.",
    check=_check,
    statement=_SCREEN,
    valid=VALID,
    invalid=INVALID,
)
