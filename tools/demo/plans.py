"""What the plan did with each Python model of a dbt run: from the plans and the answers that the run left in target/."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Done(NamedTuple):
    """One rewrite of a model: the line, and what it saves, or why the session did as the source says."""

    model: str
    line: int
    rewrite: str
    saves: str
    applied: bool


def done(target: Path) -> list[Done]:
    """The rewrites of the run whose run_results.json is in `target`, by the order of the run and then by line."""
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    return [
        each
        for result in results
        if nodes[result["unique_id"]].get("language") == "python"
        for each in _of_model(target, nodes[result["unique_id"]], result["adapter_response"])
    ]


def _of_model(target: Path, node: dict[str, Any], response: dict[str, Any]) -> Iterator[Done]:
    path = target / "run" / node["package_name"] / f"{node['original_file_path']}.plan.json"
    if not path.is_file():
        return
    decisions = json.loads(path.read_text(encoding="utf-8"))["decisions"]
    answers = _answers(response)
    for decision in (each for each in decisions if each["applied"]):
        place = (decision["rewrite"], decision["line"])
        answer = answers.get(place, {})
        applied = bool(answer.get("applied", True))
        said = _saved(decision, answer) if applied else f"as written: {answer['why']}"
        yield Done(node["name"], decision["line"], decision["rewrite"], said, applied)


def _answers(response: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    """What the session said of the rewrites that it had to judge, by rewrite and line."""
    return {(each["rewrite"], each["line"]): each for each in response.get("rewrites") or []}


def _saved(decision: dict[str, Any], answer: dict[str, Any]) -> str:
    """What was saved in the run where the session tells it, else what the plan expects."""
    if "columns" not in answer:
        return str(decision["saves"])
    moved, of = answer["columns"]
    rows = f", {answer['rows']:,} rows" if "rows" in answer else ""
    return f"{moved} of {of} columns to the driver{rows}"
