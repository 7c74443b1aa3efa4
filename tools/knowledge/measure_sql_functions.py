"""Print, as JSON, what this Spark calls in SQL: its functions, and the words of its grammar that may be before `(`."""

from __future__ import annotations

import json
import os
from typing import Any

import pyspark
from pyspark.sql import SparkSession

FORMS = (
    *("{}()", "{}(a)", "{}(*)", "{}(a, b)", "{}(a, b, a)", "{}(a, b, a, b)", "{}(day, 1, t)"),
    *("{}(distinct a)", "{}(a) within group (order by a)", "{}(a in b)", "{}(day from t)"),
    *("{}(a as string)", "{}(trailing 'x' from b)"),
)
"""The arguments that the grammar has for some words."""

_REFUSED = ("UNRESOLVED_ROUTINE", "Undefined function")


def functions_of(session: Any) -> list[str]:
    """The names that `SHOW FUNCTIONS` gives but for operators."""
    names = {row[0] for row in session.sql("show functions").collect()}
    return sorted(name for name in names if name.isidentifier())


def words_of(session: Any) -> list[str]:
    """The words of the grammar, in lower case."""
    words = session._jvm.org.apache.spark.sql.catalyst.parser.SqlBaseLexer.VOCABULARY
    found = set()
    for token in range(words.getMaxTokenType() + 1):
        written = words.getLiteralName(token)
        word = written.strip("'") if written else words.getSymbolicName(token) or ""
        if word.isidentifier():
            found.add(word.lower())
    return sorted(found)


def is_no_function(session: Any, word: str) -> bool:
    """Whether Spark looks the word up as a function, whatever its arguments are, and finds none."""
    answers = {answer(session, form.format(word)) for form in FORMS}
    return "undefined" in answers and answers <= {"undefined", "no syntax"}


def answer(session: Any, expression: str) -> str:
    """What Spark says of an expression."""
    try:
        session.table("v").selectExpr(expression)
    except Exception as error:  # noqa: BLE001 (every refusal is an answer)
        if any(mark in str(error) for mark in _REFUSED):
            return "undefined"
        return "no syntax" if "ParseException" in type(error).__name__ else "refused"
    return "known"


def main() -> None:
    # What the JVM of some versions logs on the output is none of it.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    session.sql("select 1L a, '1' b, current_timestamp() t").createOrReplaceTempView("v")
    functions = functions_of(session)
    words = [
        word
        for word in words_of(session)
        if word not in functions and not is_no_function(session, word)
    ]
    found = {"version": pyspark.__version__, "functions": functions, "words": words}
    json.dump(found, output)
    output.close()
    session.stop()


if __name__ == "__main__":
    main()
