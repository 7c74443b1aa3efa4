"""What the demo tells of the plans of a run: from the files that dbt and the adapter left in target/."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from rich.console import Console

from tools.demo.plans import Done, done
from tools.demo.run import show_plans

if TYPE_CHECKING:
    from pathlib import Path


def target(folder: Path, decisions: list[dict[str, Any]], response: dict[str, Any]) -> Path:
    """A target folder after a run of the Python model `delays` and of a model in SQL."""
    python = {
        "name": "delays",
        "language": "python",
        "package_name": "shop",
        "original_file_path": "models/delays.py",
    }
    nodes = {"model.shop.delays": python, "model.shop.orders": {"language": "sql"}}
    results = [
        {"unique_id": "model.shop.orders", "adapter_response": {}},
        {"unique_id": "model.shop.delays", "adapter_response": response},
    ]
    plan = folder / "run" / "shop" / "models" / "delays.py.plan.json"
    plan.parent.mkdir(parents=True)
    plan.write_text(json.dumps({"decisions": decisions}), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    (folder / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
    return folder


def decision(rewrite: str, line: int, saves: str, *, applied: bool = True) -> dict[str, Any]:
    return {"rewrite": rewrite, "line": line, "saves": saves, "applied": applied}


def answer(rewrite: str, line: int, why: str = "", **moved: Any) -> dict[str, Any]:
    return {"rewrite": rewrite, "line": line, "applied": not why, "why": why, **moved}


def test_what_the_session_measured_comes_before_what_the_plan_expected(tmp_path: Path) -> None:
    decisions = [decision("projection", 8, "at most 4 columns"), decision("counts", 12, "one less")]
    response = {"rewrites": [answer("projection", 8, columns=[4, 14], rows=336_776)]}
    assert done(target(tmp_path, decisions, response)) == [
        Done("delays", 8, "projection", "4 of 14 columns to the driver, 336,776 rows", True),
        Done("delays", 12, "counts", "one less", True),
    ]


def test_what_the_session_left_as_it_was_is_told_with_its_reason(tmp_path: Path) -> None:
    decisions = [
        decision("projection", 8, "at most 4 columns"),
        decision("filters", 8, "", applied=False),
    ]
    response = {"rewrites": [answer("projection", 8, "all columns are used")]}
    found = done(target(tmp_path, decisions, response))
    assert found == [Done("delays", 8, "projection", "as written: all columns are used", False)]


def test_a_model_without_a_plan_is_left_out(tmp_path: Path) -> None:
    folder = target(tmp_path, [decision("counts", 1, "x")], {})
    (folder / "run" / "shop" / "models" / "delays.py.plan.json").unlink()
    assert done(folder) == []


def test_the_block_names_a_model_once() -> None:
    console = Console(width=100, record=True, file=io.StringIO())
    found = [
        Done("delays", 8, "projection", "4 of 14 columns", True),
        Done("delays", 9, "projection", "2 of 9 columns", True),
    ]
    show_plans(console, found)
    shown = console.export_text()
    assert shown.count("delays") == 1
    assert "4 of 14 columns" in shown
    assert "2 of 9 columns" in shown
