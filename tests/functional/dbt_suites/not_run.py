"""The suites of dbt that the project does not run, each with the reason."""

from __future__ import annotations


def _of(module: str, reason: str, *names: str) -> dict[str, str]:
    return dict.fromkeys((f"{module}.{name}" for name in names), reason)


_FILES_HAVE_NO_CONSTRAINTS = (
    "The suite compares the text of Postgres' `create table`, constraints in it: Spark's tables of files have none, "
    "and Delta's come by ALTER TABLE."
)

NOT_APPLYING: dict[str, str] = {
    **_of(
        "aliases.test_aliases",
        "The Data Catalog has one level above tables, the database, which is dbt's schema.",
        "BaseSameAliasDifferentDatabases",
    ),
    **_of(
        "constraints.test_constraints",
        _FILES_HAVE_NO_CONSTRAINTS,
        "BaseConstraintsRuntimeDdlEnforcement",
        "BaseIncrementalConstraintsRuntimeDdlEnforcement",
        "BaseModelConstraintsRuntimeEnforcement",
        "BaseConstraintQuotedColumn",
    ),
    **_of(
        "functions.test_js_udfs",
        "Spark runs no JavaScript.",
        "BasicJSUDF",
        "JSUDFMultiLineBody",
        "JSUDFDeterministicVolatility",
        "JSUDFNonDeterministicVolatility",
        "JSUDFStableVolatilityWarns",
        "JSUDFDefaultArgSupport",
        "BasicJSAggregateUDF",
        "JSAggregateUDFVolatilityIgnored",
    ),
    **_of(
        "functions.test_udfs",
        "An adapter has one of two: functions in Python work, and PythonUDFSupported passes.",
        "PythonUDFNotSupported",
    ),
    **_of(
        "functions.test_udfs",
        "Functions are in sessions, where Spark keeps them; the Data Catalog, which tells of relations, has none.",
        "CanFindScalarFunctionRelation",
    ),
    **_of(
        "materialized_view.basic",
        "Spark has no materialized views. (Those of Glue 5.1 are Iceberg's, and no part of Spark.)",
        "MaterializedViewBasic",
    ),
    **_of(
        "materialized_view.changes",
        "Spark has no materialized views. (Those of Glue 5.1 are Iceberg's, and no part of Spark.)",
        "MaterializedViewChanges",
        "MaterializedViewChangesApplyMixin",
        "MaterializedViewChangesContinueMixin",
        "MaterializedViewChangesFailMixin",
    ),
    **_of(
        "simple_seed.test_seed",
        "Values are no text of a statement here: a file with another delimiter is a table of one column, and no syntax error.",
        "BaseSeedWithWrongDelimiter",
    ),
    **_of(
        "utils.test_current_timestamp",
        "An adapter has one of two: Spark's time stamps come without a zone, and BaseCurrentTimestampNaive passes.",
        "BaseCurrentTimestampAware",
    ),
    **_of(
        "utils.test_escape_single_quotes",
        "An adapter has one of two: Spark escapes by a backslash, and BaseEscapeSingleQuotesBackslash passes.",
        "BaseEscapeSingleQuotesQuote",
    ),
}
"""What the suite tests is not there on Spark or in the Data Catalog, by the suite's module and class."""

NOT_YET: dict[str, str] = {}
"""What is missing here, by the suite's module and class."""
