"""What an edited text is worth when its analysis fails on the way: the answer of a fresh one, then and later."""

from __future__ import annotations

import gc
import logging
from typing import TYPE_CHECKING, Any

import libcst as cst
from glue_compiler.analysis import analyze
from glue_compiler.facts.options import AnalysisOptions
from glue_compiler.incremental import live
from glue_compiler.incremental.live import LiveAnalysis
from glue_compiler.incremental.texts import LiveTexts
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    import pytest

OPTIONS = AnalysisOptions()
MODEL = """\
from pyspark.sql import functions as F


def clean(df):
    return df.dropDuplicates(["id"])


def model(dbt, session):
    orders = clean(dbt.ref("orders")).withColumn("n", F.lit({number}))
    key = lambda frame: frame.select("id")
    return key(orders).filter("id > {number}")
"""


def text_of(number: int) -> SourceText:
    return SourceText(MODEL.format(number=number))


def fresh(source: SourceText) -> str:
    return analyze(source, OPTIONS).to_json()


def test_a_defect_costs_time_and_no_answer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logging.getLogger(live.__name__), "handlers", [])
    analysis = LiveAnalysis(OPTIONS)
    assert analysis.facts(text_of(1)).to_json() == fresh(text_of(1))
    whole = live.facts_of_scopes

    def broken(*_arguments: Any) -> Any:
        raise KeyError("a defect")

    monkeypatch.setattr(live, "facts_of_scopes", broken)
    assert analysis.facts(text_of(2)).to_json() == fresh(text_of(2))
    assert [record.exc_info is not None for record in caplog.records] == [True]
    monkeypatch.setattr(live, "facts_of_scopes", whole)
    for number in (3, 4, 1):
        assert analysis.facts(text_of(number)).to_json() == fresh(text_of(number))


def test_texts_are_told_apart_by_what_is_in_them() -> None:
    texts = LiveTexts(2)
    other = SourceText("def model(dbt, session):\n    return dbt.ref('customers')\n")
    for source in (text_of(1), other, text_of(2), text_of(3)):
        found = texts.facts(source, OPTIONS, begin=True)
        assert found is not None
        assert found.to_json() == fresh(source)
    assert texts.begun == 2
    assert texts.facts(SourceText("x = 1\n"), OPTIONS, begin=False) is None


def test_what_a_forgotten_text_held_is_no_garbage() -> None:
    texts = LiveTexts(1)
    texts.facts(text_of(1), OPTIONS, begin=True)
    gc.collect()
    gc.disable()
    try:
        texts.facts(SourceText("def model(dbt, session):\n    return None\n"), OPTIONS, begin=True)
        left = [item for item in gc.get_objects() if isinstance(item, LiveAnalysis)]
        functions = [item for item in gc.get_objects() if isinstance(item, cst.FunctionDef)]
    finally:
        gc.enable()
    assert len(left) == 1
    assert {function.name.value for function in functions} <= {"model", "_"}
