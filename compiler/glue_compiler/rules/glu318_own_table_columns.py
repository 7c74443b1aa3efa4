"""GLU318: a column of the model's own table that the model does not return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.findings.diagnostics import Edit, Fix, Severity
from glue_compiler.rules._frames import names_in_words
from glue_compiler.rules.definition import Case, Context, Finding, Rule, model
from glue_compiler.text.similar import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import ColumnUse
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame


def _may_lack(use: ColumnUse, frame: Frame | None, _options: AnalysisOptions) -> bool:
    """Whether the name could only be a column of the own table."""
    return (
        use.must_exist
        and frame is not None
        and not frame.schema.open
        and bool(frame.schema.bases)
        and all(base.relation.kind == "this" and not base.renamed for base in frame.schema.bases)
        and use.name.lower() not in {name.lower() for name in frame.schema.names}
    )


_SCREEN = Screen("columns", _may_lack)


def _check(context: Context) -> Iterator[Finding]:
    names: tuple[str, ...] | None = None
    for use in context.kept_by(_SCREEN):
        names = _returned(context) if names is None else names
        if not names or use.name.lower() in {name.lower() for name in names}:
            continue
        guess = closest(use.name, names)
        hint = f"; did you mean `{guess}`?" if guess else ""
        fixes: tuple[Fix, ...] = ()
        if guess and context.text(use.span) == use.name:
            fixes = (Fix(f"Write `{guess}`", (Edit(use.span, guess),), "unsafe"),)
        yield Finding(
            use.span,
            f"the model's own table has no column `{use.name}`: the model does not return it{hint}",
            help=f"It returns {names_in_words(names)}. If the table has it from before, ignore this.",
            fixes=fixes,
        )


def _returned(context: Context) -> tuple[str, ...]:
    """The columns of all returns together; none where some are not known."""
    found: dict[str, None] = {}
    for item in context.facts.flow.returns:
        schema = None if item.frame is None else context.schemas.exact(item.frame)
        if schema is None:
            return ()
        found.update(dict.fromkeys(schema.names))
    return tuple(found)


_HEAD = "from pyspark.sql import functions as F\n\n\n"


def _own(body: str, end: str = "return df") -> str:
    return model(
        "dbt.config(materialized='incremental')\ndf = dbt.ref('orders').select('id', 'at')\n"
        f"if dbt.is_incremental:\n    {body}\n{end}",
        head=_HEAD,
    )


_THIS = "session.table(str(dbt.this))"

RULE = Rule(
    code="GLU318",
    name="own-table-columns",
    severity=Severity.WARNING,
    summary="The model's own table is read for a column that the model does not return.",
    why="""
The columns of `dbt.this` are those that the model returned in an earlier run. Where all that it returns is known,
another name is an error of Spark's in the second run; the first one, which makes the table, works. A table can have
columns from before the model was changed, so this is a warning.
""",
    fix="Name a column that the model returns. The fix writes the one that is most like it.",
    check=_check,
    statement=_SCREEN,
    valid=(
        Case(
            _own(
                f"df = df.join({_THIS}.select('ID', F.col('at').alias('old')), 'id')",
                "return df.select('id', 'at')",
            )
        ),
        Case(
            _own(
                f"last = {_THIS}.agg(F.max('at')).first()[0]\n    df = df.filter(F.col('at') > F.lit(last or 0))"
            )
        ),
        Case(
            _own(
                f"print({_THIS}.select('loaded_at').first())",
                "return df.join(dbt.ref('days'), 'id')",
            )
        ),
        Case(_own(f"print({_THIS}.withColumn('x', F.lit(1)).select('x', 'id').first())")),
        Case(_own(f"print({_THIS}.drop('loaded_at').first())")),
        Case(_own(f"print({_THIS}.withColumnRenamed('id', 'key').select('key').first())")),
        Case(_own("print(dbt.ref('days').select('loaded_at').first())")),
        Case(
            model(
                "df = dbt.ref('orders').select('id')\nif dbt.is_incremental:\n"
                f"    print({_THIS}.select('at').first())\n    return df.withColumn('at', F.lit(1))\nreturn df",
                head=_HEAD,
            )
        ),
    ),
    invalid=(
        Case(
            _own(
                f"last = {_THIS}.agg(F.max('⟦att⟧')).first()[0]\n    df = df.filter(F.col('at') > F.lit(last or 0))"
            ),
            message="has no column `att`: the model does not return it; did you mean `at`?",
        ),
        Case(_own(f"print({_THIS}.select('⟦loaded_at⟧').first())")),
        Case(_own(f"print({_THIS}.filter(F.col('⟦loaded⟧') > 3).first())")),
        Case(_own(f"old = {_THIS}\n    print(old['⟦loaded_at⟧'], old.⟦key⟧)")),
        Case(
            _own(
                f"df = df.join({_THIS}, '⟦key⟧', 'left_anti')".replace(
                    "'⟦key⟧'", "['id', '⟦key⟧']"
                ),
                "return df.select('id', 'at')",
            )
        ),
        Case(
            _own(f"print({_THIS}.groupBy('⟦ids⟧').count().first())"),
            fixed=_own(f"print({_THIS}.groupBy('id').count().first())"),
            unsafe=True,
        ),
    ),
)
