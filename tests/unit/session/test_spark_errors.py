"""What is read out of Spark's error texts, as its versions write them."""

from __future__ import annotations

import pytest
from glue_session.spark_errors import spark_details


class AnalysisException(Exception):  # the name is what tells PySpark's own
    def __init__(self, desc: str, error_class: str | None = None) -> None:
        super().__init__(f"{desc};\n'Project ['x]")
        self.desc = desc
        self.error_class = error_class

    def getErrorClass(self) -> str | None:
        return self.error_class


@pytest.mark.parametrize(
    ("error", "error_class", "name", "suggestions"),
    [
        (
            AnalysisException(
                "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name `amuont` "
                "cannot be resolved. Did you mean one of the following? [`o`.`amount`, `odd``name`]."
            ),
            "UNRESOLVED_COLUMN.WITH_SUGGESTION",
            "amuont",
            ["o.amount", "odd`name"],
        ),
        (
            AnalysisException(
                "Column 'amuont' does not exist. Did you mean one of the following? [amount, id]",
                "MISSING_COLUMN",
            ),
            "MISSING_COLUMN",
            "amuont",
            ["amount", "id"],
        ),
        (
            AnalysisException(
                "[AMBIGUOUS_REFERENCE] Reference `id` is ambiguous, could be: [`a`.`id`, `b`.`id`]."
            ),
            "AMBIGUOUS_REFERENCE",
            "id",
            ["a.id", "b.id"],
        ),
    ],
)
def test_names_and_proposals(
    error: Exception, error_class: str, name: str, suggestions: list[str]
) -> None:
    assert spark_details(error) == {
        "class": error_class,
        "name": name,
        "suggestions": suggestions,
        "analyser": True,
    }


def test_other_errors_tell_nothing() -> None:
    assert spark_details(ValueError("no luck")) == {
        "class": None,
        "name": None,
        "suggestions": [],
        "analyser": False,
    }
