"""What the header of a readable program says of its rewrites, line by line: those that it shows, those that only a run does."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from glue_compiler.rewrites.decision import Decision
    from glue_compiler.rewrites.plain_parts import PlainForm

_WIDTH = 108
_IN_A_RUN = {
    "arrow": "by Arrow, where that gives the same frame: Spark's own switch may change types",
    "counts": "the write counts the rows, and the report waits for it",
    "driver_aggregation": "{saves}, where sums are exact and no order of rows shows",
    "shared_work": "the frame is written here, and this reads the rows that were written",
    "with_columns": "columns that do not see each other are added, renamed or dropped together, not one by one",
}
"""What a run does where it finds that it may, by rewrite."""


def rewritten_lines(
    forms: Mapping[Decision, PlainForm | None], line_of: Callable[[int], int]
) -> list[str]:
    """The part of the header about the applied decisions, whose forms are None where the program has the author's lines."""
    if not forms:
        return [
            "No line needed to be rewritten; what dbt resolved stands in the place of its calls."
        ]
    shown = {
        decision: form.told or decision.saves
        for decision, form in forms.items()
        if form is not None
    }
    kept = {
        decision: _IN_A_RUN.get(decision.rewrite, "{saves}").format(saves=decision.saves)
        for decision, form in forms.items()
        if form is None
    }
    lines: list[str] = []
    if shown:
        lines += ["Rewritten, with the same rows and types as a result:", *_table(shown, line_of)]
    if kept:
        lines += [""] if lines else []
        lines += [
            "A run also does this, where types, values and plans allow it; here these lines are as written:",
            *_table(kept, line_of),
        ]
    return lines


def _table(said: Mapping[Decision, str], line_of: Callable[[int], int]) -> list[str]:
    places: dict[tuple[str, str], list[int]] = {}
    for decision, text in said.items():
        key = (decision.rewrite.replace("_", " "), text)
        places.setdefault(key, []).append(line_of(decision.span.start))
    rows = []
    for (name, text), lines in places.items():
        numbers = list(dict.fromkeys(lines))
        rows.append(
            (f"line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}", name, text)
        )
    first, second = (max(len(row[n]) for row in rows) for n in (0, 1))
    found: list[str] = []
    for line, name, text in rows:
        head = f"  {line.ljust(first)}  {name.ljust(second)}  "
        wrapped = textwrap.wrap(text, max(40, _WIDTH - len(head)), break_long_words=False)
        found += [
            (head if n == 0 else " " * len(head)) + part for n, part in enumerate(wrapped or [""])
        ]
    return found
