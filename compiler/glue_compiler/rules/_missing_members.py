"""Members that a frame, column, group or session does not have in the target's version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_compiler.facts.screens import Screen
from glue_compiler.rules._frames import api_of_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glue_compiler.facts.frames import MemberUse
    from glue_compiler.facts.options import AnalysisOptions
    from glue_compiler.facts.schemas import Frame
    from glue_compiler.knowledge.frames import Api
    from glue_compiler.knowledge.suggestions import Suggestion
    from glue_compiler.rules.definition import Context
    from glue_compiler.schemas.resolver import FrameSchemas

# Other packages that are known to add nothing to the classes of pyspark and pandas.
_INNOCENT = frozenset(
    {
        *("pyspark", "pandas", "numpy", "boto3", "botocore", "requests", "delta", "pyarrow"),
        *("awsglue", "scipy", "sklearn", "dateutil", "pytz", "yaml", "typing_extensions"),
    }
)
_INDEXERS = frozenset({"iloc", "loc", "iat", "at"})


@dataclass(frozen=True, slots=True)
class Missing:
    """A member that is not there, its API table, and what was probably meant."""

    use: MemberUse
    table: Api
    suggestion: Suggestion | None


def _is_not_in_its_table(use: MemberUse, _frame: Frame | None, options: AnalysisOptions) -> bool:
    if use.store or use.attempted or use.kind == "spark_functions":
        return False
    table = api_of_kind(use.kind, options)
    return table is not None and not table.has(use.member)


UNKNOWN_MEMBERS = Screen("members", _is_not_in_its_table)


def missing_members(context: Context, schemas: FrameSchemas) -> Iterator[Missing]:
    """The members that certainly do not exist, in the order of the text.

    A name that is neither known nor like a known one is left alone where another package could
    have added it to the class.
    """
    closed: bool | None = None
    for use in context.kept_by(UNKNOWN_MEMBERS):
        table = api_of_kind(use.kind, context.settings.options)
        assert table is not None  # noqa: S101 - the screen keeps no others
        if not use.called and not _surely_no_column(schemas, use, table):
            continue
        suggestion = table.suggest(use.member)
        known = suggestion is not None and suggestion.origin != "spelling"
        if not (known or table.added_in(use.member) or table.removed_in(use.member)):
            if closed is None:
                closed = _nothing_patched(context)
            if not closed:
                continue
        if re.search(_given_or_asked(use.member), context.source.text):
            continue
        yield Missing(use, table, suggestion)


def _given_or_asked(member: str) -> str:
    """The pattern of code that gives the member to a class, or asks first whether it is there."""
    name = re.escape(member)
    return rf"\b\w+\.{name}\s*=[^=]|\bhasattr\s*\([^()]*,\s*['\"]{name}['\"]\s*\)"


def _surely_no_column(schemas: FrameSchemas, use: MemberUse, table: Api) -> bool:
    """Whether an attribute that is not called cannot be a column of the frame."""
    if table.owner == "spark.session":
        return True
    if table.owner not in ("spark", "pandas", "pandas_on_spark") or use.frame is None:
        return False
    schema = schemas.exact(use.frame)
    if schema is not None:
        if use.member in schema.names:
            return False
        suggestion = table.suggest(use.member)
        return suggestion is not None and suggestion.origin not in ("spelling", "case")
    if any(column.name == use.member for column in schemas.of(use.frame).columns):
        return False
    if table.owner != "spark":
        return False
    return (use.member in _INDEXERS and use.use == "subscript") or (
        use.member == "empty" and use.use in ("test", "not")
    )


def _nothing_patched(context: Context) -> bool:
    from glue_compiler.knowledge.packages import stdlib_modules

    standard = stdlib_modules(context.settings.glue_version)
    return all(item.top in _INNOCENT or item.top in standard for item in context.facts.imports)
