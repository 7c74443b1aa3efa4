"""A text of several SQL statements as single ones: Spark takes one at a time."""

from __future__ import annotations

import re

__all__ = ["NEXT_QUERY", "statements_of"]

NEXT_QUERY = "dbt_next_query"
"""The word between two statements in macros that were written for dbt-glue."""

# Spark's tokens as far as a separator may be inside of them. A raw string has no escapes; comments nest; what is
# not closed goes on to the end.
_TOKEN = re.compile(
    r"""
      (?P<raw>\b[rR](?:'[^']*(?:'|\Z)|"[^"]*(?:"|\Z)))
    | (?P<text>'(?:\\.|[^'\\])*(?:'|\Z)|"(?:\\.|[^"\\])*(?:"|\Z))
    | (?P<name>`[^`]*(?:`|\Z))
    | (?P<line>--(?:\\\n|[^\n])*)
    | (?P<open>/\*)
    | (?P<end>;)
    | (?P<next>\bdbt_next_query\b)
    | (?P<word>\w+)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"/\*|\*/")


def statements_of(sql: str) -> list[str]:
    """The statements of a text, each on the lines where it stood, of which Spark tells in errors; one is the text as it is.

    They are separated by `;` or `dbt_next_query`, outside of quotes and comments. What holds nothing but comments is
    no statement. A script of Spark's (`begin … end`) is one, with its semicolons.
    """
    if NEXT_QUERY not in sql and ";" not in sql:
        return [sql]
    spans: list[tuple[int, int]] = []
    start = position = 0
    says_something = script = words = False
    while (token := _TOKEN.search(sql, position)) is not None:
        says_something = says_something or bool(sql[position : token.start()].strip())
        kind, position = token.lastgroup, token.end()
        if kind == "open":
            position = _end_of_comment(sql, position)
        elif kind == "next" or (kind == "end" and not script):
            if says_something:
                spans.append((start, token.start()))
            start, says_something, script = position, False, False
            words = words or kind == "next"
        elif kind != "line":
            script = script or (not says_something and token.group().lower() == "begin")
            says_something = True
    if says_something or sql[position:].strip():
        spans.append((start, len(sql)))
    if len(spans) < 2 and not words:
        return [sql]
    return ["\n" * sql.count("\n", 0, begin) + sql[begin:end] for begin, end in spans]


def _end_of_comment(sql: str, position: int) -> int:
    """The end of a bracketed comment whose start is before `position`; that of the text where none is."""
    depth = 1
    while depth and (found := _COMMENT.search(sql, position)) is not None:
        depth += 1 if found.group() == "/*" else -1
        position = found.end()
    return len(sql) if depth else position
