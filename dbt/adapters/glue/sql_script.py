"""The statements of a text: dbt puts headers before queries, and a hook may be of several statements."""

from __future__ import annotations

import re

__all__ = ["statements_of"]

_PARTS = re.compile(
    r"""
    (?P<comment>--[^\n]*)
    | (?P<bracket>/\*)
    | (?P<end>;)
    | (?<!\w)[rR](?:'[^']*'|"[^"]*")   # raw: its backslashes are backslashes
    | '(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | `[^`]*`
    """,
    re.VERBOSE | re.DOTALL,
)
_BRACKETS = re.compile(r"/\*|\*/")
_SCRIPT = re.compile(r"\s*begin\b", re.IGNORECASE)


def statements_of(sql: str) -> list[str]:
    """The statements that semicolons part, each on the lines where it stood; the text as it is where it is one.

    Semicolons in literals, quoted names and comments part nothing, nor do those of a script (`BEGIN ... END`).
    """
    if ";" not in sql:
        return [sql]
    texts = [""]  # without comments: whether there is a statement at all
    places = [0]
    position = 0
    while part := _PARTS.search(sql, position):
        texts[-1] += sql[position : part.start()]
        position = part.end()
        if part["bracket"]:
            position = _end_of_comment(sql, position)
        elif part["end"]:
            if len(texts) == 1 and _SCRIPT.match(texts[0]):
                return [sql]
            texts.append("")
            places.append(position)
        elif not part["comment"]:
            texts[-1] += part[0]
    texts[-1] += sql[position:]
    ends = [place - 1 for place in places[1:]] + [len(sql)]
    found = [
        "\n" * sql.count("\n", 0, place) + sql[place:end]
        for text, place, end in zip(texts, places, ends, strict=True)
        if text.strip()
    ]
    return found if len(found) > 1 else [sql]


def _end_of_comment(sql: str, position: int) -> int:
    """Where a comment ends that is open at `position`: in Spark, comments have comments in them."""
    depth = 1
    while depth and (bracket := _BRACKETS.search(sql, position)):
        depth += 1 if bracket[0] == "/*" else -1
        position = bracket.end()
    return len(sql) if depth else position
