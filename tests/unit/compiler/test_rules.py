"""Every case of every rule: invalid ones are found at their exact ranges, valid ones are silent, fixes do what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.findings.fixes import fix_text
from glue_compiler.project.load import load_project
from glue_compiler.project.settings import settings_from
from glue_compiler.rules import all_rules, rule, rule_names
from glue_compiler.text.python_ast import is_python
from glue_compiler.text.source import SourceText
from glue_compiler.workspace import Surroundings, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from glue_compiler.findings.diagnostics import Diagnostic
    from glue_compiler.project.context import ProjectContext
    from glue_compiler.rules.definition import Case, Rule

_PROJECT = "name: shop\nprofile: shop\nmodel-paths: [models]\n"


def _project(case: Case, folder: Path) -> ProjectContext | None:
    if not case.files:
        return None
    for path, text in {"dbt_project.yml": _PROJECT, **case.files, case.path: case.source}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return load_project(folder, cache=False)


class _Checker:
    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        settings = settings_from(case.settings, "case", rule_names())
        # What a run does by itself is not shown: here no run does anything.
        written = {"optimize": False}
        around = Surroundings(folder, _project(case, folder), settings, variables=written)
        self.workspace = Workspace(around)

    def __call__(self, source: SourceText) -> tuple[Diagnostic, ...]:
        return self.workspace.findings(self.case.path, source)

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """What is found in the case: in its text, and in the session's answer where it has one."""
        source = SourceText(self.case.source)
        found = self(source)
        if self.case.outcome is not None:
            found += self.workspace.session_findings(
                self.case.path, source, self.case.outcome, self.case.expected
            )
        return found

    def of(self, rule: Rule) -> list[Diagnostic]:
        return [diagnostic for diagnostic in self.found if diagnostic.code == rule.code]


def _cases(kind: str) -> Iterator[object]:
    for item in all_rules():
        for index, case in enumerate(getattr(item, kind)):
            yield pytest.param(item, case, id=f"{item.code}-{kind}-{index}")


@pytest.mark.parametrize(("item", "case"), list(_cases("invalid")))
def test_invalid_case_is_found_at_its_range(item: Rule, case: Case, tmp_path: Path) -> None:
    found = _Checker(case, tmp_path).of(item)
    assert [d.span for d in found] == list(case.spans), [
        (d.message, case.source[slice(*d.span)]) for d in found
    ]
    if case.message is not None:
        assert case.message in found[0].message


_OF_SESSIONS = {item.code for item in all_rules() if item.minimum == "session"} | {
    "UNRESOLVED_COLUMN"
}
"""What an answer of a session may have beside what the case is about."""


@pytest.mark.parametrize(("item", "case"), list(_cases("valid")))
def test_valid_case_is_silent_and_no_error_to_any_other_rule(
    item: Rule, case: Case, tmp_path: Path
) -> None:
    found = _Checker(case, tmp_path).found
    assert [diagnostic for diagnostic in found if diagnostic.code == item.code] == []
    errors = [
        diagnostic
        for diagnostic in found
        if diagnostic.severity == "error" and diagnostic.code not in _OF_SESSIONS
    ]
    assert errors == [], [(d.code, d.message) for d in errors]


def _fixed_cases() -> Iterator[object]:
    for item in all_rules():
        for index, case in enumerate(item.invalid):
            if case.fixed is not None:
                yield pytest.param(item, case, id=f"{item.code}-{index}")


@pytest.mark.parametrize(("item", "case"), list(_fixed_cases()))
def test_fix_gives_the_expected_text_and_is_stable(item: Rule, case: Case, tmp_path: Path) -> None:
    checker = _Checker(case, tmp_path)

    def only_this_rule(source: SourceText) -> tuple[Diagnostic, ...]:
        return tuple(d for d in checker(source) if d.code == item.code)

    fixed = fix_text(case.source, only_this_rule, unsafe=case.unsafe)
    assert fixed.text == case.fixed
    assert is_python(fixed.text)
    again = fix_text(fixed.text, only_this_rule, unsafe=case.unsafe)
    assert again.text == fixed.text


@pytest.mark.parametrize("item", all_rules(), ids=lambda item: item.code)
def test_rule_explains_itself(item: Rule) -> None:
    assert rule(item.code) is item
    assert rule(item.name) is item
    assert rule_names()[item.code] == item.name
    assert re.fullmatch(r"GLU\d{3}", item.code)
    assert item.summary.endswith(".")
    assert len(item.why.split()) > 12
    assert item.fix
    assert item.valid
    assert item.invalid


def test_package_of_the_standard_library_is_reported_once():
    text = (
        "def model(dbt, session):\n    dbt.config(packages=['random'])\n    return dbt.ref('b')\n"
    )
    source = SourceText(text)
    settings = settings_from({}, "case", rule_names())
    found = check(analyze(source, settings.options), source, None, settings, path="models/a.py")
    assert [diagnostic.code for diagnostic in found] == ["GLU403"]


def test_the_names_of_rules_cost_no_rule():
    code = (
        "import sys; from glue_compiler.rules import rule_names; assert rule_names()['GLU201'];"
        "print([m for m in sys.modules if m.startswith('glue_compiler.')])"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "['glue_compiler.rules']"
