"""Facts are kept by content and forgotten when anything about them changes."""

from __future__ import annotations

from glue_compiler.cache import FactsCache
from glue_compiler.options import AnalysisOptions
from glue_compiler.source import SourceText

SOURCE = SourceText("def model(dbt, session):\n    return dbt.ref('a').select('b')\n")


def test_facts_are_kept_and_equal(tmp_path):
    cache = FactsCache(tmp_path)
    first = cache.facts(SOURCE, AnalysisOptions())
    assert len(list(tmp_path.rglob("*.json"))) == 1
    assert cache.facts(SOURCE, AnalysisOptions()) == first
    assert len(list(tmp_path.rglob("*.json"))) == 1


def test_other_options_have_other_facts(tmp_path):
    cache = FactsCache(tmp_path)
    cache.facts(SOURCE, AnalysisOptions())
    cache.facts(SOURCE, AnalysisOptions.for_glue("6.0"))
    assert len(list(tmp_path.rglob("*.json"))) == 2


def test_a_damaged_file_is_replaced(tmp_path):
    cache = FactsCache(tmp_path)
    facts = cache.facts(SOURCE, AnalysisOptions())
    (path,) = tmp_path.rglob("*.json")
    path.write_text('{"version": 1', encoding="utf-8")
    assert cache.facts(SOURCE, AnalysisOptions()) == facts
    assert path.read_text(encoding="utf-8") == facts.to_json()


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert FactsCache(file).facts(SOURCE, AnalysisOptions()).analysed == "full"
