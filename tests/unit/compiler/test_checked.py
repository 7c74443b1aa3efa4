"""A check of a text computes what it is asked for, once, and findings rest on the texts of that moment."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from glue_compiler.analysis import analyze
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Surroundings, Workspace

if TYPE_CHECKING:
    from glue_compiler.facts.model import ModelFacts
    from glue_compiler.facts.options import AnalysisOptions

MODEL = SourceText("def model(dbt, session):\n    return dbt.ref('orders').nothing()\n")


def test_nothing_is_analysed_before_somebody_asks() -> None:
    asked: Counter[str] = Counter()

    def facts_of(source: SourceText, options: AnalysisOptions) -> ModelFacts:
        asked[source.text] += 1
        return analyze(source, options)

    workspace = Workspace(Surroundings(), facts_of=facts_of)
    checked = workspace.checked(None, MODEL)
    assert not checked.analysed
    assert checked.rests_on == ()
    assert not asked
    assert checked.parsed
    assert checked.analysed
    assert checked.diagnostics == workspace.findings(None, MODEL) != ()
    assert checked.diagnostics is checked.diagnostics
    assert asked[MODEL.text] == 2
