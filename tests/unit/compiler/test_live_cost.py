"""An edit of a text costs what it touches: counted in calls of functions, not in seconds."""

from __future__ import annotations

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.facts.options import AnalysisOptions
from glue_compiler.incremental.live import LiveAnalysis
from glue_compiler.text.source import SourceText

from tests.benchmarks.compiler.bench_analyze import model_of
from tests.unit.compiler.counting import calls_of

OPTIONS = AnalysisOptions()
MODEL = model_of(190)
EDITS = {
    "a number in the model": ("rate=0.5)", "rate=7.5)"),
    "a statement in the model": (
        "    started = dt",
        "    kept = events.filter('amount > 1').select('country')\n    started = dt",
    ),
    "a statement of the module": ("THRESHOLD = 100\n", "THRESHOLD = 100\nLIMIT = 7\n"),
    "a number in a function": ("<= 3)\n", "<= 4)\n"),
    "a comment in a function": ("    total = joined", "    # by country\n    total = joined"),
    "the end of the model": ("    return result\n", "    return result.limit(3)\n"),
}


def edited(name: str) -> str:
    old, new = EDITS[name]
    assert old in MODEL
    return MODEL.replace(old, new, 1)


def cost_of(text: str, changed: str) -> int:
    """The calls that it takes to go on from one text to another."""
    live = LiveAnalysis(OPTIONS)
    live.facts(SourceText(text))
    live.facts(SourceText(text + "\n"))
    return calls_of(lambda: live.facts(SourceText(changed)))


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_takes_a_small_share_of_a_fresh_analysis(name: str) -> None:
    text = edited(name)
    whole = calls_of(lambda: analyze(SourceText(text), OPTIONS))
    assert cost_of(MODEL, text) < whole / 5


def test_what_an_edit_costs_hardly_grows_with_the_text() -> None:
    costs = [
        cost_of(text, text.replace("rate=0.5)", "rate=7.5)", 1))
        for text in (model_of(190), model_of(760))
    ]
    assert costs[1] < 3 * costs[0]


def test_where_a_value_stays_what_it_is_nothing_after_it_is_run_again() -> None:
    """All parts of the model read `events`; that other rows are in it does not change what is known of it."""
    alike = MODEL.replace('"amount > 0"', '"amount > 9"', 1)
    other = MODEL.replace('"amount > 0"', '"amount > 10"', 1)
    assert cost_of(MODEL, alike) < cost_of(MODEL, other) / 2
