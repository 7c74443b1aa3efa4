"""A plan in words: what was saved, then what was refused and what to change, the largest gain first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glue_compiler.rewrites.decision import REASONS
from glue_compiler.rewrites.plain import projected_names
from glue_compiler.rewrites.remedies import remedy, weight
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glue_compiler.plan.planner import Plan
    from glue_compiler.rewrites.decision import Decision

_KINDS = {
    "spark": "a Spark frame",
    "pandas": "a pandas frame",
    "pandas_on_spark": "a pandas-on-Spark frame",
}
ESTIMATE = (
    "~ is an estimate by the types of the columns: a number or date as wide as Spark stores it, "
    "a text 20 bytes, an array, map or struct 40"
)
_LITTLE = "partial_evaluation"
_MOST = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One decision for people: `gain` is what it saves, or could save; `remedy` what to change where it was refused."""

    line: int
    rewrite: str
    reason: str
    why: str
    gain: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Account:
    """A plan for people: what is `saved` in a sentence, what was `applied`, what was `refused` and can be changed, and the `others`."""

    saved: str
    applied: tuple[Row, ...]
    refused: tuple[Row, ...]
    others: tuple[Row, ...]
    estimated: bool

    @property
    def others_in_words(self) -> str:
        """The folded refusals by their rewrite and reason, with their number."""
        counts = Counter(f"{row.rewrite} ({row.reason})" for row in self.others)
        return ", ".join(f"{name} x{n}" if n > 1 else name for name, n in counts.items())


def returned(made: Plan) -> str:
    """What a model returns, in words."""
    return _KINDS.get(made.kind or "", "a frame of a kind that is not known")


def account(made: Plan) -> Account:
    """A plan as it is told: most of what matters first."""
    text = SourceText(made.original)

    def expected(decision: Decision) -> tuple[float, int]:
        gain = made.gain_of(decision)
        share = None if gain is None else gain.share or len(gain.used) / gain.total
        return -weight(decision.rewrite, share), decision.span.start

    def row(decision: Decision) -> Row:
        gain = made.gain_of(decision)
        saves = decision.saves if gain is None else gain.named
        why = decision.detail or REASONS[decision.reason]
        line = text.line_of(decision.span.start)
        return Row(line, decision.rewrite, decision.reason, why, saves, remedy(decision))

    ordered = sorted(made.decisions, key=expected)
    applied = [decision for decision in ordered if decision.applied]
    refused = [decision for decision in ordered if not decision.applied]
    told = _once([row(decision) for decision in refused])
    return Account(
        _saved(made, applied),
        tuple(map(row, applied)),
        tuple(found for found in told if found.remedy),
        tuple(found for found in told if not found.remedy),
        any(gain.share is not None for gain in made.gains.values()),
    )


def _once(rows: list[Row]) -> list[Row]:
    """Refusals of one line for one reason, the first of them with its remedy."""
    seen: set[tuple[int, str]] = set()
    found = []
    for row in rows:
        again = (row.line, row.reason) in seen
        seen.add((row.line, row.reason))
        found.append(replace(row, remedy="") if again else row)
    return found


def _saved(made: Plan, applied: Iterable[Decision]) -> str:
    """The largest gains in a sentence, "" where nothing but constants was put in."""
    text = SourceText(made.original)
    said: dict[str, list[str]] = {}
    for decision in applied:
        if decision.rewrite == _LITTLE and "left out" not in decision.saves:
            continue
        gain = made.gain_of(decision)
        names = projected_names(decision)
        words = f"all columns but {', '.join(names)}" if names else decision.saves
        words = words if gain is None else gain.text
        said.setdefault(words, []).append(str(text.line_of(decision.span.start)))
    parts = [
        f"{words} (line{'s' if len(lines) > 1 else ''} {', '.join(lines)})"
        for words, lines in said.items()
    ]
    more = len(parts) - _MOST
    return "; ".join(parts[:_MOST]) + (f"; and {more} more" if more > 0 else "")


def plan_markdown(made: Plan, name: str) -> str:
    """The plan as Markdown: what was saved, and tables of what was applied and of what was refused, with what to change."""
    lines = [f"# Plan of `{name}`", "", f"It returns {returned(made)}."]
    if made.why_not:
        return "\n".join([*lines, "", f"The source runs as it is: {made.why_not}.", ""])
    if not made.decisions:
        return "\n".join([*lines, "", "The source runs as it is: there is nothing to rewrite.", ""])
    told = account(made)
    if told.saved:
        lines += ["", f"**Saved: {_cell(told.saved)}.**"]
    else:
        lines += ["", "Nothing is saved: no rewrite applies."]
    if told.applied:
        lines += ["", "## Applied", "", "| line | rewrite | saves |", "|---:|---|---|"]
        lines += [f"| {row.line} | `{row.rewrite}` | {_cell(row.gain)} |" for row in told.applied]
    if told.refused:
        lines += ["", "## Refused, and what to change", ""]
        lines += ["| line | rewrite | could save | why not | to make it apply |"]
        lines += ["|---:|---|---|---|---|"]
        lines += [
            f"| {row.line} | `{row.rewrite}` | {_cell(row.gain)} | `{row.reason}`: {_cell(row.why)} | {_cell(row.remedy)} |"
            for row in told.refused
        ]
    if told.others:
        lines += ["", f"And {_number(told.others)} with nothing to change: {told.others_in_words}."]
    if told.estimated:
        lines += ["", f"{ESTIMATE}."]
    return "\n".join([*lines, ""])


def plan_text(made: Plan, *, verbose: bool = False) -> str:
    """The plan for a terminal; `verbose` tells the refusals, too, about which nothing is to be done."""
    if made.why_not:
        return f"the source runs as it is: {made.why_not}"
    told = account(made)
    lines = [f"saved: {told.saved or 'nothing, no rewrite applies'}"]
    lines += _rows("applied", told.applied)
    lines += _rows("refused, and what to change", told.refused)
    if told.others and verbose:
        lines += _rows("refused, with nothing to change", told.others)
    elif told.others:
        lines += [
            "",
            f"and {_number(told.others)} with nothing to change: {told.others_in_words} (--verbose)",
        ]
    return "\n".join([*lines, *(["", ESTIMATE] if told.estimated else [])])


def _rows(title: str, rows: tuple[Row, ...]) -> list[str]:
    if not rows:
        return []
    lines = ["", title]
    width = max(len(row.rewrite) for row in rows)
    numbers = max(len(str(row.line)) for row in rows)
    for row in rows:
        start = f"  {row.line:>{numbers}}  {row.rewrite:<{width}}  "
        blanks = " " * len(start)
        refused = row.reason != "applied"
        said = f"{row.reason}: {row.why}" if refused else row.gain
        lines.append((start + said).rstrip())
        if refused and row.gain:
            lines.append(f"{blanks}could save: {row.gain}")
        if row.remedy:
            lines.append(f"{blanks}to make it apply: {row.remedy}")
    return lines


def _number(rows: tuple[Row, ...]) -> str:
    return "1 other" if len(rows) == 1 else f"{len(rows)} others"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
