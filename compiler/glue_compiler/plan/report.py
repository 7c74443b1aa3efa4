"""A plan in words: what a model returns, and a table of what was applied and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_compiler.plan.planner import Plan

_KINDS = {
    "spark": "a Spark frame",
    "pandas": "a pandas frame",
    "pandas_on_spark": "a pandas-on-Spark frame",
}


def returned(made: Plan) -> str:
    """What a model returns, in words."""
    return _KINDS.get(made.kind or "", "a frame of a kind that is not known")


def plan_markdown(made: Plan, name: str) -> str:
    """The plan as Markdown: a table of what was applied and refused, and what the refusals mean."""
    rows = made.to_dict()["decisions"]
    lines = [f"# Plan of `{name}`", "", f"It returns {returned(made)}."]
    if made.why_not:
        return "\n".join([*lines, "", f"The source runs as it is: {made.why_not}.", ""])
    if not rows:
        return "\n".join([*lines, "", "The source runs as it is: there is nothing to rewrite.", ""])
    lines += ["", "| line | rewrite | | why | saves |", "|---:|---|---|---|---|"]
    for row in rows:
        cells = (
            str(row["line"]),
            f"`{row['rewrite']}`",
            "applied" if row["applied"] else "refused",
            "" if row["applied"] else _cell(row["detail"] or row["why"]),
            _cell(row["saves"]) if row["applied"] else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    refused = dict.fromkeys((row["reason"], row["why"]) for row in rows if not row["applied"])
    if refused:
        lines += ["", "## Why rewrites were refused", ""]
        lines += [f"- `{reason}`: {why}" for reason, why in refused]
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
