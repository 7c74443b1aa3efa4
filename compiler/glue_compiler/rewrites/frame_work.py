"""What makes a frame dear to compute a second time: more than reading, filtering and projecting.

The session decides by the plan that Spark analysed (`glue_session.early`); this is the same question asked of a model's
text, for what is told before a run. Every word here is work in the session's eyes too.
"""

from __future__ import annotations

import re

WORK = frozenset(
    re.findall(
        r"\w+",
        """
    agg applyInPandas applyInArrow crossJoin crosstab cube distinct dropDuplicates drop_duplicates exceptAll
    explode explode_outer groupBy groupby inline inline_outer intersect intersectAll join mapInArrow mapInPandas
    orderBy over pivot posexplode posexplode_outer repartition repartitionByRange rollup sort subtract
    """,
    )
)
"""Methods of frames and columns, and functions."""

_CALLS = re.compile(rf"\.(?:{'|'.join(sorted(WORK))})\(")
_SQL = re.compile(
    r"\b(?:join|group\s+by|distinct|over\s*\(|order\s+by|explode\w*|intersect|except)\b",
    re.IGNORECASE,
)


def works(code: str) -> bool:
    """Whether Python code has a call of such a method."""
    return _CALLS.search(code) is not None


def works_in_sql(text: str) -> bool:
    """Whether a text, read as SQL, has a clause or a function that is such work."""
    return _SQL.search(text) is not None
