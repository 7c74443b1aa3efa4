"""300 real-looking models: nothing is said of the good ones, and every planted mistake is found at its range."""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from glue_cli.main import main
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.findings.diagnostics import Diagnostic, Severity
from glue_compiler.project.load import load_project
from glue_compiler.text.source import SourceText

if TYPE_CHECKING:
    from glue_compiler.project.context import ProjectContext

MODELS = 300
SERIOUS = (Severity.ERROR, Severity.WARNING)


def _corpus() -> Any:
    path = Path(__file__).parents[2] / "data" / "corpus" / "assemble.py"
    spec = importlib.util.spec_from_file_location("corpus_assemble", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CORPUS = _corpus()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    CORPUS.assemble(folder, MODELS)
    return folder


def judged(folder: Path, project: ProjectContext, path: str) -> tuple[Diagnostic, ...]:
    source = SourceText((folder / path).read_text(encoding="utf-8"))
    return check(analyze(source), source, project, path=path)


def test_the_corpus_is_varied_python(good: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(good.glob("models/**/*.py"))]
    assert len(texts) == MODELS
    assert len(set(texts)) == MODELS
    for text in texts:
        ast.parse(text)
    sizes = sorted(text.count("\n") for text in texts)
    assert sizes[0] < 12
    assert sizes[-1] > 190


def test_good_models_are_left_alone_on_the_command_line(
    good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(good)
    result = CliRunner().invoke(main, ["check", "--output-format", "json", "--no-cache"])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    said = Counter(
        (item["code"], item["message"])
        for item in json.loads(result.stdout)
        if item["severity"] in ("error", "warning")
    )
    assert said == Counter()
    assert result.exit_code == 0


def test_planted_mistakes_are_found_at_their_ranges(tmp_path: Path) -> None:
    planted = CORPUS.assemble(tmp_path, 2 * 3 * len(CORPUS.MISTAKES), planted=True)
    assert len(planted) == 2 * len(CORPUS.MISTAKES)
    project = load_project(tmp_path, cache=False)
    for item in planted:
        found = judged(tmp_path, project, item.path)
        spans = [tuple(d.span) for d in found if d.code == item.code]
        assert spans == [(item.start, item.end)], (item, [(d.code, d.message) for d in found])
        others = [
            (d.code, d.message) for d in found if d.code != item.code and d.severity in SERIOUS
        ]
        assert others == [], item
