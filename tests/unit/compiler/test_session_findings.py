"""What a session found, as diagnostics: where they point, how severe they are, what they propose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from glue_compiler.analysis import analyze
from glue_compiler.checks.check import check
from glue_compiler.checks.session import check_session
from glue_compiler.findings.diagnostics import Diagnostic, Severity
from glue_compiler.program.outcome import (
    Difference,
    Expectation,
    Forced,
    Outcome,
    SessionError,
    outcome_of,
)
from glue_compiler.program.request import This
from glue_compiler.program.validation import ValidationRequest, validation_statements
from glue_compiler.project.settings import Settings, settings_from
from glue_compiler.rules import all_rules, rule_names
from glue_compiler.text.places import named_place
from glue_compiler.text.source import SourceText

TEXT = """from pyspark.sql import functions as F


def model(dbt, session):
    # ünïcode before the amount
    orders = dbt.ref("orders")
    return (
        orders
        .filter(orders.paid)
        .select("id", F.col("amuont"))
    )
"""
COLUMNS = (("id", "bigint", True), ("amount", "double", True))


def reported(outcome: Outcome, expected: Expectation | None = None) -> list[Diagnostic]:
    source = SourceText(TEXT)
    return list(check_session(analyze(source), source, outcome, expected))


def shown(item: Diagnostic) -> str:
    return TEXT[item.span.start : item.span.end]


def error(**parts: Any) -> Outcome:
    given = {"type": "AnalysisException", "message": "it failed", "analyser": True, **parts}
    return Outcome(False, error=SessionError(**given))


def test_a_column_is_marked_in_its_statement_and_its_suggestion_is_a_fix() -> None:
    (item,) = reported(
        error(
            message="[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name `amuont` cannot be "
            "resolved. Did you mean one of the following? [`amount`, `id`].",
            error_class="UNRESOLVED_COLUMN.WITH_SUGGESTION",
            name="amuont",
            line=7,
            suggestions=("amount", "id"),
        )
    )
    assert shown(item) == "amuont"
    assert item.severity is Severity.ERROR
    assert item.message == "A column or function parameter with name `amuont` cannot be resolved."
    assert [fix.title for fix in item.fixes] == ["Write `amount`", "Write `id`"]
    assert all(fix.safety == "unsafe" for fix in item.fixes)


def test_an_attribute_is_found_by_its_last_name() -> None:
    place = named_place(SourceText(TEXT), 9, "orders.PAID")
    assert place is not None
    assert TEXT[place.start : place.end] == "paid"


@pytest.mark.parametrize(
    ("line", "name"),
    [(9, "no such name"), (400, "amuont"), (4, "amuont")],
)
def test_what_is_not_in_the_statement_has_no_place(line: int, name: str) -> None:
    assert named_place(SourceText(TEXT), line, name) is None


def test_without_a_name_the_line_is_marked() -> None:
    (item,) = reported(error(line=6))
    assert shown(item) == 'orders = dbt.ref("orders")'
    assert item.code == "ANALYSIS"


def test_an_error_on_a_sample_is_a_warning_that_says_so() -> None:
    plain = error(type="ValueError", analyser=False, line=6)
    (item,) = reported(plain)
    assert (item.code, item.severity) == ("GLU620", Severity.ERROR)
    assert item.message == "ValueError: it failed"
    sampled = Outcome(False, error=plain.error, rows=1000, forced=(Forced(".count", 6),))
    found = {item.code: item for item in reported(sampled)}
    assert found["GLU620"].severity is Severity.WARNING
    assert "1,000 rows" in str(found["GLU620"].help)
    assert shown(found["GLU624"]) == 'orders = dbt.ref("orders")'


def test_what_the_result_is_wrong_in_is_said_at_the_return() -> None:
    (item,) = reported(error(type="ModelError", analyser=False, phase="result"))
    assert shown(item) == "return ("


def test_differences_are_as_severe_as_the_contract() -> None:
    differences = (
        Difference("id", "missing", "int", None),
        Difference("more", "extra", None, "int"),
        Difference("amount", "type", "decimal(10,2)", "double"),
    )
    outcome = Outcome(True, COLUMNS, "spark", differences=differences)
    found = reported(outcome)
    assert {item.severity for item in found} == {Severity.WARNING}
    assert [item.message.split("`")[1] for item in found] == ["amount", "id"]
    enforced = reported(outcome, Expectation(contract="enforce"))
    assert {item.severity for item in enforced} == {Severity.ERROR}
    assert len(enforced) == 3


@pytest.mark.parametrize(
    ("replaced", "policy", "severity"),
    [
        (True, "ignore", Severity.INFORMATION),
        (False, "ignore", Severity.WARNING),
        (False, "fail", Severity.ERROR),
        (False, "sync_all_columns", Severity.INFORMATION),
    ],
)
def test_changes_of_the_table_matter_where_it_is_kept(
    replaced: bool, policy: str, severity: Severity
) -> None:
    expected = Expectation(
        target=(("ID", "bigint"), ("day", "date")), replaced=replaced, on_schema_change=policy
    )
    (item,) = reported(Outcome(True, COLUMNS), expected)
    assert (item.code, item.severity) == ("GLU622", severity)
    assert item.message.endswith("the result adds `amount` (double), lacks `day`")


def test_what_the_analysis_expected_otherwise_is_told() -> None:
    (item,) = reported(Outcome(True, COLUMNS), Expectation(inferred=("id",)))
    assert (item.code, item.severity) == ("GLU623", Severity.INFORMATION)
    assert reported(Outcome(True, COLUMNS), Expectation(inferred=("AMOUNT", "id"))) == []


def test_an_outcome_is_read_as_it_was_framed() -> None:
    outcome = outcome_of(
        {
            "ok": True,
            "kind": "pandas",
            "columns": [["id", "bigint", False]],
            "rows": 7,
            "forced": [{"what": ".toPandas", "line": 3}],
            "differences": [{"column": "x", "what": "missing", "declared": None, "returned": None}],
            "inputs": {"`a`.`b`": [["id", "bigint", True]]},
            "notes": ["a note"],
            "output": "printed",
            "seconds": 0.5,
            "engine": "Spark 3.5.6",
        }
    )
    assert outcome.columns == (("id", "bigint", False),)
    assert outcome.forced == (Forced(".toPandas", 3),)
    assert outcome.inputs == {"`a`.`b`": (("id", "bigint", True),)}


def test_a_sample_has_rows() -> None:
    request = ValidationRequest(
        filename="m.py", source=TEXT, this=This(None, "s", "t", "`s`.`t`"), nonce="ab"
    )
    with pytest.raises(ValueError, match="at least one row"):
        validation_statements(replace(request, rows=0))
    (statement,) = validation_statements(request)
    assert statement.startswith("__dbt_glue__.validate('")


SESSION_RULES = [rule for rule in all_rules() if rule.minimum == "session"]
PATH = "models/orders_enriched.py"


def session_codes(
    text: str, outcome: Outcome, settings: Settings | None = None, **given: Any
) -> list[tuple[str, Severity]]:
    source = SourceText(text)
    found = check_session(analyze(source), source, outcome, settings=settings, path=PATH, **given)
    return [(item.code, item.severity) for item in found]


def test_all_that_a_session_finds_by_itself_is_found_by_a_rule() -> None:
    codes = [f"GLU62{number}" for number in range(7)]
    assert [rule.code for rule in SESSION_RULES] == codes
    assert set(codes) <= rule_names().keys()


@pytest.mark.parametrize("rule", SESSION_RULES, ids=lambda rule: str(rule.code))
@pytest.mark.parametrize("by", ["code", "name"])
def test_settings_rule_over_it_as_over_all_others(rule: Any, by: str) -> None:
    case = rule.invalid[0]
    key = getattr(rule, by)

    def severities(table: dict[str, Any]) -> list[str]:
        settings = settings_from(table, "case", rule_names())
        found = session_codes(case.source, case.outcome, settings, expected=case.expected)
        return [str(severity) for code, severity in found if code == rule.code]

    assert severities({}) == severities({"select": [key]}) != []
    assert severities({"select": ["GLU601"]}) == []
    assert severities({"ignore": [key]}) == []
    assert severities({"ignore": ["GLU62"]}) == []
    assert severities({"severity": {key: "off"}}) == []
    assert set(severities({"severity": {key: "hint"}})) == {"hint"}
    assert severities({"per-file-ignores": {"orders_*.py": [key]}}) == []
    assert severities({"per-file-ignores": {"customers_*.py": [key]}}) == severities({})


@pytest.mark.parametrize("rule", SESSION_RULES, ids=lambda rule: str(rule.code))
def test_a_text_alone_has_none_of_it(rule: Any) -> None:
    source = SourceText(rule.invalid[0].source)
    settings = settings_from({"select": [rule.code]}, "case", rule_names())
    assert check(analyze(source), source, None, settings, path=PATH) == ()


SAMPLED = Outcome(True, COLUMNS, rows=1000, forced=(Forced(".count", 6),))
LINE = '    orders = dbt.ref("orders")'


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# dbt-glue: ignore[GLU624] small tables", []),
        ("# dbt-glue: ignore[session-sample]", []),
        ("# noqa: GLU624", []),
        ("# dbt-glue: ignore[GLU620]", [("GLU624", Severity.INFORMATION)]),
        ("# noqa", [("GLU624", Severity.INFORMATION)]),
    ],
)
def test_a_comment_that_names_the_rule_silences_it(
    comment: str, left: list[tuple[str, Severity]]
) -> None:
    text = TEXT.replace(LINE, f"{LINE}  {comment}")
    assert session_codes(text, SAMPLED) == left
    # Whether it silences anything is for the session to say, not for a check of the text.
    source = SourceText(text)
    unused = [item.code for item in check(analyze(source), source) if item.code == "GLU009"]
    assert unused == []


def test_an_error_of_sparks_analyser_is_never_left_out() -> None:
    found = error(error_class="UNRESOLVED_COLUMN", line=6)
    expected = [("UNRESOLVED_COLUMN", Severity.ERROR)]
    text = TEXT.replace(LINE, f"{LINE}  # noqa")
    assert session_codes(text, found) == expected
    assert (
        session_codes(text, found, settings_from({"select": ["GLU601"]}, "case", rule_names()))
        == expected
    )
